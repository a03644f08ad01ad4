"""Calls that begin in the same moment, each in a thread with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

One = TypeVar("One")
Made = TypeVar("Made")


def at_once(
    call: Callable[[One], Made], each: Sequence[One], refused: type[Exception] | tuple[()] = ()
) -> list[Made | Exception]:
    """What the call made of each, in their order; whoever was refused has the refusal in its place."""
    start = threading.Barrier(len(each))

    def run(one: One) -> Made | Exception:
        try:
            start.wait(timeout=60)
            return call(one)
        except refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(run, each))
