"""How fast reports are grouped among many live stories, by the production code on a PostgreSQL of the bench's own.

    python -m bench.grouping [--stories 50000] [--reports 1000] [--lang en]
    python -m bench.grouping --stories 50000 200000        the same again with more stories; how the figures grow

A live story has 1 to 4 invented reports of the last 72 h (bench/invented.py). Nine of ten reports that arrive belong to
any one of them with equal chance, which is the hardest case: hardly any two are compared with the same ones. They wait
together, as when feeds are polled, and go 32 to a transaction; then some come alone, each in a transaction of its own,
from the locked row to the commit. To encode them is measured apart.
A second look is regrouping.see, which writes nothing. Memory is PSS: what is shared is shared out among the sharers.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import mean, quantiles
from typing import TYPE_CHECKING, Any

from bench.polling import database

if TYPE_CHECKING:
    from bench.livestories import Figures

Row = tuple[str, float, str]

WORDS = 160
MB = 2**20


def main() -> None:
    """Fill, measure and print, once for each number of stories."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, nargs="+", default=[50_000], help="live stories (default: 50000)")
    parser.add_argument("--reports", type=int, default=1000, help="reports to group (default: 1000)")
    parser.add_argument("--texts", type=int, default=100, help="texts to encode (default: 100)")
    parser.add_argument("--lang", default="en", help="their language; by default one that the encoder knows")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    with database():
        measured, filled = [], 0
        for stories in sorted(options.stories):
            print(f"\n{stories} live stories; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
            seconds = _apart(_fill, filled, stories, options.lang, options.seed)
            print(f"{'filled in':<42}{seconds:>12.0f} s", flush=True)
            rows = _rows(_apart(_measure, stories, options.reports, options.lang, options.seed))
            for name, value, unit in rows:
                print(f"{name:<42}{value:>12.1f} {unit}", flush=True)
            measured.append(rows)
            filled = stories
        if len(measured) > 1:
            _print_growth(max(options.stories) / min(options.stories), measured[0], measured[-1])
        if options.texts:
            rate = _apart(_encode, options.texts)
            print(f"\n{'encoding, title and 160 words':<42}{rate:>12.1f} a second")


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    """Have it done by a process of its own; what it returned."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _set_up) as pool:
        return pool.submit(work, *given).result()


def _set_up() -> None:
    import django  # noqa: PLC0415

    django.setup()


def _fill(*given: Any) -> float:
    from bench import livestories  # noqa: PLC0415

    return livestories.fill(*given)


def _measure(*given: Any) -> Figures:
    from bench import livestories  # noqa: PLC0415

    return livestories.measure(*given)


def _encode(texts: int) -> float:
    """Texts a second of one thread of the encoder."""
    from stories.nlp import events  # noqa: PLC0415

    encoder = events.EventEncoder(threads=1)
    words = " ".join(["court", "minister", "harbour", "vote", "rain", "strike", "bridge", "school"] * (WORDS // 8))
    encoder.encode([words])
    began = time.perf_counter()
    encoder.encode([events.event_text(f"Headline {number}", words) for number in range(texts)])
    return texts / (time.perf_counter() - began)


def _rows(found: Figures) -> list[Row]:
    """The lines of the table: what, how much, in what."""
    alone, parts = quantiles(found.alone_ms, n=100), quantiles(found.parts_ms, n=100)
    looks = quantiles(found.looks_ms, n=100)
    rows = [
        ("recent reports", found.recent, ""),
        ("grouped", found.reports / found.seconds, "reports a second"),
        ("  a transaction of up to 32, median", parts[49], "ms"),
        ("  a transaction of up to 32, p95", parts[94], "ms"),
        ("  of that: Python", found.python_ms, "CPU ms"),
        ("  of that: PostgreSQL", found.postgres_ms, "CPU ms"),
        ("  queries", found.queries, "a report"),
        ("  stories compared with", found.candidates, "a report"),
        ("  reports compared with", found.members, "a report"),
        ("  searches of the vector index", found.searches, "a report"),
        ("  the right story among those", found.found * 100, "%"),
        ("in the right story, or rightly a new one", found.right * 100, "%"),
        ("in a wrong story", found.wrong_story * 100, "%"),
        *(
            (f"a report alone, {name}", alone[place], "ms")
            for name, place in (("median", 49), ("p95", 94), ("p99", 98))
        ),
        ("looked at again", 1000 / mean(found.looks_ms), "stories a second"),
        ("  a second look, median", looks[49], "ms"),
        ("  a second look, p95", looks[94], "ms"),
        *((f"stories_recent, {name}", size / MB, "MB") for name, size in sorted(found.sizes.items())),
        ("memory of the process", found.process / MB, "MB"),
        ("memory of PostgreSQL", found.postgres / MB, "MB"),
    ]
    read_through = ((f"READ THROUGH: {name}", count, "times") for name, count in found.scans.items() if count)
    return [*rows, *read_through]


def _print_growth(
    stories: float, before: Sequence[tuple[str, float, str]], after: Sequence[tuple[str, float, str]]
) -> None:
    """How each figure grew with the stories."""
    print(f"\nwith {stories:.1f} times the stories")
    was = {name: value for name, value, _ in before}
    for name, value, _ in after:
        if was.get(name):
            print(f"{name:<42}{value / was[name]:>12.2f} times")


if __name__ == "__main__":
    main()
