"""Whether an outlet reports much less than it usually does, which no failing poll shows: a feed that moved, a section
left out, a strike.

Pure: counts in, a sentence or nothing out. It compares two days with the same two days of the weeks before, so that a
Sunday is measured by Sundays; it says nothing of outlets that publish little or are new to us. Whether we polled at all
in that time is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from statistics import median

WEEK = 7
# The recent time, in days: one day is too short to tell a slow day from silence at an outlet with ten articles a day.
RECENT_DAYS = 2
# Same weekdays needed: with fewer, one odd week would be half of what is usual.
MIN_WEEKS = 4
MIN_DAYS = MIN_WEEKS * WEEK
TRIMMED_FROM = 6
# Weeks looked at: a silence becomes usual only when it is most of them.
MAX_WEEKS = 8
# Fewer than five articles a day are too few for two days to prove anything.
MIN_USUAL = 10
# "Much less": below so much of the usual, and below the lowest of the compared weeks by this much too.
SHARE_OF_USUAL, SHARE_OF_LOWEST = 0.4, 0.6
# An alarm ends only when the outlet is clearly back, or it would come and go by the hour.
SHARE_TO_END = 0.6
# Newsrooms vary by more than chance: by about a quarter from week to week besides. And how improbable a count must be.
SPREAD, IMPROBABLE = 0.25, 1e-3


@dataclass(frozen=True, slots=True)
class Quiet:
    """An outlet that reports much less than usual: the count of RECENT_DAYS, the usual range, and the sentence."""

    recent: int
    low: int
    high: int
    sentence: str


def quiet(counts_per_day: Sequence[int], recent: int, *, alarmed: bool = False) -> Quiet | None:
    """The alarm, or None where all is usual or nothing can be said.

    `recent` counts the articles of the last RECENT_DAYS times 24 hours, `counts_per_day` those of the days of 24 hours
    before them, oldest first, without a gap and without the day on which the outlet was added (its backlog came then);
    at least MIN_DAYS. `alarmed`: an alarm stands already, and ends at SHARE_TO_END of the usual.
    """
    windows = _same_weekdays(counts_per_day)
    if len(windows) < MIN_WEEKS:
        return None
    usual = median(windows)
    if usual < MIN_USUAL:
        return None
    low, high = _range(windows)
    if alarmed:
        if recent >= SHARE_TO_END * usual:
            return None
    elif recent >= min(SHARE_OF_USUAL * usual, max(SHARE_OF_LOWEST * low, 1)) or _chance(recent, usual) > IMPROBABLE:
        return None
    articles = "no article" if not recent else "1 article" if recent == 1 else f"{recent} articles"
    often = f"{low} to {high}" if low < high else str(low)
    return Quiet(recent, low, high, f"{articles} in the last {RECENT_DAYS * 24} h; usually {often}")


def _same_weekdays(counts: Sequence[int]) -> list[int]:
    """The counts of the same RECENT_DAYS days, one week ago and further back."""
    # counts[-1] is the day before the recent ones; a week before their first day lie WEEK - RECENT_DAYS days between.
    ends = [len(counts) - WEEK * week + RECENT_DAYS for week in range(1, MAX_WEEKS + 1)]
    return [sum(counts[end - RECENT_DAYS : end]) for end in ends if end >= RECENT_DAYS]


def _range(windows: Sequence[int]) -> tuple[int, int]:
    """The usual range: the lowest and the highest, but of TRIMMED_FROM weeks the next ones, so that one outage or one
    election does not stand for what is usual."""
    ordered = sorted(windows)
    return (ordered[1], ordered[-2]) if len(ordered) >= TRIMMED_FROM else (ordered[0], ordered[-1])


def _chance(count: int, mean: float) -> float:
    """The probability of at most `count` where `mean` is usual, by the negative binomial distribution with the variance
    mean + (SPREAD * mean)^2."""
    shape = 1 / SPREAD**2
    share = shape / (shape + mean)
    constant = shape * log(share) - lgamma(shape)
    return sum(exp(constant + lgamma(n + shape) - lgamma(n + 1) + n * log(1 - share)) for n in range(count + 1))
