"""What the tests of the ways out share: messages as composing makes them, rows that wait, servers on this machine."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from stories.channels import webhook
from stories.channels.message import Letter, Message, Told, Way
from stories.models import Alert, Channel, Delivery, Story, User, Wake
from stories.selectors.alerts import PartRecord
from stories.services import sealing
from tests import factories, followed

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SITE = "https://news.example"
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
_numbers = count(1)


def part(**kw: Any) -> PartRecord:
    given = {
        "wake": "denied",
        "said": "A denial, told by The Isles Courier: the harbour office.",
        "words": "“No such bid was ever received,” the harbour office said.",
        "headline": "Harbour office denies second bid",
        "outlet": "The Isles Courier",
        "lang": "en",
        "link": f"{SITE}/article/7/#p3",
        "at_outlet": "https://courier.example/7",
        "at": datetime(2026, 3, 4, 9, 12, tzinfo=UTC),
        "why": "You follow this story.",
    }
    told = given | kw
    return PartRecord(**told | {"wake": Wake(told["wake"]), "follow": None})


def told(*parts: PartRecord, **kw: Any) -> Told:
    number = kw.pop("alert", 12)
    given = {
        "alert": number,
        "story": "Second bid for the Thistle Ness ferry",
        "link": f"{SITE}/story/3/second-bid/",
        "lang": "en",
        "at": datetime(2026, 3, 4, 9, 15, tzinfo=UTC),
        "parts": parts or (part(),),
        "page": f"{SITE}/alerts/{number}/",
        "stop": f"{SITE}/unsubscribe/c1f2.signed/",
    }
    return Told(**given | kw)


def message(*alerts: Told, **kw: Any) -> Message:
    given = {
        "number": UUID(int=next(_numbers)),
        "told": alerts or (told(),),
        "language": "en-gb",
        "zone": ZoneInfo("Europe/Berlin"),
        "manage": f"{SITE}/ways/1/",
        "unsubscribe": f"{SITE}/unsubscribe/c1.signed/",
    }
    return Message(**given | kw)


def test_letter() -> Message:
    letter = Letter("A test from Firsthand", ("This is a test.",), f"{SITE}/ways/1/", "Change or remove this way")
    return message(letter=letter, told=(), test=True)


test_letter.__test__ = False  # type: ignore[attr-defined]


def way(kind: str, address: str, **secret: Any) -> Way:
    return Way(1, kind, "archive", address, secret)


def subscription(endpoint: str) -> tuple[dict[str, Any], ec.EllipticCurvePrivateKey, bytes]:
    """A browser's subscription, and with what the browser opens what is sent to it."""
    key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    spelt = {
        name: base64.urlsafe_b64encode(raw).rstrip(b"=").decode() for name, raw in (("p256dh", point), ("auth", auth))
    }
    return {"endpoint": endpoint, "keys": spelt}, key, auth


def person(**kw: Any) -> User:
    """Somebody without a password: hashing one takes longer than most tests here."""
    name = f"person{next(_numbers)}"
    return User.objects.create(**{"username": name, "email": f"{name}@isles.example"} | kw)


def hook(user: User, url: str, **kw: Any) -> Channel:
    """A webhook of a person, with SECRET."""
    sealed = sealing.seal(json.dumps({"secrets": [{"secret": SECRET, "until": None}]}))
    return followed.channel(user, url, kind="webhook", sealed=sealed, heeds_quiet=False, **kw)


def waits(channel: Channel, *, story: Story | None = None, **kw: Any) -> Delivery:
    """A delivery by the channel of a new alert, for a follow of the story, due at NOW unless `due_at` says else."""
    story = story or factories.story()
    alert = told_of(channel.user, story)
    return followed.delivery(alert, channel, queued_at=NOW, **{"due_at": NOW} | kw)


def told_of(user: User, story: Story) -> Alert:
    follow = followed.follow(user, story)
    return followed.alert(user, story, follow, at=NOW, key=str(next(_numbers)))


def body_of(exchange: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(exchange.body)
    return data


def headers_of(exchange: Any) -> dict[str, str]:
    lines = exchange.head.decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}


def payload(one: Message) -> dict[str, Any]:
    return webhook.payload(one, NOW)


@dataclass
class Mailbox:
    """A mail server: the letters that it took, and what it answers to recipients and letters instead of 250."""

    letters: list[Envelope] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_data: str = ""
    connections: int = 0
    port: int = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: Sequence[str]
    ) -> Sequence[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse_data:
            return self.refuse_data
        self.letters.append(envelope)
        return "250 taken"


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
