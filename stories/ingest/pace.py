"""How fast a server is asked: so many requests at once, so many seconds between two, and when to leave it be.

It knows one batch of requests; what earlier batches and other workers did arrives as a Pace per host. It decides when
a request may go out and whether; it opens nothing and reads no answer but its status.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from .errors import Failure, Temporary

# So many requests in a row without any HTTP answer and the rest of the batch leaves the server alone: one or two
# may be chance, and each may cost its whole timeout.
STRIKES = 3
# Added to every gap, in seconds: our way to the server is not always the same length, and its clock is not ours.
MARGIN_S = 0.02
# Statuses by which a server speaks for all its addresses.
_HOST_IS_BUSY = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a host beforehand: seconds until it may be asked again, and seconds between two requests."""

    wait_s: float = 0.0
    every_s: float = 0.0


class NotAsked(Temporary):
    """The address was not asked at all, since its server had just shown that it should be left alone."""


class Turns:
    """When each host may be asked next. Hosts are names in lower case; the clock gives seconds that never go back."""

    def __init__(self, every_s: float, paces: Mapping[str, Pace], clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s = every_s
        self._paces = paces
        self._clock = clock
        begun = clock()
        self._next = {host: begun + pace.wait_s for host, pace in paces.items()}

    def wait_s(self, host: str) -> float:
        """Seconds until the host may be asked; 0 when it may be asked now."""
        return max(0.0, self._next[host] - self._clock()) if host in self._next else 0.0

    def asked(self, host: str) -> None:
        """A request to the host is out: the next one's wait counts from now."""
        gap = max(self._every_s, self._paces[host].every_s if host in self._paces else 0.0)
        self._next[host] = self._clock() + (gap + MARGIN_S if gap else 0.0)


@dataclass(slots=True)
class _Door:
    """One host in this batch. `strikes` counts requests without an answer; `shut` is why nobody knocks any more."""

    at_once: asyncio.Semaphore
    next_in_line: asyncio.Lock = field(default_factory=asyncio.Lock)
    strikes: int = 0
    shut: str = ""
    retry_after_s: float | None = None


class Doors:
    """The hosts of one batch: who may ask, in the order of asking, at the host's pace."""

    def __init__(self, turns: Turns, at_once: int) -> None:
        self._turns = turns
        self._at_once = at_once
        self._doors: dict[str, _Door] = {}

    @asynccontextmanager
    async def place(self, host: str) -> AsyncIterator[Callable[[], None]]:
        """One of the places that a host has at once, for a request that needs no turn; gives what turn() gives."""
        async with self._door(host).at_once:
            yield lambda: None

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Callable[[], None]]:
        """Wait for a place and the host's turn; gives the function to call once the request is out.

        Until then, or until it failed, nobody else asks this host: so its server sees the gap that we keep, however
        long the connection took to make. Raises NotAsked where the host is to be left alone.
        """
        door = self._door(host)
        async with door.at_once:
            await door.next_in_line.acquire()
            waiting = True

            def out() -> None:
                nonlocal waiting
                if waiting:
                    waiting = False
                    self._turns.asked(host)
                    door.next_in_line.release()

            try:
                await self._wait(host, door)
            except BaseException:
                door.next_in_line.release()
                raise
            try:
                yield out
            finally:
                out()

    def note(self, host: str, answer: Failure | None) -> None:
        """What a request to the host came to, None for a success: some answers are meant for all its addresses."""
        door = self._door(host)
        status = getattr(answer, "status", None)
        if status in _HOST_IS_BUSY and isinstance(answer, Temporary):
            door.shut = f"Not asked: a moment ago {host} sent another request away (HTTP {status})"
            door.retry_after_s = answer.retry_after_s
        unanswered = isinstance(answer, Temporary) and status is None
        door.strikes = door.strikes + 1 if unanswered else 0
        if door.strikes >= STRIKES:
            door.shut = f"Not asked: {host} had just left {STRIKES} requests in a row without an answer"

    async def _wait(self, host: str, door: _Door) -> None:
        while True:
            if door.shut:
                raise NotAsked(door.shut, retry_after_s=door.retry_after_s)
            wait_s = self._turns.wait_s(host)
            if wait_s <= 0:
                return
            await asyncio.sleep(wait_s)

    def _door(self, host: str) -> _Door:
        return self._doors.setdefault(host, _Door(asyncio.Semaphore(self._at_once)))
