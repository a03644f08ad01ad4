"""What a story's reports have in common and where they differ, as the exports and the API tell it: claims, quotes.

Reads what was compared last and puts the excerpts to it. A report that has no cell for a claim is "not found", or
"text not available" where only its headline could be read: nothing is said of why. Compares nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from stories.models import Story
from stories.nlp.comparison import (
    Cell,
    Claim,
    Comparison,
    Conflict,
    Difference,
    Key,
    Place,
    Quote,
    Rendering,
    RenderingKind,
    Said,
    State,
)
from stories.nlp.findings import SourceKind, Spans, Stance
from stories.selectors import records
from stories.selectors.evidence import Evidence, evidence
from stories.selectors.extracts import Extract, absolute, extract, words
from stories.selectors.records import OutletName


@dataclass(frozen=True, slots=True)
class SaidRecord:
    """To whom a report attributes a passage. `name` is "" where nobody is named; `via` "" for its own reporting."""

    name: str
    kind: SourceKind
    stance: Stance
    via: str
    hedged: bool
    words: str


@dataclass(frozen=True, slots=True)
class CellRecord:
    """What one article has of a claim. All but the first three are None or "" where it has nothing of it.

    `here` and `there` are the words that differ, in this passage and in the claim's.
    """

    article: int
    outlet: OutletName
    state: State
    place: Place | None
    position: float | None
    said: SaidRecord | None
    difference: Difference | None
    here: str
    there: str
    passage: Extract | None


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A statement that reports share, with a cell for every article of the comparison, in order of time."""

    key: str
    page: str
    passage: Extract
    outlets: int
    voices: int
    conflicting: bool
    cells: Sequence[CellRecord]


@dataclass(frozen=True, slots=True)
class SideRecord:
    """One side of a conflict: what it says in a word or a number, and the articles that say it."""

    value: str
    articles: Sequence[int]
    passages: Sequence[Extract]


@dataclass(frozen=True, slots=True)
class ConflictRecord:
    """Reports that contradict each other over a claim, the side with most outlets first."""

    claim: str
    difference: Difference
    sides: Sequence[SideRecord]


@dataclass(frozen=True, slots=True)
class RenderingRecord:
    """How one article gives a quote; `cut` and `altered` are the words that are not in it, or not in the fullest."""

    article: int
    outlet: OutletName
    kind: RenderingKind
    cut: str
    altered: str
    said: SaidRecord | None
    passage: Extract


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """One utterance with its renderings; `first` is the article that had any of it first."""

    key: str
    page: str
    speaker: str
    kind: SourceKind
    via: str
    first: int
    outlets: int
    passage: Extract
    renderings: Sequence[RenderingRecord]
    absent_from: Sequence[int]


