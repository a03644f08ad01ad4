"""A feed that moved for good (301, 308): when its stored address follows, and to where never.

Pure. Every poll follows the redirect anyway; what is decided here is only whether the stored address changes. One wrong
deployment must not rewrite it, so the same target has to be named by several polls over a day. Whether a feed answers
at the target, and whether another feed has that address, is for the caller to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from .links import host, safe_url

# Three polls over a day: a mistake of an afternoon is undone by then, and the old address still works meanwhile.
POLLS, WITHIN = 3, timedelta(hours=24)
# What the feed's row holds.
MAX_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Move:
    """Where permanent redirects lead, since when, and how many polls in a row said so."""

    to: str
    since: datetime
    polls: int


def refusal(address: str, target: str) -> str:
    """Why the stored address may not become `target`, as a sentence for the page; "" where it may."""
    if not safe_url(target) or safe_url(target) != target or len(target) > MAX_ADDRESS:
        return "moved for good to something that is no web address; the stored address stays"
    there, here = urlsplit(target), urlsplit(address)
    if there.scheme == "http" and here.scheme == "https":
        # Stored, it would hand the feed to anybody on the way, for good; followed, it starts from https each time.
        return f"moved for good to {host(target)} without encryption; followed, but the stored address stays"
    if there.username or there.password:
        return f"moved for good to {host(target)} with a password in the address; the stored address stays"
    return ""


def seen(move: Move | None, address: str, permanent_url: str, now: datetime) -> Move | None:
    """What to remember after a good poll of `address`. `permanent_url` is where 301s and 308s alone led, or "".

    The same target again counts up; another starts over; none, or one that refusal() speaks against, ends it.
    """
    if not permanent_url or permanent_url == address or refusal(address, permanent_url):
        return None
    if move is not None and move.to == permanent_url:
        return Move(move.to, move.since, move.polls + 1)
    return Move(permanent_url, now, 1)


def settled(move: Move | None, now: datetime) -> bool:
    """Whether the stored address follows now: POLLS polls in a row over at least WITHIN."""
    return move is not None and move.polls >= POLLS and now - move.since >= WITHIN


def sentence(address: str, move: Move) -> str:
    """How far a move has come, for the page; names the host alone."""
    return (
        f"moved for good to {_place(address, move.to)}; followed, and taken over after {POLLS} polls "
        f"in {WITHIN.total_seconds() / 3600:g} h ({move.polls} so far)"
    )


def _place(address: str, target: str) -> str:
    name = host(target)
    return f"another address on {name}" if name == host(address) else name
