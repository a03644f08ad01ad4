"""A story as it was at an earlier moment: the reports that were out, traced and compared as if no more had come.

What an outlet changed later is not known then: an article has the wording that stood there. One whose wording of then
was not read, because it was changed since, counts as not read. What happened is taken from what was noted as reported
by then. Working it out takes as long as a trace, so that it is kept for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from stories.models import Article, Story, StoryComparison, StoryProvenance
from stories.models.findings import COMPARISON, PROVENANCE
from stories.nlp import framing, provenance
from stories.selectors.reports import reports_at

KEPT = timedelta(minutes=15)
# The form of what is kept; another one is worked out anew.
_FORM = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """A story at a moment: its articles by their numbers, in the wording of then, and what was traced and compared."""

    at: datetime
    articles: dict[int, Article]
    provenance: StoryProvenance
    comparison: StoryComparison

    @property
    def outlets(self) -> int:
        """How many outlets had reported."""
        return len({article.outlet_id for article in self.articles.values()})


def moment(story: Story, at: datetime) -> Moment | None:
    """The story at a moment; None where it had no report yet. Three queries; nothing is written but to the cache."""
    pairs = reports_at(story, at)
    if not pairs:
        return None
    reports = [report for _, report in pairs]
    key = f"moment:{_FORM}:{story.pk}:{story.revision}:{story.traced_revision}:{at.isoformat()}"
    kept = cache.get(key)
    if kept is None:
        traced = provenance.trace(reports)
        compared = framing.compare(reports, traced)
        kept = (
            traced.independent.least,
            traced.independent.most,
            PROVENANCE.dump_python(traced, mode="json"),
            COMPARISON.dump_python(compared, mode="json"),
        )
        cache.set(key, kept, KEPT.total_seconds())
    least, most, traced_json, compared_json = kept
    told = {"story": story, "revision": story.revision, "at": timezone.now()}
    return Moment(
        at=at,
        articles={article.pk: article for article, _ in pairs},
        provenance=StoryProvenance(**told, least=least, most=most, traced=traced_json),
        comparison=StoryComparison(**told, compared=compared_json),
    )
