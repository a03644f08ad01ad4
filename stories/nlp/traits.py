"""What tells look-alike events apart: the names, numbers, dates, years and quotes of a report.

Found by patterns, on purpose: they work in every language with capitals and digits, and an editor can check them by
eye. A trait is no finding about a person or a place; it only ever counts in company. It knows no other report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from stories.nlp.terms import lead

# A run that starts with a capital and has a second letter; what stands first in a sentence may be any word.
# As with terms, what is over 40 is no name and no number, and must not burst the columns that they are counted in.
_NAME = re.compile(r"\b[^\W\d_][\w’'-]{0,38}\w\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_NUMBER = re.compile(r"(?<![\w.,])\d(?:[\d,.]{0,38}\d)?(?![\w])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DATE = re.compile(
    rf"\b{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)|\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\b", re.I
)
_QUOTE = re.compile(r"[“\"]([^“”\"]{20,300})[”\"]")
_WORD = re.compile(r"\w+")

# Dates stand near the head of a report; quotes may stand anywhere, within what is reasonable to look through.
DATED_CHARACTERS, QUOTED_CHARACTERS = 3_000, 12_000
# A quote is known by its first words: outlets cut its end.
QUOTE_WORDS = 8
MAX_QUOTES = 20


@dataclass(frozen=True, slots=True)
class Traits:
    """Names and numbers with how often each occurs, "MM-DD" dates, years, the heads of quotes, the text's words."""

    names: dict[str, int]
    numbers: dict[str, int]
    dates: frozenset[str]
    years: frozenset[str]
    quotes: frozenset[str]
    words: int

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; sorted, so that the same text gives the same row."""
        return {
            "names": self.names,
            "numbers": self.numbers,
            "dates": sorted(self.dates),
            "years": sorted(self.years),
            "quotes": sorted(self.quotes),
            "words": self.words,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        return cls(
            kept["names"],
            kept["numbers"],
            frozenset(kept["dates"]),
            frozenset(kept["years"]),
            frozenset(kept["quotes"]),
            kept["words"],
        )


def traits(title: str, text: str) -> Traits:
    """The traits of a report's title and text; names and numbers of the lead only, as grouping compares leads."""
    opening = lead(text)
    names = Counter(_key(name) for name in _NAME.findall(title) if name[0].isupper())
    names.update(_key(name) for name in _inner_names(opening))
    dated = f"{title} {text[:DATED_CHARACTERS]}"
    return Traits(
        names=dict(names),
        numbers=dict(Counter(n for n in _NUMBER.findall(f"{title} {opening}") if not _YEAR.fullmatch(n))),
        dates=frozenset(_dates(dated)),
        years=frozenset(_YEAR.findall(dated)),
        quotes=frozenset(_quotes(text[:QUOTED_CHARACTERS])),
        words=len(text.split()),
    )


def _inner_names(text: str) -> Iterable[str]:
    """The capitalised words that do not open a sentence."""
    for sentence in _SENTENCE.split(text):
        for match in _NAME.finditer(sentence):
            if match.start() > 1 and match.group()[0].isupper():
                yield match.group()


def _key(name: str) -> str:
    """A name as it is compared: lower-case, without the genitive."""
    return name.lower().removesuffix("’s").removesuffix("'s").strip("'’")


def _dates(text: str) -> Iterable[str]:
    """Days of the year as "MM-DD"."""
    for month, day, day_first, month_last in _DATE.findall(text):
        number = int(day or day_first)
        if 1 <= number <= 31:
            yield f"{_MONTHS.index((month or month_last)[:3].lower()) + 1:02}-{number:02}"


def _quotes(text: str) -> list[str]:
    """The first words of each quotation, lower-case."""
    heads = (" ".join(_WORD.findall(quote.lower())[:QUOTE_WORDS]) for quote in _QUOTE.findall(text))
    return [head for head in heads if head.count(" ") >= 3][:MAX_QUOTES]
