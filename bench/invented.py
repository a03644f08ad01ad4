"""Invented reports of invented events, as telling as real ones: vectors, counts of words, traits. Plain numpy.

Everything about an event follows from its number and the seed, so that any number of them needs no memory. Vectors lie
around a point per event as the encoder's do: two reports of one event have a cosine of about .8, of two events of one
topic .3, of two topics .1. Words, names and numbers are drawn by a law like Zipf's; each event has some of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stories.nlp.events import DIMENSIONS
from stories.nlp.traits import Traits

# Spread around an event's point: gives two reports of it a cosine of 1 / (1 + SPREAD²) = .8.
SPREAD = 0.5
# How much of an event's point it shares with all others, and with those of its topic: their cosines.
ANY, TOPIC = 0.1, 0.3
EVENTS_A_TOPIC = 50
# Words, names and numbers in use, and how many a report has of them in all and of its event's own.
VOCABULARY, NAMES, NUMBERS = 30_000, 60_000, 3_000
WORDS, OWN_WORDS = 120, 40
# An event's reports come within this time.
LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Report:
    """What the read step finds, and how long after the event's first possible report it came."""

    vector: NDArray[np.float32]
    counts: dict[str, int]
    traits: Traits
    after: timedelta


class World:
    """Endless reports of numbered events."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._common = _unit(np.random.default_rng(seed).standard_normal(DIMENSIONS))
        self._use = {size: _usage(size) for size in (VOCABULARY, NAMES, NUMBERS)}

    def reports(self, event: int) -> Iterator[Report]:
        """The event's reports, always the same ones in the same order, without end."""
        dice = np.random.default_rng([self._seed, 1, event])
        topic = _unit(np.random.default_rng([self._seed, 2, event // EVENTS_A_TOPIC]).standard_normal(DIMENSIONS))
        own = _unit(dice.standard_normal(DIMENSIONS))
        point = np.sqrt(ANY) * self._common + np.sqrt(TOPIC) * topic + np.sqrt(1 - ANY - TOPIC) * own
        words, names, numbers = (
            dice.integers(VOCABULARY, size=12),
            self._draw(dice, NAMES, 6),
            self._draw(dice, NUMBERS, 3),
        )
        quotes = [" ".join(f"w{word}" for word in quote) for quote in dice.integers(VOCABULARY, size=(3, 8)).tolist()]
        day = f"{dice.integers(1, 13):02}-{dice.integers(1, 29):02}"
        while True:
            noise = dice.standard_normal(DIMENSIONS) * (SPREAD / np.sqrt(DIMENSIONS))
            chance = dice.random(6).tolist()
            named = self._mixed(dice, names, 5, NAMES, 3)
            counted = self._mixed(dice, numbers, 2, NUMBERS, 1)
            counts = Counter(f"w{word}" for word in self._mixed(dice, words, OWN_WORDS, VOCABULARY, WORDS))
            traits = Traits(
                names=dict(Counter(f"n{name}" for name in named)),
                numbers=dict(Counter(str(number) for number in counted)),
                dates=frozenset([day] if chance[0] < 0.3 else []),
                years=frozenset(["2026"] if chance[1] < 0.3 else []),
                quotes=frozenset([quotes[int(chance[2] * 3)]] if chance[3] < 0.4 else []),
                words=100 + int(800 * chance[4]),
            )
            yield Report(_unit(point + noise), {**counts, **traits.names, **traits.numbers}, traits, chance[5] * LASTS)

    def _mixed(self, dice: np.random.Generator, own: NDArray[Any], of_own: int, size: int, others: int) -> list[int]:
        """Some of an event's own, and others by how often each is used."""
        return [*own[dice.integers(len(own), size=of_own)].tolist(), *self._draw(dice, size, others).tolist()]

    def _draw(self, dice: np.random.Generator, size: int, number: int) -> NDArray[np.intp]:
        """Ranks drawn by how often each is used."""
        return np.searchsorted(self._use[size], dice.random(number))


def _usage(size: int) -> NDArray[np.float64]:
    """Cumulated shares of use, falling with the rank."""
    use = np.cumsum(1 / np.arange(2, size + 2))
    return np.asarray(use / use[-1])


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float32]:
    """At length 1."""
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
