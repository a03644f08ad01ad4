"""Article pages, asked for politely: whose turn it is, what robots.txt allows, and no host asked twice at once.

What it hands back is bytes or a reason; what a page holds is for others. Pages of the demo world are our own server's
and need no turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings

from stories.ingest import fetch, links, robots
from stories.ingest.errors import Failure, Permanent
from stories.models import Host
from stories.services import hosts
from stories.services.hosts import Held, Later
from stories.services.outside import policy

__all__ = ["Later", "pages"]

Result = fetch.Response | Failure | Later
# How often the hosts that we hold are thought of while nothing arrives.
TICK_S = 2.0
DAY_S = 86400


def pages(requests: Sequence[fetch.Request], clock: Callable[[], datetime]) -> Iterator[tuple[int, Result]]:
    """The answers by the index of their request, as they come.

    Later where a host is busy, rests, or has no turn left for this batch; Permanent where robots.txt forbids the page.
    """
    names = [links.host(request.url) for request in requests]
    held = hosts.hold(
        {name for name, request in zip(names, requests, strict=True) if not request.own}, clock(), crawling=True
    )
    try:
        # First the pages of hosts whose robots.txt we know, and what robots.txt we don't know; then the others.
        unread = defaultdict(list)
        ready: list[int] = []
        for index, (name, request) in enumerate(zip(names, requests, strict=True)):
            if request.own or name in held.refused or not robots.due(_known(held.turns[name].host), clock()):
                ready.append(index)
            else:
                unread[name].append(index)
        yield from _round(held, requests, names, ready, list(unread), clock)
        yield from _round(held, requests, names, [index for same in unread.values() for index in same], [], clock)
    finally:
        hosts.release(held, list(held.turns), clock())


def _round(
    held: Held,
    requests: Sequence[fetch.Request],
    names: Sequence[str],
    indices: Sequence[int],
    unread: Sequence[str],
    clock: Callable[[], datetime],
) -> Iterator[tuple[int, Result]]:
    """Ask for the robots.txt of the `unread` hosts and for the pages of `indices` in one batch."""
    asked: list[tuple[int | None, str, fetch.Request]] = []
    for name in unread:
        held.take(name, clock())
        origin = next(request.url for host, request in zip(names, requests, strict=True) if host == name)
        asked.append((None, name, fetch.Request(robots.address(origin), accept="text/plain, */*;q=0.8")))
    for index in indices:
        name, request = names[index], requests[index]
        refusal = None if request.own else _forbidden(held, name, request.url, clock()) or held.take(name, clock())
        if refusal is None:
            asked.append((index, "" if request.own else name, request))
        else:
            yield index, refusal
    for number, answer in fetch.fetch_as_done(
        [request for _, _, request in asked], policy(), held.paces(), tick_s=TICK_S
    ):
        if number is not None and answer is not None:
            place, name, _ = asked[number]
            if name:
                held.hear(name, answer)
            if place is not None:
                yield place, _unasked(answer, clock()) if isinstance(answer, fetch.NotAsked) else answer
            elif not isinstance(answer, fetch.NotAsked):
                _learn(held, name, answer, clock())
        hosts.renew(held, clock())
        hosts.release(held, [name for name in held.done() if name not in unread], clock())


def _unasked(answer: fetch.NotAsked, now: datetime) -> Later:
    """Its host sent others of this batch away: the page is as it was, and its turn comes later."""
    wait = max(hosts.BUSY_S, min(answer.retry_after_s or 0, DAY_S))
    return Later(now + timedelta(seconds=wait), answer.reason)


def _forbidden(held: Held, name: str, url: str, now: datetime) -> Failure | Later | None:
    """Why we may not ask for a page now, or at all."""
    if name in held.refused:
        return held.refused[name]
    verdict = robots.verdict(_known(held.turns[name].host), url, settings.USER_AGENT, now)
    if verdict.allowed:
        return None
    return Later(verdict.wait_until, verdict.reason) if verdict.wait_until else Permanent(verdict.reason)


def _learn(held: Held, name: str, answer: fetch.Response | Failure, now: datetime) -> None:
    """Keep a host's robots.txt, or that it could not be read, and go by it from here on."""
    host = held.turns[name].host
    known = robots.learnt(_known(host), answer, now)
    host.robots, host.robots_state = known.text, known.state
    host.robots_at, host.robots_tried_at = known.at, known.tried_at
    host.save(update_fields=["robots", "robots_state", "robots_at", "robots_tried_at"])
    hosts.reckon(held, name, now)


def _known(host: Host) -> robots.Known:
    return robots.Known(cast(robots.State, host.robots_state), host.robots, host.robots_at, host.robots_tried_at)
