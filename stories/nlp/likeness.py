"""How likely two reports are of one event: what is compared, and the forest that weighs it.

A pair is compared by meaning (the encoder's cosine), wording (TF-IDF), shared names, numbers, dates, years and quotes,
the time between, how much text there is to go by, and by how crowded their surroundings are: among many look-alikes
(a war, the Olympics) two reports must be more alike than on a quiet day. It decides nothing about stories.

Left out because no labelled set at hand bears them out: same outlet, credits. Measured and not worth their cost: the
cosine of bare titles, whole texts instead of leads, words weighed by their rarity among the nearest reports.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stories.nlp.forest import Forest
from stories.nlp.terms import WEIGHTS, Frequencies, weigh
from stories.nlp.traits import Traits

Vector = NDArray[np.float32]

FEATURES = (
    "meaning",
    "wording",
    "names",
    "numbers",
    "numbers_least",
    "dates",
    "dates_least",
    "years",
    "years_least",
    "quotes",
    "words_least",
    "hours",
    "below_best",
    "below_nearer_best",
    "below_mean_10",
    "below_mean_30",
)
# Beyond a day apart a pair is as far apart as it gets: the same figures as with 72 h, and outlets date carelessly (in
# giveme5w1h one report in ten claims a time three weeks off its event's).
MAX_HOURS = 24.0
# How many of the nearest reports make up a report's surroundings.
NEIGHBOURS = 30
_TEN = 10
# Two reports of one event share two or more of their 16 heaviest words nearly always; of 30 hardly oftener.
KEYS = 16
# The forest's tails are not to be trusted: beyond this a pair counts no more. 4 to 10 measured the same, 3 less.
MAX_LOGIT = 6.0


# Nearness in a crowd: meaning and wording as the single-pass grouper of the models' README weighs them. By meaning
# alone the crowd told less: .01 of mean B-cubed F1, held out.
MEANING, WORDING = 0.7, 0.3


@dataclass(frozen=True, slots=True)
class Crowd:
    """How near a report's nearest others are (see `nearness`): the nearest, the mean of 10, the mean of 30."""

    best: float
    mean_10: float
    mean_30: float


@dataclass(frozen=True, slots=True)
class Marks:
    """A report as it is compared. Terms, names and numbers are weighed by rarity and of length 1.

    `vector` is of length 1, None where the encoder does not know the language; `crowd` None where it is not known.
    """

    vector: Vector | None
    terms: Mapping[str, float]
    names: Mapping[str, float]
    numbers: Mapping[str, float]
    dates: frozenset[str]
    years: frozenset[str]
    quotes: frozenset[str]
    words: int
    at: datetime | None
    crowd: Crowd | None = None


def marks(
    vector: Vector | None, counts: Mapping[str, int], traits: Traits, frequencies: Frequencies, at: datetime | None
) -> Marks:
    """A report's marks, weighed by how rare its terms, names and numbers are at this moment."""
    return Marks(
        vector=vector,
        terms=weigh(counts, frequencies),
        names=_rarity(traits.names, frequencies),
        numbers=_rarity(traits.numbers, frequencies),
        dates=traits.dates,
        years=traits.years,
        quotes=traits.quotes,
        words=traits.words,
        at=at,
    )


def keys(report: Marks) -> list[str]:
    """The words, names and numbers that weigh most: by what they share, reports are found without an encoder."""
    weights: dict[str, float] = {}
    for found in (report.terms, report.names, report.numbers):
        for key, weight in found.items():
            weights[key] = max(weights.get(key, 0.0), weight)
    return sorted(heapq.nsmallest(KEYS, weights, key=lambda key: (-weights[key], key)))


def asked_terms(counts: Mapping[str, int], traits: Traits) -> set[str]:
    """The terms whose live counts `marks` needs."""
    return {*counts, *traits.names, *traits.numbers}


