"""How fast reports are encoded and grouped, on an invented stream: python -m bench.grouping --stories 5000.

Vectors are scattered around one point per story as the encoder's are around an event (mean cosine about .8); words are
drawn from a vocabulary whose use falls with its rank. Nearest stories come from a matrix in memory, as in
`manage.py evaluate clustering`; in production PostgreSQL finds them, which is not measured here.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from stories.management.evaluation.clustering import Stream
from stories.nlp import events

VOCABULARY = 30_000
WORDS = 160
# Spread around a story's point: gives two reports of one story a cosine of 1 / (1 + SPREAD²), about .8.
SPREAD = 0.5


class World:
    """Endless invented reports on a fixed number of stories."""

    def __init__(self, stories: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._points = self._unit(self._random.standard_normal((stories, events.DIMENSIONS)))
        usage = 1 / np.arange(2, VOCABULARY + 2)
        self._usage = np.cumsum(usage / usage.sum())
        self._own = self._random.integers(0, VOCABULARY, (stories, 12))

    def report(self, story: int | None = None) -> tuple[np.ndarray, Counter[str]]:
        """A unit vector and the counts of 160 words, a quarter of them the story's own; of any story by default."""
        story = int(self._random.integers(len(self._points))) if story is None else story
        noise = self._random.standard_normal(events.DIMENSIONS) * (SPREAD / np.sqrt(events.DIMENSIONS))
        common = np.searchsorted(self._usage, self._random.random(WORDS * 3 // 4))
        own = self._random.choice(self._own[story], WORDS // 4)
        words = Counter(f"w{word}" for word in np.concatenate([common, own]).tolist())
        return self._unit(self._points[story] + noise), words

    def text(self, words: int) -> str:
        """Words in the model's vocabulary, of no meaning."""
        return " ".join(self._random.choice(["court", "minister", "harbour", "vote", "rain", "strike"], words).tolist())

    @staticmethod
    def _unit(rows: np.ndarray) -> np.ndarray:
        """The rows at length 1, float32."""
        return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


@contextmanager
def timed(name: str, number: int) -> Iterator[None]:
    """Prints one line of the table for what runs inside."""
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    print(f"{name:<44}{number:>8}{number / seconds:>12.1f}{seconds / number * 1000:>12.2f}")


def main() -> None:
    """Fill the stream with live stories, then time encoding and placing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=2000, help="live stories at the start (default: 2000)")
    parser.add_argument("--reports", type=int, default=2000, help="reports to place (default: 2000)")
    parser.add_argument("--texts", type=int, default=100, help="texts to encode (default: 100)")
    parser.add_argument("--threads", type=int, default=1, help="threads of the encoder (default: 1)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    world, stream = World(options.stories, options.seed), Stream("en")
    for story in range(options.stories):
        stream.place(*world.report(story), None)
    encoder = events.EventEncoder(threads=options.threads)
    print(f"{'':<44}{'number':>8}{'a second':>12}{'ms each':>12}")
    for words in (0, WORDS):
        texts = [events.event_text(world.text(9), world.text(words)) for _ in range(options.texts)]
        with timed(f"encode, title and {words} words", options.texts):
            encoder.encode(texts)
    reports = [world.report() for _ in range(options.reports)]
    with timed(f"decide and join, {len(stream.stories)} live stories", options.reports):
        for vector, words_of in reports:
            stream.place(vector, words_of, None)


if __name__ == "__main__":
    main()
