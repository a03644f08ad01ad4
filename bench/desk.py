"""What the desk costs where much is kept: its lists, searched and narrowed in every way, its pages, and a merge.

    python -m bench.desk [--articles 200000] [--stories 30000] [--requests 20] [--quick]

On a PostgreSQL of the bench's own, filled by bench.deskrows with invented rows. Pages are asked for through Django's
own handler in one process, as an admin, templates compiled and caches warm. Asked: under 400 ms at the 95th percentile
and under 30 queries each; a merge of two stories of 500 articles each under 2 s. --quick leaves out the many.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from typing import Any

from bench.polling import database

ASKED_MS, ASKED_QUERIES, ASKED_MERGE_S = 400, 30, 2.0
# Of the many lists and filters each is asked for so often; the slowest are named.
FEW, SLOWEST = 5, 15


def main() -> None:
    """Fill in, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--stories", type=int, default=30_000)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="only the pages that are named, and the merge")
    options = parser.parse_args()
    with database():
        from bench import deskrows  # noqa: PLC0415

        began = time.perf_counter()
        deskrows.fill(options.articles, options.stories)
        print(f"{options.articles} articles, {options.stories} stories, filled in {time.perf_counter() - began:.0f} s")
        desk = _Desk()
        print(f"\n{'page':44} {'median':>8} {'p95':>8} {'queries':>8}")
        for name, address in _named():
            _line(name, *desk.measure(address, options.requests))
        if not options.quick:
            _many(desk)
        _merges()


class _Desk:
    """An admin's browser."""

    def __init__(self) -> None:
        from django.test import Client  # noqa: PLC0415

        from stories.models import User  # noqa: PLC0415

        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(User.objects.get(is_superuser=True))

    def get(self, address: str) -> Any:
        """The page; fails unless it is one."""
        response = self.client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        return response

    def measure(self, address: str, requests: int) -> tuple[list[float], int]:
        """Milliseconds of each request, and how many queries one makes."""
        from django.db import connection  # noqa: PLC0415
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

        self.get(address)
        with CaptureQueriesContext(connection) as asked:
            self.get(address)
            queries = len(asked)
        took = []
        for _ in range(requests):
            began = time.perf_counter()
            self.get(address)
            took.append((time.perf_counter() - began) * 1000)
        return took, queries


def _named() -> Iterator[tuple[str, str]]:
    """The pages that editors live on."""
    from django.urls import reverse  # noqa: PLC0415

    from bench.deskrows import RARE  # noqa: PLC0415

    def listing(name: str) -> str:
        return reverse(f"admin:stories_{name}_changelist")

    stories, reports, edits = listing("story"), listing("article"), listing("edit")
    yield "the desk's first page", reverse("admin:index")
    yield "stories", stories
    yield "stories, a page in the middle", f"{stories}?p={_middle('story', 'last_at')}"
    yield "stories, a common word", f"{stories}?q=ferry"
    yield "stories, a rare word", f"{stories}?q={RARE}"
    yield "stories, two letters", f"{stories}?q=zq"
    yield "stories in doubt", f"{stories}?doubt=any"
    yield "stories, hidden", f"{stories}?state=hidden"
    yield "stories by number of articles", f"{stories}?o=-2"
    yield "articles", reports
    yield "articles, a page in the middle", f"{reports}?p={_middle('article', 'reported_at')}"
    yield "articles, a common word", f"{reports}?q=ferry"
    yield "articles, a rare word", f"{reports}?q={RARE}"
    yield "articles, two letters that none has", f"{reports}?q=zq"
    yield "articles that failed", f"{reports}?stage=FAILED"
    yield "articles of an outlet", f"{reports}?outlet=7"
    yield "edits", edits
    yield "edits, searched", f"{edits}?q={RARE}"
    yield "edits of editors", f"{edits}?maker=editors"
    yield "questions", listing("doubt")
    yield "autocompletion of stories", f"{_autocomplete('storylink', 'first')}&term=ferry"
    yield "autocompletion of articles", f"{_autocomplete('constraint', 'first')}&term={RARE}"
    yield "a story of 500 articles at the desk", reverse("admin:stories_story_change", args=[1])
    yield "a story of 6 articles at the desk", reverse("admin:stories_story_change", args=[1000])
    yield "a story's history", reverse("admin:stories_story_history", args=[1000])


