"""The drawing of who repeats whom, as numbers: time left to right, outlets as rows, edges as curves. Pure geometry.

Origins stand first, then outlets by their first report; one whose report is not at hand has a place before the axis
begins. Draws nothing itself, and knows nothing of how an edge was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from stories.selectors.folding import Fold, Folded
from stories.selectors.timeline import Shape, Tick

# Rows of one drawing; the list below it has all.
MAX_ROWS = 60
# From so many rows on, rows are set closer.
MANY = 14
# Room before the axis for outlets whose report is not at hand, in pixels.
LANE = 46
# Between two outlets in that room.
_AWAY = 11
# Between a node's centre and where an edge begins or ends.
_START, _END = 8, 10
# An edge between two reports of nearly one time still needs a bend that the eye can follow.
_BEND = 14
# From so many on, the lines that leave one report share a trunk: as curves they would run into one broad band.
TRUNK = 5
_ELBOW = 7
# How far from a line's end the mark of an editor's word stands.
_DOT = 12

WIDE = Shape(width=860, row=34, gutter=190, ticks=7, letters=24)
NARROW = Shape(width=350, row=44, gutter=8, ticks=4, letters=40)
_CLOSER = {WIDE: 24, NARROW: 36}


@dataclass(frozen=True, slots=True)
class Point:
    """A report, or with `at` None an outlet whose report is not at hand. `key` is what lines refer to."""

    key: int | str
    outlet: str
    at: datetime | None
    role: str
    title: str = ""
    url: str = ""
    origin: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`source` is repeated by `report`; `look` is how it is drawn, `bare` that the headline goes without.

    `decided`: an editor says so.
    """

    report: int | str
    source: int | str
    look: str
    bare: bool
    words: str
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A point in its place."""

    x: int
    point: Point


@dataclass(frozen=True, slots=True)
class Row:
    """An outlet's line; `open` that its report is not at hand."""

    y: int
    name: str
    full_name: str
    open: bool
    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class Edge:
    """A line in its place; `bar` is where it is crossed if the headline goes without, `dot` where it is marked if an
    editor says so.
    """

    path: str
    look: str
    words: str
    bar: str
    dot: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A drawing; `hidden` counts the outlets without room in it; `looks` and `roles` are what its legend explains."""

    shape: Shape
    height: int
    start: int
    ticks: Sequence[Tick]
    rows: Sequence[Row]
    edges: Sequence[Edge]
    trunks: Sequence[str]
    folds: Sequence[Fold]
    hidden: int
    looks: frozenset[str]
    roles: frozenset[str]
    bare: bool
    decided: bool = False

    @property
    def bottom(self) -> int:
        """Where the lines of the axis end."""
        return self.height - 8

    @property
    def right(self) -> int:
        """Where the rows end."""
        return self.shape.width - 4

    @property
    def beside(self) -> bool:
        """Whether names stand beside their rows; else above."""
        return self.shape.gutter > LANE


def graph(points: Sequence[Point], lines: Sequence[Line], shape: Shape) -> Graph | None:
    """The drawing; None where nobody repeats anybody, or nothing has a time."""
    times = [point.at for point in points if point.at is not None]
    if not lines or not times:
        return None
    groups = _rows(points)
    shown = groups[:MAX_ROWS]
    if len(shown) > MANY:
        shape = replace(shape, row=_CLOSER.get(shape, shape.row))
    away = any(point.at is None for group in shown for point in group)
    axis = replace(shape, gutter=shape.gutter + (LANE if away else 0))
    scale = Folded(times, axis)
    rows = [_row(group, shape, scale, place) for place, group in enumerate(shown)]
    at = {node.point.key: (node.x, row.y) for row in rows for node in row.nodes}
    drawn = [line for line in lines if line.report in at and line.source in at]
    trunks = _trunks(drawn, at)
    return Graph(
        shape=shape,
        height=shape.top + shape.row * len(rows) + 12,
        start=axis.gutter,
        ticks=scale.ticks(),
        rows=rows,
        edges=[_stub(line, at) if _hangs(line, at, trunks) else _edge(line, at) for line in drawn],
        trunks=[f"M{at[key][0]},{at[key][1]} V{bottom}" for key, bottom in trunks.items()],
        folds=scale.folds(),
        hidden=len(groups) - len(shown),
        looks=frozenset(line.look for line in drawn),
        roles=frozenset(point.role for group in shown for point in group),
        bare=any(line.bare for line in drawn),
        decided=any(line.decided for line in drawn),
    )


def _rows(points: Sequence[Point]) -> list[list[Point]]:
    """The points by outlet: outlets with an origin first, in the order in which points are given."""
    by_outlet: dict[str, list[Point]] = {}
    for point in sorted(points, key=lambda one: one.at.timestamp() if one.at else float("-inf")):
        by_outlet.setdefault(point.outlet, []).append(point)
    return sorted(by_outlet.values(), key=lambda group: not any(point.origin for point in group))


def _row(group: Sequence[Point], shape: Shape, scale: Folded, place: int) -> Row:
    """One outlet's reports on its line."""
    name, letters = group[0].outlet, shape.letters
    y = shape.top + place * shape.row + shape.row // 2 + (0 if shape.gutter > LANE else shape.row // 4)
    # Each a step further, so that the trunk of one does not run through the next.
    before = shape.gutter + _AWAY * (1 + place % (LANE // _AWAY - 1))
    nodes = [Node(scale.x(point.at) if point.at else before, point) for point in group]
    cut = name if len(name) <= letters else name[: letters - 1].rstrip() + "…"
    return Row(y, cut, name, all(point.at is None for point in group), nodes)


def _edge(line: Line, at: Mapping[int | str, tuple[int, int]]) -> Edge:
    """A curve that leaves the source to the right and comes to the report from the left."""
    (x1, y1), (x2, y2) = at[line.source], at[line.report]
    if y1 == y2:
        # Along one row it rises over it, else it would be taken for the row.
        path = f"M{x1},{y1 - _START} C{x1},{y1 - 20} {x2},{y2 - 20} {x2},{y2 - _END}"
        dot = (x2, y2 - _END - _DOT) if line.decided else None
        return Edge(path, line.look, line.words, f"M{x2 - 4},{y2 - _END - 3} h8" if line.bare else "", dot)
    start, end = x1 + _START, x2 - _END
    bend = max(_BEND, (end - start) // 2)
    path = f"M{start},{y1} C{start + bend},{y1} {end - bend},{y2} {end},{y2}"
    dot = (end - _DOT, y2) if line.decided else None
    return Edge(path, line.look, line.words, f"M{end - 3},{y2 - 5} v10" if line.bare else "", dot)


def _trunks(lines: Sequence[Line], at: Mapping[int | str, tuple[int, int]]) -> dict[int | str, int]:
    """The points that many lines leave downwards, and how far down their trunk goes."""
    lowest: dict[int | str, list[int]] = {}
    for line in lines:
        if _is_below(line, at):
            lowest.setdefault(line.source, []).append(at[line.report][1] - _ELBOW)
    return {key: max(ends) for key, ends in lowest.items() if len(ends) >= TRUNK}


def _is_below(line: Line, at: Mapping[int | str, tuple[int, int]]) -> bool:
    """Whether a report stands below and to the right of its source, with room for an elbow."""
    (x1, y1), (x2, y2) = at[line.source], at[line.report]
    return y2 > y1 and x2 - _END >= x1 + _ELBOW


def _hangs(line: Line, at: Mapping[int | str, tuple[int, int]], trunks: Mapping[int | str, int]) -> bool:
    return line.source in trunks and _is_below(line, at)


def _stub(line: Line, at: Mapping[int | str, tuple[int, int]]) -> Edge:
    """A line from its source's trunk, along its row, to the report."""
    x1, (x2, y2) = at[line.source][0], at[line.report]
    path = f"M{x1},{y2 - _ELBOW} Q{x1},{y2} {x1 + _ELBOW},{y2} H{x2 - _END}"
    dot = (x2 - _END - _DOT, y2) if line.decided else None
    return Edge(path, line.look, line.words, f"M{x2 - _END - 3},{y2 - 5} v10" if line.bare else "", dot)
