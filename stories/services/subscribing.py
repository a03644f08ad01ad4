"""Outlets and feeds come in: by site address, by OPML, from the seed; and go out again as OPML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify

from stories.ingest import discovery, links, opml
from stories.ingest.errors import Failure, Permanent
from stories.ingest.opml import Outline
from stories.models import Feed, Outlet
from stories.services.outside import policy

# One site's page names at most a few feeds that a person would want at once.
FEEDS_PER_SITE = 3


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What adding an address brought: `created` is False when every feed was known already."""

    outlet: Outlet
    feeds: list[Feed]
    created: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What an OPML file brought; refused ones with the reason."""

    added: int
    known: int
    refused: list[tuple[str, str]]


def add_site(address: str, *, now: datetime) -> Subscribed:
    """Find the feeds of a site (or take the feed itself) and poll them from now on.

    Raises Permanent or Temporary with a reason for the form.
    """
    url = _address(address)
    found = discovery.find_feeds(url, policy(), now)[:FEEDS_PER_SITE]
    outlines = [Outline(title=feed.title, feed_url=feed.url, home_url=url, categories=()) for feed in found]
    with transaction.atomic():
        pairs = [subscribe(outline, now=now) for outline in outlines]
    return Subscribed(pairs[0][0].outlet, [feed for feed, _ in pairs], any(created for _, created in pairs))


def _address(address: str) -> str:
    """What a person typed as a web address; a bare name gets https."""
    typed = address.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    url = links.safe_url(typed)
    if not url or not urlsplit(url).hostname:
        raise Permanent(f"This is not a web address: {address.strip()[:200]}")
    return url


def subscribe(outline: Outline, *, now: datetime, outlet: Outlet | None = None) -> tuple[Feed, bool]:
    """The feed at this address, made if it is new. Raises Permanent for an address that can't be a feed's."""
    url = links.safe_url(outline.feed_url)
    if not url or len(url) > 2000:
        raise Permanent("This is not a web address." if not url else "This address is too long.")
    known = Feed.objects.select_related("outlet").filter(url=url).first()
    if known:
        return known, False
    owner = outlet or outlet_for(outline)
    feed = Feed.objects.create(
        outlet=owner,
        url=url,
        title=outline.title[:300],
        lang=owner.lang,
        next_poll_at=now,
        next_poll_reason="new feed",
    )
    return feed, True


def outlet_for(outline: Outline) -> Outlet:
    """The outlet that an outline belongs to: by its domain where that names one, else by its very name.

    An address that is a bare number (a test web, an intranet) names nobody: several outlets may live there.
    """
    home = outline.home_url or outline.feed_url
    domain = links.site_domain(home) if _is_name(links.host(home)) else ""
    by_domain = Outlet.objects.publishing_at(links.host(home)) if domain else None
    if by_domain:
        return by_domain
    name = outline.title.strip()[:200] or domain or links.host(home) or "Unnamed outlet"
    if not domain:
        same = Outlet.objects.filter(name=name).first()
        if same:
            return same
    return Outlet.objects.create(
        name=name, slug=free_slug(name), domains=[domain] if domain else [], homepage=links.safe_url(home)[:2000]
    )


def _is_name(host: str) -> bool:
    """Whether a host is a name of the web, not a bare address or a machine of the house."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." in host
    return False


def free_slug(name: str) -> str:
    """A slug for an outlet that no other outlet has."""
    stem = slugify(name)[:70] or "outlet"
    taken = set(Outlet.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 2) if (slug := f"{stem}-{n}" if n else stem) not in taken)


def import_opml(body: bytes, *, now: datetime) -> Imported:
    """Subscribe to every feed of an OPML file. Raises Permanent when it is no OPML; one bad outline spoils nothing."""
    return import_outlines(opml.read(body), now=now)


def import_outlines(outlines: Iterable[Outline], *, now: datetime) -> Imported:
    """Subscribe to outlines one by one; what can't be taken is told with its reason."""
    added = known = 0
    refused: list[tuple[str, str]] = []
    for outline in outlines:
        try:
            with transaction.atomic():
                _, created = subscribe(outline, now=now)
        except Failure as failure:
            refused.append((outline.feed_url, failure.reason))
            continue
        added += created
        known += not created
    return Imported(added, known, refused)


def export_opml(now: datetime) -> bytes:
    """Every feed with its outlet, as OPML 2.0; the invented feeds of the demo world stay at home."""
    feeds = Feed.objects.select_related("outlet").filter(outlet__demo=False)
    outlines = [
        Outline(title=feed.title or feed.outlet.name, feed_url=feed.url, home_url=feed.outlet.homepage, categories=())
        for feed in feeds
    ]
    return opml.write("Firsthand", outlines, created=now)


def poll_now(feed: Feed, *, now: datetime) -> None:
    """Make a feed due at once, at a person's wish; a paused one is taken up again."""
    Feed.objects.filter(pk=feed.pk).update(next_poll_at=now, next_poll_reason="asked for by an editor", active=True)


def set_active(feed: Feed, active: bool, *, now: datetime) -> None:
    """Pause a feed or take it up again; taken up, it is due at once."""
    reason = "taken up again by an editor" if active else "paused by an editor"
    Feed.objects.filter(pk=feed.pk).update(active=active, next_poll_at=now, next_poll_reason=reason)
