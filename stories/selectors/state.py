"""What the system is doing just now, read from the database alone: what the front page says when all is not well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Max, Q

from stories.models import Article, Feed, PollResult, Stage, Story, User

# Beat rings every five seconds and a batch takes at most twenty: two minutes without a poll is no delay any more.
SILENT_AFTER = timedelta(minutes=2)
_FAILED = (PollResult.TEMPORARY, PollResult.PERMANENT)


class Condition(StrEnum):
    """The one thing that a reader should know first; `fine` says nothing."""

    NO_ACCOUNT = "no_account"
    NO_FEEDS = "no_feeds"
    SILENT = "silent"
    OFFLINE = "offline"
    FIRST_POLL = "first_poll"
    EMPTY = "empty"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class RunningState:
    """Counts over feeds and articles; `waiting` are articles on their way through the pipeline."""

    condition: Condition
    has_account: bool
    has_stories: bool
    feeds: int
    polled: int
    failing: int
    overdue: int
    waiting: int
    last_poll: datetime | None


def running_state(now: datetime) -> RunningState:
    """The state at `now`, in four queries."""
    overdue = Q(next_poll_at__lt=now - SILENT_AFTER) & (Q(lease_until=None) | Q(lease_until__lt=now))
    failing = Q(last_result__in=_FAILED)
    feeds = Feed.objects.filter(active=True).aggregate(
        total=Count("pk"),
        polled=Count("pk", filter=~Q(last_polled_at=None)),
        failing=Count("pk", filter=failing),
        # A reply of any kind, even an error page, shows that the network is there.
        unreached=Count("pk", filter=failing & Q(last_status=None)),
        overdue=Count("pk", filter=overdue),
        last_poll=Max("last_polled_at"),
    )
    has_account = User.objects.exists()
    has_stories = Story.objects.live().exists()
    waiting = Article.objects.exclude(stage__in=[Stage.DONE, Stage.FAILED]).count()
    return RunningState(
        condition=_condition(feeds, has_account=has_account, has_stories=has_stories, waiting=waiting),
        has_account=has_account,
        has_stories=has_stories,
        feeds=feeds["total"],
        polled=feeds["polled"],
        failing=feeds["failing"],
        overdue=feeds["overdue"],
        waiting=waiting,
        last_poll=feeds["last_poll"],
    )


def _condition(feeds: dict[str, int], *, has_account: bool, has_stories: bool, waiting: int) -> Condition:
    """What stands in the way comes before what follows from it."""
    if not has_account and not has_stories:
        return Condition.NO_ACCOUNT
    if not feeds["total"]:
        return Condition.FINE if has_stories else Condition.NO_FEEDS
    if feeds["overdue"]:
        return Condition.SILENT
    if feeds["polled"] * 2 >= feeds["total"] and feeds["unreached"] == feeds["polled"]:
        return Condition.OFFLINE
    if has_stories:
        return Condition.FINE
    return Condition.FIRST_POLL if waiting or feeds["polled"] < feeds["total"] else Condition.EMPTY
