"""In what two sentences could contradict each other: a number of one thing, a time, a denial, an outcome.

It says where they differ, not whether they speak of the same thing: that is for alignment.py, which knows how much else
they share. Numbers that agree with any number of the other sentence contradict nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from stories.nlp.alignmentwords import OPPOSED
from stories.nlp.comparison import Difference
from stories.nlp.findings import Span, Spans
from stories.nlp.numbers import TIMES, Kind, Number, Verdict, compare, is_numeral
from stories.nlp.statements import Statement

# How far from each other a denial and the word that it denies may be.
_REACH = 3
# Counts up to this agree by chance.
_SMALL = 3
# What is close by, in characters on either side: some seven words.
_CLOSE = 45
# Numbers of a sentence that are looked at; tables have hundreds.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Clash:
    """One way in which two sentences differ, with the words on both sides.

    `what` is finer than `difference`: the kind of number, "negation" or "outcome". `shared` counts the words by which
    both say what the number is of; `near` is the share of the words close by one side that are close by the other;
    `rivals` counts the other numbers of the kind in both, any of which may be the one that is meant.
    """

    difference: Difference
    what: str
    shared: int
    near: float
    rivals: int
    here: Spans
    there: Spans


def agreements(one: Statement, other: Statement) -> tuple[list[Number], list[Number]]:
    """The numbers of each that agree with one of the other's."""
    mine, theirs = one.numbers[:_MOST], other.numbers[:_MOST]
    table = [[_agree(number, another) for another in theirs] for number in mine]
    return (
        [number for number, row in zip(mine, table, strict=True) if any(row)],
        [another for column, another in enumerate(theirs) if any(row[column] for row in table)],
    )


def telling_agreements(one: Statement, other: Statement) -> int:
    """How many numbers of the first agree with one of the second, days, months and the smallest counts left out."""
    if not one.numbers or not other.numbers:
        return 0
    return min(sum(map(_telling, side)) for side in agreements(one, other))


def _telling(number: Number) -> bool:
    if number.vague or number.kind in (Kind.WEEKDAY, Kind.MONTH):
        return False
    return number.value > _SMALL or number.kind is Kind.MONEY


def _agree(one: Number, other: Number) -> bool:
    """Whether two numbers are the same or can be: one value for whatever it is told of."""
    if one.kind is other.kind and one.unit == other.unit and one.low <= other.high and other.low <= one.high:
        return True
    exact = one.value == other.value and not (one.vague or other.vague)
    return exact and (one.kind in TIMES) == (other.kind in TIMES)


def clashes(one: Statement, other: Statement) -> list[Clash]:
    """All ways in which two sentences differ, numbers first. The same for (other, one), sides swapped."""
    return [*_numbers(one, other), *_denials(one, other), *_outcomes(one, other)]


def _numbers(one: Statement, other: Statement) -> Iterator[Clash]:
    """Numbers of one thing that differ, where neither has a like one in the other sentence."""
    if not one.numbers or not other.numbers:
        return
    agreed = {id(number) for side in agreements(one, other) for number in side}
    mine = [number for number in one.numbers[:_MOST] if id(number) not in agreed]
    theirs = [number for number in other.numbers[:_MOST] if id(number) not in agreed]
    for number in mine:
        for another in theirs:
            if (
                compare(number, another) is Verdict.DIFFER
                and not _adds_up(number, other)
                and not _adds_up(another, one)
            ):
                difference = Difference.TIME if number.kind in TIMES else Difference.NUMBER
                what = _what(number, another)
                shared = len(number.counted & another.counted)
                near = _near(one, number.span, other, another.span)
                rivals = _alike(number, one.numbers) + _alike(another, other.numbers)
                yield Clash(difference, what, shared, near, rivals, (number.span,), (another.span,))


def _adds_up(number: Number, other: Statement) -> bool:
    """Whether a number is the sum of what the other sentence tells in parts: 12 dead; 10 foreigners and 2 locals."""
    parts = [one.value for one in other.numbers[:_MOST] if one.kind is number.kind is Kind.COUNT]
    return len(parts) > 1 and any(a + b == number.value for a, b in combinations(parts, 2))


def _what(number: Number, another: Number) -> str:
    """The kind of number: parts of one whole ("38 of the 214 units"), a toll, or what sort it is of."""
    if number.kind is not Kind.COUNT:
        return str(number.kind)
    if number.part and another.part and not number.unit:
        return "share"
    return "toll" if number.unit else str(number.kind)


def _alike(number: Number, among: Sequence[Number]) -> int:
    """How many other numbers there are of a number's kind and unit."""
    return sum(one.kind is number.kind and one.unit == number.unit for one in among) - 1


def _denials(one: Statement, other: Statement) -> Iterator[Clash]:
    """A word that one sentence denies and the other says without a denial."""
    if bool(one.negations) == bool(other.negations):
        return
    here, there = (one, other) if one.negations else (other, one)
    plain = {word.concept: word for word in there.words if word.stem}
    for at in here.negations:
        for word in here.words[at + 1 : at + 1 + _REACH]:
            # "Not really": what is denied is not how.
            if word.stem and not word.lower.endswith("ly") and (match := plain.get(word.concept)):
                sides = ((here.words[at].span, word.span), (match.span,))
                near = _near(here, word.span, there, match.span)
                yield Clash(Difference.NEGATION, "negation", 1, near, 0, *(sides if here is one else sides[::-1]))
                return


def _outcomes(one: Statement, other: Statement) -> Iterator[Clash]:
    """A word on one side whose opposite is on the other, each on its side alone."""
    mine, theirs = one.turning, other.turning
    for meaning, word in mine.items():
        if meaning in theirs:
            continue
        for opposite in sorted(OPPOSED[meaning] & theirs.keys() - mine.keys()):
            span = theirs[opposite].span
            yield Clash(Difference.OUTCOME, "outcome", 1, _near(one, word.span, other, span), 0, (word.span,), (span,))


def strangers(one: Statement, other: Statement) -> int:
    """How many names each has that the other lacks, of the two the fewer: they may tell of different ones."""
    mine, theirs = one.names - frozenset(other.terms), other.names - frozenset(one.terms)
    return min(len(mine), len(theirs))


def _near(one: Statement, span: Span, other: Statement, another: Span) -> float:
    """The share of the telling words near one place that are near the other too, of the side with fewer."""
    here, there = _close(one, span), _close(other, another)
    fewer = min(len(here), len(there))
    return len(here & there) / fewer if fewer else 0.0


def _close(one: Statement, span: Span) -> set[str]:
    """The meanings of the words within so many characters, numbers left out."""
    low, high = span[0] - _CLOSE, span[1] + _CLOSE
    return {
        word.concept
        for word in one.words
        if word.stem and low <= word.span[0] < high and not span[0] <= word.span[0] < span[1] and not is_numeral(word)
    }
