"""The drawing of a story's reports over time, as numbers: who had it when. Pure geometry, in pixels.

A claimed time is a point; a time that only we saw has a whisker back to our poll before. Draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from stories.selectors.story import Report

# Steps that people read clocks and calendars by.
_STEPS = tuple(
    timedelta(minutes=m) for m in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440, 30 * 1440)
)
_DAY = timedelta(days=1)
# Whatever the span, the axis covers this much: reports of one minute would otherwise look hours apart.
SHORTEST = timedelta(minutes=10)
MAX_ROWS = 24


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of one drawing: `gutter` is kept for names at the left, or else they stand above their rows."""

    width: int
    row: int
    gutter: int
    ticks: int
    letters: int
    top: int = 34
    margin: int = 20


WIDE = Shape(width=860, row=34, gutter=190, ticks=7, letters=22)
NARROW = Shape(width=350, row=46, gutter=10, ticks=4, letters=40)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Node:
    """A report; `whisker` is where the span since our poll before begins, None for a claimed time.

    `open_start` says that there was no poll before, so that the span has no known beginning.
    """

    x: int
    report: Report
    whisker: int | None
    open_start: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An outlet's line."""

    y: int
    name: str
    full_name: str
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawing; `hidden` counts the outlets without room in it; the two flags say what its legend must explain."""

    shape: Shape
    height: int
    ticks: Sequence[Tick]
    rows: Sequence[Row]
    hidden: int
    seen_only: bool
    unbounded: bool

    @property
    def bottom(self) -> int:
        """Where the lines of the axis end."""
        return self.height - 10

    @property
    def right(self) -> int:
        """Where the rows end."""
        return self.shape.width - 4


def timeline(reports: Sequence[Report], shape: Shape) -> Timeline | None:
    """Rows per outlet in the order of their first reports; None where there is nothing to compare."""
    by_outlet: dict[int, list[Report]] = {}
    for report in reports:
        by_outlet.setdefault(report.article.outlet_id, []).append(report)
    if len(by_outlet) < 2:
        return None
    shown = list(by_outlet.values())[:MAX_ROWS]
    times = [report.article.reported_at for group in shown for report in group]
    scale = Scale(min(times), max(*times, min(times) + SHORTEST), shape)
    rows = [_row(group, shape.top + i * shape.row + shape.row // 2, scale) for i, group in enumerate(shown)]
    return Timeline(
        shape=shape,
        height=shape.top + shape.row * len(rows) + 14,
        ticks=scale.ticks(),
        rows=rows,
        hidden=len(by_outlet) - len(shown),
        seen_only=any(node.whisker is not None for row in rows for node in row.nodes),
        unbounded=any(node.open_start for row in rows for node in row.nodes),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Times to pixels."""

    start: datetime
    end: datetime
    shape: Shape

    def x(self, at: datetime) -> int:
        """The pixel of a time; one before the axis begins stands at its edge."""
        left, right = self.shape.gutter + self.shape.margin, self.shape.width - self.shape.margin
        part = (at - self.start) / (self.end - self.start)
        return max(self.shape.gutter, round(left + part * (right - left)))

    def ticks(self) -> list[Tick]:
        """Round times of the server's zone within the axis, as many as there is room for."""
        step = step_of(self.end - self.start, self.shape.ticks - 1)
        return [Tick(self.x(at), label(at, step)) for at in round_times(self.start, self.end, step)]


def step_of(span: timedelta, room: int) -> timedelta:
    """The shortest step that goes into a span no more than `room` times."""
    return next((s for s in _STEPS if span / s <= room), _STEPS[-1] * ceil(span / _STEPS[-1] / room))


def round_times(start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """The multiples of a step, from midnight in the server's zone, from start to end."""
    midnight = timezone.localtime(start).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * ((start - midnight) // step)
    times = []
    while at <= end:
        if at >= start:
            times.append(at)
        at += step
    return times


def label(at: datetime, step: timedelta) -> str:
    """A tick in the words of its step: days by their date, hours by the clock, midnight by the day it begins."""
    day = f"{at.day} {at:%b}"
    if step >= _DAY or (at.hour, at.minute) == (0, 0):
        return day
    return f"{at.hour}:{at:%M}"


def _row(group: Sequence[Report], y: int, scale: Scale) -> Row:
    """One outlet's reports on its line."""
    name = group[0].article.outlet.name
    letters = scale.shape.letters
    nodes = [
        Node(scale.x(r.article.reported_at), r, _whisker(r, scale), not r.claimed and r.earliest is None) for r in group
    ]
    return Row(y, name if len(name) <= letters else name[: letters - 1].rstrip() + "…", name, nodes)


def _whisker(report: Report, scale: Scale) -> int | None:
    """How far back a report that only we saw may reach; to the edge where we had not polled before."""
    if report.claimed:
        return None
    return scale.shape.gutter if report.earliest is None else scale.x(report.earliest)
