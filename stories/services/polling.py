"""Polling: claim due feeds, fetch them in one batch, keep what is new, say when to come back and why.

Same shape as a step of the pipeline: claim, compute without writing, save in one short transaction per feed.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import cast

from django.db import InterfaceError, OperationalError, transaction

from stories.ingest import feeds, fetch, links, replies, schedule
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.models import Feed, PollResult
from stories.services import finding
from stories.services.outside import policy

log = logging.getLogger(__name__)

BATCH = 100
# A batch of a hundred dead servers ends within its total timeouts; past this the feed is anybody's again.
LEASE = timedelta(seconds=180)


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
class Answer:
    """A feed's answer, parsed: or why there is none."""

    result: PollResult
    response: fetch.Response | None = None
    parsed: feeds.ParsedFeed | None = None
    body_hash: str = ""
    failure: Failure | None = None
    # Whether the failure is most likely our own network's.
    offline: bool = False


def poll(clock: Callable[[], datetime]) -> Polled:
    """Poll up to BATCH due feeds; every feed's outcome is stored with it, none raises."""
    claimed = claim(clock())
    if not claimed:
        return Polled(0, 0, False)
    started = perf_counter()
    requests = [fetch.Request(feed.url, feed.etag, feed.last_modified, accept=fetch.ACCEPT_FEED) for feed in claimed]
    responses = fetch.fetch_many_blocking(requests, policy())
    offline = _offline(claimed, responses, clock())
    found = sum(
        _keep(feed, response, clock, offline=offline) for feed, response in zip(claimed, responses, strict=True)
    )
    log.info("poll: %d feeds, %d new articles in %.2f s", len(claimed), found, perf_counter() - started)
    return Polled(len(claimed), found, len(claimed) == BATCH)


def _offline(claimed: Sequence[Feed], responses: Sequence[fetch.Response | Failure], now: datetime) -> bool:
    """Whether this batch failed for want of a network of our own; the demo world on this machine proves nothing."""
    outside = [(feed, response) for feed, response in zip(claimed, responses, strict=True) if not feed.outlet.demo]
    if any(not isinstance(response, Temporary) or hasattr(response, "status") for _, response in outside):
        return False
    if len({links.host(feed.url) for feed, _ in outside}) < OFFLINE_HOSTS:
        return False
    return not Feed.objects.filter(last_good_at__gte=now - OFFLINE_AFTER, outlet__demo=False).exists()


def _keep(
    feed: Feed, response: fetch.Response | Failure, clock: Callable[[], datetime], *, offline: bool = False
) -> int:
    """Read and save one answer; a fault of ours in one feed must not cost its neighbours their turn."""
    try:
        answer = read(feed, response, clock())
        return save(feed, replace(answer, offline=offline and not feed.outlet.demo), clock())
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("poll: could not keep the answer of %s", feed.url)
        failure = Permanent(f"Unexpected error: {type(error).__name__}: {error}"[:500])
        return save(feed, Answer(PollResult.PERMANENT, failure=failure), clock())


def claim(now: datetime) -> list[Feed]:
    """Lease the feeds that are due; never waits for a feed that another worker holds."""
    with transaction.atomic():
        due = (
            Feed.objects.due(now)
            .order_by("next_poll_at")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
        )
        claimed = list(due.select_related("outlet")[:BATCH])
        Feed.objects.filter(pk__in=[feed.pk for feed in claimed]).update(lease_until=now + LEASE)
    for feed in claimed:
        feed.lease_until = now + LEASE
    return claimed


def read(feed: Feed, response: fetch.Response | Failure, now: datetime) -> Answer:
    """Turn bytes into entries; a body that we have read before is not parsed again."""
    if isinstance(response, Failure):
        kind = PollResult.TEMPORARY if isinstance(response, Temporary) else PollResult.PERMANENT
        return Answer(kind, failure=response)
    if response.not_modified:
        return Answer(PollResult.NOT_MODIFIED, response, body_hash=feed.body_hash)
    body_hash = hashlib.sha256(response.body).hexdigest()
    if body_hash == feed.body_hash:
        return Answer(PollResult.UNCHANGED, response, body_hash=body_hash)
    try:
        parsed = feeds.parse(response.body, url=response.final_url, headers=response.headers, now=now)
    except Failure as failure:
        return Answer(PollResult.PERMANENT, response, failure=failure)
    return Answer(PollResult.NEW, response, parsed, body_hash)


def save(feed: Feed, answer: Answer, now: datetime) -> int:
    """Keep an answer: entries become articles, the feed's row tells what happened. Returns the new articles.

    Writes nothing if the feed's lease is no longer ours: whoever took it over has polled it again.
    """
    with transaction.atomic():
        row = Feed.objects.select_for_update(no_key=True).filter(pk=feed.pk, lease_until=feed.lease_until).first()
        if row is None:
            return 0
        new = seen = 0
        if answer.parsed is not None:
            seen = len(answer.parsed.entries)
            new = finding.keep(row, answer.parsed, now)
            row.last_entries = seen
            row.title = row.title or answer.parsed.title[:300]
            row.lang = answer.parsed.lang or row.lang
        _note(row, answer, new, now)
        _schedule(row, answer, new, seen, now)
        row.lease_until = None
        row.save()
    return new


def _note(row: Feed, answer: Answer, new: int, now: datetime) -> None:
    """The result of this poll, as the feeds page tells it."""
    row.last_polled_at = now
    row.last_result = PollResult.UNCHANGED if answer.result == PollResult.NEW and not new else answer.result
    row.last_error = answer.failure.reason if answer.failure else ""
    row.last_status = answer.response.status if answer.response else getattr(answer.failure, "status", None)
    if new:
        row.last_new_at = now
    if answer.failure is None and answer.response is not None:
        row.last_good_at = now
        row.body_hash = answer.body_hash
        # From every answer, 304 included; a 304 that names none leaves the old ones standing.
        row.etag = answer.response.etag or (row.etag if answer.response.not_modified else "")
        row.last_modified = answer.response.last_modified or (row.last_modified if answer.response.not_modified else "")


def _schedule(row: Feed, answer: Answer, new: int, seen: int, now: datetime) -> None:
    """When to come back, and why: decided by ingest.schedule alone."""
    headers = answer.response.headers if answer.response else {}
    ttl = answer.parsed.ttl_s if answer.parsed else None
    asked = schedule.server_minimum(headers, ttl, now)
    wait = replies.retry_after_s(headers.get("retry-after", ""), now) or getattr(answer.failure, "retry_after_s", None)
    kind = cast(schedule.Kind, row.last_result)
    outcome = schedule.Outcome(kind, new, seen, asked, row.last_error, int(wait or 0))
    state = schedule.PollState(row.interval_s, row.failures, row.fixed_interval_s)
    # Jitter spreads load; nothing secret hangs on it.
    jitter = random.uniform(-1, 1)  # noqa: S311
    if answer.offline:
        planned = schedule.offline(state, now, jitter)
    else:
        planned = schedule.next_poll(state, outcome, now, jitter)
    row.next_poll_at, row.interval_s, row.failures = planned.at, planned.interval_s, planned.failures
    row.next_poll_reason = planned.reason[:300]
