"""The only socket of the ingest room: a batch of addresses in, a batch of answers or failures out.

One asyncio batch with a limit per host and one overall. It sends no cookies and no referrer, gives validators back byte
for byte, follows redirects itself so that every hop meets the same rules, and stops at a number of decoded bytes and of
seconds whatever the server does. It parses nothing, retries nothing and remembers nothing between batches.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin

import aiohttp
import yarl

from .errors import Failure, Permanent, Temporary
from .exchange import ACCEPT_FEED, ACCEPT_PAGE, Policy, Request, Response
from .guard import guard_for
from .replies import HttpPermanent, HttpTemporary, connection_failure, kept_headers, status_failure, validator

__all__ = [
    "ACCEPT_FEED",
    "ACCEPT_PAGE",
    "HttpPermanent",
    "HttpTemporary",
    "Policy",
    "Request",
    "Response",
    "fetch_many",
    "fetch_many_blocking",
    "fetch_one",
]

log = logging.getLogger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
# Enough of an error page to tell a browser check from a plain refusal.
_ERROR_BODY_BYTES = 16 * 1024
# Small reads keep the decoder from running far ahead of the byte limit; larger ones made no batch faster.
_READ_BYTES = 64 * 1024
# Sites send security headers well over aiohttp's 8 KB.
_MAX_HEADER_BYTES = 64 * 1024
MAX_URL = 4000


@dataclass(slots=True)
class _Batch:
    """What the fetches of one batch share."""

    session: aiohttp.ClientSession
    policy: Policy
    slots: asyncio.Semaphore
    hosts: dict[str, asyncio.Semaphore] = field(default_factory=dict)


@dataclass(slots=True)
class _Trip:
    """One request on its way through redirects."""

    request: Request
    url: yarl.URL
    permanent: bool = True
    hops: int = 0
    spent_s: float = 0.0
    started: float = 0.0


async def fetch_many(requests: Sequence[Request], policy: Policy) -> list[Response | Failure]:
    """Fetch all of them at once within the policy's limits; answers in the order of the requests.

    Nothing is raised for a single request: what goes wrong is its answer. Raises ValueError for a wrong `allow`.
    """
    timeout = aiohttp.ClientTimeout(total=policy.total_timeout_s, connect=policy.connect_timeout_s)
    # The limits are the semaphores: the connector's own would count waiting time against the timeouts.
    connector = aiohttp.TCPConnector(limit=0, socket_factory=guard_for(policy.allow).socket_factory())
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": policy.user_agent, "Accept-Encoding": "gzip, deflate"},
        read_bufsize=_READ_BYTES,
        max_line_size=_MAX_HEADER_BYTES,
        max_field_size=_MAX_HEADER_BYTES,
        trust_env=False,
    ) as session:
        slots = asyncio.Semaphore(policy.concurrency)
        per_host: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(policy.per_host))
        batch = _Batch(session, policy, slots, per_host)
        return list(await asyncio.gather(*(_answer(request, batch) for request in requests)))


def fetch_many_blocking(requests: Sequence[Request], policy: Policy) -> list[Response | Failure]:
    """fetch_many for callers without an event loop."""
    return asyncio.run(fetch_many(requests, policy))


def fetch_one(request: Request, policy: Policy) -> Response:
    """Fetch one address; raises the Failure instead of returning it."""
    answer = fetch_many_blocking([request], policy)[0]
    if isinstance(answer, Failure):
        raise answer
    return answer


async def _answer(request: Request, batch: _Batch) -> Response | Failure:
    try:
        return await _travel(request, batch)
    except Failure as failure:
        return failure
    except Exception as error:
        # A fault of ours must cost one answer, not the batch; the log keeps what the operator's sentence leaves out.
        log.exception("fetching failed in an unforeseen way: %s", _host_of(request.url))
        return Temporary(f"The address could not be fetched ({type(error).__name__})")


async def _travel(request: Request, batch: _Batch) -> Response:
    """Follow the redirects of one request; every hop is judged like the first and waits for its own host's turn."""
    trip = _Trip(request, _checked(request.url, batch.policy))
    while True:
        host = trip.url.raw_host or ""
        async with batch.hosts[host], batch.slots:
            trip.started = time.monotonic()
            answer = await _hop(trip, batch)
            trip.spent_s += time.monotonic() - trip.started
        if isinstance(answer, Response):
            return answer
        trip.hops += 1
        if trip.hops > batch.policy.max_redirects:
            raise Permanent(f"{host} redirects more than {batch.policy.max_redirects} times")
        trip.url = _checked(urljoin(str(trip.url), answer), batch.policy)


