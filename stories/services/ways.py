"""A person's ways out: their settings, tests, secrets, and being switched off and on. newways adds them.

When a setting changes, what waits is due by the new one. A way is switched off by its person, or for them when it
failed for good; then they are told on their pages, and by another way that works.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from stories.channels import webhook
from stories.channels.message import Sent
from stories.ingest.errors import Failure
from stories.models import Attempt, Channel, ChannelKind, Delivery, DeliveryState, Pace, User
from stories.services import alerting, letters, sealing
from stories.services.newways import (
    MOST,
    Refused,
    add_email,
    add_push,
    add_service,
    add_webhook,
    ensure_default,
    note,
    remove_push,
    verify,
)

__all__ = [
    "MOST",
    "Refused",
    "add_email",
    "add_push",
    "add_service",
    "add_webhook",
    "change",
    "ensure_default",
    "reckon",
    "remove",
    "remove_push",
    "rotate",
    "switch_off",
    "switch_on",
    "tell_off",
    "test",
    "verify",
]

log = logging.getLogger(__name__)

# An old secret signs along for so long, and no more than so many do.
OVERLAP = timedelta(hours=24)
_SECRETS = 3
_TEST_EVERY = timedelta(seconds=5)
# Why what waited was not sent; kept in these words, translated where they are shown.
OFF = gettext_noop("its way out was switched off")
LEFT = gettext_noop("the address was taken off the account")


def change(
    channel: Channel,
    now: datetime,
    *,
    name: str | None = None,
    pace: str | None = None,
    digest_at: time | None = None,
    digest_day: int | None = None,
    heeds_quiet: bool | None = None,
) -> Channel:
    """Change what is given; what waits is due by the new settings. Raises Refused for what can't be."""
    if pace is not None and pace not in Pace.values:
        raise Refused(gettext("There is no such pace."))
    if digest_day is not None and not 0 <= digest_day <= 6:
        raise Refused(gettext("There is no such day of the week."))
    if name is not None and not (name := " ".join(name.split())[:100]):
        raise Refused(gettext("A way needs a name."))
    given = {
        "name": name,
        "pace": pace,
        "digest_at": digest_at,
        "digest_day": digest_day,
        "heeds_quiet": heeds_quiet,
    }
    fields = {field: value for field, value in given.items() if value is not None}
    with transaction.atomic():
        for field, value in fields.items():
            setattr(channel, field, value)
        channel.save(update_fields=list(fields))
        _reckon([channel], channel.user, now)
    return channel


def reckon(user: User, now: datetime) -> None:
    """Work out anew when what waits for a person goes out: their hours or their zone have changed."""
    with transaction.atomic():
        _reckon(user.channels.defer("sealed"), user, now)


def _reckon(channels: Iterable[Channel], user: User, now: datetime) -> None:
    for channel in channels:
        waiting = Delivery.objects.filter(channel=channel, state=DeliveryState.WAITING, attempts=0, lease_until=None)
        waiting.update(due_at=alerting.due_at(channel, user, now))


def rotate(channel: Channel, now: datetime) -> str:
    """A new secret of a webhook, shown this once; the old one signs along for OVERLAP. Raises Refused."""
    if channel.kind != ChannelKind.WEBHOOK:
        raise Refused(gettext("Only webhooks have a secret."))
    secret = webhook.new_secret()
    with transaction.atomic():
        row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        try:
            old = json.loads(sealing.unseal(row.sealed))["secrets"]
        except sealing.Unreadable:
            old = []
        ending = (now + OVERLAP).isoformat()
        still = [one | {"until": one["until"] or ending} for one in old]
        still = [one for one in still if datetime.fromisoformat(one["until"]) > now][: _SECRETS - 1]
        row.sealed = sealing.seal(json.dumps({"secrets": [{"secret": secret, "until": None}, *still]}))
        row.save(update_fields=["sealed"])
    channel.sealed = row.sealed
    return secret


def test(channel: Channel, now: datetime) -> Attempt:
    """Send a test and say how it went. A success is one for the channel's health too. Raises Refused."""
    if channel.verified_at is None:
        raise Refused(gettext("Confirm the address first, by the link in the letter that went there."))
    if channel.tries.filter(delivery=None, at__gt=now - _TEST_EVERY).exists():
        raise Refused(gettext("A test went out a moment ago: wait some seconds."))
    outcome = letters.test(channel, now)
    if isinstance(outcome, Sent):
        Channel.objects.filter(pk=channel.pk).update(last_ok_at=now, failures=0, failing_since=None)
    return note(channel, outcome, now)


def switch_off(channel: Channel, why: str, now: datetime, *, by_person: bool) -> bool:
    """Send nothing by it any more; what waits is dropped with the reason. False where it was off already.

    What is being sent at this moment is left to whoever sends it. For a person, not by them: they are to be told.
    """
    with transaction.atomic():
        on = Channel.objects.filter(pk=channel.pk, off_at=None)
        if not on.update(off_at=now, off_why=why[:500], off_seen=by_person):
            return False
        waiting = Delivery.objects.filter(channel=channel.pk, state=DeliveryState.WAITING)
        free = waiting.exclude(lease_until__gte=now)
        free.update(state=DeliveryState.DROPPED, reason=OFF, lease_until=None, lease_token=None)
    channel.off_at, channel.off_why, channel.off_seen = now, why[:500], by_person
    return True


def address_left(user: User, address: str, now: datetime) -> None:
    """Send nothing more to an address that a person took off their account: it may be another's by now."""
    for channel in user.channels.filter(kind=ChannelKind.EMAIL, address__iexact=address, off_at=None):
        switch_off(channel, LEFT, now, by_person=False)


def switch_on(channel: Channel, now: datetime) -> None:
    """Send by it again, from now on, as if it had never failed."""
    channel.off_at, channel.off_why, channel.off_seen = None, "", True
    channel.failures, channel.failing_since = 0, None
    channel.save(update_fields=["off_at", "off_why", "off_seen", "failures", "failing_since"])


def tell_off(channel: Channel, now: datetime) -> bool:
    """Tell a person by another way of theirs that this one was switched off for them; True if one took it.

    E-mail first, then what worked last. Their pages say so in any case, until they have seen it.
    """
    others = channel.user.channels.usable().exclude(pk=channel.pk).filter(failing_since=None).select_related("user")
    likely = sorted(others, key=lambda one: (one.kind != ChannelKind.EMAIL, one.last_ok_at is None, one.pk))
    for other in likely[:3]:
        outcome = letters.switched_off(other, channel, now)
        note(other, outcome, now)
        if not isinstance(outcome, Failure):
            return True
        log.info("channel %d could not tell that %d is off: %s", other.pk, channel.pk, outcome.reason)
    return False


def remove(channel: Channel) -> None:
    """Forget it, with its log and what waits for it."""
    channel.delete()
