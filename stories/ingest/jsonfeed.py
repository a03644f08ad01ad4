"""JSON Feed 1.0 and 1.1 in the terms of entries.py. Values of a wrong type count as absent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .entries import RawEntry, Text
from .errors import Permanent

VERSION_PREFIX = "jsonfeed.org/version/"


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed's own strings, untouched."""

    title: str
    home: str
    lang: str
    feed_url: str
    hubs: tuple[str, ...]
    entries: tuple[RawEntry, ...]


def read(body: bytes) -> RawFeed:
    """Read a JSON Feed; raises Permanent for JSON that is none, and for what is not JSON."""
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Permanent("This address answers with broken JSON, not with a feed") from error
    if not isinstance(feed, dict) or VERSION_PREFIX not in _text(feed, "version"):
        raise Permanent("This address answers with JSON that is not a feed")
    hubs = [_text(hub, "url") for hub in _dicts(feed, "hubs") if _text(hub, "type").lower() == "websub"]
    return RawFeed(
        title=_text(feed, "title"),
        home=_text(feed, "home_page_url"),
        lang=_text(feed, "language"),
        feed_url=_text(feed, "feed_url"),
        hubs=tuple(hubs),
        entries=tuple(_entry(item, feed) for item in _dicts(feed, "items")),
    )


def _entry(item: dict[str, Any], feed: dict[str, Any]) -> RawEntry:
    html, plain = _text(item, "content_html"), _text(item, "content_text")
    return RawEntry(
        guid=_text(item, "id"),
        url=_text(item, "url") or _text(item, "external_url"),
        title=Text(_text(item, "title")),
        summary=Text(_text(item, "summary")),
        content=Text(html, is_html=True) if html else Text(plain),
        authors=tuple(_authors(item) or _authors(feed)),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        source_name="",
        source_url="",
        lang=_text(item, "language"),
    )


def _authors(mapping: dict[str, Any]) -> list[str]:
    author = mapping.get("author")
    single = [author] if isinstance(author, dict) else []
    return [name for each in _dicts(mapping, "authors") or single if (name := _text(each, "name"))]


def _text(mapping: dict[str, Any], key: str) -> str:
    value = mapping.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # ids are numbers in some feeds, although the specification wants strings
    return value if isinstance(value, str) else ""


def _dicts(mapping: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = mapping.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
