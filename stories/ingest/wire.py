"""One exchange over HTTP: what is sent, how much of the answer is read, and what every way of going wrong is called.

The session that all exchanges of a batch share is made here too. Redirects, turns and batches are fetch.py's matter.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urlencode, urljoin

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver

from .encodings import ACCEPTED, Unpacker, too_large
from .errors import Failure, Permanent
from .exchange import Policy, Request, Response
from .guard import guard_for
from .replies import connection_failure, kept_headers, status_failure, validator

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
# The redirects that ask for the same request again; any other would turn a POST into a GET.
_SAME_METHOD_REDIRECTS = frozenset({307, 308})
# Enough of an error page to tell a browser check from a plain refusal, and the seconds that it is worth.
_ERROR_BODY_BYTES = 16 * 1024
_ERROR_BODY_S = 3.0
# Small reads keep what is unread small; larger ones made no batch faster.
_READ_BYTES = 64 * 1024
# Sites send security headers well over aiohttp's 8 KB; more than its 128 headers nobody needs.
_MAX_HEADER_BYTES = 64 * 1024
MAX_URL = 4000

# Looks names up without a thread per name, so that a slow name server holds up nobody else's.
make_resolver: Callable[[], AbstractResolver] = aiohttp.AsyncResolver


@dataclass(slots=True)
class Trip:
    """One request on its way through redirects. `spent_s` leaves out the waiting for turns."""

    request: Request
    url: yarl.URL = field(default_factory=yarl.URL)
    permanent: bool = True
    hops: int = 0
    spent_s: float = 0.0
    started: float = 0.0

    @property
    def host(self) -> str:
        """The host's name in lower case, without the dot that may end it."""
        return (self.url.raw_host or "").rstrip(".")


@asynccontextmanager
async def session(policy: Policy) -> AsyncIterator[aiohttp.ClientSession]:
    """The client of one batch. Raises ValueError for a wrong `allow`."""
    resolver = make_resolver()
    connector = aiohttp.TCPConnector(
        # The limits are fetch.py's: the connector's own would count waiting time against the timeouts.
        limit=0,
        # An idle connection is read without bound: a server could fill our memory through one that it keeps open.
        force_close=True,
        socket_factory=guard_for(policy.allow).socket_factory(),
        resolver=resolver,
    )
    client = aiohttp.ClientSession(
        connector=connector,
        # The total is kept by hop(), over all redirects.
        timeout=aiohttp.ClientTimeout(total=None, connect=policy.connect_timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPTED, "Connection": "close"},
        # We unpack ourselves: aiohttp bounds no window, takes a broken-off answer for a whole one, and one layer only.
        auto_decompress=False,
        read_bufsize=_READ_BYTES,
        max_line_size=_MAX_HEADER_BYTES,
        max_field_size=_MAX_HEADER_BYTES,
        middlewares=(_once,),
        trace_configs=[_tracing()],
        trust_env=False,
    )
    try:
        async with client:
            yield client
    finally:
        await resolver.close()


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps aiohttp from asking a second time, past every turn, where a connection broke off."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error


def _tracing() -> aiohttp.TraceConfig:
    """Tells the request's own callback when it went out."""

    async def sent(
        _: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        context.trace_request_ctx()

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(sent)
    return tracing


async def hop(trip: Trip, client: aiohttp.ClientSession, policy: Policy, out: Callable[[], None]) -> Response | str:
    """One exchange: the response, or the address that it redirects to. `out` is called once the request went out."""
    try:
        # All hops share one budget; a hop that starts at its end still gets a moment to fail properly.
        async with asyncio.timeout(max(0.1, policy.total_timeout_s - trip.spent_s)):
            async with client.request(
                "POST" if trip.request.form else "GET",
                trip.url,
                headers=_headers(trip.request),
                data=urlencode(trip.request.form).encode() if trip.request.form else None,
                allow_redirects=False,
                trace_request_ctx=out,
            ) as reply:
                if reply.status in _REDIRECTS and reply.headers.get("Location"):
                    return _redirect(trip, reply)
                return await _response(trip, reply, policy)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise connection_failure(error, trip.host, policy.total_timeout_s) from error


def _redirect(trip: Trip, reply: aiohttp.ClientResponse) -> str:
    if trip.request.form and reply.status not in _SAME_METHOD_REDIRECTS:
        raise Permanent(f"{trip.host} redirects what we send to another address, where it would get lost")
    trip.permanent = trip.permanent and reply.status in _PERMANENT_REDIRECTS
    return urljoin(str(trip.url), reply.headers["Location"])


async def _response(trip: Trip, reply: aiohttp.ClientResponse, policy: Policy) -> Response:
    """Read an answer that is not a redirect; raises the failure for statuses other than 2xx and 304."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    if not (200 <= reply.status < 300 or (reply.status == 304 and _conditions(trip.request))):
        left_s = policy.total_timeout_s - trip.spent_s - (time.monotonic() - trip.started)
        start = await _start(reply, policy, trip.host, min(_ERROR_BODY_S, left_s / 2))
        raise status_failure(reply.status, trip.host, headers, start, datetime.now(UTC))
    body = b"" if reply.status == 304 else await _body(reply, policy.max_bytes, trip.host)
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


def _unpacker(reply: aiohttp.ClientResponse, limit: int, host: str) -> Unpacker:
    return Unpacker(",".join(reply.headers.getall("Content-Encoding", ())), limit, host)


async def _body(reply: aiohttp.ClientResponse, limit: int, host: str) -> bytes:
    """The whole body, unpacked; a Permanent failure where it, or its packing, is larger than `limit` bytes."""
    if (reply.content_length or 0) > limit:
        raise too_large(host, limit)
    unpacker = _unpacker(reply, limit, host)
    pieces: list[bytes] = []
    async for packed in reply.content.iter_chunked(_READ_BYTES):
        pieces.extend(unpacker.feed(packed))
    unpacker.finish()
    return b"".join(pieces)


async def _start(reply: aiohttp.ClientResponse, policy: Policy, host: str, seconds: float) -> bytes:
    """The first kilobytes of an error page, as far as they come: the status counts, whatever follows it."""
    start = b""
    try:
        async with asyncio.timeout(seconds):
            unpacker = _unpacker(reply, policy.max_bytes, host)
            async for packed in reply.content.iter_chunked(_READ_BYTES):
                for piece in unpacker.feed(packed):
                    start += piece
                    if len(start) >= _ERROR_BODY_BYTES:
                        return start[:_ERROR_BODY_BYTES]
    except (Failure, aiohttp.ClientError, TimeoutError, OSError):
        return start
    return start


def _conditions(request: Request) -> dict[str, str]:
    """The validators as headers. One with a line break came from no server, and sending it would forge a header."""
    conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in conditions.items() if value and value.isprintable()}


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept or "*/*", **_conditions(request)}
    if request.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return headers


def checked(url: str, policy: Policy) -> yarl.URL:
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
