"""The only way out of the ingest room: addresses in, answers or failures out, each as soon as it is there.

One asyncio batch with a pace per host and a limit overall. It sends no cookies and no referrer, gives validators back
byte for byte, follows redirects itself so that every hop meets the same rules and waits for its own host's turn, and
stops at a number of bytes and of seconds whatever the server does. It parses nothing, retries nothing and remembers
nothing between batches.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import overload

import aiohttp
import yarl

from . import relay
from .errors import Failure, Permanent, Temporary
from .exchange import ACCEPT_FEED, ACCEPT_PAGE, Policy, Request, Response
from .guard import guard_for
from .pace import Doors, NotAsked, Pace, Turns
from .replies import Blocked, HttpPermanent, HttpTemporary
from .wire import Trip, checked, hop, session

__all__ = [
    "ACCEPT_FEED",
    "ACCEPT_PAGE",
    "Answered",
    "Blocked",
    "HttpPermanent",
    "HttpTemporary",
    "NotAsked",
    "Pace",
    "Policy",
    "Request",
    "Response",
    "Tick",
    "fetch_as_done",
    "fetch_many",
    "fetch_many_blocking",
    "fetch_one",
]

log = logging.getLogger(__name__)

# The index of the request with its answer; and what stands in for one while nothing arrives.
Answered = tuple[int, Response | Failure]
Tick = tuple[None, None]

_NO_PACES: Mapping[str, Pace] = MappingProxyType({})


@dataclass(slots=True)
class _Batch:
    """What the fetches of one batch share."""

    client: aiohttp.ClientSession
    policy: Policy
    slots: asyncio.Semaphore
    doors: Doors
    outbox: relay.Outbox[Answered]


@overload
def fetch_as_done(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace] = ..., *, tick_s: None = None
) -> Generator[Answered, None, None]: ...


@overload
def fetch_as_done(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace] = ..., *, tick_s: float
) -> Generator[Answered | Tick, None, None]: ...


def fetch_as_done(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace] = _NO_PACES, *, tick_s: float | None = None
) -> Generator[Answered | Tick, None, None]:
    """Fetch all of them within the policy's limits; yields each answer with its request's index, once it is there.

    With `tick_s` it also yields (None, None) whenever nothing arrived for so many seconds. `paces` is by host, in
    lower case. Nothing is raised for a single request: what goes wrong is its answer. Closing the generator early
    cancels what is under way. While the answers not yet taken weigh more than relay.UNTAKEN, no further request
    begins. Raises ValueError for a wrong `allow`.
    """
    guard_for(policy.allow)
    return _as_done(list(requests), policy, paces, tick_s)


def _as_done(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace], tick_s: float | None
) -> Generator[Answered | Tick, None, None]:
    async def work(outbox: relay.Outbox[Answered]) -> None:
        await _fetch_all(requests, policy, paces, outbox)

    answers = relay.stream(work, _weight, tick_s)
    with closing(answers):
        for answer in answers:
            yield (None, None) if answer is None else answer


async def fetch_many(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace] = _NO_PACES
) -> list[Response | Failure]:
    """As fetch_as_done, for callers with an event loop of their own: all answers, in the order of the requests."""
    answers: dict[int, Response | Failure] = {}
    outbox: relay.Outbox[Answered] = relay.Outbox(lambda answered: answers.update([answered]), weigh=lambda _: 0)
    await _fetch_all(requests, policy, paces, outbox)
    return [answers[index] for index in range(len(requests))]


def fetch_many_blocking(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace] = _NO_PACES
) -> list[Response | Failure]:
    """As fetch_as_done: all answers, in the order of the requests."""
    answers = dict(fetch_as_done(requests, policy, paces))
    return [answers[index] for index in range(len(requests))]


def fetch_one(request: Request, policy: Policy) -> Response:
    """Fetch one address; raises the Failure instead of returning it."""
    answer = fetch_many_blocking([request], policy)[0]
    if isinstance(answer, Failure):
        raise answer
    return answer


def _weight(answered: Answered) -> int:
    return len(answered[1].body) if isinstance(answered[1], Response) else 0


async def _fetch_all(
    requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace], outbox: relay.Outbox[Answered]
) -> None:
    async with session(policy) as client:
        slots = asyncio.Semaphore(policy.concurrency)
        doors = Doors(Turns(policy.every_s, paces), policy.per_host)
        batch = _Batch(client, policy, slots, doors, outbox)
        async with asyncio.TaskGroup() as group:
            for index, request in enumerate(requests):
                group.create_task(_answer(index, request, batch))


async def _answer(index: int, request: Request, batch: _Batch) -> None:
    trip = Trip(request)
    answer: Response | Failure
    try:
        answer = await _travel(trip, batch)
    except Failure as failure:
        answer = failure
        answer.elapsed_s = trip.spent_s
    except Exception as error:
        # A fault of ours must cost one answer, not the batch; the log keeps what the operator's sentence leaves out.
        log.exception("fetching failed in an unforeseen way: %s", _host_of(request.url))
        answer = Temporary(f"The address could not be fetched ({type(error).__name__})")
    batch.outbox.put((index, answer))


async def _travel(trip: Trip, batch: _Batch) -> Response:
    """Follow the redirects of one request; every hop is judged like the first and waits for its own host's turn."""
    trip.url = checked(trip.request.url, batch.policy)
    while True:
        answer = await _asked(trip, batch)
        if isinstance(answer, Response):
            return answer
        trip.hops += 1
        if trip.hops > batch.policy.max_redirects:
            raise Permanent(f"{trip.host} redirects more than {batch.policy.max_redirects} times")
        trip.url = checked(answer, batch.policy)


async def _asked(trip: Trip, batch: _Batch) -> Response | str:
    """One hop: the response, or the address that it redirects to; the host's doors learn how it went."""
    async with _permit(trip, batch) as out:
        trip.started = time.monotonic()
        failure: Failure | None = None
        try:
            return await hop(trip, batch.client, batch.policy, out)
        except Failure as caught:
            failure = caught
            raise
        finally:
            trip.spent_s += time.monotonic() - trip.started
            if not trip.request.own:
                batch.doors.note(trip.host, failure)


@asynccontextmanager
async def _permit(trip: Trip, batch: _Batch) -> AsyncIterator[Callable[[], None]]:
    """Wait for the host's turn, then for a slot and room for one more answer: who waits for a turn holds no slot."""
    door = batch.doors.place(trip.host) if trip.request.own else batch.doors.turn(trip.host)
    async with door as out, batch.slots:
        await batch.outbox.room()
        yield out


def _host_of(url: str) -> str:
    try:
        return yarl.URL(url).raw_host or "?"
    except ValueError:
        return "?"
