"""What a poll's answer does to its feed: new articles, the row's state, the history, the next poll and why.

It fetches nothing and decides nothing by itself: when to come back is ingest.schedule's word, what a redirect means
ingest.moves', whether validators can be believed ingest.validators'.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef

from stories.ingest import fetch, moves, schedule, validators
from stories.ingest import websub as hubs
from stories.ingest.errors import Failure, Temporary
from stories.ingest.feeds import ParsedFeed
from stories.models import FAILURES, Feed, Fetch, PollResult
from stories.services import finding, websub

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A feed's answer, parsed: or why there is none."""

    result: PollResult
    response: fetch.Response | None = None
    parsed: ParsedFeed | None = None
    body_hash: str = ""
    failure: Failure | None = None
    # Whether the failure is most likely our own network's.
    offline: bool = False

    @property
    def status(self) -> int | None:
        """The HTTP status, where there was one."""
        return self.response.status if self.response else getattr(self.failure, "status", None)


def conditional(feed: Feed, now: datetime) -> bool:
    """Whether the next request carries the feed's validators."""
    return validators.conditional(_known(feed), now)


def _known(feed: Feed) -> validators.Known:
    return validators.Known(
        feed.etag, feed.last_modified, feed.body_hash, feed.last_body_at, feed.validators_lie, failing=feed.failures > 0
    )


def body_hash(response: fetch.Response) -> str:
    """What tells whether we have read this body before."""
    return hashlib.sha256(response.body).hexdigest()


def known(feed: Feed, response: fetch.Response) -> Answer | None:
    """The outcome of an answer that brings nothing we haven't read; None for one that has to be parsed."""
    if response.not_modified:
        return Answer(PollResult.NOT_MODIFIED, response, body_hash=feed.body_hash)
    if body_hash(response) == feed.body_hash:
        result = PollResult.EMPTY if feed.last_result == PollResult.EMPTY else PollResult.UNCHANGED
        return Answer(result, response, body_hash=feed.body_hash)
    return None


def parsed(response: fetch.Response, feed: ParsedFeed, hashed: str) -> Answer:
    """The outcome of an answer that was parsed."""
    return Answer(PollResult.NEW if feed.entries else PollResult.EMPTY, response, feed, hashed)


def unreadable(response: fetch.Response, failure: Failure) -> Answer:
    """The outcome of an answer that is no feed, or none that could be read."""
    return Answer(_grade(failure), response, failure=failure)


def failed(failure: Failure, *, offline: bool = False) -> Answer:
    """The outcome of a request that failed."""
    return Answer(_grade(failure), failure=failure, offline=offline)


def _grade(failure: Failure) -> PollResult:
    if getattr(failure, "status", None) == 410:
        return PollResult.GONE
    if isinstance(failure, fetch.Blocked):
        return PollResult.BLOCKED
    return PollResult.TEMPORARY if isinstance(failure, Temporary) else PollResult.PERMANENT


def save(token: UUID, asked_at: datetime, answered: Sequence[tuple[Feed, Answer]], now: datetime) -> int:
    """Keep answers in one transaction: entries become articles, the rows tell what happened. Returns the new articles.

    The feeds are as they were when they were claimed, at `asked_at`: that decided what was sent. A feed whose lease is
    no longer ours is left alone: whoever took it over has polled it again.
    """
    with transaction.atomic():
        locked = Feed.objects.select_for_update(no_key=True, of=("self",)).select_related("outlet")
        rows = {row.pk: row for row in locked.filter(pk__in=[f.pk for f, _ in answered], lease_token=token)}
        recent = _recent(list(rows))
        new = _find([(rows[feed.pk], answer) for feed, answer in answered if feed.pk in rows], now)
        fetches: list[Fetch] = []
        for feed, answer in answered:
            if row := rows.get(feed.pk):
                asked_with = conditional(feed, asked_at)
                fetches.append(
                    _keep(row, answer, new.get(row.pk, 0), recent.get(row.pk, ()), now, asked_with=asked_with)
                )
        Fetch.objects.bulk_create(fetches)
        forget(list(rows))
    return sum(each.new for each in fetches)


