"""Reading a sentence's numbers: in figures and words, exact or not, with what they count; dates and times too.

By rule, from the few words around a number; English words, and digits of any language. What a number is, and what two
say of each other, is in numbers.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from stories.nlp.alignmentwords import (
    ABOUT,
    CURRENCIES,
    LABELLED,
    MEASURES,
    MONTHS,
    NUMBER_WORDS,
    ORDINALS,
    SCALES,
    TOLLS,
    UNITS_OF_TEN,
    VAGUE,
    WEEKDAYS,
)
from stories.nlp.findings import Span
from stories.nlp.numbers import Kind, Number, Word, is_numeral

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)$")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?", re.IGNORECASE)
_ARTICLES = frozenset({"a", "an"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_TELEPHONE = re.compile(r"\(?\d{3,5}\)?[-. ]\d{3}[-. ]\d{3,4}(?!\d)|(?<!\d)\d{3}[- ]\d{4}(?!\d)")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_DAYS = 31
# "sat" and "sun" are days only with a capital.
_SHORT = 4
# Between a month and its day there is a space, a full stop and a space at most.
_NEXT = 2
_WIDE = 1e13
# A part of those counted, told aside; and what parts one thing from the next.
_ASIDE = re.compile(r",? including [^,.;]{1,60},?")
_BREAK = re.compile(r"[,;]|\band\b")
_PART = re.compile(
    r"(?:\bincluding|\bof (?:whom|them|which),?|\bamong them) (?:\w+ ){0,2}$|^ of (?:whom|them|the)\b", re.IGNORECASE
)

_OF = re.compile(r" of (?:\w+[’']?s?[’']? ){0,2}")


def numbers(text: str, words: Sequence[Word]) -> tuple[Number, ...]:
    """All numbers of a sentence, in order; times of day, dates and weekdays too."""
    times = list(_CLOCK.finditer(text))
    clocks = [match.span() for match in (*times, *_TELEPHONE.finditer(text))]
    found = [_clock(match) for match in times]
    at = 0
    while at < len(words):
        word = words[at]
        if not (is_numeral(word) or word.lower in _ARTICLES) or any(a <= word.span[0] < b for a, b in clocks):
            at += 1
            continue
        number, taken = _read(text, words, at)
        if number is not None:
            found.append(number)
        at += max(taken, 1)
    return _shares(text, sorted(found, key=lambda number: number.span))


def _shares(text: str, found: Sequence[Number]) -> tuple[Number, ...]:
    """Of "38 of the 214 units" the 38 counts units too, as a part of others."""
    made = list(found)
    for at, (part, whole) in enumerate(pairwise(found)):
        if part.kind is whole.kind is Kind.COUNT and _OF.fullmatch(text[part.span[1] : whole.span[0]]):
            made[at] = replace(part, counted=whole.counted, unit="", part=True)
    return tuple(made)


def _clock(match: re.Match[str]) -> Number:
    minutes = (int(match[1]) % 12 + 12 * (match[3].lower() == "p")) * 60 + int(match[2] or 0)
    slack = 10.0 if match[2] else 30.0
    return Number(Kind.CLOCK, minutes, minutes - slack, minutes + slack, "", frozenset(), match.span())


def _read(text: str, words: Sequence[Word], at: int) -> tuple[Number | None, int]:
    """The number that begins with this word, None where none does, and how many words it takes."""
    word = words[at]
    if word.lower in WEEKDAYS and (word.capital or len(word.lower) > _SHORT):
        return _plain(Kind.WEEKDAY, WEEKDAYS[word.lower], word.span), 1
    if word.lower in MONTHS and word.capital:
        return _date(words, at)
    if word.lower in ORDINALS or _ORDINAL.match(word.lower):
        return _dated(words, at) if _month(words, at + 1) else (_ordinal(text, words, at), 1)
    if word.lower in VAGUE:
        low, high = VAGUE[word.lower]
        return _of_what(text, words, at, 1, (low, low, high), vague=True), 1
    return _figure(text, words, at)


def _figure(text: str, words: Sequence[Word], at: int) -> tuple[Number | None, int]:
    """A number in figures or words: a day before its month, a year, or so many of something."""
    lower = words[at].lower
    value, taken = _value(words, at)
    alone = lower == "one" and taken == 1 and (_followed(words, at, "of") or not _toll(text, words, at, at + 1))
    if value is None or alone or _named(text, words, at):
        return None, taken
    if taken == 1 and value <= _DAYS and _month(words, at + 1):
        return _dated(words, at)
    if _YEAR.fullmatch(lower) and not _currency(text, words, at, 1):
        # The year of a date is told for the date: it agrees with others, but contradicts none.
        dated = any(_month(words, before) for before in range(max(at - 2, 0), at))
        return replace(_plain(Kind.YEAR, value, words[at].span), part=dated), 1
    return _of_what(text, words, at, taken, _bounds(words, at, value)), taken


def _followed(words: Sequence[Word], at: int, by: str) -> bool:
    return at + 1 < len(words) and words[at + 1].lower == by


def _ordinal(text: str, words: Sequence[Word], at: int) -> Number:
    lower = words[at].lower
    value = ORDINALS.get(lower) or int(re.sub(r"\D", "", lower)[:12])
    return _plain(Kind.ORDINAL, value, words[at].span, _things(text, words, at + 1))


def _month(words: Sequence[Word], at: int) -> bool:
    """Whether a word is there and names a month."""
    return at < len(words) and words[at].capital and words[at].lower in MONTHS


def _named(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether a number is part of a name: "TMA-10M", "Expedition 24"; laps and the like are told apart elsewhere."""
    start = words[at].span[0]
    if re.search(r"[A-Za-z]-$", text[max(start - 2, 0) : start]):
        return True
    before = words[at - 1] if at else None
    if before is None or not (before.capital and before.stem) or text[before.span[1] : start] != " ":
        return False
    return at > 1 and words[at].lower[0].isdigit() and before.stem not in LABELLED and not is_numeral(before)


