"""For libraries that call `requests` themselves: within `line()` every connection that they make meets our rules.

The same guard as polling judges each address that is about to be connected to, after names were looked up. No redirect
is followed, no proxy and no password file of this machine is used, no certificate goes unchecked, an answer is read up
to a size, and all of it ends when its time is over. Outside of `line()`, and in other threads, nothing changes.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.guard import AddressRefusedError, Guard
from stories.ingest.replies import HttpPermanent, status_failure

# Connecting, and waiting for more of an answer, in seconds; a line as a whole has a time of its own.
_TIMES = (4.0, 8.0)
_ANSWER_BYTES = 64 * 1024


@dataclass(slots=True)
class Line:
    """What came of the requests made within: the last status, and the last failure if there was one."""

    guard: Guard
    status: int | None = None
    failure: Failure | None = None
    ended: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, sock: socket.socket) -> None:
        """Keep a second handle of a connection, by which it can be ended whatever is done with the first."""
        with self._lock:
            if self.ended:
                raise TimeoutError("the time is over")
            self._sockets.append(socket.socket(fileno=os.dup(sock.fileno())))

    def end(self) -> None:
        """Break off whatever is still connected, and connect no more."""
        with self._lock:
            self.ended = True
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
                sock.close()
            self._sockets.clear()

    def fails(self, failure: Failure) -> Failure:
        """Note a failure, which the library that asked may swallow."""
        self.failure = failure
        return failure


_LINE: ContextVar[Line | None] = ContextVar("line", default=None)


@contextmanager
def line(guard: Guard, seconds: float) -> Iterator[Line]:
    """Requests made within, in this thread, are ours: guarded, and over after so many seconds."""
    _arm()
    current = Line(guard)
    timer = threading.Timer(seconds, current.end)
    timer.daemon = True
    token = _LINE.set(current)
    timer.start()
    try:
        yield current
    finally:
        timer.cancel()
        _LINE.reset(token)
        current.end()


def _arm() -> None:
    """Give `requests` our session, once; outside of a line it is the library's own in every respect."""
    if requests.sessions.Session is not _Session:
        requests.sessions.Session = requests.Session = _Session  # type: ignore[misc]


class _Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        if _LINE.get() is not None:
            self.trust_env = False
            self.mount("https://", _Adapter())
            self.mount("http://", _Adapter())


class _Connecting(HTTPConnection):
    """A connection whose every address is judged before the socket is made."""

    def _new_conn(self) -> socket.socket:
        current = _LINE.get()
        if current is None:
            raise NewConnectionError(self, "not within a line")
        try:
            return _connected(current, self._dns_host, self.port)
        except OSError as error:
            raise NewConnectionError(self, f"no connection: {error}") from error


class _ConnectingSafely(_Connecting, HTTPSConnection):
    """The same under TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connecting


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _ConnectingSafely


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """One exchange; of what the caller wished for only the request itself counts."""
        current = _LINE.get()
        if current is None:
            raise requests.ConnectionError("not within a line")
        host = urlsplit(str(request.url)).hostname or ""
        started = time.monotonic()
        try:
            response = super().send(request, stream=True, timeout=_TIMES, verify=True, cert=None, proxies=None)
            body = response.raw.read(_ANSWER_BYTES, decode_content=True)
        except (requests.RequestException, HTTPError, OSError) as error:
            if current.failure is None or isinstance(current.failure, Temporary):
                current.fails(_silence(host, current, time.monotonic() - started))
            raise requests.ConnectionError(f"no answer from {host}") from error
        response._content, response._content_consumed = body, True
        response.close()
        _note(current, host, response)
        return response


def _note(current: Line, host: str, response: requests.Response) -> None:
    status = current.status = response.status_code
    if 300 <= status < 400:
        sentence = f"{host} redirects to another address, and redirects are not followed (HTTP {status})"
        current.fails(HttpPermanent(sentence, status=status))
        raise requests.TooManyRedirects("redirects are not followed", response=response)
    if not 200 <= status < 300:
        headers = {name.lower(): value for name, value in response.headers.items()}
        current.fails(status_failure(status, host, headers, b"", datetime.now(UTC)))


def _silence(host: str, current: Line, took_s: float) -> Failure:
    if current.ended or took_s >= min(_TIMES):
        return Temporary(f"{host} did not answer in full in time")
    return Temporary(f"{host} could not be reached, or broke off the connection")


def _connected(current: Line, host: str, port: int | None) -> socket.socket:
    """A socket to the first of the host's addresses that is allowed and answers. Raises OSError."""
    refused: AddressRefusedError | None = None
    failed: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        numeric = str(address[0])
        if why := current.guard.refusal(numeric, int(address[1])):
            refused = AddressRefusedError(numeric, why)
            continue
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_TIMES[0])
            sock.connect(address)
            current.hold(sock)
        except OSError as error:
            sock.close()
            failed = error
            continue
        return sock
    if refused is not None and failed is None:
        current.fails(Permanent(f"The address of {host} is not allowed: {refused.why}"))
        raise refused
    raise failed or OSError("the name has no address")
