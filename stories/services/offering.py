"""What a site offers: its feeds, shown before any is added, and those that a person chose.

Looking writes nothing about feeds. Taking trusts no address because it was shown before: subscribe_all judges it anew.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stories.ingest import discovery, links
from stories.ingest.errors import Permanent
from stories.ingest.opml import Outline
from stories.models import Feed, Outlet
from stories.services import placing, subscribing
from stories.services.asking import ask

HEADLINES = 3
# Shorter beginnings that feeds' titles have in common are articles and prepositions.
MIN_NAME = 5


@dataclass(frozen=True, slots=True)
class Headline:
    """One of a feed's newest entries; `at` is its own time in ISO 8601, "" where it gives none."""

    title: str
    at: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that a site offers. `every_s` is the mean time between its entries, None where it can't be told.

    Plain values throughout: it travels through the browser, signed, between looking and taking.
    """

    url: str
    title: str
    lang: str
    entries: int
    newest: tuple[Headline, ...]
    every_s: int | None

    @property
    def outline(self) -> Outline:
        """The offer as an outline without a home."""
        return Outline(title=self.title, feed_url=self.url, home_url="", categories=())


@dataclass(frozen=True, slots=True)
class Site:
    """What was found at an address; `home` is the site's own."""

    home: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What taking the offers would mean: which of them we have, by address, and the outlet they would belong to."""

    known: dict[str, Feed]
    outlet: Outlet | None
    name: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What adding brought: the feeds, those that are new, and the outlet."""

    outlet: Outlet
    feeds: list[Feed]
    added: int


def look(address: str, *, now: datetime) -> Site:
    """Find the feeds of a site, or the feed itself. Raises Permanent or Temporary with a reason for the form."""
    url = _typed(address)
    found = discovery.find_feeds(url, ask, now)
    offers = [_offer(feed) for feed in found]
    return Site(home=_home(url, found), offers=tuple(offers))


def _typed(address: str) -> str:
    """What a person typed as a web address; a bare name is left to discovery, which tries https and then http."""
    typed = address.strip()
    subscribing.feed_address(typed if "://" in typed else f"https://{typed}")
    return typed


def _home(url: str, found: Sequence[discovery.FoundFeed]) -> str:
    """The site's own address: what was typed, or where a feed that was typed itself says that it is at home."""
    typed = url if "://" in url else f"https://{url}"
    itself = len(found) == 1 and links.url_key(found[0].url) == links.url_key(typed)
    return (links.safe_url(found[0].feed.home_url) if itself else "") or typed


def _offer(found: discovery.FoundFeed) -> Offer:
    every = discovery.rhythm(found.feed)
    newest = [
        Headline(entry.title, entry.claimed_at.isoformat() if entry.claimed_at else "")
        for entry in discovery.newest(found.feed, HEADLINES)
    ]
    return Offer(
        url=found.url,
        title=found.title or links.host(found.url),
        lang=found.feed.lang,
        entries=len(found.feed.entries),
        newest=tuple(newest),
        every_s=int(every.total_seconds()) if every else None,
    )


def prospect(site: Site) -> Prospect:
    """What the site's offers would become. The feeds' own servers name their outlet before the site does."""
    known = subscribing.known_feeds([offer.url for offer in site.offers])
    outlet = next((feed.outlet for feed in known.values()), None)
    outlet = outlet or next((o for offer in site.offers if (o := placing.known(offer.outline))), None)
    home = Outline(title=_name(site), feed_url=site.offers[0].url, home_url=site.home, categories=())
    return Prospect(known, outlet or placing.known(home), placing.place(home).name)


def _name(site: Site) -> str:
    """What several feeds' titles begin with ("The Gazette" of "The Gazette – News" and "The Gazette – Sport"), else
    the first one's title."""
    titles = [offer.title for offer in site.offers]
    same = itertools.takewhile(lambda signs: len(set(signs)) == 1, zip(*titles, strict=False))
    common = re.sub(r"[\W_]+$", "", "".join(signs[0] for signs in same))
    whole_words = all(title[len(common) : len(common) + 1] in ("", *" :-–—|,/") for title in titles)
    return common if whole_words and len(common) >= MIN_NAME else titles[0]


def take(site: Site, chosen: Sequence[Offer], *, outlet: Outlet | None, name: str, now: datetime) -> Subscribed:
    """Subscribe to the chosen offers: for `outlet`, or for a new one of this name.

    Raises Permanent for an address that can't be a feed's; then nothing is added.
    """
    with transaction.atomic():
        owner = outlet or _new_outlet(site, name)
        taken = subscribing.subscribe_all([offer.outline for offer in chosen], now=now, outlet=owner)
        refused = next((each.reason for each in taken if each.feed is None), "")
        if refused:
            raise Permanent(refused)
        feeds = [each.feed for each in taken if each.feed]
        for offer, each in zip(chosen, taken, strict=True):
            if each.created and each.feed and offer.lang:
                Feed.objects.filter(pk=each.feed.pk).update(lang=offer.lang)
        if not any(each.created for each in taken) and outlet is None:
            # Somebody added them a moment ago: an outlet without feeds would only be in the way.
            owner.delete()
            owner = feeds[0].outlet
    return Subscribed(owner, feeds, sum(each.created for each in taken))


def _new_outlet(site: Site, name: str) -> Outlet:
    """An outlet for the site; it gets the site's domain only where no other outlet has it."""
    here = placing.place(Outline(title=name, feed_url=site.offers[0].url, home_url=site.home, categories=()))
    taken = placing.known(Outline(title=name, feed_url=site.offers[0].url, home_url=site.home, categories=()))
    domains = [here.domain] if here.domain and not taken else []
    return Outlet.objects.create(
        name=name, slug=placing.free_slug(name), domains=domains, homepage=here.homepage, lang=""
    )
