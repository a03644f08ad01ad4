"""feedparser, with what hostile or careless feeds do to it kept away: bytes in, its own dictionary out.

feedparser gets bytes only (a string could be a file name or an address to it), neither sanitises nor resolves
(markup.py and links.py do), and never sees declared entities that could grow. What its dictionary means, others say.
"""

from __future__ import annotations

import re
from typing import Any

from feedparser.encodings import convert_to_utf8, parse_content_type

from . import parser
from .errors import Permanent

# An entity longer than this, used often, would make a small feed large; real ones name one character or a short word.
MAX_ENTITY = 16
MAX_ENTITIES = 300

# Codecs that Python would try because a document names them, and that are no character sets of documents; the first
# decodes in quadratic time.
_NOT_CHARSETS = re.compile(r"\W*(?:punycode|idna|(?:raw[_-])?unicode[_-]?escape|undefined|mbcs|oem)\W*", re.IGNORECASE)
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([^\"']{1,100})[\"']")
# How a document in a wide or EBCDIC encoding begins; longer marks before those that they begin with.
_WIDE = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"), (b"\x4c\x6f\xa7\x94", "cp037"),
)  # fmt: skip

# Elements of a feed deeper than this are an attack: feedparser's time grows with the square of the depth.
MAX_DEPTH = 300
_ENTRIES = (b"item", b"entry")
_MARKUP = re.compile(rb"<(?:(!\[CDATA\[)|(!--)|(/?)([A-Za-z_][\w:.-]*)[^<>]*>)")

_XML_DECLARATION = re.compile(rb"<\?xml[^<>]{0,500}\?>")
_PROLOG_PART = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|(<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>))", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\s+(\w{1,32})\s+(?:\"([^\"&%<]*|&#x?\w{1,8};)\"|'([^'&%<]*|&#x?\w{1,8};)')\s*>")
# Entities made of others, which grow, and those that lie in other files. Parameter entities are left to be ignored:
# old feeds declare the letters of HTML by them.
_GROWING = re.compile(
    rb"<!ENTITY\s+\w+\s+(?:\"[^\"&]*&(?!#|(?:amp|lt|gt|quot|apos);)|'[^'&]*&(?!#|(?:amp|lt|gt|quot|apos);))"
)
_OUTSIDE = re.compile(rb"<!ENTITY\s+\w+\s+(?:SYSTEM|PUBLIC)\b")
_FIRST_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_DOCTYPE = re.compile(rb"<!DOCTYPE\s+html\b", re.IGNORECASE)
FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
# Characters that XML 1.0 forbids; a feed with one of them would otherwise fall to the tag-soup parser.
_FORBIDDEN = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))


def read(document: bytes, *, url: str, language: str = "") -> Any:
    """The feedparser dictionary of a UTF-8 document (see to_utf8) fetched from `url`, `language` being its
    Content-Language, if any. Raises Permanent where feedparser itself fails."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    if language:
        headers["content-language"] = language
    try:
        return parser.parse(_with_safe_prolog(document), headers)
    except (
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
        AssertionError,
    ) as error:
        # It promises to raise nothing, and does so now and then on what no feed should look like.
        raise Permanent(f"The feed could not be read ({type(error).__name__})") from error


def to_utf8(body: bytes, content_type: str) -> bytes:
    """The document in UTF-8, without characters that XML forbids; raises Permanent for an encoding that is none.

    What is valid UTF-8 beyond ASCII is taken for UTF-8 whatever is declared: declarations are wrong far more often than
    that happens by chance.
    """
    _, charset = parse_content_type(content_type)
    wide = wide_codec(body)
    if wide:
        body, charset = body.decode(wide, "replace").encode("utf-8", "replace"), "utf-8"
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    declaration = _XML_DECLARATION.match(body)
    names = _DECLARED.findall(declaration[0]) if declaration else []
    if any(_NOT_CHARSETS.fullmatch(name) for name in (charset, *(name.decode("latin-1") for name in names))):
        raise Permanent("The document names a character encoding that is none")
    if not body.isascii() and _is_utf8(body):
        charset = "utf-8"
    # A line break after the declaration keeps feedparser's search for an encoding, cubic in the length of the first
    # line, within it; one before what is no proper declaration keeps it away.
    end = declaration.end() if declaration else 0
    declared = {"content-type": f"application/xml; charset={charset}" if charset else "application/xml"}
    converted: bytes = convert_to_utf8(declared, body[:end] + b"\n" + body[end:], {})
    return converted.translate(None, _FORBIDDEN)


def wide_codec(body: bytes) -> str:
    """The encoding that a document's first bytes show if it is UTF-16, UTF-32 or EBCDIC, else ""."""
    return next((codec for mark, codec in _WIDE if body.startswith(mark)), "")