def _plain(kind: Kind, value: float, span: Span, counted: frozenset[str] = frozenset()) -> Number:
    return Number(kind, value, value, value, "", counted, span)


def _dated(words: Sequence[Word], at: int) -> tuple[Number, int]:
    """A day and the month behind it."""
    lower = words[at].lower
    day = ORDINALS.get(lower) or int(re.sub(r"\D", "", lower)[:2] or NUMBER_WORDS.get(lower, 0))
    return _whole_date(words, MONTHS[words[at + 1].lower] * 100 + day, at, 2)


def _date(words: Sequence[Word], at: int) -> tuple[Number, int]:
    """A month with the day behind it; the month alone, with its year as unit, where no day is told."""
    month, span = MONTHS[words[at].lower], words[at].span
    after = words[at + 1] if at + 1 < len(words) else None
    if after is not None and after.span[0] - span[1] <= _NEXT:
        day = _DAY.fullmatch(after.lower)
        if day and 0 < int(day[1]) <= _DAYS:
            return _whole_date(words, month * 100 + int(day[1]), at, 2)
        if _YEAR.fullmatch(after.lower):
            return Number(Kind.MONTH, month, month, month, after.lower, frozenset(), span), 1
    return _plain(Kind.MONTH, month, span), 1


def _whole_date(words: Sequence[Word], day: int, at: int, taken: int) -> tuple[Number, int]:
    """A day with the year behind it as its unit: days of two years are of two events."""
    last = words[at + taken - 1]
    after = words[at + taken] if at + taken < len(words) else None
    year = after is not None and after.span[0] - last.span[1] <= _NEXT and _YEAR.fullmatch(after.lower)
    unit = after.lower if after is not None and year else ""
    return Number(Kind.DATE, day, day, day, unit, frozenset(), (words[at].span[0], last.span[1])), taken


def _value(words: Sequence[Word], at: int) -> tuple[float | None, int]:
    """The value of the number that begins here and how many words it takes."""
    lower = words[at].lower
    if _DIGITS.fullmatch(lower):
        value = float(lower.replace(",", "")[:18])
    elif lower in NUMBER_WORDS:
        value = float(NUMBER_WORDS[lower])
    elif lower in _ARTICLES and at + 1 < len(words) and words[at + 1].lower in ("dozen", "hundred", "million"):
        return SCALES[words[at + 1].lower], 2
    elif match := re.fullmatch(r"(\d+(?:\.\d+)?)(m|mn|bn|k|km|kg|ft|mph|cm|lb|lbs)", lower):
        return float(match[1][:15]) * SCALES.get(match[2], 1.0), 1
    else:
        return None, 1
    taken = 1
    while at + taken < len(words) and taken < 5:
        after = words[at + taken].lower
        if after in UNITS_OF_TEN or (after in NUMBER_WORDS and value in UNITS_OF_TEN.values()):
            value += NUMBER_WORDS[after]
        elif (after in SCALES and len(after) > 2) or after in ("mn", "bn"):
            value *= SCALES[after]
        else:
            break
        taken += 1
    return value, taken


def _bounds(words: Sequence[Word], at: int, value: float) -> tuple[float, float, float]:
    """The value with what it may stand for: a number behind "about", a rounded one."""
    hedge = next((ABOUT[word.lower] for word in reversed(words[max(at - 3, 0) : at]) if word.lower in ABOUT), None)
    near = words[at - 1].lower if at else ""
    # "At least 59" is a toll like any other; only a round one leaves room.
    if hedge and not (near == "least" and value % 10):
        return value, value * hedge[0], value * hedge[1]
    slack = _rounding(value)
    return value, value - slack, value + slack


def _rounding(value: float) -> float:
    """Half of the last digit that is told, for numbers of 100 and more; smaller ones are exact."""
    if value < 100 or value != int(value):
        return 0.0
    unit = 1.0
    while value % (unit * 10) == 0 and unit < _WIDE:
        unit *= 10
    return min(unit / 2, value * 0.05) if unit > 1 else 0.0


