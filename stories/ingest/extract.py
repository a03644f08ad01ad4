"""A page's bytes to its article's text, by trafilatura, and to what the page says of it.

It never touches the network, stores nothing, and refuses pages that hold no article; how long it may take is for the
caller to enforce. The choice of trafilatura's settings was measured, see _text_of.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import lxml.html
import trafilatura
from feedparser.encodings import parse_content_type

from . import entries, markup, pagemeta
from .datelines import dateline
from .errors import Permanent
from .languages import language

__all__ = ["Extracted", "dateline", "extract", "language"]

# trafilatura logs every page that it cannot use as an error; here that is an answer.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

# The benchmark's news pages: mean 169 KB and 1,500 tags, largest 1.5 MB and 3,200 tags. trafilatura's time grows with
# the square of the tags in a paragraph: at this bound the worst page found takes 14 s, at 120,000 tags it took 227 s.
MAX_PAGE = 5 * 1024 * 1024
MAX_TAGS = 30_000
MAX_TEXT = 500_000
# A news item in brief has some 30 words; consent walls and error pages have fewer.
MIN_TEXT = 140
# Below this the fast extraction has missed the article or the page has none: the slow one decides (trafilatura's own
# threshold for the same question).
SHORT_TEXT = 250

# A line of this length is prose whether or not a full stop ends it (some pages break lines by hand); menus are shorter.
LONG_LINE = 50
_SENTENCE_END = re.compile(r"[.!?…。！？।؟]['\"’”»)\]]*$")

_DATES = {"extensive_search": False, "original_date": True}
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "")
_CHALLENGE = re.compile(
    r"(?:enable|activate|turn on) (?:js|javascript|cookies)|verify (?:that )?you(?:'re| are) (?:not a robot|a? ?human)"
    r"|are you a robot|disable (?:your |any )?ad ?blocker|checking your browser",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article as its page has it. Plain text; "" or None for what the page does not say."""

    text: str  # paragraphs separated by an empty line
    title: str
    byline: str
    dateline: str
    lang: str  # ISO 639-1, by the text itself
    canonical_url: str
    claimed_at: datetime | None


def extract(body: bytes, *, url: str, content_type: str = "", now: datetime | None = None) -> Extracted:
    """Extract the article from the page at `url`. `content_type` is the server's header; `now` bounds the claimed date
    (without it the clock is asked). Raises Permanent with a sentence where there is no usable text."""
    tree = _tree(body, content_type)
    found = _text_of(tree, url)
    text = _clean_text(str(found.text or "")) if found is not None else ""
    title = markup.line(str(found.title or ""), entries.MAX_TITLE) if found is not None else ""
    if found is None or _prose(text, title) < MIN_TEXT:
        raise Permanent("The page holds no article text")
    text = _without_headline(text, title, tree)
    if len(text) < 3 * MIN_TEXT and _CHALLENGE.search(text):
        raise Permanent("The page shows a browser check instead of an article")
    return Extracted(
        text=text,
        title=title,
        byline=entries.byline(str(found.author or "").split(";")),
        dateline=dateline(text),
        lang=language(text),
        canonical_url=pagemeta.canonical_url(tree, url),
        claimed_at=pagemeta.published(tree, now or datetime.now(UTC)),
    )


def _tree(body: bytes, content_type: str) -> lxml.html.HtmlElement:
    """The parsed page; raises Permanent for what is no page, too large, or cannot be parsed."""
    kind, charset = parse_content_type(content_type.lower())
    if kind not in _PAGE_TYPES:
        raise Permanent(f"This address holds {kind[:60]}, not a page")
    if len(body) > MAX_PAGE or body.count(b"<") > MAX_TAGS:
        raise Permanent(f"The page is too large to be read ({len(body) / 2**20:.1f} MB, {body.count(b'<')} tags)")
    try:
        tree = trafilatura.load_html(_decoded(body, charset))
    except (ValueError, TypeError, LookupError, AssertionError) as error:
        raise Permanent("The page cannot be read as HTML") from error
    if tree is None:
        raise Permanent("The page holds no article text")
    return tree


def _decoded(body: bytes, charset: str) -> bytes | str:
    """The page as text where the server names a charset that fits; else the bytes, for trafilatura to find out."""
    try:
        return body.decode(charset) if charset and charset.isascii() and len(charset) < 20 else body
    except (UnicodeError, LookupError):
        return body


def _text_of(tree: lxml.html.HtmlElement, url: str) -> Any:
    """trafilatura's document, or None.

    Measured on the 181 pages of the article-extraction-benchmark (precision, recall, F1, pages per CPU second):
    fast .946 .979 .962, 59; favour precision .958 .971 .964, 47; default .942 .978 .960, 38; fast and precision
    .947 .946 .946, 78; each without tables .003 to .007 lower. Fast and precision-favouring are one within the error of
    .006; fast keeps more of the article for a third less time. Where it finds next to nothing, the default decides.
    """
    found = _run(tree, url, fast=True)
    if found is not None and len(found.text or "") >= SHORT_TEXT:
        return found
    slow = _run(tree, url, fast=False)
    return max(
        (each for each in (found, slow) if each is not None), key=lambda each: len(each.text or ""), default=None
    )


def _run(tree: lxml.html.HtmlElement, url: str, *, fast: bool) -> Any:
    try:
        return trafilatura.bare_extraction(
            tree, url=url, fast=fast, include_comments=False, with_metadata=True, date_extraction_params=dict(_DATES)
        )
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError, AssertionError) as error:
        # Faults of the libraries on malformed pages; the page is at the root of each, and will be again.
        raise Permanent(f"The page cannot be read ({type(error).__name__})") from error


def _prose(text: str, title: str) -> int:
    """How many characters stand in sentences. A page of pictures or a video yields its menu and headline instead."""
    parts = [part for part in text.split("\n\n") if part.casefold() != title.casefold()]
    return sum(len(part) for part in parts if len(part) >= LONG_LINE or (len(part) > 20 and _SENTENCE_END.search(part)))


def _without_headline(text: str, title: str, tree: lxml.html.HtmlElement) -> str:
    """The text without the headline that trafilatura often leaves on top of it: that is no sentence of the article."""
    headlines = {title.casefold(), *(markup.line(h1.text_content(), MAX_TEXT).casefold() for h1 in tree.iter("h1"))}
    first, _, rest = text.partition("\n\n")
    return rest if rest and first.casefold() in headlines else text


def _clean_text(text: str) -> str:
    lines = (markup.line(part, MAX_TEXT) for part in text[:MAX_TEXT].splitlines())
    return "\n\n".join(part for part in lines if part)
