"""Articles as the exports and the API tell of them: one record each, with the three times, its role and its credits.

Plain values, addresses absolute. Decides nothing: roles are what tracing made of the story, or else what the article
shows by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.urls import reverse

from stories.models import Article, Credit, Story, TextState
from stories.nlp.findings import Relation, Role
from stories.nlp.lineage import Footing
from stories.selectors import columns, excerpts
from stories.selectors.byeditors import Marks, marks
from stories.selectors.evidence import Evidence
from stories.selectors.extracts import ANY_TIME, Extract, absolute, extract, pairs, reads_as_found

# An article's role and footing, as its story was traced.
Standing = tuple[Role, Footing]


@dataclass(frozen=True, slots=True)
class OutletName:
    """An outlet by its name and its address here; `slug` and `page` are None of one that has no page."""

    name: str
    slug: str | None
    page: str | None


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """Another outlet that an article credits, and the passage that does."""

    outlet: OutletName
    relation: Relation
    main: bool
    passage: Extract
    by_editor: bool


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """A report by an outlet. `reported_at` orders it: the outlet's claim, unless that lies after we saw it.

    `url` is at the outlet, `page` with us. `excerpt` are the first words, never the text. `footing` is None where its
    story was not traced. `copy_of` is the article whose text it carries, `wire` an agency whose it is.
    """

    id: int
    outlet: OutletName
    headline: str
    language: str
    byline: str
    url: str
    page: str
    claimed_at: datetime | None
    first_seen_at: datetime
    polled_before_at: datetime | None
    reported_at: datetime
    reported_by: Literal["claimed", "first seen"]
    text_state: TextState
    excerpt: str
    role: Role
    footing: Footing | None
    copy_of: int | None
    wire: str
    story: int | None
    credits: Sequence[CreditRecord]
    role_by_editor: bool


def outlet_name(name: str, slug: str | None) -> OutletName:
    """An outlet that articles or credits name."""
    return OutletName(name, slug, absolute(reverse("outlet", args=[slug])) if slug else None)


def records(articles: Sequence[Article], standings: Mapping[int, Standing]) -> list[ArticleRecord]:
    """Records of articles read by `fields`, in their order. Four queries: texts, credits, excerpts, what editors said.

    `standings` are (role, footing) by article, as traced.
    """
    ids = [article.pk for article in articles]
    texts = Article.objects.filter(pk__in=ids).select_related("outlet", "version")
    at_hand = Evidence(texts.defer(*columns.of_article(), "version__search"), (), ANY_TIME)
    credits: dict[int, list[Credit]] = {}
    for row in Credit.objects.filter(article__in=ids).select_related("outlet").order_by("article", "-main", "evidence"):
        credits.setdefault(row.article_id, []).append(row)
    shown, said = excerpts.of_articles(ids), marks(ids)
    return [
        _record(
            article,
            standings.get(article.pk),
            [_credit(row, at_hand, said, fits=_fits(article)) for row in credits.get(article.pk, ())],
            shown.get(article.pk, ""),
            said,
        )
        for article in articles
    ]


def fields() -> list[str]:
    """What to defer of articles that become records; the rest is read with `outlet` and `examined` beside it."""
    return [*columns.of_article(), "examined__findings"]


def standings(story: Story) -> dict[int, Standing]:
    """(role, footing) of each article of a story, as it was traced last; {} where it was not. Needs `provenance`."""
    row = getattr(story, "provenance", None)
    traced = row.told() if row else None
    return {one.article: (one.role, one.footing) for one in traced.standings} if traced else {}


def _record(
    article: Article,
    standing: Standing | None,
    credits: Sequence[CreditRecord],
    excerpt: str,
    said: Marks,
) -> ArticleRecord:
    examined = getattr(article, "examined", None)
    return ArticleRecord(
        id=article.pk,
        outlet=outlet_name(article.outlet.name, article.outlet.slug),
        headline=article.title,
        language=article.lang,
        byline=article.byline,
        url=article.url,
        page=absolute(article.get_absolute_url()),
        claimed_at=article.claimed_at,
        first_seen_at=article.first_seen_at,
        polled_before_at=article.polled_before_at,
        reported_at=article.reported_at,
        reported_by="claimed" if article.claimed_at == article.reported_at else "first seen",
        text_state=TextState(article.text_state),
        excerpt=excerpt,
        role=standing[0] if standing else (Role(examined.role) if examined else Role.UNKNOWN),
        footing=standing[1] if standing else None,
        copy_of=article.copy_of_id,
        wire=article.wire,
        story=article.story_id,
        credits=tuple(credits),
        role_by_editor=article.pk in said.roles,
    )


def _fits(article: Article) -> bool:
    examined = getattr(article, "examined", None)
    return examined is not None and reads_as_found(article, examined.version_id)


def _credit(row: Credit, at_hand: Evidence, said: Marks, *, fits: bool) -> CreditRecord:
    named = outlet_name(row.outlet.name if row.outlet else row.outlet_name, row.outlet.slug if row.outlet else None)
    # One that an editor added may have no passage.
    spans = pairs([row.evidence] if any(row.evidence) else [])
    passage = extract(at_hand, row.article_id, spans, credit=True, fits=fits)
    by_editor = said.credit(row.article_id, row.outlet_name) is not None
    return CreditRecord(named, Relation(row.relation), row.main, passage, by_editor)
