"""Adding ways out: an address, a browser, a webhook, another service. Each is checked before it is kept.

What is secret in one is sealed before it is written down. Nobody gets letters at an address that they did not confirm.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from stories.channels import service, webhook, webpush
from stories.channels.outcomes import Outcome
from stories.ingest.errors import Failure, Permanent
from stories.ingest.guard import guard_for
from stories.ingest.websub import public_address
from stories.ingest.wire import checked
from stories.models import Attempt, Channel, ChannelKind, User
from stories.selectors.extracts import absolute
from stories.services import letters, sealing

# More than anybody has addresses; it keeps a stolen session from filling the table.
MOST = 20
# A person's questions to addresses within a day: a stranger's inbox is nobody's to fill.
MOST_LETTERS = 10
_LETTER_EVERY = timedelta(minutes=2)
_CONFIRM_WITHIN = timedelta(days=3)
_DAY_S = 86400
_SALT = "stories.ways.verify"
_NAME = 100


class Refused(Exception):
    """A way is not added or not changed; `reason` is for the person who asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ensure_default(user: User, now: datetime) -> Channel | None:
    """A first way for who has none: e-mail to the proven address that they sign in with, if this server sends mail."""
    if not settings.EMAIL_URL or user.channels.exists():
        return None
    mine = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk").first()
    if mine is None:
        return None
    kept = {"name": mine.email[:_NAME], "address": mine.email, "created_at": now, "verified_at": now}
    channel, _ = Channel.objects.get_or_create(
        user=user, kind=ChannelKind.EMAIL, key=_key(mine.email.lower()), defaults=kept
    )
    return channel


def add_email(user: User, address: str, now: datetime) -> Channel:
    """Letters to an address: at once if it is one that the person has proven, else after the link in a letter.

    Asked for again, an unconfirmed one is written to again. Raises Refused.
    """
    if not settings.EMAIL_URL:
        raise Refused(gettext("This server sends no mail."))
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(gettext("This is no e-mail address: ada@newsroom.example would be one.")) from error
    proven = EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()
    channel = user.channels.filter(kind=ChannelKind.EMAIL, key=_key(address.lower())).first()
    if channel is None:
        made = Channel(kind=ChannelKind.EMAIL, name=address[:_NAME], address=address, key=_key(address.lower()))
        channel = _kept(user, made, now, verified=proven)
    elif channel.verified_at is not None:
        raise Refused(gettext("Alerts go to this address already."))
    elif proven:
        channel.verified_at = now
        channel.save(update_fields=["verified_at"])
    if channel.verified_at is None:
        _ask(channel, now)
    return channel


def verify(token: str, now: datetime) -> Channel:
    """The address that a letter's link stands for, confirmed. Raises Refused for a wrong link or too old a one."""
    try:
        number, _, made = Signer(salt=_SALT, sep=".").unsign(token).partition("-")
    except BadSignature as error:
        raise Refused(gettext("This link is not whole: open it as it stands in the letter.")) from error
    channel = Channel.objects.filter(pk=int(number)).first()
    if channel is None:
        raise Refused(gettext("This address was removed again."))
    if channel.verified_at is None:
        if now.timestamp() > int(made) + _CONFIRM_WITHIN.total_seconds():
            raise Refused(gettext("This link is too old: add the address again for a new one."))
        channel.verified_at = now
        channel.save(update_fields=["verified_at"])
    return channel


def add_webhook(user: User, name: str, url: str, now: datetime) -> tuple[Channel, str]:
    """A program's address, and the secret that it checks our signature by, which is shown this once. Raises Refused."""
    address = _fit(url)
    secret = webhook.new_secret()
    made = Channel(kind=ChannelKind.WEBHOOK, name=_named(name), address=address, key=_key(address), heeds_quiet=False)
    made.sealed = _sealed({"secrets": [{"secret": secret, "until": None}]})
    return _kept(user, made, now), secret


def add_push(user: User, subscription: Mapping[str, Any], name: str, now: datetime, *, instead: str = "") -> Channel:
    """A browser, by the subscription that it made; the same one again is the same way, with its keys as they are now.

    A browser is one person's: another's way to it ends. `instead` is the endpoint that it had before, whose way it
    takes over with its settings. Raises Refused for a subscription that nothing can be sent to.
    """
    endpoint, kept = _subscription(subscription)
    key = _key(endpoint)
    with transaction.atomic():
        Channel.objects.filter(kind=ChannelKind.PUSH, key=key).exclude(user=user).delete()
        known = user.channels.filter(kind=ChannelKind.PUSH, key__in=[key, _key(instead)] if instead else [key])
        row = known.filter(key=key).first() or known.first()
        if row is None:
            host = endpoint.split("/")[2]
            made = Channel(kind=ChannelKind.PUSH, name=_named(name), address=host, key=key, sealed=_sealed(kept))
            return _kept(user, made, now)
        row.key, row.address, row.sealed = key, endpoint.split("/")[2], _sealed(kept)
        row.off_at, row.off_why, row.off_seen, row.failures, row.failing_since = None, "", True, 0, None
        row.save()
    return row


