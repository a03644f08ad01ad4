"""When a feed is polled next, and why, in a sentence.

Pure: the clock and the chance arrive as arguments. It never gives up on a feed, because a surprising number come back;
a feed that fails for long is asked once a week.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from .replies import retry_after_s

Kind = Literal["new", "unchanged", "not_modified", "temporary", "permanent"]

MINUTE, HOUR, DAY = 60, 3600, 86400
MIN_INTERVAL_S, MAX_INTERVAL_S = 10 * MINUTE, DAY
# Before anything is known of a feed.
DEFAULT_INTERVAL_S = 30 * MINUTE
# Polls are spread by this share of the wait, so that feeds added together do not stay together.
JITTER = 0.1

# A third of the entries new: some may already have been pushed out unseen (Media Cloud's fetcher uses the same third).
MANY_NEW, MANY_NEW_FACTOR = 1 / 3, 0.5
# A tenth new: the feed moves faster than we do.
SOME_NEW, SOME_NEW_FACTOR = 1 / 10, 0.75
# After n polls without news the wait is a quarter of the silence so far: a quiet night does not make a slow morning.
NOTHING_NEW_FACTOR = 1.25

# Back-off: base * 2^n. What only a person can mend is asked for less often from the start.
BACKOFF_BASE_S: dict[Kind, int] = {"temporary": 10 * MINUTE, "permanent": HOUR}
MAX_BACKOFF_S = DAY
# Without a network of our own: trying costs nobody anything, and readers should not wait when it is back.
OFFLINE_S = 2 * MINUTE
WEEKLY_AFTER_FAILURES, WEEK_S = 30, 7 * DAY


@dataclass(frozen=True, slots=True)
class PollState:
    """What is remembered of a feed: its interval, failures in a row, and the interval that an editor fixed, if any."""

    interval_s: int = DEFAULT_INTERVAL_S
    failures: int = 0
    fixed_interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a poll went. `server_min_s` is server_minimum() after a success and Retry-After after a failure, else 0."""

    kind: Kind
    new_entries: int = 0
    seen_entries: int = 0
    server_min_s: int = 0
    reason: str = ""
    # A Retry-After that came with a success; a fixed interval does not override it.
    retry_after_s: int = 0


@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to poll, and what to remember. `interval_s` is the interval when all is well: failures leave it alone."""

    at: datetime
    interval_s: int
    failures: int
    reason: str


def next_poll(state: PollState, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    """Decide the next poll after `outcome`. `jitter` in [-1, 1] moves it by up to JITTER of the wait, never below
    what the server asked for."""
    if outcome.kind in BACKOFF_BASE_S:
        return _after_failure(state, outcome, now, jitter)
    interval = state.fixed_interval_s or _adapted(state.interval_s, outcome)
    floor = outcome.retry_after_s if state.fixed_interval_s else max(outcome.server_min_s, outcome.retry_after_s)
    floor = min(floor, MAX_INTERVAL_S)
    at = now + timedelta(seconds=_spread(interval, floor, jitter))
    if floor > interval:
        return NextPoll(at, interval, 0, f"server asks for at least {spoken(floor)}")
    return NextPoll(at, interval, 0, _why(interval, outcome, fixed=bool(state.fixed_interval_s)))


def offline(state: PollState, now: datetime, jitter: float) -> NextPoll:
    """The next poll where our own network is down: soon, and no fault of the feed's."""
    at = now + timedelta(seconds=_spread(OFFLINE_S, 0, jitter))
    reason = f"no feed could be reached, this machine seems to be offline: trying again in {spoken(OFFLINE_S)}"
    return NextPoll(at, state.interval_s, state.failures, reason)


def server_minimum(headers: Mapping[str, str], ttl_s: int | None, now: datetime) -> int:
    """Seconds for which the server says its answer stays good: the longest of Cache-Control max-age, Expires, the
    feed's own ttl and Retry-After, at most a day; 0 if it says nothing. Header names are lower-case."""
    control = headers.get("cache-control", "").lower()
    spoken_for = [ttl_s or 0]
    if "no-cache" not in control and "no-store" not in control:
        max_age = re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", control)
        # As in HTTP itself, max-age goes before Expires.
        spoken_for.append(int(max_age[1]) - _age(headers) if max_age else _expires_in(headers, now))
    spoken_for.append(int(retry_after_s(headers.get("retry-after", ""), now) or 0))
    return max(0, min(MAX_INTERVAL_S, max(spoken_for)))


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


def _adapted(interval_s: int, outcome: Outcome) -> int:
    share = outcome.new_entries / max(1, outcome.seen_entries)
    if not outcome.new_entries:
        factor = NOTHING_NEW_FACTOR
    elif share >= MANY_NEW:
        factor = MANY_NEW_FACTOR
    else:
        factor = SOME_NEW_FACTOR if share >= SOME_NEW else 1.0
    return int(min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, interval_s * factor)))


def _after_failure(state: PollState, outcome: Outcome, now: datetime, jitter: float) -> NextPoll:
    failures = state.failures + 1
    base = min(BACKOFF_BASE_S[outcome.kind], state.fixed_interval_s or BACKOFF_BASE_S[outcome.kind])
    # The exponent is capped only to keep the number small; the wait has met its own cap long before.
    wait = min(MAX_BACKOFF_S, base * 2 ** min(failures - 1, 20))
    if failures >= WEEKLY_AFTER_FAILURES:
        wait = WEEK_S
    floor = min(max(outcome.server_min_s, outcome.retry_after_s), WEEK_S)
    at = now + timedelta(seconds=_spread(wait, floor, jitter))
    asked = ", as the server asks" if floor > wait else ""
    reason = f"{_ordinal(failures)} failure in a row: waiting {spoken(max(wait, floor))}{asked}"
    return NextPoll(at, state.interval_s, failures, reason)


def _spread(wait_s: float, floor_s: float, jitter: float) -> float:
    """The wait moved by the jitter; where the server's floor rules, only upwards from it."""
    jitter = max(-1.0, min(1.0, jitter))
    if floor_s > wait_s:
        return floor_s * (1 + JITTER * abs(jitter))
    return max(floor_s, wait_s * (1 + JITTER * jitter))


def _why(interval_s: int, outcome: Outcome, *, fixed: bool) -> str:
    every = f"every {spoken(interval_s)}"
    if fixed:
        return f"{every}, as set by an editor"
    if outcome.kind == "not_modified":
        return f"{every}: nothing changed since the last poll"
    if not outcome.new_entries:
        return f"{every}: none of {outcome.seen_entries} entries was new"
    verb = "was" if outcome.new_entries == 1 else "were"
    return f"{every}: {outcome.new_entries} of {outcome.seen_entries} entries {verb} new"


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _age(headers: Mapping[str, str]) -> int:
    """Seconds that a cache on the way has already held the answer."""
    value = headers.get("age", "").strip()
    return int(value[:9]) if value.isascii() and value.isdigit() else 0


def _expires_in(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds until Expires, counted from the server's own Date where it gives one, since its clock may be off."""
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return 0
    return int((expires - (_http_date(headers.get("date", "")) or now)).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
