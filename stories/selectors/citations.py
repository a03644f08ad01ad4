"""A story's articles as a bibliography: CSL-JSON and BibTeX, written from the same records. Reads nothing itself.

An article is cited as what it is on the web: its headline as it is now, its outlet, its address there, the days of its
report and of our first sight. Bylines are cited as the outlet writes them; which words are names is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from stories.selectors.records import ArticleRecord

# What LaTeX would read as a command, in running text.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}
_TABLE = str.maketrans(_SPECIAL)
# In an address these would end the field or begin a command; the rest is read as it stands.
_IN_ADDRESS = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20"})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def csl(articles: Iterable[ArticleRecord]) -> list[dict[str, Any]]:
    """The articles as CSL-JSON items, for Zotero, Pandoc and others."""
    return [_item(article) for article in articles]


def bibtex(articles: Iterable[ArticleRecord]) -> str:
    """The articles as a BibTeX file in UTF-8, for BibTeX and biblatex; @misc, which both know."""
    return "\n".join(_entry(article) for article in articles)


def key(article: ArticleRecord) -> str:
    """What an article is cited by: outlet, day and number; letters, digits and hyphens."""
    return f"{article.outlet.slug or 'outlet'}-{_utc(article.reported_at):%Y%m%d}-{article.id}"


def escape(text: str) -> str:
    """Text as LaTeX sets it, on one line."""
    return _plain(text).translate(_TABLE)


def _item(article: ArticleRecord) -> dict[str, Any]:
    issued, seen = _utc(article.reported_at), _utc(article.first_seen_at)
    item: dict[str, Any] = {
        "id": key(article),
        "type": "article-newspaper",
        "title": _plain(article.headline),
        "container-title": _plain(article.outlet.name),
        "issued": {"date-parts": [[issued.year, issued.month, issued.day]]},
        "accessed": {"date-parts": [[seen.year, seen.month, seen.day]]},
        "URL": article.url or article.page,
    }
    if author := _author(article):
        item["author"] = [{"literal": author}]
    if article.language:
        item["language"] = article.language
    return item


def _entry(article: ArticleRecord) -> str:
    issued, seen = _utc(article.reported_at), _utc(article.first_seen_at)
    author = _author(article)
    fields = {
        # Two pairs of braces: the first is the field's, the second keeps names whole and capitals as they are.
        "author": f"{{{escape(author)}}}" if author else "",
        "title": f"{{{escape(article.headline)}}}",
        "howpublished": f"{{{escape(article.outlet.name)}}}",
        "date": f"{issued:%Y-%m-%d}",
        "year": f"{issued:%Y}",
        "url": _CONTROLS.sub("", article.url or article.page).translate(_IN_ADDRESS),
        "urldate": f"{seen:%Y-%m-%d}",
        "langid": escape(article.language),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    # A month is a macro of BibTeX's own, without braces.
    lines.append(f"  month = {_MONTHS[issued.month - 1]},")
    return "\n".join([f"@misc{{{key(article)},", *lines, "}", ""])


def _author(article: ArticleRecord) -> str:
    return _BY.sub("", _plain(article.byline))


def _plain(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
