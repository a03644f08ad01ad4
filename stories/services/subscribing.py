"""Feeds come in: one address, the feeds that a site offers, or a list of thousands as OPML; and go out as OPML.

Every way in goes through subscribe_all, so that an address is judged by one rule whoever names it. It fetches nothing:
whether a feed answers at an address is found out before (services.offering) or by the first poll.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import Q

from stories.ingest import isolated, links, opml
from stories.ingest.errors import Permanent
from stories.ingest.opml import Outline
from stories.models import Feed, Outlet
from stories.services.placing import free_slug, outlets_for

__all__ = [
    "Imported",
    "Taken",
    "export_opml",
    "feed_address",
    "free_slug",
    "import_opml",
    "import_outlines",
    "known_feeds",
    "subscribe",
    "subscribe_all",
    "take_lock",
]

MAX_URL, MAX_TITLE = 2000, 300
# So many rows a statement: a long list needs no statement of megabytes.
ROWS: Final = 1000
# Held while feeds are added: two lists at once must not make an outlet twice.
LOCK: Final = 0xFEED


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one outline: its feed, `created` if it is new, or why it was not taken."""

    outline: Outline
    feed: Feed | None = None
    created: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an OPML file brought: how many, their names in the file's order, and the refused with the reason."""

    added: int
    known: int
    refused: list[tuple[str, str]]
    added_names: list[str]
    known_names: list[str]


def feed_address(url: str) -> str:
    """A feed's address as it is kept. Raises Permanent with a sentence for what can't be one.

    Host names are kept in ASCII, as servers and their limits know them.
    """
    clean = links.safe_url(url).partition("#")[0]
    name = links.host(clean)
    if not clean or not name:
        raise Permanent("This is not a web address.")
    parts = urlsplit(clean)
    if parts.username is not None or parts.password is not None:
        raise Permanent(f"This address at {name} holds a user name or password, and the list of feeds is public.")
    if not (parts.hostname or "").isascii():
        clean = parts._replace(netloc=name if parts.port is None else f"{name}:{parts.port}").geturl()
    if len(clean) > MAX_URL:
        raise Permanent(f"This address at {name} is longer than {MAX_URL:,} characters.")
    return clean


def known_feeds(urls: Iterable[str]) -> dict[str, Feed]:
    """The feeds that we have at these addresses, at their twins with http or https, or have moved from them."""
    variants = {url: (url, _twin(url)) for url in urls}
    every = sorted({each for pair in variants.values() for each in pair})
    rows = Feed.objects.select_related("outlet").filter(Q(url__in=every) | Q(moved_from__in=every))
    by_address: dict[str, Feed] = {}
    for feed in rows.order_by("pk"):
        by_address[feed.url] = feed
        if feed.moved_from:
            by_address.setdefault(feed.moved_from, feed)
    found = {url: by_address.get(url) or by_address.get(twin) for url, twin in variants.values()}
    return {url: feed for url, feed in found.items() if feed}


def _twin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{'http' if scheme.lower() == 'https' else 'https'}://{rest}"


def take_lock() -> None:
    """Wait for the turn to add outlets and feeds, and keep it to the end of the transaction: two add none twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def subscribe_all(outlines: Sequence[Outline], *, now: datetime, outlet: Outlet | None = None) -> list[Taken]:
    """The feed of each outline, made where it is new and due at once; of `outlet`, or of the one it belongs to.

    One bad address spoils nothing: it is told with its reason. A handful of statements, however many outlines.
    """
    take_lock()
    addresses = [_address_or_reason(outline) for outline in outlines]
    known = known_feeds({url for url, _ in addresses if url})
    new: dict[str, Outline] = {}
    for (url, _), outline in zip(addresses, outlines, strict=True):
        if url and url not in known and _twin(url) not in new:
            new.setdefault(url, outline)
    made = _make(new, outlet, now)
    taken = []
    for (url, reason), outline in zip(addresses, outlines, strict=True):
        feed = made.get(url) or known.get(url) or made.get(_twin(url))
        taken.append(Taken(outline, feed, new.get(url) is outline, reason))
    return taken


def _address_or_reason(outline: Outline) -> tuple[str, str]:
    try:
        return feed_address(outline.feed_url), ""
    except Permanent as refusal:
        return "", refusal.reason


def _make(new: dict[str, Outline], outlet: Outlet | None, now: datetime) -> dict[str, Feed]:
    owners = [outlet] * len(new) if outlet else outlets_for(list(new.values()))
    feeds = [
        Feed(
            outlet=owner,
            url=url,
            title=outline.title[:MAX_TITLE],
            lang=owner.lang,
            next_poll_at=now,
            next_poll_reason="new feed",
        )
        for (url, outline), owner in zip(new.items(), owners, strict=True)
    ]
    return {feed.url: feed for feed in Feed.objects.bulk_create(feeds, batch_size=ROWS)}


def subscribe(outline: Outline, *, now: datetime, outlet: Outlet | None = None) -> tuple[Feed, bool]:
    """The feed at this address, made if it is new. Raises Permanent for an address that can't be a feed's."""
    [taken] = subscribe_all([outline], now=now, outlet=outlet)
    if taken.feed is None:
        raise Permanent(taken.reason)
    return taken.feed, taken.created


def import_opml(body: bytes, *, now: datetime) -> Imported:
    """Subscribe to every feed of an OPML file. Raises Permanent when it is no OPML; one bad outline spoils nothing."""
    return import_outlines(isolated.outlines(body), now=now)


def import_outlines(outlines: Iterable[Outline], *, now: datetime) -> Imported:
    """Subscribe to outlines; what can't be taken is told with its reason."""
    taken = subscribe_all(list(outlines), now=now)
    added = [each.outline.title for each in taken if each.created]
    known = [each.outline.title for each in taken if each.feed and not each.created]
    refused = [(_shown(each.outline.feed_url), each.reason) for each in taken if each.feed is None]
    return Imported(len(added), len(known), refused, added, known)


def _shown(url: str) -> str:
    """An address without the user name and password that may be in it."""
    return re.sub(r"//[^/?#]*@", "//…@", url)


def export_opml(now: datetime) -> bytes:
    """Every feed with its outlet, as OPML 2.0; the invented feeds of the demo world stay at home."""
    feeds = Feed.objects.select_related("outlet").filter(outlet__demo=False)
    outlines = [
        Outline(title=feed.title or feed.outlet.name, feed_url=feed.url, home_url=_home(feed.outlet), categories=())
        for feed in feeds
    ]
    return opml.write("Firsthand", outlines, created=now)


def _home(outlet: Outlet) -> str:
    """What tells whoever imports the list which feeds belong together."""
    return outlet.homepage or (f"https://{outlet.domains[0]}/" if outlet.domains else "")
