"""When the front page says that nothing is polled, and when waiting is no reproach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Feed, Host, PollResult
from stories.selectors.state import Condition, running_state
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(minutes=20)
LATE = {"next_poll_at": NOW - timedelta(minutes=14)}


@pytest.fixture(autouse=True)
def _account():
    factories.user()


def test_feeds_that_wait_for_their_hosts_are_no_sign_of_a_missing_worker():
    factories.feed(**LATE, url="https://resting.example/f")
    factories.feed(**LATE, turn_at=NOW + timedelta(seconds=5))
    factories.feed(**LATE, turn_at=NOW - timedelta(seconds=90))
    Host.objects.create(name="resting.example", rest_until=NOW + timedelta(minutes=1))
    state = running_state(NOW)
    assert (state.overdue, state.condition) == (0, Condition.EMPTY)


@pytest.mark.parametrize("fields", [{}, {"turn_at": NOW - timedelta(minutes=3)}])
def test_feeds_that_wait_for_nothing_but_a_worker_are(fields):
    factories.feed(**LATE, **fields)
    Host.objects.create(name="outlet.example", rest_until=NOW - timedelta(minutes=3))
    assert running_state(NOW).condition == Condition.SILENT


def test_a_long_list_that_is_being_worked_through_is_no_sign_either():
    factories.feed(**LATE)
    factories.feed(last_polled_at=NOW - timedelta(seconds=100))
    assert running_state(NOW).condition != Condition.SILENT
    Feed.objects.update(last_polled_at=NOW - timedelta(seconds=130))
    assert running_state(NOW).condition == Condition.SILENT


@pytest.mark.parametrize("result", ["temporary", "blocked", "permanent", "gone", "empty"])
def test_every_kind_of_failure_counts_as_failing_and_an_empty_feed_does_not(result):
    factories.feed(last_result=PollResult(result))
    assert running_state(NOW).failing == (result != "empty")