def _find(answered: Sequence[tuple[Feed, Answer]], now: datetime) -> dict[int, int]:
    """Keep the entries, each outlet's feeds one after the other; new articles by feed."""
    left = [(row, answer.parsed) for row, answer in answered if answer.parsed is not None]
    new: dict[int, int] = {}
    while left:
        turn = {row.outlet_id: (row, parsed) for row, parsed in reversed(left)}
        for (row, _), count in zip(turn.values(), finding.keep_all(list(turn.values()), now), strict=True):
            new[row.pk] = count
        left = [(row, parsed) for row, parsed in left if row.pk not in new]
    return new


def _recent(feeds: Collection[int]) -> dict[int, tuple[bool, ...]]:
    """For each feed, oldest first, whether its last good polls had news."""
    good = Fetch.objects.filter(feed=OuterRef("pk"), how=Fetch.How.POLL).exclude(result__in=FAILURES)
    latest = good.order_by("-id").values("result")[: schedule.RECENT]
    rows = Feed.objects.filter(pk__in=feeds).annotate(latest=ArraySubquery(latest)).values_list("pk", "latest")
    return {pk: tuple(result == PollResult.NEW for result in reversed(results)) for pk, results in rows}


def _keep(row: Feed, answer: Answer, new: int, recent: tuple[bool, ...], now: datetime, *, asked_with: bool) -> Fetch:
    """Write one answer to its locked row; returns the history's line."""
    seen = 0
    if answer.parsed is not None:
        seen = len(answer.parsed.entries)
        row.title = row.title or answer.parsed.title[:300]
        row.lang = row.lang or answer.parsed.lang
        row.ttl_s, row.period_s = answer.parsed.ttl_s, answer.parsed.period_s
    result = PollResult.UNCHANGED if answer.result == PollResult.NEW and not new else answer.result
    if answer.failure is None:
        websub.noticed(row, new, now)
    state = _state(row, recent, now)
    _note(row, answer, result, new, now)
    _schedule(row, answer, state, (new, seen), now)
    if answer.failure is None:
        _remember(row, answer, new, now, asked_with=asked_with)
    if answer.parsed is not None:
        # An empty answer does not make forgotten that there were entries.
        row.last_entries = seen or row.last_entries
        _advertised(row, answer, now)
    row.lease_until = row.lease_token = row.turn_at = None
    row.save()
    return _line(row, answer, (new, seen), now, asked_with=asked_with)


def _note(row: Feed, answer: Answer, result: PollResult, new: int, now: datetime) -> None:
    """The result of this poll, as the feeds page tells it."""
    row.last_polled_at, row.last_result, row.last_status = now, result, answer.status
    row.last_error = answer.failure.reason if answer.failure else ""
    if new:
        row.last_new_at = now
    if answer.failure is None:
        row.last_good_at = now


def _remember(row: Feed, answer: Answer, new: int, now: datetime, *, asked_with: bool) -> None:
    """Validators from every answer, 304 included; where the feed has moved to; whether its server lies."""
    response = answer.response
    if response is None:
        return
    if response.not_modified:
        # A 304 that names none leaves the old ones standing.
        row.etag, row.last_modified = response.etag or row.etag, response.last_modified or row.last_modified
    else:
        whole = validators.Whole(response.etag, response.last_modified, answer.body_hash, new, conditional=asked_with)
        row.validators_lie = validators.lie(_known(row), whole)
        row.etag, row.last_modified = response.etag, response.last_modified
        row.body_hash, row.last_body_at = answer.body_hash, now
    _move(row, response, now)


def _advertised(row: Feed, answer: Answer, now: datetime) -> None:
    """Take note of the hub that the feed names, in HTTP or in the document."""
    if answer.response is None or answer.parsed is None:
        return
    link = answer.response.headers.get("link", "")
    hub, topic = hubs.discovered(
        link, hub=answer.parsed.hub, topic=answer.parsed.self_url, url=answer.response.final_url
    )
    websub.want(row, hub, topic, now)


