"""How fast copies are recognised, on a database of the bench's own: python -m bench.copies --articles 100000.

Invented articles of two weeks: words whose use falls with their rank, a tenth of them trimmed and edited copies of
agency texts; under the pages of one outlet in ten stands its notice. First the sketches alone, then what a look at a
story costs (its articles, the copies around it, their texts) for lone articles, stories of ten and stories of a hundred
copies; then what the index of keys costs whoever writes an article's row.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from bench.polling import database
from stories.nlp import copies

if TYPE_CHECKING:
    from stories.models import Article, Outlet, Story

VOCABULARY, WORDS, NOTICE_WORDS = 30_000, 350, 40
OUTLETS = 400
START = datetime(2026, 3, 1, tzinfo=UTC)
BATCH = 2000


class World:
    """Endless invented texts."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._words = [f"w{rank}" for rank in range(VOCABULARY)]
        self._usage = list(accumulate(1 / (rank + 2) for rank in range(VOCABULARY)))
        self._notices = [self.words(NOTICE_WORDS if outlet % 10 == 0 else 0) for outlet in range(OUTLETS)]
        self._wires = [self.words(WORDS) for _ in range(50)]

    def words(self, number: int) -> list[str]:
        """Words as often as their rank says."""
        return self._random.choices(self._words, cum_weights=self._usage, k=number)

    def text(self, outlet: int, wire: list[str] | None = None) -> str:
        """An article's text with its outlet's notice; of a wire the first part, every fiftieth word another."""
        own = wire[: self._random.randint(len(wire) // 3, len(wire))] if wire else self.words(WORDS)
        if wire:
            own = [self.words(1)[0] if self._random.random() < 0.02 else word for word in own]
        return " ".join([*own, *self._notices[outlet]])

    def any_text(self, outlet: int) -> str:
        """One article in ten carries a wire; there is another set of wires after some hundreds of articles."""
        if self._random.random() < 0.005:
            self._wires[self._random.randrange(len(self._wires))] = self.words(WORDS)
        is_wire = self._random.random() < 0.1
        return self.text(outlet, self._random.choice(self._wires) if is_wire else None)


@contextmanager
def timed(name: str, number: int) -> Iterator[None]:
    """Prints one line of the table for what runs inside."""
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    print(f"{name:<52}{number:>8}{number / seconds:>12.1f}{seconds / number * 1000:>10.2f}", flush=True)


def sketches(world: World, number: int) -> None:
    """Texts a second through each pure part."""
    texts = [world.text(n % OUTLETS) for n in range(number)]
    with timed(f"sketch and its keys, {WORDS} words", number):
        for text in texts:
            copies.bands(copies.signature(text) or b"")
    with timed("make ready to compare", number):
        ready = [one for text in texts if (one := copies.wording("An invented headline of words", text))]
    with timed("compare two that differ", number - 1):
        for first, second in pairwise(ready):
            copies.copied(first, second)
    with timed("compare two that are the same", number):
        for one in ready:
            copies.copied(one, one)


def fill(world: World, outlets: Sequence[Outlet], number: int) -> None:
    """The articles of two weeks, without stories."""
    from stories.models import Article  # noqa: PLC0415

    step = timedelta(days=14) / number
    for begin in range(0, number, BATCH):
        rows = range(begin, min(begin + BATCH, number))
        texts = [world.any_text(n % OUTLETS) for n in rows]
        Article.objects.bulk_create(
            article(outlets[n % OUTLETS], n, text, START + n * step) for n, text in zip(rows, texts, strict=True)
        )


def article(outlet: Outlet, number: int | str, text: str, at: datetime) -> Article:
    """An article as the read step leaves it; its text lies with its feed, which spares the search index."""
    from stories.models import Article  # noqa: PLC0415

    signature = copies.signature(text) or b""
    return Article(
        outlet=outlet,
        url_key=f"bench-{number}",
        title=" ".join(text.split()[:8]),
        lang="en",
        feed_text=text,
        first_seen_at=at,
        reported_at=at,
        signature=signature,
        bands=copies.bands(signature),
        stage="DONE",
    )


def stories_of(world: World, outlets: Sequence[Outlet], size: int, number: int) -> list[Story]:
    """Stories in the middle of the two weeks: of one article of its own, or of copies of one wire."""
    from stories.models import Article, Story  # noqa: PLC0415

    made = []
    for which in range(number):
        wire = world.words(WORDS) if size > 1 else None
        at = START + timedelta(days=7, minutes=which)
        story = Story.objects.create(
            title="Bench", slug="bench", lang="en", first_at=at, last_at=at, vector=[0.0] * 384
        )
        rows = [
            article(outlets[n], f"{size}-{which}-{n}", world.text(n, wire), at + timedelta(minutes=n))
            for n in range(size)
        ]
        for row in rows:
            row.story = story
        Article.objects.bulk_create(rows)
        made.append(story)
    return made


def looks(stories: Iterable[Story], name: str) -> None:
    """Milliseconds of a look, and how many of the articles were found to be copies."""
    from stories.services import copies as service  # noqa: PLC0415

    took, found = [], 0
    for story in stories:
        begun = time.perf_counter()
        around = service.look(story)
        took.append((time.perf_counter() - begun) * 1000)
        found += sum(1 for copy in around.copies.values() if copy)
    took.sort()
    rate, median, p95 = 1000 / statistics.mean(took), statistics.median(took), took[int(len(took) * 0.95)]
    print(f"{name:<52}{len(took):>8}{rate:>12.1f}{median:>10.2f}{p95:>10.2f}  {found} copies", flush=True)


def writes(number: int) -> None:
    """What the index costs: rows moved on by a stage, with their keys and without."""
    from django.db import connection  # noqa: PLC0415

    from stories.models import Article  # noqa: PLC0415

    some = list(Article.objects.order_by("pk").values_list("pk", flat=True)[:number])
    for name, keys in (("move a row on, with its keys", True), ("move a row on, without", False)):
        if not keys:
            Article.objects.filter(pk__in=some).update(bands=[])
        with timed(name, number):
            for pk in some:
                Article.objects.filter(pk=pk).update(stage="READ" if keys else "DONE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('article_bands'), pg_total_relation_size('stories_article')")
        index, table = cursor.fetchone()
    print(f"index of keys {index / 1e6:.0f} MB of {table / 1e6:.0f} MB of articles")


def main() -> None:
    """Read the command line, fill the database, time it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000, help="articles of two weeks (default: 100,000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    world = World(options.seed)
    print(f"{'':<52}{'number':>8}{'a second':>12}{'ms each':>10}{'p95':>10}")
    sketches(world, 500)
    with database():
        from django.db import connection  # noqa: PLC0415

        from stories.models import Outlet  # noqa: PLC0415

        outlets = Outlet.objects.bulk_create(Outlet(name=f"Outlet {n}", slug=f"outlet-{n}") for n in range(OUTLETS))
        with timed("sketch and store", options.articles):
            fill(world, outlets, options.articles)
        groups = [(size, stories_of(world, outlets, size, number)) for size, number in ((1, 300), (10, 60), (100, 12))]
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE stories_article")
        for size, made in groups:
            looks(made, f"look at a story of {size}, {options.articles} articles around")
        writes(2000)


if __name__ == "__main__":
    main()
