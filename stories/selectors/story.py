"""The story page: its reports in time order, copies under what they copy, why each is here, what that leaves open.

Says who was first only as far as the times carry; where the news comes from is told by selectors.provenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from stories.models import Article, Story, Version
from stories.nlp.terms import is_english
from stories.selectors import columns, excerpts, grouping, provenance, voices

# A page of reports; a story with more goes on under "later reports". Copies stand under what they copy and don't count.
PAGE = 200
# Copies shown under one report; the page of that report shows all.
COPIES = 50
# How the reasons of a report begin that found no story to join (nlp.grouping, and before it had a learned decision).
FOUNDED = (
    "founded",
    "no report like it",
    "the nearest story is not near enough",
    "no story within",
    "nearest story scored",
)
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
    """An article in its story. It came between `earliest` (None: unknown) and `article.reported_at`.

    `brought`: the edit that put it into the story, if one did. `copies`: those of its text in the story, oldest first;
    `more_copies` besides them. `told`: its role and what its headline keeps, where the story was traced.
    """

    article: Article
    excerpt: str
    earlier: Sequence[Earlier]
    claimed: bool
    earliest: datetime | None
    brought: grouping.Told | None = None
    copies: Sequence[Report] = ()
    more_copies: int = 0
    told: provenance.Told | None = None

    @property
    def day(self) -> date:
        """The day of the report in the server's zone."""
        return timezone.localtime(self.article.reported_at).date()

    @property
    def copies_total(self) -> int:
        """How many reports of the story carry its text besides itself."""
        return len(self.copies) + self.more_copies

    @property
    def founded(self) -> bool:
        """Whether its story began with it, as grouping noted when it came."""
        return bool(self.article.story_reasons) and self.article.story_reasons[0].startswith(FOUNDED)

    @property
    def founding(self) -> Sequence[str]:
        """Why it founded its story, where it did."""
        reasons = self.article.story_reasons
        return reasons[1:] if reasons and reasons[0].startswith("founded") else reasons

    @property
    def sure(self) -> float | None:
        """How sure grouping was that it belongs; None where there was nothing to belong to, or none was noted."""
        return None if self.founded else self.article.story_score

    @property
    def elsewhere(self) -> bool:
        """Whether it copies a report that is not in its story."""
        original = self.article.copy_of
        return original is not None and original.story_id != self.article.story_id

    def may_precede(self, at: datetime) -> bool:
        """Whether this report may have come before `at`, as far as its own times tell."""
        return self.article.reported_at < at or self.earliest is None or self.earliest < at


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story and a page of its reports; `rivals` may have been earlier than the first report we can date.

    `reports` are those that copy nothing in this story, `drawn` these and their copies in time order; `later` counts
    the reports of the pages to come, `copies` the copies of the whole story, `carriers` all that carry another's text.
    `whence` is None where it was not traced yet.
    """

    story: Story
    reports: Sequence[Report]
    drawn: Sequence[Report]
    first: Report | None
    rivals: Sequence[Report]
    later: int
    page: int
    copies: int
    carriers: int
    edits: Sequence[grouping.Told]
    ties: grouping.Ties
    whence: provenance.Whence | None = None

    @property
    def voices(self) -> int:
        """How many voices speak, where that is known and not the number of outlets; else 0.

        Voices are fewer only where somebody carries another's text: until tracing has counted both, nothing is said.
        """
        return voices.voices(self.story) if self.carriers else 0

    @property
    def carried(self) -> list[Report]:
        """The reports on this page whose text others carry, the most carried first."""
        return sorted((r for r in self.reports if r.copies), key=lambda r: -r.copies_total)

    @property
    def agencies(self) -> list[tuple[str, list[Report]]]:
        """Agencies by name, with the reports of this page that carry their text and copy nothing here."""
        found: dict[str, list[Report]] = {}
        for report in self.reports:
            if name := voices.agency_of(report.article):
                found.setdefault(name, []).append(report)
        return sorted(found.items())

    @property
    def english(self) -> bool:
        """Whether the encoder reads its language."""
        return is_english(self.story.lang)


def find(pk: int) -> Story | None:
    """The story at an address: itself, or the one that it was merged into."""
    light = Story.objects.select_related("provenance").defer(*columns.of_story())
    story = light.filter(pk=pk).first()
    for _ in range(_MERGES):
        if story is None or story.merged_into_id is None:
            return story
        story = light.filter(pk=story.merged_into_id).first()
    return None


def story_page(story: Story, page: int = 1) -> StoryPage:
    """A page of the story's reports, oldest first. At most ten queries, and three for where it comes from."""
    start = (page - 1) * PAGE
    edits = grouping.edits_of(story)
    counts = voices.copy_counts(story)
    leading = _articles(story).filter(voices.LEADING | ~Q(copy_of__story=story))
    rows = list(leading.order_by("reported_at", "pk")[start : start + PAGE])
    copies = _copies(story, [row.pk for row in rows if row.pk in counts])
    whence = provenance.whence(story)
    reports = _reports(rows, copies, counts, grouping.brought(edits, story), whence.told if whence else {})
    drawn = sorted(
        [*reports, *(copy for report in reports for copy in report.copies)],
        key=lambda report: (report.article.reported_at, report.article.pk),
    )
    first = drawn[0] if drawn and page == 1 else None
    return StoryPage(
        story=story,
        reports=reports,
        drawn=drawn,
        first=first,
        rivals=_rivals(first, drawn) if first else (),
        later=max(0, leading.count() - start - PAGE) if len(rows) == PAGE else 0,
        page=page,
        copies=sum(counts.values()),
        carriers=voices.carriers(story),
        edits=edits,
        ties=grouping.ties(story),
        whence=whence,
    )


