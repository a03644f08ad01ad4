"""From a site's address to its feeds: what the page declares, what it links to, and where feeds usually are.

What it hands back has been fetched and parsed, so it is a feed; which of them to subscribe to is a person's choice.
Who fetches, and how politely, is the caller's: it asks through one function and decides only what to ask for next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

import lxml.html

from . import fetch, isolated, links, markup
from .entries import MAX_NAME, Entry, ParsedFeed, address
from .errors import Failure, Permanent, Temporary
from .syntax import to_utf8

# A front page may declare dozens, its sections, of which the first are the broadest. At a request a second, a person
# who waits for the answer has patience for about so many; the rest can be added by their own addresses.
MAX_TRIED = 5
# Where a page names none: tried one after the other until one is a feed.
MAX_GUESSED = 6
MAX_PAGE = 3 * 1024 * 1024
# Fewer dated entries than this say nothing about how often a feed publishes.
MIN_DATED = 3

_FEED_TYPES = {
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml",
    "application/xml", "application/x-rss+xml",
}  # fmt: skip
_FEED_PATH = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom)(?:\.xml|\.json)?/?|/(?:rss|feed|feeds)/[^?#]*)$", re.I
)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.IGNORECASE)
_COMMON_PATHS = ("/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml")

# Answers in the order of the requests; what goes wrong with one is its answer.
Ask = Callable[[Sequence[fetch.Request]], Sequence[fetch.Response | Failure]]


@dataclass(frozen=True, slots=True)
class FeedLink:
    """What a page says that a feed is: its address, and a title that may be empty."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that answered: where it lives for good, what it calls itself, and what it held."""

    url: str
    title: str
    feed: ParsedFeed


def find_feeds(url: str, ask: Ask, now: datetime) -> list[FoundFeed]:
    """The feeds of the site at `url`, or the feed that `url` itself is. A missing scheme is taken for https, then http.

    Raises Temporary where the site does not answer for the moment, Permanent where there is no feed.
    """
    response = _site(url, ask)
    itself = _read(response, FeedLink(response.url, ""), now)
    if isinstance(itself, FoundFeed):
        return [itself]
    found = _confirmed(feed_links(response.body, url=response.final_url)[:MAX_TRIED], ask, now)
    for guess in candidates(response.final_url) if not found else []:
        found = _confirmed([FeedLink(guess, "")], ask, now)
        if found:
            break
    if not found:
        # Of a web page that is all there is to say; of a list of feeds, or of what is broken, there is more.
        why = "" if "web page" in itself.reason else f". {itself.reason}"
        raise Permanent(f"No feed was found at {links.host(response.url) or url.strip()[:200]}{why}")
    return found


def feed_links(body: bytes, *, url: str) -> list[FeedLink]:
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
    found: dict[str, FeedLink] = {}
    for feed in (*_declared(tree, base), *_linked(tree, base)):
        found.setdefault(links.url_key(feed.url), feed)
    return sorted(found.values(), key=lambda feed: bool(_COMMENTS.search(f"{feed.url} {feed.title}")))


def candidates(url: str) -> list[str]:
    """The MAX_GUESSED likeliest addresses of a site's feed: beside the page, then at the site's root."""
    parts = urlsplit(links.safe_url(url))
    if not parts.netloc:
        return []
    root = f"{parts.scheme}://{parts.netloc}"
    beside = (
        [f"{root}{parts.path.rstrip('/')}{path}" for path in ("/feed", "/rss.xml")] if parts.path.strip("/") else []
    )
    return [*beside, *(root + path for path in _COMMON_PATHS)][:MAX_GUESSED]


def newest(feed: ParsedFeed, count: int) -> list[Entry]:
    """The first entries by their own times; those without a time keep the feed's order, after the others."""
    dated = [entry for entry in feed.entries if entry.claimed_at]
    dated.sort(key=lambda entry: entry.claimed_at.timestamp() if entry.claimed_at else 0.0, reverse=True)
    return [*dated, *(entry for entry in feed.entries if not entry.claimed_at)][:count]


def rhythm(feed: ParsedFeed) -> timedelta | None:
    """The mean time between entries by their own times; None where too few of them give one."""
    times = sorted(entry.claimed_at for entry in feed.entries if entry.claimed_at)
    if len(times) < MIN_DATED or times[0] == times[-1]:
        return None
    return (times[-1] - times[0]) / (len(times) - 1)


def _site(url: str, ask: Ask) -> fetch.Response:
    typed = url.strip()
    try:
        return _one(typed if "://" in typed else f"https://{typed}", ask)
    except Temporary:
        if "://" in typed:
            raise
        return _one(f"http://{typed}", ask)


def _one(url: str, ask: Ask) -> fetch.Response:
    answer = ask([fetch.Request(url, accept=fetch.ACCEPT_FEED)])[0]
    if isinstance(answer, Failure):
        raise answer
    return answer


def _confirmed(named: Sequence[FeedLink], ask: Ask, now: datetime) -> list[FoundFeed]:
    """Those that answer with a feed; each feed once, by where it ends up."""
    confirmed: dict[str, FoundFeed] = {}
    answers = ask([fetch.Request(link.url, accept=fetch.ACCEPT_FEED) for link in named]) if named else ()
    for link, answer in zip(named, answers, strict=True):
        if isinstance(answer, Failure):
            continue
        found = _read(answer, link, now)
        if isinstance(found, FoundFeed):
            confirmed.setdefault(links.url_key(answer.final_url), found)
    return list(confirmed.values())


def _read(answer: fetch.Response, link: FeedLink, now: datetime) -> FoundFeed | Failure:
    """The feed in an answer, with the title that it gives itself; or why it holds none."""
    try:
        parsed = isolated.feed(answer.body, url=answer.final_url, headers=answer.headers, now=now)
    except Failure as failure:
        return failure
    return FoundFeed(answer.permanent_url or link.url, parsed.title or link.title, parsed)


def _declared(tree: lxml.html.HtmlElement, base: str) -> Iterator[FeedLink]:
    for link in tree.xpath("//link[@href]"):
        kind = str(link.get("type") or "").split(";")[0].strip().lower()
        relations = str(link.get("rel") or "").lower().split()
        if "feed" in relations or ("alternate" in relations and kind in _FEED_TYPES):
            yield from _link(link.get("href"), link.get("title"), base)


def _linked(tree: lxml.html.HtmlElement, base: str) -> Iterable[FeedLink]:
    """Links within the site whose path looks like a feed's."""
    for anchor in tree.xpath("//a[@href]"):
        for feed in _link(anchor.get("href"), anchor.text_content(), base):
            same_site = links.site_domain(feed.url) == links.site_domain(base)
            if same_site and _FEED_PATH.search(urlsplit(feed.url).path):
                yield feed


def _link(href: str | None, title: str | None, base: str) -> Iterator[FeedLink]:
    # Old pages write feed://herald.example/rss, or feed:https://..., to call a reader.
    written = re.sub(r"^\s*feed:(?://)?(?=https?:)|^\s*feed:(?=//)", "", href or "", flags=re.IGNORECASE)
    if url := address(written, base):
        yield FeedLink(url.partition("#")[0], markup.line(title or "", MAX_NAME))
