"""When a page is looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stories.ingest.revisits import STEPS, next_look


@pytest.mark.parametrize("die", [-1.0, -0.3, 0.0, 1.0])
def test_four_looks_at_about_an_hour_six_a_day_and_a_week(now: datetime, die: float) -> None:
    looks = []
    at: datetime | None = now
    while at := next_look(now, at, die):
        looks.append(at - now)
    assert len(looks) == len(STEPS)
    assert all(abs(look - step) <= step * 0.1 for look, step in zip(looks, STEPS, strict=True))


def test_a_late_look_skips_the_steps_it_missed(now: datetime) -> None:
    assert next_look(now, now + timedelta(hours=30), 0) == now + timedelta(days=7)
    assert next_look(now, now + timedelta(minutes=55), 0) == now + timedelta(hours=6)
    assert next_look(now, now + timedelta(days=8), 0) is None
