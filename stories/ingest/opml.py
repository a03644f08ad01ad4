"""OPML, the format in which feed readers exchange their lists: reading anybody's, writing our own.

It fetches nothing: an outline's addresses are taken as they are written, and whether a feed answers there is not asked.
How long reading may take is for the caller to enforce, as isolated.outlines does: libxml2 takes minutes over an element
with some 100,000 attributes.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from lxml import etree

from . import links, markup
from .entries import MAX_NAME, address
from .errors import Permanent
from .syntax import wide_codec

# Lists of public feeds run to a few thousand; more than this is a mistake or an attack.
MAX_OUTLINES = 20_000
MAX_BYTES = 20 * 1024 * 1024
_MAX_CATEGORIES = 10

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^<>]{0,500}\?>")
_DECLARED = re.compile(rb"<\?xml[^<>]{0,300}encoding\s*=\s*[\"']([A-Za-z][\w.-]{1,30})[\"']")
# An ampersand that begins nothing that XML itself defines: a frequent fault in the addresses that fill these files.
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
# An attribute of an outline with quotes or tags written straight into its value: the value ends where the next known
# attribute or the end of the tag follows.
_NAMES = "text|title|description|type|xmlUrl|htmlUrl|url|version|language|category|created|isComment|isBreakpoint"
_ATTRIBUTE = re.compile(rf"(?<=\s)({_NAMES})\s*=\s*\"", re.IGNORECASE)
_LOOSE_VALUE = re.compile(
    r"((?:(?!<outline\b|<head\b|<body\b).){0,5000}?)\""
    rf"(?=\s+(?:{_NAMES})\s*=\s*\"|\s*/?>\s*<(?:/?outline|/?body|/?head|!--))",
    re.DOTALL | re.IGNORECASE,
)
# Attributes without any such end. Each costs the time of 5,000 characters; a file with so many is beyond mending.
_MAX_ENDLESS = 1000
_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+html|html)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. Categories are the names of the outlines around it, outermost first."""

    title: str
    feed_url: str  # as the list has it: whether it is a web address is for whoever subscribes to say
    home_url: str
    categories: tuple[str, ...]


def read(body: bytes) -> list[Outline]:
    """The feeds of an OPML file in its order, each address once.

    Raises Permanent, with the line where one is known, for what is not OPML; a list without feeds is an empty list.
    """
    if len(body) > MAX_BYTES:
        raise _not_opml("it is larger than 20 MB")
    root = _parsed(_decoded(body))
    if _local(root).lower() != "opml":
        raise _not_opml(f"its first element is <{_local(root)[:40]}>")
    found: dict[str, Outline] = {}
    for outline in _outlines(root):
        found.setdefault(outline.feed_url, outline)
    return list(found.values())


