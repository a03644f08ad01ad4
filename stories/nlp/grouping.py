"""Which story a report belongs to: one learned decision with one setting, explained in words for an editor.

The report is compared with the members of the stories nearest to it (likeness); it joins the story whose members are
most like it on average, if they are like enough, else it founds one. It fetches no candidates and saves nothing. A
false merge claims that two newsrooms corroborate each other, so in doubt a report stays alone; what came in the wrong
order is put right by the second look (secondlook), with the same forest and the same setting.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stories.nlp import likeness
from stories.nlp.likeness import Marks

# THE setting: the mean log-odds from which reports are one story, and how much more is asked of few pairs. One pair
# alone must reach .75: among 21 real feeds of one day, two reports that are nearest to each other and share no event
# had mean log-odds of .3 to 1.5, those of one event nearly always more. The mean over many pairs is surer. Held out
# (training/grouping.py, average linkage), mean B-cubed / pairwise F1 over four sets is .865 / .730 at (-.25, 1),
# .861 / .720 at (-.25, 1.5), .858 / .693 at (.25, 0); of 30 stories read from the feeds, 3, 2 and 8 hold two events.
THRESHOLD, CAUTION = -0.25, 1.0
# Margins (mean log-odds above what is asked) to the probability that a report belongs, slope and offset: as it arrives,
# and at the second look, which knows its surroundings. Fitted by training/grouping.py on sets held out of training.
ON_ARRIVAL, ON_SECOND_LOOK = (0.73, -0.48), (0.64, -0.14)
# As it arrives, its surroundings not yet known, a report joins only where this much more than what is asked is given
# (62 % sure, by the calibration). The second look can still merge, and a false merge is worse than a miss.
LEAST_MARGIN = 1.31

WINDOW = timedelta(hours=72)
# Stories that are compared in full, of those of the nearest reports: from 3 on the figures are the same to four digits.
CANDIDATES = 4
# The latest members of a story that a report is compared with: the mean of 24 is the mean of all to ±.1 log-odds.
MEMBERS = 24
# Names, and quotes, shown to the editor.
SHOWN = 5
_NONE_LIKE, _NOT_NEAR = "no report like it", "the nearest story is not near enough"
# How the first reason of a report begins that found no story to join; the last three were noted by earlier versions.
_FOUNDED = (_NONE_LIKE, _NOT_NEAR, "founded", "no story within", "nearest story scored")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that a report may join: some of its members, and its time span."""

    story: int
    members: Sequence[Marks]
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The story to join, or None to found one; the margin of the best story (see `asked`), and why, in words."""

    story: int | None
    margin: float
    reasons: tuple[str, ...]

    @property
    def probability(self) -> float:
        """How probable it is that the report belongs with the best story, joined or not."""
        return probability(self.margin)


def decide(report: Marks, candidates: Sequence[Candidate]) -> Decision:
    """The best candidate within the window, if it is sure enough that the report belongs to it.

    Of equal ones the lowest number. What founds a story may be merged by the second look, which knows more.
    """
    near = [story for story in candidates if story.members and in_window(report.at, story.first_at, story.last_at)]
    if not near:
        return Decision(None, -likeness.MAX_LOGIT, (f"{_NONE_LIKE} within {WINDOW // timedelta(hours=1)} h",))
    given = likeness.logits(report, [member for story in near for member in story.members])
    bounds = np.cumsum([0, *(len(story.members) for story in near)])
    parts = [given[start:end] for start, end in pairwise(bounds)]
    margins = [float(part.mean()) - asked(len(part)) for part in parts]
    best = min(range(len(near)), key=lambda index: (-margins[index], near[index].story))
    sure = probability(margins[best])
    nearest = near[best].members[int(parts[best].argmax())]
    if margins[best] < LEAST_MARGIN:
        why = f"{_NOT_NEAR} ({percent(sure)})"
        return Decision(None, margins[best], (why, *alike(report, nearest)))
    reasons = [f"{percent(sure)} sure", *alike(report, nearest)]
    if when := _time_between(report.at, near[best].first_at, near[best].last_at):
        reasons.append(when)
    return Decision(near[best].story, margins[best], tuple(reasons))


def founding(reasons: Sequence[str]) -> Sequence[str] | None:
    """Why a report founded its story, by the reasons that were noted with it; None where none say that it did."""
    if not reasons or not reasons[0].startswith(_FOUNDED):
        return None
    return reasons[1:] if reasons[0].startswith("founded") else reasons


def asked(pairs: int) -> float:
    """The mean log-odds that so many pairs of reports must reach to be of one story."""
    return THRESHOLD + CAUTION / pairs


def probability(margin: float, calibration: tuple[float, float] = ON_ARRIVAL) -> float:
    """The calibrated probability that reports belong together whose mean log-odds are so far above what is asked."""
    slope, offset = calibration
    return 1 / (1 + math.exp(-(slope * margin + offset)))


def percent(value: float) -> str:
    """A probability as an editor reads it; never a certainty."""
    return f"{min(99, max(1, math.floor(value * 100)))} %"


def in_window(at: datetime | None, first_at: datetime | None, last_at: datetime | None) -> bool:
    """Whether a report lies at most 72 h outside a story's span; a time that is not known rules nothing out."""
    if at is None or first_at is None or last_at is None:
        return True
    return first_at - WINDOW <= at <= last_at + WINDOW


def alike(one: Marks, other: Marks) -> list[str]:
    """What two reports have in common, in words, the most telling first."""
    found = []
    if quotes := sorted(one.quotes & other.quotes):
        more = f" and {len(quotes) - 1} more" if len(quotes) > 1 else ""
        found.append(f"same quote “{quotes[0]} …”{more}")
    if names := _heaviest(one.names, other.names):
        found.append(f"shared names: {', '.join(name.capitalize() for name in names)}")
    if numbers := _heaviest(one.numbers, other.numbers):
        found.append(f"shared numbers: {', '.join(numbers)}")
    skip = {*one.names, *one.numbers}
    words = [word for word in _heaviest(one.terms, other.terms, SHOWN + len(names)) if word not in skip][:SHOWN]
    if words:
        found.append(f"shared words: {', '.join(words)}")
    if one.vector is not None and other.vector is not None:
        found.append(_meaning(float(one.vector @ other.vector)))
    return found


def _meaning(cosine: float) -> str:
    """The encoder's cosine in words; between random reports of a day it is about .1, within an event about .7."""
    name = "very close" if cosine >= 0.7 else "close" if cosine >= 0.5 else "loose"
    return f"{name} in meaning ({math.floor(cosine * 100) / 100:.2f} of 1)"


def _heaviest(one: Mapping[str, float], other: Mapping[str, float], most: int = SHOWN) -> list[str]:
    """The shared keys that weigh most, heaviest first."""
    products = {key: weight * other[key] for key, weight in one.items() if key in other}
    return heapq.nsmallest(most, products, key=lambda key: (-products[key], key))


def _time_between(at: datetime | None, first_at: datetime | None, last_at: datetime | None) -> str:
    """Where a report's time lies against the story's span; empty where a time is not known."""
    if at is None or first_at is None or last_at is None:
        return ""
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


def matrix(reports: Sequence[Marks]) -> NDArray[np.float32]:
    """The log-odds of every pair, float32 [reports, reports], symmetric, 0 on the diagonal."""
    table = np.zeros((len(reports), len(reports)), np.float32)
    for row in range(len(reports) - 1):
        table[row, row + 1 :] = likeness.logits(reports[row], reports[row + 1 :])
    table += table.T
    return table