def _of_what(
    text: str, words: Sequence[Word], at: int, taken: int, value: tuple[float, float, float], *, vague: bool = False
) -> Number:
    """A number with its kind, unit and what it counts."""
    last = at + taken
    span = (words[at].span[0], words[last - 1].span[1])
    things = _things(text, words, last)
    kind, unit, factor = Kind.COUNT, "", 1.0
    after = words[last] if last < len(words) else None
    behind = text[span[1] : span[1] + 9].lower()
    stuck = re.match(r"\d[\d.]*(km|kg|ft|mph|cm|lb)", words[at].lower)
    if currency := _currency(text, words, at, taken):
        kind, unit, things = Kind.MONEY, currency, _around(words, at, last)
    elif (
        behind.startswith("%")
        or (after is not None and after.lower in ("percent", "pc", "percentage"))
        or behind.startswith(" per cent")
    ):
        kind, things = Kind.PERCENT, _around(words, at, last)
    elif _aged(text, words, at, last):
        kind, things = Kind.AGE, _whose(text, words, at, last)
    elif measure := (MEASURES[stuck[1]] if stuck else _measure(words, last)):
        unit, factor = measure
        kind, things = Kind.MEASURE, _around(words, at, last)
    elif at and words[at - 1].stem in LABELLED and text[words[at - 1].span[1] : span[0]].strip(" #.") == "":
        kind, things = Kind.LABEL, frozenset({words[at - 1].stem})
    else:
        unit = _toll(text, words, at, last)
    low, mid, high = value[1] * factor, value[0] * factor, value[2] * factor
    part = bool(_PART.search(text[max(span[0] - 40, 0) : span[0]]) or _PART.match(text[span[1] : span[1] + 10]))
    return Number(kind, mid, low, high, unit, things, span, vague, part, factor)


def _measure(words: Sequence[Word], last: int) -> tuple[str, float] | None:
    """What is measured in which base units, by the word behind a number; None for a count."""
    if last < len(words) and words[last].lower == "square" and last + 1 < len(words):
        found = MEASURES.get(words[last + 1].stem)
        return ("area", found[1] ** 2) if found else None
    return MEASURES.get(words[last].stem) if last < len(words) else None


def _currency(text: str, words: Sequence[Word], at: int, taken: int) -> str:
    """The currency of a number, by the sign before it or the word behind it; "" for none."""
    start = words[at].span[0]
    if sign := CURRENCIES.get(text[start - 1 : start]):
        return sign
    for word in words[at + taken : at + taken + 3]:
        if word.stem in CURRENCIES:
            return CURRENCIES[word.stem]
    return ""


def _aged(text: str, words: Sequence[Word], at: int, last: int) -> bool:
    """Whether a number is somebody's age: "4-year-old", "aged 4", "Name, 45,"."""
    start, end = words[at].span[0], words[last - 1].span[1]
    if re.match(r"[- ]years?[- ]old\b", text[end : end + 12], re.IGNORECASE):
        return True
    if at and words[at - 1].lower in ("aged", "age"):
        return True
    named = at > 0 and words[at - 1].capital and text[words[at - 1].span[1] : start] == ", "
    return named and last == at + 1 and text[end : end + 1] in (",", ".", ")") and words[at].lower.isdigit()


def _whose(text: str, words: Sequence[Word], at: int, last: int) -> frozenset[str]:
    """Whose age it is: the nouns behind "year-old", else the name before."""
    behind = [word for word in words[last : last + 6] if word.lower not in ("year", "years", "old")]
    if re.match(r"[- ]years?[- ]old\b", text[words[last - 1].span[1] :][:12], re.IGNORECASE):
        return _concepts(behind[:3])
    return _concepts(words[max(at - 2, 0) : at])


def _things(text: str, words: Sequence[Word], last: int) -> frozenset[str]:
    """The up to three words behind a number that name what it counts: up to a mark or a little word."""
    found: list[Word] = []
    for number in range(last, min(last + 5, len(words))):
        word = words[number]
        if number and re.search(r"[,;:.()\"“”]", text[words[number - 1].span[1] : word.span[0]]):
            break
        if word.lower in ("others", "more"):
            return _concepts(found) | {"person"} if word.lower == "others" else _things(text, words, number + 1)
        if not word.stem:
            break
        found.append(word)
        if len(found) == 3:
            break
    return _concepts(found)


def _around(words: Sequence[Word], at: int, last: int) -> frozenset[str]:
    """The telling words around a number that tells how much, not how many."""
    return _concepts([*words[max(at - 5, 0) : at], *words[last : last + 6]])


def _concepts(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.concept for word in words if word.stem)


def _toll(text: str, words: Sequence[Word], at: int, last: int) -> str:
    """What befell those counted: the nearest word of a toll, one behind "and" or a comma being farther away."""
    best, nearest = "", 7.0
    for number in range(max(at - 6, 0), min(last + 12, len(words))):
        if at <= number < last or words[number].concept not in TOLLS:
            continue
        low, high = (number, at) if number < at else (last - 1, number)
        between = _ASIDE.sub("", text[words[low].span[1] : words[high].span[0]])
        apart = 1 + between.strip().count(" ") + 2.5 * len(_BREAK.findall(between))
        if apart < nearest:
            best, nearest = words[number].concept, apart
    return best
