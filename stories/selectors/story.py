"""The story page: its reports in time order, copies under what they copy, why each is here, what that leaves open.

Says who was first only as far as the times carry; where the news comes from is told by selectors.provenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Greatest, RowNumber
from django.utils import timezone

from stories.models import Article, Edit, Story, Version
from stories.nlp.grouping import founding
from stories.nlp.terms import is_english
from stories.selectors import columns, comparison, excerpts, grouping, headlines, provenance, voices
from stories.selectors.edits import Told
from stories.selectors.passages import Piece

# A page of reports; a story with more goes on under "later reports". Copies stand under what they copy and don't count.
PAGE = 200
# Copies shown under one report; the page of that report shows all.
COPIES = 50
# Merges are rare and chains of them rarer; the bound only stops a loop in damaged data.
_MERGES = 20


@dataclass(frozen=True, slots=True)
class Earlier:
    """A headline that an article carried before; `until` is when we first saw the next one, `change` what that is."""

    title: str
    seen_at: datetime
    until: datetime
    change: Sequence[Piece] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """An article in its story. It came between `earliest` (None: unknown) and `article.reported_at`.

    `brought`: the edit that put it into the story, if one did. `copies`: those of its text in the story, oldest first;
    `more_copies` besides them. `told`: its role and what its headline keeps, where the story was traced. `pieces` are
    its headline with words marked; () where none are.
    """

    article: Article
    excerpt: str
    earlier: Sequence[Earlier]
    claimed: bool
    earliest: datetime | None
    brought: Told | None = None
    copies: Sequence[Report] = ()
    more_copies: int = 0
    told: provenance.Told | None = None
    pieces: Sequence[Piece] = ()

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
        return founding(self.article.story_reasons) is not None

    @property
    def founding(self) -> Sequence[str]:
        """Why it founded its story, where it did."""
        return founding(self.article.story_reasons) or ()

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
class About:
    """What is told of reports, by their articles: roles, marked and earlier headlines, excerpts, who put them here."""

    told: Mapping[int, provenance.Told]
    marks: Mapping[int, Sequence[Piece]]
    past: Mapping[int, Sequence[Earlier]]
    texts: Mapping[int, str]
    brought: Mapping[int, Told]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story and a page of its reports; `rivals` may have been earlier than the first report we can date.

    `reports` are those that copy nothing in this story, `drawn` these and their copies in time order; `later` counts
    the reports of the pages to come, `copies` the copies of the whole story, `carriers` all that carry another's text.
    `whence` is None where it was not traced yet, `compared` where its reports were not held against each other yet.
    `headline` is the report that stands for it, where an editor chose that or gave the story a title of its own.
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
    edits: Sequence[Told]
    ties: grouping.Ties
    whence: provenance.Whence | None = None
    compared: comparison.Compared | None = None
    headline: Article | None = None

    @property
    def led(self) -> bool:
        """Whether an editor chose the report that stands for it."""
        return self.headline is not None and self.headline.pk == self.story.lead_id

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
    light = Story.objects.select_related("provenance", "comparison").defer(*columns.of_story())
    # What was done to it is told on its page: the latest edit, so that a page that is kept never lies.
    light = light.annotate(edited=Greatest(_last("story"), _last("other")))
    story = light.filter(pk=pk).first()
    for _ in range(_MERGES):
        if story is None or story.merged_into_id is None:
            return story
        story = light.filter(pk=story.merged_into_id).first()
    return None


def _last(end: str) -> Subquery:
    """The number of the latest edit of a story, from that story's few: not from all edits, the latest first."""
    of_story = Edit.objects.order_by().filter(**{end: OuterRef("pk")}).values(end)
    return Subquery(of_story.annotate(last=Max(F("pk") + 0)).values("last"))


def story_page(story: Story, page: int = 1) -> StoryPage:
    """A page of the story's reports, oldest first. At most twelve queries, four for where it comes from, one for the
    headline where an editor named it, none for how its reports compare (two where they were not traced)."""
    start = (page - 1) * PAGE
    edits = grouping.edits_of(story)
    counts = voices.copy_counts(story)
    leading = _articles(story).filter(voices.LEADING | ~Q(copy_of__story=story))
    rows = list(leading.order_by("reported_at", "pk")[start : start + PAGE])
    copies = _copies(story, [row.pk for row in rows if row.pk in counts])
    whence = provenance.whence(story)
    held = comparison.compared(story, whence.at_hand if whence else None)
    about = About(
        told=whence.told if whence else {},
        marks=marks(whence, held),
        past=earlier_headlines([article.pk for article in (*rows, *copies)]),
        texts=excerpts.of_articles([row.pk for row in rows]),
        brought=grouping.brought(edits, story),
    )
    reports = as_reports(rows, copies, counts, about)
    drawn = in_time(reports)
    first = drawn[0] if drawn and page == 1 else None
    return StoryPage(
        story=story,
        reports=reports,
        drawn=drawn,
        first=first,
        rivals=rivals(first, drawn) if first else (),
        later=max(0, leading.count() - start - PAGE) if len(rows) == PAGE else 0,
        page=page,
        copies=sum(counts.values()),
        carriers=voices.carriers(story),
        edits=edits,
        ties=grouping.ties(story),
        whence=whence,
        compared=held,
        headline=_headline(story),
    )


