"""The whole path on the demo world, polled over the faked web: what comes out, and that killing loses nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from stories import pipeline
from stories.demo import world
from stories.ingest.errors import Permanent
from stories.models import GROUPING, Article, Edit, Feed, Recent, Stage, Story
from stories.services import demo, leases
from tests import factories
from tests.steps import grouped

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def demo_web(web, now, settings):
    """The demo world behind the faked web, as it is three minutes after its start."""
    settings.DEMO_WORLD = True
    base = demo.base_url(now)
    later = now + timedelta(minutes=3)

    def serve(url):
        outlet, _, rest = url.removeprefix(base + "/").partition("/")
        if rest == "feed.xml":
            return world.feed(outlet, start=now, base_url=base, now=later).body
        page = world.page(outlet, rest.removesuffix(".html"), start=now, base_url=base, now=later)
        if page is None or page.status >= 400:
            return Permanent(f"The server answered {page.status if page else 404}.")
        return page.body

    web.elsewhere = serve
    demo.start(now)
    return web


def run_dry(clock, steps=pipeline.STEPS):
    """Ring every bell until nothing waits, letting leases and back-offs run out as time goes by."""
    for _ in range(200):
        pipeline.poll(clock)
        moved = [pipeline.advance(step.name, clock).claimed for step in steps]
        moved.append(pipeline.look_again(clock))
        if not any(moved) and not Article.objects.exclude(stage__in=[Stage.DONE, Stage.FAILED]).exists():
            return
        clock.now += timedelta(seconds=30)
    pytest.fail(f"still waiting: {pipeline.waiting(clock())}")


def test_the_demo_world_arrives_whole(demo_web, now):
    run_dry(Clock(now))
    gold = world.gold()
    assert Article.objects.filter(stage=Stage.DONE).count() == len(gold) >= 40
    assert not Feed.objects.exclude(last_error="").exists()
    assert Article.objects.filter(text_state="none").exists()
    assert Article.objects.exclude(story=None).count() == len(gold)
    big = Story.objects.order_by("-outlet_count").first()
    assert big.outlet_count >= 5
    assert not Edit.objects.exclude(by=GROUPING).exists()
    for story in Story.objects.live():
        assert story.looked_revision == story.traced_revision == story.revision
        assert story.article_count == story.articles.count()
        assert story.headline_of.story == story


def test_look_alike_events_stay_apart_and_reports_of_one_event_meet(demo_web, now):
    run_dry(Clock(now))
    base = demo.base_url(now)
    together = {}
    for path, label in world.gold().items():
        article = Article.objects.get(url=f"{base}/{path.lstrip('/')}")
        together.setdefault(article.story_id, set()).add(label)
    mixed = [labels for labels in together.values() if len(labels) > 1]
    assert mixed == []


@pytest.mark.endurance
def test_a_worker_killed_again_and_again_loses_nothing_and_doubles_nothing(demo_web, now, monkeypatch):
    dice = random.Random(7)

    def deadly(honest, often):
        def finish(*args, **kw):
            if dice.random() < often:
                raise KeyboardInterrupt
            return honest(*args, **kw)

        return finish

    monkeypatch.setattr(leases, "finish", deadly(leases.finish, 0.2))
    monkeypatch.setattr(leases, "finish_all", deadly(leases.finish_all, 0.5))
    monkeypatch.setattr(leases, "MAX_ATTEMPTS", 100)
    clock = Clock(now)
    pipeline.poll(clock)
    deaths = 0
    for _ in range(600):
        for step in pipeline.STEPS:
            try:
                pipeline.advance(step.name, clock)
            except KeyboardInterrupt:
                deaths += 1
        if not Article.objects.exclude(stage=Stage.DONE).exists():
            break
        clock.now += timedelta(seconds=200)
    assert deaths > 10
    assert Article.objects.filter(stage=Stage.DONE).count() == len(world.gold())
    while pipeline.look_again(clock):
        pass
    assert sum(Story.objects.values_list("article_count", flat=True)) == len(world.gold())
    for story in Story.objects.all():
        assert story.article_count == story.articles.count()


def test_one_articles_poison_does_not_take_its_batch_along(now, monkeypatch):
    good, bad = factories.article(stage=Stage.EXTRACTED), factories.article(stage=Stage.EXTRACTED, title="poison")
    honest = pipeline.reading.compute

    def compute(articles, at):
        if any(article.title == "poison" for article in articles):
            raise ValueError("nobody foresaw this")
        return honest(articles, at)

    monkeypatch.setattr(pipeline.reading, "compute", compute)
    advanced = pipeline.advance("read", lambda: now)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (advanced.claimed, advanced.moved) == (2, 1)
    assert good.stage == Stage.READ
    assert (bad.stage, bad.failed_stage) == (Stage.FAILED, Stage.EXTRACTED)
    assert "nobody foresaw this" in bad.failure


def test_a_full_batch_rings_its_own_bell_again_and_the_next_steps(now, monkeypatch):
    for _ in range(3):
        factories.article(stage=Stage.EXTRACTED)
    monkeypatch.setattr(
        pipeline,
        "BY_NAME",
        {"read": pipeline.Step("read", Stage.EXTRACTED, Stage.READ, pipeline.reading, "cpu", 2, 60)},
    )
    assert pipeline.advance("read", lambda: now).ring == ("group", "read")
    assert pipeline.advance("read", lambda: now).ring == ("group",)


def test_what_fell_quiet_is_closed_and_what_is_too_old_to_be_joined_forgotten(now):
    quiet, live = (grouped.group(grouped.read(now - age, *grouped.FERRY), now - age) for age in (100 * HOUR, HOUR))
    assert quiet.story != live.story
    assert pipeline.close_quiet(lambda: now) == 1
    assert [Story.objects.get(pk=row.story_id).closed_at for row in (quiet, live)] == [now, None]
    assert Recent.objects.get().article == live
    assert pipeline.close_quiet(lambda: now) == 0


def test_the_second_look_counts_what_it_looked_at(now):
    grouped.group(grouped.read(now, *grouped.FERRY), now)
    grouped.group(grouped.read(now, *grouped.BUDGET), now)
    assert [pipeline.look_again(lambda: now) for _ in range(2)] == [2, 0]


def test_the_table_is_a_chain_that_ends_in_done():
    for step, following in zip(pipeline.STEPS, pipeline.STEPS[1:], strict=False):
        assert step.gives == following.takes
    assert pipeline.STEPS[0].takes == Stage.FOUND
    assert pipeline.STEPS[-1].gives == Stage.DONE
