"""What goes out, and by which way: plain values that every channel writes in its own form. Reads no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from stories.selectors.alerts import PartRecord


@dataclass(frozen=True, slots=True)
class Told:
    """An alert: a story and what happened to it. `page` is the alert's own page, `stop` where its follow is changed."""

    alert: int
    story: str
    link: str
    lang: str
    at: datetime
    parts: Sequence[PartRecord]
    page: str
    stop: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Words of ours that are no alert: a test, a question whether an address is right, a notice.

    `lines` are paragraphs. `link` is where the reader goes next, `label` what that link says.
    """

    subject: str
    lines: tuple[str, ...]
    link: str
    label: str


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as those who send need it: `secret` is what its row keeps sealed, opened."""

    pk: int
    kind: str
    name: str
    address: str
    secret: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel is to send at once: one alert, several as a digest, or a letter of ours.

    `number` stays the same when it is sent again. Words are to be written in `language`, times in `zone`.
    `manage` is where the channel is changed; `unsubscribe` stops it without signing in, "" for none.
    `test` says that a letter is a test.
    """

    number: UUID
    told: tuple[Told, ...]
    language: str
    zone: ZoneInfo
    manage: str
    unsubscribe: str
    test: bool = False
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """That it worked: the HTTP status or SMTP code where there was one, and how long it took."""

    status: int | None = None
    took_ms: int = 0
