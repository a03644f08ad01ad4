"""A story at the desk: its reports in time order with what brought each here, and all that an editor decides by.

Reads what grouping and tracing wrote, and decides nothing. Of a long story a page shows some, and folds the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from stories.models import Act, Doubt, DoubtState, Objection, Override, Story, StoryProvenance
from stories.nlp import lineage
from stories.nlp.findings import Role
from stories.nlp.grouping import founding
from stories.nlp.lineage import Edge, EdgeKind, Provenance, Why
from stories.selectors import columns, followers, grouping, members
from stories.selectors.deskmarks import unanswered
from stories.selectors.edits import Told
from stories.selectors.members import Member

# A row takes the best part of a millisecond to write.
PAGE = 100
QUESTIONS = 20
EDITS = 6
_BRINGING = (Act.MERGE, Act.SPLIT, Act.MOVE, Act.REMOVE, Act.ADD)


@dataclass(frozen=True, slots=True)
class Credited:
    """Whom a report credits: an outlet, and where its report stands in the list ("" where it has none in it)."""

    outlet: str
    link: str
    decided: bool
    main: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A report as the desk shows it. `brought`: the edit that put it here, None where grouping did when it came.

    `root`: where the report stands whose text it carries.
    """

    report: Member
    role: str
    footing: str
    corrected: bool
    brought: Told | None
    credits: Sequence[Credited]
    root: str

    @property
    def founded(self) -> bool:
        """Whether its story began with it."""
        return self.brought is None and founding(self.report.reasons) is not None

    @property
    def founding(self) -> Sequence[str]:
        """Why it founded its story, where it did."""
        return founding(self.report.reasons) or ()


@dataclass(frozen=True, slots=True)
class Fold:
    """A page of the reports, of which `rows` are given where it is the one that is shown; numbers are from 1."""

    page: int
    number: int
    last: int
    first_at: datetime
    last_at: datetime
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """One who counts as an origin, or may: by its name, where the report stands that shows it, and why."""

    name: str
    link: str
    why: str
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Whence:
    """How many independent origins the story has as traced last; `stale`: reports have come or gone since."""

    least: int
    most: int
    proven: Sequence[Voice]
    perhaps: Sequence[Voice]
    untold: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Objections that wait: how many readers said so of a report, or of the whole story ("" for where it stands).

    `doubt` is the open question that they became, None where they became none.
    """

    link: str
    readers: int
    doubt: int | None


@dataclass(frozen=True, slots=True)
class DeskPage:
    """All that a story's page at the desk shows. `headline`: that of the report which the program takes."""

    story: Story
    folds: Sequence[Fold]
    copies: int
    headline: str
    whence: Whence | None
    people: int
    doubts: Sequence[Doubt]
    objections: Sequence[Said]
    ties: grouping.Ties
    edits: Sequence[Told]

    @property
    def rows(self) -> list[Row]:
        """The reports of this page."""
        return [row for fold in self.folds for row in fold.rows]


def find(pk: int) -> Story | None:
    """A story as its desk needs it, merged ones too. One query."""
    related = Story.objects.select_related("merged_into", "headline_of", "lead", "provenance")
    heavy = [*columns.of_story(), *columns.of_story("merged_into__")]
    heavy += [*columns.of_article("headline_of__"), *columns.of_article("lead__")]
    return related.defer(*heavy).filter(pk=pk).first()


