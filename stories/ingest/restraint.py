"""How long a server rests after it asked for less, or gave no answer: one state per host, for feeds and pages alike.

Pure: what was heard and the clock in, the new state and its sentence out. It holds nobody back by itself: the caller
asks a resting host for nothing, and a host on trial for one thing only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from .errors import Failure, Temporary
from .exchange import Response
from .schedule import DAY, HOUR, MINUTE, spoken

# After a 429: a minute, doubled each time it is repeated. Most limits count requests per minute or per hour.
SLOWED_BASE_S, SLOWED_MAX_S = MINUTE, HOUR
# A 503 that names no time may be one broken page of a healthy site: half of that, and never long.
BROKEN_BASE_S, BROKEN_MAX_S = MINUTE // 2, 15 * MINUTE
# The longest that a Retry-After is believed.
ASKED_MAX_S = DAY
# Five requests in a row without an answer are no chance: the host is down, and asking costs us a timeout each.
SILENT_AFTER = 5
# A restart takes minutes, an outage hours; four trials a day still find a host that is back.
SILENT_BASE_S, SILENT_MAX_S = 5 * MINUTE, 6 * HOUR

Kind = Literal["answered", "slowed", "silent", "nothing"]


@dataclass(frozen=True, slots=True)
class Heard:
    """How one request to a host ended. "nothing": it tells nothing of the host, as when we refused to ask."""

    kind: Kind
    status: int = 0
    retry_after_s: float = 0

    @property
    def silent(self) -> bool:
        """Whether no answer came at all."""
        return self.kind == "silent"


@dataclass(frozen=True, slots=True)
class HostState:
    """What is remembered of a host: requests in a row without an answer, how often it asked for less of late, until
    when it rests, and why, in a sentence that names it."""

    failures: int = 0
    slowed: int = 0
    rest_until: datetime | None = None
    reason: str = ""

    def resting(self, now: datetime) -> bool:
        """Whether it rests at that time."""
        return self.rest_until is not None and self.rest_until > now


def heard(answer: Response | Failure) -> Heard:
    """What an answer, or the failure to get one, tells of its host."""
    if isinstance(answer, Response):
        return Heard("answered", answer.status)
    status = int(getattr(answer, "status", 0) or 0)
    wait = getattr(answer, "retry_after_s", None) or 0
    if status in (429, 503):
        return Heard("slowed", status, wait)
    if status:
        return Heard("answered", status)
    # A permanent failure without a status is our own refusal: a forbidden address, too many redirects, too long a body.
    return Heard("silent") if isinstance(answer, Temporary) else Heard("nothing")


def after(state: HostState, heard: Heard, now: datetime, host: str) -> HostState:
    """The host's state after one more request; `host` is the name in the sentence.

    What comes in while the host rests was on its way before: it can make the rest longer where the server names a time,
    but does not count as asking again; and an answer ends a rest that silence began.
    """
    if heard.kind == "answered":
        return _answered(state, now)
    if heard.kind == "slowed":
        return _slowed(state, heard, now, host)
    if heard.kind == "silent" and not state.resting(now):
        return _silent(state, now, host)
    return state


def trial_only(state: HostState) -> bool:
    """Whether the next turn is for one request alone: after silence, or after it asked for less, until it answers."""
    return state.failures >= SILENT_AFTER or state.slowed > 0


def _answered(state: HostState, now: datetime) -> HostState:
    if state.slowed and state.resting(now):
        return replace(state, failures=0)
    # One step back for each answer, not all: a host that allows one request a minute would else never be left alone.
    return HostState(slowed=max(0, state.slowed - 1))


def _slowed(state: HostState, heard: Heard, now: datetime, host: str) -> HostState:
    counts = not (state.slowed and state.resting(now))
    slowed = state.slowed + counts
    bare = heard.status == 503 and not heard.retry_after_s
    base, longest = (BROKEN_BASE_S, BROKEN_MAX_S) if bare else (SLOWED_BASE_S, SLOWED_MAX_S)
    # The exponent is capped only to keep the number small.
    own = min(longest, base * 2 ** min(slowed - 1, 20)) if counts else 0
    rest = max(own, min(heard.retry_after_s, ASKED_MAX_S))
    until = now + timedelta(seconds=rest)
    if state.rest_until is not None and until <= state.rest_until and state.slowed:
        return replace(state, failures=0, slowed=slowed)
    asked = "asked us to come less often" if heard.status == 429 else "is overloaded or under maintenance"
    reason = f"{host} {asked} (HTTP {heard.status}): nothing is asked of it for {spoken(rest)}"
    return HostState(0, slowed, until, reason)


def _silent(state: HostState, now: datetime, host: str) -> HostState:
    failures = state.failures + 1
    if failures < SILENT_AFTER:
        return replace(state, failures=failures)
    rest = min(SILENT_MAX_S, SILENT_BASE_S * 2 ** min(failures - SILENT_AFTER, 20))
    reason = f"{host} gave no answer {failures} times in a row: nothing is asked of it for {spoken(rest)}"
    return replace(state, failures=failures, rest_until=now + timedelta(seconds=rest), reason=reason)
