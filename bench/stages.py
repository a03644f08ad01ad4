"""What each step costs an article, from EXTRACTED to DONE, by the pipeline itself on a PostgreSQL of the bench's own.

    python -m bench.stages FILE.jsonl [--articles 400]      labelled articles (title, text, outlet, published)

The articles go through in batches as a worker takes them, in one process; second looks in between, as the beat rings
for them. Fetching is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.polling import database

ROUND = 64


def main() -> None:
    """Fill in, run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=400, help="so many of the file's (default: 400)")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = rows[: options.articles]
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    with database():
        _fill(rows)
        words = sum(len((row.get("text") or "").split()) for row in rows) / len(rows)
        print(
            f"{len(rows)} articles of {words:.0f} words; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        )
        seconds, cpu = _run()
        print(f"{'':<12}{'ms an article':>16}{'of that CPU':>16}")
        for name, spent in seconds.items():
            print(f"{name:<12}{spent / len(rows) * 1000:>16.1f}{cpu[name] / len(rows) * 1000:>16.1f}")
        total = sum(seconds.values())
        print(f"{'all':<12}{total / len(rows) * 1000:>16.1f}   {len(rows) / total:.1f} articles a second")


def _fill(rows: list[dict[str, Any]]) -> None:
    """The articles at EXTRACTED, as the extract step leaves them."""
    from django.utils.text import slugify  # noqa: PLC0415

    from stories.models import Article, Outlet, Stage, TextState, Version  # noqa: PLC0415

    now, outlets = datetime.now(UTC), dict[str, Outlet]()
    for number, row in enumerate(rows):
        name = row.get("outlet") or "Outlet"
        if name not in outlets:
            outlets[name] = Outlet.objects.create(name=name, slug=f"{slugify(name)[:60]}-{len(outlets)}")
        text = row.get("text") or ""
        state = TextState.PAGE if text else TextState.NONE
        article = Article.objects.create(
            outlet=outlets[name],
            url_key=str(number),
            title=row["title"][:500],
            lang="en",
            first_seen_at=now,
            reported_at=now,
            text_state=state,
            stage=Stage.EXTRACTED,
        )
        article.version = Version.objects.create(
            article=article, hash=str(number), title=article.title, text=text, text_state=state, seen_at=now
        )
        article.save(update_fields=["version"])


def _run() -> tuple[dict[str, float], dict[str, float]]:
    """Seconds by the clock and of this process's CPU that each step took in all."""
    from django.utils import timezone  # noqa: PLC0415

    from stories import pipeline  # noqa: PLC0415
    from stories.nlp import events, reader  # noqa: PLC0415

    events.load()
    reader.load()
    seconds, cpu = defaultdict[str, float](float), defaultdict[str, float](float)

    def timed(name: str) -> int:
        began, used = time.perf_counter(), time.process_time()
        done = pipeline.look_again(timezone.now) if name == "look" else pipeline.advance(name, timezone.now).moved
        seconds[name] += time.perf_counter() - began
        cpu[name] += time.process_time() - used
        return done

    while sum([timed(name) for name in ("read", "group", "trace", "look")]):
        pass
    return dict(seconds), dict(cpu)


if __name__ == "__main__":
    main()
