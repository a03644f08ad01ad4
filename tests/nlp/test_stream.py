"""The stream in memory: who meets whom as reports arrive, and that in the end the order of arrival does not matter."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from stories.demo import world
from stories.management.evaluation import stream as streams
from stories.management.evaluation.stream import Reading, Stream
from stories.nlp import events, grouping, likeness, terms
from stories.nlp.traits import traits
from tests.nlp.reports import NOON, QUAKE_SOUTH, WORLD, stairs, vector

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
Groups = set[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """An invented report: its name, the event it is of, its time, what the read step finds in it."""

    name: str
    event: str
    at: datetime | None
    reading: Reading


def told(name: str, event: str, at: datetime | None, title: str, text: str) -> Told:
    meaning = events.load().encode([events.event_text(title, text)])[0]
    return Told(name, event, at, Reading(meaning, terms.counts(title, text), traits(title, text)))


@pytest.fixture(scope="module")
def small() -> list[Told]:
    """The invented events of reports.py, two hours between the reports of one."""
    return [
        told(f"{number}.{rank}", str(number), NOON + rank * 2 * HOUR, *report)
        for number, event in enumerate(WORLD)
        for rank, report in enumerate(event)
    ]


@pytest.fixture(scope="module")
def demo() -> list[Told]:
    """The demo world's English reports: look-alikes and chapters among them, by their gold labels."""
    found = []
    for shown in world.published(START, START + timedelta(minutes=5)):
        article = shown.article
        if not article.story.endswith("-de"):
            at = START + timedelta(minutes=article.minutes)
            found.append(told(article.path, article.story, at, shown.version.title, shown.version.text))
    return found


def run(reports: Iterable[Told], lang: str = "en", *, finish: bool = True, windowed: bool = True) -> Stream:
    """A stream of these reports."""
    made = Stream(lang, windowed)
    for report in reports:
        made.place(report.reading, report.at)
    if finish:
        made.finish()
    return made


def groups(reports: Sequence[Told], stories: Sequence[int]) -> Groups:
    """The names of the reports of each story."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for report, story in zip(reports, stories, strict=True):
        found[story].add(report.name)
    return {frozenset(group) for group in found.values()}


def gold(reports: Sequence[Told]) -> Groups:
    numbers = {event: number for number, event in enumerate(sorted({report.event for report in reports}))}
    return groups(reports, [numbers[report.event] for report in reports])


def shuffled(reports: Sequence[Told], seed: int) -> list[Told]:
    order = list(reports)
    random.Random(seed).shuffle(order)
    return order


# --- the order of arrival


@pytest.mark.parametrize("seed", range(6))
def test_a_small_world_comes_out_as_it_was_told_in_whatever_order_it_arrives(small: list[Told], seed: int) -> None:
    order = shuffled(small, seed)
    assert groups(order, run(order).story_of) == gold(small)


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_world_ends_as_it_was_told_in_whatever_order_it_arrives(demo: list[Told], seed: int) -> None:
    order = shuffled(demo, seed)
    assert groups(order, run(order).story_of) == gold(demo)


def test_reports_that_all_founded_stories_are_brought_together(
    demo: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "asked", lambda pairs: 99.0)
    order = shuffled(demo, 7)
    made = run(order)
    assert len(set(made.placed)) == len(demo)
    assert groups(order, made.story_of) == gold(demo)


def test_reports_that_joined_too_easily_are_parted(small: list[Told], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "asked", lambda pairs: -99.0)
    order = shuffled(small, 7)
    made = run(order)
    assert groups(order, made.placed) != gold(small)
    assert groups(order, made.story_of) == gold(small)


def test_the_same_order_gives_the_same_stories_and_numbers(small: list[Told]) -> None:
    one, other = run(shuffled(small, 3)), run(shuffled(small, 3))
    assert one.story_of == other.story_of
    assert one.placed == other.placed


def test_stories_and_members_say_the_same(demo: list[Told]) -> None:
    made = run(shuffled(demo, 1))
    assert {story: members for story, members in made.members.items() if not members} == {}
    assert [made.story_of[member] for members in made.members.values() for member in members] == [
        story for story, members in made.members.items() for _ in members
    ]
    assert sorted(member for members in made.members.values() for member in members) == list(range(len(demo)))


def test_when_nothing_has_grown_there_is_nothing_to_look_at(small: list[Told], monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(small)
    monkeypatch.setattr(Stream, "look_again", lambda self: pytest.fail("looked"))
    made.finish()


def test_the_second_look_runs_as_the_stream_goes(small: list[Told], monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(streams, "LOOK_EVERY", 5)
    monkeypatch.setattr(Stream, "look_again", lambda self: looks.append(len(self.reports)))
    run(small, finish=False)
    assert looks == [*range(5, len(small) + 1, 5)]


# --- time and language


def again(hours: float | None) -> list[Told]:
    """Two reports of one event so many hours apart; None: without times."""
    late = None if hours is None else NOON + hours * HOUR
    return [
        told("first", "quake", NOON if hours is not None else None, *QUAKE_SOUTH[0]),
        told("second", "quake", late, *QUAKE_SOUTH[1]),
    ]


@pytest.mark.parametrize(("hours", "stories"), [(1, 1), (71, 1), (73, 2), (-71, 1), (-73, 2), (500, 2)])
def test_in_a_stream_that_runs_with_time_the_window_holds(hours: float, stories: int) -> None:
    assert len(run(again(hours)).members) == stories


def test_without_times_there_is_no_window() -> None:
    assert len(run(again(None), windowed=False).members) == 1
    assert len(run(again(500), windowed=False).members) == 1


def test_without_an_encoder_reports_meet_by_shared_keys(small: list[Told]) -> None:
    reports = [report for report in small if report.name in ("0.0", "3.0", "5.0", "5.1", "5.2")]
    made = run(reports, lang="nb")
    assert groups(reports, made.story_of) == gold(reports)
    assert all(report.vector is None for report in made.reports)


# --- who is nearest


def blank(cosine: float, at: datetime = NOON) -> Told:
    """A report that has nothing but this cosine to `vector(1)`."""
    return Told("", "", at, Reading(vector(cosine), terms.counts("", ""), traits("", "")))


def test_the_nearest_come_first_thirty_at_most_and_within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "load", lambda: stairs((0.5, 1.0), start=-5.0))
    cosines = [0.9, 0.2, 0.7, -0.9, *[0.5] * 40]
    made = run([blank(cosine) for cosine in cosines] + [blank(0.99, NOON - 97 * HOUR)], finish=False)
    found = made.nearest(made.reports[0], without=0)
    assert len(found) == likeness.NEIGHBOURS
    assert found[:2] == [2, 4]
    assert 44 not in found
    near = [float(made.reports[one].vector @ made.reports[0].vector) for one in found]  # type: ignore[operator]
    assert near == sorted(near, reverse=True)
    few = run([blank(cosine) for cosine in cosines[:4]], finish=False)
    assert few.nearest(few.reports[0], without=0) == [2, 1]


def test_the_window_of_the_index_is_a_day_wider_than_that_of_stories() -> None:
    assert streams.KEEP - grouping.WINDOW == 24 * HOUR


def test_room_is_made_as_reports_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "load", lambda: stairs((0.5, 1.0), start=-5.0))
    made = run([blank(0.5, NOON + number * HOUR / 100) for number in range(150)], finish=False)
    assert len(made.reports) == 150
    assert made.nearest(made.reports[0])[0] == 0
    np.testing.assert_array_equal(made._vectors[149], vector(0.5))
    assert made._times[149] == (NOON + 149 * HOUR / 100).timestamp()
