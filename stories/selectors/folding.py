"""An axis of time on which long stretches without a report are folded, so that one late report does not crush the rest.

Pure numbers. A fold is shown as such: what it says of lengths is true only between folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from stories.selectors import words
from stories.selectors.timeline import SHORTEST, Shape, Tick, label, round_times, step_of

# A stretch without a report that takes more than this part of the axis is folded,
LONGEST = 0.4
# to this part of what is left of it.
FOLDED = 0.18
# Two labels nearer than this, in pixels, would run into each other.
_APART = 44


@dataclass(frozen=True, slots=True)
class Fold:
    """A folded stretch: its middle in pixels, and how long it is."""

    x: int
    length: timedelta


class Folded:
    """Times to pixels, with folds."""

    def __init__(self, times: Sequence[datetime], shape: Shape) -> None:
        """The axis of at least one time, from the first to the last of them."""
        self.shape = shape
        known = sorted(set(times))
        known[1:] = known[1:] if known[-1] - known[0] >= SHORTEST else [*known[1:], known[0] + SHORTEST]
        lengths = [later - earlier for earlier, later in pairwise(known)]
        drawn = list(lengths)
        while sum(drawn, timedelta()) * LONGEST < max(drawn) and len(drawn) > 1:
            widest = drawn.index(max(drawn))
            rest = sum(drawn, timedelta()) - drawn[widest]
            if drawn[widest] <= rest * FOLDED * 1.01 or rest < SHORTEST:
                break
            drawn[widest] = rest * FOLDED
        self._known = known
        self._at = [timedelta()]
        for length in drawn:
            self._at.append(self._at[-1] + length)
        self._is_folded = [short < real for short, real in zip(drawn, lengths, strict=True)]

    def x(self, at: datetime) -> int:
        """The pixel of a time within the axis."""
        left, right = self.shape.gutter + self.shape.margin, self.shape.width - self.shape.margin
        return round(left + self._along(at) / self._at[-1] * (right - left))

    def _along(self, at: datetime) -> timedelta:
        """How far along the drawn axis a time lies; what is outside lies at its ends."""
        for place, (start, end) in enumerate(pairwise(self._known)):
            if at <= end:
                part = max(0.0, (at - start) / (end - start))
                return self._at[place] + (self._at[place + 1] - self._at[place]) * part
        return self._at[-1]

    def folds(self) -> list[Fold]:
        """The folded stretches."""
        return [
            Fold((self.x(start) + self.x(end)) // 2, end - start)
            for is_folded, (start, end) in zip(self._is_folded, pairwise(self._known), strict=True)
            if is_folded
        ]

    def ticks(self) -> list[Tick]:
        """Round times outside of folds, and the day on which the axis goes on behind each fold."""
        step = step_of(self._at[-1], self.shape.ticks - 1)
        marks: list[Tick] = []
        for run, (start, end) in enumerate(self._runs()):
            if run:
                local = timezone.localtime(start)
                marks.append(Tick(self.x(start), words.day(local)))
            marks += [Tick(self.x(at), label(at, step)) for at in round_times(start, end, step)]
        return [mark for place, mark in enumerate(marks) if not place or mark.x - marks[place - 1].x >= _APART]

    def _runs(self) -> list[tuple[datetime, datetime]]:
        """The stretches between folds."""
        starts = [
            self._known[0],
            *(late for is_folded, late in zip(self._is_folded, self._known[1:], strict=True) if is_folded),
        ]
        ends = [
            *(early for is_folded, early in zip(self._is_folded, self._known, strict=False) if is_folded),
            self._known[-1],
        ]
        return list(zip(starts, ends, strict=True))