def _headline(story: Story) -> Article | None:
    """The report that stands for a story of which an editor said so, or which an editor named. At most one query."""
    if not story.named and story.lead_id is None:
        return None
    related = Article.objects.select_related("outlet").defer(*columns.of_article())
    return related.filter(pk=story.headline_of_id or 0, story=story).first()


@dataclass(frozen=True, slots=True)
class News:
    """What came since somebody looked last: the articles of new reports, and the numbers of what happened."""

    since: datetime
    reports: frozenset[int]
    happened: frozenset[int]


def news(page: StoryPage, since: datetime | None) -> News | None:
    """What is new on a story's page since then; None for who was never here."""
    if since is None:
        return None
    return News(
        since=since,
        reports=frozenset(one.article.pk for one in page.drawn if one.article.first_seen_at > since),
        happened=frozenset(
            one.row.pk for one in (page.whence.happened if page.whence else ()) if one.row.noted_at > since
        ),
    )


def marks(whence: provenance.Whence | None, held: comparison.Compared | None) -> dict[int, Sequence[Piece]]:
    """The headlines with words marked: those that keep a credit, and those that stand out."""
    kept = {pk: one.pieces for pk, one in whence.told.items() if one.pieces} if whence else {}
    return kept | (headlines.marked(held, kept) if held else {})


def in_time(reports: Iterable[Report]) -> list[Report]:
    """Reports and their copies in the order of time."""
    every = [one for report in reports for one in (report, *report.copies)]
    return sorted(every, key=lambda report: (report.article.reported_at, report.article.pk))


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


def as_reports(
    rows: Sequence[Article], copies: Sequence[Article], counts: Mapping[int, int], about: About
) -> list[Report]:
    """Articles as reports, each with its copies, of which there are `counts` in all."""
    under: dict[int | None, list[Report]] = {}
    for copy in copies:
        # Without an excerpt: it would say what stands above it already.
        under.setdefault(copy.copy_of_id, []).append(_with(about, as_report(copy, "", about.past.get(copy.pk, ()))))
    return [
        _with(
            about,
            as_report(
                row,
                about.texts.get(row.pk, ""),
                about.past.get(row.pk, ()),
                copies=under.get(row.pk, ()),
                more_copies=max(0, counts.get(row.pk, 0) - len(under.get(row.pk, ()))),
            ),
        )
        for row in rows
    ]


def _with(about: About, report: Report) -> Report:
    pk = report.article.pk
    return replace(report, brought=about.brought.get(pk), told=about.told.get(pk), pieces=about.marks.get(pk, ()))


def as_report(
    article: Article,
    excerpt: str,
    earlier: Sequence[Earlier],
    *,
    copies: Sequence[Report] = (),
    more_copies: int = 0,
) -> Report:
    """An article with what its three times allow: a claim is a point, a sighting reaches back to our poll before."""
    claimed = article.claimed_at is not None and article.claimed_at == article.reported_at
    return Report(
        article=article,
        excerpt=excerpt,
        earlier=earlier,
        claimed=claimed,
        earliest=article.reported_at if claimed else article.polled_before_at,
        copies=copies,
        more_copies=more_copies,
    )


def rivals(first: Report, reports: Iterable[Report]) -> list[Report]:
    """One report of each other outlet that may have come before the first that we can date."""
    found = {first.article.outlet_id: first}
    for report in reports:
        if report.may_precede(first.article.reported_at):
            found.setdefault(report.article.outlet_id, report)
    return [report for report in found.values() if report is not first]


def earlier_headlines(ids: Sequence[int], until: datetime | None = None) -> dict[int, list[Earlier]]:
    """The headlines before the present one, oldest first; of an earlier moment, before that one's. One query."""
    rows = Version.objects.filter(article__in=ids).order_by("article", "seen_at", "pk")
    if until:
        rows = rows.filter(seen_at__lte=until)
    past: dict[int, list[Earlier]] = {}
    before: tuple[int, str, datetime] | None = None
    for article, title, seen_at in rows.values_list("article_id", "title", "seen_at"):
        if before and before[0] == article:
            if before[1] == title:
                continue
            change = headlines.changed(before[1], title)
            past.setdefault(article, []).append(Earlier(before[1], before[2], seen_at, change))
        before = (article, title, seen_at)
    return past
