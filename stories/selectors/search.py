"""Search: PostgreSQL full text over the present version of each article, in the query syntax of web searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Left, NullIf

from stories.models import Article, Story
from stories.selectors import excerpts

PAGE = 20
# A word that every article has would rank them all: the latest ones are ranked, which news readers want anyway.
RANKED = 2000
# Highlighting reads the text again for each row shown; what comes later in a text than this is seldom the point.
_TEXT = 20_000
# Marks that no text contains (private use), so that what lies between can be escaped before it is marked.
START, STOP = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found; `title` and `excerpt` carry START and STOP around the words that matched."""

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


def search_page(text: str, *, outlet: int | None, since: datetime | None, page: int = 1) -> SearchPage:
    """Articles that match `text`, by rank among the latest 2,000 matches. Four queries."""
    query = SearchQuery(text, search_type="websearch", config="english")
    found = Article.objects.filter(version__search=query)
    if outlet is not None:
        found = found.filter(outlet=outlet)
    if since is not None:
        found = found.filter(reported_at__gte=since)
    latest = found.order_by("-reported_at", "-pk").values("pk")[:RANKED]
    ranked = Article.objects.filter(pk__in=latest).annotate(rank=SearchRank(F("version__search"), query))
    start = (page - 1) * PAGE
    ids = list(ranked.order_by("-rank", "-reported_at", "-pk").values_list("pk", flat=True)[start : start + PAGE + 1])
    return SearchPage(
        groups=_groups(ids[:PAGE], query),
        more=len(ids) > PAGE,
        empty_query=not ids and _has_no_words(text),
    )


def _groups(ids: Sequence[int], query: SearchQuery) -> list[Group]:
    """The found articles with their marked words, those of one story together where the best of them stands."""
    marks = {
        pk: (title, excerpt)
        for pk, title, excerpt in Article.objects.filter(pk__in=ids).values_list(
            "pk",
            _marked(F("version__title"), query, whole=True),
            _marked(Coalesce(NullIf(Left("version__text", _TEXT), Value("")), "version__summary"), query, whole=False),
        )
    }
    articles = Article.objects.select_related("outlet", "story").defer("vector", "terms", "feed_text", "story__vector")
    by_id = articles.in_bulk(list(ids))
    groups: dict[int, Group] = {}
    hits: dict[int, list[Hit]] = {}
    for pk in ids:
        article = by_id.get(pk)
        if article is None:
            continue
        key = article.story_id or -pk
        title, excerpt = marks.get(pk, (article.title, ""))
        hits.setdefault(key, []).append(Hit(article, title, excerpts.shorten(excerpt, excerpts.PAGE_WORDS)))
        groups.setdefault(key, Group(article.story, hits[key]))
    return list(groups.values())


def _marked(field: Combinable, query: SearchQuery, *, whole: bool) -> SearchHeadline:
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
