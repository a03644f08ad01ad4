"""The trace step: look at the whole story again. A pure function of its articles: run twice, it says the same.

Its headline, counts and times; which of its reports are copies, and so how many voices it has; the stories that it is
tied to; where its news comes from, and what happened to it; how its reports differ. What a curator decided is in the
rows that it reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from stories.ingest.errors import Failure, Permanent
from stories.models import Article, Story
from stories.nlp import framing, oddities, titles
from stories.nlp.comparison import Comparison
from stories.nlp.provenance import as_decided
from stories.nlp.terms import is_english
from stories.selectors import overrides
from stories.selectors.reports import reports_of
from stories.services import comparison, copies, noticing, provenance, questions, relating

_WRITTEN = (
    "title",
    "headline_of",
    "article_count",
    "outlet_count",
    "voice_count",
    "first_at",
    "last_at",
    "traced_revision",
)


@dataclass(frozen=True, slots=True)
class Trace:
    """What the articles of a story say together, and the story's revision that this was said of."""

    revision: int
    title: str
    headline_of: int
    articles: int
    outlets: int
    first_at: datetime
    last_at: datetime
    copies: copies.Found
    ties: relating.Look
    lineage: provenance.Traced
    compared: Comparison
    odd: tuple[oddities.Odd, ...]


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Trace | Failure]:
    """Trace each story once, however many of its articles ask."""
    stories = {story.pk: story for story in Story.objects.filter(pk__in={a.story_id for a in articles})}
    traces = {pk: trace(story) for pk, story in stories.items()}
    gone = Permanent("The article's story no longer exists.")
    return {article.pk: traces.get(article.story_id or 0) or gone for article in articles}


def trace(story: Story) -> Trace | None:
    """What the story's articles say, in the order in which they were reported; None of a story that has none left."""
    # What an editor brought by its address is in the story before it was read; it is traced when it was.
    read = story.articles.exclude(vector=None).order_by("reported_at", "pk")
    rows = list(read.values_list("pk", "title", "vector", "outlet_id", "reported_at"))
    if not rows:
        return None
    headlines = [row[1] for row in rows]
    copied = copies.look(story)
    central = titles.most_central(
        headlines,
        _vectors(story, [row[2] for row in rows]),
        copies=[index for index, row in enumerate(rows) if copied.copies.get(row[0])],
    )
    reports = reports_of(story, copied.copies)
    decided = overrides.decided([report.article for report in reports])
    lineage = provenance.look(reports, decided)
    leading = next((index for index, row in enumerate(rows) if row[0] == story.lead_id), central)
    return Trace(
        revision=story.revision,
        title=story.named or headlines[leading],
        headline_of=rows[leading][0],
        articles=len(rows),
        outlets=len({row[3] for row in rows}),
        first_at=rows[0][4],
        last_at=rows[-1][4],
        copies=copied,
        ties=relating.look(story),
        lineage=lineage,
        compared=framing.compare(as_decided(reports, decided), lineage.provenance),
        odd=oddities.found(reports, lineage.provenance),
    )


def _vectors(story: Story, stored: Sequence[Sequence[float] | None]) -> np.ndarray | None:
    """The articles' vectors, float32 [articles, 384]; None where the encoder does not know the language."""
    return np.array(stored, dtype=np.float32) if is_english(story.lang) else None


def save(article: Article, result: Trace, now: datetime) -> None:
    """Write the trace to the story, unless the story has changed since: whoever changed it will have it traced."""
    story = Story.objects.select_for_update(no_key=True).filter(pk=article.story_id or 0).first()
    if story is None or story.revision != result.revision:
        return
    found = copies.save(article, result.copies)
    story.title, story.headline_of_id = result.title, result.headline_of
    story.article_count, story.outlet_count = result.articles, result.outlets
    story.voice_count = found.voices
    story.first_at, story.last_at = result.first_at, result.last_at
    story.traced_revision = result.revision
    story.save(update_fields=_WRITTEN)
    relating.keep(story, result.ties)
    fresh = provenance.save(story, result.lineage, now)
    noticing.of_trace(story, result.lineage.provenance, fresh, now)
    comparison.save(story, result.compared, now)
    questions.of_origins(story, result.odd, now)
    copies.recount(found.others)
