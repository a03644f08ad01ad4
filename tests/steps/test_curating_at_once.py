"""Two editors and the grouping worker at one story at once, 200 times: nothing is lost, and who may not is told why."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection

from stories import pipeline
from stories.models import Article, Edit, Stage, Story
from stories.nlp.events import DIMENSIONS
from stories.services import curation, grouping, marking, undoing
from stories.services.acts import By, Clash, Refused
from stories.services.seen import Seen
from tests import factories
from tests.steps.curating import consistent
from tests.steps.replayed import State

pytestmark = [pytest.mark.endurance, pytest.mark.django_db(transaction=True)]

ROUNDS = 200
# Every so many rounds both give the story a title, and a report comes in for the worker to group.
TITLES, ARRIVALS = 4, 5
WORDS = [f"word{number}" for number in range(12)]


def report(number, now, outlets):
    """A report of the one event, which was read already."""
    dice = np.random.default_rng(number)
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[0] = 1.0
    vector[1:] = dice.standard_normal(DIMENSIONS - 1) * 0.2 / np.sqrt(DIMENSIONS)
    return Article(
        outlet=outlets[number % len(outlets)],
        url_key=f"at-once-{number}",
        title=f"Ferry aground, report {number}",
        lang="en",
        stage=Stage.READ,
        first_seen_at=now,
        reported_at=now + timedelta(seconds=number),
        vector=vector / np.linalg.norm(vector),
        terms=dict.fromkeys(WORDS, 2),
        traits={
            "names": {"Skarv": 1, "Orvane": 1},
            "numbers": {"214": 1},
            "dates": [],
            "years": [],
            "quotes": [],
            "words": 300,
        },
    )


def grouped(rows):
    story = factories.story(rows, revision=1)
    Story.objects.filter(pk=story.pk).update(vector=sum(row.vector for row in rows))
    for row in rows:
        grouping.save(row, None, row.first_seen_at)
    return story


class Editor:
    """Somebody who acts on what they saw; `lost` is whatever went wrong other than being refused in words."""

    def __init__(self, name, stories):
        self.user = factories.editor(email=f"{name}@isles.example", first_name=name.title())
        self.stories = stories
        self.dice = random.Random(name)
        self.done, self.refused = [], []

    def act(self, number, now, barrier):
        """One act, begun when the other's is."""
        story = Story.objects.select_related("merged_into").get(pk=self.stories[0].pk)
        story = story.merged_into or story
        # What is on the page when both open it.
        barrier.wait(timeout=60)
        by = By.person(self.user, f"round {number}", Seen.now(stories=[story]))
        inside = list(story.articles.order_by("pk").values_list("pk", flat=True))
        barrier.wait(timeout=60)
        try:
            edit = self.choose(number, story, inside, by, now)
        except Refused as refused:
            self.refused.append(refused)
            return refused
        self.done.append(edit)
        return edit

    def choose(self, number, story, inside, by, now):
        other = Story.objects.filter(merged_into=None).exclude(pk=story.pk).order_by("pk").first() or self.stories[1]
        if number % TITLES == 0:
            return marking.rename(story, f"{self.user.first_name}, {number}", by, now)
        # None where the worker has just merged the story away: that is refused in words.
        one = [self.dice.choice(inside)] if inside else []
        mine = [edit for edit in self.done if Edit.objects.standing().filter(pk=edit.pk).exists()]
        acts = [
            lambda: curation.split(story, one, by, now),
            lambda: curation.move(one, other, by, now),
            lambda: curation.remove(one, by, now),
            lambda: (marking.unlock if Story.objects.get(pk=story.pk).locked else marking.lock)(story, by, now),
            lambda: marking.choose_lead(story, next(iter(one), 0), by, now),
            lambda: undoing.undo(self.dice.choice(mine), by, now),
        ]
        return self.dice.choices(acts, weights=(1, 1, 1, 1, 1, 4 if mine else 0))[0]()


@pytest.mark.timeout(900)
def test_two_editors_and_the_worker_at_one_story(now):
    outlets = [factories.outlet() for _ in range(6)]
    rows = Article.objects.bulk_create([report(number, now, outlets) for number in range(12)])
    for row in rows:
        row.stage = Stage.DONE
        row.save()
    stories = [grouped(rows[:9]), grouped(rows[9:])]
    first = State.real()
    editors = [Editor(name, stories) for name in ("anna", "bela")]
    over, faults, duels = threading.Event(), [], 0

    def work():
        """The worker: groups, traces, and looks again."""
        try:
            while not over.is_set():
                busy = [pipeline.advance(name, lambda: now).claimed for name in ("group", "trace")]
                busy.append(pipeline.look_again(lambda: now))
                over.wait(0.02 if not any(busy) else 0)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        working = pool.submit(work)
        try:
            for number in range(ROUNDS):
                if number % ARRIVALS == 0:
                    Article.objects.bulk_create([report(100 + number, now, outlets)])
                barrier = threading.Barrier(2)
                futures = [pool.submit(turn, editor, number, now, barrier) for editor in editors]
                outcomes = [future.result(timeout=120) for future in futures]
                if number % TITLES == 0:
                    duels += one_title_of_two(outcomes)
        finally:
            over.set()
        working.result(timeout=120)
    assert faults == []
    assert duels > ROUNDS // TITLES // 2
    nothing_is_lost(first, editors)


def turn(editor, number, now, barrier):
    try:
        return editor.act(number, now, barrier)
    finally:
        connection.close()


def one_title_of_two(outcomes):
    """Of two who typed a title over the same one, one was heard, and the other told whose word stands.

    False where the worker was faster than both, and merged the story into another.
    """
    kept = [one for one in outcomes if isinstance(one, Edit)]
    if not kept:
        assert all("has been merged" in one.reason for one in outcomes)
        return False
    (told,) = [one for one in outcomes if isinstance(one, Refused)]
    if "has been merged" not in told.reason:
        assert isinstance(told, Clash)
        assert told.edits == tuple(kept)
        assert kept[0].by in told.reason
    return True


def nothing_is_lost(first, editors):
    for editor in editors:
        assert editor.done
        assert editor.refused
        assert all(refused.reason.endswith(".") for refused in editor.refused)
        assert set(Edit.objects.filter(user=editor.user).values_list("pk", flat=True)) == {e.pk for e in editor.done}
    real, replayed = State.real(), first.replayed()
    came = real.where.keys() - first.where.keys()
    assert len(came) == ROUNDS // ARRIVALS
    assert {pk: real.where[pk] for pk in first.where} == {pk: replayed.where[pk] for pk in first.where}
    assert {key: real.said[key] for key in first.said} == {key: replayed.said[key] for key in first.said}
    assert {pk: real.leads[pk] for pk in first.leads} == {pk: replayed.leads[pk] for pk in first.leads}
    assert None not in {real.where[pk] for pk in first.where}
    assert consistent()
    for story in Story.objects.all():
        assert story.article_count == story.articles.count()
