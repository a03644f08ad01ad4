"""What a page's head says of its article: when it was published, where its proper address is.

It reads <meta>, <link> and JSON-LD only, and believes a date as little as dates.py does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import lxml.html

from . import dates, links

# In the order in which they are believed.
_PUBLISHED = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@property='og:published_time' or @property='og:article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//meta[@name='datePublished' or @name='date.created' or @name='DC.date.issued' or @name='dc.date']/@content",
    "//meta[@name='parsely-pub-date' or @name='sailthru.date' or @name='pubdate' or @name='publish-date']/@content",
    "//time[@itemprop='datePublished']/@datetime",
)
_CANONICAL = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
_MAX_JSON = 500_000


def published(tree: lxml.html.HtmlElement, now: datetime) -> datetime | None:
    """When the page says that its article was published: the first believable claim, with a time of day and a zone."""
    for text in (*_structured_dates(tree), *_values(tree, _PUBLISHED)):
        # Pages state local times; one without a zone could be half a day off.
        if re.search(r"(?:Z|[+-]\d\d:?\d\d|GMT|UTC)\s*$", text, re.IGNORECASE) and (at := dates.claimed(text, now)):
            return at
    return None


def canonical_url(tree: lxml.html.HtmlElement, url: str) -> str:
    """The address that the page gives as its proper one, else `url`, both in the form of links.canonical.

    A canonical link to the front page or to a section above the page is a template's mistake and is not followed.
    """
    own = links.canonical(url)
    for value in _values(tree, _CANONICAL):
        found = links.canonical(value, url)
        if found and not _is_above(found, own):
            return found
    return own


def _is_above(found: str, own: str) -> bool:
    """Whether `found` is a front page or a section that `own` lies under: /world for /world/ferry-aground.

    The first page of an article in parts lies above its others too, but has a page's name: /123-ferry of /123-ferry/2.
    """
    there, here = links.url_key(found), links.url_key(own)
    if there == here:
        return False
    site, _, path = there.partition("?")[0].partition("/")
    if not path:
        return "?" not in there
    return here.startswith(f"{site}/{path}/") and not links.names_page(path.rpartition("/")[2])


def _values(tree: lxml.html.HtmlElement, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        for value in tree.xpath(path)[:5]:
            if str(value).strip():
                yield str(value).strip()


def _structured_dates(tree: lxml.html.HtmlElement) -> Iterator[str]:
    """datePublished of the articles that JSON-LD describes."""
    for script in tree.xpath("//script[@type='application/ld+json']")[:20]:
        text = script.text_content()
        if len(text) > _MAX_JSON:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            value = item.get("datePublished")
            if isinstance(value, str) and "article" in str(item.get("@type", "")).lower():
                yield value.strip()


def _items(data: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD document: itself, a list of them, or its @graph."""
    for each in data if isinstance(data, list) else [data]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (node for node in graph if isinstance(node, dict)) if isinstance(graph, list) else ()
