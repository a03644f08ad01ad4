"""End to end: the demo world served over real HTTP, polled by the real pipeline, read in a real browser."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from stories import pipeline
from stories.models import Article, Feed, Stage
from stories.services import demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def elsewhere(work):
    """Do it in a thread of its own, as a worker would: the browser's event loop runs in this one."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def carry_through() -> pipeline.polling.Polled:
    """Poll, then ring every bell until nothing waits."""
    polled = pipeline.poll(timezone.now)
    while any(pipeline.advance(step.name, timezone.now).claimed for step in pipeline.STEPS):
        pass
    return polled


@pytest.fixture
def polled(browser, live_server, transactional_db, settings):
    """The demo world, begun three minutes ago, polled and carried through every step; and the clock after that."""
    settings.DEMO_WORLD = True
    settings.PUBLIC_URL = live_server.url
    settings.FETCH_ALLOW = (urlsplit(live_server.url).netloc.replace("localhost", "127.0.0.1"),)
    demo.start(timezone.now() - timedelta(minutes=3))
    elsewhere(carry_through)
    assert not Article.objects.exclude(stage=Stage.DONE).exists()


def test_from_feeds_to_the_story_page(visit, polled):
    tab = visit()
    page = tab.open("/")
    page.get_by_role("link", name=re.compile("Ministry was warned of Nightline brake faults")).first.click()
    expect(page.locator("main")).to_contain_text("The Halvern Courier")
    expect(page.get_by_text("The Evening Flare").first).to_be_visible()
    # A headline that its outlet changed is shown with the one before.
    page = tab.open("/search/?q=overdraft")
    assert page.get_by_text("Tern").count() > 1


def test_the_second_poll_of_a_quiet_world_asks_politely_and_writes_nothing(polled):
    before = set(Article.objects.values_list("pk", "stage"))
    Feed.objects.update(next_poll_at=timezone.now())
    again = elsewhere(carry_through)
    assert (again.feeds, again.found) == (Feed.objects.count(), 0)
    assert set(Feed.objects.values_list("last_result", "last_status")) == {("not_modified", 304)}
    assert set(Article.objects.values_list("pk", "stage")) == before
