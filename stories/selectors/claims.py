"""A claim on its own page: what every outlet says of it, passage by passage, in its context.

The same page is what a cell of the matrix opens. A passage's address leads to the claim that holds it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stories.models import Article
from stories.nlp.comparison import Cell, Claim, Key, Place, State
from stories.nlp.findings import Spans
from stories.selectors import evidence
from stories.selectors.comparison import Column, Compared, Source, key_in
from stories.selectors.matrix import SIGNS, STRENGTH, Addresses, core
from stories.selectors.passages import Piece


@dataclass(frozen=True, slots=True)
class Stated:
    """A passage of a report on a claim. `before` and `behind` are the sentences around it, `there` the words of the
    claim that it has `here` otherwise; `copies` carry the same text.
    """

    article: Article
    key: str
    url: str
    state: State
    sign: str
    place: Place
    said: Source
    pieces: Sequence[Piece]
    before: str
    behind: str
    missing: str
    here: str
    there: str
    there_at: str
    asked: bool
    is_core: bool
    copies: Sequence[Article] = ()

    @property
    def css(self) -> str:
        """Its state as the name of a class."""
        return self.state.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim with all its passages: first those of the outlet that was asked for, then in order of time."""

    key: str
    url: str
    words: str
    article: Article
    said: Source
    stated: Sequence[Stated]
    counts: Sequence[tuple[State, str, int]]
    not_found: Sequence[Column]
    no_text: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Left:
    """A passage that is part of no shared claim, or of no quote, any more."""

    article: Article
    words: str
    url: str


def claim_page(compared: Compared, key: Key, at: Key | None = None) -> ClaimPage | None:
    """The claim that holds a passage now; None where none does. `at` is the passage to come first, if another is."""
    addresses = Addresses(compared.base, compared.told.claims)
    holder = addresses.holds(key)
    claim = next((one for one in compared.told.claims if one.key == holder), None)
    article = compared.article(claim.article) if claim else None
    if claim is None or article is None:
        return None
    cells = [cell for cell in claim.cells if compared.article(cell.article)]
    asked = at or key
    stated = _stated(claim, cells, asked, compared, addresses)
    first = core(claim)
    outlets = {compared.at_hand.articles[cell.article].outlet_id for cell in cells}
    not_found, no_text = compared.others(outlets)
    by_state = {state: {one.article.outlet_id for one in stated if one.state == state} for state in STRENGTH}
    return ClaimPage(
        key=key_in(claim.key),
        url=addresses.claim(claim.key),
        words=compared.words(claim.article, claim.span),
        article=article,
        said=compared.said(claim.article, first.said if first else None),
        stated=stated,
        counts=[(state, SIGNS[state], len(held)) for state, held in by_state.items() if held],
        not_found=not_found,
        no_text=no_text,
    )


def left(compared: Compared | None, article: Article, start: int) -> Left | None:
    """A passage of a report of the story that is in nothing shared; None where no passage begins there."""
    at_hand = compared.at_hand if compared else evidence.Evidence([article], (), article.first_seen_at)
    whole = at_hand.whole(article)
    if start >= len(whole):
        return None
    span = evidence.near(whole, ((start, start + 1),))
    words = " ".join(whole[slice(*span.around((start, start + 1)))].split()) if span.spans else ""
    return Left(article, words, at_hand.address(article, ((start, start + 1),)))


def _stated(claim: Claim, cells: Sequence[Cell], asked: Key, compared: Compared, addresses: Addresses) -> list[Stated]:
    """The passages, those of copies folded into that of the text that they carry."""
    leading, folded = _folded(cells, compared)
    of = compared.article(asked[0])
    articles = compared.at_hand.articles
    wanted = {
        id(cell)
        for cell in leading
        for one in (cell, *folded.get(id(cell), ()))
        if of and articles[one.article].outlet_id == of.outlet_id
    }
    ordered = sorted(leading, key=lambda cell: (id(cell) not in wanted, (cell.article, cell.span[0]) != asked))
    return [
        _passage(claim, cell, folded.get(id(cell), ()), compared, addresses, asked=id(cell) in wanted)
        for cell in ordered
    ]


def _folded(cells: Sequence[Cell], compared: Compared) -> tuple[list[Cell], dict[int, list[Cell]]]:
    """The cells that stand for themselves, and those of copies that say just the same, by the cell they go under."""
    articles = compared.at_hand.articles
    leading: list[Cell] = []
    folded: dict[int, list[Cell]] = {}
    for cell in cells:
        root = articles[cell.article].copy_of_id
        under = next(
            (
                one
                for one in leading
                if root is not None
                and (one.article == root or articles[one.article].copy_of_id == root)
                and compared.words(one.article, one.span) == compared.words(cell.article, cell.span)
            ),
            None,
        )
        if under is None:
            leading.append(cell)
        else:
            folded.setdefault(id(under), []).append(cell)
    return leading, folded


def _passage(
    claim: Claim,
    cell: Cell,
    copies: Iterable[Cell],
    compared: Compared,
    addresses: Addresses,
    *,
    asked: bool,
) -> Stated:
    article = compared.at_hand.articles[cell.article]
    before, behind = compared.around(cell.article, cell.span)
    is_core = (cell.article, cell.span) == (claim.article, claim.span)
    said = cell.said.words if cell.said else ()
    marks = {"source": said, "differs": cell.here}
    of = compared.article(claim.article)
    return Stated(
        article=article,
        key=key_in((cell.article, cell.span[0])),
        url=addresses.passage(claim.key, cell),
        state=cell.state,
        sign=SIGNS[cell.state],
        place=cell.place,
        said=compared.said(cell.article, cell.said),
        pieces=compared.pieces(cell.article, cell.span, marks),
        before=before,
        behind=behind,
        missing=compared.at_hand.missing(article),
        here=_joined(cell.article, cell.here, compared),
        there=_joined(claim.article, cell.there, compared),
        there_at=of.outlet.name if of else "",
        asked=asked,
        is_core=is_core,
        copies=[compared.at_hand.articles[one.article] for one in copies],
    )


def _joined(pk: int, spans: Spans, compared: Compared) -> str:
    """Some words of an article, in the order in which they stand."""
    return ", ".join(filter(None, (compared.words(pk, span) for span in spans)))
