"""The demo world: an invented republic's newsrooms, served as feeds and pages for a machine without the internet.

Everything is a pure function of the moment at which the world started, the address at which it is served, and now: ask
twice, get the same bytes. Most articles are out before the start; a denial, a correction and a changed headline come
within the first minutes, so that a newcomer sees stories move.

It opens no socket, reads no clock and stores nothing; the server that answers with these bytes is somebody else's.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from .data import DemoOutlet, Published, World, at, load, published
from .pages import article_page, body_html, front_page, style_hash

__all__ = [
    "DemoOutlet",
    "FeedFile",
    "Page",
    "World",
    "feed",
    "gold",
    "home",
    "load",
    "opml",
    "outlets",
    "page",
    "published",
    "style_hash",
]

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_ATOM = "http://www.w3.org/2005/Atom"
for _prefix, _uri in (("content", _CONTENT), ("dc", _DC), ("atom", _ATOM)):
    ET.register_namespace(_prefix, _uri)

_GONE = b"<!doctype html><html lang=en><title>Gone</title><h1>This page has been taken down</h1></html>"


@dataclass(frozen=True, slots=True)
class FeedFile:
    """What a feed's address answers: RSS 2.0 in UTF-8, a strong entity tag in its quotes, and the last change."""

    body: bytes
    etag: str
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """What a page's address answers: HTTP status and HTML in UTF-8."""

    status: int
    body: bytes


def outlets() -> tuple[DemoOutlet, ...]:
    """Every outlet of the world, by slug."""
    return tuple(outlet for _, outlet in sorted(load().outlets.items()))


def feed(outlet_slug: str, *, start: datetime, base_url: str, now: datetime) -> FeedFile | None:
    """The outlet's RSS at `now`, newest first; None for an outlet that is not of this world."""
    outlet = load().outlets.get(outlet_slug)
    if outlet is None:
        return None
    items = published(start, now, outlet_slug)
    changed = max((i.modified for i in items), default=at(start, load().articles[0].minutes))
    body = _rss(outlet, items, base_url.rstrip("/"), changed)
    return FeedFile(body, f'"{hashlib.sha256(body).hexdigest()[:24]}"', changed)


def _rss(outlet: DemoOutlet, items: tuple[Published, ...], base: str, changed: datetime) -> bytes:
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", outlet.name)
    _add(channel, "link", f"{base}/{outlet.slug}/")
    _add(channel, "description", outlet.tagline)
    _add(channel, "language", outlet.lang)
    _add(channel, "lastBuildDate", format_datetime(changed, usegmt=True))
    _add(channel, f"{{{_ATOM}}}link", rel="self", type="application/rss+xml", href=f"{base}/{outlet.slug}/feed.xml")
    for item in sorted(items, key=lambda i: (i.published, i.article.id), reverse=True):
        _add_item(channel, item, base)
    return bytes(ET.tostring(rss, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text


def _add_item(channel: ET.Element, item: Published, base: str) -> None:
    article, version = item.article, item.version
    row = ET.SubElement(channel, "item")
    _add(row, "title", version.title)
    _add(row, "link", base + article.path)
    _add(row, "guid", f"{article.outlet}:{article.id}", isPermaLink="false")
    _add(row, "pubDate", format_datetime(item.claimed, usegmt=True))
    _add(row, "description", version.summary)
    if article.byline:
        _add(row, f"{{{_DC}}}creator", article.byline)
    if article.feed_content:
        _add(row, f"{{{_CONTENT}}}encoded", body_html(version))
    if article.source:
        _add(row, "source", load().outlets[article.source].name, url=f"{base}/{article.source}/feed.xml")


def page(outlet_slug: str, article_id: str, *, start: datetime, base_url: str, now: datetime) -> Page | None:
    """The article's page at `now`, status 410 for the one that was taken down; None where no such article is out."""
    items = published(start, now, outlet_slug)
    for item in items:
        if item.article.id == article_id:
            if item.article.page == "gone":
                return Page(410, _GONE)
            html = article_page(load().outlets[outlet_slug], item, items, base_url.rstrip("/"))
            return Page(200, html.encode())
    return None


def home(outlet_slug: str, *, start: datetime, base_url: str, now: datetime) -> Page | None:
    """The outlet's front page, which names its feed for discovery; None for an outlet that is not of this world."""
    outlet = load().outlets.get(outlet_slug)
    if outlet is None:
        return None
    newest = published(start, now, outlet_slug)[::-1]
    return Page(200, front_page(outlet, newest, base_url.rstrip("/")).encode())


def opml(start: datetime, base_url: str) -> bytes:
    """OPML 2.0 with the feed of every outlet of the world, dated at its start."""
    base = base_url.rstrip("/")
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    _add(head, "title", "Firsthand demo: the newsrooms of Halvern")
    _add(head, "dateCreated", format_datetime(at(start, 0), usegmt=True))
    body = ET.SubElement(root, "body")
    for outlet in outlets():
        front = f"{base}/{outlet.slug}/"
        about = {
            "type": "rss",
            "text": outlet.name,
            "title": outlet.name,
            "xmlUrl": f"{front}feed.xml",
            "htmlUrl": front,
        }
        ET.SubElement(body, "outline", about)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def gold() -> dict[str, str]:
    """The right answer of the grouping: each article's path under the base address, and the label of its story."""
    return {article.path: article.story for article in load().articles}
