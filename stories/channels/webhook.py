"""Webhooks: an alert as JSON to an address of the person's own, signed as Standard Webhooks lays down.

docs/webhooks.md is what receivers read. The number in `webhook-id` stays the same however often a message is sent, so
that a receiver takes it once; the time of signing is that of the try.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from standardwebhooks import Webhook

from stories.channels.message import Message, Sent, Told, Way
from stories.channels.outcomes import BEGIN_WITHIN_S, Gone, Outcome, status_of
from stories.ingest.errors import Failure
from stories.ingest.exchange import Policy
from stories.ingest.sending import TOTAL_S, Post, Taken, post_as_done
from stories.selectors.alerts import PartRecord

_MARK = "whsec_"
# The specification asks for 24 to 64 random bytes.
_SECRET_BYTES = 32
_GONE = 410


def new_secret() -> str:
    """A secret to sign with, in the form that libraries of Standard Webhooks take."""
    return _MARK + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def policy() -> Policy:
    """How we send to addresses of people's own."""
    return Policy(user_agent=settings.USER_AGENT, total_timeout_s=TOTAL_S, allow=settings.FETCH_ALLOW)


def send(messages: Sequence[tuple[Way, Message]], now: datetime) -> Iterator[tuple[int, Outcome]]:
    """Send each to its address; yields outcomes as they come. 410 means that nobody wants any more of them."""
    posts = [post(way, message, now) for way, message in messages]
    for index, taken in post_as_done(posts, policy(), begin_within_s=BEGIN_WITHIN_S):
        yield index, outcome(taken)


def outcome(taken: Taken | Failure) -> Outcome:
    """What the receiver's answer means for the way."""
    if isinstance(taken, Taken):
        return Sent(taken.status, round(1000 * taken.elapsed_s))
    if status_of(taken) == _GONE:
        gone = Gone(taken.reason, status=_GONE)
        gone.elapsed_s = taken.elapsed_s
        return gone
    return taken


def post(way: Way, message: Message, now: datetime) -> Post:
    """The signed request. `way.secret` holds `secrets`: each with the `secret` and `until`, when it ends, or None.

    While an old secret still holds, both sign.
    """
    data = json.dumps(payload(message, now), ensure_ascii=False, separators=(",", ":"))
    number, moment = str(message.number), now.astimezone(UTC)
    signatures = [Webhook(secret).sign(number, moment, data) for secret in valid(way.secret, now)]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Post(way.address, data.encode(), headers)


def valid(secret: Mapping[str, Any], now: datetime) -> list[str]:
    """The secrets that sign at this time, the newest first."""
    return [
        one["secret"] for one in secret["secrets"] if one["until"] is None or datetime.fromisoformat(one["until"]) > now
    ]


def payload(message: Message, now: datetime) -> dict[str, Any]:
    """The body: a type, the time of what it tells, and what that is. An alert's is the same at every try."""
    if message.letter is not None or not message.told:
        letter = message.letter
        lines = [letter.subject, *letter.lines] if letter else []
        return {
            "type": "test" if message.test else "notice",
            "timestamp": _iso(now),
            "data": {"text": "\n".join(lines), "manage": message.manage},
        }
    (told,) = message.told
    return {"type": "alert", "timestamp": _iso(told.at), "data": _alert(told, message)}


def _alert(told: Told, message: Message) -> dict[str, Any]:
    return {
        "alert": told.alert,
        "story": {"title": told.story, "link": told.link, "lang": told.lang},
        "parts": [_part(part) for part in told.parts],
        "link": told.page,
        "language": message.language,
        "stop": told.stop,
    }


def _part(part: PartRecord) -> dict[str, Any]:
    fields = asdict(part)
    # Its number means nothing outside; `stop` leads to it.
    # What no longer stands is not sent at all.
    del fields["follow"], fields["stands"]
    fields["passage"] = fields.pop("words")
    return fields | {"at": _iso(part.at)}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