def write(title: str, outlines: Iterable[Outline], created: datetime) -> bytes:
    """An OPML 2.0 file in UTF-8 with the outlines nested by category. `created` is an aware datetime."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = markup.line(title, MAX_NAME)
    etree.SubElement(head, "dateCreated").text = email.utils.format_datetime(created)
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for outline in outlines:
        attributes = {"type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.feed_url}
        if outline.home_url:
            attributes["htmlUrl"] = outline.home_url
        clean = {name: markup.line(value, 4000) for name, value in attributes.items()}
        etree.SubElement(_folder(folders, outline.categories), "outline", clean)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _folder(folders: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    if path not in folders:
        name = markup.line(path[-1], MAX_NAME)
        folders[path] = etree.SubElement(_folder(folders, path[:-1]), "outline", {"text": name, "title": name})
    return folders[path]


def _decoded(body: bytes) -> str:
    """The file as text: valid UTF-8 whatever is declared, else what is declared, else the old Western default."""
    wide = wide_codec(body)
    if wide:
        return body.decode(wide, "replace")
    declared = _DECLARED.match(body.lstrip())
    for charset in ("utf-8-sig", declared[1].decode() if declared else "", "windows-1252"):
        try:
            return body.decode(charset)
        except (UnicodeError, LookupError):
            continue
    return body.decode("latin-1")


def _parsed(text: str) -> etree._Element:
    if not text.strip():
        raise _not_opml("it is empty")
    if _ENTITY.search(text):
        raise _not_opml("it declares entities, which are not accepted")
    # The declaration goes because it may name the wrong charset, the forbidden characters because no parser takes them.
    text = text.removeprefix("\ufeff")
    if _PAGE.match(_DECLARATION.sub("", text, count=1)):
        raise _not_opml("it is a web page")
    clean = markup.without_control(_DECLARATION.sub("", text).lstrip())
    try:
        return _tree(clean)
    except etree.XMLSyntaxError as error:
        fault = error
    # More than half of the public lists at hand have one of these two faults; nothing is dropped in mending them.
    for mend in (partial(_BARE_AMPERSAND.sub, "&amp;"), _mended):
        try:
            return _tree(mend(clean))
        except etree.XMLSyntaxError:
            continue
    # Lines count from the file's own beginning, of which the declaration and blank lines were cut.
    cut = text.count("\n") - clean.count("\n")
    raise _not_opml(f"line {(fault.lineno or 1) + cut}: {_plain(fault)}") from fault


def _tree(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8")
    return etree.fromstring(text.encode("utf-8"), parser)


def _mended(text: str) -> str:
    """The text with what stands loosely in its attributes escaped."""
    pieces, position, endless = [], 0, 0
    while (start := _ATTRIBUTE.search(text, position)) and endless < _MAX_ENDLESS:
        value = _LOOSE_VALUE.match(text, start.end())
        if value is None:
            endless += 1
            pieces.append(text[position : start.end()])
            position = start.end()
        else:
            pieces.append(f'{text[position : start.start()]}{start[1]}="{_escaped(value[1])}"')
            position = value.end()
    return "".join(pieces) + text[position:]


def _escaped(value: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", value).replace("<", "&lt;").replace('"', "&quot;")


def _outlines(root: etree._Element) -> Iterator[Outline]:
    """Every outline with a feed's address, in document order, whatever the outlines are nested in."""
    count = 0
    around: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if _local(element).lower() != "outline":
            continue
        if event == "end":
            around.pop()
            continue
        attributes = {name.lower(): value for name, value in map(_attribute, element.attrib.items())}
        if attributes.get("xmlurl", "").strip():
            count += 1
            if count > MAX_OUTLINES:
                raise _not_opml(f"it lists more than {MAX_OUTLINES} feeds")
            yield _outline(attributes, around)
        around.append(markup.line(str(element.get("title") or element.get("text") or ""), MAX_NAME))


def _outline(attributes: dict[str, str], around: list[str]) -> Outline:
    """The outline with these attributes, in these folders or, if in none, in those of its category attribute."""
    feed_url = markup.line(attributes["xmlurl"], MAX_BYTES)  # never cut: it would be another address
    title = attributes.get("title", "").strip() or attributes.get("text", "")
    name = markup.text_line(title, MAX_NAME, is_html=markup.looks_like_markup(title))
    categories = around
    if not around:
        first = attributes.get("category", "").split(",", 1)[0]
        categories = [markup.line(part, MAX_NAME) for part in first[: 2 * MAX_NAME * _MAX_CATEGORIES].split("/")]
    return Outline(
        title=name or links.host(feed_url),
        feed_url=feed_url,
        home_url=address(attributes.get("htmlurl", ""), ""),
        categories=tuple(each for each in categories if each)[:_MAX_CATEGORIES],
    )


def _attribute(item: tuple[str | bytes, str | bytes]) -> tuple[str, str]:
    name, value = (part.decode() if isinstance(part, bytes) else part for part in item)
    return name.rpartition("}")[2], value


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _plain(error: etree.XMLSyntaxError) -> str:
    """libxml2's words without its own count of lines."""
    return re.sub(r", (?:line \d+|use XML_PARSE).*$", "", error.msg or "it is not XML")


def _not_opml(why: str) -> Permanent:
    return Permanent(f"This file is not OPML: {why}")
