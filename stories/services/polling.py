"""Polling: claim due feeds and their hosts, fetch, and keep each answer as soon as it is there.

Same shape as a step of the pipeline: claim, compute without writing, save in a short transaction. Answers are kept as
they come, so that one slow server holds up no other feed; a killed worker's feeds are free again within hosts.LEASE.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, perf_counter
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, DateTimeField, Value, When
from psycopg.errors import DeadlockDetected

from stories.ingest import fetch, isolated
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.feeds import ParsedFeed
from stories.models import Feed
from stories.services import hosts, outcomes
from stories.services.hosts import Held
from stories.services.outcomes import Answer
from stories.services.outside import policy

log = logging.getLogger(__name__)

BATCH = 100
LEASE = hosts.LEASE
# So many answers are written in one transaction, which costs a third less than one for each.
TOGETHER = 25
# How often what has come is looked after while nothing more arrives.
TICK_S = 0.25
# Bodies wait here for the parser; more than this and the oldest is waited for.
WAITING_BYTES = 50 * 1024 * 1024

# A batch reads for so long: a dozen documents that each use up the parser's ten seconds must not use up the task's time
# and take what was read with them.
READ_S = 90.0
# A feed whose server was left alone comes back after this, or when the server said; then the host's own rest rules.
UNASKED_S, DAY_S = 30, 86400

# So many servers that give no answer at all, and none that did for half an hour: then it is our network.
OFFLINE_HOSTS = 5
OFFLINE_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Polled:
    """What one batch brought: feeds polled, articles found, and whether more feeds may be due."""

    feeds: int
    found: int
    more: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """Feeds leased to us and the hosts that we hold for them."""

    feeds: Sequence[Feed]
    held: Held
    more: bool
    at: datetime

    @property
    def token(self) -> UUID:
        """What proves that feeds and hosts are ours."""
        return self.held.token


def poll(clock: Callable[[], datetime]) -> Polled:
    """Poll up to BATCH due feeds; every feed's outcome is stored with it, none raises."""
    claimed = claim(clock())
    if not claimed.feeds:
        return Polled(0, 0, claimed.more)
    started = perf_counter()
    batch = _Batch(claimed, clock)
    requests = [_request(feed, claimed.at) for feed in claimed.feeds]
    for number, answer in fetch.fetch_as_done(requests, policy(), claimed.held.paces(), tick_s=TICK_S):
        if number is not None and answer is not None:
            batch.arrived(claimed.feeds[number], answer)
        batch.settle(idle=number is None)
    batch.finish()
    log.info("poll: %d feeds, %d new articles in %.2f s", len(claimed.feeds), batch.found, perf_counter() - started)
    return Polled(len(claimed.feeds), batch.found, claimed.more)


def _request(feed: Feed, now: datetime) -> fetch.Request:
    etag, last_modified = (feed.etag, feed.last_modified) if outcomes.conditional(feed, now) else ("", "")
    return fetch.Request(feed.url, etag, last_modified, accept=fetch.ACCEPT_FEED, own=feed.outlet.demo)


def claim(now: datetime) -> Claimed:
    """Lease the feeds that are due and whose hosts are free; never waits for what another worker holds.

    Feeds whose host is busy, rests, or has enough with this batch get a time to come back to (`turn_at`).
    """
    with transaction.atomic():
        due = list(
            Feed.objects.due(now)
            .order_by("next_poll_at")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("outlet")[:BATCH]
        )
        held = hosts.hold({feed.host for feed in due if not feed.outlet.demo}, now)
        later: dict[str, datetime] = {}
        ours: list[Feed] = []
        for feed in due:
            wait = None if feed.outlet.demo else held.take(feed.host, now)
            if wait is None:
                ours.append(feed)
            else:
                later.setdefault(feed.host, wait.at)
        Feed.objects.filter(pk__in=[feed.pk for feed in ours]).update(
            lease_until=now + LEASE, lease_token=held.token, turn_at=None
        )
        _put_back(later, now)
    return Claimed(ours, held, len(due) == BATCH, now)


def _put_back(later: dict[str, datetime], now: datetime) -> None:
    """Give all due feeds of these hosts, however many, their time to come back."""
    if not later:
        return
    # Rows that another worker looks at just now are its to put back: waiting for each other helps nobody.
    rows = Feed.objects.due(now).filter(host__in=later, outlet__demo=False)
    pks = list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True))
    turns = [When(host=host, then=Value(at)) for host, at in later.items()]
    Feed.objects.filter(pk__in=pks).update(turn_at=Case(*turns, output_field=DateTimeField()))


