"""Grouping measured on labelled files, by the code and the one setting of production.

Each file is a stream: in time order where every row has `published`, else in file order and then without a window,
since one makes sense only in a stream that runs with time. Document frequencies start from the shipped background and
grow with the stream. What the database does in production, a matrix in memory does here (stream.py).
No row of the file is used for anything but its own decision and the counts after it.
"""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from stories.management.evaluation import labelled
from stories.management.evaluation.stream import Reading, Stream
from stories.nlp import events, terms, traits

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled article; `cluster` is the gold story."""

    id: str
    title: str
    text: str
    lang: str
    published: datetime | None
    cluster: str


def evaluate(files: Sequence[Path], progress: Progress, out: Path | None = None) -> dict[str, Any]:
    """Group every file and score it.

    `out`: a folder, made if need be, for STEM.csv (id,story). ValueError names the file and row that can't be read.
    """
    if len({path.stem for path in files}) < len(files):
        raise ValueError("two of the files have the same name: their results could not be told apart")
    sets = {path.stem: in_time_order(read(path)) for path in files}
    total, done = sum(map(len, sets.values())), count(1)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    report: dict[str, dict[str, float]] = {}
    for stem, rows in sets.items():
        begun = time.perf_counter()
        found = group(rows, read_all(rows, lambda: progress(next(done), total)))
        rate = len(rows) / (time.perf_counter() - begun)
        report[stem] = scores([row.cluster for row in rows], found) | {"articles_per_s": round(rate, 1)}
        if out is not None:
            write(out / f"{stem}.csv", rows, found)
    means = {f"mean_{key}": round(_mean([one[key] for one in report.values()]), 4) for key in ("b3_f1", "pair_f1")}
    return {"sets": report} | means


def read(path: Path) -> list[Row]:
    """The rows of a clustering file. ValueError, naming file and row, for whatever can't be read as one."""
    rows = labelled.read(path, _row)
    repeated = [id for id, times in Counter(row.id for row in rows).items() if times > 1]
    if repeated:
        raise ValueError(f"{path}: the id {repeated[0]} stands in more than one row")
    return rows


def _row(line: str, where: str) -> Row:
    """One line as a Row; `text`, `lang` and `published` may be missing or null."""
    fields = labelled.fields(line, where, ("id", "title", "cluster"))
    for name in ("text", "lang", "published"):
        if not isinstance(fields.get(name), str | None):
            raise ValueError(f'{where}: the field "{name}" is not text')
    return Row(
        id=fields["id"],
        title=fields["title"],
        text=fields.get("text") or "",
        lang=fields.get("lang") or "en",
        published=_time(fields.get("published"), where),
        cluster=fields["cluster"],
    )


def _time(published: str | None, where: str) -> datetime | None:
    """A time with its zone; UTC where none is said."""
    if not published:
        return None
    try:
        at = datetime.fromisoformat(published)
    except ValueError as error:
        raise ValueError(f'{where}: "published" is not an ISO 8601 time') from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def in_time_order(rows: Sequence[Row]) -> list[Row]:
    """The rows by time where each has one, equal times in file order; else as they come."""
    if not timed(rows):
        return list(rows)
    return sorted(rows, key=lambda row: (row.published is None, row.published))


def timed(rows: Sequence[Row]) -> bool:
    """Whether each row has a time, so that the stream runs with time and a window makes sense."""
    return all(row.published is not None for row in rows)


def read_all(rows: Sequence[Row], done: Callable[[], None] = lambda: None) -> list[Reading]:
    """What the read step finds in each row."""
    encoder, readings = events.load(), []
    for row in rows:
        vector = encoder.encode([events.event_text(row.title, row.text)])[0]
        readings.append(Reading(vector, terms.counts(row.title, row.text), traits.traits(row.title, row.text)))
        done()
    return readings


def group(rows: Sequence[Row], readings: Sequence[Reading]) -> list[tuple[str, int]]:
    """The story of each row, as (language, number): stories of two languages never meet."""
    streams: dict[str, Stream] = {}
    places, windowed = [], timed(rows)
    for row, reading in zip(rows, readings, strict=True):
        stream = streams.setdefault(row.lang, Stream(row.lang, windowed))
        places.append((row.lang, len(stream.reports)))
        stream.place(reading, row.published)
    for stream in streams.values():
        stream.finish()
    return [(lang, streams[lang].story_of[place]) for lang, place in places]


def scores(gold: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """B-cubed precision, recall and F1 averaged over articles, and the same over unordered pairs of articles."""
    both, golds, founds = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    b3_p = sum(size * size / founds[story] for (_, story), size in both.items()) / len(gold)
    b3_r = sum(size * size / golds[story] for (story, _), size in both.items()) / len(gold)
    pair_p, pair_r = (_share(_pairs(both), _pairs(side)) for side in (founds, golds))
    figures = {
        "b3_p": b3_p,
        "b3_r": b3_r,
        "b3_f1": _f1(b3_p, b3_r),
        "pair_p": pair_p,
        "pair_r": pair_r,
        "pair_f1": _f1(pair_p, pair_r),
    }
    sizes = {"articles": len(gold), "gold_stories": len(golds), "stories": len(founds)}
    return sizes | {name: round(figure, 4) for name, figure in figures.items()}


def _pairs(sizes: Counter[Any]) -> int:
    """The number of unordered pairs within groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _share(part: int, whole: int) -> float:
    """A share; 1 of nothing at all, since nothing was got wrong."""
    return part / whole if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    """The harmonic mean; 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _mean(figures: Sequence[float]) -> float:
    """The plain mean."""
    return sum(figures) / len(figures)


def write(path: Path, rows: Sequence[Row], found: Sequence[tuple[str, int]]) -> None:
    """The stories as id,story, numbered from 1, so that anyone can score them again."""
    numbers: defaultdict[tuple[str, int], int] = defaultdict(count(1).__next__)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "story"])
        table.writerows((row.id, numbers[story]) for row, story in zip(rows, found, strict=True))