def _rarity(found: Mapping[str, int], frequencies: Frequencies) -> dict[str, float]:
    """Each once, weighed by its rarity, scaled to length 1."""
    weights = {key: frequencies.idf(key) for key in found}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {key: weight / length for key, weight in weights.items()}


def crowd(report: Marks, nearest: Sequence[Marks]) -> Crowd | None:
    """The crowd around a report, given the reports nearest to it by meaning; None without any, or without a vector."""
    near = np.sort(nearness(report, nearest[:NEIGHBOURS]))[::-1]
    if not len(near):
        return None
    return Crowd(float(near[0]), float(near[:_TEN].mean()), float(near.mean()))


def nearness(report: Marks, others: Sequence[Marks]) -> Vector:
    """.7 of the cosine of meaning and .3 of that of wording, float32, for those of the others that have vectors."""
    vectors = [vector for other in others if (vector := other.vector) is not None]
    if report.vector is None or not vectors:
        return np.empty(0, np.float32)
    wording = [cosine(report.terms, other.terms) for other in others if other.vector is not None]
    return np.asarray(MEANING * (np.stack(vectors) @ report.vector) + WORDING * np.array(wording), np.float32)


def compare(one: Marks, others: Sequence[Marks]) -> NDArray[np.float32]:
    """The features of a report against each of the others, float32 [others, FEATURES]; NaN where not known."""
    rows = np.full((len(others), len(FEATURES)), np.nan, np.float32)
    if not others:
        return rows
    rows[:, 1:12] = [
        (
            cosine(one.terms, other.terms),
            cosine(one.names, other.names),
            cosine(one.numbers, other.numbers),
            min(len(one.numbers), len(other.numbers), 10),
            *_shared(one.dates, other.dates),
            *_shared(one.years, other.years),
            min(len(one.quotes & other.quotes), 3),
            math.log1p(min(one.words, other.words)),
            _hours(one.at, other.at),
        )
        for other in others
    ]
    known = [index for index, other in enumerate(others) if other.vector is not None]
    if one.vector is not None and known:
        near = np.stack([vector for other in others if (vector := other.vector) is not None]) @ one.vector
        rows[known, 0] = near
        if one.crowd is not None:
            _add_crowds(rows, known, one.crowd, others)
    return rows


def _add_crowds(rows: NDArray[np.float32], known: Sequence[int], own: Crowd, others: Sequence[Marks]) -> None:
    """How far each pair stays below what is usual around its two reports."""
    for index in known:
        other = others[index].crowd
        if other is None:
            continue
        near = MEANING * rows[index, 0] + WORDING * rows[index, 1]
        bests = max(own.best, near), max(other.best, near)
        rows[index, 12:] = (
            near - max(bests),
            near - min(bests),
            near - (own.mean_10 + other.mean_10) / 2,
            near - (own.mean_30 + other.mean_30) / 2,
        )


def logits(one: Marks, others: Sequence[Marks], forest: Forest | None = None) -> NDArray[np.float32]:
    """The log-odds that each of the others is of the same event, float32 [others], within ±6."""
    if not others:
        return np.empty(0, np.float32)
    return np.clip((forest or load())(compare(one, others)), -MAX_LOGIT, MAX_LOGIT)


@cache
def load() -> Forest:
    """The forest that ships with the weights."""
    return Forest.load(WEIGHTS / "grouping.json.gz")


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two weighed sets of length 1; summed exactly, as shared keys come in any order."""
    return math.fsum([one[key] * other[key] for key in one.keys() & other.keys()])


def _shared(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    """The share of the smaller set that both hold, and the size of the smaller."""
    least = min(len(one), len(other))
    return (len(one & other) / least if least else 0.0), least


def _hours(one: datetime | None, other: datetime | None) -> float:
    """log(1 + hours between), NaN where a time is not known."""
    if one is None or other is None:
        return math.nan
    return math.log1p(min(abs((one - other).total_seconds()) / 3600, MAX_HOURS))