async def _hop(trip: _Trip, batch: _Batch) -> Response | str:
    """One exchange: the response, or the address that it redirects to."""
    host = trip.url.raw_host or ""
    try:
        # All hops share one budget; a hop that starts at its end still gets a moment to fail properly.
        async with asyncio.timeout(max(0.1, batch.policy.total_timeout_s - trip.spent_s)):
            async with batch.session.get(trip.url, headers=_headers(trip.request), allow_redirects=False) as reply:
                if reply.status in _REDIRECTS and reply.headers.get("Location"):
                    trip.permanent = trip.permanent and reply.status in _PERMANENT_REDIRECTS
                    return reply.headers["Location"]
                return await _response(trip, reply, batch.policy, host)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise connection_failure(error, host, batch.policy.total_timeout_s) from error


async def _response(trip: _Trip, reply: aiohttp.ClientResponse, policy: Policy, host: str) -> Response:
    """Read an answer that is not a redirect; raises the failure for statuses other than 2xx and 304."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    conditional = len(_headers(trip.request)) > 1
    if not (200 <= reply.status < 300 or (reply.status == 304 and conditional)):
        start = await _read(reply, _ERROR_BODY_BYTES, host, cut=True)
        raise status_failure(reply.status, host, headers, start, datetime.now(UTC))
    body = b"" if reply.status == 304 else await _read(reply, policy.max_bytes, host)
    return Response(
        url=trip.request.url,
        final_url=str(trip.url),
        status=reply.status,
        body=body,
        headers=kept_headers(reply.headers),
        etag=validator(reply.raw_headers, b"etag"),
        last_modified=validator(reply.raw_headers, b"last-modified"),
        permanent_url=str(trip.url) if trip.hops and trip.permanent else "",
        elapsed_s=trip.spent_s + time.monotonic() - trip.started,
    )


async def _read(reply: aiohttp.ClientResponse, limit: int, host: str, *, cut: bool = False) -> bytes:
    """The decoded body up to `limit` bytes. Beyond it: the start alone if `cut`, else a Permanent failure.

    Reading by chunks is what keeps a compression bomb or an endless body small: the whole-body read of aiohttp holds
    all of it, and its total timeout does not fire while it decodes.
    """
    pieces: list[bytes] = []
    size = 0
    async for piece in reply.content.iter_chunked(_READ_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            reply.close()
            if cut:
                break
            raise Permanent(f"The answer of {host} is larger than {limit / 2**20:g} MB and was not read to its end")
    return b"".join(pieces)


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept or "*/*"}
    # A validator with a line break cannot have come from a server; sending it would forge a header.
    if request.etag.isprintable() and request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified.isprintable() and request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def _checked(url: str, policy: Policy) -> yarl.URL:
    """The URL ready to send, or a Permanent failure: http and https only, no port that the guard would refuse."""
    try:
        parsed = yarl.URL(url.strip()).with_fragment(None)
        port, host = parsed.port, parsed.raw_host
    except (ValueError, UnicodeError, TypeError) as error:
        raise Permanent("This is not an address that can be fetched") from error
    if parsed.scheme not in ("http", "https"):
        raise Permanent("Only addresses that begin with http:// or https:// can be fetched")
    if not host or len(url) > MAX_URL:
        raise Permanent("This is not an address that can be fetched")
    if port is None or not guard_for(policy.allow).could_allow_port(port):
        raise Permanent(f"The address of {host} is not allowed: port {port} is not one of the web's ports, 80 and 443")
    return parsed


def _host_of(url: str) -> str:
    try:
        return yarl.URL(url).raw_host or "?"
    except ValueError:
        return "?"
