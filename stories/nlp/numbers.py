"""Numbers of a sentence: how much, how exactly, of what; and what two of them say of each other.

Dates and times of day are numbers too. They are read from a sentence in numerals.py; nothing is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stories.nlp.alignmentwords import MONTHS, NUMBER_WORDS, ORDINALS, PEOPLE, SCALES, VAGUE, WEEKDAYS
from stories.nlp.findings import Span

# By how much a measure may be off that was converted: 20 miles are "30 km".
_CONVERTED = 0.1


class Kind(StrEnum):
    """What sort of thing a number tells."""

    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    AGE = "age"
    YEAR = "year"
    DATE = "date"
    WEEKDAY = "weekday"
    MONTH = "month"
    CLOCK = "clock"
    ORDINAL = "ordinal"
    MEASURE = "measure"
    LABEL = "label"


TIMES = frozenset({Kind.YEAR, Kind.DATE, Kind.WEEKDAY, Kind.MONTH, Kind.CLOCK})


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence: as written in lower case, its stem, the word for its meaning, and where it stands."""

    lower: str
    stem: str
    concept: str
    span: Span
    capital: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high` (one value where it is told exactly), and the stems of what it counts.

    `unit` is a currency, a measured quantity (values are then in its base unit) or a toll ("die"); `vague` is a number
    that is not told ("dozens"). `part` says that it tells of some of those that
    another number tells of ("including 10 children"); `scale` is how many base units it was told in (1,609 for miles).
    """

    kind: Kind
    value: float
    low: float
    high: float
    unit: str
    counted: frozenset[str]
    span: Span
    vague: bool = False
    part: bool = False
    scale: float = 1.0


class Verdict(StrEnum):
    """What two numbers say of each other."""

    AGREE = "agree"
    DIFFER = "differ"
    APART = "apart"


def compare(one: Number, other: Number) -> Verdict:
    """AGREE or DIFFER for numbers of one thing; APART where they tell of different things."""
    if one.kind is not other.kind or one.unit != other.unit or one.part != other.part:
        return Verdict.APART
    slack = 1.0 if one.scale == other.scale else 1 + _CONVERTED
    if one.kind is Kind.YEAR and one.part:
        return Verdict.APART
    alike = one.low <= other.high * slack and other.low <= one.high * slack
    if one.vague or other.vague:
        # "Hundreds" may be anything that another desk has counted.
        return Verdict.AGREE if alike and _same_thing(one, other) else Verdict.APART
    if one.kind in (Kind.COUNT, Kind.LABEL, Kind.MEASURE, Kind.MONEY, Kind.AGE) and not _same_thing(one, other):
        return Verdict.AGREE if alike else Verdict.APART
    return Verdict.AGREE if alike else Verdict.DIFFER


def _same_thing(one: Number, other: Number) -> bool:
    """Whether two numbers count the same: a toll of people, or a thing by the same noun."""
    if one.kind is Kind.COUNT and one.unit:
        things = one.counted & other.counted
        return bool(things) or (_people(one) and _people(other))
    return bool(one.counted & other.counted)


def _people(number: Number) -> bool:
    return bool(number.counted & PEOPLE) or not number.counted


def is_numeral(word: Word) -> bool:
    """Whether a word is a number, a day or a month: what may differ where all else is the same."""
    lower = word.lower
    return lower[0].isdigit() or lower in _NUMERALS


_NUMERALS = NUMBER_WORDS.keys() | SCALES.keys() | VAGUE.keys() | ORDINALS.keys() | WEEKDAYS.keys() | MONTHS.keys()
