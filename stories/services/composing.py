"""From deliveries to messages: what each channel is to send, in its person's language and time zone.

Alerts are read a language at a time, since their sentences are made in the language that is active. By e-mail and to
services one message tells of all that is due; a program and a browser get one for each alert.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from stories.channels.message import Letter, Message, Told, Way
from stories.channels.outcomes import Gone
from stories.ingest.errors import Failure, Temporary
from stories.models import Alert, Channel, ChannelKind, Delivery, User
from stories.selectors import alerts as selector
from stories.selectors.alerts import AlertRecord
from stories.selectors.extracts import absolute
from stories.services import alerting, sealing, stopping

log = logging.getLogger(__name__)

# By these ways all that is due is told at once.
GATHERED = frozenset({ChannelKind.EMAIL.value, ChannelKind.SERVICE.value})
# What several deliveries are together is named by them, so that the same ones make the same message again.
_TOGETHER = UUID("6f1a3c1e-2f0e-4a57-9a51-0a8f5e2f7f11")
_UNREADABLE = "Its secret was sealed under a key that this server no longer has: set it up again"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Deliveries of one channel that go out as one message; a Failure instead where none could be made."""

    channel: Channel
    deliveries: Sequence[Delivery]
    way: Way
    message: Message | Failure


def parcels(deliveries: Sequence[Delivery]) -> list[Parcel]:
    """The messages for deliveries, each with its `channel.user` and `alert` at hand. Nothing is raised for one."""
    told = _told(deliveries)
    bundles: dict[tuple[int, int], list[Delivery]] = {}
    for delivery in deliveries:
        apart = 0 if delivery.channel.kind in GATHERED else delivery.pk
        bundles.setdefault((delivery.channel_id, apart), []).append(delivery)
    return [_parcel(bundle, told) for bundle in bundles.values()]


def letter(channel: Channel, letter: Letter, *, test: bool = False, unsubscribe: bool = True) -> Message:
    """A message of ours by a channel, with a number of its own."""
    return Message(
        number=uuid4(),
        told=(),
        language=language_of(channel.user),
        zone=alerting.zone_of(channel.user),
        manage=absolute(reverse("way", args=[channel.pk])),
        unsubscribe=stopping.address(stopping.token(channel)) if unsubscribe else "",
        test=test,
        letter=letter,
    )


def way(channel: Channel) -> Way:
    """The channel as senders take it, its secret opened. Raises Gone where that can't be done."""
    try:
        secret = json.loads(sealing.unseal(channel.sealed)) if channel.sealed else {}
    except (sealing.Unreadable, ValueError) as error:
        raise Gone(_UNREADABLE) from error
    return Way(channel.pk, channel.kind, channel.name, channel.address, secret)


def language_of(user: User) -> str:
    """The language that a person is written to in."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _told(deliveries: Sequence[Delivery]) -> Mapping[tuple[int, str], AlertRecord | Failure]:
    """What is told of each alert, by its id and the language."""
    wanted: dict[str, dict[int, Alert]] = {}
    for delivery in deliveries:
        wanted.setdefault(language_of(delivery.channel.user), {})[delivery.alert_id] = delivery.alert
    return {
        (pk, language): record
        for language, alerts in wanted.items()
        for pk, record in _records(list(alerts.values()), language).items()
    }


def _records(alerts: Sequence[Alert], language: str) -> dict[int, AlertRecord | Failure]:
    """The records of alerts; a fault in one must not take its neighbours along, so a failed batch goes singly."""
    try:
        with translation.override(language):
            return {record.pk: record for record in selector.records(alerts)}
    except Exception as error:
        if len(alerts) == 1:
            log.exception("alert %d could not be put into words", alerts[0].pk)
            return {alerts[0].pk: Temporary(f"Unexpected error: {type(error).__name__}: {error}"[:500])}
    return {pk: record for alert in alerts for pk, record in _records([alert], language).items()}


def _parcel(deliveries: Sequence[Delivery], told: Mapping[tuple[int, str], AlertRecord | Failure]) -> Parcel:
    channel = deliveries[0].channel
    language = language_of(channel.user)
    records = [told[delivery.alert_id, language] for delivery in deliveries]
    try:
        opened = way(channel)
    except Gone as gone:
        return Parcel(channel, deliveries, Way(channel.pk, channel.kind, channel.name, channel.address, {}), gone)
    failed = next((record for record in records if isinstance(record, Failure)), None)
    if failed is not None:
        return Parcel(channel, deliveries, opened, failed)
    good = [record for record in records if isinstance(record, AlertRecord)]
    return Parcel(channel, deliveries, opened, _message(channel, deliveries, good, language))


def _message(
    channel: Channel, deliveries: Sequence[Delivery], records: Sequence[AlertRecord], language: str
) -> Message:
    numbers = sorted(str(delivery.number) for delivery in deliveries)
    return Message(
        number=deliveries[0].number if len(deliveries) == 1 else uuid5(_TOGETHER, " ".join(numbers)),
        told=tuple(_alert(record, channel) for record in records),
        language=language,
        zone=alerting.zone_of(channel.user),
        manage=absolute(reverse("way", args=[channel.pk])),
        unsubscribe=stopping.address(stopping.token(channel)),
    )


def _alert(record: AlertRecord, channel: Channel) -> Told:
    story = record.story
    return Told(
        alert=record.pk,
        story=story.title,
        link=absolute(story.get_absolute_url()),
        lang=story.lang,
        at=record.at,
        parts=[part for part in record.parts if part.stands],
        page=absolute(reverse("alert", args=[record.pk])),
        stop=_stop(record, channel),
    )


def _stop(record: AlertRecord, channel: Channel) -> str:
    """Where a reader of this alert has no more of its kind: the follow that it is for, if it is for one alone."""
    follows = {part.follow for part in record.parts}
    only = follows.pop() if len(follows) == 1 else None
    if only is not None:
        return stopping.address(stopping.token_for(channel, only))
    return absolute(reverse("following"))
