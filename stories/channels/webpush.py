"""Notices in the person's own browser: Web Push, encrypted for it (RFC 8291), signed by this server's key (RFC 8292).

A browser names the address of its push service, so it is as little to be trusted as any other: the same guard holds.
The topic and the tag of a message stay the same when it is sent again, so that a repeated one replaces itself.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pywebpush import WebPusher, WebPushException

from stories.channels import vapid, wording
from stories.channels.message import Message, Sent, Way
from stories.channels.outcomes import BEGIN_WITHIN_S, Declined, Gone, Outcome, status_of
from stories.channels.webhook import policy
from stories.ingest.errors import Failure
from stories.ingest.sending import Post, Taken, post_as_done

# A browser that is off for longer finds the alert on its page.
TTL_S = 24 * 3600
# Push services take 4 kB encrypted; what encryption adds and their own limits stay well below that.
MAX_BYTES = 3000
_BODY = 400
_GONE = {404, 410}
_WRONG_KEY = {401, 403}
_TOO_LARGE = 413


class Unusable(ValueError):
    """A browser's subscription lacks a key or has one that is none."""


def send(messages: Sequence[tuple[Way, Message]], now: datetime) -> Iterator[tuple[int, Outcome]]:
    """Send each to its browser; yields outcomes as they come."""
    posts: list[Post] = []
    indices: list[int] = []
    for index, (way, message) in enumerate(messages):
        try:
            posts.append(post(way, message, now))
            indices.append(index)
        except Unusable as error:
            yield index, Gone(str(error))
    for number, taken in post_as_done(posts, policy(), begin_within_s=BEGIN_WITHIN_S):
        yield indices[number], outcome(taken)


def outcome(taken: Taken | Failure) -> Outcome:
    """What the push service's answer means for the way."""
    if isinstance(taken, Taken):
        return Sent(taken.status, round(1000 * taken.elapsed_s))
    status = status_of(taken)
    failure: Failure = taken
    if status in _GONE:
        failure = Gone("The browser has taken back its permission, or was removed", status=status)
    elif status in _WRONG_KEY:
        failure = Declined(f"The push service does not know this server's key any more (HTTP {status})", status=status)
    elif status == _TOO_LARGE:
        failure = Declined("The push service finds the message too large (HTTP 413)", status=status)
    failure.elapsed_s = taken.elapsed_s
    return failure


def post(way: Way, message: Message, now: datetime) -> Post:
    """The encrypted request; `way.secret` is the browser's subscription. Raises Unusable."""
    endpoint = str(way.secret["endpoint"])
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(TTL_S),
        "Urgency": "normal",
        "Topic": base64.urlsafe_b64encode(message.number.bytes).rstrip(b"=").decode(),
        "Authorization": vapid.authorization(endpoint, int(now.timestamp())),
    }
    return Post(endpoint, encrypted(way.secret, payload(message)), headers)


def encrypted(subscription: Mapping[str, Any], body: bytes) -> bytes:
    """The body as only this browser can read it. Raises Unusable for a subscription with broken keys."""
    try:
        return bytes(WebPusher(subscription).encode(body)["body"])
    except (WebPushException, binascii.Error, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Unusable("The browser's keys can't be used: let it ask again") from error


def payload(message: Message) -> bytes:
    """What the service worker shows: title, body, the page to open, and a tag that tells repetitions; JSON."""
    with wording.spoken(message):
        title, body = wording.subject(message), wording.body(message, _BODY)
    link = message.manage
    if len(message.told) == 1:
        link = message.told[0].page
    elif message.letter is not None:
        link = message.letter.link
    fixed = {"title": title, "url": link, "tag": str(message.number), "lang": message.language}
    # The pages that the browser keeps for when it is offline.
    keep = [told.link for told in message.told[:2]]
    packed = _packed({**fixed, "keep": keep, "body": body})
    while len(packed) > MAX_BYTES and body:
        # Signs have up to four bytes, and some are escaped: a step takes off no more than is too much.
        body = body[: -max(1, (len(packed) - MAX_BYTES) // 6)]
        packed = _packed({**fixed, "keep": keep, "body": body})
    return packed


def _packed(shown: Mapping[str, object]) -> bytes:
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
