"""Acts on stories: merge, split, move, keep together or apart, lock, undo. By an editor, or by "grouping".

Every act is one transaction that takes the turn of the stories' languages and then holds their articles and the stories
themselves, in that order, as tracing does. It leaves an Edit; what makes no sense is Refused, in words for an editor.
An editor's act also leaves bonds between articles, so that no re-run undoes it, and nothing but a later act of an
editor overrides them. The program's acts leave none, and are refused where a lock or a bond is in their way.

A bond belongs to the first edit that said something of its two articles. Where a later act decides otherwise the bond
turns with it, and turns back when that act is undone: a bond always agrees with where its articles are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction
from django.utils.translation import gettext

from stories.models import GROUPING, Act, Article, Bond, Edit, Story, User
from stories.services import bonds, membership

# What readers are told of an article that an editor put where it is; names are for the list of edits.
_WHY = {
    Act.MERGE: "an editor merged two stories",
    Act.SPLIT: "an editor split a story",
    Act.MOVE: "an editor moved it here",
    Act.UNDO: "an editor put it back here",
}


class Refused(Exception):
    """An act that makes no sense, or that an editor's decision forbids; `reason` is a sentence for an editor."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class By:
    """Who acts and why: an editor with a note, or the program with a probability (0 to 1) and reasons in words."""

    name: str
    user: User | None = None
    note: str = ""
    probability: float | None = None
    reasons: Sequence[str] = ()

    @classmethod
    def person(cls, user: User, note: str = "") -> Self:
        """An editor. The name is shown to readers, so it is never an e-mail address."""
        name = user.get_full_name() or user.get_username().partition("@")[0]
        return cls(name if name != GROUPING else "an editor", user, note)

    @classmethod
    def grouping(cls, probability: float, reasons: Sequence[str]) -> Self:
        """The program."""
        return cls(GROUPING, probability=probability, reasons=tuple(reasons))

    @property
    def program(self) -> bool:
        """Whether no person acts."""
        return self.user is None


@transaction.atomic
def merge(kept: Story, gone: Story, by: By, now: datetime) -> Edit:
    """Make two stories one. The address of `gone` leads to `kept` from now on, whose own stays."""
    if kept.pk == gone.pk:
        raise Refused(gettext("A story can't be merged with itself."))
    held = membership.hold([kept, gone])
    kept, gone = held.stories[kept.pk], held.stories[gone.pk]
    _must_fit(kept, gone, by)
    articles, there = held.members(gone), held.members(kept)
    if by.program:
        _must_be_open(kept, gone)
        if not articles or not there:
            raise Refused(gettext("A story without reports is merged by editors only."))
        _must_not_meet(articles, there)
    centre = held.face(kept) or held.face(gone)
    moves = _shift(held, articles, kept, Act.MERGE, by, now)
    membership.retire(gone, kept, now)
    _refresh([kept, gone], now)
    edit = _note(Act.MERGE, kept, gone, moves, by, now)
    _say(edit, held, bonds.star(centre, articles, Bond.TOGETHER), by)
    return edit


@transaction.atomic
def split(story: Story, articles: Sequence[int], by: By, now: datetime) -> Edit:
    """Take articles out of a story, as a story of their own: the edit's `other`. The rest keeps the address."""
    held = membership.hold([story])
    story = held.stories[story.pk]
    articles = _leaving(held, story, articles, by)
    rest = [article for article in held.members(story) if article not in articles]
    face, centre = held.face(story, without=articles), articles[0]
    new = membership.found(articles, story, now, score=by.probability, reasons=_why(Act.SPLIT, by))
    moves = held.put(articles, new)
    _refresh([story, new], now)
    edit = _note(Act.SPLIT, story, new, moves, by, now)
    said = bonds.star(centre, articles, Bond.TOGETHER)
    said |= bonds.star(centre, rest, Bond.APART) | bonds.star(face, articles, Bond.APART)
    _say(edit, held, said, by)
    return edit


@transaction.atomic
def move(articles: Sequence[int], to: Story, by: By, now: datetime) -> Edit:
    """Take articles out of one story (the edit's `story`) and put them into another (its `other`)."""
    places = Article.objects.filter(pk__in=articles).order_by("pk").select_related("story")
    sources = {article.story for article in places if article.story is not None}
    if len(sources) != 1:
        raise Refused(gettext("Reports are moved out of one story at a time."))
    story = sources.pop()
    if story.pk == to.pk:
        raise Refused(gettext("They are in this story already."))
    held = membership.hold([story, to])
    story, to = held.stories[story.pk], held.stories[to.pk]
    _must_fit(story, to, by)
    articles = _leaving(held, story, articles, by)
    if by.program:
        _must_not_meet(articles, held.members(to))
    old, new = held.face(story, without=articles), held.face(to) or articles[0]
    moves = _shift(held, articles, to, Act.MOVE, by, now)
    _refresh([story, to], now)
    edit = _note(Act.MOVE, story, to, moves, by, now)
    _say(edit, held, bonds.star(old, articles, Bond.APART) | bonds.star(new, articles, Bond.TOGETHER), by)
    return edit


