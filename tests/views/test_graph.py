"""The geometry of who repeats whom: rows, lines, trunks, and the axis with its folds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from stories.selectors.folding import Folded
from stories.selectors.graph import MANY, MAX_ROWS, NARROW, TRUNK, WIDE, Line, Point, graph

NINE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def point(key: int, minutes: float | None, outlet: str = "", **more) -> Point:
    at = None if minutes is None else NINE + timedelta(minutes=minutes)
    return Point(key, outlet or f"Outlet {key}", at, more.pop("role", "re-report"), **more)


def line(report: int, source: int, look: str = "kept", *, bare: bool = False) -> Line:
    return Line(report, source, look, bare, "in words")


def end_of(path: str) -> int:
    """The pixel at which a path ends."""
    return int(re.findall(r"-?\d+", path)[-2 if "C" in path else -1])


def test_nobody_repeats_anybody():
    assert graph([point(1, 0), point(2, 30)], [], WIDE) is None
    assert graph([point(1, None), point(2, None)], [line(2, 1)], WIDE) is None


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_origins_stand_first_and_time_runs_to_the_right(shape):
    points = [point(1, 0), point(2, 40), point(3, 90, origin=True), point(4, 60)]
    drawing = graph(points, [line(2, 3), line(4, 1)], shape)
    assert [row.full_name for row in drawing.rows] == ["Outlet 3", "Outlet 1", "Outlet 2", "Outlet 4"]
    x = {node.point.key: node.x for row in drawing.rows for node in row.nodes}
    assert shape.gutter < x[1] < x[2] < x[4] < x[3] < shape.width
    ys = [row.y for row in drawing.rows]
    assert ys == sorted(set(ys))
    assert ys[-1] < drawing.height


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_an_outlet_without_a_report_stands_before_the_axis(shape):
    drawing = graph([point(9, None, origin=True, role="away"), point(1, 0), point(2, 5)], [line(1, 9)], shape)
    away, first = drawing.rows[0], drawing.rows[1]
    assert away.open
    assert shape.gutter < away.nodes[0].x < drawing.start < first.nodes[0].x
    assert "away" in drawing.roles


def test_an_outlet_that_had_no_report_by_then_keeps_one_row():
    drawing = graph([point(9, None, "The Post"), point(1, 0), point(2, 5, "The Post")], [line(1, 9)], WIDE)
    row = next(row for row in drawing.rows if row.full_name == "The Post")
    assert [node.point.key for node in row.nodes] == [9, 2]
    assert not row.open


def test_a_line_ends_at_the_report_and_is_barred_where_the_headline_goes_without():
    drawing = graph([point(1, 0), point(2, 60)], [line(2, 1, "dropped", bare=True)], WIDE)
    edge, node = drawing.edges[0], drawing.rows[1].nodes[0]
    assert node.x - 12 <= end_of(edge.path) < node.x
    assert edge.bar
    assert drawing.bare
    assert drawing.looks == {"dropped"}


def test_a_line_within_a_row_rises_over_it():
    drawing = graph([point(1, 0, "Post"), point(2, 60, "Post"), point(3, 90)], [line(2, 1)], WIDE)
    assert f"{drawing.rows[0].y - 20}" in drawing.edges[0].path


def test_many_lines_of_one_source_share_a_trunk():
    points = [point(n, n * 20) for n in range(1, TRUNK + 3)]
    lines = [line(n, 1) for n in range(2, TRUNK + 3)]
    drawing = graph(points, lines, WIDE)
    assert len(drawing.trunks) == 1
    assert all("H" in edge.path for edge in drawing.edges)
    assert graph(points, lines[: TRUNK - 1], WIDE).trunks == []


def test_reports_of_one_moment_hang_on_no_trunk():
    drawing = graph([point(n, 0) for n in range(TRUNK + 2)], [line(n, 0) for n in range(1, TRUNK + 2)], WIDE)
    assert drawing.trunks == []
    assert len(drawing.edges) == TRUNK + 1


def test_many_rows_stand_closer_and_those_beyond_are_counted():
    points = [point(n, n) for n in range(MAX_ROWS + 5)]
    drawing = graph(points, [line(n, 0) for n in range(1, MAX_ROWS + 5)], WIDE)
    assert (len(drawing.rows), drawing.hidden, len(drawing.edges)) == (MAX_ROWS, 5, MAX_ROWS - 1)
    assert drawing.rows[1].y - drawing.rows[0].y < graph(points[: MANY - 1], [line(1, 0)], WIDE).shape.row


@pytest.mark.parametrize("shape", [WIDE, NARROW])
@pytest.mark.parametrize(
    "minutes", [[0], [0, 1], [0, 5, 4000], [0, 4000, 4010], [0, 1, 500, 501, 90_000], [0, 60, 180]]
)
def test_whatever_the_times_the_axis_keeps_their_order(shape, minutes):
    times = [NINE + timedelta(minutes=m) for m in minutes]
    axis = Folded(times, shape)
    places = [axis.x(at) for at in times]
    assert places == sorted(places)
    assert all(shape.gutter <= place <= shape.width for place in places)
    ticks = [tick.x for tick in axis.ticks()]
    assert ticks == sorted(ticks)
    assert len(ticks) <= shape.ticks + len(axis.folds()) + 1


def test_a_late_straggler_does_not_crush_the_rest():
    times = [NINE + timedelta(minutes=m) for m in (0, 20, 40, 60, 3 * 1440)]
    axis = Folded(times, WIDE)
    assert axis.x(times[3]) - axis.x(times[0]) > WIDE.width // 3
    (fold,) = axis.folds()
    assert fold.length == timedelta(days=3) - timedelta(hours=1)
    assert axis.x(times[3]) < fold.x < axis.x(times[4])
    assert axis.ticks()[-1].label == "7 Mar"


def test_evenly_spread_reports_need_no_fold():
    assert Folded([NINE + timedelta(hours=h) for h in range(6)], WIDE).folds() == []
