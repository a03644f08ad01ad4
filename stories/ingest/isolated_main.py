"""The child process that isolated.py starts: it parses what it is handed, one document at a time, and is expendable.

It opens no socket and no database, is given no secret, and trusts nobody but its parent. The kernel ends it: by an
alarm where a document takes too long (no Python code need run for that), by a limit where it takes too much memory,
and with its parent, whatever ends the parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import Failure

MIB = 2**20
# On top of what the interpreter and its libraries take (some 50 MB in use). Of feeds of 10 MB, the fetcher's limit, the
# costliest that was found takes 195 MB, of pages of 5 MB 155 MB.
ALLOWANCE = 320 * MIB
# A child that has kept this much of what documents made it take makes room for a fresh one: each document is to meet
# nearly the whole allowance, and no leak of a library may add up.
RETIRE_GROWTH = 128 * MIB
RETIRE_JOBS = 2000

# What can be asked for: the module of this package and its function.
READERS = {
    "feed": ("feeds", "parse"),
    "page": ("extract", "extract"),
    "list": ("opml", "read"),
    "picture": ("logos", "render"),
}

# What the child says first, and before each answer.
READY, STAYING, RETIRING = b"ready", b"+", b"-"

_LENGTH = struct.Struct(">Q")
_PR_SET_PDEATHSIG = 1


def send(pipe: io.FileIO, message: bytes) -> None:
    """Write one message with its length before it."""
    rest = memoryview(_LENGTH.pack(len(message)) + message)
    while rest:
        rest = rest[pipe.write(rest) :]


def receive(pipe: io.FileIO, at_most: int) -> bytes | None:
    """Read one message; None where the other side has ended, or announces more than `at_most` bytes."""
    head = _read(pipe, _LENGTH.size)
    length = _LENGTH.unpack(head)[0] if head else at_most + 1
    return _read(pipe, length) if length <= at_most else None


def _read(pipe: io.FileIO, length: int) -> bytes | None:
    """Exactly so many bytes, or None where fewer came."""
    buffer = bytearray(length)
    rest = memoryview(buffer)
    while rest:
        count = pipe.readinto(rest)
        if not count:
            return None
        rest = rest[count:]
    return bytes(buffer)


def main() -> None:
    """Answer requests until the parent closes the pipe. The one argument is the parent's process id."""
    requests, replies = io.FileIO(os.dup(0), "r"), io.FileIO(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not get between the replies
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _obey(int(sys.argv[1]))
    shelf = _Shelf()
    shelf.reader("feed")
    send(replies, READY)
    for job in range(1, RETIRE_JOBS + 1):
        request = receive(requests, sys.maxsize)
        if request is None:
            return
        kind, seconds, body, arguments = pickle.loads(request)  # noqa: S301 the parent's own
        answer = _answer(shelf.reader(kind), seconds, body, arguments)
        del request, body
        retires = job == RETIRE_JOBS or shelf.growth() > RETIRE_GROWTH
        send(replies, (RETIRING if retires else STAYING) + answer)
        if retires:
            return


class _Shelf:
    """The readers at hand, loaded when first asked for, and the memory limit, which libraries do not count towards."""

    def __init__(self) -> None:
        self._readers: dict[str, Callable[..., Any]] = {}
        self._own = _address_space()

    def reader(self, kind: str) -> Callable[..., Any]:
        """The function that reads this kind of document."""
        if kind not in self._readers:
            self._limit(resource.RLIM_INFINITY)
            before = _address_space()
            module, function = READERS[kind]
            self._readers[kind] = getattr(importlib.import_module(f".{module}", __package__), function)
            self._own += _address_space() - before
            self._limit(self._own + ALLOWANCE)
        return self._readers[kind]

    def growth(self) -> int:
        """Bytes that documents have left behind."""
        return _address_space() - self._own

    @staticmethod
    def _limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))


def _obey(parent: int) -> None:
    """Leave interruptions to the parent, die with it, and leave no core file behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # a parent's thread may block signals, and blocks are inherited
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # Elsewhere a busy child outlives a killed parent until its alarm, an idle one until it sees the pipe closed.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The parent is gone")


def _answer(read: Callable[..., Any], seconds: float, body: bytes, arguments: dict[str, Any]) -> bytes:
    """Do one job; what comes back is a pickle of ("result", value) or of why there is none."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        reply = _packed(("result", read(body, **arguments)))
    except Failure as failure:
        reply = _packed(("failure", type(failure), vars(failure)))
    except MemoryError:
        reply = _packed(("memory",))
    except Exception as error:
        reply = _packed(("fault", type(error).__name__, traceback.format_exc(limit=-10)[-4000:]))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return reply


def _packed(value: tuple[Any, ...]) -> bytes:
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def _address_space() -> int:
    """Bytes of address space in use, the figure that the limit is about; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    main()
