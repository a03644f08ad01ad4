"""The database of bench.grouping: live stories written in bulk, then reports grouped by the production code.

Imported after django.setup(), in processes of their own, so that what one uses is told apart from what the other does.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import psutil
from django.db import connection, models, transaction

from bench.invented import LASTS, Report, World
from stories.models import Article, Outlet, Recent, Stage, Story, TermCount
from stories.nlp import grouping, likeness, terms
from stories.services import grouping as step
from stories.services import leases, regrouping, surroundings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OUTLETS = 200
# A story is filled with 1 to so many reports.
MOST = 4
EVENTS_AT_ONCE = 1_000
BATCH = 64
# Reports grouped before the clock runs, as a worker has long been at it; stories looked at apart.
WARM_UP, LOOKED_AT = 100, 200
# Reports that come one at a time, as at quiet hours.
ALONE = 300
# One in ten reports is of an event that there is no story about.
NEW_ONE_IN = 10
# What is filled in has numbers up to this, what is grouped later has higher ones.
FILLED = 10**9
# Tables with fewer rows are read through on purpose.
SMALL = 1_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. Milliseconds of parts and of reports that came alone; per report means; shares; bytes."""

    recent: int
    reports: int
    parts_ms: Sequence[float]
    alone_ms: Sequence[float]
    seconds: float
    python_ms: float
    postgres_ms: float
    queries: float
    found: float
    right: float
    wrong_story: float
    candidates: float
    members: float
    looks_ms: Sequence[float]
    scans: dict[str, int]
    searches: float
    sizes: dict[str, int]
    process: int
    postgres: int


# --- filling


def fill(first: int, stories: int, lang: str, seed: int) -> float:
    """Add the live stories from `first` up to `stories`, of 1 to 4 reports each; the seconds that it took.

    They are as grouping would have left them: marks weighed by what had been counted before. The articles have no texts
    and no vectors, which nobody reads here. The indexes of recent reports are made anew at the end.
    """
    began = time.perf_counter()
    if not first:
        Outlet.objects.bulk_create(Outlet(pk=n, name=f"Outlet {n}", slug=f"outlet-{n}") for n in range(1, OUTLETS + 1))
    world, outlet = World(seed), Outlet.objects.get(pk=1)
    counted = dict(TermCount.objects.filter(lang=lang).values_list("term", "articles"))
    frequencies = terms.Frequencies.with_live(lang, counted, counted.pop("", 0))
    with _without_indexes():
        for start in range(first, stories, EVENTS_AT_ONCE):
            numbers = range(start, min(stories, start + EVENTS_AT_ONCE))
            made = [_story(number, list(islice(world.reports(number), 1 + number % MOST)), lang) for number in numbers]
            rows = [_recent(article, report, outlet, frequencies) for _, pairs in made for article, report in pairs]
            with transaction.atomic():
                _copy([story for story, _ in made])
                _copy([article for _, pairs in made for article, _ in pairs])
                _copy(rows)
    _keep_counts(lang, frequencies)
    with connection.cursor() as cursor:
        for model in (Article, Story, TermCount) if not first else ():
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, FILLED])
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began


def _story(number: int, reports: Sequence[Report], lang: str) -> tuple[Story, list[tuple[Article, Report]]]:
    """A live story, its latest report within the 72 h before NOW, with its articles."""
    began = NOW - grouping.WINDOW * ((number * 0.618) % 1) - LASTS
    pairs = []
    for place, report in enumerate(reports):
        pk, at = number * MOST + place + 1, began + report.after
        article = Article(pk=pk, url_key=f"bench-{pk}", title=f"Event {number}", lang=lang, stage=Stage.DONE)
        article.outlet_id, article.story_id = pk % OUTLETS + 1, number + 1
        article.first_seen_at = article.reported_at = at
        pairs.append((article, report))
    times, count = [article.reported_at for article, _ in pairs], len(pairs)
    story = Story(pk=number + 1, title=f"Event {number}", slug=f"event-{number}", lang=lang, created_at=NOW)
    story.headline_of_id, story.first_at, story.last_at = pairs[0][0].pk, min(times), max(times)
    story.article_count = story.outlet_count = story.voice_count = count
    story.revision = story.looked_revision = story.traced_revision = count
    story.vector = np.sum([report.vector for report in reports], axis=0)
    return story, pairs


