"""A host's rest: when it asks for less, and when it gives no answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.exchange import Response
from stories.ingest.replies import HttpPermanent, HttpTemporary
from stories.ingest.restraint import Heard, HostState, after, heard, trial_only

HOST = "news.example"
ANSWERED, SILENT = Heard("answered", 200), Heard("silent")
TOO_MANY, BROKEN = Heard("slowed", 429), Heard("slowed", 503)
MIN, H = 60, 3600


def rest_s(state: HostState, now: datetime) -> float:
    return (state.rest_until - now).total_seconds() if state.rest_until else 0


def rests(start: HostState, what: Heard, now: datetime, times: int) -> list[float]:
    """How long the host rests each time, when it is asked once after each rest."""
    state, found = start, []
    for _ in range(times):
        state = after(state, what, now, HOST)
        found.append(rest_s(state, now))
        now = max(now, state.rest_until or now)
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Response("u", "u", 200, b"", {}, "", "", "", 0.1), Heard("answered", 200)),
        (Response("u", "u", 304, b"", {}, "", "", "", 0.1), Heard("answered", 304)),
        (HttpPermanent("", status=404), Heard("answered", 404)),
        (HttpTemporary("", status=500), Heard("answered", 500)),
        (HttpTemporary("", status=429, retry_after_s=90.0), Heard("slowed", 429, 90)),
        (HttpTemporary("", status=503), Heard("slowed", 503)),
        (Temporary("no answer"), SILENT),
        (Permanent("a forbidden address"), Heard("nothing")),
    ],
)
def test_what_an_answer_tells_of_its_host(answer: Response | Failure, expected: Heard) -> None:
    assert heard(answer) == expected
    assert heard(answer).silent == (expected == SILENT)


def test_a_host_that_asks_for_less_rests_longer_each_time(now: datetime) -> None:
    assert rests(HostState(), TOO_MANY, now, 9) == [60, 120, 240, 480, 960, 1920, H, H, H]
    state = after(HostState(), TOO_MANY, now, HOST)
    assert state.reason == "news.example asked us to come less often (HTTP 429): nothing is asked of it for 1 min"


def test_a_503_without_a_time_may_be_one_broken_page_and_slows_less(now: datetime) -> None:
    assert rests(HostState(), BROKEN, now, 7) == [30, 60, 120, 240, 480, 900, 900]
    assert after(HostState(), BROKEN, now, HOST).reason == (
        "news.example is overloaded or under maintenance (HTTP 503): nothing is asked of it for 30 s"
    )


def test_retry_after_rules_up_to_a_day(now: datetime) -> None:
    for status in (429, 503):
        assert rest_s(after(HostState(), Heard("slowed", status, 20 * MIN), now, HOST), now) == 20 * MIN
        assert rest_s(after(HostState(), Heard("slowed", status, 99 * 24 * H), now, HOST), now) == 24 * H
    assert rest_s(after(HostState(), Heard("slowed", 429, 5), now, HOST), now) == 60
    assert rest_s(after(HostState(slowed=3), Heard("slowed", 429, 5), now, HOST), now) == 480


def test_answers_to_one_batch_count_as_one_asking(now: datetime) -> None:
    state = HostState()
    for what in (TOO_MANY, TOO_MANY, BROKEN, ANSWERED, SILENT, TOO_MANY):
        state = after(state, what, now, HOST)
    assert (state.slowed, rest_s(state, now), state.failures) == (1, 60, 0)
    longer = after(state, Heard("slowed", 429, 30 * MIN), now, HOST)
    assert (longer.slowed, rest_s(longer, now)) == (1, 30 * MIN)
    assert after(longer, Heard("slowed", 429, 2 * MIN), now, HOST) == longer


def test_answers_take_it_back_step_by_step(now: datetime) -> None:
    state = HostState(slowed=2, rest_until=now - timedelta(seconds=1), reason="x")
    assert trial_only(state)
    once = after(state, ANSWERED, now, HOST)
    assert once == HostState(slowed=1)
    assert trial_only(once)
    twice = after(once, ANSWERED, now, HOST)
    assert twice == HostState()
    assert not trial_only(twice)


def test_five_silences_in_a_row_and_the_host_rests_ever_longer(now: datetime) -> None:
    found = rests(HostState(), SILENT, now, 13)
    assert found[:4] == [0, 0, 0, 0]
    assert found[4:] == [5 * MIN, 10 * MIN, 20 * MIN, 40 * MIN, 80 * MIN, 160 * MIN, 320 * MIN, 6 * H, 6 * H]
    state = after(HostState(failures=6), SILENT, now, HOST)
    assert state.reason == "news.example gave no answer 7 times in a row: nothing is asked of it for 20 min"


def test_one_trial_decides(now: datetime) -> None:
    state = HostState(failures=4)
    assert not trial_only(state)
    state = after(state, SILENT, now, HOST)
    assert trial_only(state)
    assert after(state, ANSWERED, now + timedelta(minutes=6), HOST) == HostState()


def test_silence_between_answers_is_chance(now: datetime) -> None:
    state = HostState()
    for what in [SILENT, SILENT, SILENT, SILENT, ANSWERED] * 5:
        state = after(state, what, now, HOST)
    assert state == HostState()


def test_a_late_answer_ends_a_rest_that_silence_began_but_not_one_that_was_asked_for(now: datetime) -> None:
    silent = after(HostState(failures=4), SILENT, now, HOST)
    assert after(silent, SILENT, now, HOST) == silent
    assert after(silent, ANSWERED, now, HOST) == HostState()
    slowed = after(HostState(), TOO_MANY, now, HOST)
    assert after(slowed, ANSWERED, now, HOST) == slowed


def test_a_429_after_silence_is_an_answer(now: datetime) -> None:
    state = after(HostState(failures=9, rest_until=now + timedelta(hours=6)), TOO_MANY, now, HOST)
    assert (state.failures, state.slowed, rest_s(state, now)) == (0, 1, 60)


def test_our_own_refusals_tell_nothing_of_the_host(now: datetime) -> None:
    state = HostState(failures=3, slowed=1)
    assert after(state, Heard("nothing"), now, HOST) == state
