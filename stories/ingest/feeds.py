"""A feed's bytes to its entries: RSS, Atom and JSON Feed through one door.

It takes what was fetched and fetches nothing; a document that is no feed is refused with a sentence that says what it
is instead. An empty feed is a feed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from . import jsonfeed, rss, syntax
from .entries import MAX_NAME, Entry, ParsedFeed, RawEntry, Text, address, finished, language_code
from .entries import title as title_line
from .errors import Permanent

__all__ = ["Entry", "ParsedFeed", "parse"]

# More than any outlet publishes between two polls; Media Cloud's fetcher has the same bound.
MAX_ENTRIES = 2000

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_HUB_HEADER = re.compile(r"<([^<>]{1,2000})>\s*;\s*rel\s*=\s*\"?hub\b", re.IGNORECASE)
_INSTEAD = {
    "html": "a web page",
    "opml": "a list of feeds (OPML), which can be imported as a whole,",
    "urlset": "a site map",
    "sitemapindex": "a site map",
    "svg": "a picture",
}


def parse(body: bytes, *, url: str, headers: Mapping[str, str] = _NO_HEADERS, now: datetime) -> ParsedFeed:
    """Read the feed fetched from `url`. `headers` have lower-case names; `now` bounds the dates that are believed.

    Raises Permanent with a sentence for a person where the document is no feed.
    """
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise Permanent("This address answers with nothing, not with a feed")
    if start.startswith((b"{", b"[")):
        return _from_json(jsonfeed.read(body), url, headers, now)
    document = syntax.to_utf8(body, headers.get("content-type", ""))
    root = syntax.root_name(document)
    if root == "html":
        raise Permanent("This address answers with a web page, not with a feed")
    syntax.check_depth(document)
    result = syntax.read(document, url=url, language=headers.get("content-language", ""))
    if not result["version"] and not result["entries"]:
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
        hub=address(rss.hub(feed), url) or _hub_of(headers),
        entries=_finished(raw, url, lang, now),
    )


def _from_json(feed: jsonfeed.RawFeed, url: str, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    lang = language_code(feed.lang)
    return ParsedFeed(
        title=title_line(Text(feed.title))[:MAX_NAME],
        home_url=address(feed.home, url),
        lang=lang,
        ttl_s=None,
        hub=address(feed.hub, url) or _hub_of(headers),
        entries=_finished(feed.entries[:MAX_ENTRIES], url, lang, now),
    )


def _finished(raw: list[RawEntry] | tuple[RawEntry, ...], url: str, lang: str, now: datetime) -> tuple[Entry, ...]:
    entries = (finished(each, base=url, feed_lang=lang, now=now) for each in raw)
    return tuple(entry for entry in entries if entry is not None)


def _ttl_s(value: object) -> int | None:
    """RSS <ttl>, given in minutes, in seconds; None where absent or nonsense."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) * 60 if re.fullmatch(r"[0-9]{1,6}", text) and int(text) else None


def _hub_of(headers: Mapping[str, str]) -> str:
    match = _HUB_HEADER.search(headers.get("link", ""))
    return address(match[1], "") if match else ""


def _unknown(root: str) -> str:
    return f"a document of the kind <{root[:30]}>," if root else "something that is neither a page nor XML,"
