"""What taking edits back would do, before it is done: which reports go where, which address leads where, who is told.

Reckons over the rows as they are; nothing is written. Whether it may be done is services.undoing's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.models import GROUPING, Act, Article, Bond, Constraint, Edit, Story, Wake
from stories.selectors import columns, followers
from stories.selectors.edits import Route, Told, in_bulk
from stories.selectors.editwords import Change

NAMED = 8
_FOUNDING = (Act.SPLIT, Act.REMOVE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a story's address leads afterwards: to its own story again, or, emptied, to `to`; `people` follow it."""

    story: Story
    to: Story | None
    people: int


@dataclass(frozen=True, slots=True)
class Said:
    """A field that goes back: what it is of, and the change as it will be."""

    told: Told
    change: Change


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be; `gone` edits move nothing any more, so that the whole can't be done.

    `together` and `apart` are pairs of reports that are no longer kept so, `against` whether the program is kept from
    doing it again. `told` people would be told that a merge has ended.
    """

    routes: Sequence[Route]
    addresses: Sequence[Address]
    fields: Sequence[Said]
    together: int
    apart: int
    against: bool
    ends_merge: bool
    told: int
    gone: Sequence[Told]

    @property
    def moved(self) -> int:
        """How many reports change their story."""
        return sum(route.count for route in self.routes)


def preview(edits: Sequence[Told], now: datetime) -> Preview:
    """What taking back these would do, in their order, the latest first. Nine queries at most."""
    wanted = {move[0] for told in edits for move in told.edit.moves}
    start = dict(Article.objects.filter(pk__in=wanted).values_list("pk", "story")) if wanted else {}
    where: dict[int, int | None] = dict(start)
    gone = []
    for told in edits:
        back = [(article, before) for article, before, after in told.edit.moves if where.get(article) == after]
        if told.edit.moves and not back:
            gone.append(told)
        where.update(back)
    going: dict[tuple[int | None, int | None], list[int]] = {}
    for article, was in start.items():
        if where[article] != was:
            going.setdefault((was, where[article]), []).append(article)
    stories = _stories(edits, going)
    merged = [told.edit for told in edits if told.edit.act == Act.MERGE and told.edit.other is not None]
    sides = [story for edit in merged for story in (edit.story, edit.other) if story is not None]
    bonds = list(Constraint.objects.filter(edit__in=[told.edit for told in edits]).values_list("bond", flat=True))
    return Preview(
        routes=_routes(going, stories),
        addresses=_addresses(edits, going, stories),
        fields=_fields(edits),
        together=bonds.count(Bond.TOGETHER),
        apart=bonds.count(Bond.APART),
        against=any(told.edit.by == GROUPING and told.edit.moves for told in edits),
        ends_merge=bool(merged),
        told=followers.woken(sides, Wake.SPLIT, now) if any(not story.hidden for story in sides) else 0,
        gone=gone,
    )


def _stories(edits: Sequence[Told], going: Mapping[tuple[int | None, int | None], object]) -> dict[int, Story]:
    """The stories that reports leave and enter, and those that the edits name. One query."""
    pks = {pk for ends in going for pk in ends}
    pks |= {pk for told in edits for move in told.edit.moves for pk in move[1:]}
    pks |= {pk for told in edits for pk in (told.edit.story_id, told.edit.other_id)}
    return Story.objects.defer(*columns.of_story()).in_bulk({pk for pk in pks if pk})


def _routes(going: Mapping[tuple[int | None, int | None], list[int]], stories: Mapping[int, Story]) -> list[Route]:
    named = in_bulk(pk for pks in going.values() for pk in pks[:NAMED])
    return [
        Route(
            stories.get(was or 0),
            stories.get(then or 0),
            len(pks),
            [named[pk] for pk in pks[:NAMED] if pk in named],
        )
        for (was, then), pks in going.items()
    ]


def _addresses(
    edits: Sequence[Told],
    going: Mapping[tuple[int | None, int | None], list[int]],
    stories: Mapping[int, Story],
) -> list[Address]:
    """Addresses that lead elsewhere afterwards: of ended merges, and of stories that an edit had founded."""
    size = {pk: story.article_count for pk, story in stories.items()}
    for (was, then), pks in going.items():
        size[was or 0] = size.get(was or 0, 0) - len(pks)
        size[then or 0] = size.get(then or 0, 0) + len(pks)
    found: dict[int, Story | None] = {}
    for told in edits:
        edit = told.edit
        if edit.act == Act.MERGE and edit.other_id:
            found[edit.other_id] = None
        for pk in _founded(edit):
            if size.get(pk, 0) <= 0:
                found[pk] = stories.get(edit.story_id or 0)
    rows = [(stories[pk], to) for pk, to in found.items() if pk in stories]
    # Of many at once nobody looks at each one's followers.
    return [Address(story, to, followers.people([story]) if len(rows) <= 2 else 0) for story, to in rows]


def _founded(edit: Edit) -> list[int]:
    if edit.act not in _FOUNDING:
        return []
    return list(dict.fromkeys(after for _article, _before, after in edit.moves if after))


def _fields(edits: Sequence[Told]) -> list[Said]:
    """Each field once: from what it is now to what it was before the earliest of the edits."""
    found: dict[tuple[object, ...], Said] = {}
    for told in edits:
        edit = told.edit
        if edit.moves:
            continue
        for change in told.changes:
            key = (edit.outlet_id, edit.article_id, edit.story_id, edit.before.get("about"), change.name)
            # The latest edit says what it is now, the earliest what it was before all of them.
            now = found[key].change.before if key in found else change.after
            found[key] = Said(told, Change(change.name, change.label, now, change.before, change.typed))
    return list(found.values())
