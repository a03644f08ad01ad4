"""What every kind of feed comes down to: entries as plain, bounded, harmless values.

It takes the raw strings of a feed in whatever format and knows none of the formats.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from . import dates, links, markup

MAX_GUID, MAX_URL, MAX_NAME = 500, 2000, 300
MAX_TITLE = 500
MAX_SUMMARY = 2000
MAX_CONTENT = 200_000
# A description longer than this is more than a teaser; some outlets put the article there and nothing into the content.
FULL_TEXT_IN_SUMMARY = 400


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. Strings are plain text without control characters."""

    guid: str
    url: str  # absolute http(s) address as the feed gives it, tracking included, or ""
    title: str
    summary: str
    content: str  # paragraphs separated by an empty line; "" where the feed has no more than the summary
    byline: str
    claimed_at: datetime | None  # see dates.claimed
    updated_at: datetime | None
    source_name: str  # RSS <source>: the outlet that an aggregator took the entry from
    source_url: str
    lang: str  # ISO 639-1, or ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed and its entries in the order of the document."""

    title: str
    home_url: str
    lang: str
    ttl_s: int | None  # RSS <ttl>
    period_s: int | None  # sy:updatePeriod divided by sy:updateFrequency
    hubs: tuple[str, ...]  # WebSub: the hubs' addresses, the server's own word first
    self_url: str  # WebSub: the address by which the hubs know the feed, or ""
    entries: tuple[Entry, ...]

    @property
    def hub(self) -> str:
        """The first hub, or ""."""
        return self.hubs[0] if self.hubs else ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the feed has it."""

    value: str = ""
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry's own strings, untouched."""

    guid: str
    url: str
    title: Text
    summary: Text
    content: Text
    authors: tuple[str, ...]
    published: str
    updated: str
    source_name: str
    source_url: str
    lang: str


def finished(raw: RawEntry, *, base: str, feed_lang: str, now: datetime) -> Entry | None:
    """The entry in its final form, or None for one that says nothing at all. `base` is the feed's own address."""
    summary, content = _paragraphs(raw.summary), _paragraphs(raw.content)
    plain = " ".join(summary or content)
    if summary and len(" ".join(content)) <= len(plain):
        content = summary if len(plain) > FULL_TEXT_IN_SUMMARY else []
    published, updated = dates.claimed(raw.published, now), dates.claimed(raw.updated, now)
    entry = Entry(
        guid=guid(raw.guid),
        url=address(raw.url, base),
        title=title(raw.title),
        summary=markup.shortened(plain, MAX_SUMMARY),
        content="\n\n".join(content)[:MAX_CONTENT],
        byline=byline(raw.authors),
        claimed_at=published or (None if raw.published.strip() else updated),
        updated_at=updated,
        source_name=markup.text_line(raw.source_name, MAX_NAME, is_html=markup.looks_like_markup(raw.source_name)),
        source_url=address(raw.source_url, base),
        lang=language_code(raw.lang) or feed_lang,
    )
    return entry if entry.guid or entry.url or entry.title or entry.summary else None


def guid(value: str) -> str:
    """The entry's own identifier; one that is too long is hashed, never cut, so that two stay two."""
    folded = markup.line(value, len(value) + 1)
    return folded if len(folded) <= MAX_GUID else "sha256:" + hashlib.sha256(folded.encode()).hexdigest()


def address(value: str, base: str) -> str:
    """The absolute http(s) address, or "" where it is none or too long to be kept whole."""
    if not value.isascii():
        value = markup.without_invisible(markup.without_control(value))
    value = value.strip()
    if not value:
        return ""
    url = links.safe_url(links.joined(base, value))
    if url.isascii() and len(url) < MAX_URL:
        return url
    # In its canonical form letters beyond ASCII take up to nine characters each.
    return url if len(links.canonical(url)) <= MAX_URL >= len(url) else ""


def title(text: Text) -> str:
    """A headline as one line. Publishers escape headlines once too often, so entities and tags count anywhere."""
    return markup.text_line(text.value, MAX_TITLE, is_html=text.is_html or markup.looks_like_markup(text.value))


def byline(authors: Iterable[str]) -> str:
    """The authors' names, each once, without "By", addresses of e-mail or the web, or what stands for nobody."""
    names: dict[str, str] = {}
    for author in authors:
        name = markup.text_line(author, MAX_NAME, is_html=markup.looks_like_markup(author))
        name = _NOT_NAMES.sub("", _BY.sub("", name)).strip(" ,;<>|-–")
        name = name.removeprefix("(").removesuffix(")") if name.startswith("(") else name
        name = _EMPTY_BRACKETS.sub("", name).strip()
        if name and name.casefold() not in _NOBODY:
            names.setdefault(name.casefold(), name)
    return markup.shortened(", ".join(names.values()), MAX_NAME)


def language_code(value: str) -> str:
    """ISO 639-1 of a language tag such as "en-GB" or "pt_BR"; "" for what is none."""
    match = re.match(r"\s*([A-Za-z]{2})(?:[-_.\s]|$)", value)
    return match[1].lower() if match else ""


_BY = re.compile(r"^(?:by|von|par|por|di)\s*[:\s]\s*(?=\S)", re.IGNORECASE)
_NOT_NAMES = re.compile(r"(?:mailto:)?[^\s()<>]+@[^\s()<>]+\.\w+|https?://[^\s()<>]+")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>")
_NOBODY = {
    "none",
    "null",
    "n/a",
    "unknown",
    "admin",
    "administrator",
    "author",
    "nobody",
    "noreply",
    "no-reply",
    "webmaster",
}

# What publishing software adds below an entry; it is no part of the report, and names that would read as sources.
_TRAILER = re.compile(
    r"^the post .{1,600} (?:appeared first on|first appeared on) .{1,200}$"
    r"|^\W{0,5}(?:continue reading|read more|keep reading|read the (?:full (?:story|article)|rest)|seguir leyendo"
    r"|leer más|lire la suite|weiterlesen|leia mais|continua a leggere)\b.{0,200}$"
    r"|^\((?:image|photo) credit:.{0,200}\)$",
    re.IGNORECASE,
)


def _paragraphs(text: Text) -> list[str]:
    if text.is_html or markup.looks_like_markup(text.value):
        found = markup.paragraphs(text.value)
    else:
        found = [part for part in markup.plain_paragraphs(text.value).split("\n\n") if part]
    while found and _TRAILER.match(found[-1]):
        found.pop()
    return found