def _move(row: Feed, response: fetch.Response, now: datetime) -> None:
    """Count a permanent redirect, and take its target over when it is settled and nobody else's."""
    before = moves.Move(row.moved_to, row.moved_since, row.moved_polls) if row.moved_since else None
    move = moves.seen(before, row.url, response.permanent_url, now)
    if move is not None and moves.settled(move, now):
        other = Feed.objects.filter(url=move.to).exclude(pk=row.pk).select_related("outlet").first()
        if other is not None:
            row.active, row.stopped_reason = (
                False,
                f"moved for good to the address of another feed: {other}"[:MAX_REASON],
            )
        else:
            row.moved_from, row.url, move = row.url, move.to, None
            # What an address was caught at does not go with the feed to another.
            row.validators_lie = False
    row.moved_to, row.moved_since, row.moved_polls = (move.to, move.since, move.polls) if move else ("", None, 0)


def _state(row: Feed, recent: tuple[bool, ...], now: datetime) -> schedule.PollState:
    """What the schedule has to know of the time before this poll."""
    return schedule.PollState(
        interval_s=row.interval_s,
        failures=row.failures,
        fixed_interval_s=row.fixed_interval_s,
        recent=recent,
        gone_since=row.gone_since,
        pushed=websub.pushed(row, now),
        elapsed_s=(now - row.last_good_at).total_seconds() if row.last_good_at else 0,
        had_entries=row.last_entries > 0,
    )


def _schedule(row: Feed, answer: Answer, state: schedule.PollState, counted: tuple[int, int], now: datetime) -> None:
    """When to come back, and why: decided by ingest.schedule alone."""
    headers = answer.response.headers if answer.response else {}
    outcome = schedule.Outcome(
        kind=cast(schedule.Kind, str(row.last_result)),
        new_entries=counted[0],
        seen_entries=counted[1] or row.last_entries,
        asks=schedule.asks(headers, row.ttl_s, row.period_s, now) if answer.failure is None else (),
        retry_after_s=getattr(answer.failure, "retry_after_s", None) or 0,
    )
    # Jitter spreads load; nothing secret hangs on it.
    jitter = random.uniform(-1, 1)  # noqa: S311
    plan = schedule.offline if answer.offline else None
    planned = plan(state, now, jitter) if plan else schedule.next_poll(state, outcome, now, jitter)
    row.next_poll_at, row.interval_s, row.failures = planned.at, planned.interval_s, planned.failures
    row.next_poll_reason, row.gone_since = planned.reason[:MAX_REASON], planned.gone_since
    if planned.stop:
        row.active, row.stopped_reason = False, planned.stop[:MAX_REASON]


def _line(row: Feed, answer: Answer, counted: tuple[int, int], now: datetime, *, asked_with: bool) -> Fetch:
    response = answer.response
    return Fetch(
        feed=row,
        at=now,
        result=row.last_result,
        status=answer.status,
        reason=row.last_error[:500],
        new=counted[0],
        seen=counted[1],
        size=len(response.body) if response else 0,
        took_ms=int((response.elapsed_s if response else getattr(answer.failure, "elapsed_s", 0)) * 1000),
        conditional=asked_with,
    )


def forget(feeds: Sequence[int]) -> None:
    """Drop all but the last Fetch.KEPT lines of each feed's history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM stories_fetch old USING ("
            "  SELECT kept.feed_id, min(kept.id) AS first FROM unnest(%s::bigint[]) AS f(id), LATERAL ("
            "    SELECT feed_id, id FROM stories_fetch WHERE feed_id = f.id ORDER BY id DESC LIMIT %s) AS kept"
            "  GROUP BY kept.feed_id) AS bound WHERE old.feed_id = bound.feed_id AND old.id < bound.first",
            [list(feeds), Fetch.KEPT],
        )
