"""When things go out, with a moved clock: five zones, both changes of the clock, quiet hours over midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stories.channels import slots

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
KOLKATA, LORD_HOWE = ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe")
CAIRO, APIA = ZoneInfo("Africa/Cairo"), ZoneInfo("Pacific/Apia")
ZONES = (BERLIN, NEW_YORK, KOLKATA, LORD_HOWE, CAIRO, APIA)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(now: str, zone: ZoneInfo, pace: str = "now", **kw: Any) -> datetime:
    given = {"digest_at": time(7, 30), "digest_day": 0, "heeds_quiet": True, "quiet_from": None, "quiet_to": None}
    return slots.due(utc(now), pace=pace, zone=zone, **given | kw)


def test_at_once_is_now():
    assert due("2026-03-04 09:12:31", BERLIN) == utc("2026-03-04 09:12:31")


@pytest.mark.parametrize(
    ("zone", "now", "at"),
    [
        (BERLIN, "2026-03-04 09:12:31", "2026-03-04 10:00"),
        (BERLIN, "2026-03-04 09:00", "2026-03-04 10:00"),
        # Half an hour off: a full hour there is half past here.
        (KOLKATA, "2026-03-04 09:12", "2026-03-04 09:30"),
        # Both hours from two to three when clocks go back have a full hour of their own.
        (BERLIN, "2026-10-25 00:30", "2026-10-25 01:00"),
        (BERLIN, "2026-10-25 01:30", "2026-10-25 02:00"),
        # Lord Howe goes back by half an hour, at two: 1:40, then 1:30 again, then two.
        (LORD_HOWE, "2026-04-04 14:40", "2026-04-04 15:30"),
        # And forward, from two to half past: the next full hour is three.
        (LORD_HOWE, "2026-10-03 15:10", "2026-10-03 16:00"),
    ],
)
def test_every_hour_is_the_next_full_hour_there(zone, now, at):
    assert due(now, zone, "hourly") == utc(at)


@pytest.mark.parametrize(
    ("zone", "now", "at"),
    [
        (BERLIN, "2026-03-04 06:00", "2026-03-04 06:30"),
        (BERLIN, "2026-03-04 06:30", "2026-03-05 06:30"),
        (NEW_YORK, "2026-03-04 20:00", "2026-03-05 12:30"),
        # The day before summer time and the day of it: the same time on the wall, an hour earlier in UTC.
        (BERLIN, "2026-03-28 06:31", "2026-03-29 05:30"),
        (NEW_YORK, "2026-03-07 12:31", "2026-03-08 11:30"),
        (NEW_YORK, "2026-10-31 11:31", "2026-11-01 12:30"),
        (KOLKATA, "2026-03-29 02:01", "2026-03-30 02:00"),
        (LORD_HOWE, "2026-04-03 20:30", "2026-04-04 21:00"),
        (CAIRO, "2026-04-23 05:31", "2026-04-24 04:30"),
    ],
)
def test_once_a_day_is_the_same_time_on_the_wall(zone, now, at):
    assert due(now, zone, "daily") == utc(at)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        # Not there: the moment at which the gap ends.
        (BERLIN, "2026-03-29", time(2, 30), "2026-03-29 01:00"),
        (NEW_YORK, "2026-03-08", time(2, 0), "2026-03-08 07:00"),
        (LORD_HOWE, "2026-10-04", time(2, 15), "2026-10-03 15:30"),
        # In Egypt summer time begins at midnight.
        (CAIRO, "2026-04-24", time(0, 30), "2026-04-23 22:00"),
        # Samoa left out a whole day.
        (APIA, "2011-12-30", time(7, 30), "2011-12-30 10:00"),
        # Twice: the first of the two.
        (BERLIN, "2026-10-25", time(2, 30), "2026-10-25 00:30"),
        (NEW_YORK, "2026-11-01", time(1, 0), "2026-11-01 05:00"),
        (LORD_HOWE, "2026-04-05", time(1, 45), "2026-04-04 14:45"),
        (CAIRO, "2026-10-29", time(23, 30), "2026-10-29 20:30"),
    ],
)
def test_times_that_are_not_there_and_times_that_come_twice(zone, day, at, moment):
    assert slots.moment(date.fromisoformat(day), at, zone) == utc(moment)


def test_a_digest_in_the_gap_comes_once_and_the_next_day_again():
    first = due("2026-03-28 12:00", BERLIN, "daily", digest_at=time(2, 30))
    assert first == utc("2026-03-29 01:00")
    assert due(first.replace(tzinfo=None).isoformat(), BERLIN, "daily", digest_at=time(2, 30)) == utc(
        "2026-03-30 00:30"
    )


def test_a_digest_in_the_hour_that_comes_twice_comes_once():
    first = due("2026-10-24 12:00", BERLIN, "daily", digest_at=time(2, 30))
    assert first == utc("2026-10-25 00:30")
    assert due(first.replace(tzinfo=None).isoformat(), BERLIN, "daily", digest_at=time(2, 30)) == utc(
        "2026-10-26 01:30"
    )


@pytest.mark.parametrize(
    ("now", "day", "at"),
    [
        ("2026-03-04 09:00", 0, "2026-03-09 06:30"),
        ("2026-03-04 09:00", 2, "2026-03-11 06:30"),
        ("2026-03-04 05:00", 2, "2026-03-04 06:30"),
        # Over the change of the clock.
        ("2026-03-28 09:00", 6, "2026-03-29 05:30"),
    ],
)
def test_once_a_week_is_on_that_day(now, day, at):
    assert due(now, BERLIN, "weekly", digest_day=day) == utc(at)


@pytest.mark.parametrize(
    ("zone", "now", "at"),
    [
        (BERLIN, "2026-03-04 20:59", "2026-03-04 20:59"),
        (BERLIN, "2026-03-04 21:00", "2026-03-05 06:00"),
        (BERLIN, "2026-03-05 02:00", "2026-03-05 06:00"),
        (BERLIN, "2026-03-05 06:00", "2026-03-05 06:00"),
        # The night in which clocks go forward is an hour shorter, the one in which they go back an hour longer.
        (BERLIN, "2026-03-28 21:30", "2026-03-29 05:00"),
        (BERLIN, "2026-10-24 21:30", "2026-10-25 06:00"),
        (NEW_YORK, "2026-03-08 04:00", "2026-03-08 11:00"),
        (KOLKATA, "2026-03-04 17:00", "2026-03-05 01:30"),
        (LORD_HOWE, "2026-10-03 12:00", "2026-10-03 20:00"),
        (CAIRO, "2026-04-23 20:30", "2026-04-24 04:00"),
    ],
)
def test_quiet_hours_over_midnight(zone, now, at):
    assert due(now, zone, quiet_from=time(22), quiet_to=time(7)) == utc(at)


def test_quiet_hours_within_a_day_and_who_does_not_heed_them():
    noon = {"quiet_from": time(12), "quiet_to": time(13)}
    assert due("2026-03-04 11:30", BERLIN, **noon) == utc("2026-03-04 12:00")
    assert due("2026-03-04 11:30", BERLIN, **noon, heeds_quiet=False) == utc("2026-03-04 11:30")
    assert due("2026-03-04 11:30", BERLIN, quiet_from=time(12), quiet_to=time(12)) == utc("2026-03-04 11:30")


def test_a_digest_within_quiet_hours_moves_to_their_end():
    night = {"quiet_from": time(22), "quiet_to": time(8)}
    assert due("2026-03-04 12:00", BERLIN, "daily", **night) == utc("2026-03-05 07:00")
    assert due("2026-03-04 20:30", BERLIN, "hourly", **night) == utc("2026-03-05 07:00")


def test_quiet_hours_that_end_in_the_gap_end_with_it():
    assert due("2026-03-29 00:30", BERLIN, quiet_from=time(1), quiet_to=time(2, 30)) == utc("2026-03-29 01:00")


def test_another_pace_is_refused():
    with pytest.raises(ValueError, match="yearly"):
        due("2026-03-04 09:00", BERLIN, "yearly")


moments = st.datetimes(datetime(2011, 12, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(
    now=moments,
    zone=st.sampled_from(ZONES),
    pace=st.sampled_from(["now", "hourly", "daily", "weekly"]),
    digest_at=times,
    digest_day=st.integers(0, 6),
    quiet=st.tuples(times, times) | st.just((None, None)),
)
# The night of 29 December ends on a day that was left out, and so within the next.
@example(datetime(2011, 12, 29, 11, tzinfo=UTC), ZoneInfo("Pacific/Apia"), "now", time(0), 0, (time(1), time(0, 1)))
@settings(deadline=None)
def test_it_is_never_before_now_never_in_quiet_hours_and_never_far_off(now, zone, pace, digest_at, digest_day, quiet):
    at = slots.due(
        now,
        pace=pace,
        digest_at=digest_at,
        digest_day=digest_day,
        heeds_quiet=True,
        zone=zone,
        quiet_from=quiet[0],
        quiet_to=quiet[1],
    )
    assert at >= now
    longest = {
        "now": timedelta(),
        "hourly": timedelta(hours=2),
        "daily": timedelta(days=2),
        "weekly": timedelta(days=9),
    }
    assert at - now <= longest[pace] + timedelta(days=2)
    begin, end = quiet
    if begin is None or end is None or begin == end:
        return
    again = slots.due(
        at, pace="now", digest_at=digest_at, digest_day=0, heeds_quiet=True, zone=zone, quiet_from=begin, quiet_to=end
    )
    assert again == at, "the end of quiet hours is not quiet"