def together(a: int, b: int, by: By, now: datetime) -> Edit:
    """Bind two articles of one story to each other."""
    return bind([a], b, by, now)


@transaction.atomic
def bind(articles: Sequence[int], centre: int, by: By, now: datetime) -> Edit:
    """Bind articles of one story to another article of it."""
    held, stories = _hold_of([*articles, centre], by)
    if len(stories) > 1:
        raise Refused(gettext("They are in different stories: merge the stories, or move a report."))
    edit = _note(Act.TOGETHER, stories[0], None, [], by, now)
    _say(edit, held, bonds.star(centre, articles, Bond.TOGETHER), by)
    return edit


@transaction.atomic
def apart(a: int, b: int, by: By, now: datetime) -> Edit:
    """Keep two articles of different stories apart, and with them whatever belongs to either."""
    held, stories = _hold_of([a, b], by)
    if len(stories) == 1:
        raise Refused(gettext("They are in one story: split it, or move a report."))
    edit = _note(Act.APART, held.stories[held.where[a]], held.stories[held.where[b]], [], by, now)
    _say(edit, held, bonds.star(a, [b], Bond.APART), by)
    return edit


def lock(story: Story, by: By, now: datetime) -> Edit:
    """Keep the program from taking a report out of a story and from merging it. New reports may join."""
    return _turn_key(story, Act.LOCK, by, now)


def unlock(story: Story, by: By, now: datetime) -> Edit:
    """Let the program at a locked story again."""
    return _turn_key(story, Act.UNLOCK, by, now)


@transaction.atomic
def _turn_key(story: Story, act: Act, by: By, now: datetime) -> Edit:
    _must_be_person(by)
    story = membership.hold([story]).stories[story.pk]
    _must_stand(story)
    _set_locked(story, act == Act.LOCK)
    return _note(act, story, None, [], by, now)


@transaction.atomic
def undo(edit: Edit, by: By, now: datetime) -> Edit:
    """Take an edit back: put its articles back as far as they are where it put them, and lift what it said of them.

    What the program did and an editor took back it doesn't do again: bonds against it are left. A story that the edit
    had founded keeps its address, though it may be empty now. Ties between stories stay as they are.
    """
    _must_be_person(by)
    if edit.act == Act.UNDO:
        raise Refused(gettext("An undo is not undone itself: do again what it took back."))
    held = membership.hold(membership.concerned(edit))
    if Edit.objects.filter(undoes=edit).exists():
        raise Refused(gettext("This edit has been undone already."))
    story, other = held.stories[edit.story_id], held.stories.get(edit.other_id or 0)
    if edit.act in (Act.LOCK, Act.UNLOCK):
        _set_locked(story, edit.act == Act.UNLOCK)
    changed = {}
    if edit.act == Act.MERGE and other is not None:
        _give_back_address(other, story)
        changed = {story.pk: story, other.pk: other}
    moves = _put_back(edit, held, by, now)
    changed |= {pk: held.stories[pk] for move in moves for pk in move[1:]}
    _refresh(changed.values(), now)
    taken_back = _note(Act.UNDO, story, other, moves, by, now, undoes=edit)
    bonds.lift(edit, taken_back)
    _say(taken_back, held, _against(edit, held, moves), by)
    return taken_back


def _hold_of(articles: Sequence[int], by: By) -> tuple[membership.Held, list[Story]]:
    """Hold the stories of articles that an editor says something of; the stories in the articles' order."""
    _must_be_person(by)
    if len(set(articles)) < 2:
        raise Refused(gettext("It takes two different reports."))
    stories = list(Story.objects.filter(articles__in=articles).distinct())
    held = membership.hold(stories)
    if not set(articles) <= held.where.keys():
        raise Refused(gettext("One of the reports is in no story, or has just been moved."))
    if len({story.demo for story in held.stories.values()}) > 1:
        raise Refused(gettext("Real stories and those of the demo world have nothing to do with each other."))
    return held, [held.stories[pk] for pk in dict.fromkeys(held.where[article] for article in articles)]


def _must_be_person(by: By) -> None:
    if by.program:
        raise Refused(gettext("Only an editor does this."))


def _must_stand(story: Story) -> None:
    if story.merged_into_id is not None:
        raise Refused(
            gettext("“%(story)s” has been merged into another story: open that one.") % {"story": story.title}
        )


