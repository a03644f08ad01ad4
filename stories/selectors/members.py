"""A story's reports as the desk counts and lists them: light rows, in the order in which they were reported.

Without texts and vectors: a story of a thousand reports is one query and some milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from stories.models import Article, Story
from stories.nlp import copies

_FIELDS = (
    "pk",
    "story_id",
    "title",
    "lang",
    "url",
    "outlet_id",
    "outlet__name",
    "outlet__slug",
    "reported_at",
    "claimed_at",
    "first_seen_at",
    "polled_before_at",
    "text_state",
    "wire",
    "story_score",
    "story_reasons",
    "copy_of_id",
    "copy_share",
    "copy_of__outlet_id",
    "copy_of__outlet__name",
    "copy_of__wire",
    "copy_of__story_id",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A report in its story. `root_*` are of the report that it is a copy of, where it is one."""

    pk: int
    story: int | None
    title: str
    lang: str
    url: str
    outlet_pk: int
    outlet: str
    outlet_slug: str
    at: datetime
    claimed_at: datetime | None
    seen_at: datetime
    polled_before_at: datetime | None
    text_state: str
    wire: str
    score: float | None
    reasons: Sequence[str]
    root: int | None
    share: float | None
    root_outlet_pk: int | None
    root_outlet: str | None
    root_wire: str | None
    root_story: int | None

    def get_absolute_url(self) -> str:
        """The report's page with us."""
        return reverse("article", args=[self.pk])

    @property
    def claimed(self) -> bool:
        """Whether its time is the outlet's own."""
        return self.claimed_at == self.at

    @property
    def elsewhere(self) -> bool:
        """Whether it copies a report of another story."""
        return self.root is not None and self.root_story != self.story


def of_stories(stories: Iterable[Story]) -> list[Member]:
    """All reports of these stories, the earliest first. One query."""
    return _members(story__in=list(stories))


def of_articles(numbers: Iterable[int]) -> list[Member]:
    """These reports, the earliest first. One query."""
    return _members(pk__in=list(numbers))


def _members(**which: Any) -> list[Member]:
    rows = Article.objects.filter(**which).order_by("reported_at", "pk").values_list(*_FIELDS)
    return [Member(*row) for row in rows]


def outlets(members: Iterable[Member]) -> dict[str, str]:
    """The slug of each outlet by its name, by name."""
    return dict(sorted({one.outlet: one.outlet_slug for one in members}.items(), key=lambda item: item[0].casefold()))


def voices(members: Iterable[Member]) -> int:
    """How many voices speak in these reports, as far as copies and agencies are known."""
    return copies.voices(
        [
            copies.Carrier(
                one.root or one.pk,
                one.root_outlet_pk or one.outlet_pk,
                (one.root_wire or "") if one.root else one.wire,
                one.wire,
            )
            for one in members
        ]
    )