@dataclass(slots=True)
class _Batch:
    """Answers on their way from the fetcher to the database."""

    claimed: Claimed
    clock: Callable[[], datetime]
    began: float = field(default_factory=monotonic)
    found: int = 0
    parsing: deque[tuple[Feed, fetch.Response, str, Future[ParsedFeed]]] = field(default_factory=deque)
    ready: list[tuple[Feed, Answer]] = field(default_factory=list)
    # Servers that gave no answer: until one does, this may be our own network's fault.
    silent: list[tuple[Feed, Failure]] = field(default_factory=list)
    online: bool = False
    # Their server sent others of this batch away: they were left in peace, and nothing happened to them.
    not_asked: list[tuple[Feed, fetch.NotAsked]] = field(default_factory=list)

    def arrived(self, feed: Feed, answer: fetch.Response | Failure) -> None:
        """Sort an answer: to the parser, to those that are ready to be kept, or to those that may not count."""
        if not feed.outlet.demo:
            self.claimed.held.hear(feed.host, answer)
        if isinstance(answer, fetch.NotAsked):
            self.not_asked.append((feed, answer))
        elif isinstance(answer, Failure):
            if type(answer) is Temporary and not feed.outlet.demo and not self.online:
                self.silent.append((feed, answer))
            else:
                self.ready.append((feed, outcomes.failed(answer)))
        else:
            self._came(feed, answer)

    def _came(self, feed: Feed, answer: fetch.Response) -> None:
        self.online = self.online or not feed.outlet.demo
        known = outcomes.known(feed, answer)
        if known is not None:
            self.ready.append((feed, known))
        else:
            future = isolated.submit_feed(answer.body, url=answer.final_url, headers=answer.headers, now=self.clock())
            self.parsing.append((feed, answer, outcomes.body_hash(answer), future))

    def settle(self, *, idle: bool) -> None:
        """Keep what is ready, some together; hold on to the rest."""
        waiting = sum(len(response.body) for _, response, _, _ in self.parsing)
        while self.parsing and (self.parsing[0][3].done() or waiting > WAITING_BYTES):
            waiting -= len(self.parsing[0][1].body)
            self._take_parsed()
        if idle or len(self.ready) >= TOGETHER:
            self._keep()
        self._renew(idle=idle)

    def finish(self) -> None:
        """Keep all that is left, decide whether we are offline, and give every host back."""
        while self.parsing:
            self._take_parsed()
            self.settle(idle=True)
        offline = bool(self.silent) and not self.online and _offline([feed for feed, _ in self.silent], self.clock())
        self.ready += [(feed, outcomes.failed(failure, offline=offline)) for feed, failure in self.silent]
        self.silent = []
        self._keep()
        self._put_back_unasked()
        hosts.release(self.claimed.held, list(self.claimed.held.turns), self.clock(), offline=offline)

    def _take_parsed(self) -> None:
        """The next document from the parser; one whose turn there does not come in time is due as before."""
        feed, response, body_hash, future = self.parsing.popleft()
        try:
            parsed = future.result(timeout=max(0.0, self.began + READ_S - monotonic()))
            self.ready.append((feed, outcomes.parsed(response, parsed, body_hash)))
        except Failure as failure:
            self.ready.append((feed, outcomes.unreadable(response, failure)))
        except TimeoutError:
            future.cancel()
            self.not_asked.append((feed, fetch.NotAsked("Not read yet: others took too long.")))

    def _keep(self) -> None:
        if self.online and self.silent:
            self.ready += [(feed, outcomes.failed(failure)) for feed, failure in self.silent]
            self.silent = []
        for start in range(0, len(self.ready), TOGETHER):
            self.found += self._save(self.ready[start : start + TOGETHER])
        self.ready = []

    def _put_back_unasked(self) -> None:
        """Feeds that were not asked are due as before, once their host may be asked again."""
        for feed, failure in self.not_asked:
            wait = timedelta(seconds=max(UNASKED_S, min(failure.retry_after_s or 0, DAY_S)))
            Feed.objects.filter(pk=feed.pk, lease_token=self.claimed.token).update(
                lease_until=None, lease_token=None, turn_at=self.clock() + wait
            )

    def _save(self, answered: list[tuple[Feed, Answer]]) -> int:
        """Save answers; a fault of ours in one feed must not cost its neighbours their turn."""
        try:
            return outcomes.save(self.claimed.token, self.claimed.at, answered, self.clock())
        except (OperationalError, InterfaceError) as error:
            # Two workers met the same articles, of outlets that share them: one by one they pass each other.
            if len(answered) > 1 and isinstance(error.__cause__, DeadlockDetected):
                return sum(self._save([one]) for one in answered)
            raise
        except Exception as error:
            if len(answered) > 1:
                return sum(self._save([one]) for one in answered)
            feed = answered[0][0]
            log.exception("poll: could not keep the answer of %s", feed.url)
            failure = Permanent(f"Unexpected error: {type(error).__name__}: {error}"[:500])
            claimed = self.claimed
            return outcomes.save(claimed.token, claimed.at, [(feed, outcomes.failed(failure))], self.clock())

    def _renew(self, *, idle: bool) -> None:
        """Feeds and hosts stay ours while we work; hosts that have answered everything go back soon, some together."""
        now, held = self.clock(), self.claimed.held
        if now - held.renewed_at >= hosts.RENEW_AFTER:
            Feed.objects.filter(lease_token=held.token).update(lease_until=now + LEASE)
        hosts.renew(held, now)
        if self.online and len(done := held.done()) >= (1 if idle else TOGETHER):
            hosts.release(held, done, now)


def _offline(silent: Sequence[Feed], now: datetime) -> bool:
    """Whether nobody answers for want of a network of our own; the demo world on this machine proves nothing."""
    if len({feed.host for feed in silent}) < OFFLINE_HOSTS:
        return False
    return not Feed.objects.filter(last_good_at__gte=now - OFFLINE_AFTER, outlet__demo=False).exists()
