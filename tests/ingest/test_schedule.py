"""The poll schedule: adaptive, polite, and never giving up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stories.ingest.schedule import (
    MAX_INTERVAL_S,
    MIN_INTERVAL_S,
    NextPoll,
    Outcome,
    PollState,
    next_poll,
    server_minimum,
    spoken,
)

MIN, H, D = 60, 3600, 86400


def wait_s(poll: NextPoll, now: datetime) -> float:
    return (poll.at - now).total_seconds()


@pytest.mark.parametrize(
    ("new", "seen", "expected", "reason"),
    [
        (20, 40, 20 * MIN, "every 20 min: 20 of 40 entries were new"),
        (8, 40, 30 * MIN, "every 30 min: 8 of 40 entries were new"),
        (3, 40, 40 * MIN, "every 40 min: 3 of 40 entries were new"),
        (1, 40, 40 * MIN, "every 40 min: 1 of 40 entries was new"),
        (0, 40, 50 * MIN, "every 50 min: none of 40 entries was new"),
        (0, 0, 50 * MIN, "every 50 min: none of 0 entries was new"),
    ],
)
def test_the_interval_follows_the_share_of_new_entries(
    now: datetime, new: int, seen: int, expected: int, reason: str
) -> None:
    outcome = Outcome("new" if new else "unchanged", new, seen)
    poll = next_poll(PollState(40 * MIN, failures=3), outcome, now, 0)
    assert (poll.interval_s, poll.failures, poll.reason) == (expected, 0, reason)
    assert wait_s(poll, now) == expected


def test_not_modified_counts_as_nothing_new_and_not_as_a_failure(now: datetime) -> None:
    poll = next_poll(PollState(40 * MIN), Outcome("not_modified"), now, 0)
    assert (poll.interval_s, poll.failures) == (50 * MIN, 0)
    assert poll.reason == "every 50 min: nothing changed since the last poll"


def test_the_interval_stays_within_ten_minutes_and_a_day(now: datetime) -> None:
    state = PollState(40 * MIN)
    for _ in range(50):
        state = PollState(next_poll(state, Outcome("new", 40, 40), now, 0).interval_s)
    assert state.interval_s == MIN_INTERVAL_S == 10 * MIN
    for _ in range(50):
        state = PollState(next_poll(state, Outcome("not_modified"), now, 0).interval_s)
    assert state.interval_s == MAX_INTERVAL_S == D


def test_a_quiet_night_does_not_make_a_slow_morning(now: datetime) -> None:
    state, silence = PollState(MIN_INTERVAL_S), 0
    while silence < 8 * H:
        silence += state.interval_s
        state = PollState(next_poll(state, Outcome("not_modified"), now, 0).interval_s)
    assert state.interval_s < 3 * H


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.0, 0.5, 1.0, 7.0])
def test_jitter_moves_the_poll_by_a_tenth_at_most(now: datetime, jitter: float) -> None:
    poll = next_poll(PollState(40 * MIN), Outcome("new", 3, 40), now, jitter)
    assert wait_s(poll, now) == pytest.approx(40 * MIN * (1 + 0.1 * min(jitter, 1)))
    assert poll.interval_s == 40 * MIN
    floored = next_poll(PollState(40 * MIN), Outcome("new", 3, 40, server_min_s=H), now, jitter)
    assert H <= wait_s(floored, now) <= 1.1 * H
    near = next_poll(PollState(40 * MIN), Outcome("new", 3, 40, server_min_s=39 * MIN), now, jitter)
    assert wait_s(near, now) >= 39 * MIN


def test_the_servers_wish_rules_over_the_adaptive_interval(now: datetime) -> None:
    poll = next_poll(PollState(40 * MIN), Outcome("new", 30, 40, server_min_s=H), now, 0)
    assert poll.reason == "server asks for at least 1 h"
    assert (wait_s(poll, now), poll.interval_s) == (H, 20 * MIN)


def test_failures_back_off_and_never_give_up(now: datetime) -> None:
    state = PollState(25 * MIN)
    waits = []
    for _ in range(40):
        poll = next_poll(state, Outcome("temporary", reason="no answer"), now, 0)
        state = PollState(poll.interval_s, poll.failures)
        waits.append(wait_s(poll, now))
    assert waits[:4] == [10 * MIN, 20 * MIN, 40 * MIN, 80 * MIN]
    assert waits[10] == waits[28] == D
    assert waits[29] == waits[39] == 7 * D
    assert state.interval_s == 25 * MIN
    back = next_poll(state, Outcome("new", 2, 40), now, 0)
    assert (back.failures, wait_s(back, now)) == (0, 25 * MIN)


def test_failures_say_how_many_and_how_long(now: datetime) -> None:
    third = next_poll(PollState(failures=2), Outcome("temporary"), now, 0)
    assert third.reason == "3rd failure in a row: waiting 40 min"
    asked = next_poll(PollState(), Outcome("temporary", server_min_s=6 * H), now, 0)
    assert asked.reason == "1st failure in a row: waiting 6 h, as the server asks"
    assert wait_s(asked, now) == 6 * H
    gone = next_poll(PollState(failures=10), Outcome("permanent"), now, 0)
    assert gone.reason == "11th failure in a row: waiting 24 h"
    assert next_poll(PollState(failures=21), Outcome("permanent"), now, 0).reason.startswith("22nd failure")


def test_what_only_a_person_can_mend_waits_longer_at_once(now: datetime) -> None:
    assert wait_s(next_poll(PollState(), Outcome("permanent"), now, 0), now) == H


def test_a_fixed_interval_wins_over_all_but_retry_after(now: datetime) -> None:
    state = PollState(40 * MIN, fixed_interval_s=5)
    poll = next_poll(state, Outcome("new", 0, 40, server_min_s=H), now, 0)
    assert (wait_s(poll, now), poll.interval_s) == (5, 5)
    assert poll.reason == "every 5 s, as set by an editor"
    told = next_poll(state, Outcome("not_modified", retry_after_s=2 * H), now, 0)
    assert (wait_s(told, now), told.reason) == (2 * H, "server asks for at least 2 h")
    failed = next_poll(state, Outcome("temporary"), now, 0)
    assert wait_s(failed, now) == 5
    refused = next_poll(state, Outcome("temporary", server_min_s=H), now, 0)
    assert wait_s(refused, now) == H


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        ({}, None, 0),
        ({}, 900, 900),
        ({"cache-control": "public, max-age=300"}, None, 300),
        ({"cache-control": "max-age=300"}, 900, 900),
        ({"cache-control": "max-age=300", "age": "100"}, None, 200),
        ({"cache-control": "max-age=300", "age": "1000"}, None, 0),
        ({"cache-control": "s-maxage=9000, max-age=60"}, None, 60),
        ({"cache-control": "no-cache, max-age=300"}, None, 0),
        ({"cache-control": "no-store", "expires": "Wed, 18 Feb 2026 07:00:00 GMT"}, None, 0),
        ({"cache-control": "max-age=99999999999999999999"}, None, D),
        ({"cache-control": "max-age=abc"}, None, 0),
        ({"expires": "Wed, 18 Feb 2026 07:00:00 GMT"}, None, H),
        ({"expires": "Wed, 18 Feb 2026 07:00:00 GMT", "date": "Wed, 18 Feb 2026 06:50:00 GMT"}, None, 600),
        ({"expires": "Wed, 18 Feb 2026 07:00:00 GMT", "cache-control": "max-age=60"}, None, 60),
        ({"expires": "0"}, None, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 0),
        ({"expires": "Tue, 19 Jan 2038 03:14:07 GMT"}, None, D),
        ({"retry-after": "7200"}, 60, 7200),
    ],
)
def test_what_the_server_asks_for(now: datetime, headers: dict[str, str], ttl: int | None, expected: int) -> None:
    assert server_minimum(headers, ttl, now) == expected


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(7, "7 s"), (600, "10 min"), (3600, "1 h"), (5400, "1 h 30 min"), (D, "24 h"), (7 * D, "7 days")],
)
def test_spoken_times(seconds: int, words: str) -> None:
    assert spoken(seconds) == words


def test_the_clock_is_the_argument(now: datetime) -> None:
    later = now + timedelta(days=400)
    assert next_poll(PollState(), Outcome("new", 1, 40), later, 0).at > later
