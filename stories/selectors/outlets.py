"""The list of outlets and the page of one: what it is, how its feeds fare, what it has reported lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from stories.models import FAILURES, Article, Feed, Outlet, Story
from stories.selectors import excerpts, hiding, paging, words

PAGE = 30
RECENT = timedelta(days=7)
_ORDER = ("reported_at", "pk")


@dataclass(frozen=True, slots=True)
class OutletRow:
    """An outlet in the list; `articles` counts those of the last seven days."""

    outlet: Outlet
    country: str
    feeds: int
    failing: int
    articles: int
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class OutletArticle:
    """An article in a list with its excerpt; `story` is None where it is in none, or in a hidden one."""

    article: Article
    excerpt: str
    story: Story | None


@dataclass(frozen=True, slots=True)
class OutletPage:
    """An outlet, its feeds and a page of its articles; `older` is the cursor of the next."""

    outlet: Outlet
    country: str
    feeds: Sequence[Feed]
    articles: Sequence[OutletArticle]
    older: str


def country_name(code: str) -> str:
    """The English name of an ISO 3166 country; the code itself where it has none."""
    return str(words.locale().territories.get(code.upper(), code))


def matching(query: str, kind: str, *, quiet: bool = False) -> QuerySet[Outlet]:
    """Outlets by name or alias, by kind, and those alone that are quiet, by name; a lazy query for a paginator."""
    outlets = with_logos().exclude(quiet_since=None) if quiet else with_logos()
    if query:
        outlets = outlets.filter(Q(name__icontains=query) | Q(aliases__icontains=query))
    return outlets.filter(kind=kind) if kind else outlets


def with_logos() -> QuerySet[Outlet]:
    """Outlets with what a page needs to show their logos, which is not the pictures."""
    return Outlet.objects.select_related("logo").defer("logo__image")


def quiet_count() -> int:
    """Outlets that report much less than they usually do."""
    return Outlet.objects.exclude(quiet_since=None).count()


def outlet_rows(outlets: Sequence[Outlet], now: datetime) -> list[OutletRow]:
    """What the list says of a page of outlets. Two queries."""
    ids = [outlet.pk for outlet in outlets]
    feeds = {
        pk: (total, failing)
        for pk, total, failing in Feed.objects.filter(outlet__in=ids)
        .order_by()
        .values_list("outlet_id")
        .annotate(total=Count("pk"), bad=Count("pk", filter=Q(last_result__in=FAILURES, active=True)))
    }
    recent = {
        pk: (count, latest)
        for pk, count, latest in Article.objects.filter(outlet__in=ids, reported_at__gte=now - RECENT)
        .order_by()
        .values_list("outlet_id")
        .annotate(count=Count("pk"), latest=Max("reported_at"))
    }
    return [
        OutletRow(o, country_name(o.country), *feeds.get(o.pk, (0, 0)), *recent.get(o.pk, (0, None))) for o in outlets
    ]


def outlet_page(outlet: Outlet, before: str = "") -> OutletPage:
    """The outlet with its feeds and its articles, newest first. Three queries."""
    articles = outlet.articles.select_related("story").defer("vector", "terms", "feed_text", "story__vector")
    key = paging.decode(before, len(_ORDER) - 1)
    if key:
        articles = articles.filter(paging.older(_ORDER, key))
    page = list(articles.order_by("-reported_at", "-pk")[: PAGE + 1])
    older = ""
    if len(page) > PAGE:
        page = page[:PAGE]
        older = paging.encode(page[-1].reported_at, page[-1].pk)
    texts = excerpts.of_articles([article.pk for article in page])
    return OutletPage(
        outlet=outlet,
        country=country_name(outlet.country),
        feeds=list(outlet.feeds.select_related("subscription").order_by("url")),
        articles=[OutletArticle(one, texts.get(one.pk, ""), hiding.shown(one.story)) for one in page],
        older=older,
    )
