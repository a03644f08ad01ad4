"""A story as it was at an earlier moment: the reports that were out, traced and compared as if no more had come.

What an outlet changed later is not known then: an article has the wording that stood there. One whose wording of then
was not read, because it was changed since, counts as not read. Working it out takes as long as a trace, so that it is
kept for a while; between two changes of the story every moment is the same one.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from stories.models import Article, Story, StoryComparison, StoryProvenance
from stories.models.findings import COMPARISON, PROVENANCE
from stories.nlp import framing, lineage, provenance, titles
from stories.selectors import comparison, excerpts, grouping, overrides, voices
from stories.selectors import kept as cached
from stories.selectors.evidence import evidence_at
from stories.selectors.provenance import Whence, whence
from stories.selectors.reports import reports_at
from stories.selectors.story import About, StoryPage, as_reports, earlier_headlines, in_time, marks, rivals

KEPT = timedelta(minutes=15)
# The form of what is kept; another one is worked out anew.
_FORM = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """A story's page at a moment; `total` reports are there now, `before` and `after` are when others came.

    `story` has the counts, title and times of then and must not be saved.
    """

    at: datetime
    story: Story
    page: StoryPage
    total: int
    before: datetime | None
    after: datetime | None


def moment(story: Story, at: datetime) -> Moment | None:
    """The story at a moment; None where it had no report yet. Nine queries; nothing is written but to the cache."""
    pairs = reports_at(story, at)
    if not pairs:
        return None
    times = sorted(story.articles.values_list("reported_at", flat=True))
    articles = [article for article, _ in pairs]
    then = _then(story, articles)
    _judged(then, [report for _, report in pairs])
    as_read = [article for article, report in pairs if report.findings is not None]
    at_hand = evidence_at(articles, as_read, timezone.now())
    traced = whence(then, at_hand, at)
    held = comparison.compared(then, at_hand)
    about = About(
        told=traced.told if traced else {},
        marks=marks(traced, held),
        past=earlier_headlines([article.pk for article in articles], at),
        texts={article.pk: _excerpt(article, report) for article, report in pairs},
        brought={},
    )
    return Moment(
        at=at,
        story=then,
        page=_page(then, articles, about, traced, held),
        total=len(times),
        before=max((time for time in times if time < articles[-1].reported_at), default=None),
        after=min((time for time in times if time > at), default=None),
    )


def _then(story: Story, articles: list[Article]) -> Story:
    """The story with the counts and the title that its reports of then give it."""
    then = copy(story)
    then._state = copy(story._state)
    then._state.fields_cache = dict(story._state.fields_cache)
    # What an editor says of the story as a whole is said of it as it is now.
    then.named, then.lead_id = "", None
    headlines = [article.title for article in articles]
    copies = [index for index, article in enumerate(articles) if article.copy_of_id]
    then.title = headlines[titles.most_central(headlines, None, copies=copies)]
    then.article_count = len(articles)
    then.outlet_count = then.voice_count = len({article.outlet_id for article in articles})
    then.first_at, then.last_at = articles[0].reported_at, articles[-1].reported_at
    return then


def _judged(story: Story, reports: list[lineage.Report]) -> None:
    """Trace and compare the reports of then, or take what was kept of it; the story carries both, unsaved."""
    state = max(time for report in reports for time in (report.at, *(one.at for one in report.headlines)))
    # An editor's word is about the report, whenever it was said.
    said = overrides.said(report.article for report in reports)
    key = f"moment:{_FORM}:{story.pk}:{story.revision}:{story.traced_revision}:{len(reports)}:{state.isoformat()}"
    key += f":{overrides.mark(said)}"
    kept = cached.get(key)
    if kept is None:
        decided = overrides.as_decided(said)
        settled = provenance.as_decided(reports, decided)
        traced = provenance.trace(settled, decided)
        count = traced.independent
        compared = COMPARISON.dump_python(framing.compare(settled, traced), mode="json")
        kept = count.least, count.most, PROVENANCE.dump_python(traced, mode="json"), compared
        cached.put(key, kept, KEPT.total_seconds())
    least, most, traced_json, compared_json = kept
    told = {"story": story, "revision": story.revision, "at": timezone.now()}
    story.provenance = StoryProvenance(**told, least=least, most=most, traced=traced_json)
    story.comparison = StoryComparison(**told, compared=compared_json)


def _excerpt(article: Article, report: lineage.Report) -> str:
    """The beginning of the article as it stood; its feed's summary only where it has not changed since."""
    text = report.whole.partition("\n")[2]
    return excerpts.shorten(article.summary if report.findings is not None and article.summary else text, 32)


def _page(
    story: Story,
    articles: list[Article],
    about: About,
    traced: Whence | None,
    held: comparison.Compared | None,
) -> StoryPage:
    roots = {article.pk: article.copy_of_id for article in articles}
    # As on the page of now: what copies a copy stands for itself, so that it does not get lost.
    copied = [one for one in articles if one.copy_of_id in roots and roots[one.copy_of_id] not in roots]
    under = {article.pk for article in copied}
    leading = [article for article in articles if article.pk not in under]
    reports = as_reports(leading, copied, Counter(one.copy_of_id or 0 for one in copied), about)
    drawn = in_time(reports)
    return StoryPage(
        story=story,
        reports=reports,
        drawn=drawn,
        first=drawn[0],
        rivals=rivals(drawn[0], drawn),
        later=0,
        page=1,
        copies=len(copied),
        carriers=sum(bool(article.copy_of_id in roots or voices.agency_of(article)) for article in articles),
        edits=(),
        ties=grouping.ties(story),
        whence=traced,
        compared=held,
    )
