"""Two workers of four threads each group and trace the same 500 articles, while stories get their second looks.

Each event's reports lie as far apart as a batch is long, so that the threads work on the same event at the same time.
The reports are as clear as can be: in whatever order they come, each event is one story. Any other is found by a race.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta

import django
import numpy as np
import pytest
from django.db import connection, connections

from stories import pipeline
from stories.models import Act, Article, Edit, Recent, Stage, Story, TermCount
from stories.nlp.events import DIMENSIONS
from stories.services import grouping
from tests import factories

pytestmark = [pytest.mark.endurance, pytest.mark.django_db(transaction=True)]

PROCESSES, THREADS = 2, 4
ARTICLES = 500
EVENTS = pipeline.BY_NAME["group"].batch
# Events that two stories are about already, which the second look is to find out.
TWICE = 6
LANG = "en"
# Between two runs of second looks.
BREAK_S = 0.5


def words_of(event):
    return [f"word{event}x{number}" for number in range(12)]


def report(number, now, outlet):
    """The article of this number, which was read already; the events come one after the other, again and again."""
    event = number % EVENTS
    dice = np.random.default_rng(number)
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[event] = 1.0
    vector[EVENTS:] = dice.standard_normal(DIMENSIONS - EVENTS) * 0.3 / np.sqrt(DIMENSIONS - EVENTS)
    names = {f"name{event}x{place}": 1 for place in range(4)}
    common = {f"common{place}": 1 for place in dice.choice(200, 30, replace=False).tolist()}
    return Article(
        outlet=outlet,
        url_key=f"race-{number}",
        title=f"Event {event}, report {number}",
        lang=LANG,
        stage=Stage.READ,
        first_seen_at=now,
        reported_at=now + timedelta(seconds=number),
        vector=vector / np.linalg.norm(vector),
        terms={**dict.fromkeys(words_of(event), 2), **names, **common},
        traits={
            "names": names,
            "numbers": {str(1000 + event): 1},
            "dates": [],
            "years": [],
            "quotes": [f"what was said of event {event}"],
            "words": 300,
        },
    )


def event_of(title):
    return int(title.split(",")[0].split()[1])


def work(database, now):
    """A worker: four threads that group and trace until nothing waits."""
    connections.settings["default"]["NAME"] = database
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(future.result() for future in [pool.submit(run_dry, now) for _ in range(THREADS)])


def run_dry(now):
    """How many articles this thread has grouped."""
    grouped = 0
    try:
        while Article.objects.exclude(stage=Stage.DONE).exists():
            done = [pipeline.advance(name, lambda: now) for name in ("group", "trace")]
            grouped += done[0].moved
            if not any(step.claimed for step in done):
                time.sleep(BREAK_S / 10)
    finally:
        connection.close()
    return grouped


def seed(articles, now):
    """A story of these reports, that was founded apart from others of its event by mistake."""
    rows = Article.objects.bulk_create(articles)
    story = factories.story(rows, revision=1)
    Story.objects.filter(pk=story.pk).update(vector=sum(article.vector for article in rows))
    for article in rows:
        grouping.save(article, None, now)


@pytest.fixture
def waiting(now):
    """The articles that wait to be grouped; two stories each of some of their events are there already."""
    outlets = [factories.outlet() for _ in range(10)]
    rows = [report(number, now, outlets[number % 10]) for number in range(ARTICLES + 4 * EVENTS)]
    later = [rows[number::EVENTS][-4:] for number in range(TWICE)]
    for four in later:
        for article in four:
            article.stage = Stage.DONE
        seed(four[:2], now)
        seed(four[2:], now)
    return Article.objects.bulk_create(rows[:ARTICLES])


def test_no_race_founds_an_event_twice_or_puts_an_article_into_two_stories(waiting, now):
    over, name = threading.Event(), connection.settings_dict["NAME"]

    def look():
        """Second looks beside the workers."""
        try:
            while not over.wait(BREAK_S):
                pipeline.look_again(lambda: now)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(look)
        with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), django.setup) as workers:
            grouped = [future.result() for future in [workers.submit(work, name, now) for _ in range(PROCESSES)]]
        over.set()
        looking.result()
    settle(now)
    assert sum(grouped) == ARTICLES
    assert min(grouped) > 0
    each_event_is_one_story()
    what_is_kept_agrees()
    every_word_is_counted_once(waiting)
    assert Counter(Edit.objects.values_list("act", flat=True)) == {Act.MERGE: TWICE}


def settle(now):
    """What the last to come have left to do."""
    for _ in range(10):
        looked = pipeline.look_again(lambda: now)
        run_dry(now)
        if not looked:
            return
    raise AssertionError("the second look goes on and on")


def each_event_is_one_story():
    stories: dict[int, set[int]] = {}
    for story, title in Article.objects.values_list("story", "title"):
        stories.setdefault(event_of(title), set()).add(story)
    assert sorted(stories) == list(range(EVENTS))
    assert [event for event, found in stories.items() if len(found) > 1] == []
    assert len(set.union(*stories.values())) == EVENTS
    assert None not in set.union(*stories.values())
    assert Story.objects.live().count() == EVENTS


def what_is_kept_agrees():
    assert set(Article.objects.values_list("stage", flat=True)) == {Stage.DONE}
    for story in Story.objects.live():
        rows = story.articles.order_by("reported_at")
        assert story.article_count == rows.count()
        assert (story.first_at, story.last_at) == (rows[0].reported_at, rows.reverse()[0].reported_at)
        np.testing.assert_allclose(story.vector, np.sum([row.vector for row in rows], axis=0), atol=1e-3)
        assert story.traced_revision == story.looked_revision == story.revision
    placed = dict(Article.objects.values_list("pk", "story"))
    assert dict(Recent.objects.values_list("article", "story")) == placed


def every_word_is_counted_once(articles):
    counted = Counter(term for article in articles for term in (*article.terms, *article.traits["numbers"], ""))
    assert dict(TermCount.objects.filter(lang=LANG).values_list("term", "articles")) == counted
