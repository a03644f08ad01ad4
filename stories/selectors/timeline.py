"""The drawing of a story over time, as numbers: who had it when, and what happened to it. Pure geometry, in pixels.

A claimed time is a point; a time that only we saw has a whisker back to our poll before. An origin has a ring, a
changed headline a tick on its outlet's line, and what happened a number on a line of its own. Draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from stories.models import Happening
from stories.nlp.lineage import HappeningKind
from stories.selectors import words
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
    events: int = 0


WIDE = Shape(width=860, row=34, gutter=190, ticks=7, letters=22, events=20)
NARROW = Shape(width=350, row=46, gutter=10, ticks=4, letters=40, events=9)
# What the numbers of what happened need side by side, and the height of their line.
APART = 24
_LANE = 44


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Node:
    """A report; `whisker` is where the span since our poll before begins, None for a claimed time.

    `open_start` says that there was no poll before, so that the span has no known beginning; `origin` that the news of
    the story goes back to it.
    """

    x: int
    report: Report
    whisker: int | None
    open_start: bool
    origin: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A headline that was changed; `x` is where we first saw the new one."""

    x: int
    report: Report
    at: datetime
    before: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, at `x`; its number stands at `place`, beside those of the others."""

    x: int
    place: int
    number: int
    happening: Happening


@dataclass(frozen=True, slots=True)
class Row:
    """An outlet's line."""

    y: int
    name: str
    full_name: str
    nodes: Sequence[Node]
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawing; `hidden` counts the outlets without room in it, `earlier` what happened before what is shown.

    The flags say what its legend must explain.
    """

    shape: Shape
    height: int
    ticks: Sequence[Tick]
    rows: Sequence[Row]
    hidden: int
    seen_only: bool
    unbounded: bool
    events: Sequence[Event] = ()
    earlier: int = 0

    @property
    def has_origins(self) -> bool:
        """Whether an origin is among what is drawn."""
        return any(node.origin for row in self.rows for node in row.nodes)

    @property
    def has_changes(self) -> bool:
        """Whether a changed headline is among what is drawn."""
        return any(row.changes for row in self.rows)

    @property
    def lane(self) -> int:
        """Where the line of what happened runs."""
        return self.height - 24

    @property
    def bottom(self) -> int:
        """Where the lines of the axis end."""
        return self.height - (_LANE if self.events else 10)

    @property
    def right(self) -> int:
        """Where the rows end."""
        return self.shape.width - 4


def timeline(
    reports: Sequence[Report],
    shape: Shape,
    happened: Sequence[Happening] = (),
    origins: Collection[int] = (),
) -> Timeline | None:
    """Rows per outlet in the order of their first reports; None where there is nothing to compare.

    `happened` in any order; headline changes among them stand on their outlets' lines. `origins` are articles.
    """
    by_outlet: dict[int, list[Report]] = {}
    for report in reports:
        by_outlet.setdefault(report.article.outlet_id, []).append(report)
    if len(by_outlet) < 2:
        return None
    shown = list(by_outlet.values())[:MAX_ROWS]
    told = sorted((one for one in happened if one.kind != HappeningKind.HEADLINE), key=lambda one: (one.at, one.pk))
    times = [report.article.reported_at for group in shown for report in group]
    times += [old.until for group in shown for report in group for old in report.earlier]
    times += [one.at for one in told]
    scale = Scale(min(times), max(*times, min(times) + SHORTEST), shape)
    rows = [_row(group, shape.top + i * shape.row + shape.row // 2, scale, origins) for i, group in enumerate(shown)]
    events = _events(told, scale)
    return Timeline(
        shape=shape,
        height=shape.top + shape.row * len(rows) + 14 + (_LANE if events else 0),
        ticks=scale.ticks(),
        rows=rows,
        hidden=len(by_outlet) - len(shown),
        seen_only=any(node.whisker is not None for row in rows for node in row.nodes),
        unbounded=any(node.open_start for row in rows for node in row.nodes),
        events=events,
        earlier=len(told) - len(events),
    )


def _events(told: Sequence[Happening], scale: Scale) -> list[Event]:
    """The latest of what happened, as many as there is room for, each at its time or as near to it as others allow."""
    latest = told[-scale.shape.events :]
    marks = [scale.x(one.at) for one in latest]
    places: list[int] = []
    for x in marks:
        places.append(max(x, places[-1] + APART) if places else x)
    edge = scale.shape.width - scale.shape.margin
    for index in reversed(range(len(places))):
        places[index] = min(places[index], edge)
        edge = places[index] - APART
    first = len(told) - len(latest) + 1
    return [
        Event(x, place, number, one)
        for number, (one, x, place) in enumerate(zip(latest, marks, places, strict=True), first)
    ]


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
    day = words.day(at)
    if step >= _DAY or (at.hour, at.minute) == (0, 0):
        return day
    return f"{at.hour}:{at:%M}"


def _row(group: Sequence[Report], y: int, scale: Scale, origins: Collection[int]) -> Row:
    """One outlet's reports on its line."""
    name = group[0].article.outlet.name
    letters = scale.shape.letters
    nodes = [
        Node(
            scale.x(r.article.reported_at),
            r,
            _whisker(r, scale),
            not r.claimed and r.earliest is None,
            r.article.pk in origins,
        )
        for r in group
    ]
    changes = [Change(scale.x(old.until), r, old.until, old.title) for r in group for old in r.earlier]
    short = name if len(name) <= letters else name[: letters - 1].rstrip() + "…"
    return Row(y, short, name, nodes, changes)


def _whisker(report: Report, scale: Scale) -> int | None:
    """How far back a report that only we saw may reach; to the edge where we had not polled before."""
    if report.claimed:
        return None
    return scale.shape.gutter if report.earliest is None else scale.x(report.earliest)
