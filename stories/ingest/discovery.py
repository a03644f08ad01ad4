"""From a site's address to its feeds: what the page declares, what it links to, and where feeds usually are.

What it hands back has been fetched and parsed, so it is a feed; which of them to subscribe to is a person's choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import lxml.html

from . import feeds, fetch, links, markup
from .entries import MAX_NAME, address
from .errors import Failure, Permanent, Temporary
from .syntax import to_utf8

# Tried in one batch; a front page with more feeds than this lists its sections, of which the first are the broadest.
MAX_TRIED = 12
MAX_PAGE = 3 * 1024 * 1024

_FEED_TYPES = {
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml",
    "application/xml", "application/x-rss+xml",
}  # fmt: skip
_FEED_PATH = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom)(?:\.xml|\.json)?/?|/(?:rss|feed|feeds)/[^?#]*)$", re.I
)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.IGNORECASE)
_COMMON_PATHS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all.rss", "/feed.json")


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed's address and title; the title may be empty."""

    url: str
    title: str


def find_feeds(url: str, policy: fetch.Policy, now: datetime) -> list[FoundFeed]:
    """The feeds of the site at `url`, or the feed that `url` itself is. A missing scheme is taken for https, then http.

    Raises Temporary where the site does not answer for the moment, Permanent where there is no feed.
    """
    response = _site(url, policy)
    try:
        feed = feeds.parse(response.body, url=response.final_url, headers=response.headers, now=now)
        return [FoundFeed(response.permanent_url or response.url, feed.title)]
    except Permanent:
        declared = feed_links(response.body, url=response.final_url)
    found = _confirmed(declared[:MAX_TRIED], policy, now)
    if not found:
        guesses = [FoundFeed(guess, "") for guess in candidates(response.final_url)]
        found = _confirmed(guesses, policy, now)[:1]
    if not found:
        raise Permanent(f"No feed was found at {url.strip()[:200]}")
    return found


def feed_links(body: bytes, *, url: str) -> list[FoundFeed]:
    """The feeds that a page names, best first: those it declares, then links that look like feeds, comments last."""
    # Every process that shows a form gets here in principle; none should spend its start on an extractor for that.
    import trafilatura  # noqa: PLC0415

    try:
        tree = trafilatura.load_html(to_utf8(body[:MAX_PAGE], ""))
    except (ValueError, TypeError, LookupError, AssertionError, Permanent):
        return []
    if tree is None:
        return []
    base = urljoin(url, next(iter(tree.xpath("//base/@href")), ""))
    found: dict[str, FoundFeed] = {}
    for feed in (*_declared(tree, base), *_linked(tree, base)):
        found.setdefault(links.url_key(feed.url), feed)
    return sorted(found.values(), key=lambda feed: bool(_COMMENTS.search(f"{feed.url} {feed.title}")))


def candidates(url: str) -> list[str]:
    """Addresses at which a site's feed usually is: beside the page, then at the site's root."""
    parts = urlsplit(links.safe_url(url))
    if not parts.netloc:
        return []
    root = f"{parts.scheme}://{parts.netloc}"
    beside = (
        [f"{root}{parts.path.rstrip('/')}{path}" for path in ("/feed", "/rss.xml")] if parts.path.strip("/") else []
    )
    return [*beside, *(root + path for path in _COMMON_PATHS)]


def _site(url: str, policy: fetch.Policy) -> fetch.Response:
    typed = url.strip()
    request = fetch.Request(typed if "://" in typed else f"https://{typed}", accept=fetch.ACCEPT_FEED)
    try:
        return fetch.fetch_one(request, policy)
    except Temporary:
        if "://" in typed:
            raise
        return fetch.fetch_one(fetch.Request(f"http://{typed}", accept=fetch.ACCEPT_FEED), policy)


def _confirmed(found: Sequence[FoundFeed], policy: fetch.Policy, now: datetime) -> list[FoundFeed]:
    """Those that answer with a feed, with the title that the feed gives itself; each feed once, by where it ends up."""
    requests = [fetch.Request(feed.url, accept=fetch.ACCEPT_FEED) for feed in found]
    confirmed: dict[str, FoundFeed] = {}
    for feed, answer in zip(found, fetch.fetch_many_blocking(requests, policy), strict=True):
        if isinstance(answer, Failure):
            continue
        try:
            parsed = feeds.parse(answer.body, url=answer.final_url, headers=answer.headers, now=now)
        except Permanent:
            continue
        best = FoundFeed(answer.permanent_url or feed.url, parsed.title or feed.title)
        confirmed.setdefault(links.url_key(answer.final_url), best)
    return list(confirmed.values())


def _declared(tree: lxml.html.HtmlElement, base: str) -> Iterator[FoundFeed]:
    for link in tree.xpath("//link[@href]"):
        kind = str(link.get("type") or "").split(";")[0].strip().lower()
        relations = str(link.get("rel") or "").lower().split()
        if "feed" in relations or ("alternate" in relations and kind in _FEED_TYPES):
            yield from _found(link.get("href"), link.get("title"), base)


def _linked(tree: lxml.html.HtmlElement, base: str) -> Iterator[FoundFeed]:
    """Links within the site whose path looks like a feed's."""
    for anchor in tree.xpath("//a[@href]"):
        for feed in _found(anchor.get("href"), anchor.text_content(), base):
            same_site = links.site_domain(feed.url) == links.site_domain(base)
            if same_site and _FEED_PATH.search(urlsplit(feed.url).path):
                yield feed


def _found(href: str | None, title: str | None, base: str) -> Iterator[FoundFeed]:
    # Old pages write feed://herald.example/rss, or feed:https://..., to call a reader.
    written = re.sub(r"^\s*feed:(?://)?(?=https?:)|^\s*feed:(?=//)", "", href or "", flags=re.IGNORECASE)
    if url := address(written, base):
        yield FoundFeed(url.partition("#")[0], markup.line(title or "", MAX_NAME))