def _recent(article: Article, report: Report, outlet: Outlet, frequencies: terms.Frequencies) -> Recent:
    """An article's row among the recent ones, as the group step makes it."""
    vector = report.vector if terms.is_english(article.lang) else None
    marks = likeness.marks(vector, report.counts, report.traits, frequencies, article.reported_at)
    frequencies.add(likeness.asked_terms(report.counts, report.traits))
    outlet_id, article.outlet = article.outlet_id, outlet
    recent = surroundings.as_recent(article, marks, article.reported_at)
    article.outlet_id, recent.story_id = outlet_id, article.story_id or 0
    return recent


def _keep_counts(lang: str, frequencies: terms.Frequencies) -> None:
    """Write what was counted, in place of what was counted before."""
    counts = {**frequencies.live_counts, "": frequencies.live_total}
    with transaction.atomic():
        TermCount.objects.filter(lang=lang).delete()
        _copy([TermCount(pk=n, lang=lang, term=term, articles=counts[term]) for n, term in enumerate(counts, 1)])


def _copy(rows: Sequence[models.Model]) -> None:
    """Write rows of one model, their numbers included."""
    fields = rows[0]._meta.concrete_fields
    names = ", ".join(field.get_attname() for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {rows[0]._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])


@contextmanager
def _without_indexes() -> Iterator[None]:
    """For a while recent reports have no indexes: to make the vectors' one at once takes a tenth of row by row."""
    with connection.schema_editor() as editor:
        for index in Recent._meta.indexes:
            editor.remove_index(Recent, index)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '2GB'")
    with connection.schema_editor() as editor:
        for index in Recent._meta.indexes:
            editor.add_index(Recent, index)


# --- measuring


class Queries:
    """Counts the queries of a connection."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        """Pass a query on; see Django's execute_wrapper."""
        self.number += 1
        return execute(*given)


def measure(stories: int, reports: int, lang: str, seed: int) -> Figures:
    """Group reports, nine of ten of them of live events, then look again at stories that have grown."""
    expected = _arrive(stories, reports + WARM_UP + ALONE, lang, seed)
    _group(WARM_UP)
    backend, queries, before = psutil.Process(connection.connection.info.backend_pid), Queries(), _uses()
    theirs, ours, began = _cpu(backend), time.process_time(), time.perf_counter()
    with connection.execute_wrapper(queries):
        parts = _group(reports)
    seconds, ours, theirs = time.perf_counter() - began, time.process_time() - ours, _cpu(backend) - theirs
    uses, alone = _uses(), _group(ALONE, alone=True)
    found = dict(Article.objects.filter(pk__in=expected).values_list("pk", "story"))
    compared = {pk: _compared(pk) for pk in list(expected)[:LOOKED_AT]}
    grown = Story.objects.filter(pk__in=found.values()).order_by("pk").values_list("pk", flat=True)
    looks = [_look(pk) for pk in grown[:LOOKED_AT]]
    process, postgres = _memory()
    return Figures(
        recent=Recent.objects.count(),
        reports=reports,
        parts_ms=parts,
        alone_ms=alone,
        seconds=seconds,
        python_ms=ours / reports * 1000,
        postgres_ms=theirs / reports * 1000,
        queries=queries.number / reports,
        right=_share(found[pk] == story if story else found[pk] > FILLED for pk, story in expected.items()),
        wrong_story=_share(found[pk] <= FILLED and found[pk] != story for pk, story in expected.items()),
        candidates=float(np.mean([len(members) for members in compared.values()])),
        members=float(np.mean([sum(map(len, members.values())) for members in compared.values()])),
        found=_share(expected[pk] in members for pk, members in compared.items() if expected[pk]),
        looks_ms=looks,
        scans={name: count - before[0].get(name, 0) for name, count in uses[0].items()},
        searches=(uses[1] - before[1]) / reports,
        sizes=_sizes(),
        process=process,
        postgres=postgres,
    )


