"""When a feed is polled next, and why, in a sentence.

Pure: the clock and the chance arrive as arguments. It never gives up on a feed, because a surprising number come back;
one that fails for long is asked once a week. Only a server that says twice, a day apart, that the address is gone for
good ends the polling, and then with a sentence for the page. It fetches nothing and remembers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .wishes import MAX_ASK_S, RETRY_AFTER, Ask, asks, longest

__all__ = ["Ask", "Kind", "NextPoll", "Outcome", "PollState", "asks", "day", "next_poll", "offline", "spoken"]

Kind = Literal["new", "unchanged", "not_modified", "empty", "temporary", "blocked", "permanent", "gone"]

MINUTE, HOUR, DAY = 60, 3600, 86400
MIN_INTERVAL_S, MAX_INTERVAL_S = 10 * MINUTE, DAY
# Before anything is known of a feed.
DEFAULT_INTERVAL_S = 30 * MINUTE
# Polls are spread by this share of the wait, so that feeds added together do not stay together.
JITTER = 0.1

# Ten minutes longer after a poll without news, but 0.6 of it after one with news: the interval then follows the square
# root of the time between articles, which is what costs least in waiting and polls together. Swept over simulated
# outlets with nights and weekends (tests/ingest/test_schedule.py simulates them): at 60 articles a day 64 polls find
# one within 10 min (median) and 33 min (95 %), at 10 a day 26 polls within 26 and 80 min, at one a week 1.3 polls do.
NOTHING_NEW_STEP_S, SOME_NEW_FACTOR = 10 * MINUTE, 0.6
# A tenth longer once that is more than the step, so that a feed that died reaches a day within some weeks.
NOTHING_NEW_SHARE = 0.1
# A third of the entries new: some may already have been pushed out unseen (Media Cloud's fetcher uses the same third).
MANY_NEW, MANY_NEW_FACTOR = 1 / 3, 0.5
# An empty feed is mostly one under repair: slower than a quiet one, and no failure.
EMPTY_FACTOR = 1.5
# News after a longer wait than this times the interval has gathered; it tells of the wait, not of the feed's pace.
GATHERED = 1.5
# How many polls the reason counts over.
RECENT = 10

# With a hub that announces what is new, polls only bound how long a hub that fell silent goes unnoticed: a quarter day.
BACKUP_INTERVAL_S = 6 * HOUR

# Back-off: base * 2^n. What only a person can mend is asked for less often from the start, and a browser check does not
# go away in minutes.
BACKOFF_BASE_S: dict[Kind, int] = {"temporary": 10 * MINUTE, "blocked": HOUR, "permanent": HOUR}
MAX_BACKOFF_S = DAY
# Without a network of our own: trying costs nobody anything, and readers should not wait when it is back.
OFFLINE_S = 2 * MINUTE
WEEKLY_AFTER_FAILURES, WEEK_S = 30, 7 * DAY
# "Gone for good" can be one wrong deployment: the same answer a day later is believed.
GONE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PollState:
    """What is remembered of a feed. `recent`: for up to the last RECENT good polls before this one, newest last,
    whether they had news."""

    interval_s: int = DEFAULT_INTERVAL_S
    failures: int = 0
    fixed_interval_s: int | None = None
    recent: tuple[bool, ...] = ()
    gone_since: datetime | None = None
    # A hub tells us what is new: polls are only a check.
    pushed: bool = False
    # Seconds since the last good poll; 0 where unknown.
    elapsed_s: float = 0
    had_entries: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a poll went. `asks` as asks() gives them after a success; `retry_after_s` after a failure."""

    kind: Kind
    new_entries: int = 0
    seen_entries: int = 0
    asks: tuple[Ask, ...] = ()
    retry_after_s: float = 0


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to poll, and what to remember. `interval_s` is the interval when all is well: failures leave it alone.
    `stop`, where not empty: poll no more, with this sentence for the page."""

    at: datetime
    interval_s: int
    failures: int
    reason: str
    gone_since: datetime | None = None
    stop: str = ""


def next_poll(state: PollState, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    """Decide the next poll after `outcome`. `jitter` in [-1, 1] moves it by up to JITTER of the wait, never below
    what the server asked for."""
    if outcome.kind == "gone":
        return _after_gone(state, outcome, now, jitter)
    if outcome.kind in BACKOFF_BASE_S:
        return _after_failure(state, outcome, now, jitter)
    interval, why = _interval(state, outcome)
    remembered = state.interval_s if state.pushed and not state.fixed_interval_s else interval
    asked = longest(outcome.asks)
    rules = _floor(outcome) if state.fixed_interval_s else longest((*outcome.asks, *filter(None, [_floor(outcome)])))
    at = now + timedelta(seconds=_spread(interval, rules.seconds if rules else 0, jitter))
    if rules and rules.seconds > interval:
        otherwise = _otherwise(state, interval)
        return NextPoll(
            at, remembered, 0, f"every {spoken(rules.seconds)} as the server asks ({rules.by}); {otherwise}"
        )
    wish = f"; server asked for {spoken(asked.seconds)} ({asked.by})" if asked else ""
    return NextPoll(at, remembered, 0, why + wish)


def offline(state: PollState, now: datetime, jitter: float) -> NextPoll:
    """The next poll where our own network is down: soon, and no fault of the feed's."""
    at = now + timedelta(seconds=_spread(OFFLINE_S, 0, jitter))
    reason = f"no feed could be reached, this machine seems to be offline: trying again in {spoken(OFFLINE_S)}"
    return NextPoll(at, state.interval_s, state.failures, reason, state.gone_since)


