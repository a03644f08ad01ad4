"""The poll schedule: adaptive, polite, and never giving up in silence."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from stories.ingest.schedule import (
    BACKUP_INTERVAL_S,
    MAX_INTERVAL_S,
    MIN_INTERVAL_S,
    Ask,
    Kind,
    NextPoll,
    Outcome,
    PollState,
    asks,
    next_poll,
    offline,
    spoken,
)
from stories.ingest.wishes import CACHE_CONTROL as CACHE
from stories.ingest.wishes import EXPIRES, RETRY_AFTER, TTL, UPDATE_PERIOD

MIN, H, D = 60, 3600, 86400
# Six polls with news, four without, of which the last nine are counted with the one that comes.
MIXED = (True, False, True, False, True, False, True, False, True, True)
QUIET = (False,) * 10


def wait_s(poll: NextPoll, now: datetime) -> float:
    return (poll.at - now).total_seconds()


def news(new: int, seen: int = 40, *wishes: Ask) -> Outcome:
    return Outcome("new" if new else "unchanged", new, seen, wishes)


# --- the interval -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "seen", "expected", "reason"),
    [
        (20, 40, 20 * MIN, "every 20 min because 20 of its 40 entries were new"),
        (1, 3, 20 * MIN, "every 20 min because 1 of its 3 entries was new"),
        (8, 40, 24 * MIN, "every 24 min because 6 of the last 10 polls had news"),
        (1, 40, 24 * MIN, "every 24 min because 6 of the last 10 polls had news"),
        (0, 40, 50 * MIN, "every 50 min because 5 of the last 10 polls had news"),
        (0, 0, 50 * MIN, "every 50 min because 5 of the last 10 polls had news"),
    ],
)
def test_the_interval_follows_the_news(now: datetime, new: int, seen: int, expected: int, reason: str) -> None:
    poll = next_poll(PollState(40 * MIN, recent=MIXED), news(new, seen), now, 0)
    assert (poll.interval_s, poll.failures, poll.reason) == (expected, 0, reason)
    assert wait_s(poll, now) == expected


def test_all_none_and_few_polls_are_counted_in_words(now: datetime) -> None:
    assert next_poll(PollState(recent=QUIET), news(0), now, 0).reason.endswith(
        "because none of the last 10 polls had news"
    )
    assert next_poll(PollState(recent=(True,)), news(1), now, 0).reason.endswith(
        "because all of the last 2 polls had news"
    )
    assert next_poll(PollState(recent=(True,)), news(0), now, 0).reason.endswith(
        "because 1 of the last 2 polls had news"
    )


def test_the_first_poll_tells_nothing_of_the_pace(now: datetime) -> None:
    poll = next_poll(PollState(), news(40), now, 0)
    assert (poll.interval_s, poll.reason) == (30 * MIN, "every 30 min to begin with")


def test_not_modified_counts_as_nothing_new_and_not_as_a_failure(now: datetime) -> None:
    poll = next_poll(PollState(110 * MIN, failures=2, recent=QUIET), Outcome("not_modified"), now, 0)
    assert (poll.interval_s, poll.failures) == (121 * MIN, 0)
    assert poll.reason == "every 2 h 1 min because none of the last 10 polls had news"


def test_an_empty_feed_is_no_failure_waits_longer_and_says_so(now: datetime) -> None:
    always = next_poll(PollState(40 * MIN, failures=1, recent=QUIET), Outcome("empty"), now, 0)
    assert (always.interval_s, always.failures) == (60 * MIN, 0)
    assert always.reason == "every 1 h because the feed is empty"
    for state in (PollState(40 * MIN, recent=MIXED), PollState(40 * MIN, had_entries=True)):
        lost = next_poll(state, Outcome("empty"), now, 0)
        assert lost.reason == "every 1 h because the feed is empty, though it had entries before"


def test_the_interval_stays_within_ten_minutes_and_a_day(now: datetime) -> None:
    state = PollState(40 * MIN, recent=MIXED)
    for _ in range(50):
        state = replace(state, interval_s=next_poll(state, news(40), now, 0).interval_s)
    assert state.interval_s == MIN_INTERVAL_S == 10 * MIN
    for _ in range(50):
        state = replace(state, interval_s=next_poll(state, Outcome("not_modified"), now, 0).interval_s)
    assert state.interval_s == MAX_INTERVAL_S == D


def test_a_quiet_night_does_not_make_a_slow_morning(now: datetime) -> None:
    state, silence = PollState(MIN_INTERVAL_S, recent=QUIET), 0
    while silence < 8 * H:
        silence += state.interval_s
        state = replace(state, interval_s=next_poll(state, Outcome("not_modified"), now, 0).interval_s)
    assert state.interval_s < 2 * H


def test_news_that_gathered_while_we_could_not_ask_does_not_make_us_hurry(now: datetime) -> None:
    weekend = PollState(2 * H, failures=9, recent=MIXED, elapsed_s=48 * H)
    assert next_poll(weekend, news(20), now, 0).interval_s == 2 * H
    assert next_poll(replace(weekend, elapsed_s=0), news(20), now, 0).interval_s == 2 * H
    held_back = PollState(20 * MIN, recent=MIXED, elapsed_s=H)
    assert next_poll(held_back, news(4), now, 0).interval_s == 15 * MIN
    assert next_poll(held_back, news(30), now, 0).interval_s == 10 * MIN
    in_time = replace(held_back, elapsed_s=21 * MIN)
    assert next_poll(in_time, news(1), now, 0).interval_s == 12 * MIN


@dataclass
class Found:
    polls_per_day: float
    median_min: float
    p95_min: float
    lost: int


def simulate(per_day: float, entries: int, days: int) -> Found:
    """An outlet with nights, mornings and weekends, polled by the schedule alone."""
    rng = random.Random(f"{per_day}/{entries}")

    def weight(minute: float) -> float:
        hour, weekend = minute % 1440 / 60, int(minute // 1440) % 7 >= 5
        return (0.15 if hour < 6 else 1.6 if 7 <= hour < 12 else 1.2 if hour < 20 else 0.6) * (0.6 if weekend else 1)

    mean = sum(weight(minute) for minute in range(0, 10080, 10)) / 1008
    written, at = [], 0.0
    while at < days * 1440:
        at += rng.expovariate(per_day / 1440 / mean * 1.6)
        if rng.random() < weight(at) / 1.6:
            written.append(at)
    begin = datetime.fromisoformat("2026-03-02T00:00+00:00")
    state, clock, known, polls, lost = PollState(), 0.0, 0, 0, 0
    waits: list[float] = []
    while clock < days * 1440:
        fresh = [minute for minute in written[known : known + 10 * entries] if minute <= clock]
        known += len(fresh)
        lost += max(0, len(fresh) - entries)
        waits += [clock - minute for minute in fresh[-entries:]]
        now = begin + timedelta(minutes=clock)
        poll = next_poll(state, news(len(fresh[-entries:]), entries), now, rng.uniform(-1, 1))
        gap = (poll.at - now).total_seconds()
        state = PollState(poll.interval_s, recent=(*state.recent, bool(fresh))[-10:], elapsed_s=gap)
        clock, polls = clock + gap / 60, polls + 1
    waits.sort()
    return Found(polls / days, waits[len(waits) // 2], waits[int(len(waits) * 0.95)], lost)


@pytest.mark.parametrize(
    ("per_day", "entries", "most_polls", "median", "p95"),
    [(60, 20, 75, 13, 45), (60, 50, 75, 13, 45), (10, 20, 32, 35, 110), (10, 50, 32, 35, 110), (200, 20, 115, 9, 27)],
)
def test_a_day_of_news_costs_few_polls_and_loses_nothing(
    per_day: float, entries: int, most_polls: float, median: float, p95: float
) -> None:
    found = simulate(per_day, entries, days=28)
    assert found.lost == 0
    assert found.polls_per_day < most_polls
    assert found.median_min < median
    assert found.p95_min < p95


def test_a_weekly_feed_is_found_within_a_day_at_less_than_two_polls_a_day() -> None:
    found = simulate(1 / 7, 20, days=364)
    assert found.polls_per_day < 2
    assert found.p95_min < 26 * 60


# --- jitter and what the server asks --------------------------------------------------------------------------------


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.0, 0.5, 1.0, 7.0])
def test_jitter_moves_the_poll_by_a_tenth_at_most_and_never_below_the_servers_wish(
    now: datetime, jitter: float
) -> None:
    state = PollState(50 * MIN, recent=MIXED)
    poll = next_poll(state, news(3), now, jitter)
    assert wait_s(poll, now) == pytest.approx(30 * MIN * (1 + 0.1 * min(jitter, 1)))
    assert poll.interval_s == 30 * MIN
    floored = next_poll(state, news(3, 40, Ask(H, TTL)), now, jitter)
    assert H <= wait_s(floored, now) <= 1.1 * H
    near = next_poll(state, news(3, 40, Ask(29 * MIN, TTL)), now, jitter)
    assert wait_s(near, now) >= 29 * MIN


def test_the_servers_wish_rules_over_the_adaptive_interval_and_is_always_told(now: datetime) -> None:
    state = PollState(40 * MIN, recent=MIXED)
    poll = next_poll(state, news(30, 40, Ask(10 * MIN, CACHE), Ask(H, TTL)), now, 0)
    assert poll.reason == "every 1 h as the server asks (the feed's ttl); by its news it would be 20 min"
    assert (wait_s(poll, now), poll.interval_s) == (H, 20 * MIN)
    less = next_poll(replace(state, interval_s=50 * MIN), news(1, 40, Ask(30 * MIN, CACHE)), now, 0)
    assert (
        less.reason == "every 30 min because 6 of the last 10 polls had news; server asked for 30 min (Cache-Control)"
    )


DATE = "Wed, 18 Feb 2026 {} GMT"


@pytest.mark.parametrize(
    ("headers", "ttl", "period", "expected"),
    [
        ({}, None, None, []),
        ({}, 900, None, [Ask(900, TTL)]),
        ({}, None, 1800, [Ask(1800, UPDATE_PERIOD)]),
        ({}, 0, -5, []),
        ({"cache-control": "public, max-age=300"}, None, None, [Ask(300, CACHE)]),
        ({"cache-control": "max-age=300"}, 900, 2 * H, [Ask(300, CACHE), Ask(900, TTL), Ask(2 * H, UPDATE_PERIOD)]),
        ({"cache-control": "max-age=300", "age": "100"}, None, None, [Ask(200, CACHE)]),
        ({"cache-control": "max-age=300", "age": "1000"}, None, None, []),
        ({"cache-control": "s-maxage=9000, max-age=60"}, None, None, [Ask(60, CACHE)]),
        ({"cache-control": "no-cache, max-age=300"}, None, None, []),
        ({"cache-control": "no-store", "expires": DATE.format("07:00:00")}, None, None, []),
        ({"cache-control": "max-age=999999999"}, None, None, [Ask(D, CACHE)]),
        ({"cache-control": "max-age=abc"}, None, None, []),
        ({"expires": DATE.format("07:00:00")}, None, None, [Ask(H, EXPIRES)]),
        ({"expires": DATE.format("07:00:00"), "date": DATE.format("06:50:00")}, None, None, [Ask(600, EXPIRES)]),
        ({"expires": DATE.format("07:00:00"), "cache-control": "max-age=60"}, None, None, [Ask(60, CACHE)]),
        ({"expires": "0"}, None, None, []),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, None, []),
        (
            {"expires": "Tue, 19 Jan 2038 03:14:07 GMT"},
            10 * D,
            99 * D,
            [Ask(D, EXPIRES), Ask(D, TTL), Ask(D, UPDATE_PERIOD)],
        ),
        ({"retry-after": "7200"}, 60, None, [Ask(60, TTL), Ask(7200, RETRY_AFTER)]),
        ({"retry-after": "99999999"}, None, None, [Ask(D, RETRY_AFTER)]),
    ],
)
def test_what_the_server_asks_for(
    now: datetime, headers: dict[str, str], ttl: int | None, period: int | None, expected: list[Ask]
) -> None:
    assert list(asks(headers, ttl, period, now)) == expected


def test_a_fixed_interval_wins_over_all_but_retry_after(now: datetime) -> None:
    state = PollState(40 * MIN, fixed_interval_s=5, recent=MIXED)
    poll = next_poll(state, news(0, 40, Ask(H, CACHE)), now, 0)
    assert (wait_s(poll, now), poll.interval_s) == (5, 5)
    assert poll.reason == "every 5 s, as set by an editor; server asked for 1 h (Cache-Control)"
    told = next_poll(state, news(0, 40, Ask(H, CACHE), Ask(2 * H, RETRY_AFTER)), now, 0)
    assert (wait_s(told, now), told.reason) == (2 * H, "every 2 h as the server asks (Retry-After); an editor set 5 s")
    assert wait_s(next_poll(state, Outcome("not_modified", retry_after_s=3 * H), now, 0), now) == 3 * H
    assert wait_s(next_poll(state, Outcome("temporary"), now, 0), now) == 5
    assert wait_s(next_poll(state, Outcome("temporary", retry_after_s=H), now, 0), now) == H


def test_with_a_hub_polls_are_a_check_every_six_hours(now: datetime) -> None:
    state = PollState(20 * MIN, recent=MIXED, pushed=True)
    poll = next_poll(state, news(3), now, 0)
    assert (wait_s(poll, now), poll.interval_s) == (BACKUP_INTERVAL_S, 20 * MIN)
    assert poll.reason == "its hub announces what is new; polled every 6 h as a check"
    longer = next_poll(state, news(3, 40, Ask(12 * H, TTL)), now, -1)
    assert wait_s(longer, now) >= 12 * H
    assert longer.reason == "every 12 h as the server asks (the feed's ttl); its hub announces what is new"
    slow = next_poll(replace(state, interval_s=D), news(0), now, 0)
    assert wait_s(slow, now) == D
    fixed = next_poll(replace(state, fixed_interval_s=15 * MIN), news(0), now, 0)
    assert wait_s(fixed, now) == 15 * MIN


# --- failures -------------------------------------------------------------------------------------------------------


def test_failures_back_off_and_never_give_up(now: datetime) -> None:
    state = PollState(25 * MIN, recent=MIXED)
    polls = []
    for _ in range(40):
        poll = next_poll(state, Outcome("temporary"), now, 0)
        state = replace(state, interval_s=poll.interval_s, failures=poll.failures)
        polls.append(poll)
    waits = [wait_s(poll, now) for poll in polls]
    assert waits[:4] == [10 * MIN, 20 * MIN, 40 * MIN, 80 * MIN]
    assert waits[10] == waits[28] == D
    assert waits[29] == waits[39] == 7 * D
    assert polls[28].reason == "29th failure in a row: waiting 24 h"
    assert polls[29].reason == "failed 30 times in a row: asked once a week from now on"
    assert not any(poll.stop for poll in polls)
    assert state.interval_s == 25 * MIN
    back = next_poll(state, news(2), now, 0)
    assert (back.failures, wait_s(back, now)) == (0, 25 * MIN)


def test_failures_say_how_many_and_how_long(now: datetime) -> None:
    third = next_poll(PollState(failures=2), Outcome("temporary"), now, 0)
    assert third.reason == "3rd failure in a row: waiting 40 min"
    asked = next_poll(PollState(), Outcome("temporary", retry_after_s=6 * H), now, 0)
    assert asked.reason == "1st failure in a row: waiting 6 h as the server asks"
    assert wait_s(asked, now) == 6 * H
    assert wait_s(next_poll(PollState(), Outcome("temporary", retry_after_s=90 * D), now, 0), now) == D
    long = next_poll(PollState(failures=10), Outcome("permanent"), now, 0)
    assert long.reason == "11th failure in a row: waiting 24 h"
    assert next_poll(PollState(failures=21), Outcome("permanent"), now, 0).reason.startswith("22nd failure")


@pytest.mark.parametrize("kind", ["permanent", "blocked"])
def test_what_minutes_do_not_mend_waits_longer_at_once(now: datetime, kind: Kind) -> None:
    assert wait_s(next_poll(PollState(), Outcome(kind), now, 0), now) == H
    assert wait_s(next_poll(PollState(failures=2), Outcome(kind), now, 0), now) == 4 * H


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_gone_twice_a_day_apart_stops_with_both_days(now: datetime, jitter: float) -> None:
    first = next_poll(PollState(), Outcome("gone"), now, jitter)
    assert (first.gone_since, first.stop, first.failures) == (now, "", 1)
    assert D <= wait_s(first, now) <= 1.1 * D
    assert first.reason == (
        "gone for good, says the server since 18 February 2026 (HTTP 410): asked once more after a day, then no more"
    )
    again = next_poll(PollState(failures=1, gone_since=now), Outcome("gone"), first.at, jitter)
    assert again.stop == again.reason
    assert again.stop == (
        "the server said on 18 February 2026 and again on 19 February 2026 that this feed is gone for good (HTTP 410)"
    )


def test_a_second_410_within_the_day_does_not_stop_it(now: datetime) -> None:
    pressed = now + timedelta(hours=3)
    poll = next_poll(PollState(failures=1, gone_since=now), Outcome("gone"), pressed, -1)
    assert (poll.stop, poll.gone_since) == ("", now)
    assert poll.at >= now + timedelta(days=1)


@pytest.mark.parametrize("kind", ["new", "not_modified", "empty", "temporary", "blocked", "permanent"])
def test_anything_but_410_takes_it_back(now: datetime, kind: Kind) -> None:
    assert next_poll(PollState(gone_since=now), Outcome(kind), now, 0).gone_since is None


def test_being_offline_changes_nothing_but_the_time(now: datetime) -> None:
    poll = offline(PollState(25 * MIN, failures=3, gone_since=now), now, 1)
    assert (poll.interval_s, poll.failures, poll.gone_since, poll.stop) == (25 * MIN, 3, now, "")
    assert wait_s(poll, now) == pytest.approx(132)
    assert "seems to be offline" in poll.reason


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(7, "7 s"), (600, "10 min"), (3600, "1 h"), (5400, "1 h 30 min"), (D, "24 h"), (7 * D, "7 days")],
)
def test_spoken_times(seconds: int, words: str) -> None:
    assert spoken(seconds) == words


def test_the_clock_is_the_argument(now: datetime) -> None:
    later = now + timedelta(days=400)
    assert next_poll(PollState(), news(1), later, 0).at > later
