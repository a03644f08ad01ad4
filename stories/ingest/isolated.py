"""Hostile documents are parsed in a child process that can be killed: bounded in time and memory, whatever they hold.

It decides nothing about feeds, pages, lists or logos: results and failures are those of feeds.parse, extract.extract,
opml.read and logos.render, and a document that breaks its bounds is a Permanent failure with a sentence. Each process
has one child of its own, started when first needed and replaced when it dies; the documents waiting behind one that
killed it go to its successor.

    future = isolated.submit_feed(body, url=url, headers=headers, now=now)   # parsed while the caller fetches or stores
    parsed = future.result()                                                # or raises Permanent or Temporary

Why not a process pool of a library: multiprocessing, and so pebble (5.2.3 was tried), refuses to start a process in a
Celery prefork child ("daemonic processes are not allowed to have children"), runs the host's main module again in each
child, and leaves a busy child running when the parent is killed. The child here is a plain subprocess; its time limit
is an alarm in the kernel that the child sets before each document, so that nobody has to watch it. A round trip adds
0.3 ms to a small feed and some 2 ms to one of 200 KB, of the parent's own time 0.2 and 0.5 ms.

Why 10 s: on a slow core the slowest of 5,500 test feeds and real news feeds takes 0.2 s, the slowest of 181 news pages
1.7 s. What takes so many times as long was made to.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .isolated_child import Child, Work

if TYPE_CHECKING:
    from .extract import Extracted
    from .feeds import ParsedFeed
    from .opml import Outline

__all__ = [
    "FEED_SECONDS",
    "LIST_SECONDS",
    "LOGO_SECONDS",
    "PAGE_SECONDS",
    "close",
    "feed",
    "logo",
    "outlines",
    "page",
    "submit_feed",
    "submit_page",
]

FEED_SECONDS = 10.0
PAGE_SECONDS = 10.0
LIST_SECONDS = 10.0
# The largest picture that is decoded, 16 million pixels of noise in WebP, takes 0.9 s.
LOGO_SECONDS = 10.0


def feed(body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    """feeds.parse in the child. Raises Permanent or Temporary; Permanent also after FEED_SECONDS."""
    return submit_feed(body, url=url, headers=headers, now=now).result()


def page(body: bytes, *, url: str, content_type: str = "", now: datetime) -> Extracted:
    """extract.extract in the child. Raises Permanent or Temporary; Permanent also after PAGE_SECONDS."""
    return submit_page(body, url=url, content_type=content_type, now=now).result()


def outlines(body: bytes) -> list[Outline]:
    """opml.read in the child. Raises Permanent or Temporary; Permanent also after LIST_SECONDS."""
    found: list[Outline] = _submit("list", LIST_SECONDS, body, {}).result()
    return found


def logo(body: bytes) -> tuple[bytes, int, int]:
    """logos.render in the child. Raises Permanent or Temporary; Permanent also after LOGO_SECONDS."""
    made: tuple[bytes, int, int] = _submit("picture", LOGO_SECONDS, body, {}).result()
    return made


def submit_feed(body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> Future[ParsedFeed]:
    """The feed-to-be, parsed after what was submitted before it; the future raises as `feed` does."""
    return _submit("feed", FEED_SECONDS, body, {"url": url, "headers": dict(headers), "now": now})


def submit_page(body: bytes, *, url: str, content_type: str = "", now: datetime) -> Future[Extracted]:
    """The article-to-be, extracted after what was submitted before it; the future raises as `page` does."""
    return _submit("page", PAGE_SECONDS, body, {"url": url, "content_type": content_type, "now": now})


def close() -> None:
    """End this process's child; what still waits is cancelled. The next document starts another."""
    with _here.lock:
        queue, _here.queue = _here.queue, None
    if queue is not None:
        queue.close()


def _submit(kind: str, seconds: float, body: bytes, arguments: dict[str, Any]) -> Future[Any]:
    job = _Job(Work(kind, seconds, body, arguments), Future())
    with _here.lock:
        _here.queue = _here.queue or _Queue()
        _here.queue.put(job)
    return job.future


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    future: Future[Any]


class _Queue:
    """Jobs in their order, and the thread that takes them to the child one by one.

    The thread starts the child and lives as long as the queue: the kernel takes a child's parent for gone when the
    thread that started it has ended.
    """

    def __init__(self) -> None:
        self.child: Child | None = None
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="isolated", daemon=True)
        self._thread.start()

    def put(self, job: _Job) -> None:
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def close(self) -> None:
        """Cancel what waits, kill the child, and wait for both to be over."""
        with self._changed:
            self._closed = True
            waiting, self._jobs = self._jobs, deque()
            self._changed.notify()
            child = self.child
        for job in waiting:
            job.future.cancel()
        if child is not None:
            child.kill()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        while job := self._next():
            if not job.future.set_running_or_notify_cancel():
                continue
            try:
                job.future.set_result(self._done(job.work))
            except BaseException as error:
                job.future.set_exception(error)
        if self.child is not None:
            self.child.end()

    def _next(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            return None if self._closed else self._jobs.popleft()

    def _done(self, work: Work) -> Any:
        """What the child makes of it; a child that has died or retires is replaced when the next job comes."""
        child = self.child = self.child or Child()
        try:
            return child.read(work)
        finally:
            if child.spent:
                self.child = None
                child.end()


class _Here:
    """What this process has: one queue once there was something to read."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.queue: _Queue | None = None

    def forked(self) -> None:
        """A forked process has neither its parent's thread nor its child, only their pipes, to be let go of."""
        if self.queue is not None and self.queue.child is not None:
            self.queue.child.forget()
        self.lock, self.queue = threading.Lock(), None


_here = _Here()
os.register_at_fork(after_in_child=_here.forked)
atexit.register(close)
