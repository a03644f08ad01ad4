"""How fast articles are read: attributions and names, on one core, and how that grows with their length.

    python -m bench.reading [--articles 40] [--words 800] [--threads 1]

The articles are invented (bench/invented.py's words would have no cues): sentences with and without speech, so that
there is as much to find as in news. What is printed: articles a second, growth from 200 to 50,000 words, memory of the
process. CPU seconds are given beside the clock's, since a busy machine stretches only the latter.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from dataclasses import dataclass

import psutil

from stories.nlp.reader import Reader

LENGTHS = (200, 800, 3_200, 12_800, 50_000)
MB = 2**20
SPOKEN = (
    "“We will not sign this before the summer,” said {name}, who leads the {body}.",
    "{name} told reporters that the {body} had known of the plan since March.",
    "According to two people familiar with the talks, the {body} will vote again next week.",
    "The {body} denied on Tuesday that it had been warned, and {name} declined to comment.",
)
TOLD = (
    "The old bridge carries some 12,000 cars a day and has been closed twice since the flood.",
    "Work on the harbour began three years ago, and its price has doubled since then.",
    "Rain fell for most of the morning, and the square was empty when the doors were opened.",
    "Schools in four districts stay closed until the pipes have been mended.",
)
NAMES = ("Anna Kovač", "Boris Pem", "Ruth Oyelaran", "Mads Lindqvist", "Ines Ferrol")
BODIES = ("council", "port authority", "drivers’ union", "ministry", "water board")


@dataclass(frozen=True, slots=True)
class Taken:
    """What reading took: seconds by the clock and of the processor, and how many attributions were found."""

    clock: float
    processor: float
    found: int


def article(words: int, rng: random.Random) -> str:
    """A headline and so many words, two sentences in five with speech."""
    lines, count = ["Council puts off its vote on the harbour"], 0
    while count < words:
        kind = SPOKEN if rng.random() < 0.4 else TOLD
        lines.append(rng.choice(kind).format(name=rng.choice(NAMES), body=rng.choice(BODIES)))
        count += len(lines[-1].split())
    return "\n".join(lines)


def measure(reader: Reader, texts: list[str]) -> Taken:
    """Read the texts one after another."""
    clock, processor = time.perf_counter(), time.process_time()
    found = sum(len(reading.attributions) for reading in reader.read(texts))
    return Taken(time.perf_counter() - clock, time.process_time() - processor, found)


def main() -> None:
    """Read, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=40, help="articles to read (default: 40)")
    parser.add_argument("--words", type=int, default=800, help="words of each (default: 800)")
    parser.add_argument(
        "--threads", type=int, default=1, help="threads of one model run (default: 1, as in production)"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, process = random.Random(options.seed), psutil.Process()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    before = process.memory_info().rss
    reader = Reader(threads=options.threads)
    measure(reader, [article(200, rng)])
    taken = measure(reader, [article(options.words, rng) for _ in range(options.articles)])
    print(f"{'articles of ' + str(options.words) + ' words':<34}{options.articles / taken.clock:>9.2f} a second")
    print(f"{'  by processor time':<34}{options.articles / taken.processor:>9.2f} a second")
    print(f"{'  attributions found':<34}{taken.found / options.articles:>9.1f} an article")
    for words in LENGTHS:
        one = measure(reader, [article(words, rng)])
        rate = words / one.processor
        print(f"{f'one article of {words} words':<34}{one.processor:>9.2f} s, {rate:,.0f} words a second")
    print(f"{'memory taken':<34}{(process.memory_info().rss - before) / MB:>9.0f} MB")


if __name__ == "__main__":
    main()
