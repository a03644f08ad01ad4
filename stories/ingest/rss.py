"""RSS and Atom, as feedparser reads them, in the terms of entries.py. It decides nothing about safety or length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .entries import RawEntry, Text

_HTML_TYPES = {"text/html", "application/xhtml+xml"}
_TEXT_TYPES = _HTML_TYPES | {"text/plain", ""}


def raw_entry(entry: Any) -> RawEntry:
    """One entry of a feedparser dictionary."""
    source = _mapping(entry, "source")
    return RawEntry(
        guid=_text(entry, "id"),
        url=_text(entry, "feedburner_origlink") or _link(entry),
        title=_detailed(entry, "title"),
        summary=_detailed(entry, "summary"),
        content=_content(entry),
        authors=tuple(_authors(entry)),
        published=_text(entry, "published") or _text(entry, "created"),
        updated=_text(entry, "updated"),
        source_name=_text(source, "title"),
        source_url=_text(source, "href") or _link(source),
        lang=_text(entry, "language") or _content_language(entry),
    )


def linked(feed: Any, relation: str) -> list[str]:
    """The addresses that a feed links to as its "hub", "self" or another relation, in their order."""
    return [_text(link, "href") for link in _links(feed) if relation in _text(link, "rel").lower().split()]


def period(feed: Any) -> tuple[str, str]:
    """What sy:updatePeriod and sy:updateFrequency say, or ""."""
    return _text(feed, "sy_updateperiod"), _text(feed, "sy_updatefrequency")


def home(feed: Any) -> str:
    """The address of the page that the feed belongs to, or ""."""
    return _link(feed)


def _text(mapping: Any, key: str) -> str:
    # dict.get, because feedparser's own answers "published" when asked for a missing "updated".
    value = dict.get(mapping, key)
    return value if isinstance(value, str) else ""


def _mapping(mapping: Any, key: str) -> Mapping[str, Any]:
    value = dict.get(mapping, key)
    return value if isinstance(value, dict) else {}


def _links(mapping: Any) -> list[Any]:
    value = dict.get(mapping, "links")
    return [link for link in value if isinstance(link, dict)] if isinstance(value, list) else []


def _link(mapping: Any) -> str:
    """The link of an entry or feed; of several alternates the first that is a page."""
    alternates = [link for link in _links(mapping) if _text(link, "rel") in ("alternate", "")]
    pages = [link for link in alternates if _text(link, "type") in ("", "text/html", "application/xhtml+xml")]
    found = next((_text(link, "href") for link in pages or alternates if _text(link, "href")), "")
    return found or _text(mapping, "link")


def _detailed(entry: Any, key: str) -> Text:
    detail = _mapping(entry, f"{key}_detail")
    return Text(_text(entry, key), _text(detail, "type") in _HTML_TYPES)


def _content(entry: Any) -> Text:
    """The longest textual content that the entry carries."""
    items = dict.get(entry, "content")
    texts = [
        Text(_text(item, "value"), _text(item, "type") in _HTML_TYPES)
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict) and _text(item, "type") in _TEXT_TYPES
    ]
    return max(texts, key=lambda text: len(text.value), default=Text())


def _content_language(entry: Any) -> str:
    items = dict.get(entry, "content")
    return next((_text(item, "language") for item in items if _text(item, "language")), "") if items else ""


def _authors(entry: Any) -> Iterator[str]:
    authors = dict.get(entry, "authors")
    named = [_text(author, "name") for author in authors if isinstance(author, dict)] if authors else []
    named = [name for name in named if name.strip()]
    yield from named or [_text(_mapping(entry, "author_detail"), "name") or _text(entry, "author")]
