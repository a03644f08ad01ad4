"""What two sentences share, in numbers: the features by which alignment.py judges them.

All pairs at once: each sentence is a row of a sparse matrix, weighed by how telling its words are. Every feature is the
same for (a, b) and (b, a), and for whatever else is asked with it. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from stories.nlp.numbers import is_numeral
from stories.nlp.statements import Statement
from stories.nlp.terms import Frequencies, weigh

Rows = NDArray[np.float32]
Places = NDArray[np.intp]

# cosine: of TF-IDF by stems. frame, frame_least: the share of the weight of the shorter (longer) one's meanings that
# the other has too, numbers left out. shared: how many telling words both have outside the clause of who said so;
# telling: their mean weight; own: the share of it that stands beside neither. window: the share of the one that the
# other, or what stands beside the other, has; passage: the same of both with what stands beside them. runs: the share
# of the shorter one's runs of three words that the other has. shorter, length: of both in words, as logarithms.
FEATURES = (
    "cosine", "frame", "frame_least", "shared", "telling", "window", "passage", "own", "runs", "shorter", "length",
    "question",
)  # fmt: skip
# Weights this small are those of sentences without any word.
_NOTHING = 1e-6


def table(pairs: Sequence[tuple[Statement, Statement]], frequencies: Frequencies) -> Rows:
    """One row of FEATURES for each pair, float32. `frequencies` by stems (statements.stemmed)."""
    if not pairs:
        return np.zeros((0, len(FEATURES)), np.float32)
    places: dict[int, int] = {}
    sentences: list[Statement] = []
    sides = np.empty((2, len(pairs)), np.intp)
    for number, pair in enumerate(pairs):
        for side, one in enumerate(pair):
            if id(one) not in places:
                places[id(one)] = len(sentences)
                sentences.append(one)
            sides[side, number] = places[id(one)]
    return _features(sentences, sides[0], sides[1], frequencies)


class _Layers:
    """Matrices of the sentences, over one vocabulary; rows of keys are weighed by the root of how telling each is."""

    def __init__(self, sentences: Sequence[Statement], frequencies: Frequencies) -> None:
        self._sentences = sentences
        self._root = lru_cache(maxsize=None)(lambda key: float(np.sqrt(frequencies.idf(key))))
        self._columns: dict[str, int] = {}

    def telling(self, keys: Callable[[Statement], Iterable[str]]) -> csr_array:
        """Rows of keys, such that the product of two rows is the weight of what they share."""
        return self.weighed(lambda one: {key: self._root(key) for key in keys(one)})

    def weighed(self, row: Callable[[Statement], Mapping[str, float]]) -> csr_array:
        """Rows of keys with weights."""
        columns: list[int] = []
        values: list[float] = []
        starts = [0]
        for one in self._sentences:
            for key, value in row(one).items():
                columns.append(self._columns.setdefault(key, len(self._columns)))
                values.append(value)
            starts.append(len(columns))
        parts = (np.array(values, np.float64), np.array(columns, np.int32), np.array(starts, np.int32))
        matrix = csr_array(parts, shape=(len(self._sentences), len(self._columns) + 1))
        matrix.sort_indices()
        return matrix


def _features(sentences: Sequence[Statement], a: Places, b: Places, frequencies: Frequencies) -> Rows:
    layers = _Layers(sentences, frequencies)
    # First the widest, then what brings no new column: these two are multiplied with each other.
    windows = layers.telling(lambda one: one.own | one.around)
    own = layers.telling(lambda one: one.own)
    terms = layers.weighed(lambda one: weigh(one.terms, frequencies))
    meanings = layers.telling(_frame)
    fresh = layers.telling(lambda one: one.own - one.around)
    runs = _Layers(sentences, frequencies).weighed(_runs)

    frame, framed = _shared(meanings, a, meanings, b), _weights(meanings)
    common, weight = _shared(own, a, own, b), _weights(own)
    count = _shared(_ones(own), a, _ones(own), b)
    there, here = _shared(own, a, windows, b), _shared(own, b, windows, a)
    passages = _weights(windows)
    said = _weights(runs)
    words = np.array([max(len(one.terms), 1) for one in sentences], np.float64)
    asks = np.array([one.text.rstrip("\"'”’ ").endswith("?") for one in sentences], np.float64)
    columns = (
        _shared(terms, a, terms, b),
        frame / _least(framed, a, b),
        frame / np.maximum(np.maximum(framed[a], framed[b]), _NOTHING),
        np.log1p(count),
        common / np.maximum(count, 1),
        np.maximum(there / np.maximum(weight[a], _NOTHING), here / np.maximum(weight[b], _NOTHING)),
        _shared(windows, a, windows, b) / _least(passages, a, b),
        _shared(fresh, a, fresh, b) / np.maximum(common, _NOTHING),
        _shared(runs, a, runs, b) / _least(said, a, b),
        np.log(np.minimum(words[a], words[b])),
        np.abs(np.log(words[a] / words[b])),
        np.maximum(asks[a], asks[b]),
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _shared(one: csr_array, a: Places, other: csr_array, b: Places) -> NDArray[np.float64]:
    """The product of row a[i] of one with row b[i] of the other, for each i, float64 [pairs]."""
    return np.asarray(one[a].multiply(other[b]).sum(axis=1), np.float64).ravel()


def _weights(matrix: csr_array) -> NDArray[np.float64]:
    """The product of each row with itself."""
    return np.asarray(matrix.multiply(matrix).sum(axis=1), np.float64).ravel()


def _ones(matrix: csr_array) -> csr_array:
    """The same rows with all weights 1."""
    ones = matrix.copy()
    ones.data = np.ones_like(ones.data)
    return ones


def _least(weights: NDArray[np.float64], a: Places, b: Places) -> NDArray[np.float64]:
    return np.maximum(np.minimum(weights[a], weights[b]), _NOTHING)


def _frame(one: Statement) -> set[str]:
    """The meanings of a sentence outside the clause of who said so, without its numbers, days and months."""
    return {word.concept for word in one.words if word.stem in one.own and not is_numeral(word)}


def _runs(one: Statement) -> dict[str, float]:
    """Runs of three words as written."""
    written = [word.lower for word in one.words]
    return {" ".join(run): 1.0 for run in zip(written, written[1:], written[2:], strict=False)}
