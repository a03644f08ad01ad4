"""A web of one server on 127.0.0.1 for the tests: routes are functions that write raw bytes, requests are recorded.

It is one of the two seams where the tests use a fake. The real sockets and the real HTTP client are on our side of it.
"""

from __future__ import annotations

import contextlib
import itertools
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Route = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request with its header bytes as received, and the socket to answer on. `at` is a monotonic time in seconds."""

    path: str
    head: bytes
    wfile: Any
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)
    over: Callable[[], object] = field(default=lambda: None)

    @property
    def method(self) -> str:
        return self.head.split(b" ")[0].decode()

    def header(self, name: str) -> bytes | None:
        prefix = name.lower().encode() + b": "
        for line in self.head.split(b"\r\n"):
            if line.lower().startswith(prefix):
                return line[len(prefix) :]
        return None

    def send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def answer(self, status: int = 200, body: bytes = b"", **headers: str | bytes) -> None:
        lines = [b"HTTP/1.1 %d X" % status, b"Content-Length: %d" % len(body), b"Connection: close"]
        for name, value in headers.items():
            lines.append(
                name.replace("_", "-").encode() + b": " + (value.encode() if isinstance(value, str) else value)
            )
        # Whoever has the answer may ask again before this thread goes on.
        self.over()
        self.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)


@dataclass
class FakeWeb:
    """Routes by path; a path that is not there answers 404."""

    port: int = 0
    host: str = "127.0.0.1"
    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[Exchange] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    @property
    def allow(self) -> tuple[str, ...]:
        return (f"{self.host}:{self.port}",)

    def gaps(self) -> list[float]:
        """Seconds from each request to the next, in the order in which they came."""
        times = sorted(exchange.at for exchange in self.seen)
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def serve(self, path: str, status: int = 200, body: bytes = b"", **headers: str | bytes) -> str:
        """Answer `path` always alike; returns its URL."""
        self.routes[path] = lambda exchange: exchange.answer(status, body, **headers)
        return self.url(path)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


@contextlib.contextmanager
def running(host: str = "127.0.0.1", port: int = 0) -> Iterator[FakeWeb]:
    web = FakeWeb(host=host)

    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        def handle(self) -> None:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline(65536)
                if not line:
                    return
                head += line
            exchange = Exchange(head.split(b" ")[1].decode(), head, self.wfile)
            if length := exchange.header("content-length"):
                exchange.body = self.rfile.read(int(length))
            with web.lock:
                web.seen.append(exchange)
                web.open.add(id(exchange))
                web.most_at_once = max(web.most_at_once, len(web.open))
            exchange.over = lambda: web.open.discard(id(exchange))
            try:
                route = web.routes.get(exchange.path, lambda e: e.answer(404, b"nothing"))
                with contextlib.suppress(OSError):
                    route(exchange)
            finally:
                exchange.over()

    server = _Server((host, port), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
