"""Stories of the demo world that belong together without being one, and how nlp.relations sees them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations

import feedparser
import numpy as np
import pytest

from stories.demo import world
from stories.nlp import events, keys, terms
from stories.nlp.relations import Relation, StorySketch, relate
from stories.nlp.traits import traits

START = datetime(2026, 11, 24, 8, 30, 17, tzinfo=UTC)  # a Tuesday
BASE = "http://127.0.0.1:8000/demo"
END = START + timedelta(minutes=5)
GERMAN = {"ferry-thistle-ness-de", "night-trains-de"}


def span(story: str) -> tuple[float, float]:
    minutes = [a.minutes for a in world.load().articles if a.story == story]
    return min(minutes), max(minutes)


def test_ties_name_two_stories_of_this_world() -> None:
    stories = {a.story for a in world.load().articles}
    for tie in world.load().ties:
        assert {tie.first, tie.second} <= stories
        assert tie.first != tie.second
        assert tie.kind in {"chapter", "related", "translation"}
        assert span(tie.first)[0] <= span(tie.second)[0]


def test_the_running_story_goes_on_the_next_day_as_a_story_of_its_own() -> None:
    (tie,) = [t for t in world.load().ties if t.kind == "chapter"]
    (began, ended), (again, _) = span(tie.first), span(tie.second)
    assert 12 * 60 <= again - began <= 36 * 60
    assert again > ended
    texts = [a.versions[0].text for a in world.load().articles if a.story == tie.second]
    assert all("Marrack" in text for text in texts)
    assert sum("Ostrey" in text for text in texts) == 3
    assert not any("flood" in text or "weir" in text for text in texts)


def test_another_language_tells_one_event_so_that_it_is_sure_and_one_so_that_it_is_not() -> None:
    german = [a for a in world.load().articles if world.load().outlets[a.outlet].lang == "de"]
    assert {a.story for a in german} == GERMAN
    (tie,) = [t for t in world.load().ties if t.kind == "translation"]
    told = {a.story: a.versions[0].text for a in german}
    sure, unsure = told[tie.second], told[(GERMAN - {tie.second}).pop()]
    marks = ("Thistle Ness", "Gull Narrows", "Birgit Solne", "74", "31")
    assert all(mark in sure for mark in marks)
    assert not any(name in unsure for name in ("Nightline", "Veldane", "Corwin", "Hale", "38"))


def test_german_reports_have_german_weekdays_and_say_so() -> None:
    found = world.page("orvaner-merkur", "faehre-thistle-ness", start=START, base_url=BASE, now=END)
    assert found is not None
    body = found.body.decode()
    assert re.search(r"am (Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag) auf einen Felsen", body)
    assert '<html lang="de">' in body
    feed = world.feed("orvaner-merkur", start=START, base_url=BASE, now=END)
    assert feed is not None
    assert feedparser.parse(feed.body).feed.language == "de"


# --- what the program makes of them, were they grouped as the labels say


@cache
def relations() -> dict[tuple[str, str], Relation]:
    """Every two stories that nlp.relations ties, by their labels."""
    members: dict[str, list[tuple[str, str, datetime]]] = {}
    for p in world.published(START, END):
        text = p.version.text or p.version.summary
        members.setdefault(p.article.story, []).append((p.version.title, text, p.published))
    named, english = {}, terms.Frequencies(terms.background("en"))
    for label, reports in members.items():
        found = [traits(title, text) for title, text, _ in reports]
        named[label] = keys.telling([keys.Named(t.names, t.numbers) for t in found], english)
    sketches = {label: sketch(label, reports, named[label]) for label, reports in members.items()}
    tied = {}
    for one, other in combinations(sorted(sketches, key=lambda label: (sketches[label].first_at, label)), 2):
        if relation := relate(sketches[one], sketches[other], {**named[other], **named[one]}):
            tied[one, other] = relation
    return tied


def sketch(label: str, reports: list[tuple[str, str, datetime]], known_by: dict[str, float]) -> StorySketch:
    lang = "de" if label in GERMAN else "en"
    texts = [events.event_text(title, text) for title, text, _ in reports]
    vector = events.load().encode(texts).sum(axis=0) if lang == "en" else np.zeros(events.DIMENSIONS, np.float32)
    times = [at for _, _, at in reports]
    return StorySketch(lang, vector, frozenset(known_by), len(reports), min(times), max(times))


@pytest.mark.parametrize("tie", world.load().ties, ids=lambda tie: f"{tie.first}, {tie.second}")
def test_what_belongs_together_is_tied(tie) -> None:
    assert relations()[tie.first, tie.second].kind == tie.kind


def test_nothing_else_is_called_a_chapter_or_the_same_event() -> None:
    expected = {(tie.first, tie.second) for tie in world.load().ties}
    surest = {pair for pair, relation in relations().items() if relation.kind != "related"}
    assert surest == expected


def test_look_alikes_are_not_tied() -> None:
    assert ("ferry-lady-imrie", "ferry-thistle-ness") not in relations()
    assert not [pair for pair in relations() if "water-board-search" in pair and "ostrey-weir" not in pair]
