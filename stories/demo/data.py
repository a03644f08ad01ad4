"""The demo world's outlets and articles as they lie in the files beside this one, and what is out at a given moment.

Times in the files are minutes from the start of the world; most articles are published before it. `{day:-90}` in a text
is the name of the weekday 90 minutes before the start, so that "on Thursday" is right whenever the world is started.

It renders nothing (pages.py does) and reads no clock. The gold labels (story, role, credits, ties) are for tests only.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

# By language; strftime follows the locale.
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}
_DAY_MARK = re.compile(r"\{day:(-?\d+)\}")


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """An invented newsroom; `country` stays empty because Halvern has no ISO code."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    owner_group: str
    tagline: str
    sections: tuple[str, ...]
    country: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Version:
    """An article's words from `minutes` after the start on.

    `text` is paragraphs parted by blank lines, `correction` a note for the reader or empty.
    """

    minutes: float
    title: str
    summary: str
    text: str
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article with every version it will have, oldest first.

    `claimed_offset` (minutes) is added to the time that the outlet claims. `source` is the outlet that an aggregator
    took it from. `page` is "ok", "no-text" or "gone". `story`, `role`, `credits` and `wire_agency` are gold labels.
    """

    id: str
    outlet: str
    byline: str
    versions: tuple[Version, ...]
    page: str
    feed_content: bool
    claimed_offset: float
    source: str
    story: str
    role: str
    credits: tuple[str, ...]
    wire_agency: str

    @property
    def minutes(self) -> float:
        """When it is published, in minutes from the start of the world."""
        return self.versions[0].minutes

    @property
    def path(self) -> str:
        """Its address under the world's base address, with a leading slash."""
        return f"/{self.outlet}/{self.id}.html"


@dataclass(frozen=True, slots=True)
class DemoTie:
    """A gold label: two stories that belong together without being one; `kind` is chapter, related or translation."""

    first: str
    second: str
    kind: str


@dataclass(frozen=True, slots=True)
class World:
    """All outlets by slug, all articles in the order of their publication, and the ties between their stories."""

    outlets: dict[str, DemoOutlet]
    articles: tuple[Article, ...]
    ties: tuple[DemoTie, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """An article as it stands at some moment: `version` has its weekdays filled in; all times are UTC."""

    article: Article
    version: Version
    published: datetime
    claimed: datetime
    modified: datetime


@cache
def load() -> World:
    """Read the files beside this one, once; a missing key is a KeyError."""
    tables = [tomllib.loads(f.read_text("utf-8")) for f in files(__package__).iterdir() if f.name.endswith(".toml")]
    found = [_outlet(row) for table in tables for row in table.get("outlet", ())]
    articles = [_article(row) for table in tables for row in table.get("article", ())]
    ties = [DemoTie(**row) for table in tables for row in table.get("tie", ())]
    return World(
        {o.slug: o for o in found},
        tuple(sorted(articles, key=lambda a: (a.minutes, a.path))),
        tuple(sorted(ties, key=lambda t: (t.first, t.second))),
    )


def _outlet(row: dict[str, Any]) -> DemoOutlet:
    return DemoOutlet(
        slug=row["slug"],
        name=row["name"],
        aliases=tuple(row["aliases"]),
        kind=row["kind"],
        owner_group=row["owner_group"],
        tagline=row["tagline"],
        sections=tuple(row["sections"]),
        lang=row.get("lang", "en"),
    )


def _article(row: dict[str, Any]) -> Article:
    first = Version(row["minutes"], row["title"], row["summary"], row["text"].strip())
    return Article(
        id=row["id"],
        outlet=row["outlet"],
        byline=row["byline"],
        versions=(first, *(_later(v, first) for v in row.get("version", ()))),
        page=row.get("page", "ok"),
        feed_content=row.get("feed_content", False),
        claimed_offset=row.get("claimed_offset", 0),
        source=row.get("source", ""),
        story=row["story"],
        role=row["role"],
        credits=tuple(row["credits"]),
        wire_agency=row.get("wire_agency", ""),
    )


def _later(row: dict[str, Any], first: Version) -> Version:
    """A later version keeps the first one's title and summary where it does not change them."""
    words = {key: row.get(key, getattr(first, key)) for key in ("title", "summary", "text")}
    return Version(row["minutes"], words["title"], words["summary"], words["text"].strip(), row.get("correction", ""))


def at(start: datetime, minutes: float) -> datetime:
    """The moment so many minutes after the start, in UTC and whole seconds."""
    return (start + timedelta(minutes=minutes)).astimezone(UTC).replace(microsecond=0)


def published(start: datetime, now: datetime, outlet_slug: str | None = None) -> tuple[Published, ...]:
    """What can be read at `now`, oldest first, of one outlet or of all; `start` and `now` are aware datetimes."""
    return tuple(
        _published(article, start, now)
        for article in load().articles
        if outlet_slug in (None, article.outlet) and at(start, article.minutes) <= now
    )


def _published(article: Article, start: datetime, now: datetime) -> Published:
    current = [v for v in article.versions if at(start, v.minutes) <= now][-1]
    days = _DAYS[load().outlets[article.outlet].lang]
    words = (_days(s, start, days) for s in (current.title, current.summary, current.text, current.correction))
    when = at(start, article.minutes)
    return Published(
        article=article,
        version=Version(current.minutes, *words),
        published=when,
        claimed=when + timedelta(minutes=article.claimed_offset),
        modified=at(start, current.minutes),
    )


def _days(text: str, start: datetime, names: tuple[str, ...]) -> str:
    return _DAY_MARK.sub(lambda mark: names[at(start, int(mark[1])).weekday()], text)