def _autocomplete(model: str, field: str) -> str:
    from django.urls import reverse  # noqa: PLC0415

    return f"{reverse('admin:autocomplete')}?app_label=stories&model_name={model}&field_name={field}"


def _middle(name: str, field: str) -> str:
    """The cursor of the page that begins at the row in the middle."""
    from django.apps import apps  # noqa: PLC0415

    from stories.admin.paging import Cursor  # noqa: PLC0415

    rows = apps.get_model("stories", name)._default_manager.order_by(f"-{field}", "-pk").values_list(field, "pk")
    at, pk = rows[rows.count() // 2]
    return str(Cursor(False, (at.isoformat(), str(pk))))


def _many(desk: _Desk) -> None:
    """Every list of the desk, searched, and narrowed by each choice of each filter; prints the slowest."""
    found = []
    for address in _every(desk):
        took, queries = desk.measure(address, FEW)
        found.append((max(took), queries, address))
    found.sort(reverse=True)
    slow = sum(1 for worst, _, _ in found if worst > ASKED_MS)
    most = max(queries for _, queries, _ in found)
    print(f"\n{len(found)} lists, searched and narrowed: {slow} took over {ASKED_MS} ms; at most {most} queries.")
    print(f"The slowest ({FEW} requests each, the worst of them):")
    for worst, queries, address in found[:SLOWEST]:
        print(f"  {worst:6.0f} ms {queries:4} queries  {address}")


def _every(desk: _Desk) -> Iterator[str]:
    from django.contrib import admin  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    for model, table in admin.site._registry.items():
        listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield listing
        if table.search_fields:
            yield f"{listing}?q=ferry"
            yield f"{listing}?q=zqzq"
        changes = desk.get(listing).context_data["cl"]
        for spec in changes.filter_specs:
            yield from (f"{listing}{choice['query_string']}" for choice in list(spec.choices(changes))[1:])


def _merges() -> None:
    """Merge pairs of large stories, each pair once."""
    from django.utils import timezone  # noqa: PLC0415

    from bench.deskrows import LARGE, PAIRS  # noqa: PLC0415
    from stories.models import Story, User  # noqa: PLC0415
    from stories.services import curation, undoing  # noqa: PLC0415
    from stories.services.acts import By  # noqa: PLC0415

    by = By.person(User.objects.get(is_superuser=True))
    merged, undone = [], []
    for pair in range(PAIRS):
        kept, gone = Story.objects.get(pk=2 * pair + 1), Story.objects.get(pk=2 * pair + 2)
        began = time.perf_counter()
        edit = curation.merge(kept, gone, by, timezone.now())
        merged.append(time.perf_counter() - began)
        began = time.perf_counter()
        undoing.undo(edit, by, timezone.now())
        undone.append(time.perf_counter() - began)
    for name, took in (("merged", merged), ("taken back", undone)):
        said = "" if max(took) < ASKED_MERGE_S else f"  over {ASKED_MERGE_S:.0f} s"
        print(
            f"two stories of {LARGE}, {name}: median {statistics.median(took):.2f} s, at most {max(took):.2f} s{said}"
        )


def _line(name: str, took: list[float], queries: int) -> None:
    p95 = statistics.quantiles(took, n=20)[-1]
    missed = " <-" if p95 > ASKED_MS or queries >= ASKED_QUERIES else ""
    print(f"{name:44} {statistics.median(took):5.0f} ms {p95:5.0f} ms {queries:8}{missed}", flush=True)


if __name__ == "__main__":
    main()
