"""What came of sending, written down at once and on its own: the delivery's state, the channel's log and health.

Nothing here sends. An outcome of a delivery that is no longer ours (its lease ran out) changes nothing: whoever holds
it now will have one.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from stories.channels.message import Sent
from stories.channels.outcomes import Gone, Outcome, status_of
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.pace import NotAsked
from stories.models import Attempt, Channel, ChannelKind, Delivery, DeliveryState
from stories.services import claiming, ways
from stories.services.claiming import Claim
from stories.services.composing import Parcel

log = logging.getLogger(__name__)

# After the first failure, the second and so on; what fails for the eighth time has waited for a day and a quarter.
BACKOFF = tuple(timedelta(seconds=s) for s in (30, 2 * 60, 10 * 60, 3600, 4 * 3600, 12 * 3600, 12 * 3600))
MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(hours=12)
# While a channel fails, what else waits for it waits along: after two failures in a row, three, and more.
HOLD = tuple(timedelta(seconds=s) for s in (0, 30, 2 * 60, 10 * 60))
# A channel is switched off after so many refusals in a row, or when nothing but failures came of it for so long.
REFUSALS = 3
FAILING_FOR = timedelta(days=3)
# A success within so short a time of the last one changes nothing in the channel's row.
_NOTED_FOR = timedelta(seconds=60)


def settle(claim: Claim, parcel: Parcel, outcome: Outcome, now: datetime) -> Channel | None:
    """Write an outcome down, in a transaction of its own; the channel, if that switched it off for its person."""
    with transaction.atomic():
        if isinstance(outcome, Sent):
            _sent(claim, parcel, outcome, now)
            return None
        if isinstance(outcome, NotAsked):
            _untried(claim, parcel, outcome, now)
            return None
        return _failed(claim, parcel, outcome, now)


def _sent(claim: Claim, parcel: Parcel, sent: Sent, now: datetime) -> None:
    ours = claiming.held(claim, [delivery.pk for delivery in parcel.deliveries])
    done = ours.update(
        state=DeliveryState.SENT, sent_at=now, reason="", attempts=F("attempts") + 1, lease_until=None, lease_token=None
    )
    if not done:
        log.warning("deliver: channel %d took a message whose lease had run out", parcel.channel.pk)
        return
    _note(parcel, sent, now)
    row = Channel.objects.filter(pk=parcel.channel.pk)
    noted = Q(failures=0, failing_since=None, last_ok_at__gt=now - _NOTED_FOR)
    row.exclude(noted).update(last_ok_at=now, failures=0, failing_since=None)


def _untried(claim: Claim, parcel: Parcel, failure: NotAsked, now: datetime) -> None:
    """It was not even tried: no attempt, and no mark against the channel. What goes the same way waits along."""
    ours = claiming.held(claim, [delivery.pk for delivery in parcel.deliveries])
    at = now + timedelta(seconds=failure.retry_after_s or 0)
    ours.update(due_at=at, reason=failure.reason[:500], lease_until=None, lease_token=None)
    if not failure.retry_after_s:
        return
    same = Delivery.objects.due(now).filter(channel__kind=parcel.channel.kind)
    if parcel.channel.kind != ChannelKind.EMAIL:
        same = same.filter(channel__address=parcel.channel.address)
    same.update(due_at=at)


def _failed(claim: Claim, parcel: Parcel, failure: Failure, now: datetime) -> Channel | None:
    for delivery in parcel.deliveries:
        _put_back(claim, delivery, failure, parcel.channel, now)
    _note(parcel, failure, now)
    row = Channel.objects.select_for_update(no_key=True).select_related("user").get(pk=parcel.channel.pk)
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.save(update_fields=["failures", "failing_since"])
    if _over(row, failure, now):
        return row if ways.switch_off(row, failure.reason, now, by_person=False) else None
    if isinstance(failure, Temporary):
        _hold(row, failure, now)
    return None


def _put_back(claim: Claim, delivery: Delivery, failure: Failure, channel: Channel, now: datetime) -> None:
    """One delivery after a failure: due again later, or failed for good."""
    attempts = delivery.attempts + 1
    ours = claiming.held(claim, [delivery.pk])
    kept = {"attempts": attempts, "reason": failure.reason[:500], "lease_until": None, "lease_token": None}
    if isinstance(failure, Permanent) or attempts >= MOST_ATTEMPTS:
        ours.update(state=DeliveryState.FAILED, **kept)
        return
    asked = timedelta(seconds=getattr(failure, "retry_after_s", None) or 0)
    wait = max(BACKOFF[attempts - 1], min(asked, LONGEST_WAIT))
    ours.update(due_at=claiming.after_quiet(channel, now + wait), **kept)


def _hold(channel: Channel, failure: Temporary, now: datetime) -> None:
    """Let what else is due by a failing channel wait too: an endpoint that is down must not cost a try for each."""
    asked = timedelta(seconds=failure.retry_after_s or 0)
    wait = max(HOLD[min(channel.failures, len(HOLD)) - 1], min(asked, LONGEST_WAIT))
    if wait:
        Delivery.objects.due(now).filter(channel=channel).update(due_at=now + wait)


def _over(channel: Channel, failure: Failure, now: datetime) -> bool:
    """Whether a channel has failed for good."""
    if isinstance(failure, Gone):
        return True
    if channel.failing_since is not None and now - channel.failing_since >= FAILING_FOR:
        return True
    if not isinstance(failure, Permanent):
        return False
    last = channel.tries.exclude(delivery=None).order_by("-at", "-pk")[:REFUSALS]
    states = [(one.ok, one.delivery.state if one.delivery else "") for one in last.select_related("delivery")]
    return states == [(False, DeliveryState.FAILED)] * REFUSALS


def _note(parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """A line in the channel's log, one for each message."""
    failure = outcome if isinstance(outcome, Failure) else None
    Attempt.objects.create(
        channel=parcel.channel,
        delivery=parcel.deliveries[0],
        at=now,
        ok=failure is None,
        status=outcome.status if isinstance(outcome, Sent) else status_of(outcome),
        reason=failure.reason[:500] if failure else "",
        took_ms=round(1000 * failure.elapsed_s) if failure else outcome.took_ms if isinstance(outcome, Sent) else 0,
    )
