"""Claims by outlets: a row for each claim, a column for each outlet; and the address of each passage.

An outlet with several reports is shown by the state that says most; what each of them says is on the claim's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from stories.nlp.comparison import Cell, Claim, Key, Place, State
from stories.nlp.findings import SourceKind
from stories.selectors.comparison import Column, Compared, Source, key_in, shortened
from stories.selectors.words import counted, word

# The claims that matter most; the rest is a link away.
CLAIMS = 10
# More columns than these are no table that anybody reads; the rest is a link away too.
COLUMNS = 24
# A claim in its row, in characters: two lines beside the columns.
LONGEST = 150
# What differs, in a cell's name.
_VALUE = 40
# The state that an outlet with several reports, or several passages in one, is shown by.
STRENGTH = (State.CONFLICTING, State.SAME, State.PARTLY, State.NOT_FOUND, State.NO_TEXT)
SIGNS = {State.CONFLICTING: "✕", State.SAME: "●", State.PARTLY: "◐", State.NOT_FOUND: "·", State.NO_TEXT: "–"}


@dataclass(frozen=True, slots=True)
class Box:
    """What an outlet has of a claim, all of it in `label`. `value` are its words that differ."""

    state: State
    sign: str
    name: str
    label: str
    url: str = ""
    place: Place | None = None
    value: str = ""
    more: int = 0

    @property
    def css(self) -> str:
        """Its state as the name of a class."""
        return self.state.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """A claim and what each outlet has of it, in the order of the columns; `groups` are the same boxes by state."""

    key: str
    url: str
    words: str
    lang: str
    said: Source
    boxes: Sequence[Box]
    groups: Sequence[tuple[State, str, Sequence[Box]]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix and the conflicts above it. `total` claims and `outlets` there are, of which it may show the first."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    total: int
    outlets: int

    @property
    def more_claims(self) -> int:
        """How many claims are not shown."""
        return self.total - len(self.rows)

    @property
    def more_outlets(self) -> int:
        """How many columns are not shown."""
        return self.outlets - len(self.columns)


class Labels:
    """What cells are called, in the language of the page. Made once for a matrix: it has hundreds of them."""

    def __init__(self) -> None:
        self._states = {state: word(state) for state in State}
        self._places = {
            Place.HEADLINE: gettext("in the headline"),
            Place.OPENING: gettext("in the opening"),
            Place.MIDDLE: gettext("in the middle"),
            Place.END: gettext("near the end"),
        }
        self._own = gettext("in its own voice")
        self._unnamed = gettext("unnamed source")
        self._via = gettext("according to %(outlet)s")

    def absent(self, name: str, state: State) -> str:
        """Such as "Daily Ledger: not found"."""
        return f"{name}: {self._states[state]}"

    def label(self, name: str, cell: Cell, value: str, said: Source) -> str:
        """Such as "Daily Ledger: conflicting, 14 million, in the opening, according to the Post"."""
        via = self._via % {"outlet": said.via} if said.via else ""
        parts = (self._states[cell.state], value, self._places[cell.place], self._who(said), via)
        return f"{name}: {', '.join(filter(None, parts))}"

    def more(self, count: int) -> str:
        """That it has further passages; "" where it has none."""
        return f"; {counted(count, 'more passage')}" if count else ""

    def _who(self, said: Source) -> str:
        if said.kind is None:
            return self._own
        if said.kind is SourceKind.OUTLET and said.name == said.via:
            return ""
        return self._unnamed if said.kind is SourceKind.ANONYMOUS else said.name or word(said.kind)


class Addresses:
    """Where each passage of each claim is found for good.

    A passage's own address is that of its claim; where a sentence stands in several, the others name it behind `at`.
    """

    def __init__(self, base: str, claims: Iterable[Claim]) -> None:
        self._base = f"{base}claim/"
        self._holds: dict[Key, Key] = {}
        held = list(claims)
        for claim in held:
            self._holds.setdefault(claim.key, claim.key)
        for claim in held:
            for cell in claim.cells:
                self._holds.setdefault((cell.article, cell.span[0]), claim.key)

    def claim(self, key: Key) -> str:
        """A claim's address."""
        return f"{self._base}{key_in(key)}/"

    def passage(self, claim: Key, cell: Cell) -> str:
        """The address of a claim with this passage first."""
        key = cell.article, cell.span[0]
        return self.claim(key) if self._holds.get(key) == claim else f"{self.claim(claim)}?at={key_in(key)}"

    def holds(self, key: Key) -> Key | None:
        """The claim that a passage is found in now."""
        return self._holds.get(key)