def spoken(seconds: float) -> str:
    """A length of time as a person says it: "20 min", "1 h 30 min", "2 days", "7 s"."""
    if seconds < MINUTE:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{round(hours / 24)} days"
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def day(at: datetime) -> str:
    """A day as a person writes it: "18 February 2026"."""
    return f"{at.day} {at:%B %Y}"


def _interval(state: PollState, outcome: Outcome) -> tuple[int, str]:
    """The wait when the server asks for nothing, and the reason for it."""
    if state.fixed_interval_s:
        return state.fixed_interval_s, f"every {spoken(state.fixed_interval_s)}, as set by an editor"
    if state.pushed:
        interval = max(state.interval_s, BACKUP_INTERVAL_S)
        return interval, f"its hub announces what is new; polled every {spoken(interval)} as a check"
    interval = int(min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, _adapted(state, outcome))))
    return interval, f"every {spoken(interval)} {_because(state, outcome)}"


def _adapted(state: PollState, outcome: Outcome) -> float:
    interval, new = state.interval_s, outcome.new_entries
    if outcome.kind == "empty":
        return interval * EMPTY_FACTOR
    if not state.recent:
        # At the first poll everything is new, or old; neither tells how fast the feed moves.
        return interval
    if not new:
        return interval + max(NOTHING_NEW_STEP_S, NOTHING_NEW_SHARE * interval)
    shorter = interval * (MANY_NEW_FACTOR if _many(outcome) else SOME_NEW_FACTOR)
    if state.failures or state.elapsed_s > GATHERED * interval:
        return max(shorter, min(interval, state.elapsed_s / new if state.elapsed_s else interval))
    return shorter


def _many(outcome: Outcome) -> bool:
    return outcome.new_entries >= MANY_NEW * max(1, outcome.seen_entries)


def _because(state: PollState, outcome: Outcome) -> str:
    if outcome.kind == "empty":
        before = ", though it had entries before" if state.had_entries or any(state.recent) else ""
        return f"because the feed is empty{before}"
    if not state.recent:
        return "to begin with"
    if outcome.new_entries and _many(outcome):
        verb = "was" if outcome.new_entries == 1 else "were"
        return f"because {outcome.new_entries} of its {outcome.seen_entries} entries {verb} new"
    polls = (*state.recent, outcome.new_entries > 0)[-RECENT:]
    count = {0: "none", len(polls): "all"}.get(sum(polls), str(sum(polls)))
    return f"because {count} of the last {len(polls)} polls had news"


def _otherwise(state: PollState, interval: int) -> str:
    """What the wait would be if the server had not asked for more."""
    if state.fixed_interval_s:
        return f"an editor set {spoken(interval)}"
    if state.pushed:
        return "its hub announces what is new"
    return f"by its news it would be {spoken(interval)}"


def _floor(outcome: Outcome) -> Ask | None:
    """The Retry-After of an answer, which rules over everything, an editor included."""
    told = [ask.seconds for ask in outcome.asks if ask.by == RETRY_AFTER]
    seconds = min(MAX_ASK_S, max([int(outcome.retry_after_s), *told]))
    return Ask(seconds, RETRY_AFTER) if seconds > 0 else None


def _after_failure(state: PollState, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    failures = state.failures + 1
    base = min(BACKOFF_BASE_S[outcome.kind], state.fixed_interval_s or MAX_BACKOFF_S)
    # The exponent is capped only to keep the number small; the wait has met its own cap long before.
    wait = min(MAX_BACKOFF_S, base * 2 ** min(failures - 1, 20))
    floor = _floor(outcome)
    reason = f"{_ordinal(failures)} failure in a row: waiting {spoken(wait)}"
    if failures >= WEEKLY_AFTER_FAILURES:
        wait = WEEK_S
        reason = f"failed {failures} times in a row: asked once a week from now on"
    elif floor and floor.seconds > wait:
        reason = f"{_ordinal(failures)} failure in a row: waiting {spoken(floor.seconds)} as the server asks"
    at = now + timedelta(seconds=_spread(wait, floor.seconds if floor else 0, jitter))
    return NextPoll(at, state.interval_s, failures, reason)


def _after_gone(state: PollState, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    failures, since = state.failures + 1, state.gone_since or now
    if now - since >= GONE_AFTER:
        stop = f"the server said on {day(since)} and again on {day(now)} that this feed is gone for good (HTTP 410)"
        return NextPoll(now + timedelta(seconds=WEEK_S), state.interval_s, failures, stop, since, stop)
    left = (since + GONE_AFTER - now).total_seconds()
    floor = _floor(outcome)
    at = now + timedelta(seconds=_spread(left, max(left, floor.seconds if floor else 0), jitter))
    reason = f"gone for good, says the server since {day(since)} (HTTP 410): asked once more after a day, then no more"
    return NextPoll(at, state.interval_s, failures, reason, since)


def _spread(wait_s: float, floor_s: float, jitter: float) -> float:
    """The wait moved by the jitter; where the server's floor rules, only upwards from it."""
    jitter = max(-1.0, min(1.0, jitter))
    if floor_s > wait_s:
        return floor_s * (1 + JITTER * abs(jitter))
    return max(floor_s, wait_s * (1 + JITTER * jitter))


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
