"""WebSub (W3C, 23 January 2018) seen from the subscriber: what to say to a hub, what to believe of what it says.

Pure: it sends and stores nothing; clock and chance are arguments. What a hub says is believed only as far as it
answers something that we asked for: the callers pass what that is.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import yarl

from . import guard, links

MINUTE, HOUR, DAY = 60, 3600, 86400

# What hubs commonly grant at most.
LEASE_ASKED_S = 10 * DAY
# However long a hub grants: one that has forgotten us without a word is asked again within two weeks.
MAX_LEASE_S = 15 * DAY
# A hub has to say how long it will announce; one that doesn't is asked every day.
UNSAID_LEASE_S = DAY
# With a third of the lease left, a hub that is down for a day or two is no loss. The jitter is a share of the wait.
RENEW_AFTER, JITTER = 2 / 3, 0.1
# A hub that grants a few seconds must not make us ask every few seconds.
MIN_RENEWAL_S = 5 * MINUTE

BACKOFF_S, MAX_BACKOFF_S = 10 * MINUTE, DAY

# Hubs send between 20 and 128 characters.
MAX_CHALLENGE = 1000
MAX_REASON = 300
MAX_URL = 2000

# HMAC does not rest on what is broken in SHA-1 (finding two texts with one hash), and the largest hubs still sign with
# it: to refuse it would protect nobody and lose most pushes.
SIGNATURES = ("sha1", "sha256", "sha384", "sha512")
_SIGNATURE = re.compile(r"([A-Za-z0-9]{1,16})=([0-9A-Fa-f]{40,128})", re.ASCII)

_TOKEN = re.compile(r"[\w-]{1,64}", re.ASCII)

_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]*))*)", re.ASCII)
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))", re.ASCII | re.IGNORECASE)

# Names that mean something inside a network only, or nothing anywhere (RFC 6761, 6762, 8375, and routers' own).
_INSIDE = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".home.arpa", ".corp",
           ".test", ".invalid", ".example", ".onion")  # fmt: skip


class Answer(StrEnum):
    """What a hub's GET of our callback comes to."""

    CONFIRM = "confirm"
    DENIED = "denied"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """CONFIRM with the challenge to echo and the lease in seconds, if named; DENIED with the hub's reason, if any."""

    answer: Answer
    challenge: str = ""
    lease_s: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """Until when the hub will announce, and when to ask again."""

    until: datetime
    renew_at: datetime


def discovered(link_header: str, *, hub: str, topic: str, url: str) -> tuple[str, str]:
    """The hub of a feed and the name that the hub knows it by, or two empty strings where it has no hub.

    `hub` and `topic` are what the document itself names (rel=hub and rel=self), `url` where it was found; HTTP's own
    Link headers, joined by commas, go before the document. A feed that names no topic is known by its address.
    """
    named: dict[str, str] = {}
    for target, parameters in _LINK.findall(link_header):
        match = _REL.search(parameters)
        for relation in (match[1] or match[2]).lower().split() if match else ():
            named.setdefault(relation, target)
    if "hub" in named:
        hub, topic = named["hub"], named.get("self") or topic
    hub = links.safe_url(links.joined(url, hub)) if hub else ""
    topic = links.safe_url(links.joined(url, topic)) if topic else ""
    if not hub or len(hub) > MAX_URL:
        return "", ""
    topic = topic or url
    return (hub, topic) if len(topic) <= MAX_URL else ("", "")


