"""The timeline's geometry: where the dots stand, what the axis says, how far a whisker reaches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from stories.models import Article, Outlet
from stories.selectors.story import Report, as_report
from stories.selectors.timeline import MAX_ROWS, NARROW, WIDE, timeline

NINE = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def report(outlet: int, minutes: float, *, claimed: bool = True, before: float | None = 10) -> Report:
    at = NINE + timedelta(minutes=minutes)
    article = Article(
        pk=outlet * 1000 + int(minutes),
        outlet=Outlet(pk=outlet, name=f"Outlet {outlet}"),
        title="A headline",
        claimed_at=at if claimed else None,
        first_seen_at=at,
        polled_before_at=None if before is None else at - timedelta(minutes=before),
        reported_at=at,
    )
    return as_report(article, "", ())


def test_one_outlet_is_no_timeline():
    assert timeline([report(1, 0), report(1, 30)], WIDE) is None
    assert timeline([], WIDE) is None


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_dots_lie_within_the_drawing_in_the_order_of_time(shape):
    drawing = timeline([report(1, 0), report(2, 31), report(3, 262), report(1, 300)], shape)
    assert [row.full_name for row in drawing.rows] == ["Outlet 1", "Outlet 2", "Outlet 3"]
    first, second, third = (row.nodes[0].x for row in drawing.rows)
    assert shape.gutter < first < second < third < drawing.rows[0].nodes[1].x < shape.width
    assert all(0 < row.y < drawing.height for row in drawing.rows)


def test_the_axis_is_marked_at_round_times():
    drawing = timeline([report(1, 0), report(2, 262)], WIDE)
    assert [tick.label for tick in drawing.ticks] == ["9:00", "10:00", "11:00", "12:00", "13:00"]


def test_the_axis_is_marked_in_the_zone_of_the_server():
    with timezone.override(ZoneInfo("Asia/Kolkata")):
        drawing = timeline([report(1, 0), report(2, 262)], WIDE)
    assert [tick.label for tick in drawing.ticks] == ["15:00", "16:00", "17:00", "18:00"]


def test_an_axis_of_days_is_marked_with_dates():
    drawing = timeline([report(1, 0), report(2, 5 * 1440)], WIDE)
    assert [tick.label for tick in drawing.ticks] == ["5 Mar", "6 Mar", "7 Mar", "8 Mar", "9 Mar"]


@pytest.mark.parametrize("minutes", [0, 0.2, 3, 59, 600, 5000, 400_000])
def test_whatever_the_span_the_marks_are_few_and_within(minutes):
    for shape in (WIDE, NARROW):
        drawing = timeline([report(1, 0), report(2, minutes)], shape)
        assert len(drawing.ticks) <= shape.ticks
        assert all(shape.gutter <= tick.x <= shape.width for tick in drawing.ticks)


def test_reports_of_one_minute_stand_close_together():
    drawing = timeline([report(1, 0), report(2, 1)], WIDE)
    assert drawing.rows[1].nodes[0].x - drawing.rows[0].nodes[0].x < 100


def test_a_claimed_time_is_a_point_and_a_seen_one_has_a_span():
    drawing = timeline([report(1, 0), report(2, 60, claimed=False, before=30), report(3, 120)], WIDE)
    claimed, seen, last = (row.nodes[0] for row in drawing.rows)
    assert claimed.whisker is None
    assert seen.whisker == round((claimed.x + seen.x) / 2)
    assert (drawing.seen_only, last.whisker) == (True, None)


def test_a_span_of_unknown_beginning_reaches_the_edge():
    drawing = timeline([report(1, 0), report(2, 60, claimed=False, before=None)], WIDE)
    assert drawing.rows[1].nodes[0].whisker == WIDE.gutter
    assert drawing.rows[1].nodes[0].open_start
    assert drawing.unbounded


def test_outlets_beyond_the_drawing_are_counted():
    drawing = timeline([report(n, n) for n in range(1, MAX_ROWS + 6)], WIDE)
    assert (len(drawing.rows), drawing.hidden) == (MAX_ROWS, 5)
