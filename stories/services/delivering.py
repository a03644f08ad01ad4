"""Sending what is due: a batch is leased, each message goes out by its channel, each outcome is committed at once.

Never lost: a delivery is a row that waits until it was sent, failed for good, or was dropped with the reason. A worker
may be killed at any moment; its lease runs out after a minute and the rows go again, with the same numbers.

Never twice: one row for each alert and channel. Between a receiver's answer and our commit lies the one moment in which
a kill makes a message go twice. A webhook's receiver knows it by its `webhook-id`, a browser replaces it by its topic
and tag, a private feed shows an alert once whatever happens. A letter cannot be taken back: E-MAIL IS AT LEAST ONCE,
with the same Message-ID, by which many mailboxes drop the second one. So are chat services.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic, perf_counter, sleep
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from stories.channels import together
from stories.channels.message import Message, Sent, Way
from stories.channels.outcomes import Outcome
from stories.ingest.errors import Failure
from stories.models import Attempt, Channel
from stories.services import claiming, composing, settling, ways
from stories.services.claiming import Claim
from stories.services.composing import Parcel

log = logging.getLogger(__name__)

# While outcomes come, the rest of the batch is kept ours.
RENEW_AFTER = timedelta(seconds=15)
# What is kept of a channel's log.
LOG_FOR = timedelta(days=30)
LOG_LINES = 200
# For so long the database may be away before a run gives up; well within the lease.
BACK_WITHIN_S = 40.0
_AGAIN_S = 0.25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did: deliveries leased, sent, and not sent (whether they go again or not); `more` may be due."""

    claimed: int
    sent: int
    failed: int
    more: bool


def deliver(clock: Callable[[], datetime]) -> Delivered:
    """Send a batch of what is due. Nothing is raised for a single message: what goes wrong is written down."""
    started = perf_counter()
    claim = claiming.claim(clock())
    if not claim.deliveries:
        return Delivered(0, 0, 0, more=False)
    sent = failed = 0
    off: list[Channel] = []
    for parcel, outcome in _outcomes(claim, clock):
        lost = _persistently(partial(settling.settle, claim, parcel, outcome, clock()))
        sent += len(parcel.deliveries) * isinstance(outcome, Sent)
        failed += len(parcel.deliveries) * isinstance(outcome, Failure)
        if lost is not None:
            off.append(lost)
    for channel in off:
        log.info("deliver: channel %d is switched off: %s", channel.pk, channel.off_why)
        ways.tell_off(channel, clock())
    log.info("deliver: %d of %d sent in %.2f s", sent, len(claim.deliveries), perf_counter() - started)
    return Delivered(len(claim.deliveries), sent, failed, claim.more)


def _outcomes(claim: Claim, clock: Callable[[], datetime]) -> Iterator[tuple[Parcel, Outcome]]:
    """Each parcel with what came of it, as it comes; meanwhile the claim is renewed."""
    ready: list[Parcel] = []
    messages: list[tuple[Way, Message]] = []
    for parcel in composing.parcels(claiming.wanted(claim, clock())):
        if isinstance(parcel.message, Failure):
            yield parcel, parcel.message
        else:
            ready.append(parcel)
            messages.append((parcel.way, parcel.message))
    renewed_at = clock()
    for answer in together.send(messages, clock()):
        if answer is not None:
            yield ready[answer[0]], answer[1]
        if clock() - renewed_at >= RENEW_AFTER:
            renewed_at = clock()
            _persistently(partial(claiming.renew, claim, renewed_at))


def _persistently(write: Callable[[], T]) -> T:
    """Write down what was sent, also when the database is away for a moment: else it would be sent again."""
    until = monotonic() + BACK_WITHIN_S
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if monotonic() > until:
                raise
            connection.close()
            sleep(_AGAIN_S)


def prune(now: datetime) -> int:
    """Forget old lines of the channels' logs: older than LOG_FOR, and beyond the last LOG_LINES of each; how many."""
    old, _ = Attempt.objects.filter(at__lt=now - LOG_FOR).delete()
    row = Window(RowNumber(), partition_by=F("channel"), order_by=[F("at").desc(), F("pk").desc()])
    beyond = Attempt.objects.annotate(row=row).filter(row__gt=LOG_LINES).values_list("pk", flat=True)
    many, _ = Attempt.objects.filter(pk__in=list(beyond)).delete()
    return old + many
