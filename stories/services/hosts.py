"""Whose turn it is at a server: a batch holds a host, asks it politely, and gives it back with what it learnt.

Politeness has to hold across all workers and restarts, so it is kept in PostgreSQL: while one batch holds a host, no
other asks it for anything, and the fetcher's limits within the batch are the limits of all of us. A killed batch
stops renewing, and its hosts are free again within LEASE. It fetches nothing; how long a host rests, and why, is
decided by ingest.restraint.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from stories.ingest import restraint, robots
from stories.ingest.errors import Failure
from stories.ingest.fetch import NotAsked, Pace, Response
from stories.models import Host

# Whoever holds a host renews it every few seconds, and at the worst waits ten for a document's parser; after a kill it
# is free again soon enough for polling to go on within half a minute, a new worker's start included.
LEASE = timedelta(seconds=15)
RENEW_AFTER = timedelta(seconds=4)
# A batch stays with a host for so long at most: the host's other feeds and pages wait for the next batch meanwhile,
# instead of keeping this one, and its worker, from everything else.
WINDOW_S = 6.0
# Another batch holds the host: most are done within seconds.
BUSY_S = 1.5


@dataclass(frozen=True, slots=True)
class Later:
    """A host's turn has not come: not before `at`, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A host that is ours: seconds until its first request may start, seconds between starts, how many fit in."""

    host: Host
    wait_s: float
    every_s: float
    quota: int


@dataclass(slots=True)
class Held:
    """The hosts that one batch holds, those that it may not ask now, and what it has heard from them so far."""

    token: UUID
    renewed_at: datetime
    crawling: bool = False
    turns: dict[str, Turn] = field(default_factory=dict)
    refused: dict[str, Later] = field(default_factory=dict)
    waiting: Counter[str] = field(default_factory=Counter)
    heard: dict[str, list[restraint.Heard]] = field(default_factory=dict)

    def paces(self) -> dict[str, Pace]:
        """The hosts' turns as the fetcher asks for them."""
        return {name: Pace(turn.wait_s, turn.every_s) for name, turn in self.turns.items()}

    def take(self, name: str, now: datetime) -> Later | None:
        """Note one more request to the host; or why, and until when, it has to wait."""
        if name in self.refused:
            return self.refused[name]
        turn = self.turns[name]
        if self.waiting[name] >= turn.quota:
            # Back when this batch is through with the host, and spread a little.
            wait = turn.wait_s + turn.quota * turn.every_s + random.uniform(0, 2)  # noqa: S311
            return Later(now + timedelta(seconds=wait), f"waits for its turn at {name}")
        self.waiting[name] += 1
        return None

    def hear(self, name: str, answer: Response | Failure) -> None:
        """Note how one request to the host ended."""
        self.waiting[name] -= 1
        if isinstance(answer, NotAsked):
            return
        self.heard.setdefault(name, []).append(restraint.heard(answer))

    def done(self) -> list[str]:
        """The hosts from which nothing more is expected."""
        return [name for name in self.turns if self.waiting[name] <= 0]


def hold(names: Collection[str], now: datetime, *, crawling: bool = False) -> Held:
    """Take those of the hosts that nobody holds and that don't rest. Never waits for another batch.

    `crawling`: for pages, which a site's robots.txt may space further than feeds.
    """
    held = Held(uuid4(), now, crawling)
    wanted = {name for name in names if name}
    known = set(Host.objects.filter(name__in=wanted).values_list("name", flat=True))
    # In one order everywhere, so that two batches that meet new hosts never wait for each other.
    Host.objects.bulk_create([Host(name=name) for name in sorted(wanted - known)], ignore_conflicts=True)
    with transaction.atomic():
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        rows = Host.objects.filter(free, name__in=wanted).order_by("name")
        rows = rows.filter(Q(rest_until=None) | Q(rest_until__lte=now))
        taken = list(rows.select_for_update(skip_locked=True, no_key=True))
        Host.objects.filter(pk__in=[row.pk for row in taken]).update(lease_until=now + LEASE, lease_token=held.token)
    held.turns = {row.name: _turn(row, now, crawling=crawling) for row in taken}
    missing = wanted - held.turns.keys()
    held.refused = {row.name: _later(row, now) for row in Host.objects.filter(name__in=missing)}
    return held


def _turn(row: Host, now: datetime, *, crawling: bool) -> Turn:
    every = float(settings.FETCH_EVERY_S)
    if crawling and row.robots_state == Host.Robots.RULES:
        every = max(every, robots.crawl_delay_s(robots.read(row.robots), settings.USER_AGENT))
    wait = max(0.0, (row.next_start_at - now).total_seconds()) if row.next_start_at else 0.0
    fits = 1 + int(max(0.0, WINDOW_S - wait) / every) if every else 1_000_000
    return Turn(row, wait, every, 1 if restraint.trial_only(_state(row)) else fits)


def reckon(held: Held, name: str, now: datetime) -> None:
    """Reckon a host's turn anew after its robots.txt was read: it has just been asked once, and may want to wait."""
    row = held.turns[name].host
    turn = _turn(row, now, crawling=held.crawling)
    held.turns[name] = Turn(row, turn.every_s, turn.every_s, turn.quota)


def _later(row: Host, now: datetime) -> Later:
    if row.rest_until and row.rest_until > now:
        return Later(row.rest_until, row.rest_reason)
    wait = BUSY_S + random.uniform(0, BUSY_S)  # noqa: S311  nothing secret hangs on it
    return Later(now + timedelta(seconds=wait), f"waits for its turn at {row.name}")


def renew(held: Held, now: datetime) -> None:
    """Keep holding what we hold; does nothing more often than needed."""
    if now - held.renewed_at >= RENEW_AFTER:
        Host.objects.filter(lease_token=held.token).update(lease_until=now + LEASE)
        held.renewed_at = now


def release(held: Held, names: Iterable[str], now: datetime, *, offline: bool = False) -> None:
    """Give hosts back with what was heard from them. `offline`: silence was our own network's, and tells nothing."""
    plain: dict[float, list[str]] = {}
    for name in names:
        turn = held.turns.pop(name)
        before = _state(turn.host)
        after = before
        for heard in held.heard.pop(name, []):
            if not (offline and heard.silent):
                after = restraint.after(after, heard, now, name)
        if after == before:
            plain.setdefault(turn.every_s, []).append(name)
        else:
            _keep(held, turn, after, now)
    for every, same in plain.items():
        Host.objects.filter(name__in=same, lease_token=held.token).update(
            lease_until=None, lease_token=None, next_start_at=now + timedelta(seconds=every)
        )


def _keep(held: Held, turn: Turn, after: restraint.HostState, now: datetime) -> None:
    Host.objects.filter(pk=turn.host.pk, lease_token=held.token).update(
        lease_until=None,
        lease_token=None,
        next_start_at=now + timedelta(seconds=turn.every_s),
        failures=after.failures,
        slowed=after.slowed,
        rest_until=after.rest_until,
        rest_reason=after.reason[:300],
    )


def _state(row: Host) -> restraint.HostState:
    return restraint.HostState(row.failures, row.slowed, row.rest_until, row.rest_reason)


def resting(names: Collection[str], now: datetime) -> Mapping[str, Host]:
    """Those of the hosts that rest now."""
    return {row.name: row for row in Host.objects.filter(name__in=names, rest_until__gt=now)}
