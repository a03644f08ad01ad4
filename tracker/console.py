"""What `manage.py up` says: a line for each step, and what is serious in the children's logs, which it keeps bounded.

It decides nothing about a child's fate.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# A log and the one before it: at most twice this on disk for each child.
LARGEST_LOG: Final = 10 * 1024 * 1024
SERIOUS: Final = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
# Advice to the machine's owner that a broker of this size does not need; an answer of 404 or 410 to a reader.
HARMLESS: Final = re.compile(r"Memory overcommit must be enabled|WARNING django.request: ")
LONGEST_LINE: Final = 240


def say(line: str) -> None:
    """One line on the console; a console that is gone is no reason to stop."""
    try:
        sys.stdout.write(line[:LONGEST_LINE] + "\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  for the rest of this process's life


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the start, timed from its making."""

    name: str
    quiet: bool = False
    begun: float = field(default_factory=time.monotonic)

    def done(self) -> None:
        """Says that it is done, and in how many seconds."""
        if not self.quiet:
            say(f"  {self.name:<28}{time.monotonic() - self.begun:5.1f} s")


class Tail:
    """One log, read on from where the last look ended."""

    def __init__(self, name: str, path: Path, *, everything: bool = False) -> None:
        self.name = name
        self.path = path
        self.everything = everything
        self.last = ""
        self.skip()

    def skip(self) -> None:
        """Goes to the log's end: what stands there was said otherwise."""
        self.position = self.path.stat().st_size if self.path.exists() else 0

    def news(self) -> list[str]:
        """The whole lines since the last look that are worth saying; a repeated one once."""
        try:
            with self.path.open("rb") as log:
                log.seek(self.position)
                fresh = log.read()
        except OSError:
            return []
        whole, _, rest = fresh.rpartition(b"\n")
        self.position += len(fresh) - len(rest)
        return [line for line in whole.decode(errors="replace").splitlines() if self._worth_saying(line)]

    def _worth_saying(self, line: str) -> bool:
        serious = SERIOUS.search(line) and not HARMLESS.search(line)
        if not line.strip() or line == self.last or not (serious or self.everything):
            return False
        self.last = line
        return True

    def bound(self, largest: int = LARGEST_LOG) -> None:
        """Moves the content of a log that has grown too large aside. Its writer appends, so it may go on meanwhile."""
        if self.path.exists() and self.path.stat().st_size > largest:
            # Where the disk is full the old lines are lost, and room is won.
            with contextlib.suppress(OSError):
                shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            with self.path.open("r+b") as log:
                log.truncate(0)
            self.position = 0
