"""Conflicts: what the reports of a story contradict each other in, with a passage for each side.

They stand above the matrix. Who is right is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp.comparison import Cell, Claim, Conflict, Difference, Side
from stories.nlp.findings import Spans
from stories.selectors.comparison import Compared, key_in
from stories.selectors.matrix import LONGEST, Addresses
from stories.selectors.passages import Piece


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a conflict: what it says, which outlets say it, and the first passage that does."""

    value: str
    names: Sequence[str]
    first: str
    pieces: Sequence[Piece]
    url: str
    lang: str
    missing: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A conflict, above the matrix: in what its sides differ, over which claim."""

    key: str
    url: str
    words: str
    lang: str
    difference: Difference
    parties: Sequence[Party]


def clashes(compared: Compared) -> list[Clash]:
    """The conflicts of a story, those that matter most first. One whose other side is not at hand is none to show."""
    addresses = Addresses(compared.base, compared.told.claims)
    by_key = {claim.key: claim for claim in compared.told.claims}
    found = [
        _clash(one, by_key[one.claim], compared, addresses) for one in compared.told.conflicts if one.claim in by_key
    ]
    return [clash for clash in found if len(clash.parties) > 1]


def _clash(conflict: Conflict, claim: Claim, compared: Compared, addresses: Addresses) -> Clash:
    parties = [_party(side, conflict, compared, addresses) for side in conflict.sides]
    article = compared.article(claim.article)
    return Clash(
        key=key_in(claim.key),
        url=addresses.claim(claim.key),
        words=compared.words(claim.article, claim.span, LONGEST),
        lang=article.lang if article else "",
        difference=conflict.difference,
        parties=[party for party in parties if party],
    )


def _party(side: Side, conflict: Conflict, compared: Compared, addresses: Addresses) -> Party | None:
    """One side with its first passage; None where none of its reports is at hand. Copies go under the name of what they
    copy.
    """
    cells = [cell for cell in side.cells if compared.article(cell.article)]
    if not cells:
        return None
    names: dict[str, None] = {}
    for cell in cells:
        article = compared.at_hand.articles[cell.article]
        column = compared.column(article)
        names[column.name if column else article.outlet.name] = None
    first = cells[0]
    article = compared.at_hand.articles[first.article]
    return Party(
        value=side.value,
        names=list(names),
        first=article.outlet.name,
        pieces=compared.pieces(first.article, first.span, {"differs": _spans_of(side.value, first, compared)}),
        url=addresses.passage(conflict.claim, first),
        lang=article.lang,
        missing=compared.at_hand.missing(article),
    )


def _spans_of(value: str, cell: Cell, compared: Compared) -> Spans:
    """Where a side's value stands in its passage: the words that differ, or the value as it is written."""
    if cell.here:
        return cell.here
    at = compared.words(cell.article, cell.span).find(value) if value else -1
    return ((cell.span[0] + at, cell.span[0] + at + len(value)),) if at >= 0 else ()