def bounded(document: bytes, entries: int) -> bytes:
    """The document with its first `entries` entries, well-formed if it was; mostly that is the document itself.

    Raises Permanent for one whose elements are nested beyond MAX_DEPTH. An end tag closes all that was left open within
    its element, as careless feeds want it.
    """
    stack: list[bytes] = []
    position = seen = 0
    while match := _MARKUP.search(document, position):
        position = match.end()
        if match[1] or match[2]:
            position = document.find(b"]]>" if match[1] else b"-->", position)
            if position < 0:
                break
        elif not match[3]:
            seen += match[4].rpartition(b":")[2].lower() in _ENTRIES
            if seen > entries:
                # What follows would cost memory and time, and is not read.
                return document[: match.start()] + b"".join(b"</%s>" % name for name in reversed(stack))
            if not match[0].endswith(b"/>"):
                stack.append(match[4])
        elif match[4] in stack:
            while stack.pop() != match[4]:
                pass
        if len(stack) > MAX_DEPTH:
            raise Permanent("This document is nested too deeply to be a feed")
    return document


def check_entities(document: bytes) -> None:
    """Raise Permanent for a document that defines entities by entities, or by other files: no feed has a use for that,
    and what is left of one without them would be unreadable."""
    doctype, _, _ = _prolog(document)
    if _GROWING.search(doctype):
        raise Permanent("This document defines abbreviations by abbreviations, as attacks do, and was not read")
    if _OUTSIDE.search(doctype):
        raise Permanent("This document wants other files read into it, as attacks do, and was not read")


def root_name(document: bytes) -> str:
    """The local name of the first element of a UTF-8 document, lower-case; "" if there is none.

    A page may leave out <html>; its document type tells.
    """
    doctype, _, rest = _prolog(document)
    match = _FIRST_TAG.search(rest)
    name = match[1].decode().lower() if match else ""
    return "html" if name not in FEED_ROOTS and _HTML_DOCTYPE.match(doctype) else name


def _with_safe_prolog(document: bytes) -> bytes:
    """The document with a prolog of our own: no document type but one with short, plain entities."""
    doctype, _, rest = _prolog(document)
    first = _FIRST_TAG.search(rest)
    start = first.start() if first else len(rest)
    # Text before the first element is an error message of the server's; feedparser looks for declarations in it
    # in quadratic time.
    junk = re.sub(rb"\s+", b" ", rest[:start]).replace(b"<!", b"")[:10_000]
    entities = b"".join(
        b'<!ENTITY %s "%s">\n' % (name, (double or single).replace(b'"', b"&#34;"))
        for name, double, single in _ENTITY.findall(doctype)[:MAX_ENTITIES]
        if len(double or single) <= MAX_ENTITY
    )
    declared = b"<!DOCTYPE feed [\n%s]>\n" % entities if entities else b""
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + declared + junk.strip() + rest[start:]


def _prolog(document: bytes) -> tuple[bytes, int, bytes]:
    """The document type, where the prolog ends, and what follows it."""
    position, doctype = 0, b""
    while match := _PROLOG_PART.match(document, position):
        position = match.end()
        doctype = match[1] or doctype
    return doctype, position, document[position:]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
