"""Where a story's news comes from, traced anew with the whole story: a pure function of its articles.

nlp.provenance and nlp.happenings decide; here what was traced is written. Happenings are
written once and for all in the transaction of the trace that found them, so that whoever tells of them does so once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.models import Happening, Story, StoryProvenance
from stories.models.findings import PROVENANCE
from stories.nlp import happenings, lineage, provenance

_NOTE = 600
_CHANGED = ("article", "other", "evidence", "note", "at", "stands")


@dataclass(frozen=True, slots=True)
class Traced:
    """A story's provenance and what has happened to it."""

    provenance: lineage.Provenance
    happenings: tuple[lineage.Happening, ...]


def look(reports: Sequence[lineage.Report]) -> Traced:
    """Trace a story's provenance from all of its reports."""
    traced = provenance.trace(reports)
    return Traced(traced, happenings.happenings(reports, traced))


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
