"""The feeds page: which states feeds are in, how many are in each, what is due and still waits, and the rows.

One feed is in one state (`State`), of which the sentence at the top is made; a filter (`FILTERS`) may cut across them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from stories.ingest.schedule import WEEKLY_AFTER_FAILURES
from stories.models import FAILURES, Feed, Host, PollResult, Subscription

# Beat rings every five seconds: a feed that has been due for this long waits for something.
LATE_AFTER = timedelta(minutes=2)
GOOD = (PollResult.NEW, PollResult.UNCHANGED, PollResult.NOT_MODIFIED)


class State(StrEnum):
    """What a feed's chip and its sentence say; the first that fits."""

    STOPPED = "stopped"
    PAUSED = "paused"
    NEVER = "never"
    WEEKLY = "weekly"
    BLOCKED = "blocked"
    GONE = "gone"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    EMPTY = "empty"
    FINE = "fine"


def state_of(feed: Feed) -> State:
    """The state of a feed."""
    if not feed.active:
        return State.STOPPED if feed.stopped_reason else State.PAUSED
    if feed.last_result in FAILURES and feed.failures >= WEEKLY_AFTER_FAILURES:
        return State.WEEKLY
    return State.FINE if feed.last_result in GOOD else State(feed.last_result)


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the list: its name in the address, what it is called, and what it means."""

    name: str
    label: StrOrPromise
    meaning: StrOrPromise
    condition: Callable[[datetime], Q]


def _always(condition: Q) -> Callable[[datetime], Q]:
    return lambda _now: condition


def _active(**conditions: Any) -> Callable[[datetime], Q]:
    return _always(Q(active=True, **conditions))


def due(now: datetime) -> Q:
    """Active feeds whose time has come and which nobody is polling, whether or not their host's turn has come."""
    return Q(Q(lease_until=None) | Q(lease_until__lt=now), active=True, next_poll_at__lte=now)


def late(now: datetime) -> Q:
    """Due for LATE_AFTER and longer."""
    return due(now) & Q(next_poll_at__lt=now - LATE_AFTER)


def host_rests(now: datetime) -> Q:
    """Feeds whose server nobody asks for anything just now."""
    return Q(host__in=Host.objects.filter(rest_until__gt=now).values("name"))