def _arrive(stories: int, number: int, lang: str, seed: int) -> dict[int, int | None]:
    """Reports that wait to be grouped; by article, the story that each belongs to, None for one of a new event."""
    world, dice = World(seed), random.Random(seed)
    rows, belongs = [], []
    for place in range(number):
        event = stories + 10**9 + place if place % NEW_ONE_IN == 0 else dice.randrange(stories)
        report = next(islice(world.reports(event), MOST, None))
        row = Article(url_key=f"bench-{stories}-{place}", title=f"Event {event}", lang=lang, stage=Stage.READ)
        row.outlet_id, row.vector = place % OUTLETS + 1, report.vector
        row.terms, row.traits = report.counts, report.traits.as_json()
        row.first_seen_at = row.reported_at = NOW + timedelta(seconds=place)
        rows.append(row)
        belongs.append(event + 1 if event < stories else None)
    made = Article.objects.bulk_create(rows, batch_size=500)
    return {row.pk: story for row, story in zip(made, belongs, strict=True)}


def _group(number: int, alone: bool = False) -> list[float]:
    """Group so many of the reports that wait, as the pipeline does or each alone; milliseconds of each transaction."""
    each: list[float] = []
    for start in range(0, number, BATCH):
        claim = leases.claim(Stage.READ, batch=min(BATCH, number - start), seconds=120, now=NOW + timedelta(days=1))
        parts = [[article] for article in claim.articles] if alone else step.together(claim.articles)
        for part in parts:
            began = time.perf_counter()
            leases.finish_all(
                claim, part, Stage.GROUPED, begin=step.begin, save=partial(step.save_all, now=NOW), writes=step.WRITES
            )
            each.append((time.perf_counter() - began) * 1000)
    return each


def _compared(pk: int) -> dict[int, list[surroundings.Compared]]:
    """The stories that an article is compared with, with their reports."""
    with transaction.atomic():
        near = dict.fromkeys(hit.story for hit in surroundings.nearest([Recent.objects.get(article=pk)])[pk])
        return surroundings.latest(list(near)[: grouping.CANDIDATES], grouping.MEMBERS)


def _look(pk: int) -> float:
    """The milliseconds of a second look."""
    began = time.perf_counter()
    regrouping.see(pk)
    return (time.perf_counter() - began) * 1000


def _uses() -> tuple[dict[str, int], int]:
    """How often each of the larger tables was read through so far, and how often the vector index was used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE n_live_tup >= %s", [SMALL])
        scans = dict(cursor.fetchall())
        cursor.execute("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname IN ('recent_vector')")
        return scans, cursor.fetchone()[0]


def _sizes() -> dict[str, int]:
    """Bytes of the recent reports and of each of their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'rows', pg_table_size('stories_recent') UNION ALL SELECT indexrelid::regclass::text,"
            " pg_relation_size(indexrelid) FROM pg_index WHERE indrelid = 'stories_recent'::regclass"
        )
        return dict(cursor.fetchall())


def _memory() -> tuple[int, int]:
    """What this process and the PostgreSQL beside it hold of the memory, shared parts shared out (PSS)."""
    servers = [p for p in psutil.Process(os.getppid()).children(recursive=True) if p.name().startswith("postgres")]
    return psutil.Process().memory_full_info().pss, sum(p.memory_full_info().pss for p in servers)


def _cpu(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def _share(marks: Iterable[bool]) -> float:
    return float(np.mean(list(marks)))
