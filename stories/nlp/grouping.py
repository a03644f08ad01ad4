"""Which story a report belongs to: one decision, made of one fixed setting, explained in words for an editor.

The report joins the story that is most like it, by meaning (the event encoder) and by wording (TF-IDF), if it is like
enough; else it founds a story. It fetches no candidates and saves nothing: the caller hands in the stories whose
vectors are nearest and keeps what `found` and `join` return. A false merge claims that two newsrooms corroborate each
other, so in doubt a report stays alone.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from stories.nlp.terms import is_english

# Swept .42 to .50 over six orders each of giveme5w1h, wikinews and ecbplus_a: mean B-cubed F1 is flat at .865 from .44
# to .47, pairwise F1 best at .44 (.703). Weighing .6/.4 or .8/.2 costs .002 and .005 of B-cubed F1, .007 of pairwise
# F1 over those and two sets of bare titles.
MEANING, WORDING, THRESHOLD = 0.7, 0.3, 0.44
# Not tuned on its own languages, for want of labelled data: with wording alone and no background, .35 keeps B-cubed
# precision at .985 or more on those three English sets (.91 on bare titles) and finds half of what belongs together.
WORDING_ALONE_THRESHOLD = 0.35

WINDOW = timedelta(hours=72)
# Stories nearest by vector that are scored in full: 10 give the same stories as scoring all, article by article, on
# five sets; 5 misplace 3 of 6,366 bare titles, 1 loses .003 to .005 of B-cubed F1.
CANDIDATES = 10
# The heaviest terms that a story keeps: 200 measured .001 of B-cubed F1 better than keeping all.
STORY_TERMS = 200
# Shared words named to the editor.
WORDS_SHOWN = 5

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Setting:
    """What meaning and wording weigh in the score (together 1), and the score from which a report joins."""

    meaning: float
    wording: float
    threshold: float


ENGLISH = Setting(MEANING, WORDING, THRESHOLD)
OTHER = Setting(0.0, 1.0, WORDING_ALONE_THRESHOLD)


@dataclass(frozen=True, slots=True)
class Item:
    """A report to place: the encoder's vector and the weighed terms, both of length 1, and when it was reported."""

    vector: Vector
    terms: Mapping[str, float]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that a report may join: the sums of its members' vectors and of their terms, and its time span."""

    story: int
    vector: Vector
    terms: Mapping[str, float]
    size: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The story to join, or None to found one; the best score found (0 without candidates), and why, in words."""

    story: int | None
    score: float
    reasons: tuple[str, ...]


def setting_for(lang: str) -> Setting:
    """The setting of a language; encoder and background table are English, so elsewhere wording alone decides."""
    return ENGLISH if is_english(lang) else OTHER


def decide(item: Item, candidates: Sequence[Candidate], setting: Setting = ENGLISH) -> Decision:
    """The best candidate within the window, if its score reaches the threshold; of equal ones the lowest number."""
    near = [story for story in candidates if in_window(item.at, story.first_at, story.last_at)]
    if not near:
        return Decision(None, 0.0, (f"no story within {WINDOW // timedelta(hours=1)} h to compare with",))
    scores = {story.story: score(item, story, setting) for story in near}
    best = min(near, key=lambda story: (-scores[story.story], story.story))
    value = scores[best.story]
    if value < setting.threshold:
        return Decision(None, value, (f"nearest story scored {_floor(value)}, under {setting.threshold:.2f}",))
    return Decision(best.story, value, _reasons(item, best, value, setting))


def score(item: Item, story: Candidate, setting: Setting = ENGLISH) -> float:
    """How alike a report and a story are: meaning x cosine of the vectors + wording x cosine of the terms."""
    meaning = float(item.vector @ story.vector) / (float(np.linalg.norm(story.vector)) or 1.0)
    length = math.sqrt(sum(weight * weight for weight in story.terms.values())) or 1.0
    wording = sum(weight * story.terms.get(term, 0.0) for term, weight in item.terms.items()) / length
    return setting.meaning * meaning + setting.wording * wording


def in_window(at: datetime | None, first_at: datetime | None, last_at: datetime | None) -> bool:
    """Whether a report lies at most 72 h outside a story's span; a time that is not known rules nothing out."""
    if at is None or first_at is None or last_at is None:
        return True
    return first_at - WINDOW <= at <= last_at + WINDOW


def found(story: int, item: Item) -> Candidate:
    """The story that a report founds."""
    return Candidate(story, item.vector, item.terms, 1, item.at, item.at)


def join(story: Candidate, item: Item) -> Candidate:
    """The story with one more report; of its terms the heaviest are kept."""
    terms = dict(story.terms)
    for term, weight in item.terms.items():
        terms[term] = terms.get(term, 0.0) + weight
    if len(terms) > STORY_TERMS:
        # The term itself breaks ties: a database need not give the terms back in the order of their arrival.
        terms = dict(heapq.nlargest(STORY_TERMS, terms.items(), key=lambda pair: (pair[1], pair[0])))
    times = [at for at in (story.first_at, story.last_at, item.at) if at is not None]
    return Candidate(
        story=story.story,
        vector=story.vector + item.vector,
        terms=terms,
        size=story.size + 1,
        first_at=min(times, default=None),
        last_at=max(times, default=None),
    )


def _reasons(item: Item, story: Candidate, value: float, setting: Setting) -> tuple[str, ...]:
    """Why a report joins: the score against its threshold, the words that weigh most, the time between."""
    alike = "similar wording and meaning" if setting.meaning else "similar wording"
    reasons = [f"{alike} ({_floor(value)}; joined at {setting.threshold:.2f} or more)"]
    if words := shared_words(item, story):
        reasons.append(f"shared words: {', '.join(words)}")
    if item.at is not None and story.first_at is not None and story.last_at is not None:
        reasons.append(_time_between(item.at, story.first_at, story.last_at))
    return tuple(reasons)


def shared_words(item: Item, story: Candidate) -> list[str]:
    """The shared terms that add most to the score, heaviest first."""
    products = {term: weight * story.terms[term] for term, weight in item.terms.items() if term in story.terms}
    return heapq.nsmallest(WORDS_SHOWN, products, key=lambda term: (-products[term], term))


def _time_between(at: datetime, first_at: datetime, last_at: datetime) -> str:
    """Where a report's time lies against the story's span."""
    if at > last_at:
        return f"{_duration(at - last_at)} after the story's latest report"
    if at < first_at:
        return f"{_duration(first_at - at)} before the story's first report"
    return "within the time of the story's reports"


def _duration(span: timedelta) -> str:
    """Minutes under an hour, hours under two days, else days; rounded down."""
    minutes = span // timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _floor(value: float) -> str:
    """Two decimals, rounded down: a score under the threshold must not read as if it had reached it."""
    return f"{math.floor(value * 100) / 100:.2f}"
