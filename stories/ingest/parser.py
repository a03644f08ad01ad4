"""feedparser 6.0.14, mended and quickened where no option of it reaches. Importing this changes feedparser itself.

What it makes of a feed stays its own: elements that nobody here reads are passed over, work whose result nobody reads
is not done, and expat talks to it without the layers between. Only syntax.py is to use it.
"""

from __future__ import annotations

import functools
import io
import xml.sax
from types import SimpleNamespace
from typing import Any
from xml.parsers import expat

import feedparser
import feedparser.api
import feedparser.mixin
import feedparser.namespaces._base
import feedparser.namespaces.dc
from feedparser.mixin import _FeedParserMixin

__all__ = ["parse"]

# No list of names is longer.
MAX_AUTHOR = 400
# Between the parts of a name as expat tells it; no part can hold it.
_PART = "\x1f"
# expat hands on text in pieces of this size; its own default calls Python four times as often.
_PIECE = 64 * 1024

# Nearly half of the elements of real news feeds; entries.py has no place for what they say. Titles are not among them:
# a feed's only headline can be its picture's.
_UNREAD = frozenset(
    {
        "category", "comments", "enclosure", "dc:subject", "dc:rights", "rdf:li", "rdf:seq", "slash:comments",
        "slash:section", "thr:total", "wfw:comment", "wfw:commentrss", "itunes:category", "itunes:duration",
        "itunes:explicit", "itunes:keywords", "media:category", "media:content", "media:copyright", "media:credit",
        "media:description", "media:hash", "media:keywords", "media:player", "media:rating", "media:restriction",
        "media:text", "media:thumbnail",
    }
)  # fmt: skip


