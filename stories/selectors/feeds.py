"""The feeds page: every feed with its last result, and a line that sums them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from stories.models import Feed, PollResult

_FAILED = (PollResult.TEMPORARY, PollResult.PERMANENT)
_FAILING = Q(active=True, last_result__in=_FAILED)


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """Counts over all feeds: `failing` and `never` (not polled yet) of the active ones."""

    total: int
    failing: int
    paused: int
    never: int
    last_poll: datetime | None
    next_poll: datetime | None


def summary() -> FeedSummary:
    """The line above the table. One query."""
    return FeedSummary(
        **Feed.objects.aggregate(
            total=Count("pk"),
            failing=Count("pk", filter=_FAILING),
            paused=Count("pk", filter=Q(active=False)),
            never=Count("pk", filter=Q(active=True, last_polled_at=None)),
            last_poll=Max("last_polled_at"),
            next_poll=Min("next_poll_at", filter=Q(active=True)),
        )
    )


def matching(show: str, query: str) -> QuerySet[Feed]:
    """Feeds that fail, are paused, or all; by the name of the outlet, the feed's title or its address."""
    feeds = Feed.objects.select_related("outlet")
    if show == "failing":
        feeds = feeds.filter(_FAILING)
    elif show == "paused":
        feeds = feeds.filter(active=False)
    if query:
        feeds = feeds.filter(Q(outlet__name__icontains=query) | Q(title__icontains=query) | Q(url__icontains=query))
    return feeds
