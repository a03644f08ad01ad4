"""Acts on which story a report is in: merge, split, move, remove, keep together or apart. By an editor, or "grouping".

Every act is one transaction that takes the turn of the stories' languages and then holds their articles and the stories
themselves, in that order, as tracing does. It leaves an Edit; what makes no sense is Refused, in words for an editor.
An editor's act also leaves bonds between articles, so that no re-run undoes it, and nothing but a later act of an
editor overrides them. The program's acts leave none, and are refused where a lock or a bond is in their way.

A bond belongs to the first edit that said something of its two articles. Where a later act decides otherwise the bond
turns with it, and turns back when that act is undone: a bond always agrees with where its articles are.

What is said of a story as a whole is services.marking's, of an article services.overriding's; services.undoing takes
any of it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Act, Article, Bond, Edit, Story
from stories.services import bonds, footprints, membership, noticing
from stories.services.acts import (
    By,
    Clash,
    Did,
    Refused,
    must_be_of_one_world,
    must_be_open,
    must_be_person,
    must_fit,
    must_stand,
    must_take,
    note,
)

__all__ = ["By", "Clash", "Refused", "apart", "bind", "merge", "move", "remove", "split", "together"]

# What readers are told of an article that an editor put where it is; names are for the list of edits.
_WHY = {
    Act.MERGE: "an editor merged two stories",
    Act.SPLIT: "an editor split a story",
    Act.MOVE: "an editor moved it here",
    Act.REMOVE: "an editor took it out of another story",
}


@transaction.atomic
def merge(kept: Story, gone: Story, by: By, now: datetime) -> Edit:
    """Make two stories one. The address of `gone` leads to `kept` from now on, whose own stays."""
    if kept.pk == gone.pk:
        raise Refused(gettext("A story can't be merged with itself."))
    held = membership.hold([kept, gone])
    kept, gone = held.stories[kept.pk], held.stories[gone.pk]
    must_fit(kept, gone, by)
    articles, there = held.members(gone), held.members(kept)
    if by.program:
        must_be_open(kept, gone)
        if not articles or not there:
            raise Refused(gettext("A story without reports is merged by editors only."))
        _must_not_meet(articles, there)
    centre = held.face(kept) or held.face(gone)
    # Whatever leads to `gone` will lead on: taking back what led there is not possible before this is.
    leading = Story.objects.filter(merged_into=gone).values_list("pk", flat=True)
    retired = {footprints.story(pk) for pk in (gone.pk, *leading)}
    moves = _shift(held, articles, kept, Act.MERGE, by, now)
    membership.retire(gone, kept, now)
    _refresh([kept, gone], now)
    edit = note(
        Act.MERGE,
        Did(
            story=kept,
            other=gone,
            moves=moves,
            changed={footprints.story(gone.pk), *footprints.of_moves(moves)},
            touched={footprints.story(kept.pk), *retired},
        ),
        by,
        now,
    )
    noticing.of_merge(kept, gone, edit, now)
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
    edit = _note_parting(Act.SPLIT, story, [new], moves, by, now)
    noticing.of_split(story, new, edit, now)
    said = bonds.star(centre, articles, Bond.TOGETHER)
    said |= bonds.star(centre, rest, Bond.APART) | bonds.star(face, articles, Bond.APART)
    _say(edit, held, said, by)
    return edit


@transaction.atomic
def remove(articles: Sequence[int], by: By, now: datetime) -> Edit:
    """Take articles out of their story ("not this story"), each as a story of its own, which may be joined by others.

    They are kept apart from what they leave; where they belong is left to grouping. `other` is the first one's story.
    """
    must_be_person(by)
    story = _home_of(articles)
    held = membership.hold([story])
    story = held.stories[story.pk]
    articles = _leaving(held, story, articles, by)
    rest = [article for article in held.members(story) if article not in articles]
    founded, moves = [], []
    for article in articles:
        new = membership.found([article], story, now, score=None, reasons=_why(Act.REMOVE, by))
        moves += held.put([article], new)
        founded.append(new)
    _refresh([story, *founded], now)
    edit = _note_parting(Act.REMOVE, story, founded, moves, by, now)
    for new in founded:
        noticing.of_split(story, new, edit, now)
    said: dict[bonds.Pair, Bond] = {}
    for article in articles:
        said |= bonds.star(article, rest, Bond.APART)
    _say(edit, held, said, by)
    return edit


@transaction.atomic
def move(articles: Sequence[int], to: Story, by: By, now: datetime) -> Edit:
    """Take articles out of one story (the edit's `story`) and put them into another (its `other`)."""
    story = _home_of(articles)
    if story.pk == to.pk:
        raise Refused(gettext("They are in this story already."))
    held = membership.hold([story, to])
    story, to = held.stories[story.pk], held.stories[to.pk]
    must_fit(story, to, by)
    articles = _leaving(held, story, articles, by)
    if by.program:
        _must_not_meet(articles, held.members(to))
        must_take(to)
    old, new = held.face(story, without=articles), held.face(to) or articles[0]
    moves = _shift(held, articles, to, Act.MOVE, by, now)
    _refresh([story, to], now)
    edit = _note_parting(Act.MOVE, story, [to], moves, by, now)
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
    said = bonds.star(centre, articles, Bond.TOGETHER)
    edit = _note_bond(Act.TOGETHER, stories[0], None, said, by, now)
    _say(edit, held, said, by)
    return edit


@transaction.atomic
def apart(a: int, b: int, by: By, now: datetime) -> Edit:
    """Keep two articles of different stories apart, and with them whatever belongs to either."""
    held, stories = _hold_of([a, b], by)
    if len(stories) == 1:
        raise Refused(gettext("They are in one story: split it, or move a report."))
    said = bonds.star(a, [b], Bond.APART)
    edit = _note_bond(Act.APART, held.stories[held.where[a]], held.stories[held.where[b]], said, by, now)
    _say(edit, held, said, by)
    return edit


def _hold_of(articles: Sequence[int], by: By) -> tuple[membership.Held, list[Story]]:
    """Hold the stories of articles that an editor says something of; the stories in the articles' order."""
    must_be_person(by)
    if len(set(articles)) < 2:
        raise Refused(gettext("It takes two different reports."))
    stories = list(Story.objects.filter(articles__in=articles).distinct())
    held = membership.hold(stories)
    if not set(articles) <= held.where.keys():
        raise Refused(gettext("One of the reports is in no story, or has just been moved."))
    must_be_of_one_world(*held.stories.values())
    return held, [held.stories[pk] for pk in dict.fromkeys(held.where[article] for article in articles)]


def _home_of(articles: Sequence[int]) -> Story:
    """The story that all of these are in."""
    places = Article.objects.filter(pk__in=articles).order_by("pk").select_related("story")
    sources = {article.story for article in places if article.story is not None}
    if len(sources) != 1:
        raise Refused(gettext("Reports are moved out of one story at a time."))
    return sources.pop()


def _must_not_meet(articles: Sequence[int], others: Sequence[int]) -> None:
    if bonds.load([*articles, *others]).apart(articles, others):
        raise Refused(gettext("An editor keeps these reports apart."))


def _leaving(held: membership.Held, story: Story, articles: Sequence[int], by: By) -> list[int]:
    """The articles that are to leave a story, in the order of their reports; Refused where they may not."""
    must_stand(story)
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
        must_be_open(story)
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


def _note_parting(act: Act, story: Story, to: Sequence[Story], moves: list[list[int]], by: By, now: datetime) -> Edit:
    """The edit of reports that leave a story, for others that are there or that it founds."""
    founded = {footprints.story(one.pk) for one in to} if act in (Act.SPLIT, Act.REMOVE) else set()
    return note(
        act,
        Did(
            story=story,
            other=to[0],
            moves=moves,
            changed=founded | footprints.of_moves(moves),
            touched={footprints.story(one.pk) for one in (story, *to)},
        ),
        by,
        now,
    )


def _note_bond(act: Act, story: Story, other: Story | None, said: Iterable[bonds.Pair], by: By, now: datetime) -> Edit:
    """The edit of what is said of pairs of reports where they are."""
    pairs = list(said)
    return note(
        act,
        Did(
            story=story,
            other=other,
            changed={footprints.pair(*pair) for pair in pairs},
            touched={footprints.article(article) for pair in pairs for article in pair},
        ),
        by,
        now,
    )


def _say(edit: Edit, held: membership.Held, said: dict[bonds.Pair, Bond], by: By) -> None:
    if not by.program:
        bonds.lay(edit, said, held.where)
