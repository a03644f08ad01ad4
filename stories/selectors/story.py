"""The story page: its reports in time order, what each time rests on, and what that leaves open.

Says who was first only as far as the times carry; roles, credits and origins are not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from stories.models import Article, Story, Version
from stories.selectors import excerpts

# A page of reports; a story with more goes on under "later reports".
PAGE = 200
# Merges are rare and chains of them rarer; the bound only stops a loop in damaged data.
_MERGES = 20


@dataclass(frozen=True, slots=True)
class Earlier:
    """A headline that an article carried before; `until` is when we first saw the next one."""

    title: str
    seen_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """An article in its story. It came between `earliest` (None: unknown) and `article.reported_at`."""

    article: Article
    excerpt: str
    earlier: Sequence[Earlier]
    claimed: bool
    earliest: datetime | None

    @property
    def day(self) -> date:
        """The day of the report in the server's zone."""
        return timezone.localtime(self.article.reported_at).date()

    def may_precede(self, at: datetime) -> bool:
        """Whether this report may have come before `at`, as far as its own times tell."""
        return self.article.reported_at < at or self.earliest is None or self.earliest < at


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story and a page of its reports; `rivals` may have been earlier than the first report we can date."""

    story: Story
    reports: Sequence[Report]
    first: Report | None
    rivals: Sequence[Report]
    later: int
    page: int


def find(pk: int) -> Story | None:
    """The story at an address: itself, or the one that it was merged into."""
    story = Story.objects.defer("vector", "terms").filter(pk=pk).first()
    for _ in range(_MERGES):
        if story is None or story.merged_into_id is None:
            return story
        story = Story.objects.defer("vector", "terms").filter(pk=story.merged_into_id).first()
    return None


def story_page(story: Story, page: int = 1) -> StoryPage:
    """A page of the story's reports, oldest first. At most four queries."""
    start = (page - 1) * PAGE
    articles = story.articles.select_related("outlet").defer("vector", "terms", "feed_text", "outlet__aliases")
    rows = list(articles.order_by("reported_at", "pk")[start : start + PAGE])
    ids = [article.pk for article in rows]
    texts, past = excerpts.of_articles(ids), _earlier_headlines(ids)
    reports = [as_report(article, texts.get(article.pk, ""), past.get(article.pk, ())) for article in rows]
    first = reports[0] if reports and page == 1 else None
    return StoryPage(
        story=story,
        reports=reports,
        first=first,
        rivals=_rivals(first, reports) if first else (),
        later=max(0, story.article_count - start - len(rows)),
        page=page,
    )


def as_report(article: Article, excerpt: str, earlier: Sequence[Earlier]) -> Report:
    """An article with what its three times allow: a claim is a point, a sighting reaches back to our poll before."""
    claimed = article.claimed_at is not None and article.claimed_at == article.reported_at
    earliest = article.reported_at if claimed else article.polled_before_at
    return Report(article=article, excerpt=excerpt, earlier=earlier, claimed=claimed, earliest=earliest)


def _rivals(first: Report, reports: Iterable[Report]) -> list[Report]:
    """One report of each other outlet that may have come before the first that we can date."""
    found = {first.article.outlet_id: first}
    for report in reports:
        if report.may_precede(first.article.reported_at):
            found.setdefault(report.article.outlet_id, report)
    return [report for report in found.values() if report is not first]


def _earlier_headlines(ids: Sequence[int]) -> dict[int, list[Earlier]]:
    """The headlines before the present one, oldest first. One query."""
    rows = Version.objects.filter(article__in=ids).order_by("article", "seen_at", "pk")
    past: dict[int, list[Earlier]] = {}
    before: tuple[int, str, datetime] | None = None
    for article, title, seen_at in rows.values_list("article_id", "title", "seen_at"):
        if before and before[0] == article:
            if before[1] == title:
                continue
            past.setdefault(article, []).append(Earlier(before[1], before[2], seen_at))
        before = (article, title, seen_at)
    return past
