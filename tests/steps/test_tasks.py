"""Celery's door: which bells ring, and that the sweep rings for whatever waits."""

from __future__ import annotations

import pytest

from stories import tasks
from stories.models import Stage
from tests import factories
from tests.fakes import rss

pytestmark = pytest.mark.django_db


@pytest.fixture
def bells(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.advance, "apply_async", lambda args, queue: rung.append((*args, queue)))
    return rung


def test_a_poll_that_finds_something_rings_for_extract(web, bells):
    feed = factories.feed(url="https://example.org/rss")
    web.put(feed.url, rss({"title": "Ferry aground", "link": "https://example.org/1"}))
    tasks.poll()
    assert bells == [("extract", "net")]


def test_a_poll_that_finds_nothing_rings_for_nothing(web, bells):
    tasks.poll()
    assert bells == []


def test_the_sweep_rings_once_per_batch_but_never_more_than_workers_can_answer(bells):
    factories.article(stage=Stage.READ)
    for _ in range(tasks.pipeline.BY_NAME["extract"].batch + 6):
        factories.article(stage=Stage.FOUND)
    for _ in range((tasks.MAX_BELLS + 1) * tasks.pipeline.BY_NAME["read"].batch):
        factories.article(stage=Stage.EXTRACTED)
    tasks.sweep()
    extract, read = [("extract", "net")] * 2, [("read", "cpu")] * tasks.MAX_BELLS
    assert bells == [*extract, *read, ("group", "group")]


def test_a_finished_step_rings_for_the_next(bells):
    factories.article(stage=Stage.EXTRACTED)
    tasks.advance("read")
    assert bells == [("group", "group")]


def test_pushed_articles_and_changed_pages_go_on_at_once(bells, monkeypatch):
    pipeline = tasks.pipeline
    monkeypatch.setattr(pipeline, "take_pushes", lambda clock: pipeline.pushes.Kept(pushes=1, found=2, more=False))
    monkeypatch.setattr(
        pipeline, "recheck", lambda clock: pipeline.rechecking.Rechecked(looked=3, changed=1, more=False)
    )
    tasks.take_pushes()
    tasks.recheck()
    assert bells == [("extract", "net"), ("read", "cpu")]


def test_nothing_to_subscribe_to_or_to_watch_is_no_fault(bells):
    tasks.subscribe()
    tasks.watch()
    assert bells == []