FILTERS = {
    each.name: each
    for each in (
        Filter("all", _("All"), _("every feed"), _always(Q())),
        Filter("fine", _("Fine"), _("whose last poll went well"), _active(last_result__in=GOOD)),
        Filter(
            "failing", _("Failing"), _("whose last poll failed, whatever the reason"), _active(last_result__in=FAILURES)
        ),
        Filter(
            "temporary",
            _("Temporary"),
            _("that failed for a passing reason"),
            _active(last_result=PollResult.TEMPORARY),
        ),
        Filter(
            "permanent", _("Needs a person"), _("that fail until somebody mends them"), _active(last_result="permanent")
        ),
        Filter("blocked", _("Blocked"), _("whose server turns programs away"), _active(last_result=PollResult.BLOCKED)),
        Filter("gone", _("Said to be gone"), _("that answered 410 once"), _active(last_result=PollResult.GONE)),
        Filter(
            "weekly",
            _("Asked weekly"),
            format_lazy(_("that failed {failures} times in a row or more"), failures=WEEKLY_AFTER_FAILURES),
            _active(last_result__in=FAILURES, failures__gte=WEEKLY_AFTER_FAILURES),
        ),
        Filter("empty", _("Empty"), _("that answer with no entry at all"), _active(last_result=PollResult.EMPTY)),
        Filter("never", _("Not polled yet"), _("that are new here"), _active(last_result=PollResult.NEVER)),
        Filter("due", _("Due now"), _("whose time has come and which nobody is polling yet"), due),
        Filter("late", _("Overdue"), _("that have been due for more than 2 min"), late),
        Filter(
            "resting",
            _("Host rests"),
            _("whose server is left alone for a while"),
            lambda n: Q(active=True) & host_rests(n),
        ),
        Filter(
            "pushed",
            _("Pushed"),
            _("whose hub tells us what is new (WebSub)"),
            _active(subscription__state=Subscription.State.ACTIVE),
        ),
        Filter("paused", _("Paused"), _("that an editor paused"), _always(Q(active=False, stopped_reason=""))),
        Filter(
            "stopped", _("Stopped"), _("that stopped by themselves"), _always(Q(active=False) & ~Q(stopped_reason=""))
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """Feeds due but not fetched for LATE_AFTER: since when the first of them, and how many only wait for their host."""

    late: int
    oldest: datetime | None
    resting: int
    turns: int

    @property
    def stuck(self) -> int:
        """Those that wait for a worker alone."""
        return self.late - self.resting - self.turns


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence that sums up: so many feeds are in this state, of them so many in that."""

    name: str
    count: int
    word: StrOrPromise
    among: tuple[Part, ...] = ()


# The words of the sentence that sums up. A feed that fails may be in one of the second list as well.
_STATES = (
    ("fine", pgettext_lazy("feeds", "fine")),
    ("empty", pgettext_lazy("feeds", "empty")),
    ("never", pgettext_lazy("feeds", "not polled yet")),
    ("failing", pgettext_lazy("feeds", "failing")),
    ("paused", pgettext_lazy("feeds", "paused")),
    ("stopped", pgettext_lazy("feeds", "stopped")),
)
_FAILING = (
    ("blocked", pgettext_lazy("feeds", "blocked")),
    ("gone", pgettext_lazy("feeds", "said to be gone")),
    ("weekly", pgettext_lazy("feeds", "asked weekly")),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts by filter over the feeds that match a search, and how polling as a whole fares."""

    counts: dict[str, int]
    gauge: Gauge
    last_poll: datetime | None
    next_poll: datetime | None

    @property
    def parts(self) -> list[Part]:
        """The states that feeds are in, each feed in one of them, the good ones first."""
        return [
            Part(name, self.counts[name], word, self._parts(_FAILING) if name == "failing" else ())
            for name, word in _STATES
            if self.counts[name]
        ]

    def _parts(self, words: Sequence[tuple[str, StrOrPromise]]) -> tuple[Part, ...]:
        return tuple(Part(name, self.counts[name], word) for name, word in words if self.counts[name])


def summary(now: datetime, query: str = "") -> Summary:
    """Everything that is counted about feeds, in one query."""
    turn = late(now) & Q(turn_at__gt=now) & ~host_rests(now)
    found = _searched(query).aggregate(
        **{f"n_{name}": Count("pk", filter=each.condition(now)) for name, each in FILTERS.items() if name != "all"},
        n_all=Count("pk"),
        oldest=Min("next_poll_at", filter=late(now)),
        late_resting=Count("pk", filter=late(now) & host_rests(now)),
        late_turns=Count("pk", filter=turn),
        last_poll=Max("last_polled_at"),
        next_poll=Min("next_poll_at", filter=Q(active=True)),
    )
    return Summary(
        counts={name: found[f"n_{name}"] for name in FILTERS},
        gauge=Gauge(found["n_late"], found["oldest"], found["late_resting"], found["late_turns"]),
        last_poll=found["last_poll"],
        next_poll=found["next_poll"],
    )


def _searched(query: str) -> QuerySet[Feed]:
    """By the name of the outlet, the feed's title or its address."""
    feeds = Feed.objects.all()
    if query:
        feeds = feeds.filter(Q(outlet__name__icontains=query) | Q(title__icontains=query) | Q(url__icontains=query))
    return feeds


def matching(show: str, query: str, now: datetime) -> QuerySet[Feed]:
    """The feeds of one of FILTERS that match a search, by outlet. Raises KeyError for a filter that there is not."""
    return _searched(query).filter(FILTERS[show].condition(now))


def rows(feeds: QuerySet[Feed], now: datetime) -> QuerySet[Feed]:
    """With what a row shows besides the feed: outlet, subscription, and `rests_until`, `rest_reason` of its host."""
    resting = Host.objects.filter(name=OuterRef("host"), rest_until__gt=now)
    return feeds.select_related("outlet", "subscription").annotate(
        rests_until=Subquery(resting.values("rest_until")[:1]), rest_reason=Subquery(resting.values("rest_reason")[:1])
    )
