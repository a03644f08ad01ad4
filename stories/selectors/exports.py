"""A story as it leaves the house: its articles, and who is cited in them, as rows for files and for the API.

Excerpts only (selectors.extracts). What was found in another wording than today's is said to have changed, not shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from stories.models import Article, Attribution, Story
from stories.nlp.findings import Form, SourceKind, Stance
from stories.selectors import records
from stories.selectors.byeditors import Marks, marks
from stories.selectors.evidence import Evidence, evidence
from stories.selectors.extracts import ANY_TIME, Extract, extract, pairs, reads_as_found, words
from stories.selectors.records import ArticleRecord, OutletName


@dataclass(frozen=True, slots=True)
class AttributionRecord:
    """Who is cited in an article for what. `source` and `cue` are its words, `name` the source's fullest name there.

    `via` is the outlet by way of which the article has it, "" for its own reporting; `own` says that it is the
    article's own sourcing of its main news.
    """

    id: int
    article: int
    outlet: OutletName
    kind: SourceKind
    name: str
    source: str
    cue: str
    form: Form
    stance: Stance
    via: str
    own: bool
    passage: Extract
    kind_by_editor: bool


def articles(story: Story, start: int = 0, most: int | None = None) -> list[ArticleRecord]:
    """The story's articles, oldest first, from the `start`th, at most so many. Six queries; needs `provenance`."""
    rows = _articles(story)[start : None if most is None else start + most]
    return records.records(list(rows), records.standings(story))


def attributions(story: Story, start: int = 0, most: int | None = None) -> list[AttributionRecord]:
    """Who is cited in the story's articles, article by article, in the order in which it stands. Four queries."""
    rows = list(_attributions(story)[start : None if most is None else start + most])
    at_hand = evidence({row.article_id for row in rows}, story, ANY_TIME)
    said = marks({row.article_id for row in rows})
    return [_attribution(row, at_hand, said) for row in rows]


def attribution_count(story: Story) -> int:
    """How many attributions there are. One query."""
    return Attribution.objects.filter(article__story=story).count()


def _articles(story: Story) -> QuerySet[Article]:
    related = story.articles.select_related("outlet", "examined").defer(*records.fields())
    return related.order_by("reported_at", "pk")


def _attributions(story: Story) -> QuerySet[Attribution]:
    found = Attribution.objects.filter(article__story=story).select_related("article__outlet")
    only = ("article__version_id", "article__outlet__name", "article__outlet__slug")
    named = [field.attname for field in Attribution._meta.concrete_fields]
    return found.only(*named, *only).order_by("article__reported_at", "article", "start")


def _attribution(row: Attribution, at_hand: Evidence, said: Marks) -> AttributionRecord:
    article, source, cue = row.article, pairs(row.source), pairs([row.cue])
    fits = reads_as_found(article, row.version_id)
    spans = tuple(sorted((*cue, *source, *pairs(row.content))))
    hull = (spans[0][0], max(end for _, end in spans))
    shown = extract(at_hand, article.pk, (hull,), fits=fits, anchor=f"s{row.start}")
    return AttributionRecord(
        id=row.pk,
        article=article.pk,
        outlet=records.outlet_name(article.outlet.name, article.outlet.slug),
        kind=SourceKind(row.kind),
        name=row.name,
        source=words(at_hand, article.pk, source) if fits else "",
        cue=words(at_hand, article.pk, cue) if fits else "",
        form=Form(row.form),
        stance=Stance(row.stance),
        via=row.via,
        own=row.own,
        passage=Extract(article.pk, spans, shown.words, shown.missing, shown.page),
        kind_by_editor=(article.pk, row.key) in said.kinds,
    )
