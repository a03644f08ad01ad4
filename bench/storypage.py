"""What one large story costs: its page, and the analysis of all of it when one more report arrives.

    python -m bench.storypage FILE.jsonl [--articles 60] [--outlets 40] [--requests 20] [--profile]

FILE.jsonl: labelled articles (title, text, cluster); the largest clusters are taken until there are enough, spread over
so many outlets and put into one story by an editor's merges, whatever they are about: what is measured is size. They
are really read, grouped and traced, on a PostgreSQL of the bench's own. The page is asked for through Django's own
handler, in one process, templates compiled.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import statistics
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.polling import database

FEWEST_CHARACTERS = 600


def main() -> None:
    """Fill in, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--profile", action="store_true", help="say where a page's and a trace's time goes")
    options = parser.parse_args()
    rows = _rows(options.file, options.articles)
    with database():
        _fill(rows, options.outlets)
        story = _one_story()
        _analysis(story, options.profile)
        _page(story, options.requests, options.profile)


def _rows(path: Path, wanted: int) -> list[dict[str, Any]]:
    """Rows with a text worth reading, largest clusters first, each cluster in its order."""
    clusters: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if len(row.get("text") or "") >= FEWEST_CHARACTERS:
            clusters[row["cluster"]].append(row)
    ordered = sorted(clusters.values(), key=len, reverse=True)
    return [row for cluster in ordered for row in cluster][:wanted]


def _fill(rows: list[dict[str, Any]], outlets: int) -> None:
    """The articles at EXTRACTED, five minutes apart, as the extract step leaves them."""
    from stories.models import Article, Outlet, Stage, TextState, Version  # noqa: PLC0415

    start = datetime.now(UTC) - timedelta(minutes=5 * len(rows))
    houses = [Outlet.objects.create(name=f"Outlet {n}", slug=f"outlet-{n}") for n in range(outlets)]
    for number, row in enumerate(rows):
        at = start + timedelta(minutes=5 * number)
        article = Article.objects.create(
            outlet=houses[number % outlets],
            url=f"https://example.org/{number}",
            url_key=str(number),
            title=row["title"][:500],
            lang="en",
            first_seen_at=at,
            reported_at=at,
            text_state=TextState.PAGE,
            stage=Stage.EXTRACTED,
        )
        article.version = Version.objects.create(
            article=article,
            hash=str(number),
            title=article.title,
            text=row["text"],
            text_state=TextState.PAGE,
            seen_at=at,
        )
        article.save(update_fields=["version"])


def _one_story() -> Any:
    """Read and group all of them, and merge what they were grouped into."""
    from django.utils import timezone  # noqa: PLC0415

    from stories import pipeline  # noqa: PLC0415
    from stories.models import Edit, Story, User  # noqa: PLC0415
    from stories.services import curation  # noqa: PLC0415

    began = time.perf_counter()
    while pipeline.advance("read", timezone.now).claimed:
        pass
    read = time.perf_counter() - began
    while pipeline.advance("group", timezone.now).claimed:
        pass
    by = curation.By.person(User.objects.create_user("bench", is_staff=True), "one story for the bench")
    kept, *gone = Story.objects.live().order_by("pk")
    for other in gone:
        curation.merge(kept, other, by, timezone.now())
    # A list of as many edits is nothing that a real story has.
    Edit.objects.all().delete()
    kept.refresh_from_db()
    print(f"{kept.article_count} articles of {kept.outlet_count} outlets in one story; read in {read:.1f} s")
    return kept


def _analysis(story: Any, profile: bool) -> None:
    """Trace the story as when one report arrives: everything is worked out anew."""
    from django.db import connection, transaction  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stories.services import tracing  # noqa: PLC0415

    article = story.articles.latest("reported_at")
    story.refresh_from_db()
    spent = []
    for _ in range(4):
        began, used = time.perf_counter(), time.process_time()
        with CaptureQueriesContext(connection) as queries:
            traced = tracing.trace(story)
            assert traced
            with transaction.atomic():
                tracing.save(article, traced, timezone.now())
        spent.append((time.perf_counter() - began, time.process_time() - used))
    seconds, cpu = min(spent)
    first = spent[0][0]
    print(f"analysis: {seconds:.2f} s ({cpu:.2f} s of CPU; the first time {first:.2f}), {len(queries)} queries")
    assert traced
    compared = traced.compared
    print(
        f"   {len(compared.claims)} claims, {len(compared.conflicts)} conflicts, {len(compared.quotes)} quotes,"
        f" {len(compared.own)} own, {len(compared.wording.loaded)} loaded words"
    )
    if profile:
        with cProfile.Profile() as profiler:
            tracing.trace(story)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


def _page(story: Any, requests: int, profile: bool) -> None:
    """Ask for the page again and again, once without counting."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    import tracker.wsgi  # noqa: F401, PLC0415 (sets the collector as in a web process)

    client, address = Client(headers={"host": "127.0.0.1"}), story.get_absolute_url()
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        asked = len(queries)
    spent, cpu = [], []
    for _ in range(requests):
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(address)
        spent.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    p95, of_cpu = (statistics.quantiles(times, n=20)[-1] for times in (spent, cpu))
    print(
        f"page: status {answer.status_code}, {len(answer.content) / 1000:.0f} kB, {asked} queries,"
        f" median {statistics.median(spent):.0f} ms, p95 {p95:.0f} ms of {requests};"
        f" of CPU {statistics.median(cpu):.0f}, {of_cpu:.0f}"
    )
    if profile:
        with cProfile.Profile() as profiler:
            client.get(address)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