class Framing:
    """A story's comparison, as it stands in the database. Needs `comparison` beside the story; reads texts as asked."""

    def __init__(self, story: Story) -> None:
        self.story = story
        row = getattr(story, "comparison", None)
        told = row.told() if row else None
        self.at: datetime | None = row.at if row and told else None
        self.stale = bool(row and told and row.revision != story.revision)
        self.told = told or Comparison()
        self._outlets: dict[int, OutletName] = {}
        self._at_hand: Evidence | None = None

    def claims(self, start: int = 0, most: int | None = None) -> list[ClaimRecord]:
        """The claims from the `start`th, at most so many, with their cells. Four queries."""
        wanted = self.told.claims[start : None if most is None else start + most]
        at_hand = self._evidence(
            {cell.article for claim in wanted for cell in claim.cells} | {c.article for c in wanted}
        )
        return [self._claim(claim, at_hand) for claim in wanted]

    def conflicts(self, of: Iterable[str] | None = None) -> list[ConflictRecord]:
        """The conflicts, those of some claims alone where `of` names their keys. Four queries."""
        keys = None if of is None else set(of)
        wanted = [one for one in self.told.conflicts if keys is None or spelt(one.claim) in keys]
        at_hand = self._evidence({cell.article for one in wanted for side in one.sides for cell in side.cells})
        return [self._conflict(one, at_hand) for one in wanted]

    def quotes(self, start: int = 0, most: int | None = None) -> list[QuoteRecord]:
        """The quotes from the `start`th, at most so many, with their renderings. Four queries."""
        wanted = self.told.quotes[start : None if most is None else start + most]
        at_hand = self._evidence(
            {one.article for quote in wanted for one in quote.renderings} | {q.article for q in wanted}
        )
        return [self._quote(quote, at_hand) for quote in wanted]

    def _evidence(self, ids: set[int]) -> Evidence:
        """The articles to quote from, those at hand where they do; the names of all outlets are read once."""
        if not self._outlets:
            rows = self.story.articles.values_list("pk", "outlet__name", "outlet__slug")
            self._outlets = {pk: records.outlet_name(name, slug) for pk, name, slug in rows}
        if self._at_hand is None or not ids <= self._at_hand.articles.keys():
            self._at_hand = evidence(ids if self.at else (), self.story, self.at or self.story.last_at)
        return self._at_hand

    def _members(self) -> list[int]:
        """The compared articles that are still in the story, in order of time."""
        return [pk for pk in self.told.compared if pk in self._outlets]

    def _page(self, name: str, key: Key) -> str:
        """The address of a claim or a quote on its story's page, which stays."""
        return absolute(reverse(name, args=[self.story.pk, self.story.slug, *key]))

    def _claim(self, claim: Claim, at_hand: Evidence) -> ClaimRecord:
        cells = {cell.article: cell for cell in claim.cells}
        return ClaimRecord(
            key=spelt(claim.key),
            page=self._page("claim", claim.key),
            passage=extract(at_hand, claim.article, (claim.span,)),
            outlets=claim.outlets,
            voices=claim.voices,
            conflicting=claim.conflicting,
            cells=tuple(self._cell(pk, cells.get(pk), claim, at_hand) for pk in self._members()),
        )

    def _cell(self, article: int, cell: Cell | None, claim: Claim, at_hand: Evidence) -> CellRecord:
        outlet = self._outlets[article]
        if cell is None:
            state = State.NO_TEXT if article in self.told.without_text else State.NOT_FOUND
            return CellRecord(article, outlet, state, None, None, None, None, "", "", None)
        return CellRecord(
            article=article,
            outlet=outlet,
            state=cell.state,
            place=cell.place,
            position=round(cell.position, 3),
            said=_said(article, cell.said, at_hand),
            difference=cell.difference,
            here=words(at_hand, article, cell.here),
            there=words(at_hand, claim.article, cell.there),
            passage=extract(at_hand, article, (cell.span,)),
        )

    def _conflict(self, conflict: Conflict, at_hand: Evidence) -> ConflictRecord:
        sides = [
            SideRecord(
                side.value,
                tuple(cell.article for cell in side.cells),
                tuple(extract(at_hand, cell.article, (cell.span,)) for cell in side.cells),
            )
            for side in conflict.sides
        ]
        return ConflictRecord(spelt(conflict.claim), conflict.difference, tuple(sides))

    def _quote(self, quote: Quote, at_hand: Evidence) -> QuoteRecord:
        have = {one.article for one in quote.renderings}
        return QuoteRecord(
            key=spelt(quote.key),
            page=self._page("quote", quote.key),
            speaker=quote.speaker,
            kind=quote.kind,
            via=quote.via,
            first=quote.first,
            outlets=quote.outlets,
            passage=extract(at_hand, quote.article, quote.spans),
            renderings=tuple(
                self._rendering(one, quote, at_hand) for one in quote.renderings if one.article in self._outlets
            ),
            absent_from=tuple(pk for pk in self._members() if pk not in have and pk not in self.told.without_text),
        )

    def _rendering(self, one: Rendering, quote: Quote, at_hand: Evidence) -> RenderingRecord:
        return RenderingRecord(
            article=one.article,
            outlet=self._outlets[one.article],
            kind=one.kind,
            cut=words(at_hand, quote.article, one.cut),
            altered=words(at_hand, one.article, one.altered),
            said=_said(one.article, one.said, at_hand),
            passage=extract(at_hand, one.article, (one.span,)),
        )


def spelt(key: Key) -> str:
    """A claim's or a quote's key as it stands in addresses and files."""
    return f"{key[0]}-{key[1]}"


def _said(article: int, said: Said | None, at_hand: Evidence) -> SaidRecord | None:
    if said is None:
        return None
    told: Spans = said.words
    return SaidRecord(said.name, said.kind, said.stance, said.via, said.hedged, words(at_hand, article, told))
