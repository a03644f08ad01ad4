"""Where a story's news comes from, traced anew with the whole story: a pure function of its articles.

nlp.provenance and nlp.happenings decide; here the articles are fetched and what was traced is written. Happenings are
written once and for all in the transaction of the trace that found them, so that whoever tells of them does so once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stories.models import Article, Examined, Happening, Outlet, Story, StoryProvenance, Version
from stories.models.findings import PROVENANCE
from stories.nlp import copies, happenings, lineage, provenance
from stories.selectors import documents

_NOTE = 600
_CHANGED = ("article", "other", "evidence", "note", "at", "stands")


@dataclass(frozen=True, slots=True)
class Traced:
    """A story's provenance and what has happened to it."""

    provenance: lineage.Provenance
    happenings: tuple[lineage.Happening, ...]


def look(story: Story, copied: Mapping[int, copies.Copy | None]) -> Traced:
    """Trace a story's provenance. `copied`: whose copy each of its articles is, as just found."""
    reports = reports_of(story, copied)
    traced = provenance.trace(reports)
    return Traced(traced, happenings.happenings(reports, traced))


def reports_of(story: Story, copied: Mapping[int, copies.Copy | None]) -> list[lineage.Report]:
    """The story's articles as provenance is traced from them. Three queries."""
    articles = list(
        story.articles.select_related("outlet", "version")
        .defer("vector", "terms", "traits", "signature", "bands", "version__search")
        .order_by("reported_at", "pk")
    )
    examined = Examined.objects.in_bulk([article.pk for article in articles])
    headlines: dict[int, list[lineage.Headline]] = {article.pk: [] for article in articles}
    versions = Version.objects.filter(article__in=articles).order_by("seen_at", "pk")
    for pk, title, seen_at in versions.values_list("article", "title", "seen_at"):
        headlines[pk].append(lineage.Headline(title, seen_at))
    return [
        _report(article, examined.get(article.pk), headlines[article.pk], copied.get(article.pk))
        for article in articles
    ]


def _report(
    article: Article, examined: Examined | None, headlines: list[lineage.Headline], copy: copies.Copy | None
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
        headlines=tuple(headlines),
        changed=headlines[-1].at if len(headlines) > 1 else None,
    )


def save(story: Story, traced: Traced, now: datetime) -> list[Happening]:
    """Write the provenance; the happenings that are new. Whoever calls holds the story's row."""
    count = traced.provenance.independent
    StoryProvenance.objects.update_or_create(
        story=story,
        defaults={
            "revision": story.revision,
            "least": count.least,
            "most": count.most,
            "traced": PROVENANCE.dump_python(traced.provenance, mode="json"),
            "at": now,
        },
    )
    return _note(story, traced.happenings, now)


def _note(story: Story, found: tuple[lineage.Happening, ...], now: datetime) -> list[Happening]:
    """Write what happened, each once; what a later look no longer bears out no longer stands."""
    known = {(row.kind, row.key): row for row in Happening.objects.filter(story=story)}
    fresh, changed = [], []
    for one in found:
        row = _row(story, one, now)
        before = known.pop((row.kind, row.key), None)
        if before is None:
            fresh.append(row)
        elif any(getattr(before, name) != getattr(row, name) for name in _FIELDS):
            row.pk, row.noted_at = before.pk, before.noted_at
            changed.append(row)
    fallen = [row for row in known.values() if row.stands]
    for row in fallen:
        row.stands = False
    Happening.objects.bulk_update([*changed, *fallen], _CHANGED)
    return Happening.objects.bulk_create(fresh)


_FIELDS = ("article_id", "other_id", "evidence", "note", "at", "stands")


def _row(story: Story, one: lineage.Happening, now: datetime) -> Happening:
    """A happening as it is kept."""
    return Happening(
        story=story,
        kind=one.kind.value,
        key=one.key[:300],
        article_id=one.article,
        other_id=one.other,
        evidence=[list(span) for span in one.evidence],
        note=one.note[:_NOTE],
        at=one.at,
        noted_at=now,
    )
