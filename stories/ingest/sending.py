"""Sending to addresses that people gave us: bytes out, a status back, many at once. The way out of the channels.

The same guard, session and judgement of addresses as polling has. It follows no redirect, since what we send would end
elsewhere than its owner said, and it reads next to nothing of an answer, whatever is sent: only the status counts.
It retries nothing and remembers nothing between batches.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import yarl

from . import relay
from .errors import Failure, Permanent, Temporary
from .exchange import Policy
from .guard import guard_for
from .pace import STRIKES, NotAsked
from .replies import HttpPermanent, connection_failure, status_failure
from .wire import checked, session

log = logging.getLogger(__name__)

TOTAL_S = 10.0
CONCURRENCY = 32
PER_HOST = 4
# So much of an answer is read, for so long, that a server is not cut off in the middle of a short one.
# A host that did not answer is left alone for so long.
SILENT_S = 60.0
ANSWER_BYTES = 4096
# While more outcomes than this are not taken nothing new begins: whoever takes them writes them down.
AHEAD = 8
ANSWER_S = 1.0


@dataclass(frozen=True, slots=True)
class Post:
    """What goes to one address."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer of success: the status, 200 to 299, and the seconds that it took."""

    status: int
    elapsed_s: float


Outcome = tuple[int, Taken | Failure]


@dataclass(slots=True)
class _Batch:
    client: aiohttp.ClientSession
    policy: Policy
    outbox: relay.Outbox[Outcome]
    begin_by: float
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENCY))
    hosts: dict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(PER_HOST))
    )
    # Requests in a row that a host gave no answer to at all.
    strikes: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def post_as_done(posts: Sequence[Post], policy: Policy, *, begin_within_s: float) -> Generator[Outcome, None, None]:
    """Send all of them; yields each outcome with its index, once it is there.

    Nothing is raised for a single one: what goes wrong is its outcome. A 5xx, 408, 425 and 429, a broken connection and
    a timeout are Temporary, any other status Permanent, and so is an address that the guard refuses. What could not be
    begun within `begin_within_s` seconds, or is for a host that gave no answer STRIKES times in a row, is NotAsked.
    Raises ValueError for a wrong `policy.allow`.
    """
    guard_for(policy.allow)
    return _as_done(list(posts), policy, begin_within_s)


def _as_done(posts: Sequence[Post], policy: Policy, begin_within_s: float) -> Generator[Outcome, None, None]:
    async def work(outbox: relay.Outbox[Outcome]) -> None:
        async with session(policy) as client:
            batch = _Batch(client, policy, outbox, time.monotonic() + begin_within_s)
            async with asyncio.TaskGroup() as group:
                for index, post in enumerate(posts):
                    group.create_task(_settle(index, post, batch))

    outcomes = relay.stream(work, weigh=lambda _: relay.UNTAKEN // AHEAD)
    with closing(outcomes):
        for outcome in outcomes:
            if outcome is not None:
                yield outcome


async def _settle(index: int, post: Post, batch: _Batch) -> None:
    outcome: Taken | Failure
    try:
        outcome = await _in_turn(post, batch)
    except Failure as failure:
        outcome = failure
    except Exception as error:
        # A fault of ours must cost one message a delay, not the batch; the address may hold a secret and is not logged.
        log.exception("sending failed in an unforeseen way")
        outcome = Temporary(f"The message could not be sent ({type(error).__name__})")
    batch.outbox.put((index, outcome))


async def _in_turn(post: Post, batch: _Batch) -> Taken:
    """Wait for a place at the host and one of the batch's slots, then send; the host's strikes are kept."""
    url = checked(post.url, batch.policy)
    host = (url.raw_host or "").rstrip(".")
    async with batch.hosts[host], batch.slots:
        await batch.outbox.room()
        if time.monotonic() > batch.begin_by:
            raise NotAsked("Not sent yet: others were slow to take theirs")
        if batch.strikes[host] >= STRIKES:
            raise NotAsked(f"Not sent yet: a moment ago {host} did not answer", retry_after_s=SILENT_S)
        started = time.monotonic()
        try:
            taken = await _send(post, url, host, batch)
        except Failure as failure:
            failure.elapsed_s = time.monotonic() - started
            unanswered = isinstance(failure, Temporary) and getattr(failure, "status", None) is None
            batch.strikes[host] = batch.strikes[host] + 1 if unanswered else 0
            raise
        batch.strikes[host] = 0
        return taken


async def _send(post: Post, url: yarl.URL, host: str, batch: _Batch) -> Taken:
    started = time.monotonic()
    try:
        async with asyncio.timeout(batch.policy.total_timeout_s):
            async with batch.client.post(
                url, data=post.body, headers=post.headers, allow_redirects=False, trace_request_ctx=lambda: None
            ) as reply:
                await _finish_reading(reply)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise connection_failure(error, host, batch.policy.total_timeout_s) from error
    if 200 <= reply.status < 300:
        return Taken(reply.status, time.monotonic() - started)
    raise _failure(reply.status, host, reply.headers)


def _failure(status: int, host: str, headers: Mapping[str, str]) -> Failure:
    if 300 <= status < 400:
        sentence = f"{host} redirects to another address, and redirects are not followed (HTTP {status})"
        return HttpPermanent(sentence, status=status)
    if status < 200:
        return Permanent(f"{host} answered with HTTP {status}, which ends nothing")
    lower = {name.lower(): value for name, value in headers.items()}
    return status_failure(status, host, lower, b"", datetime.now(UTC))


async def _finish_reading(reply: aiohttp.ClientResponse) -> None:
    """Take a short answer whole; a long or slow one is left where it is."""
    try:
        async with asyncio.timeout(ANSWER_S):
            left = ANSWER_BYTES
            while left > 0 and (piece := await reply.content.read(left)):
                left -= len(piece)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return
