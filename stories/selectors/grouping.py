"""How the stories came to be as they are: the ties between them, and the edits with who, when, what and why.

Reads only, and judges nothing: how sure grouping was stands in the rows themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from stories.models import GROUPING, Story, StoryLink, Tie
from stories.selectors import columns, paging
from stories.selectors.edits import MOVING, Told, rows, tell

# A story is seldom edited more than a few times; of one that was, the latest edits are told.
EDITS = 50
PAGE = 30
# Stories that are tied to this one in one way; a running story may have a chapter a day.
TIES = 60
_ORDER = ("at", "pk")


@dataclass(frozen=True, slots=True)
class Tied:
    """A story that another is tied to, and why."""

    story: Story
    link: StoryLink


@dataclass(frozen=True, slots=True)
class Ties:
    """The stories that belong to one without being it: chapters in time order, the others by how sure they are."""

    earlier: Sequence[Tied]
    later: Sequence[Tied]
    related: Sequence[Tied]
    translations: Sequence[Tied]

    def __bool__(self) -> bool:
        return bool(self.earlier or self.later or self.related or self.translations)


@dataclass(frozen=True, slots=True)
class EditsPage:
    """A page of edits, newest first; `older` is the cursor of the next."""

    edits: Sequence[Told]
    older: str


def edits_of(story: Story) -> list[Told]:
    """What was done to a story, newest first. Three queries at most."""
    return tell(rows().filter(Q(story=story) | Q(other=story))[:EDITS])


# How the list of all edits can be narrowed: by the name in its address.
WHICH: Mapping[str, Q] = {
    "all": Q(),
    "grouping": Q(by=GROUPING),
    "editors": ~Q(by=GROUPING),
    "undone": Q(by=GROUPING, act__in=MOVING, undone_by__isnull=False) & ~Q(undone_by__by=GROUPING),
}


def edits_page(which: str, before: str) -> EditsPage:
    """The edits of one of WHICH. Three queries at most. Raises KeyError for what is not in it."""
    edits = rows().filter(WHICH[which])
    key = paging.decode(before, len(_ORDER) - 1)
    if key:
        edits = edits.filter(paging.older(_ORDER, key))
    found = list(edits[: PAGE + 1])
    older = paging.encode(found[PAGE - 1].at, found[PAGE - 1].pk) if len(found) > PAGE else ""
    return EditsPage(tell(found[:PAGE]), older)


def brought(edits: Iterable[Told], story: Story) -> dict[int, Told]:
    """By article, the edit that brought it into the story and still stands; the latest, where there are several.

    `edits`: newest first. Articles that grouping placed here when they came are not in it.
    """
    found: dict[int, Told] = {}
    for told in edits:
        if told.edit.act in MOVING and told.undone is None:
            for article, _before, after in told.edit.moves:
                if after == story.pk:
                    found.setdefault(article, told)
    return found


def ties(story: Story) -> Ties:
    """The stories that this one is tied to, from either end. One query."""
    heavy = [name for end in ("first", "second") for name in columns.of_story(f"{end}__")]
    heavy += [name for end in ("first", "second") for name in columns.of_story(f"{end}__merged_into__")]
    links = (
        StoryLink.objects.filter(Q(first=story) | Q(second=story))
        .select_related("first__merged_into", "second__merged_into")
        .defer(*heavy)
    )
    before: dict[str, dict[int, Tied]] = {}
    after: dict[str, dict[int, Tied]] = {}
    for link in links.order_by("-by_curator", "-probability", "pk")[: 4 * TIES]:
        earlier = link.second_id == story.pk
        end = link.first if earlier else link.second
        # A link may be older than a merge: what it led to is then part of another story.
        other = end.merged_into or end
        if other.pk != story.pk and other.article_count and not other.hidden:
            side = before if earlier else after
            side.setdefault(link.kind, {}).setdefault(other.pk, Tied(other, link))
    return Ties(
        earlier=_in_time(before.get(Tie.CHAPTER, {}))[-TIES:],
        later=_in_time(after.get(Tie.CHAPTER, {}))[:TIES],
        related=_either(before, after, Tie.RELATED),
        translations=_either(before, after, Tie.TRANSLATION),
    )


def _in_time(tied: Mapping[int, Tied]) -> list[Tied]:
    return sorted(tied.values(), key=lambda one: (one.story.first_at, one.story.pk))


def _either(before: Mapping[str, Mapping[int, Tied]], after: Mapping[str, Mapping[int, Tied]], kind: Tie) -> list[Tied]:
    """Ties without a direction, the surest first, an editor's before the program's."""
    tied = {**after.get(kind, {}), **before.get(kind, {})}.values()
    return sorted(tied, key=_surest_first)[:TIES]


def _surest_first(one: Tied) -> tuple[bool, float, datetime, int]:
    return not one.link.by_curator, -(one.link.probability or 0.0), one.story.first_at, one.story.pk


def chapters_before(ids: Sequence[int]) -> dict[int, Story]:
    """For each of these stories that continues another, the latest one before it. One query."""
    links = (
        StoryLink.objects.filter(second__in=ids, kind=Tie.CHAPTER, first__in=Story.objects.shown())
        .select_related("first")
        .defer(*columns.of_story("first__"))
        .order_by("second", "first__last_at", "first")
    )
    return {link.second_id: link.first for link in links}
