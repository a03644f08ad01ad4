"""Taking edits back: reports, addresses, bonds and what was said are as they were before. An undo is an edit too.

Any edit can be taken back, an old one too, unless a later one stands on it: then the later ones are named, and are to
be taken back first. So what is left is what the edits that stand would have made by themselves. What the program did
and an editor took back it doesn't do again: bonds against it are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from stories.models import GROUPING, Act, Article, Bond, Edit, Story
from stories.services import bonds, footprints, marking, membership, noticing, outletedits, overriding
from stories.services.acts import By, Did, Refused, must_be_person, note

# What readers are told of an article that was put back.
_WHY = "an editor put it back here"
_STAYED = (Act.TOGETHER, Act.APART)


def obstacles(edit: Edit) -> list[Edit]:
    """The edits that stand on this one, the latest first; nothing where it can be taken back, as far as edits go."""
    return footprints.standing_on([edit]).get(edit.pk, [])


@transaction.atomic
def undo(edit: Edit, by: By, now: datetime) -> Edit:
    """Take an edit back. Ties between stories stay as they are.

    A story that the edit had founded and that holds nothing else leads to where its reports are again. Raises Refused
    with the edits that stand on it.
    """
    must_be_person(by)
    if edit.act == Act.UNDO:
        raise Refused(gettext("An undo is not undone itself: do again what it took back."))
    held = membership.hold(membership.concerned(edit))
    # Whoever takes the same one back waits here, and then finds it taken back.
    edit = Edit.objects.select_for_update(no_key=True).get(pk=edit.pk)
    if Edit.objects.filter(undoes=edit).exists():
        raise Refused(gettext("This edit has been undone already."))
    if later := obstacles(edit):
        raise Refused(gettext("Later edits stand on this one: undo those first."), later)
    return _HOW.get(Act(edit.act), _put_back)(edit, held, by, now)


def _put_back(edit: Edit, held: membership.Held, by: By, now: datetime) -> Edit:
    """Undo of an act on which story reports are in, or on pairs of them."""
    story, other = held.stories[edit.story_id or 0], held.stories.get(edit.other_id or 0)
    changed: dict[int, Story] = {}
    if edit.act == Act.MERGE and other is not None:
        if other.merged_into_id != story.pk:
            raise Refused(gettext("The stories have been merged on since: undo the later edit first."))
        membership.restore(other, story)
        changed = {story.pk: story, other.pk: other}
    moves = _back(edit, held, now)
    changed |= {pk: held.stories[pk] for _article, *ends in moves for pk in ends if pk is not None}
    for emptied in _emptied(edit, held):
        # Its address leads to where its reports are; whoever follows it follows that.
        membership.retire(emptied, story, now)
        changed[emptied.pk] = emptied
    for pk in sorted(changed):
        membership.refresh(changed[pk], now)
    taken_back = note(
        Act.UNDO,
        Did(
            story=story,
            other=other,
            article=edit.article,
            moves=moves,
            changed=edit.changed,
            touched=edit.touched,
            undoes=edit,
        ),
        by,
        now,
    )
    if edit.act == Act.MERGE and other is not None:
        noticing.of_split(story, other, taken_back, now)
    bonds.lift(edit, taken_back)
    bonds.lay(taken_back, _against(edit, held, moves), held.where)
    return taken_back


def _back(edit: Edit, held: membership.Held, now: datetime) -> list[list[int | None]]:
    """Put the articles of an edit back to where they were; the moves. One that is no more is passed over."""
    back: dict[int | None, list[int]] = {}
    for article, before, after in edit.moves:
        if held.where.get(article) == after:
            back.setdefault(before, []).append(article)
    if edit.moves and not back:
        raise Refused(gettext("None of its reports is there any more."))
    moves: list[list[int | None]] = []
    for home, articles in sorted(back.items(), key=lambda item: item[0] or 0):
        if home is None:
            moves += [[article, held.where.pop(article), None] for article in articles]
            membership.take_out(articles, now)
        else:
            membership.shift(articles, held.stories[home], now, score=None, reasons=[_WHY])
            moves += [[*move] for move in held.put(articles, held.stories[home])]
    return moves


def _emptied(edit: Edit, held: membership.Held) -> list[Story]:
    """The stories that the edit had founded and that hold nothing any more."""
    if edit.act not in (Act.SPLIT, Act.REMOVE):
        return []
    founded = dict.fromkeys(after for _article, _before, after in edit.moves)
    return [held.stories[pk] for pk in founded if not Article.objects.filter(story=pk).exists()]


def _against(edit: Edit, held: membership.Held, moves: list[list[int | None]]) -> dict[bonds.Pair, Bond]:
    """Bonds that keep the program from doing again what an editor took back; none against another editor's act."""
    if edit.by != GROUPING or not moves:
        return {}
    back = [article for article, *_ in moves if article is not None]
    home = held.stories[moves[0][2] or 0]
    if edit.act == Act.MERGE:
        gone = held.face(home)
        return bonds.star(held.face(held.stories[edit.story_id or 0]), [gone] if gone else [], Bond.APART)
    return bonds.star(held.face(home, without=back), back, Bond.TOGETHER)


Undo = Callable[[Edit, membership.Held, By, datetime], Edit]
_HOW: Mapping[Act, Undo] = {
    **dict.fromkeys(marking.ACTS, marking.take_back),
    **dict.fromkeys(overriding.ACTS, overriding.take_back),
    Act.OUTLET: outletedits.take_back,
}
