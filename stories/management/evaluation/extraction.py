"""The `extraction` subject: article text against the gold bodies of the article-extraction-benchmark (Scrapinghub).

It runs the production extract() and nothing else; a page that it refuses counts as an empty text.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import tarfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stories.ingest.errors import Permanent
from stories.ingest.extract import extract

# The benchmark's unit: a run of four words. A text of fewer words is one run as a whole.
SHINGLE = 4
_WORD = re.compile(r"\w+")
_GOLD = "ground-truth.json"


@dataclass(frozen=True, slots=True)
class Counts:
    """Shared, added and missed shingles of one page, as shares of their sum, so that long pages weigh no more."""

    shared: float
    added: float
    missed: float


def evaluate(tar_path: Path, progress: Callable[[int, int], None] | None, out: Path | None) -> dict[str, float | int]:
    """Extract every page of the benchmark's tar file and score it: pages, precision, recall, f1, pages_per_s.

    `progress` is told the pages done and their number; into the folder `out` goes extraction.jsonl. Raises ValueError,
    naming the file and the row, for input that cannot be read.
    """
    pages = list(_pages(tar_path))
    texts: list[str] = []
    started = time.perf_counter()
    for number, page in enumerate(pages, start=1):
        texts.append(_extracted(page))
        if progress is not None:
            progress(number, len(pages))
    seconds = time.perf_counter() - started
    if out is not None:
        _write(out, pages, texts)
    precision, recall, f1 = scores([counts(page.gold, text) for page, text in zip(pages, texts, strict=True)])
    return {
        "pages": len(pages),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "pages_per_s": len(pages) / seconds if seconds else 0.0,
    }


def counts(gold: str, predicted: str) -> Counts:
    """Compare two texts by their shingles, counted with multiplicity; case matters, as in the benchmark."""
    wanted, found = _shingles(gold), _shingles(predicted)
    shared = (wanted & found).total()
    added, missed = found.total() - shared, wanted.total() - shared
    whole = shared + added + missed or 1
    return Counts(shared / whole, added / whole, missed / whole)


def scores(pages: list[Counts]) -> tuple[float, float, float]:
    """Precision, recall and their F1. Each is a mean over pages; a page with no prediction has no precision, one with
    no gold text has no recall."""
    precisions = [page.shared / (page.shared + page.added) for page in pages if page.shared + page.added > 0]
    recalls = [page.shared / (page.shared + page.missed) for page in pages if page.shared + page.missed > 0]
    precision = statistics.fmean(precisions) if precisions else 0.0
    recall = statistics.fmean(recalls) if recalls else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    url: str
    gold: str
    body: bytes


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    runs = (tuple(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def _extracted(page: _Page) -> str:
    try:
        return extract(page.body, url=page.url).text
    except Permanent:
        return ""


def _pages(tar_path: Path) -> Iterator[_Page]:
    """The pages of the tar file in the order of its gold file."""
    try:
        with tarfile.open(tar_path) as tar:
            members = {Path(member.name).name: member for member in tar if member.isfile()}
            if _GOLD not in members:
                raise ValueError(f"{tar_path}: no {_GOLD} in it")
            for name, row in _gold_rows(tar_path, _read(tar, members[_GOLD])).items():
                yield _page(tar_path, tar, members, name, row)
    except tarfile.ReadError as error:
        raise ValueError(f"{tar_path}: this is not a whole tar file") from error
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise ValueError(f"{tar_path}: cannot be read: {error}") from error


def _gold_rows(tar_path: Path, data: bytes) -> dict[str, Any]:
    try:
        rows = json.loads(data)
    except ValueError as error:
        raise ValueError(f"{tar_path}: {_GOLD} is not JSON: {error}") from error
    if not isinstance(rows, dict) or not rows:
        raise ValueError(f"{tar_path}: {_GOLD} holds no rows")
    return rows


def _page(tar_path: Path, tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo], name: str, row: Any) -> _Page:
    if not isinstance(row, dict) or not isinstance(row.get("articleBody", ""), str):
        raise ValueError(f"{tar_path}: {_GOLD}, row {name}: no articleBody")
    if f"{name}.html.gz" not in members:
        raise ValueError(f"{tar_path}: {_GOLD}, row {name}: its page {name}.html.gz is not in the file")
    try:
        body = gzip.decompress(_read(tar, members[f"{name}.html.gz"]))
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{tar_path}: {name}.html.gz: cannot be unpacked: {error}") from error
    return _Page(name, str(row.get("url") or ""), row.get("articleBody", ""), body)


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file is not None else b""


def _write(out: Path, pages: list[_Page], texts: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "extraction.jsonl").open("w", encoding="utf-8") as file:
        for page, text in zip(pages, texts, strict=True):
            file.write(json.dumps({"page": page.name, "text": text}, ensure_ascii=False) + "\n")
