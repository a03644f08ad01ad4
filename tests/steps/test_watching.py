"""The quiet-outlet alarm: raised for an outlet that fell silent, never for one that fails, or when we slept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Article, Outlet
from stories.services import watching
from tests import factories

pytestmark = pytest.mark.django_db


def outlet(now, *, weeks=7, per_day=12, silent_days=2, answered=timedelta(hours=1)):
    """An outlet with a steady rhythm that ended some days ago."""
    row = factories.outlet()
    Outlet.objects.filter(pk=row.pk).update(created_at=now - timedelta(weeks=weeks))
    factories.feed(outlet=row, last_good_at=now - answered)
    Article.objects.bulk_create(
        Article(
            outlet=row,
            url_key=f"{row.pk}-{day}-{n}",
            title="A report",
            first_seen_at=now,
            reported_at=now - timedelta(days=day, hours=1 + n),
        )
        for day in range(silent_days, weeks * 7 - 2)
        for n in range(per_day)
    )
    return row


def test_an_outlet_that_fell_silent_is_named_with_its_usual_numbers(now):
    row, steady = outlet(now), outlet(now, silent_days=0)
    assert watching.watch(now) == 1
    row.refresh_from_db()
    steady.refresh_from_db()
    assert row.quiet_since == now
    assert "no article in the last 48 h; usually 24" in row.quiet_note
    assert steady.quiet_since is None


def test_the_alarm_keeps_its_begin_and_ends_when_the_outlet_is_back(now):
    row = outlet(now)
    watching.watch(now)
    watching.watch(now + timedelta(hours=1))
    row.refresh_from_db()
    assert row.quiet_since == now
    for _ in range(30):
        factories.article(outlet=row, reported_at=now)
    assert watching.watch(now + timedelta(hours=2)) == 0
    row.refresh_from_db()
    assert (row.quiet_since, row.quiet_note) == (None, "")


def test_an_outlet_whose_feeds_fail_is_failing_not_quiet(now):
    outlet(now, answered=timedelta(days=3))
    assert watching.watch(now) == 0


def test_an_outlet_that_is_new_to_us_is_not_judged(now):
    outlet(now, weeks=3)
    assert watching.watch(now) == 0


def test_where_most_outlets_seem_quiet_it_was_us_who_slept(now):
    for _ in range(5):
        outlet(now)
    assert watching.watch(now) == 0
