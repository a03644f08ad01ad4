"""Foreign HTML and text made safe to keep: plain paragraphs and single lines.

It trusts nothing that comes in, loads nothing that the markup names, and hands no markup on.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import lxml.html
import nh3
from lxml import etree

# Markup beyond this is cut before it is parsed: longer than any article, short enough to stay quick.
MAX_MARKUP = 1_000_000

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "i",
    "li", "ol", "p", "pre", "q", "strong", "sub", "sup", "ul",
}  # fmt: skip
_BLOCKS = _TAGS - {"a", "abbr", "b", "cite", "code", "em", "i", "q", "strong", "sub", "sup"} | {
    "article", "caption", "div", "figcaption", "figure", "h1", "header", "footer", "section", "table", "tr", "hr",
}  # fmt: skip
# Parsed for plain text: the blocks must survive so that paragraphs do; everything else still goes.
_TEXT_TAGS = _TAGS | _BLOCKS
# Captions are about a picture that is not shown, and are no part of the report.
_DROPPED_WITH_CONTENT = {
    "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "figcaption", "button", "form",
    "select", "textarea", "audio", "video",
}  # fmt: skip

# Control characters, including NUL, which PostgreSQL refuses, and lone surrogates, which UTF-8 cannot write.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Characters that show nothing and would make equal words differ: soft hyphen, zero-width space, byte order mark, and
# joiners where there is nothing to join (beside Latin text; Persian and Indian scripts need theirs). With them go those
# that turn the direction of what follows, a page's own words included; the marks that Arabic and Hebrew need stay.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u202a-\u202e\u2060-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb]|(?<=[\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\x7f])"
)
_TAG = re.compile(r"<[a-zA-Z!/][^<>]{0,2000}>|&(?:[a-zA-Z]{2,10}|#\d{2,6}|#x[0-9a-fA-F]{2,6});")


# Nesting costs the sanitiser time in the square of its depth (20,000: 0.8 s), and libxml2 stops reading at 256; deeper
# markup has its tags removed by force before it gets to either.
MAX_DEPTH = 200
_ANY_TAG = re.compile(r"<[^<>]*>?")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_DEEP = {
    "br",
    "img",
    "hr",
    "p",
    "li",
    "dt",
    "dd",
    "input",
    "meta",
    "link",
    "source",
    "wbr",
    "col",
    "area",
    "embed",
}


def without_control(text: str) -> str:
    """The text with a space for each control character except tabs and line breaks."""
    return _CONTROL.sub(" ", text)


def without_invisible(text: str) -> str:
    """The text without characters that show nothing or turn its direction."""
    return _INVISIBLE.sub("", text)


def line(text: str, limit: int) -> str:
    """One line of plain text: white space folded, no control characters, at most `limit` characters."""
    folded = " ".join(text.split())
    if not (folded.isascii() and folded.isprintable()):  # most need no closer look
        folded = " ".join(without_invisible(without_control(folded)).split())
    return shortened(folded, limit)


def shortened(text: str, limit: int) -> str:
    """The text, cut at a word with an ellipsis where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", int(limit * 0.7))
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:–-") + "…"


def looks_like_markup(text: str) -> bool:
    """Whether a text has tags or entities in it, so that it is HTML although nobody said so."""
    return bool(_TAG.search(text))


def text_line(text: str, limit: int, *, is_html: bool) -> str:
    """A headline or name as one line of plain text, tags removed and entities resolved where it is HTML."""
    return line(" ".join(paragraphs(text)) if is_html else text, limit)


def plain_paragraphs(text: str) -> str:
    """The paragraphs of text that is not HTML, as single lines with an empty one between.

    Empty lines part paragraphs, or, where there are none, line breaks do.
    """
    parts = re.split(r"\n\s*\n", text) if re.search(r"\n\s*\n", text) else text.split("\n")
    return "\n\n".join(folded for part in parts if (folded := line(part, MAX_MARKUP)))


def paragraphs(markup: str) -> list[str]:
    """The paragraphs of an HTML fragment as single lines, in order, none empty."""
    source = nh3.clean(
        _shallow(without_control(markup[:MAX_MARKUP])),
        tags=_TEXT_TAGS - _DROPPED_WITH_CONTENT,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes={},
        link_rel=None,
    )
    if "<" not in source:
        return [folded] if (folded := line(html.unescape(source), MAX_MARKUP)) else []
    try:
        root = lxml.html.fragment_fromstring(source, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return [line(_ANY_TAG.sub(" ", source), MAX_MARKUP)]
    texts = "".join(_pieces(root)).split("\0")
    return [folded for text in texts if (folded := line(text, MAX_MARKUP))]


def _shallow(source: str) -> str:
    """The markup, or its text alone where its elements are nested beyond MAX_DEPTH."""
    depth = 0
    for match in _OPEN_OR_CLOSE.finditer(source):
        if match[2].lower() not in _NEVER_DEEP:
            depth += -1 if match[1] else 1
            if depth > MAX_DEPTH:
                return _ANY_TAG.sub(" ", source)
    return source


def _pieces(root: lxml.html.HtmlElement) -> Iterator[str]:
    """The text of a tree in order, with a NUL wherever a block begins or ends."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BLOCKS:
            yield "\0"
        if event == "start":
            yield element.text or ""
        elif element is not root:
            yield element.tail or ""