def _articles(story: Story) -> QuerySet[Article]:
    """The story's articles as its page needs them."""
    related = story.articles.select_related("outlet", "copy_of__outlet")
    return related.defer(*columns.of_article(), *columns.of_article("copy_of__"))


def _copies(story: Story, originals: Sequence[int]) -> list[Article]:
    """The first copies of each of these articles within the story. One query, none where nothing is copied."""
    if not originals:
        return []
    place = Window(RowNumber(), partition_by=F("copy_of"), order_by=["reported_at", "pk"])
    copies = _articles(story).filter(copy_of__in=originals).annotate(place=place).filter(place__lte=COPIES)
    return list(copies.order_by("reported_at", "pk"))


def _reports(
    rows: Sequence[Article],
    copies: Sequence[Article],
    counts: Mapping[int, int],
    brought: Mapping[int, grouping.Told],
    told: Mapping[int, provenance.Told],
) -> list[Report]:
    """Articles as reports, each with its copies. Two queries, for excerpts and for headlines that have changed."""
    past = _earlier_headlines([article.pk for article in (*rows, *copies)])
    texts = excerpts.of_articles([article.pk for article in rows])
    under: dict[int | None, list[Report]] = {}
    for copy in copies:
        # Without an excerpt: it would say what stands above it already.
        made = as_report(copy, "", past.get(copy.pk, ()), brought=brought.get(copy.pk), told=told.get(copy.pk))
        under.setdefault(copy.copy_of_id, []).append(made)
    return [
        as_report(
            row,
            texts.get(row.pk, ""),
            past.get(row.pk, ()),
            brought=brought.get(row.pk),
            copies=under.get(row.pk, ()),
            more_copies=max(0, counts.get(row.pk, 0) - len(under.get(row.pk, ()))),
            told=told.get(row.pk),
        )
        for row in rows
    ]


def as_report(
    article: Article,
    excerpt: str,
    earlier: Sequence[Earlier],
    *,
    brought: grouping.Told | None = None,
    copies: Sequence[Report] = (),
    more_copies: int = 0,
    told: provenance.Told | None = None,
) -> Report:
    """An article with what its three times allow: a claim is a point, a sighting reaches back to our poll before."""
    claimed = article.claimed_at is not None and article.claimed_at == article.reported_at
    return Report(
        article=article,
        excerpt=excerpt,
        earlier=earlier,
        claimed=claimed,
        earliest=article.reported_at if claimed else article.polled_before_at,
        brought=brought,
        copies=copies,
        more_copies=more_copies,
        told=told,
    )


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
