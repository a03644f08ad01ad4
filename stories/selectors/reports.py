"""A story's articles as they are traced and compared: with their texts, findings and all headlines that they had.

As they are now, or as they were at an earlier moment. What was found in another wording of an article is not handed on:
it would point at the wrong words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from stories.models import Article, Examined, Outlet, Story, Version
from stories.nlp import copies, lineage
from stories.selectors import columns, documents


def reports_of(story: Story, copied: Mapping[int, copies.Copy | None]) -> list[lineage.Report]:
    """The story's articles as provenance is traced from them. Three queries."""
    articles = list(_articles(story))
    examined = Examined.objects.in_bulk([article.pk for article in articles])
    headlines = _headlines(Version.objects.filter(article__in=articles))
    return [
        report(article, examined.get(article.pk), headlines.get(article.pk, []), copied.get(article.pk))
        for article in articles
    ]


def reports_at(story: Story, at: datetime) -> list[tuple[Article, lineage.Report]]:
    """The articles that were out at a moment, in the wording that they had then, each with its report. Three queries.

    Their titles, versions and copies are set to what they were; the rows must not be saved.
    """
    rows = _articles(story).select_related("copy_of__outlet").defer(*columns.of_article("copy_of__"))
    articles = list(rows.filter(reported_at__lte=at))
    examined = Examined.objects.in_bulk([article.pk for article in articles])
    versions: dict[int, list[Version]] = {}
    for version in Version.objects.filter(article__in=articles).defer("search").order_by("seen_at", "pk"):
        versions.setdefault(version.article_id, []).append(version)
    there = {article.pk: article for article in articles}
    told = []
    for article in articles:
        # Of one that was out before we saw it the first wording that we saw is the nearest to what stood there.
        past = [version for version in versions.get(article.pk, []) if version.seen_at <= at]
        past = past or versions.get(article.pk, [])[:1]
        if past and past[-1].pk != article.version_id:
            article.version, article.title = past[-1], past[-1].title
            article.text_state = past[-1].text_state
        copy = None
        if article.copy_of_id in there:
            article.copy_of = there[article.copy_of_id]
            copy = copies.Copy(article.copy_of_id, article.copy_share or 1.0)
        headlines = [lineage.Headline(version.title, version.seen_at) for version in past]
        told.append((article, report(article, examined.get(article.pk), headlines, copy)))
    return told


def _articles(story: Story) -> QuerySet[Article]:
    articles = story.articles.select_related("outlet", "version")
    return articles.defer(*columns.of_article(), "version__search").order_by("reported_at", "pk")


def _headlines(versions: QuerySet[Version]) -> dict[int, list[lineage.Headline]]:
    found: dict[int, list[lineage.Headline]] = {}
    rows = versions.order_by("seen_at", "pk").values_list("article", "title", "seen_at")
    for pk, title, seen_at in rows:
        found.setdefault(pk, []).append(lineage.Headline(title, seen_at))
    return found


def report(
    article: Article, examined: Examined | None, headlines: Sequence[lineage.Headline], copy: copies.Copy | None
) -> lineage.Report:
    """An article as its provenance is traced; what was found in another wording is not its own."""
    document = documents.document(article)
    whole = document.whole
    return lineage.Report(
        article=article.pk,
        outlet=article.outlet.name,
        owner=article.outlet.owner_group,
        at=article.reported_at,
        earliest=article.polled_before_at,
        claimed=article.claimed_at,
        title=article.title,
        whole=whole,
        findings=examined.told() if examined and examined.wording == documents.wording(whole) else None,
        has_text=documents.has_text(article),
        copy_of=copy.root if copy else None,
        copy_share=copy.share if copy else None,
        wire=article.wire,
        agency=article.outlet.kind == Outlet.Kind.AGENCY,
        aggregator=article.outlet.kind == Outlet.Kind.AGGREGATOR,
        headlines=tuple(headlines),
        changed=headlines[-1].at if len(headlines) > 1 else None,
        lang=article.lang,
    )
