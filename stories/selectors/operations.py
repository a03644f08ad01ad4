"""How telling people goes, for whoever runs the server: what waits, what went out, what failed and why, what is off.

Counts alone: no person, no address. A reason that names a host or an address is shown without it. Eight queries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from stories.models import Attempt, Channel, ChannelKind, Delivery, DeliveryState, Notice

# Beat rings every few seconds: what has been due for longer than this waits for something.
LATE_AFTER = timedelta(minutes=2)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# The rate is that of the last minutes: of one alone it would be a matter of chance.
RATE_OVER = timedelta(minutes=5)
# Reasons as they were written, before addresses are taken out and those that say the same are one; and as shown.
_REASONS, SHOWN = 500, 12
_ADDRESS = re.compile(
    r"https?://\S+|[^\s<>,;:]+@[^\s<>,;:]+|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|[0-9a-f]*(?::[0-9a-f]*){3,}"
    r"|\b(?:[\w-]+\.)+[a-z][a-z-]+(?::\d+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Notices:
    """What is to be told: how many notices, and the first of them; besides, how many were tried in vain, and why."""

    waiting: int
    oldest: datetime | None
    failing: int
    reasons: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Spans:
    """How many in the last hour, day and week."""

    hour: int
    day: int
    week: int


@dataclass(frozen=True, slots=True)
class WayOut:
    """How one sort of channel fares. `due` could go out now, `leased` is being sent, `later` waits for its time.

    `crowd` are those of `due` that woke many; `oldest` is since when the first is due. `on`, `failing` and `off` count
    channels; those that fail are on.
    """

    kind: ChannelKind
    due: int
    leased: int
    later: int
    crowd: int
    oldest: datetime | None
    sent: Spans
    failed: Spans
    dropped: Spans
    on: int
    failing: int
    off: int


@dataclass(frozen=True, slots=True)
class Reason:
    """What failed in the same way, or was switched off for the same reason: how often, and when last."""

    kind: ChannelKind
    reason: str
    many: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Operations:
    """The state at a moment; `a_minute` is how many went out a minute in the last five."""

    notices: Notices
    ways: Sequence[WayOut]
    a_minute: float
    failures: Sequence[Reason]
    off: Sequence[Reason]
    late: bool

    @property
    def due(self) -> int:
        """How many deliveries could go out now."""
        return sum(way.due for way in self.ways)

    @property
    def leased(self) -> int:
        """How many are being sent."""
        return sum(way.leased for way in self.ways)

    @property
    def later(self) -> int:
        """How many wait for their time."""
        return sum(way.later for way in self.ways)

    @property
    def crowd(self) -> int:
        """How many that woke many wait in the second lane."""
        return sum(way.crowd for way in self.ways)

    @property
    def oldest(self) -> datetime | None:
        """Since when the first of those that are due waits."""
        return min((way.oldest for way in self.ways if way.oldest), default=None)


def operations(now: datetime) -> Operations:
    """How it goes at `now`."""
    notices = _notices()
    waiting, sent, ended = _waiting(now), _sent(now), _ended(now)
    channels = _by_kind(Channel.objects.order_by(), "kind", _CHANNELS)
    ways = [_way(kind, waiting[kind], sent[kind], ended[kind], channels[kind]) for kind in ChannelKind]
    recent = sum(sent[kind]["recent"] for kind in ChannelKind)
    firsts = [way.oldest for way in ways] + [notices.oldest]
    return Operations(
        notices=notices,
        ways=ways,
        a_minute=recent / (RATE_OVER / timedelta(minutes=1)),
        failures=_failures(now),
        off=_off(),
        late=any(first is not None and first < now - LATE_AFTER for first in firsts),
    )


def without_addresses(reason: str) -> str:
    """A reason as it may be shown: hosts and addresses in it are dots."""
    return " ".join(_ADDRESS.sub("…", reason).split())


Counts = dict[str, Any]
_CHANNELS = {
    "on": Count("pk", filter=Q(off_at=None)),
    "failing": Count("pk", filter=Q(off_at=None, failing_since__isnull=False)),
    "off": Count("pk", filter=~Q(off_at=None)),
}


def _notices() -> Notices:
    untold = Notice.objects.filter(told_at=None).order_by()
    fresh = Q(failure="")
    counts = untold.aggregate(
        waiting=Count("pk", filter=fresh),
        oldest=Min("noted_at", filter=fresh),
        failing=Count("pk", filter=~fresh),
    )
    rows = untold.exclude(failure="").values_list("failure").annotate(many=Count("pk")).order_by("-many")[:_REASONS]
    reasons: Counter[str] = Counter()
    for reason, many in rows if counts["failing"] else ():
        reasons[without_addresses(reason)] += many
    return Notices(counts["waiting"], counts["oldest"], counts["failing"], reasons.most_common(SHOWN))


def _waiting(now: datetime) -> Mapping[str, Counts]:
    """What waits, by kind of channel; the partial index of what waits is all that is read of deliveries."""
    leased = Q(lease_until__gte=now)
    due = Q(due_at__lte=now) & ~(Q(lease_until__isnull=False) & leased)
    rows = Delivery.objects.filter(state=DeliveryState.WAITING).order_by()
    counts = {
        "due": Count("pk", filter=due),
        "leased": Count("pk", filter=leased),
        "later": Count("pk", filter=Q(due_at__gt=now) & (Q(lease_until=None) | Q(lease_until__lt=now))),
        "crowd": Count("pk", filter=due & Q(lane__gt=0)),
        "oldest": Min("due_at", filter=due),
    }
    return _by_kind(rows, "channel__kind", counts)


def _sent(now: datetime) -> Mapping[str, Counts]:
    rows = Delivery.objects.filter(sent_at__gt=now - WEEK, sent_at__lte=now).order_by()
    counts = {
        "hour": Count("pk", filter=Q(sent_at__gt=now - HOUR)),
        "day": Count("pk", filter=Q(sent_at__gt=now - DAY)),
        "week": Count("pk"),
        "recent": Count("pk", filter=Q(sent_at__gt=now - RATE_OVER)),
    }
    return _by_kind(rows, "channel__kind", counts)


def _ended(now: datetime) -> Mapping[str, Counts]:
    """What failed for good or was dropped, by when it was due last: that is when it was tried last, or given up."""
    rows = Delivery.objects.filter(state__in=(DeliveryState.FAILED, DeliveryState.DROPPED), due_at__gt=now - WEEK)
    counts = {
        f"{state}_{name}": Count("pk", filter=Q(state=state, due_at__gt=now - span))
        for state in (DeliveryState.FAILED, DeliveryState.DROPPED)
        for name, span in (("hour", HOUR), ("day", DAY), ("week", WEEK))
    }
    return _by_kind(rows.order_by(), "channel__kind", counts)


def _by_kind(rows: Any, kind: str, counts: Mapping[str, Any]) -> Mapping[str, Counts]:
    """Counts by kind of channel, for every kind. One query."""
    nothing = {name: None if name == "oldest" else 0 for name in counts}
    found: dict[str, Counts] = {one.value: dict(nothing) for one in ChannelKind}
    for row in rows.values(sort=F(kind)).annotate(**counts):
        found[row.pop("sort")] = row
    return found


def _way(kind: ChannelKind, waiting: Counts, sent: Counts, ended: Counts, channels: Counts) -> WayOut:
    return WayOut(
        kind=kind,
        **{name: waiting[name] for name in ("due", "leased", "later", "crowd", "oldest")},
        sent=Spans(sent["hour"], sent["day"], sent["week"]),
        failed=Spans(*(ended[f"failed_{name}"] for name in ("hour", "day", "week"))),
        dropped=Spans(*(ended[f"dropped_{name}"] for name in ("hour", "day", "week"))),
        **{name: channels[name] for name in ("on", "failing", "off")},
    )


def _failures(now: datetime) -> list[Reason]:
    """Tries of the last day that failed, by reason, the most frequent first."""
    rows = Attempt.objects.filter(ok=False, at__gt=now - DAY).order_by()
    grouped = rows.values_list("channel__kind", "reason").annotate(many=Count("pk"), last=Max("at"))
    return _reasons(grouped.order_by("-many")[:_REASONS])


def _off() -> list[Reason]:
    """Channels that are off, by reason, the most frequent first."""
    rows = Channel.objects.exclude(off_at=None).order_by()
    grouped = rows.values_list("kind", "off_why").annotate(many=Count("pk"), last=Max("off_at"))
    return _reasons(grouped.order_by("-many")[:_REASONS])


def _reasons(rows: Iterable[tuple[str, str, int, datetime]]) -> list[Reason]:
    """Those that are the same once addresses are taken out, together."""
    found: dict[tuple[str, str], tuple[int, datetime]] = {}
    for kind, reason, many, last in rows:
        key = kind, without_addresses(reason)
        before, latest = found.get(key, (0, last))
        found[key] = before + many, max(latest, last)
    told = [Reason(ChannelKind(kind), reason, many, last) for (kind, reason), (many, last) in found.items()]
    return sorted(told, key=lambda one: (-one.many, one.kind, one.reason))[:SHOWN]
