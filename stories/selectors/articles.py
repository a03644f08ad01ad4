"""The article page: one report, its three times, its versions and its place in a story. Full text stays here."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from stories.models import Article, Version
from stories.selectors import excerpts, story

# An outlet that edits more often than this shows its latest edits.
MAX_VERSIONS = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a headline: kept, added or removed against the one before."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """A version against the one before it; `title` is empty where the headline stayed. Words are counts."""

    seen_at: datetime
    title: Sequence[Piece]
    text_changed: bool
    words_before: int
    words: int


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article for its page; `words` is the length of the text that we judge it by."""

    report: story.Report
    article: Article
    words: int
    changes: Sequence[Change]


def article_page(pk: int) -> ArticlePage | None:
    """The article's page, or None where there is no such article. Two queries."""
    article = (
        Article.objects.select_related("outlet", "feed", "story", "version")
        .defer("vector", "terms", "feed_text", "story__vector", "story__terms")
        .filter(pk=pk)
        .first()
    )
    if article is None:
        return None
    text = article.version.text if article.version else ""
    excerpt = excerpts.shorten(article.summary or text, excerpts.PAGE_WORDS)
    versions = list(article.versions.defer("search").order_by("-seen_at", "-pk")[:MAX_VERSIONS])[::-1]
    return ArticlePage(
        report=story.as_report(article, excerpt, ()),
        article=article,
        words=len(text.split()),
        changes=[_change(old, new) for old, new in pairwise(versions)][::-1],
    )


def _change(old: Version, new: Version) -> Change:
    """What differs between two versions."""
    return Change(
        seen_at=new.seen_at,
        title=headline_diff(old.title, new.title) if old.title != new.title else (),
        text_changed=old.text != new.text,
        words_before=len(old.text.split()),
        words=len(new.text.split()),
    )


def headline_diff(old: str, new: str) -> list[Piece]:
    """The words of two headlines as kept, removed and added pieces, in reading order."""
    before, after = old.split(), new.split()
    pieces = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("kept", " ".join(before[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", " ".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", " ".join(after[j1:j2])))
    return pieces