def matrix(compared: Compared, *, all_claims: bool = False, all_outlets: bool = False) -> Matrix | None:
    """The matrix of a story; None where its outlets share nothing that was found."""
    told = compared.told
    if not told.claims:
        return None
    addresses = Addresses(compared.base, told.claims)
    columns = compared.columns if all_outlets else compared.columns[:COLUMNS]
    claims = told.claims if all_claims else told.claims[:CLAIMS]
    labels = Labels()
    rows = [_row(claim, columns, compared, addresses, labels) for claim in claims]
    return Matrix(
        columns=columns,
        rows=rows,
        total=len(told.claims),
        outlets=len(compared.columns),
    )


def strongest(cells: Sequence[Cell]) -> Cell:
    """Of several cells the one that says most; of those the first. ValueError without any."""
    return min(cells, key=lambda cell: STRENGTH.index(cell.state))


def core(claim: Claim) -> Cell | None:
    """The cell of the sentence that says a claim best."""
    own = [cell for cell in claim.cells if cell.article == claim.article]
    return next((cell for cell in own if cell.span == claim.span), own[0] if own else None)


def by_column(cells: Iterable[Cell], compared: Compared) -> dict[int, list[Cell]]:
    """The cells of a claim by their outlet's number."""
    found: dict[int, list[Cell]] = {}
    for cell in cells:
        if article := compared.article(cell.article):
            found.setdefault(article.outlet_id, []).append(cell)
    return found


def _row(claim: Claim, columns: Sequence[Column], compared: Compared, addresses: Addresses, labels: Labels) -> Row:
    by_outlet = by_column(claim.cells, compared)
    boxes = [_box(claim, column, _cells(column, by_outlet), compared, addresses, labels) for column in columns]
    first, article = core(claim), compared.article(claim.article)
    groups = []
    for state in STRENGTH:
        if held := [box for box in boxes if box.state == state]:
            groups.append((state, SIGNS[state], held))
    return Row(
        key=key_in(claim.key),
        url=addresses.claim(claim.key),
        words=compared.words(claim.article, claim.span, LONGEST),
        lang=article.lang if article else "",
        said=compared.said(claim.article, first.said if first else None),
        boxes=boxes,
        groups=groups,
    )


def _cells(column: Column, by_outlet: Mapping[int, list[Cell]]) -> list[Cell]:
    """What stands in a column: the cells of the outlet's own reports, or else of the copies of its text."""
    own = by_outlet.get(column.outlet.pk)
    return own or [cell for copy in column.copies for cell in by_outlet.get(copy.outlet.pk, ())]


def _box(
    claim: Claim, column: Column, cells: Sequence[Cell], compared: Compared, addresses: Addresses, labels: Labels
) -> Box:
    """What an outlet has of a claim."""
    if not cells:
        state = State.NOT_FOUND if column.has_text else State.NO_TEXT
        return Box(state, SIGNS[state], column.name, labels.absent(column.name, state))
    best = strongest(cells)
    value = differing(best, compared)
    said = compared.said(best.article, best.said)
    return Box(
        state=best.state,
        sign=SIGNS[best.state],
        name=column.name,
        label=labels.label(column.name, best, value, said) + labels.more(len(cells) - 1),
        url=addresses.passage(claim.key, best),
        place=best.place,
        value=value,
    )


def differing(cell: Cell, compared: Compared) -> str:
    """The words of a passage in which it differs from the claim, where it contradicts it."""
    if cell.state is not State.CONFLICTING:
        return ""
    return shortened(", ".join(filter(None, (compared.words(cell.article, span) for span in cell.here))), _VALUE)
