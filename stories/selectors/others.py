"""Finding the other story of an act: by the words of its title, its address, its number; or one that is near anyway."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from stories.models import Doubt, Story
from stories.selectors import columns, grouping

FOUND = 12
# The index of titles holds parts of three letters; what is shorter narrows nothing down.
_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Likely:
    """A story that is near to another: a question asks about both, or they are tied."""

    story: Story
    asked: bool
    probability: float | None


def find(pk: int) -> Story | None:
    """The story at a number: itself, or the one that it was merged into."""
    related = Story.objects.select_related("merged_into", "provenance", "headline_of")
    story = related.defer(*columns.of_story(), *columns.of_article("headline_of__")).filter(pk=pk).first()
    if story is not None and story.merged_into_id is not None:
        return find(story.merged_into_id)
    return story


def search(story: Story, words: str) -> list[Story]:
    """Stories with all of these words in their titles, the latest first; not this one. One query."""
    said = [word for word in words.split() if len(word) >= _LETTERS] or words.split()
    if not said:
        return []
    every = Q()
    for word in said[:8]:
        every &= Q(title__icontains=word)
    rows = Story.objects.live().filter(every).exclude(pk=story.pk).defer(*columns.of_story())
    return list(rows.order_by("-last_at", "-pk")[:FOUND])


def likely(story: Story, doubts: list[Doubt]) -> list[Likely]:
    """Stories that may be meant: those that open questions name, then those that are tied to it. One query."""
    found: dict[int, Likely] = {}
    for doubt in doubts:
        for other in (doubt.story, doubt.other):
            if other is not None and other.pk != story.pk and other.merged_into_id is None:
                found.setdefault(other.pk, Likely(other, True, doubt.probability))
    ties = grouping.ties(story)
    for tied in (*ties.related, *ties.earlier, *ties.later):
        found.setdefault(tied.story.pk, Likely(tied.story, False, tied.link.probability))
    return list(found.values())[:FOUND]