def parse(document: bytes, headers: dict[str, str]) -> Any:
    """The dictionary that feedparser makes of a document, as it came with these headers."""
    return feedparser.parse(
        io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


class _StrictParser(feedparser.api.StrictFeedParser):  # type: ignore[misc]
    """feedparser's parser of well-formed feeds, told by _Reader instead of the layers of xml.sax."""

    decls: dict[str, str]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._tags: dict[str, str] = {}
        self._nesting = 0
        self._unread: list[int] = []

    def startPrefixMapping(self, prefix: str | None, uri: str | None) -> None:  # noqa: N802 SAX's name
        """A namespace comes into force; which names it changes is found anew."""
        self._tags.clear()
        super().startPrefixMapping(prefix, uri)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._nesting += 1
        tag = self._tags.get(name) or self._tag(name)
        if tag in _UNREAD and not self.incontent:
            if ":" not in tag:
                self.intextinput = self.inimage = 0
            self._unread.append(self._nesting)
            self.push("", 0)  # takes the text up
            return
        known, self.decls = self.decls, {}
        if name in ("http://www.w3.org/1998/Math/MathML\x1fmath", "http://www.w3.org/2000/svg\x1fsvg"):
            known["xmlns"] = name.partition(_PART)[0]
        for attribute, value in attributes.items():
            namespace, local, prefix = _parts(attribute)
            standard = self._matchnamespaces.get(namespace.lower(), "")
            known[f"{standard}:{local}".lower() if standard else local.lower()] = value
            known[f"{prefix}:{local}".lower() if prefix else local.lower()] = value
        self.unknown_starttag(tag, list(known.items()))

    def end(self, name: str) -> None:
        """An element ends."""
        if self._unread and self._unread[-1] == self._nesting:
            self._unread.pop()
            if self.elementstack and not self.elementstack[-1][0]:
                self.elementstack.pop()
        else:
            self.unknown_endtag(self._tags.get(name) or self._tag(name))
        self._nesting -= 1

    def text(self, text: str) -> None:
        """Text between tags."""
        if self.elementstack:
            if dict.get(self.contentparams, "type") == "application/xhtml+xml":
                self.handle_data(text)
            else:
                self.elementstack[-1][2].append(text)

    def _tag(self, name: str) -> str:
        """The name by which feedparser knows an element: its prefix the usual one, or the feed's own."""
        namespace, local, _ = _parts(name)
        lower = namespace.lower()
        if "backend.userland.com/rss" in lower:
            namespace = lower = "http://backend.userland.com/rss"
        prefix = self._matchnamespaces.get(lower)
        if not prefix and namespace:
            prefix = next((own for own, uri in self.namespaces_in_use.items() if own and uri == namespace), "")
        tag = self._tags[name] = (f"{prefix}:{local}" if prefix else local).lower()
        return tag


class _Reader:
    """What feedparser asks of a SAX parser, and no more: expat, without the layers of xml.sax."""

    handler: Any

    def setFeature(self, name: str, value: bool) -> None:  # noqa: N802 SAX's name
        """Nothing can be chosen here: namespaces are told, nothing outside the document is read."""

    def setErrorHandler(self, handler: Any) -> None:  # noqa: N802 SAX's name
        """Errors are raised."""

    def setContentHandler(self, handler: _StrictParser) -> None:  # noqa: N802 SAX's name
        """Whom to tell."""
        self.handler = handler

    def parse(self, source: Any) -> None:
        """Tell the handler what is in the source; raises SAXException where it is not well-formed."""
        parser = expat.ParserCreate(namespace_separator=_PART)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = _PIECE
        parser.StartNamespaceDeclHandler = self.handler.startPrefixMapping
        parser.StartElementHandler = self.handler.start
        parser.EndElementHandler = self.handler.end
        parser.CharacterDataHandler = self.handler.text
        try:
            parser.Parse(source.getByteStream().read(), True)
        except expat.ExpatError as error:
            raise xml.sax.SAXException(str(error)) from error


def create_parser() -> _Reader:
    """What feedparser calls in the modules that it was told to prefer as parsers."""
    return _Reader()


def _parts(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix."""
    parts = name.split(_PART)
    if len(parts) == 1:
        return "", name, ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _mend() -> None:
    """Make the changes.

    It searches authors for an e-mail address in quadratic time (32 KB: 13 s), and cuts the address after four letters
    of its last part; entries.byline does it instead. It lists tags, which nobody reads here, in quadratic time. It
    takes media:description, a picture's caption, for the entry's own text. It gives a feed up over one reference to a
    character that can't be. It reads dates, which dates.py reads again from the text, joins the base address with
    itself at each element, and copies flat dictionaries deeply.
    """
    merge = _FeedParserMixin._sync_author_detail

    def author_as_written(self: Any, key: str = "author") -> None:
        context = self._get_context()
        detail = (dict.get(context, f"{key}s") or [feedparser.FeedParserDict()])[-1]
        if detail:
            merge(self, key)  # the parts came as elements of their own; nothing is searched
        elif author := dict.get(context, key):
            context.setdefault(f"{key}_detail", detail)
            detail["name"] = author[:MAX_AUTHOR]

    def start_caption(self: Any, _attributes: Any) -> None:
        self.push("media_description", 1)

    def end_caption(self: Any) -> None:
        self.pop("media_description")

    def last_tag(self: Any, term: str, scheme: str, label: str) -> None:
        self._get_context()["tags"] = [feedparser.FeedParserDict(term=term, scheme=scheme, label=label)]

    handle_charref = _FeedParserMixin.handle_charref

    def any_charref(self: Any, ref: str) -> None:
        try:
            handle_charref(self, ref)
        except (ValueError, OverflowError):
            self.handle_data("\N{REPLACEMENT CHARACTER}")

    def no_date(_text: str) -> None:
        return None

    _FeedParserMixin._sync_author_detail = author_as_written
    _FeedParserMixin._add_tag = last_tag
    _FeedParserMixin.handle_charref = any_charref
    _FeedParserMixin._start_media_description = start_caption
    _FeedParserMixin._end_media_description = end_caption
    feedparser.namespaces._base._parse_date = feedparser.namespaces.dc._parse_date = no_date
    mixin: Any = feedparser.mixin
    mixin.make_safe_absolute_uri = functools.lru_cache(64)(mixin.make_safe_absolute_uri)
    mixin.copy = SimpleNamespace(deepcopy=feedparser.FeedParserDict)
    feedparser.api.StrictFeedParser = _StrictParser
    feedparser.api.PREFERRED_XML_PARSERS = [__name__]


_mend()
