"""What a story is known by: the names and numbers that tell it apart from the others of its time.

Keys are compared across outlets and, where they are Latin, across languages: lower-case, without accents, numbers
without the marks that part thousands. Other scripts are kept as they are; nothing is transliterated. It knows no story.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from stories.nlp.terms import Frequencies

# Tried on 20 reports of known events in other languages: with 12 and 4 six find their English story, with 18 and 6
# nine, with 20 and 10 eight.
NAMES, NUMBERS = 18, 6
# An idf that a key needs: fewer than one text in 55 holds it. In a young table, three quarters of the highest idf.
TELLING, TELLING_SHARE = 4.0, 0.75
# In a story of so many reports a key stands in two at least: one outlet's own names don't tell the event.
SEVERAL = 3
MIN_LETTERS = 3
# The column's limit.
MAX_CHARACTERS = 100

_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
# Latin letters that no decomposition takes apart.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Named:
    """One report's names (lower-case words) and numbers (as written), each once."""

    names: Collection[str]
    numbers: Collection[str]


def telling(reports: Sequence[Named], frequencies: Frequencies) -> dict[str, float]:
    """The keys of a story, the most telling first, each with how rare it is (idf): 18 names and 6 numbers at most.

    What tells most is rare elsewhere and stands in many of the story's reports: idf x square root of their share. The
    story's own reports are left out of the live counts, or a great event's names would be the first to seem common.
    """
    needed = 2 if len(reports) >= SEVERAL else 1
    floor = min(TELLING, TELLING_SHARE * _idf("", 0, frequencies))
    found: dict[str, float] = {}
    weights: dict[str, float] = {}
    for key, (count, words) in _counted(reports).items():
        idf = min(_idf(word, own, frequencies) for word, own in words.items())
        if count >= needed and idf >= floor and len(key) <= MAX_CHARACTERS:
            found[key], weights[key] = idf, idf * math.sqrt(count / len(reports))
    ranked = sorted(found, key=lambda key: (-weights[key], key))
    kept = {
        *[key for key in ranked if not is_number(key)][:NAMES],
        *[key for key in ranked if is_number(key)][:NUMBERS],
    }
    return {key: found[key] for key in ranked if key in kept}


def _idf(word: str, own: int, frequencies: Frequencies) -> float:
    """Like `Frequencies.idf`, with `own` of the live articles left out."""
    seen = frequencies.background.counts.get(word, 0) + max(frequencies.live_counts.get(word, 0) - own, 0)
    return math.log((frequencies.documents + 1) / (min(seen, frequencies.documents) + 0.5))


def asked(reports: Iterable[Named]) -> set[str]:
    """The words whose live counts `telling` needs."""
    return {word for report in reports for _, word in (*_name_keys(report.names), *_number_keys(report.numbers))}


def is_number(key: str) -> bool:
    """Whether a key is a number; names begin with a letter."""
    return key[:1].isdigit()


def _counted(reports: Sequence[Named]) -> dict[str, tuple[int, Counter[str]]]:
    """In how many reports each key stands, and in how many each word behind it."""
    counts: Counter[str] = Counter()
    words: dict[str, Counter[str]] = {}
    for report in reports:
        own = {*_name_keys(report.names), *_number_keys(report.numbers)}
        counts.update({key for key, _ in own})
        for key, word in own:
            words.setdefault(key, Counter())[word] += 1
    return {key: (count, words[key]) for key, count in counts.items()}


def _name_keys(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Keys of names, each with the word whose rarity it has; what a hyphen joins counts in its parts."""
    for name in names:
        for part in name.split("-"):
            key = fold(part)
            if len(key) >= MIN_LETTERS and key[0].isalpha():
                yield key, part


def _number_keys(numbers: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Keys of the numbers that tell: of two digits that count at least, so neither 7 nor 500 nor 20,000."""
    for number in numbers:
        key = number.replace(".", "").replace(",", "") if _THOUSANDS.fullmatch(number) else number.replace(",", ".")
        if len(key.replace(".", "").strip("0")) >= 2:
            yield key, key


def fold(word: str) -> str:
    """Lower-case, without accents; other scripts stay as they are but for their case."""
    small = unicodedata.normalize("NFC", word.casefold())
    taken_apart = unicodedata.normalize("NFKD", small.translate(_STROKES))
    plain = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    return plain if plain.isascii() else small
