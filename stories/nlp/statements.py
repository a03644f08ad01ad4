"""A sentence as it is compared with others: its words by their stems and meanings, numbers, names, denials.

A Statement is made once for each sentence and then compared often. It is read by rule from the sentence itself and the
words before and after it; it compares nothing (alignment.py does) and knows no other sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from stories.nlp.alignmentwords import CONCEPTS, CUES, NEGATIONS, OPPOSED, STOP
from stories.nlp.numbers import Kind, Number, Word
from stories.nlp.numerals import numbers
from stories.nlp.terms import Background, Frequencies

# What is read of a sentence, and of what stands before and after it: the longest real one has 1,500 characters.
CHARACTERS = 2_000
AROUND_CHARACTERS = 400

_WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\w{1,40}(?:['’]\w{1,3}\b)?")
_DATELINE = re.compile(r"^[A-Z][\w. ,/-]{2,40}?(?:\([A-Za-z/ ]{2,20}\) ?)?(?:—|–|--| - )\s*(?=\S)|^\([A-Z]{2,9}\)\s*")
_CUE = "|".join(sorted(CUES))
_LEADING = re.compile(
    rf"^[^,;:\"“”]{{1,70}}?\b(?:{_CUE})\b(?: (?:on )?[A-Z]\w+day)?(?: that\b|[,:])?\s|^According to [^,]{{2,60}},\s",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    rf"[,!?”\"'’]\s*[^,;\"“”]{{0,60}}?\b(?:{_CUE})\b[^\"“”]{{0,50}}$|,?\s*according to [^\"“”]{{2,90}}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with what it is compared by.

    `terms` counts its stems (see `stem`), stop words left out; `own` are those outside the dateline and the clause that
    says who said it; `names` the stems written with a capital inside the sentence; `around` the stems of the sentences
    before and after it. `negations` are the numbers of words that deny, `turning` the words that have an opposite, by
    their meaning.
    """

    text: str
    terms: Mapping[str, int]
    words: tuple[Word, ...]
    own: frozenset[str]
    names: frozenset[str]
    numbers: tuple[Number, ...]
    negations: tuple[int, ...]
    turning: Mapping[str, Word]
    around: frozenset[str]


def statement(text: str, *, before: str = "", after: str = "") -> Statement:
    """Read a sentence; `before` and `after` are the sentences around it. Linear, and at most 2,000 characters."""
    read = text[:CHARACTERS]
    words = words_of(read)
    start, end = _core(read)
    return Statement(
        text=text,
        terms=Counter(word.stem for word in words if word.stem),
        words=words,
        own=frozenset(word.stem for word in words if word.stem and start <= word.span[0] < end),
        names=frozenset(word.stem for number, word in enumerate(words) if word.stem and word.capital and number),
        numbers=tuple(one for one in numbers(read, words) if not _when_said(one, start, end)),
        negations=tuple(number for number, word in enumerate(words) if _negates(word.lower)),
        turning={word.concept: word for word in words if word.concept in OPPOSED},
        around=_stems(before[-AROUND_CHARACTERS:]) | _stems(after[:AROUND_CHARACTERS]),
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, _WORD.findall(text.lower()))) - {""}


def _when_said(one: Number, start: int, end: int) -> bool:
    """Whether a day is that of the saying, not of what is said."""
    return one.kind is Kind.WEEKDAY and not start <= one.span[0] < end


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text with their places; little words have no stem."""
    found = []
    for match in _WORD.finditer(text):
        written = match[0]
        lower = written.lower()
        root = stem(lower)
        found.append(Word(lower, root, concept(lower), match.span(), written[0].isupper()))
    return tuple(found)


@lru_cache(maxsize=50_000)
def stem(lower: str) -> str:
    """A word in lower case without its ending, or "" for a stop word and a single letter.

    Plurals, -ed, -ing, 's and the British -ise go; it is crude on purpose and knows English only.
    """
    word = re.sub(r"['’](?:s|re|ve|ll|d|m|t)?$", "", lower)
    if word in STOP or (len(word) < 2 and not word.isdigit()):
        return ""
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return word.replace(",", "")
    return _rooted(word.replace("isation", "ization").replace("isi", "izi") if len(word) > 6 else word)


def _rooted(word: str) -> str:
    for ending, put, least in _ENDINGS:
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= least
            and _VOWEL.search(word[: len(word) - len(ending)])
        ):
            word = word[: len(word) - len(ending)] + put
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


# What is left of a word has a vowel: "spring" has no ending.
_VOWEL = re.compile("[aeiouy]")
_ENDINGS = (
    ("ies", "y", 2), ("sses", "ss", 1), ("ises", "iz", 3), ("ised", "iz", 3), ("ise", "iz", 4), ("izes", "iz", 3),
    ("ized", "iz", 3), ("ize", "iz", 3), ("ings", "", 4), ("ing", "", 3), ("ied", "y", 2), ("ed", "", 3),
    ("our", "or", 3), ("ours", "or", 3), ("ss", "ss", 1), ("us", "us", 1), ("es", "e", 3), ("s", "", 3), ("ly", "", 5),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def concept(lower: str) -> str:
    """The word that stands for a word's meaning; its stem where it is in no group; "" for a stop word."""
    root = stem(lower)
    word = re.sub(r"['’]s?$", "", lower)
    return CONCEPTS.get(word, root) if root else ""


def stemmed(frequencies: Frequencies) -> Frequencies:
    """The same frequencies by stems: a stem is as frequent as the most frequent of its words."""
    table = Background(frequencies.background.documents, _by_stem(frequencies.background.counts))
    return Frequencies(table, _by_stem(frequencies.live_counts), frequencies.live_total)


def _by_stem(counts: Mapping[str, int]) -> dict[str, int]:
    table: dict[str, int] = {}
    for term, count in counts.items():
        root = stem(term)
        if root and count > table.get(root, 0):
            table[root] = count
    return table


def _negates(lower: str) -> bool:
    return lower in NEGATIONS or lower.endswith(("n't", "n’t")) or lower.replace("'", "").replace("’", "") in NEGATIONS


def _core(text: str) -> tuple[int, int]:
    """From where to where a sentence tells its matter: without dateline and the clause that says who said so."""
    start, end = 0, len(text)
    if match := _DATELINE.match(text[:120]):
        start = match.end()
    if match := _LEADING.match(text[start : start + 160]):
        start += match.end()
    if match := _TRAILING.search(text, max(start, end - 160), end):
        end = match.start()
    return (start, end) if end - start > 25 else (0, len(text))