def _must_fit(one: Story, other: Story, by: By) -> None:
    """Articles may go from one of these stories to the other: neither is gone, and they are of one world and language.

    A story is in one language, so that its articles are compared with one kind of reports and wait for one turn. An
    editor may know better where the language of one was not recognised; the program does not guess.
    """
    for story in (one, other):
        _must_stand(story)
    if one.demo != other.demo:
        raise Refused(gettext("Real stories and those of the demo world have nothing to do with each other."))
    if one.lang != other.lang and (by.program or (one.lang and other.lang)):
        raise Refused(gettext("The stories are in different languages: they can be linked, but not joined."))


def _must_be_open(*stories: Story) -> None:
    if any(story.locked for story in stories):
        raise Refused(gettext("An editor has locked the story."))


def _must_not_meet(articles: Sequence[int], others: Sequence[int]) -> None:
    if bonds.load([*articles, *others]).apart(articles, others):
        raise Refused(gettext("An editor keeps these reports apart."))


def _leaving(held: membership.Held, story: Story, articles: Sequence[int], by: By) -> list[int]:
    """The articles that are to leave a story, in the order of their reports; Refused where they may not."""
    _must_stand(story)
    members = held.members(story)
    chosen = [article for article in members if article in set(articles)]
    rest = [article for article in members if article not in set(articles)]
    if len(chosen) < len(set(articles)):
        raise Refused(
            gettext("Not all of these reports are in “%(story)s”: it may have changed since you saw it.")
            % {"story": story.title}
        )
    if not chosen:
        raise Refused(gettext("No report was chosen."))
    if not rest:
        raise Refused(gettext("That would leave no report in the story: merge it with another instead."))
    if by.program:
        _must_be_open(story)
        if bonds.load(members).torn(chosen, rest):
            raise Refused(gettext("An editor keeps these reports together."))
    return chosen


def _shift(
    held: membership.Held, articles: Sequence[int], to: Story, act: Act, by: By, now: datetime
) -> list[list[int]]:
    """Put articles into a story and say why; the moves as an Edit keeps them."""
    membership.shift(articles, to, now, score=by.probability, reasons=_why(act, by))
    return held.put(articles, to)


def _why(act: Act, by: By) -> Sequence[str]:
    return by.reasons if by.program else [_WHY[act]]


def _refresh(stories: Iterable[Story], now: datetime) -> None:
    for story in sorted(stories, key=lambda one: one.pk):
        membership.refresh(story, now)


def _note(
    act: Act,
    story: Story,
    other: Story | None,
    moves: list[list[int]],
    by: By,
    now: datetime,
    undoes: Edit | None = None,
) -> Edit:
    return Edit.objects.create(
        act=act,
        by=by.name[:150],
        user=by.user,
        story=story,
        other=other,
        moves=moves,
        probability=by.probability,
        reasons=[reason[: membership.REASON_LENGTH] for reason in by.reasons],
        note=by.note,
        undoes=undoes,
        at=now,
    )


def _set_locked(story: Story, locked: bool) -> None:
    if story.locked == locked:
        raise Refused(gettext("The story is locked already.") if locked else gettext("The story is not locked."))
    story.locked = locked
    story.save(update_fields=["locked"])


def _give_back_address(gone: Story, kept: Story) -> None:
    if gone.merged_into_id != kept.pk:
        raise Refused(gettext("The stories have been merged on since: undo the later edit first."))
    membership.restore(gone, kept)


def _put_back(edit: Edit, held: membership.Held, by: By, now: datetime) -> list[list[int]]:
    """Put the articles that are still where an edit put them back to where they were; the moves."""
    back: dict[int, list[int]] = {}
    for article, before, after in edit.moves:
        home = _home(held, before)
        if held.where.get(article) == after != home:
            back.setdefault(home, []).append(article)
    if edit.moves and not back:
        raise Refused(gettext("Its reports have been moved on since: undo the later edits first."))
    return [
        move
        for home, articles in sorted(back.items())
        for move in _shift(held, articles, held.stories[home], Act.UNDO, by, now)
    ]


def _home(held: membership.Held, story: int) -> int:
    """The story that an address leads to by now."""
    while (into := held.stories[story].merged_into_id) is not None:
        if into not in held.stories:
            raise Refused(gettext("One of the stories has just been merged: try again."))
        story = into
    return story


def _say(edit: Edit, held: membership.Held, said: dict[bonds.Pair, Bond], by: By) -> None:
    if not by.program:
        bonds.lay(edit, said, held.where)


def _against(edit: Edit, held: membership.Held, moves: list[list[int]]) -> dict[bonds.Pair, Bond]:
    """Bonds that keep the program from doing again what an editor took back; none against another editor's act."""
    if edit.by != GROUPING or not moves:
        return {}
    back, home = [move[0] for move in moves], held.stories[moves[0][2]]
    if edit.act == Act.MERGE:
        gone = held.face(home)
        return bonds.star(held.face(held.stories[edit.story_id]), [gone] if gone else [], Bond.APART)
    return bonds.star(held.face(home, without=back), back, Bond.TOGETHER)
