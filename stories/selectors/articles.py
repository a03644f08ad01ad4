"""The article page: one report, its three times, versions, copies and its place in a story. Full text stays here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from django.db.models import QuerySet

from stories.models import Article, Version
from stories.selectors import columns, excerpts, grouping, headlines, story, voices
from stories.selectors.edits import Told
from stories.selectors.passages import Piece

# An outlet that edits more often than this shows its latest edits.
MAX_VERSIONS = 40
# Copies on one page of an article's copies.
COPIES = 50


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

    @property
    def voices(self) -> int:
        """The voices of its story, where they are known and worth a word; else 0."""
        return voices.voices(self.article.story) if self.article.story else 0


def article_page(pk: int) -> ArticlePage | None:
    """The article's page with what was found in it, or None where there is no such article. Four queries at most."""
    heavy = [*columns.of_article(), *columns.of_article("copy_of__"), *columns.of_story("story__")]
    related = Article.objects.select_related("outlet", "feed", "story", "version", "examined", "copy_of__outlet")
    article = related.defer(*heavy).filter(pk=pk).first()
    if article is None:
        return None
    text = article.version.text if article.version else ""
    excerpt = excerpts.shorten(article.summary or text, excerpts.PAGE_WORDS)
    versions = list(article.versions.defer("search").order_by("-seen_at", "-pk")[:MAX_VERSIONS])[::-1]
    return ArticlePage(
        report=replace(story.as_report(article, excerpt, ()), brought=_brought(article)),
        article=article,
        words=len(text.split()),
        changes=[_change(old, new) for old, new in pairwise(versions)][::-1],
    )


def _brought(article: Article) -> Told | None:
    """The edit that put it into its story, if one did."""
    if article.story is None:
        return None
    return grouping.brought(grouping.edits_of(article.story), article.story).get(article.pk)


def copies_of(article: Article) -> QuerySet[Article]:
    """The reports that carry this one's text, oldest first, whichever story they are in."""
    copies = article.copies.select_related("outlet").defer(*columns.of_article())
    return copies.order_by("reported_at", "pk")


def _change(old: Version, new: Version) -> Change:
    """What differs between two versions."""
    return Change(
        seen_at=new.seen_at,
        title=headlines.changed(old.title, new.title) if old.title != new.title else (),
        text_changed=old.text != new.text,
        words_before=len(old.text.split()),
        words=len(new.text.split()),
    )
