"""Words and their weights: which terms a report uses, and how telling each of them is.

A term is a lower-case run of letters and digits. Its weight grows with its use in the text (logarithmically) and falls
with the number of documents that use it: a background table shipped with the weights plus the live counts of the
articles at hand, which the caller keeps. Capitals, a stop list, bigrams, double weight for names and crude stemming
were measured over eight orders of three sets or five sets in one order: none helped beyond the noise of the order.
It reads no database and writes nothing.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

WEIGHTS = Path(__file__).parent / "weights"

# The lead that grouping reads, of 160, 300 and all words: whole texts lose .005 of mean B-cubed F1, 300 words nothing.
LEAD_WORDS = 160
# No lead is longer than this; it keeps a text without spaces from being worked through whole.
LEAD_CHARACTERS = 8_000

# One letter says nothing ("s" of "Britain's"); what is over 40 is an address or a key, not a word.
TERM = re.compile(r"\b\w{2,40}\b")


@dataclass(frozen=True, slots=True)
class Background:
    """In how many of `documents` texts each term occurs; terms of fewer than three texts are left out."""

    documents: int
    counts: Mapping[str, int]


NO_BACKGROUND = Background(0, {})


def is_english(lang: str) -> bool:
    """Whether a language tag ("en", "en-GB") means English, the one language with an encoder and a background."""
    return lang.lower().replace("_", "-").split("-")[0] == "en"


def background(lang: str) -> Background:
    """The background that ships with the weights for a language; an empty one for all but English."""
    return read_background(WEIGHTS / "document_frequencies.json.gz") if is_english(lang) else NO_BACKGROUND


@cache
def read_background(path: Path) -> Background:
    """A table as training/document_frequencies.py writes it. OSError or ValueError where it can't be read."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        table = json.load(file)
    return Background(table["documents"], table["counts"])


def lead(text: str) -> str:
    """The first 160 words of a text: what both halves of the grouping score look at."""
    return " ".join(text[:LEAD_CHARACTERS].split()[:LEAD_WORDS])


def counts(title: str, text: str) -> Counter[str]:
    """How often each term occurs in the title and the text's lead together."""
    return Counter(TERM.findall(f"{title} {lead(text)}".lower()))


class Frequencies:
    """In how many documents a term occurs: the background plus the live counts of one language.

    `live_counts` needs only the terms that will be asked for; `live_total` is the number of articles behind it.
    """

    __slots__ = ("background", "live_counts", "live_total")

    def __init__(self, background: Background, live_counts: Mapping[str, int] | None = None, live_total: int = 0):
        self.background = background
        self.live_counts = dict(live_counts or {})
        self.live_total = live_total

    @classmethod
    def with_live(cls, lang: str, live_counts: Mapping[str, int], live_total: int) -> Self:
        """The language's own background with live counts on top."""
        return cls(background(lang), live_counts, live_total)

    @property
    def documents(self) -> int:
        """The number of texts and articles counted."""
        return self.background.documents + self.live_total

    def idf(self, term: str) -> float:
        """log((documents + 1) / (documents with the term + 1/2)); above 0, highest for an unseen term."""
        seen = self.background.counts.get(term, 0) + self.live_counts.get(term, 0)
        return math.log((self.documents + 1) / (min(seen, self.documents) + 0.5))

    def add(self, terms: Iterable[str]) -> None:
        """Count one more article with these terms; to be called after its own terms were weighed."""
        self.live_total += 1
        for term in set(terms):
            self.live_counts[term] = self.live_counts.get(term, 0) + 1


def weigh(counts: Mapping[str, int], frequencies: Frequencies) -> dict[str, float]:
    """Weights (1 + log count) x idf, scaled to a vector of length 1; empty for a text without terms."""
    weights = {term: (1 + math.log(count)) * frequencies.idf(term) for term, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()}