def remove_push(user: User, endpoint: str) -> None:
    """Forget the browser with this endpoint, if it is one of the person's."""
    user.channels.filter(kind=ChannelKind.PUSH, key=_key(endpoint)).delete()


def add_service(user: User, name: str, url: str, now: datetime) -> Channel:
    """A chat or notification service, by its address in Apprise's spelling. Raises Refused."""
    url = url.strip()
    try:
        plugin = service.opened(url)
    except service.Unusable as error:
        raise Refused(str(error)) from error
    made = Channel(kind=ChannelKind.SERVICE, name=_named(name), address=service.named(plugin)[:200], key=_key(url))
    made.sealed = _sealed({"url": url})
    return _kept(user, made, now)


def note(channel: Channel, outcome: Outcome, now: datetime) -> Attempt:
    """A line in the channel's log for what was no delivery."""
    failed = isinstance(outcome, Failure)
    return Attempt.objects.create(
        channel=channel,
        at=now,
        ok=not failed,
        status=getattr(outcome, "status", None),
        reason=outcome.reason[:500] if isinstance(outcome, Failure) else "",
        took_ms=round(1000 * outcome.elapsed_s) if isinstance(outcome, Failure) else outcome.took_ms,
    )


def _kept(user: User, made: Channel, now: datetime, *, verified: bool = True) -> Channel:
    """The new way, written, unless it is there already or there are too many."""
    with transaction.atomic():
        # Two requests at once would both find room; the person's row makes them come one after the other.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if user.channels.filter(kind=made.kind, key=made.key).exists():
            raise Refused(gettext("You have this way already."))
        if user.channels.count() >= MOST:
            reason = gettext("Nobody can have more than %(most)d ways: remove one first.")
            raise Refused(reason % {"most": MOST})
        made.user, made.created_at, made.verified_at = user, now, now if verified else None
        made.save()
    return made


def _ask(channel: Channel, now: datetime) -> None:
    """Write to an address that is to be confirmed; not too often to one, nor to too many."""
    if channel.tries.filter(at__gt=now - _LETTER_EVERY).exists():
        raise Refused(gettext("A letter went to this address a moment ago: look for it, or wait two minutes."))
    counter = f"ways-letters-{channel.user_id}"
    cache.add(counter, 0, _DAY_S)
    if cache.incr(counter) > MOST_LETTERS:
        raise Refused(gettext("Too many letters for one day: try again tomorrow."))
    token = Signer(salt=_SALT, sep=".").sign(f"{channel.pk}-{int(now.timestamp())}")
    outcome = letters.confirm(channel, absolute(reverse("way_verify", args=[token])), now)
    note(channel, outcome, now)
    if isinstance(outcome, Failure):
        raise Refused(gettext("The letter could not be sent: %(why)s") % {"why": outcome.reason})


def _fit(url: str) -> str:
    """A webhook's address as it is kept. Nothing is looked up: where a name leads is judged at every sending."""
    rules = webhook.policy()
    try:
        parsed = checked(url, rules)
    except Permanent as failure:
        raise Refused(failure.reason) from failure
    if parsed.user or parsed.password:
        raise Refused(gettext("An address with a password in it is not taken: each message is signed instead."))
    # What is exempt from the guard is the operator's to say.
    refusal = guard_for(rules.allow).refusal(parsed.raw_host or "", parsed.port or 0)
    if not public_address(str(parsed)) and refusal:
        raise Refused(gettext("This address is not one on the public internet."))
    return str(parsed)


def _subscription(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The endpoint and what is kept of a browser's subscription, tried out on a message."""
    unusable = Refused(gettext("The browser gave no address that alerts can be sent to."))
    endpoint, keys = given.get("endpoint"), given.get("keys")
    if not isinstance(endpoint, str) or not isinstance(keys, Mapping):
        raise unusable
    try:
        address = str(checked(endpoint, webhook.policy()))
    except Permanent as failure:
        raise Refused(failure.reason) from failure
    kept = {"endpoint": address, "keys": {name: keys.get(name) for name in ("p256dh", "auth")}}
    try:
        webpush.encrypted(kept, b"test")
    except webpush.Unusable as error:
        raise unusable from error
    return endpoint, kept


def _named(name: str) -> str:
    name = " ".join(name.split())[:_NAME]
    if not name:
        raise Refused(gettext("Give it a name, to know it by later."))
    return name


def _sealed(secret: Mapping[str, Any]) -> str:
    return sealing.seal(json.dumps(secret))


def _key(text: str) -> str:
    """What makes two ways of a kind the same; a browser works out that of its own endpoint."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
