"""Whether two sentences of reports on one event say the same, partly the same, contradict each other, or neither.

Three small logistic scores over named features, so that each verdict can be taken apart: what the two share
(overlap.py) says whether they tell the same and whether wholly so; in what they differ (contradiction.py), and how
alike the rest is, says whether they contradict each other. Made by training/alignment.py. It knows no article and no
outlet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stories.nlp import contradiction, overlap
from stories.nlp.comparison import Difference
from stories.nlp.contradiction import Clash
from stories.nlp.findings import Spans
from stories.nlp.statements import Statement, stemmed
from stories.nlp.terms import WEIGHTS, Frequencies

FILE = "alignment.json"
# Log-odds beyond which nothing is surer.
_CERTAIN = 15.0
_NAMES = ("same", "whole", "conflict")
# numbers: how many telling numbers of the one agree with one of the other; clash: whether any two of one thing differ.
FEATURES = (*overlap.FEATURES, "numbers", "clash")
# Sentences that share less than this (by weight of meanings, of the shorter one) are not asked for contradictions.
LEAST_FRAME = 0.2
# What hardly speaks of one thing does not contradict: of seven conflicts found under this among 8,500 pairs of 20
# stories five were wrong; of 27 found in the labelled pairs it drops one right and one wrong.
LEAST_SAME = 0.25
# The kinds of clash that the conflict score tells apart, the gravest first.
KINDS = {
    "share": ("share",),
    "toll": ("toll",),
    "count": ("count", "age", "label"),
    "amount": ("money", "percent", "measure"),
    "ordinal": ("ordinal",),
    "time": ("year", "date", "month", "weekday", "clock"),
    "negation": ("negation",),
    "outcome": ("outcome",),
}
_KIND_OF = {what: kind for kind, all_ in KINDS.items() for what in all_}
_RANK = {what: rank for rank, what in enumerate(_KIND_OF)}
_SHARED = ("cosine", "frame", "frame_least", "shared", "window", "own", "shorter", "length", "numbers")
CONFLICT_FEATURES = (*KINDS, "counted", "near", "clashes", "rivals", "strangers", "same", *_SHARED)


class Label(StrEnum):
    """What two sentences say of each other; PARTIAL: one says part of what the other does, or they overlap."""

    SAME = "same"
    PARTIAL = "partial"
    CONFLICT = "conflict"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Alignment:
    """The verdict on two sentences, with the probabilities behind it.

    `same`: that they say the same or partly so; `whole`: wholly so; `conflict`: that they contradict each other.
    `difference` is in what, for a conflict only; `here` and `there` the words that do, as offsets into each sentence.
    """

    label: Label
    same: float
    whole: float
    conflict: float
    difference: Difference | None = None
    here: Spans = ()
    there: Spans = ()


class AlignmentError(RuntimeError):
    """The file of weights is missing or does not fit this code."""


@dataclass(frozen=True, slots=True)
class Score:
    """A logistic score: features less `mean`, over `scale`, times `weight`, plus `bias`; a verdict from `least` on."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weight: NDArray[np.float64]
    bias: float
    least: float

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities, float64 [rows]."""
        odds = ((rows - self.mean) / self.scale) @ self.weight + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -_CERTAIN, _CERTAIN))))


@dataclass(frozen=True, slots=True)
class Scores:
    """The three scores."""

    same: Score
    whole: Score
    conflict: Score

    @classmethod
    def load(cls, path: Path) -> Self:
        """The scores in a file. AlignmentError where there are none, or not of these features."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{name: _score(kept[name], _features(name)) for name in _NAMES})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AlignmentError(f"The scores {path} can't be read: {error}.") from error


def _features(name: str) -> Sequence[str]:
    return CONFLICT_FEATURES if name == "conflict" else FEATURES


def _score(kept: Mapping[str, object], features: Sequence[str]) -> Score:
    table = kept["features"]
    if not isinstance(table, dict) or tuple(table) != tuple(features):
        raise ValueError("its features are not those of this version")
    mean, scale, weight = (np.array([row[number] for row in table.values()], np.float64) for number in range(3))
    return Score(mean, scale, weight, float(str(kept["bias"])), float(str(kept["least"])))


@cache
def load() -> Scores:
    """The scores that ship with the weights."""
    return Scores.load(WEIGHTS / FILE)