def public_address(url: str) -> bool:
    """Whether a hub on the internet could call this address: no name or number of this machine or of a network inside.

    Nothing is looked up: a name that only looks public costs an unanswered request a day.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return guard.is_public(guard.unwrapped(ipaddress.ip_address(host)))
    except ValueError:
        name, _, top = host.rpartition(".")
        return bool(name) and not top.isdigit() and not host.endswith(_INSIDE)


def subscribe_form(mode: str, *, callback: str, topic: str, secret: str) -> tuple[tuple[str, str], ...]:
    """The fields of a request to a hub; `mode` is "subscribe" or "unsubscribe", `secret` under 200 bytes.

    The secret also goes to a hub that has no https: whoever listens there could forge pushes either way, and with it
    nobody else can.
    """
    fields = (("hub.callback", callback), ("hub.mode", mode), ("hub.topic", topic))
    if mode != "subscribe":
        return fields
    return (*fields, ("hub.lease_seconds", str(LEASE_ASKED_S)), ("hub.secret", secret))


def token_ok(token: str) -> bool:
    """Whether this could be the token of a callback at all; a NUL, say, must not meet the database."""
    return _TOKEN.fullmatch(token) is not None


def address_to_ask(hub: str, attempt: int) -> str:
    """Where to send the attempt, counted from 1: a hub named with http is tried with https first, then in turn."""
    parts = urlsplit(hub)
    if parts.scheme == "http" and parts.port is None and attempt % 2:
        return parts._replace(scheme="https").geturl()
    return hub


def signature_ok(secret: str, body: bytes, header: str) -> bool:
    """Whether X-Hub-Signature is the body's, under our secret; False too for a method or form that we don't know.

    Compared in constant time, so that nobody can find a signature byte by byte.
    """
    match = _SIGNATURE.fullmatch(header.strip())
    if match is None or not secret or match[1].lower() not in SIGNATURES or len(match[2]) % 2:
        return False
    expected = hmac.new(secret.encode(), body, match[1].lower()).digest()
    return hmac.compare_digest(expected, bytes.fromhex(match[2]))


def verification(params: Mapping[str, str], *, topic: str, mode: str) -> Verdict:
    """Judge a hub's GET by its query. `topic` and `mode` are what we asked for; an empty mode stands for nothing.

    Only a hub that repeats both gets its challenge back.
    """
    said = params.get("hub.mode", "")
    if not mode or not same_address(params.get("hub.topic", ""), topic):
        return Verdict(Answer.REFUSE)
    if said == "denied":
        return Verdict(Answer.DENIED, reason=_line(params.get("hub.reason", ""))[:MAX_REASON])
    challenge = params.get("hub.challenge", "")
    if said != mode or not 0 < len(challenge) <= MAX_CHALLENGE or not challenge.isprintable():
        return Verdict(Answer.REFUSE)
    granted = params.get("hub.lease_seconds", "")
    lease_s = int(granted) if granted.isascii() and granted.isdigit() and len(granted) <= 12 else None
    return Verdict(Answer.CONFIRM, challenge, lease_s)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses differ at most in spelling: needless escapes, the host's case, an empty path."""
    if one == other:
        return True
    try:
        return bool(one and other) and yarl.URL(one) == yarl.URL(other)
    except (ValueError, UnicodeError):
        return False


def lease(granted_s: int | None, now: datetime, jitter: float) -> Lease:
    """What a granted lease means: it lasts `granted_s` seconds from now, at most MAX_LEASE_S.

    None or 0: the hub named none. `jitter` in [-1, 1] spreads renewals; only those of a lease of minutes come late.
    """
    seconds = min(granted_s or UNSAID_LEASE_S, MAX_LEASE_S)
    wait = max(MIN_RENEWAL_S, seconds * RENEW_AFTER * (1 + JITTER * max(-1.0, min(1.0, jitter))))
    return Lease(now + timedelta(seconds=seconds), now + timedelta(seconds=wait))


def next_try(attempts: int, now: datetime, jitter: float, *, asked_s: float = 0) -> datetime:
    """When to ask again after `attempts` (1 or more) in vain: 10 min doubling to a day, or later if the hub said so."""
    wait = min(MAX_BACKOFF_S, BACKOFF_S * 2 ** min(attempts - 1, 20)) * (1 + JITTER * jitter)
    return now + timedelta(seconds=max(wait, min(asked_s, MAX_LEASE_S)))


def _line(text: str) -> str:
    """Foreign text as one printable line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MAX_REASON]).split())
