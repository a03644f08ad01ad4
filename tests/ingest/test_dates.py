"""Claimed dates: read exactly, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stories.ingest.dates import claimed


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("Tue, 17 Feb 2026 18:03:07 GMT", 18, 3),
        ("Tue, 17 Feb 2026 18:03:07 +0000 (UTC)", 18, 3),
        ("Tue, 17 Feb 2026 18:03:07 EST", 23, 3),
        ("Tue, 17 Feb 2026 18:03:07 AEDT", 7, 3),
        ("Tue, 17 Feb 2026 18:03:07 bst", 17, 3),
        ("2026-02-17 18:03:07 CEST", 16, 3),
        ("Tue, 17 Feb 2026 18:03:07 +0530", 12, 33),
        ("2026-02-17T18:03:07.123+01:00", 17, 3),
        ("2026-02-17T12:03:07-0500", 17, 3),
        ("2026-02-17T18:03:07Z", 18, 3),
        ("Tue, 17 Feb 2026 18:03:07", 18, 3),
        ("17 Feb 2026 18:03 GMT", 18, 3),
    ],
)
def test_zones_are_applied(now: datetime, text: str, hour: int, minute: int) -> None:
    at = claimed(text, now)
    assert at is not None
    assert (at.day, at.hour, at.minute, at.tzinfo) == (17, hour, minute, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday at 5",
        "Tue, 17 Feb 2026 18:03:07 IST",  # India, Israel or Ireland
        "Tue, 17 Feb 2026 18:03:07 XYZ",
        "2026-02-17",  # a day is not a time
        "17 Feb 2026",
        "Tue, 31 Feb 2026 10:00:00 GMT",
        "1970-01-01T00:00:00Z",
        "1994-12-31T23:59:59Z",
        "2099-01-01T00:00:00Z",
        "2026-02-18T06:10:01Z",  # over ten minutes ahead
        "99999999999999-01-01T00:00:00Z",
        "2026-02-17T18:03:07Z" + " " * 10 + "x" * 200,
        "1:00 " * 10_000,
    ],
)
def test_what_cannot_be_believed_is_no_claim(now: datetime, text: str) -> None:
    assert claimed(text, now) is None


def test_a_clock_that_runs_a_little_ahead_is_forgiven(now: datetime) -> None:
    assert claimed("2026-02-18T06:09:00Z", now) == datetime(2026, 2, 18, 6, 9, tzinfo=UTC)
