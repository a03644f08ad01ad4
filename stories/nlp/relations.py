"""How two stories belong together without being one: the next chapter, related, or the same event in another language.

English stories are compared by meaning and by shared names and numbers; stories of another language among themselves by
rare names alone; an English story and another by rare names, numbers and time, and only what is sure is said. It merges
nothing and finds no candidates. None means "cannot tell": a missing link costs less than a false one.

Where nothing else is said, figures come from 173 pairs of stories begun within 30 days of each other, labelled by one
reader and spread over all degrees of likeness: wikinews, og2021 and two days of 21 outlets' feeds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from stories.nlp.keys import is_number
from stories.nlp.terms import is_english

# Farther apart than this no two stories are linked.
SPAN = timedelta(days=30)

# The log-odds that two English stories belong together: the cosine of their vectors, and the logarithm of the smaller
# one's reports. Shared names beyond the first, their rarity and the time between added nothing. Left one set out.
COSINE_WEIGHT, SIZE_WEIGHT, OFFSET = 10.0, 1.75, -5.8
# More than three reports make a vector no more reliable.
RELIABLE_SIZE = 3
# Of the labelled pairs 55 are linked, by this or by what follows, and none is unrelated; two say more than is sure (the
# same country, another matter; "chapter" for another matter of the same war). Of the 100 that belong together 54 are
# found. From .5 on, one link in five was wrong or borderline.
RELATED = 0.85

# The log-odds that the later story is the next chapter, where CHAPTER_KEYS are shared and it begins late enough.
CHAPTER_COSINE_WEIGHT, CHAPTER_OFFSET = 16.7, -12.2
# That is a cosine of .78. By this and by the names below 19 labelled pairs are called chapters, and 18 are; of the
# other 12 chapters ten come out as related. With two keys, or from .5 on, 10 and 18 in 100 were wrong.
CHAPTER = 0.7
CHAPTER_KEYS = 3
# What begins sooner is mostly another side of the same event, or one event that grouping left in two: eight of ten such
# pairs, and three of the 30 chapters.
CHAPTER_AFTER = timedelta(hours=12)
# After a longer silence like events come apart less easily. Of the 21 pairs of look-alikes in ecbplus_a (years apart in
# truth) nine would be called chapters if they came within a week, two of them later on: the weak side of this rule.
CHAPTER_SOON, LATE_CHAPTER_KEYS = timedelta(days=7), 5

# Or the later story names the same people and places, whose names are rare, though it tells of another event: of all
# eight such pairs in the sets seven are chapters, one is related. Needed where it is quiet: there grouping takes what
# is much alike for one event, and only crowds (wars, elections) leave chapters to be told by meaning.
NAMED_NAMES, NAMED_COSINE, NAMED_SIZE = 3, 0.45, 2
NAMED_PROBABILITY = 0.8

# A name is rare that fewer than one text in 250 holds, a number that fewer than one in 90 holds.
RARE_NAME, RARE_NUMBER = math.log(250), math.log(90)
# Without meaning, as between stories of another language: all six labelled pairs with three rare names in common
# belong together (of those with two, 15 of 17), where both have two reports; with lone reports nine of eleven do.
NAMES_ALONE, NAMES_ALONE_SIZE = 3, 2
NAMES_ALONE_SPAN = timedelta(days=7)
NAMES_ALONE_PROBABILITY = 0.8

# Across languages: begun within a day of each other, sharing three rare names and a rare number, or five rare names.
# Tried between English stories, which share more than two languages do: of 26,272 pairs of different events begun
# within four days of each other, or look-alikes of ecbplus_a, three share as much, and one begins within a day: a man
# charged, and his denial. Of 229 events of giveme5w1h and wikinews cut in two, 77 find their other half. And 20 single
# reports of five such events in German, French, Spanish and Italian: nine find their English story, none finds another.
TRANSLATION_SPAN = timedelta(hours=24)
TRANSLATION_NAMES, TRANSLATION_NUMBERS, TRANSLATION_NAMES_ALONE = 3, 1, 5
# Round-ups name everybody: what is shared must be a quarter of what the less told of the two is known by.
TRANSLATION_SHARE = 0.25
TRANSLATION_PROBABILITY = 0.95

# Shared names and numbers that a reason names.
KEYS_SHOWN = 5

Vector = NDArray[np.float32]


class Kind(StrEnum):
    """The kinds of ties between stories, by the names that the database has for them."""

    CHAPTER = "chapter"
    RELATED = "related"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class StorySketch:
    """A story as it is compared. `vector`: sum or mean of its reports' vectors, any length; of no use but in English.

    `keys` as nlp.keys gives them; `size` in reports.
    """

    lang: str
    vector: Vector
    keys: frozenset[str]
    size: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Relation:
    """What two stories are to each other, how probable that is (0 to 1), and why, in words for a reader."""

    kind: Kind
    probability: float
    reasons: tuple[str, ...]


def relate(one: StorySketch, other: StorySketch, rarity: Mapping[str, float]) -> Relation | None:
    """What two stories are to each other, in whichever order they are given; None where it cannot tell.

    `rarity`: how rare the shared keys are (idf), in English if either story is, else in their language; a key that is
    missing counts as common.
    """
    earlier, later = sorted((one, other), key=lambda story: (story.first_at, story.last_at))
    shared = sorted(one.keys & other.keys, key=lambda key: (-rarity.get(key, 0.0), is_number(key), key))
    if not shared or later.first_at - earlier.first_at > SPAN:
        return None
    english = is_english(one.lang), is_english(other.lang)
    if all(english):
        return _by_meaning(earlier, later, shared, rarity)
    if any(english):
        return _translation(earlier, later, shared, rarity)
    return _by_names(earlier, later, shared, rarity)


def _by_meaning(
    earlier: StorySketch, later: StorySketch, shared: Sequence[str], rarity: Mapping[str, float]
) -> Relation | None:
    """Two English stories: a chapter, related, or nothing that can be said."""
    cosine = _cosine(earlier.vector, later.vector)
    size = max(min(earlier.size, later.size), 1)
    soon = later.first_at - earlier.last_at <= CHAPTER_SOON
    named = soon and size >= NAMED_SIZE and cosine >= NAMED_COSINE and _rare(shared, rarity)["names"] >= NAMED_NAMES
    related = _probability(COSINE_WEIGHT * cosine + SIZE_WEIGHT * math.log(min(size, RELIABLE_SIZE)) + OFFSET)
    if related < RELATED and not named:
        return None
    reasons = (_shares(shared), f"alike in meaning ({math.floor(cosine * 100) / 100:.2f} of 1)", _when(earlier, later))
    if later.first_at - earlier.first_at >= CHAPTER_AFTER:
        chapter = _probability(CHAPTER_COSINE_WEIGHT * cosine + CHAPTER_OFFSET)
        if chapter >= CHAPTER and len(shared) >= (CHAPTER_KEYS if soon else LATE_CHAPTER_KEYS):
            return Relation(Kind.CHAPTER, chapter, reasons)
        if named:
            return Relation(Kind.CHAPTER, NAMED_PROBABILITY, reasons)
    return Relation(Kind.RELATED, max(related, NAMED_PROBABILITY) if named else related, reasons)


def _by_names(
    earlier: StorySketch, later: StorySketch, shared: Sequence[str], rarity: Mapping[str, float]
) -> Relation | None:
    """Two stories of one language other than English: related if they share rare names, else it cannot tell."""
    if earlier.lang != later.lang or later.first_at - earlier.last_at > NAMES_ALONE_SPAN:
        return None
    if min(earlier.size, later.size) < NAMES_ALONE_SIZE or _rare(shared, rarity)["names"] < NAMES_ALONE:
        return None
    return Relation(Kind.RELATED, NAMES_ALONE_PROBABILITY, (_shares(shared), _when(earlier, later)))


def _translation(
    earlier: StorySketch, later: StorySketch, shared: Sequence[str], rarity: Mapping[str, float]
) -> Relation | None:
    """An English story and one of another language: the same event, where names, numbers and time leave no doubt.

    Between two other languages nothing is said: without a background it can't know which names are rare, and kindred
    languages share words that look like names.
    """
    known = earlier.lang and later.lang
    if not known or later.first_at - earlier.first_at > TRANSLATION_SPAN:
        return None
    latin = [key for key in shared if key.isascii()]
    if len(latin) < TRANSLATION_SHARE * min(len(earlier.keys), len(later.keys)):
        return None
    rare = _rare(latin, rarity)
    if rare["names"] < TRANSLATION_NAMES or (
        rare["numbers"] < TRANSLATION_NUMBERS and rare["names"] < TRANSLATION_NAMES_ALONE
    ):
        return None
    return Relation(Kind.TRANSLATION, TRANSLATION_PROBABILITY, (_shares(latin), _when(earlier, later)))


def _rare(keys: Sequence[str], rarity: Mapping[str, float]) -> Counter[str]:
    """How many rare "names" and rare "numbers" are among the keys."""
    return Counter(
        "numbers" if is_number(key) else "names"
        for key in keys
        if rarity.get(key, 0.0) >= (RARE_NUMBER if is_number(key) else RARE_NAME)
    )


def _cosine(one: Vector, other: Vector) -> float:
    """The cosine; 0 where a vector is empty."""
    length = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(one @ other) / length if length else 0.0


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _shares(keys: Sequence[str]) -> str:
    """The rarest of what is shared."""
    shown = [key if is_number(key) else key.title() for key in keys[:KEYS_SHOWN]]
    more = len(keys) - len(shown)
    return f"shares {', '.join(shown)}" + (f" and {more} more" if more else "")


def _when(earlier: StorySketch, later: StorySketch) -> str:
    """When the later story begins, against the earlier one."""
    if later.first_at > earlier.last_at:
        return f"begins {_duration(later.first_at - earlier.last_at)} after the other’s latest report"
    return f"begins {_duration(later.first_at - earlier.first_at)} after the other began, while that went on"


def _duration(span: timedelta) -> str:
    """Minutes under an hour, hours under two days, else days; rounded down."""
    minutes = span // timedelta(minutes=1)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
