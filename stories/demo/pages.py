"""The demo world's newsrooms as HTML: article pages with the clutter of real ones, front pages, and their one style.

Every value is escaped here and only here. It decides nothing about what is out (data.py does), and no page loads
anything from elsewhere or runs a script.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape as e

from .data import DemoOutlet, Published, Version

STYLE = (
    "body{font:18px/1.55 Georgia,serif;max-width:42rem;margin:0 auto;padding:1rem;color:#222;background:#fff}"
    "header,nav,aside,footer{font:15px/1.5 system-ui,sans-serif;color:#555}a{color:#1a4f8b}"
    "header b{font:700 1.5rem/1.3 Georgia,serif;color:#111}nav a{margin-right:1rem}h1{line-height:1.2}"
    ".correction{border-left:3px solid #888;padding-left:.8rem;font-style:italic}"
    ".player{aspect-ratio:16/9;background:#ddd}aside,footer{border-top:1px solid #ccc;margin-top:2rem;padding-top:1rem}"
)


def style_hash() -> str:
    """The Content-Security-Policy source that allows the pages' one style element, where the policy is strict."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def body_html(version: Version) -> str:
    """The article's paragraphs, after the correction note where there is one."""
    note = f'<p class="correction">{e(version.correction)}</p>' if version.correction else ""
    return note + "".join(f"<p>{e(p)}</p>" for p in version.text.split("\n\n") if p)


def front_page(outlet: DemoOutlet, newest: Sequence[Published], base: str) -> str:
    """The outlet's front page; `base` is the world's address without a trailing slash."""
    rows = "".join(
        f'<section><h2><a href="{e(base + item.article.path)}">{e(item.version.title)}</a></h2>'
        f"<p>{e(item.version.summary)}</p></section>"
        for item in newest
    )
    head = f'<title>{e(outlet.name)}</title><meta name="description" content="{e(outlet.tagline)}">'
    return _document(outlet, base, head, f"<main>{rows}</main>")


def article_page(outlet: DemoOutlet, item: Published, siblings: Sequence[Published], base: str) -> str:
    """The article's page; `siblings` are the outlet's articles that its sidebar lists, itself left out."""
    head = _article_head(outlet, item, base)
    if item.article.page == "no-text":  # a player or a gallery, and nothing to read
        title = e(item.version.title)
        player = f'<div class="player" role="img" aria-label="{title}"></div>'
        return _document(outlet, base, head, f"<main><article><h1>{title}</h1>{player}</article></main>")
    return _document(outlet, base, head, _article(item) + _sidebar(item, siblings, base))


def _document(outlet: DemoOutlet, base: str, head: str, main: str) -> str:
    """A whole document; `head` and `main` are HTML already."""
    front = e(f"{base}/{outlet.slug}/")
    menu = "".join(f'<a href="{front}#{n}">{e(section)}</a>' for n, section in enumerate(outlet.sections))
    return (
        f'<!doctype html><html lang="{e(outlet.lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
        f'<link rel="alternate" type="application/rss+xml" title="{e(outlet.name)}" href="{front}feed.xml">'
        f"<style>{STYLE}</style></head><body>"
        f'<header><a href="{front}"><b>{e(outlet.name)}</b></a> <span>{e(outlet.tagline)}</span></header>'
        f"<nav>{menu}</nav>{main}"
        f"<footer><p>{e(outlet.name)} is an invented newsroom in Firsthand’s demo.</p>"
        '<p><a href="#">About us</a> <a href="#">Cookies</a> <a href="#">Complaints</a></p></footer></body></html>'
    )


def _article_head(outlet: DemoOutlet, item: Published, base: str) -> str:
    version, byline = item.version, item.article.byline
    url = base + item.article.path
    properties = {
        "og:type": "article",
        "og:site_name": outlet.name,
        "og:title": version.title,
        "og:description": version.summary,
        "og:url": url,
        "article:published_time": item.claimed.isoformat(),
        "article:modified_time": item.modified.isoformat(),
    }
    author = f'<meta name="author" content="{e(byline)}">' if byline else ""
    return (
        f"<title>{e(version.title)} | {e(outlet.name)}</title>"
        f'<link rel="canonical" href="{e(url)}"><meta name="description" content="{e(version.summary)}">{author}'
        + "".join(f'<meta property="{name}" content="{e(value)}">' for name, value in properties.items())
        + _linked_data(outlet, item)
    )


def _linked_data(outlet: DemoOutlet, item: Published) -> str:
    byline = item.article.byline
    author = {"@type": "Person", "name": byline} if byline else {"@type": "Organization", "name": outlet.name}
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.version.title,
        "datePublished": item.claimed.isoformat(),
        "dateModified": item.modified.isoformat(),
        "author": author,
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
    }
    data = json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")  # nothing can close the element early
    return f'<script type="application/ld+json">{data}</script>'


def _article(item: Published) -> str:
    byline = f'<p class="byline">By {e(item.article.byline)}</p>' if item.article.byline else ""
    stamp = f'<time datetime="{item.claimed.isoformat()}">{item.claimed:%Y-%m-%d %H:%M} UTC</time>'
    return (
        f'<main><article><h1>{e(item.version.title)}</h1>{byline}<p class="meta">{stamp}</p>'
        '<div class="share"><a href="#">Share</a> <a href="#">Save</a> <a href="#">Print</a></div>'
        f'<div class="story-body">{body_html(item.version)}</div></article></main>'
    )


def _sidebar(item: Published, siblings: Sequence[Published], base: str) -> str:
    rows = "".join(
        f'<li><a href="{e(base + other.article.path)}">{e(other.version.title)}</a></li>'
        for other in siblings
        if other.article.id != item.article.id
    )
    return (
        f'<aside class="related"><h2>Most read</h2><ul>{rows}</ul>'
        '<h2>Newsletter</h2><p><a href="#">The day in five minutes</a></p></aside>'
    )
