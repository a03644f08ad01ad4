"""Which units of a story are near enough to be held against each other, by the words that they share.

A cosine of weighted terms over all pairs, in blocks, and of what passes the nearest few of each unit. It only proposes:
nlp.alignment decides. The work grows with the square of the units, at some 20 million pairs a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stories.nlp.terms import TERM, Frequencies
from stories.nlp.units import Unit

# Of 91 labelled pairs that say the same or partly the same 85 are this near; at .15 it is 89, and a third more pairs.
NEAR = 0.2
# A wording's nearest others; what more than twenty share is told by the twenty.
NEAREST = 20
# Terms that a tenth of all texts use bring next to nothing to a cosine and fill the table.
COMMON = 2.3
_BLOCK = 256


def neighbours(units: Sequence[Unit], frequencies: Frequencies) -> list[tuple[int, int]]:
    """Pairs (i < j) of units that are near each other and not both of one report alone, in order."""
    table = _table(units, frequencies)
    if table is None:
        return []
    pairs: set[tuple[int, int]] = set()
    alone = [{spot.report for spot in unit.spots} for unit in units]
    across = sparse.csc_array(table.T)
    for start in range(0, len(units), _BLOCK):
        block = (table[start : start + _BLOCK] @ across).toarray()
        for row, cosines in enumerate(block, start):
            cosines[row] = 0
            pairs |= {
                (min(row, other), max(row, other))
                for other in _nearest(cosines)
                if len(alone[row]) > 1 or alone[row] != alone[other]
            }
    return sorted(pairs)


def _nearest(cosines: NDArray[np.float32]) -> list[int]:
    """The columns of the highest cosines that are near enough."""
    near = np.flatnonzero(cosines >= NEAR)
    if len(near) > NEAREST:
        near = near[np.argpartition(cosines[near], -NEAREST)[-NEAREST:]]
    return [int(column) for column in near]


def _table(units: Sequence[Unit], frequencies: Frequencies) -> sparse.csr_array | None:
    """Rows of weighted terms, of length 1 as if the common ones were in; None where nothing is left."""
    columns: dict[str, int] = {}
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    for unit in units:
        counts = Counter(TERM.findall(unit.text.lower()))
        weights = {term: (1 + np.log(n)) * frequencies.idf(term) for term, n in counts.items()}
        length = np.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        for term, weight in weights.items():
            if frequencies.idf(term) >= COMMON:
                indices.append(columns.setdefault(term, len(columns)))
                values.append(weight / length)
        starts.append(len(indices))
    if not indices:
        return None
    shape = (len(units), len(columns))
    return sparse.csr_array((np.array(values, np.float32), np.array(indices), np.array(starts)), shape=shape)
