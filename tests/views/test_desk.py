"""The desk and the health pages: every table lists, filters and searches without a fault."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from stories.models import Article, Feed, Fetch, Host, Outlet, PollResult, Push, Stage, Subscription
from tests import factories

pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label == "stories"]


@pytest.fixture
def desk(client):
    client.force_login(factories.editor(is_superuser=True))
    return client


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.model_name)
def test_every_table_lists_and_searches(desk, model):
    factories.story(articles=[factories.article()])
    url = reverse(f"admin:stories_{model._meta.model_name}_changelist")
    assert desk.get(url).status_code == 200
    assert desk.get(url, {"q": "ferry"}).status_code == 200


@pytest.mark.parametrize("name", ["outlet", "feed", "article", "story", "user", "version"])
def test_every_row_opens(desk, name):
    story = factories.story(articles=[factories.article(feed=factories.feed())])
    article = story.articles.get()
    rows = {"outlet": article.outlet, "feed": article.feed, "article": article, "story": story}
    rows |= {"user": factories.user(), "version": article.version}
    assert desk.get(reverse(f"admin:stories_{name}_change", args=[rows[name].pk])).status_code == 200


def test_every_table_is_at_the_desk():
    names = {model._meta.model_name for model in OURS}
    polling = {"host", "fetch", "subscription", "push"}
    grouping = {"recent", "storylink", "edit", "constraint", "override", "doubt", "objection"}
    findings = {"examined", "attribution", "credit", "storyprovenance", "happening", "proposal"}
    own = {"outlet", "feed", "feedentry", "article", "version", "story", "termcount", "user", "apitoken"}
    people = {"team", "invitation"}
    told = {"notice", "alert", "channel", "delivery", "attempt"}
    assert names == own | polling | grouping | findings | people | told


def test_failed_articles_are_tried_again_by_a_click(desk):
    article = factories.article(stage=Stage.FAILED, failed_stage=Stage.READ, failure="x")
    url = reverse("admin:stories_article_changelist")
    desk.post(url, {"action": "try_again", "_selected_action": [article.pk]})
    assert Article.objects.get().stage == Stage.READ


def test_feeds_are_paused_and_polled_from_the_desk(desk):
    feed = factories.feed()
    url = reverse("admin:stories_feed_changelist")
    desk.post(url, {"action": "pause", "_selected_action": [feed.pk]})
    assert not Feed.objects.get().active
    desk.post(url, {"action": "poll_now", "_selected_action": [feed.pk]})
    assert Feed.objects.get().active


def test_what_polling_remembers_opens_without_its_secrets(desk, now):
    feed = factories.feed()
    fetch = Fetch.objects.create(feed=feed, at=now, result=PollResult.NEW)
    subscription = Subscription.objects.create(
        feed=feed, hub="https://hub.example/", topic=feed.url, token="callback-token", secret="signing-secret"
    )
    push = Push.objects.create(subscription=subscription, received_at=now, body=b"a body")
    for row in (fetch, subscription, push, Host.objects.create(name="outlet.example")):
        text = desk.get(reverse(f"admin:stories_{row._meta.model_name}_change", args=[row.pk])).content.decode()
        assert row._meta.verbose_name in text
        assert not any(secret in text for secret in ("callback-token", "signing-secret", "a body"))


def test_a_hosts_rest_is_ended_and_its_robots_txt_read_again_from_the_desk(desk):
    later = timezone.now() + timedelta(hours=1)
    host = Host.objects.create(name="outlet.example", rest_until=later, robots_at=timezone.now())
    url = reverse("admin:stories_host_changelist")
    for action in ("end_rest", "read_robots_again"):
        assert desk.post(url, {"action": action, "_selected_action": [host.pk]}).status_code == 302
    host.refresh_from_db()
    assert (host.rest_until, host.robots_at) == (None, None)


def test_the_desk_is_for_editors(client):
    client.force_login(factories.user())
    assert client.get(reverse("admin:index")).status_code == 302


def test_healthy_and_ready(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (200, "ok")


def test_not_ready_names_what_is_missing_and_no_secret(client, monkeypatch):
    def down(*args: object) -> None:
        raise ConnectionError("redis://user:secret@host")

    monkeypatch.setattr(type(cache._connections[cache._alias]), "set", down)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "unreachable" in answer.json()["broker"]
    assert b"secret" not in answer.content


@pytest.mark.parametrize("name", ["article", "story", "version"])
def test_what_was_found_is_neither_changed_nor_destroyed_at_the_desk(desk, name):
    story = factories.story(articles=[factories.article(title="As it was")])
    article = story.articles.get()
    row = {"article": article, "story": story, "version": article.version}[name]
    desk.post(reverse(f"admin:stories_{name}_delete", args=[row.pk]), {"post": "yes"})
    desk.post(reverse(f"admin:stories_{name}_change", args=[row.pk]), {"title": "As I like it"})
    row.refresh_from_db()
    assert row.title == "As it was"


def test_a_feed_paced_at_the_desk_is_due_at_once(desk):
    feed = factories.feed(next_poll_at=timezone.now() + timedelta(days=1))
    row = {"outlet": feed.outlet_id, "url": feed.url, "title": "", "lang": "", "minutes": "10"}
    desk.post(reverse("admin:stories_feed_change", args=[feed.pk]), row)
    feed.refresh_from_db()
    assert feed.fixed_interval_s == 600
    assert Feed.objects.due(timezone.now()).count() == 1


def test_an_outlet_is_added_and_changed_at_the_desk(desk):
    row = {"name": "The Skarv Courier", "slug": "skarv-courier", "aliases": "the Courier", "domains": "courier.example"}
    desk.post(reverse("admin:stories_outlet_add"), row)
    outlet = Outlet.objects.get()
    assert (outlet.aliases, outlet.domains) == (["the Courier"], ["courier.example"])
