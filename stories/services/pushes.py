"""What hubs push: taken in at the door if it is signed and there is room, kept by a worker as a poll's answer would be.

At the door a push becomes a row and nothing of it is read, so that a hub is answered at once. A push shows what is new
and proves nothing about what it leaves out: it never takes anything away, never names another hub, and does not
count as a poll. A repeated push finds everything known and changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import perf_counter

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q

from stories.ingest import isolated, websub
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.feeds import ParsedFeed
from stories.models import Feed, Fetch, PollResult, Push, Subscription
from stories.services import finding

log = logging.getLogger(__name__)

State = Subscription.State
# A feed of two hundred full articles has half of it.
MAX_BYTES = 5 * 1024 * 1024
# Room for a hub that sends every article by itself while the workers are busy, and too little to fill a disk: the hub
# is told to come back, and the backup poll finds what it then leaves out.
MAX_WAITING = 10
MAX_WAITING_IN_ALL = 300
# Our clock and the hub's differ, and a lease that is just being renewed is no reason to turn news away.
GRACE = timedelta(hours=6)

BATCH = 50
# A run stays well within the worker's time limit; the next bell takes the rest.
RUN_S = 60.0
# A push is parsed within 10 s or not at all (ingest.isolated).
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3


class Receipt(StrEnum):
    """What became of a push at the door."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ENDED = "ended"
    FULL = "full"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class Kept:
    """What one run brought: pushes dealt with, new articles, and whether more may wait."""

    pushes: int
    found: int
    more: bool


def receive(
    token: str, read: Callable[[], bytes | None], *, signature: str, content_type: str, now: datetime
) -> Receipt:
    """Take in a push for the subscription with this token.

    `read` gives the body, or None where it is larger than MAX_BYTES; it is called only where the body is wanted.
    """
    rows = Subscription.objects.select_related("feed")
    row = rows.filter(token=token).first() if websub.token_ok(token) else None
    if row is None or row.confirmed_at is None:
        return Receipt.UNKNOWN
    if turned_away := _turned_away(row, now):
        return turned_away
    return _taken(row, read(), signature, content_type, now)


def _taken(row: Subscription, body: bytes | None, signature: str, content_type: str, now: datetime) -> Receipt:
    if body is None:
        return Receipt.TOO_LARGE
    if not websub.signature_ok(row.secret, body, signature):
        Subscription.objects.filter(pk=row.pk).update(refused=F("refused") + 1)
        return Receipt.REFUSED
    try:
        Push.objects.create(subscription=row, received_at=now, content_type=content_type[:300], body=body)
    except IntegrityError:
        # The feed has named another hub at this very moment.
        return Receipt.UNKNOWN
    return Receipt.TAKEN


def _turned_away(row: Subscription, now: datetime) -> Receipt | None:
    """Why a push of this subscription need not even be read, if so."""
    if not row.feed.active or row.state in (State.DENIED, State.WANTED):
        return Receipt.ENDED
    if row.expires_at is None or row.expires_at + GRACE < now:
        return Receipt.ENDED
    full = row.waiting.count() >= MAX_WAITING or Push.objects.count() >= MAX_WAITING_IN_ALL
    return Receipt.FULL if full else None


def keep_pushes(clock: Callable[[], datetime]) -> Kept:
    """Keep what waits, the oldest of each subscription first; no push is kept before an older one of its feed."""
    started = perf_counter()
    pushes = found = 0
    while pushes < BATCH and perf_counter() - started < RUN_S:
        push = _claim(clock())
        if push is None:
            return Kept(pushes, found, False)
        pushes += 1
        found += _keep(push, clock)
    return Kept(pushes, found, True)


def _claim(now: datetime) -> Push | None:
    """Lease the next push that nobody holds and that is the oldest of its subscription."""
    older = Push.objects.filter(subscription_id=OuterRef("subscription_id"), pk__lt=OuterRef("pk"))
    with transaction.atomic():
        free = Push.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), ~Exists(older)).order_by("pk")
        row = free.select_for_update(skip_locked=True, of=("self",)).select_related("subscription").first()
        if row is not None:
            row.attempts += 1
            row.lease_until = now + LEASE
            row.save(update_fields=["attempts", "lease_until"])
    return row


def _keep(push: Push, clock: Callable[[], datetime]) -> int:
    """Read and save one push; returns the new articles. A failure that may pass is tried again after the lease."""
    if push.attempts > MAX_ATTEMPTS:
        died = f"Given up: {MAX_ATTEMPTS} attempts to read this push did not end (their worker was stopped or died)."
        return _save(push, Permanent(died), clock())
    started = perf_counter()
    try:
        headers = {"content-type": push.content_type}
        parsed = isolated.feed(bytes(push.body), url=push.subscription.topic, headers=headers, now=clock())
        return _save(push, parsed, clock(), started)
    except (OperationalError, InterfaceError):
        raise
    except Failure as failure:
        problem = failure
    except Exception as error:
        log.exception("websub: could not keep push %d", push.pk)
        problem = Temporary(f"Unexpected error: {type(error).__name__}: {error}"[:500])
    if isinstance(problem, Temporary) and push.attempts < MAX_ATTEMPTS:
        return 0
    return _save(push, problem, clock(), started)


def _save(push: Push, result: ParsedFeed | Failure, now: datetime, started: float | None = None) -> int:
    """Keep the entries, note the push with its feed and subscription, drop the row; nothing if it isn't ours any more.

    `last_good_at` stays as it is: an article could have appeared, unpushed, ever since the last poll.
    """
    with transaction.atomic():
        # The feed before everything else, as polling does.
        feed = Feed.objects.select_for_update(no_key=True).filter(pk=push.subscription.feed_id).first()
        held = Push.objects.select_for_update().filter(pk=push.pk, lease_until=push.lease_until)
        if feed is None or held.first() is None:
            return 0
        new = 0
        if feed.active:
            new = _note(feed, push, result, now, started)
        held.delete()
    return new


def _note(feed: Feed, push: Push, result: ParsedFeed | Failure, now: datetime, started: float | None) -> int:
    """The new articles of a push, and its line in the feed's history."""
    line = Fetch(feed=feed, at=now, how=Fetch.How.PUSH, size=len(push.body), result=PollResult.PERMANENT)
    line.took_ms = round(1000 * (perf_counter() - started)) if started else 0
    if isinstance(result, Failure):
        line.reason = f"A push of the feed's hub could not be read: {result.reason}"[:500]
    else:
        line.new, line.seen = finding.keep(feed, result, now), len(result.entries)
        line.result = PollResult.NEW if line.new else PollResult.UNCHANGED
        Subscription.objects.filter(pk=push.subscription_id).update(pushes=F("pushes") + 1, last_push_at=now)
        if line.new:
            feed.last_new_at = now
            feed.save(update_fields=["last_new_at"])
    line.save()
    kept = Fetch.objects.filter(feed=feed).order_by("-pk").values("pk")[: Fetch.KEPT]
    Fetch.objects.filter(feed=feed).exclude(pk__in=kept).delete()
    return line.new
