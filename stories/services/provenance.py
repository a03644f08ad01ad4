"""Where a story's news comes from, traced anew with the whole story: a pure function of its articles.

nlp.provenance and nlp.happenings decide; here what was traced is written. Happenings are written once and for all in
the transaction of the trace that found them, so that whoever tells of them does so once.

What an editor says of reports that were known changes what is known to have happened; it is no news. So a happening
that is found only by an editor's word, in a report that was traced before, is written and wakes nobody - unless the
editor said of that very report, while it is news, that it is one of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stories.models import Happening, Story, StoryProvenance
from stories.models.findings import PROVENANCE
from stories.nlp import happenings, lineage, provenance
from stories.nlp.findings import Role

_NOTE = 600
NOTHING_DECIDED = lineage.Decided()
# For so long after it was reported an editor's word that a report is one of its own is told as news of it.
NEWS_FOR = timedelta(hours=48)
_OF_ITS_OWN = (Role.ORIGINAL, Role.MIXED)
_OF_ORIGINS = (lineage.HappeningKind.CONFIRMED, lineage.HappeningKind.NEW_ORIGIN)
_CHANGED = ("article", "other", "evidence", "note", "at", "stands")


@dataclass(frozen=True, slots=True)
class Traced:
    """A story's provenance and what has happened to it.

    `by_word` are the happenings, by kind and key, of which nothing would be known but for what editors said; `vouched`
    the articles that an editor calls reports of their own.
    """

    provenance: lineage.Provenance
    happenings: tuple[lineage.Happening, ...]
    by_word: frozenset[tuple[str, str]] = frozenset()
    vouched: frozenset[int] = frozenset()


def look(reports: Sequence[lineage.Report], decided: lineage.Decided = NOTHING_DECIDED) -> Traced:
    """Trace a story's provenance from all of its reports and what editors said of them."""
    settled = provenance.as_decided(reports, decided)
    traced = provenance.trace(settled, decided)
    found = happenings.happenings(settled, traced)
    if decided == NOTHING_DECIDED:
        return Traced(traced, found)
    plain = happenings.happenings(reports, provenance.trace(reports))
    without = {(one.kind.value, one.key) for one in plain}
    by_word = frozenset((one.kind.value, one.key) for one in found) - without
    return Traced(traced, found, by_word, frozenset(pk for pk, role in decided.roles.items() if role in _OF_ITS_OWN))


def save(story: Story, traced: Traced, now: datetime) -> list[Happening]:
    """Write the provenance; of the happenings that are new those that are news. Whoever calls holds the story's row."""
    count = traced.provenance.independent
    known = _known(story) if traced.by_word else frozenset()
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
    fresh = _note(story, traced.happenings, now)
    return [row for row in fresh if _is_news(row, traced, known, now)]


def _known(story: Story) -> frozenset[int]:
    """The reports that were traced in the story before."""
    row = StoryProvenance.objects.filter(story=story).first()
    told = row.told() if row else None
    return frozenset(one.article for one in told.standings) if told else frozenset()


def _is_news(row: Happening, traced: Traced, known: frozenset[int], now: datetime) -> bool:
    """Whether a new happening is more than an editor's word on reports that were known (see the head of the module)."""
    if (row.kind, row.key) not in traced.by_word or row.article_id not in known:
        return True
    return row.kind in _OF_ORIGINS and row.article_id in traced.vouched and row.at >= now - NEWS_FOR


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
