"""What the system is doing just now, read from the database alone: what the front page says when all is not well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Q

from stories.models import FAILURES, Article, Feed, Stage, Story, User
from stories.selectors.feeds import LATE_AFTER, host_rests, late


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
    """Counts over feeds and articles; `waiting` are articles on their way through the pipeline.

    `overdue` feeds wait for a worker: those that only wait for their host's turn, or for the end of its rest, don't.
    """

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
    # A turn that came a moment ago is no reproach to a worker either.
    overdue = late(now) & (Q(turn_at=None) | Q(turn_at__lt=now - LATE_AFTER)) & ~host_rests(now)
    failing = Q(last_result__in=FAILURES)
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
    has_stories = Story.objects.shown().exists()
    waiting = Article.objects.exclude(stage__in=[Stage.DONE, Stage.FAILED]).count()
    return RunningState(
        condition=_condition(feeds, now, has_account=has_account, has_stories=has_stories, waiting=waiting),
        has_account=has_account,
        has_stories=has_stories,
        feeds=feeds["total"],
        polled=feeds["polled"],
        failing=feeds["failing"],
        overdue=feeds["overdue"],
        waiting=waiting,
        last_poll=feeds["last_poll"],
    )


def _condition(
    feeds: dict[str, Any], now: datetime, *, has_account: bool, has_stories: bool, waiting: int
) -> Condition:
    """What stands in the way comes before what follows from it."""
    if not has_account and not has_stories:
        return Condition.NO_ACCOUNT
    if not feeds["total"]:
        return Condition.FINE if has_stories else Condition.NO_FEEDS
    # Where feeds are polled all the while, a long list is being worked through, and the feeds page tells how far it is.
    if feeds["overdue"] and (feeds["last_poll"] is None or feeds["last_poll"] < now - LATE_AFTER):
        return Condition.SILENT
    if feeds["polled"] * 2 >= feeds["total"] and feeds["unreached"] == feeds["polled"]:
        return Condition.OFFLINE
    if has_stories:
        return Condition.FINE
    return Condition.FIRST_POLL if waiting or feeds["polled"] < feeds["total"] else Condition.EMPTY