class _Places:
    """Where the reports of a story stand: on which page, and under which link from the one that is shown."""

    def __init__(self, every: Sequence[Member], page: int, address: str) -> None:
        self.every, self.page, self.address = every, page, address
        self.outlets = {one.pk: one.outlet for one in every}
        self.pages = {one.pk: number // PAGE + 1 for number, one in enumerate(every)}

    def link(self, article: int | None) -> str:
        """To a report's row; "" of one that is not in the story."""
        page = self.pages.get(article or 0)
        if page is None:
            return ""
        return f"#a{article}" if page == self.page else f"{self.address}?page={page}#a{article}"


def desk_page(story: Story, page: int = 1, address: str = "") -> DeskPage:
    """A page of a story's reports with all that surrounds them; `address`: the page's own. Nine queries at most."""
    every = members.of_stories([story])
    page = max(1, min(page, -(-len(every) // PAGE)))
    places = _Places(every, page, address)
    edits = grouping.edits_of(story)
    provenance: StoryProvenance | None = getattr(story, "provenance", None)
    traced = provenance.told() if provenance else None
    rows = _rows(story, places, traced, _brought(edits, story))
    objections = _objections(story, places)
    # What readers said is told by how many they are.
    told = {said.doubt for said in objections}
    return DeskPage(
        story=story,
        folds=_folds(every, page, rows),
        copies=sum(one.root is not None for one in every),
        headline=story.headline_of.title if story.headline_of else "",
        whence=_whence(story, provenance, traced, places) if provenance and traced else None,
        people=followers.people([story]),
        doubts=[doubt for doubt in open_doubts(story) if doubt.pk not in told],
        objections=objections,
        ties=grouping.ties(story),
        edits=edits[:EDITS],
    )


def _folds(every: Sequence[Member], page: int, rows: Sequence[Row]) -> list[Fold]:
    folds = []
    for start in range(0, len(every), PAGE):
        part, number = every[start : start + PAGE], start // PAGE + 1
        shown = rows if number == page else ()
        folds.append(Fold(number, start + 1, start + len(part), part[0].at, part[-1].at, shown))
    return folds


def open_doubts(story: Story) -> list[Doubt]:
    """The open questions that a story is in, the weightiest first. One query."""
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    rows = Doubt.objects.select_related("story", "other").defer(*heavy).filter(state=DoubtState.OPEN)
    return list(rows.filter(Q(story=story) | Q(other=story)).order_by("-priority", "-probability", "-pk")[:QUESTIONS])


def _objections(story: Story, places: _Places) -> list[Said]:
    waiting = Objection.objects.filter(unanswered(), story=story).order_by()
    said = waiting.values_list("article", "doubt").annotate(readers=Count("pk"))
    rows = said.order_by("-readers", "article")[:QUESTIONS]
    return [Said(places.link(article), readers, doubt) for article, doubt, readers in rows]


def _brought(edits: Iterable[Told], story: Story) -> dict[int, Told]:
    """By report, the edit that put it into the story and still stands; the latest, where there are several."""
    found: dict[int, Told] = {}
    for told in edits:
        if told.edit.act in _BRINGING and told.undone is None:
            for article, _before, after in told.edit.moves:
                if after == story.pk:
                    found.setdefault(article, told)
    return found


def _rows(story: Story, places: _Places, traced: Provenance | None, brought: Mapping[int, Told]) -> list[Row]:
    """The reports of the page that is shown. One query."""
    standings = {one.article: one for one in traced.standings} if traced else {}
    credits: dict[int, list[Edge]] = {}
    for edge in traced.edges if traced else ():
        if edge.kind is EdgeKind.CREDITS:
            credits.setdefault(edge.article, []).append(edge)
    corrected = set(Override.objects.filter(article__story=story).order_by().values_list("article_id", flat=True))
    rows = []
    for one in places.every[(places.page - 1) * PAGE : places.page * PAGE]:
        standing = standings.get(one.pk)
        rows.append(
            Row(
                report=one,
                role=_role(one, standing.role) if standing else "",
                footing=standing.footing.value if standing else "",
                corrected=one.pk in corrected,
                brought=brought.get(one.pk),
                credits=[
                    Credited(
                        places.outlets.get(edge.target or 0, edge.outlet),
                        places.link(edge.target),
                        edge.decided,
                        edge.main,
                    )
                    for edge in credits.get(one.pk, ())
                ],
                root=places.link(one.root),
            )
        )
    return rows


def _role(one: Member, role: Role) -> str:
    """A report's role in a word, a copy told apart from what is copied."""
    if one.root is None:
        return role.value
    return "wire copy" if role is Role.WIRE else "copy"


def _whence(story: Story, row: StoryProvenance, traced: Provenance, places: _Places) -> Whence:
    count = traced.independent

    def voice(one: lineage.Voice) -> Voice:
        lead = next((pk for pk in one.articles if pk in places.outlets), None)
        # A report speaks by its outlet's name; that of its owner, by which it counts, is for the count alone.
        name = places.outlets.get(lead or 0, one.name)
        return Voice(name, places.link(lead or one.shown_in), one.why.value, one.sources)

    return Whence(
        least=row.least,
        most=row.most,
        proven=[voice(one) for one in count.proven],
        perhaps=[voice(one) for one in count.perhaps if one.why is not Why.UNTOLD],
        untold=len(count.cannot_tell),
        stale=row.revision != story.revision,
    )
