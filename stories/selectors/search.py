"""Search: PostgreSQL full text over the present version of each article, and the fields of selectors.queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchRank
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left, NullIf

from stories.models import Article, Story
from stories.selectors import excerpts, hiding
from stories.selectors.queries import Query, Sought

PAGE = 20
# A word that every article has would rank them all: the latest ones are ranked, which news readers want anyway.
RANKED = 2000
# Highlighting reads the text again for each row shown; what comes later in a text than this is seldom the point.
_TEXT = 20_000
# Marks that no text contains (private use), so that what lies between can be escaped before it is marked.
START, STOP = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found; `title` and `excerpt` carry START and STOP around the words that matched, if any were asked."""

    article: Article
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Group:
    """The articles found of one story, best first; `story` is None for articles not grouped yet."""

    story: Story | None
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results; `empty_query` says that no word was left to search for."""

    groups: Sequence[Group]
    more: bool
    empty_query: bool


def search_page(query: Query, *, outlet: int | None, since: datetime | None, page: int = 1) -> SearchPage:
    """Articles that match, by rank among the latest 2,000 matches; the latest first without words. Four queries."""
    found = Article.objects.filter(query.condition())
    if outlet is not None:
        found = found.filter(outlet=outlet)
    if since is not None:
        found = found.filter(reported_at__gte=since)
    start = (page - 1) * PAGE
    ids = list(_ranked(found, query.words)[start : start + PAGE + 1])
    return SearchPage(
        groups=_groups(ids[:PAGE], query.words),
        more=len(ids) > PAGE,
        empty_query=not ids and not query.has_fields and _has_no_words(query.said),
    )


def _ranked(found: QuerySet[Article], words: Sought | None) -> QuerySet[Article, int]:
    """The numbers of the articles in their order."""
    latest = found.order_by("-reported_at", "-pk")
    if words is None:
        return latest.values_list("pk", flat=True)[:RANKED]
    chosen = Article.objects.filter(pk__in=latest.values("pk")[:RANKED])
    ranked = chosen.annotate(rank=SearchRank(F("version__search"), words))
    return ranked.order_by("-rank", "-reported_at", "-pk").values_list("pk", flat=True)


def _groups(ids: Sequence[int], words: Sought | None) -> list[Group]:
    """The found articles with their marked words, those of one story together where the best of them stands."""
    marks = _marks(ids, words)
    articles = Article.objects.select_related("outlet", "story").defer("vector", "terms", "feed_text", "story__vector")
    by_id = articles.in_bulk(list(ids))
    groups: dict[int, Group] = {}
    hits: dict[int, list[Hit]] = {}
    for pk in ids:
        article = by_id.get(pk)
        if article is None:
            continue
        # Of a hidden story each report stands for itself.
        story = hiding.shown(article.story)
        key = story.pk if story else -pk
        title, excerpt = marks.get(pk, (article.title, ""))
        hits.setdefault(key, []).append(Hit(article, title, excerpts.shorten(excerpt, excerpts.PAGE_WORDS)))
        groups.setdefault(key, Group(story, hits[key]))
    return list(groups.values())


def _marks(ids: Sequence[int], words: Sought | None) -> dict[int, tuple[str, str]]:
    """By number, headline and excerpt with the words marked; without words the headline and how it begins."""
    rows = Article.objects.filter(pk__in=ids)
    if words is None:
        begins = excerpts.of_articles(ids)
        return {pk: (title, begins.get(pk, "")) for pk, title in rows.values_list("pk", "title")}
    text = Coalesce(NullIf(Left("version__text", _TEXT), Value("")), "version__summary")
    marked = rows.values_list("pk", _marked(F("version__title"), words, whole=True), _marked(text, words, whole=False))
    return {pk: (title, excerpt) for pk, title, excerpt in marked}


def _marked(field: Combinable, query: Sought, *, whole: bool) -> SearchHeadline:
    """The words around the matches, between marks; of a headline all of it."""
    marks: dict[str, Any] = {"config": "english", "start_sel": START, "stop_sel": STOP}
    if whole:
        return SearchHeadline(field, query, highlight_all=True, **marks)
    return SearchHeadline(field, query, max_words=32, min_words=14, max_fragments=2, fragment_delimiter=" … ", **marks)


def _has_no_words(text: str) -> bool:
    """Whether PostgreSQL keeps nothing of the query: only words like "the", or only signs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery('english', %s)) = 0", [text])
        row = cursor.fetchone()
    return bool(row and row[0])
