"""Letters that came back: whose they were, and whether the address is worth another.

A mail server sends the notice to the letter's return address, which names the channel (channels.verp); nothing in the
notice itself is believed but its verdict. An address that is refused for good is switched off with a notice; one that
is busy, full or slow is left alone. A letter to the return address that says "unsubscribe" is taken at its word.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from django.utils.translation import gettext_noop

from stories.channels import verp
from stories.channels.email import refusal
from stories.channels.outcomes import Declined
from stories.models import Channel
from stories.services import unsubscribing, ways

# More than any notice of a mail server.
MAX_BYTES = 10 * 1024 * 1024
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\b([45]\d\d)\b")
_LINE = 300

RETURNED = gettext_noop("letters to this address come back")


class Unreadable(Exception):
    """What came in is no notice of a mail server that we could act on; `str()` says what is missing."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done about a returned letter: the channel, whether it was switched off now, and in words why or not."""

    channel: int
    off: bool
    said: str


def take(raw: bytes, recipient: str, now: datetime) -> Taken:
    """Act on a letter that came to a return address; `recipient` is the envelope's, "" to look in the letter's headers.

    Raises Unreadable: nothing that a mail server would send, or to no address that this server has made.
    """
    if not raw.strip() or len(raw) > MAX_BYTES:
        raise Unreadable("there is nothing to read" if len(raw) <= MAX_BYTES else "it is larger than any notice")
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    if not message.keys():
        raise Unreadable("it is no e-mail: it has no headers")
    channel = _channel(message, recipient)
    if _asks_to_stop(message):
        off = ways.switch_off(channel, unsubscribing.BY_LETTER, now, by_person=True)
        return Taken(channel.pk, off, "unsubscribed by a letter")
    return _judged(channel, _verdict(message), now)


def _channel(message: Message, recipient: str) -> Channel:
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
    addresses = [recipient, *(str(value) for name in names for value in message.get_all(name, []))]
    number = next((found for one in addresses if (found := verp.channel_of(one)) is not None), None)
    if number is None:
        raise Unreadable("it came to no return address of this server")
    channel = Channel.objects.filter(pk=number).select_related("user").first()
    if channel is None:
        raise Unreadable(f"channel {number} was removed")
    return channel


def _asks_to_stop(message: Message) -> bool:
    return str(message.get("Subject", "")).strip().lower() == "unsubscribe"


def _judged(channel: Channel, verdict: tuple[str, str], now: datetime) -> Taken:
    status, said = verdict
    if not status.startswith("5"):
        return Taken(channel.pk, False, f"not for good: {said}")
    failure = refusal(int(_code(said)), said if _STATUS.search(said) else f"{status} {said}")
    if not isinstance(failure, Declined):
        return Taken(channel.pk, False, f"the mailbox is full: {said}")
    off = ways.switch_off(channel, f"{RETURNED}: {said}"[:500], now, by_person=False)
    if off:
        ways.tell_off(channel, now)
    return Taken(channel.pk, off, said)


def _code(said: str) -> str:
    found = _CODE.search(said)
    return found[1] if found else "550"


def _verdict(message: Message) -> tuple[str, str]:
    """The status (RFC 3463) and the words of the worst that happened to a recipient. Raises Unreadable."""
    verdicts = []
    for fields in _recipients(message):
        action, status = str(fields.get("Action", "")).strip().lower(), _STATUS.search(str(fields.get("Status", "")))
        words = " ".join(str(fields.get("Diagnostic-Code", "")).partition(";")[2].split())
        if status is not None and action in ("failed", "delayed", ""):
            severity = status[0] if action != "delayed" else f"4{status[0][1:]}"
            verdicts.append((severity, _printable(words or severity)))
    if not verdicts:
        raise Unreadable("it holds no delivery status (RFC 3464)")
    return max(verdicts, key=lambda verdict: verdict[0])


def _recipients(message: Message) -> Iterable[Message]:
    """The groups of fields of a message/delivery-status, which the parser gives as messages of headers alone."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (group for group in part.get_payload() if isinstance(group, Message))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:_LINE]