def align(pairs: Sequence[tuple[Statement, Statement]], frequencies: Frequencies) -> list[Alignment]:
    """The verdict on each pair; the same for (a, b) and (b, a), sides swapped, and whatever else is asked with it.

    `frequencies` as they come from terms.py, by words. About 60 microseconds a pair.
    """
    scores, (rows, differ) = load(), compared(pairs, stemmed(frequencies))
    same, whole, conflict = scores.same(rows), scores.whole(rows), np.zeros(len(pairs))
    asked = [number for number, clashes in enumerate(differ) if clashes]
    if asked:
        chosen = [pairs[number] for number in asked], [differ[number] for number in asked], rows[asked], same[asked]
        conflict[asked] = scores.conflict(conflict_rows(*chosen))
        # Two parts of one whole ("38 of the 214 units", "83 of 214") can't both be right: it is as sure that they are
        # against each other as that the sentences tell the same. The labelled pairs hold too few to learn it from.
        parts = [number for number in asked if any(clash.what == "share" for clash in differ[number])]
        conflict[parts] = np.maximum(conflict[parts], same[parts])
    return [
        _verdict(scores, clashes, float(one), float(all_), float(against))
        for clashes, one, all_, against in zip(differ, same, whole, conflict, strict=True)
    ]


def compared(
    pairs: Sequence[tuple[Statement, Statement]], frequencies: Frequencies
) -> tuple[NDArray[np.float32], list[list[Clash]]]:
    """FEATURES of each pair, float32, and in what its sentences differ; nothing for two that hardly share anything.

    `frequencies` by stems (statements.stemmed).
    """
    shared = overlap.table(pairs, frequencies)
    counted = np.zeros((len(pairs), len(FEATURES) - len(overlap.FEATURES)), np.float32)
    differ: list[list[Clash]] = []
    for pair, row, more in zip(pairs, shared, counted, strict=True):
        clashes = contradiction.clashes(*pair) if row[_FRAME] >= LEAST_FRAME else []
        more[0] = min(contradiction.telling_agreements(*pair), 3)
        more[1] = any(clash.difference in (Difference.NUMBER, Difference.TIME) for clash in clashes)
        differ.append(clashes)
    return np.concatenate([shared, counted], axis=1), differ


# Beyond this the odds of saying the same tell nothing more of a contradiction.
_ODDS = 4.0
_FRAME = overlap.FEATURES.index("frame")
_SHARED_AT = [FEATURES.index(name) for name in _SHARED]


def conflict_rows(
    pairs: Sequence[tuple[Statement, Statement]],
    differ: Sequence[Sequence[Clash]],
    rows: NDArray[np.float32],
    same: NDArray[np.float64],
) -> NDArray[np.float32]:
    """CONFLICT_FEATURES of pairs that differ in something, float32.

    `rows` are their rows of FEATURES, `same` the probabilities that they say the same, of which the odds count.
    """
    table = np.zeros((len(differ), len(CONFLICT_FEATURES)), np.float32)
    kinds = list(KINDS)
    for row, pair, clashes in zip(table, pairs, differ, strict=True):
        for clash in clashes:
            row[kinds.index(_KIND_OF[clash.what])] = 1
        row[len(kinds)] = min(max(clash.shared for clash in clashes), 2)
        row[len(kinds) + 1] = max(clash.near for clash in clashes)
        row[len(kinds) + 2] = min(len(clashes), 4)
        row[len(kinds) + 3] = min(*(clash.rivals for clash in clashes), 3)
        row[len(kinds) + 4] = min(contradiction.strangers(*pair), 3)
    table[:, len(kinds) + 5] = np.clip(np.log(same / (1 - same)), -_ODDS, _ODDS)
    table[:, len(kinds) + 6 :] = rows[:, _SHARED_AT]
    return table


def _verdict(scores: Scores, clashes: Sequence[Clash], same: float, whole: float, conflict: float) -> Alignment:
    whole = min(whole, same)
    if clashes and conflict >= scores.conflict.least and same >= LEAST_SAME:
        worst = min(clashes, key=lambda clash: (_RANK[clash.what], -clash.near, *sorted((clash.here, clash.there))))
        return Alignment(Label.CONFLICT, same, whole, conflict, worst.difference, worst.here, worst.there)
    if same < scores.same.least:
        return Alignment(Label.DIFFERENT, same, whole, conflict)
    return Alignment(Label.SAME if whole >= scores.whole.least else Label.PARTIAL, same, whole, conflict)
