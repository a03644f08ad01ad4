"""The parent's side of a child process: how it is started, asked, judged when it dies, and not believed too much.

It parses nothing itself; what the child runs is isolated_main.py, and who asks it is isolated.py.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import pickle
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, cast

from .errors import Failure, Permanent, Temporary
from .isolated_main import READY, RETIRING, receive, send

log = logging.getLogger(__name__)

# Starting takes 0.2 s; on a machine that needs this long nothing else works either.
START_SECONDS = 60.0
# The child's own alarm comes first by far; this is for a child that somebody stopped (SIGSTOP).
GRACE_SECONDS = 20.0
# Ten times the largest body that is fetched.
MAX_REPLY = 100 * 2**20

_ROOT = Path(__file__).resolve().parents[2]
# The child of a process that knows passwords is given none of them.
_PASSED_ON = ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
# These come from outside; any other signal that ends a child was brought on by the document.
_INTERRUPTIONS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT})
# All that an answer may be made of, besides plain values.
_VALUES = frozenset(
    {
        ("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta"),
        ("stories.ingest.entries", "Entry"), ("stories.ingest.entries", "ParsedFeed"),
        ("stories.ingest.extract", "Extracted"), ("stories.ingest.opml", "Outline"),
    }
)  # fmt: skip
# What the standard library raises where a pickle is none.
_GARBLED = (EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError)
_FAILURES = ("stories.ingest.errors", "stories.ingest.replies")


@dataclass(frozen=True, slots=True)
class Work:
    """One document to read: by which of isolated_main.READERS, in how many seconds, with which arguments."""

    kind: str
    seconds: float
    body: bytes
    arguments: dict[str, Any]


class Child:
    """One child process, ready for work. Raises Temporary where none can be started."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", f"{__package__}.isolated_main", str(os.getpid())]
        try:
            # In a session of its own: a Ctrl-C or a hang-up at the terminal is for its parent alone.
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                cwd=_ROOT,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise Temporary(f"This machine could not start the process that reads feeds ({error.strerror})") from error
        # Unbuffered, so that a forked copy of this process can let go of them at any moment.
        self._to, self._from = cast(io.FileIO, self._process.stdin), cast(io.FileIO, self._process.stdout)
        self.spent = False
        if self._received(START_SECONDS, 100) != READY:
            self.end()
            raise Temporary("The process that reads feeds did not start; what it said is in the log")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def read(self, work: Work) -> Any:
        """What the reader makes of the document; raises its failure, or the one that the child's death means.

        It is `spent` then, and also when it says that this was its last.
        """
        request = pickle.dumps((work.kind, work.seconds, work.body, work.arguments), pickle.HIGHEST_PROTOCOL)
        started = monotonic()
        with contextlib.suppress(BrokenPipeError):
            send(self._to, request)
        answer = self._received(work.seconds + GRACE_SECONDS, MAX_REPLY)
        self.spent = not answer or answer[:1] == RETIRING
        if not answer:
            raise self._death(work, monotonic() - started)
        try:
            return self.value(work, answer[1:])
        except (pickle.UnpicklingError, *_GARBLED) as error:
            self.spent = True
            log.error("isolated: a %s made the child answer nonsense (%s)", work.kind, error)
            raise Permanent(f"The {work.kind} could not be read: it makes the parser fail") from error

    def kill(self) -> None:
        """End it from any thread; whoever waits for its answer learns that it was interrupted."""
        self._process.kill()

    def end(self) -> None:
        """Kill it if it lives, and leave nothing of it behind."""
        self._process.kill()
        self._to.close()
        self._from.close()
        self._process.wait()

    def forget(self) -> None:
        """Let go of a child that is another process's, after a fork: neither kill it nor keep its pipes open."""
        self._to.close()
        self._from.close()
        self._process.returncode = 0  # or its object would wait for what is not this process's child

    @staticmethod
    def value(work: Work, answer: bytes) -> Any:
        """The value in an answer. Raises the failure in it, or Permanent for what the child could not cope with."""
        match _Unpickler(io.BytesIO(answer)).load():
            case ("result", value):
                return value
            case ("failure", cls, state):
                failure = cls.__new__(cls, state["reason"])
                failure.__dict__.update(state)
                raise failure
            case ("memory",):
                raise Permanent(f"The {work.kind} takes more memory to read than a {work.kind} may")
            case ("fault", name, trace):
                log.error("isolated: unexpected %s while reading a %s\n%s", name, work.kind, trace)
                raise Permanent(f"The {work.kind} could not be read ({name})")
        raise Permanent(f"The {work.kind} could not be read")

    def _received(self, seconds: float, at_most: int) -> bytes | None:
        poller = select.poll()
        poller.register(self._from, select.POLLIN)
        return receive(self._from, at_most) if poller.poll(seconds * 1000) else None

    def _death(self, work: Work, seconds: float) -> Failure:
        """What the document did to the child, or somebody else did."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        if code == -signal.SIGALRM or seconds >= work.seconds:
            return Permanent(f"The {work.kind} could not be read within {work.seconds:g} s")
        if code is None or -code in _INTERRUPTIONS:
            return Temporary(f"The reading of this {work.kind} was interrupted")
        log.warning("isolated: a %s ended the child with status %s", work.kind, code)
        return Permanent(f"The {work.kind} could not be read: it makes the parser fail")


class _Unpickler(pickle.Unpickler):
    """Takes values and nothing that runs: a document that had taken the child over would get no further."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of a value or failure; raises UnpicklingError for any other."""
        if (module, name) in _VALUES:
            return super().find_class(module, name)
        found = super().find_class(module, name) if module in _FAILURES else None
        if isinstance(found, type) and issubclass(found, Failure):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is not what a reader returns")


def _environment() -> dict[str, str]:
    """The little that an interpreter needs, and this project on its path wherever the parent was started."""
    kept = {k: v for k, v in os.environ.items() if k in _PASSED_ON or k.startswith(("PYTHON", "LC_"))}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH"))))}
