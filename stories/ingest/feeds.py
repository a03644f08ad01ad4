"""A feed's bytes to its entries: RSS, Atom and JSON Feed through one door.

It takes what was fetched and fetches nothing; a document that is no feed is refused with a sentence that says what it
is instead. An empty feed is a feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from . import jsonfeed, rss, syntax
from .challenges import looks_like_challenge
from .entries import MAX_NAME, Entry, ParsedFeed, RawEntry, Text, address, finished, language_code
from .entries import title as title_line
from .errors import Failure, Permanent
from .links import host

__all__ = ["Entry", "ParsedFeed", "parse"]

# More than any outlet publishes between two polls; Media Cloud's fetcher has the same bound.
MAX_ENTRIES = 2000

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
# One link of a Link header with its parameters, and one of these.
_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w*-]{1,30}\s*=\s*(?:\"[^\"]{0,500}\"|[^\s;,\"]{1,500}))*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")
# The standard asks nobody to subscribe at more than one; the next serve where the first refuses.
MAX_HUBS = 5
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 7 * 86_400, "monthly": 30 * 86_400, "yearly": 365 * 86_400}
_INSTEAD = {
    "html": "a web page",
    "opml": "a list of feeds (OPML), which can be imported as a whole,",
    "urlset": "a site map",
    "sitemapindex": "a site map",
    "svg": "a picture",
}
_FILES = (
    (b"\x1f\x8b", "compressed data"),
    (b"PK\x03\x04", "a zip file"),
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)


def parse(body: bytes, *, url: str, headers: Mapping[str, str] = _NO_HEADERS, now: datetime) -> ParsedFeed:
    """Read the feed fetched from `url`. `headers` have lower-case names; `now` bounds the dates that are believed.

    Raises Permanent with a sentence for a person where the document is no feed, replies.Blocked where it is a page that
    tells browsers from robots.
    """
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise Permanent("This address answers with nothing, not with a feed")
    file = next((name for mark, name in _FILES if start.startswith(mark)), "")
    if file:
        raise Permanent(f"This address answers with {file}, not with a feed")
    if start.startswith((b"{", b"[")):
        return _from_json(jsonfeed.read(body), url, headers, now)
    document = syntax.to_utf8(body, headers.get("content-type", ""))
    root = syntax.root_name(document)
    if root == "html":
        raise _page_instead(document, url, headers)
    syntax.check_entities(document)
    document = syntax.bounded(document, MAX_ENTRIES)
    result = syntax.read(document, url=url, language=headers.get("content-language", ""))
    if not result["version"] and not result["entries"]:
        if looks_like_challenge(headers, document):
            raise _page_instead(document, url, headers)
        if root in ("rss", "feed"):
            raise Permanent("The feed is broken: nothing in it can be read")
        raise Permanent(f"This address answers with {_INSTEAD.get(root, _unknown(root))} not with a feed")
    return _from_xml(result, url, headers, now)


def _from_xml(result: Any, url: str, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    feed = result["feed"]
    raw = [rss.raw_entry(entry) for entry in result["entries"][:MAX_ENTRIES]]
    lang = language_code(str(dict.get(feed, "language") or ""))
    return ParsedFeed(
        title=title_line(Text(str(dict.get(feed, "title") or "")))[:MAX_NAME],
        home_url=address(rss.home(feed), url),
        lang=lang,
        ttl_s=_ttl_s(dict.get(feed, "ttl")),
        period_s=_period_s(*rss.period(feed)),
        hubs=_hubs(headers, rss.linked(feed, "hub")),
        self_url=_self_url(headers, rss.linked(feed, "self")),
        entries=_finished(raw, url, lang, now),
    )


def _from_json(feed: jsonfeed.RawFeed, url: str, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    lang = language_code(feed.lang)
    return ParsedFeed(
        title=title_line(Text(feed.title))[:MAX_NAME],
        home_url=address(feed.home, url),
        lang=lang,
        ttl_s=None,
        period_s=None,
        hubs=_hubs(headers, feed.hubs),
        self_url=_self_url(headers, [feed.feed_url]),
        entries=_finished(feed.entries[:MAX_ENTRIES], url, lang, now),
    )


def _finished(raw: list[RawEntry] | tuple[RawEntry, ...], url: str, lang: str, now: datetime) -> tuple[Entry, ...]:
    entries = (finished(each, base=url, feed_lang=lang, now=now) for each in raw)
    return tuple(entry for entry in entries if entry is not None)


def _ttl_s(value: object) -> int | None:
    """RSS <ttl>, given in minutes, in seconds; None where absent or nonsense."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) * 60 if re.fullmatch(r"[0-9]{1,6}", text) and int(text) else None


def _period_s(period: str, frequency: str) -> int | None:
    """How often a feed says that it changes, in seconds; None where it does not say."""
    whole = _PERIODS_S.get(period.strip().lower() or ("daily" if frequency else ""))
    times = int(frequency) if re.fullmatch(r"[0-9]{1,4}", frequency.strip()) else 1
    return max(whole // max(times, 1), 1) if whole else None


def _hubs(headers: Mapping[str, str], named: Iterable[str]) -> tuple[str, ...]:
    """The hubs' absolute addresses, each once: those of the server's headers, then those that the document names."""
    found = dict.fromkeys(address(each, "") for each in (*_linked(headers, "hub"), *named))
    return tuple(each for each in found if each)[:MAX_HUBS]


def _self_url(headers: Mapping[str, str], named: Iterable[str]) -> str:
    found = (address(each, "") for each in (*_linked(headers, "self"), *named))
    return next((each for each in found if each), "")


def _linked(headers: Mapping[str, str], relation: str) -> list[str]:
    """The targets of the Link headers of this relation, as they are written."""
    return [link[1] for link in _LINK.finditer(headers.get("link", "")) if relation in _relations(link[2])]


def _relations(parameters: str) -> list[str]:
    found = (part for part in _PARAMETER.finditer(parameters) if part[1].lower() == "rel")
    return [word for part in found for word in (part[2] or part[3] or "").lower().split()]


def _page_instead(document: bytes, url: str, headers: Mapping[str, str]) -> Failure:
    """What a web page in place of a feed means: the wrong address, or a check that keeps us out."""
    if not looks_like_challenge(headers, document):
        return Permanent("This address answers with a web page, not with a feed")
    from .replies import Blocked  # noqa: PLC0415 it brings a whole HTTP client along, which a parser needs nowhere else

    return Blocked(f"{host(url)} blocked us: it answers automatic readers with a browser check", status=200)


def _unknown(root: str) -> str:
    return f"a document of the kind <{root[:30]}>," if root else "something that is neither a page nor XML,"
