"""From an event loop in a thread of its own to a plain generator: what the loop finishes, the caller gets at once.

It knows nothing of what is handed over. It keeps no thread, socket or task beyond the generator's life, and it keeps
the loop from piling up more than the caller takes.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# What may lie finished and untaken, in the weigher's unit (bytes), before the loop begins nothing new: a few answers of
# the largest size, or thousands of the usual one.
UNTAKEN = 32 * 1024 * 1024


class Outbox(Generic[T]):
    """The loop's end: put() hands over, room() waits while too much lies untaken. For the loop's own thread only."""

    def __init__(self, hand_over: Callable[[T], None], weigh: Callable[[T], int], limit: int = UNTAKEN) -> None:
        self._hand_over = hand_over
        self._weigh = weigh
        self._limit = limit
        self._untaken = 0
        self._room = asyncio.Event()
        self._room.set()

    def put(self, item: T) -> None:
        """Hand one thing over; never waits."""
        self._untaken += self._weigh(item)
        if self._untaken > self._limit:
            self._room.clear()
        self._hand_over(item)

    def taken(self, item: T) -> None:
        """The caller took it."""
        self._untaken -= self._weigh(item)
        if self._untaken <= self._limit:
            self._room.set()

    async def room(self) -> None:
        """Wait until something new may be begun."""
        await self._room.wait()


Work = Callable[[Outbox[T]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class _End:
    """The loop is over, well or with an error."""

    error: BaseException | None


class _LoopThread(threading.Thread, Generic[T]):
    """Runs the work to its end or until stop(); the last thing in the queue is always an _End."""

    def __init__(self, work: Work[T], weigh: Callable[[T], int]) -> None:
        super().__init__(name="ingest-relay", daemon=True)
        self.queue: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        self._work = work
        self._weigh = weigh
        self._begun = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._outbox: Outbox[T] | None = None

    def run(self) -> None:
        error: BaseException | None = None
        try:
            asyncio.run(self._main())
        except BaseException as caught:
            error = caught
        finally:
            self._begun.set()
            self.queue.put(_End(error))

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._outbox = Outbox(self.queue.put, self._weigh)
        self._begun.set()
        await self._work(self._outbox)

    def taken(self, item: T) -> None:
        if self._outbox is not None:
            self._in_loop(self._outbox.taken, item)

    def stop(self) -> None:
        """Cancel what is under way and wait until the loop is closed; nothing to do where it is over already."""
        self._begun.wait()
        if self._task is not None:
            self._in_loop(self._task.cancel)
        self.join()

    def _in_loop(self, call: Callable[..., object], *args: object) -> None:
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:
            # The loop is closed: nobody is left there to be told.
            return


def stream(work: Work[T], weigh: Callable[[T], int], tick_s: float | None = None) -> Generator[T | None, None, None]:
    """Run `work` in a loop of its own and yield what it puts in its outbox, as it comes.

    With `tick_s`, None comes whenever nothing else did for so many seconds. The thread starts with the first item asked
    for and has ended when the generator has, whichever way that came about. Raises what `work` raised.
    """
    thread = _LoopThread(work, weigh)
    thread.start()
    try:
        while True:
            try:
                item = thread.queue.get(timeout=tick_s)
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            thread.taken(item)
            yield item
    finally:
        thread.stop()
