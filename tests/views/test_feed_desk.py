"""Feeds at the desk: how each fares, its history, and what is done with one or with many, and told and logged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from stories.models import Feed, Fetch, Host, PollResult
from tests import factories
from tests.fakes import rss

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/feed/"


def at_desk(feed):
    return reverse("admin:stories_feed_change", args=[feed.pk])


def act(client, name, *feeds, **more):
    return client.post(LIST, {"action": name, "_selected_action": [feed.pk for feed in feeds], **more}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def logged():
    return list(LogEntry.objects.order_by("pk").values_list("object_repr", "change_message"))


def test_the_list_tells_how_each_fares_and_why_it_is_asked_when(editor_client, page):
    outlet = factories.outlet(name="Coast Wire", quiet_since=timezone.now())
    factories.feed(
        outlet=outlet, title="All news", last_result=PollResult.TEMPORARY, last_error="No answer in 20 s", failures=3,
        last_status=503, next_poll_reason="failed 3 times in a row", fixed_interval_s=5400,
    )  # fmt: skip
    text = page(editor_client, LIST)
    for words in (
        "Coast Wire",
        "No answer in 20 s",
        "HTTP 503",
        "failed 3 times in a row",
        "1\u00a0h\u00a030\u00a0min",
    ):
        assert words in text
    assert "quiet outlet" in text
    assert "Add by a site’s address" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("show=failing", {"failing"}),
        ("show=paused", {"paused"}),
        ("show=late", {"late"}),
        ("show=nonsense", {"failing", "paused", "late", "quiet", "paced"}),
        ("outlet_quiet=yes", {"quiet"}),
        ("pace=fixed", {"paced"}),
    ],
)
def test_the_list_is_narrowed(editor_client, query, found):
    later = timezone.now() + timedelta(hours=1)
    factories.feed(title="failing", last_result=PollResult.TEMPORARY, next_poll_at=later)
    factories.feed(title="paused", active=False)
    factories.feed(title="late", next_poll_at=timezone.now() - timedelta(hours=1))
    factories.feed(title="quiet", outlet=factories.outlet(quiet_since=timezone.now()), next_poll_at=later)
    factories.feed(title="paced", fixed_interval_s=900, next_poll_at=later)
    shown = editor_client.get(f"{LIST}?{query}").context["cl"].result_list
    assert {feed.title for feed in shown} == found


def test_the_list_costs_the_same_however_long(editor_client, django_assert_max_num_queries):
    editor_client.get(LIST)
    for _ in range(15):
        factories.feed(last_result=PollResult.TEMPORARY, last_error="No answer")
    with django_assert_max_num_queries(9):
        assert editor_client.get(LIST).status_code == 200


def test_its_page_has_its_history_and_its_error_in_words(editor_client, page, django_assert_max_num_queries):
    feed = factories.feed(last_result=PollResult.TEMPORARY, last_error="The server gave no answer", failures=2)
    for n in range(12):
        Fetch.objects.create(
            feed=feed, at=timezone.now(), result=PollResult.TEMPORARY, status=500 + n, reason="No answer", took_ms=1234
        )
    page(editor_client, at_desk(feed))
    with django_assert_max_num_queries(14):
        text = page(editor_client, at_desk(feed))
    for words in ("The server gave no answer", "511", "1,234 ms", "It can’t be read for the moment."):
        assert words in text


def test_feeds_are_polled_paused_and_taken_up_and_what_was_not_done_is_told(editor_client):
    a, b = factories.feed(title="A"), factories.feed(title="B", active=False)
    Host.objects.create(name="outlet.example", rest_until=timezone.now() + timedelta(hours=1))
    told = said(act(editor_client, "pause", a, b))
    assert told == ["Paused: 1 feed.", "As wanted already: 1 feed."]
    assert logged() == [("A", "Paused.")]
    told = said(act(editor_client, "poll_now", a, b))
    assert told[:2] == ["Due now: 2 feeds.", "Taken up again by it: 2 feeds."]
    assert "outlet.example" in told[2]
    assert Feed.objects.due(timezone.now()).count() == 2
    told = said(act(editor_client, "take_up", a, b))
    assert told == ["As wanted already: 2 feeds."]
    response = act(editor_client, "pause", a, back=a.pk)
    assert response.redirect_chain[-1][0] == at_desk(a)


def test_an_interval_is_asked_for_and_set(editor_client):
    a, b = factories.feed(title="A"), factories.feed(title="B", fixed_interval_s=900)
    demo = factories.feed(title="D", outlet=factories.outlet(demo=True))
    response = act(editor_client, "set_interval", a, b, demo)
    assert "3 feeds" in response.content.decode()
    chosen = response.context["form"]["feeds"].value()
    where = reverse("admin:stories_feed_interval")
    for minutes, words in (("5", "greater than or equal to 10"), ("x", "whole minutes")):
        wrong = editor_client.post(where, {"feeds": chosen, "minutes": minutes})
        assert wrong.status_code == 422
        assert words in wrong.content.decode()
    done = editor_client.post(where, {"feeds": chosen, "minutes": "15"}, follow=True)
    assert said(done) == [
        "Interval set: 1 feed.", "As wanted already: 1 feed.", "Not changed, since they are invented: 1 feed."
    ]  # fmt: skip
    a.refresh_from_db()
    assert (a.fixed_interval_s, a.next_poll_reason) == (900, "its interval was changed by an editor")
    assert logged() == [("A", "Interval fixed at 15 minutes.")]
    editor_client.post(where, {"feeds": chosen, "minutes": ""})
    assert not Feed.objects.exclude(fixed_interval_s=None).exists()


def test_feeds_move_once_the_editor_has_seen_what_moves(editor_client):
    feed = factories.feed(title="A")
    to = factories.outlet(name="Coast Wire", aliases=["the Wire"])
    factories.outlet(name="Sea Wire", aliases=["the Wire"])
    where = reverse("admin:stories_feed_move")
    chosen = act(editor_client, "move", feed).context["form"]["feeds"].value()
    for typed, words in (("", "Name an outlet."), ("the wire", "Several go by that"), ("Coats Wire", "Coast Wire")):
        wrong = editor_client.post(where, {"feeds": chosen, "outlet": typed})
        assert wrong.status_code == 422
        assert words in wrong.content.decode()
    text = editor_client.post(where, {"feeds": chosen, "outlet": "coast wire"}).content.decode()
    assert "1 feed would be Coast Wire’s from now on." in text
    feed.refresh_from_db()
    assert feed.outlet != to
    done = editor_client.post(where, {"feeds": chosen, "outlet": to.slug, "sure": "1"}, follow=True)
    assert said(done) == ["Moved to Coast Wire: 1 feed."]
    feed.refresh_from_db()
    assert feed.outlet == to
    assert logged() == [("A", "Moved to Coast Wire.")]


def test_real_feeds_do_not_move_to_invented_outlets(editor_client):
    feed, demo = factories.feed(), factories.outlet(demo=True)
    data = {"feeds": str(feed.pk), "outlet": demo.slug, "sure": "1"}
    assert editor_client.post(reverse("admin:stories_feed_move"), data).status_code == 422
    feed.refresh_from_db()
    assert feed.outlet != demo


@pytest.mark.parametrize("feeds", ["", "x", "1,", "1;2", "9" * 30])
def test_nonsense_moves_nothing(editor_client, feeds):
    for name in ("interval", "move"):
        data = {"feeds": feeds, "outlet": "x", "minutes": "15"}
        assert editor_client.post(reverse(f"admin:stories_feed_{name}"), data).status_code == 422


def test_a_new_address_is_asked_first(editor_client, web):
    feed, other = factories.feed(), factories.feed(url="https://other.example/feed.xml")
    row = {"outlet": feed.outlet_id, "url": feed.url, "title": "", "lang": "", "minutes": ""}
    text = editor_client.post(at_desk(feed), row | {"url": other.url}).content.decode()
    assert at_desk(other) in text
    web.put("https://new.example/feed.xml", rss({"title": "One", "link": "https://new.example/1"}))
    assert editor_client.post(at_desk(feed), row | {"url": "https://new.example/feed.xml"}).status_code == 302
    feed.refresh_from_db()
    assert feed.url == "https://new.example/feed.xml"
    assert "url" in logged()[0][1]


def test_two_editors_of_one_feed_lose_nothing(editor_client):
    feed = factories.feed(title="", lang="")
    was = {"outlet": feed.outlet_id, "url": feed.url, "title": "", "lang": "", "minutes": ""}
    seen = {f"initial-{name}": value for name, value in was.items()}
    editor_client.post(at_desk(feed), was | seen | {"title": "Anna’s"})
    editor_client.post(at_desk(feed), was | seen | {"minutes": "30"})
    feed.refresh_from_db()
    assert (feed.title, feed.fixed_interval_s) == ("Anna’s", 1800)


def test_feeds_come_in_by_the_checked_way_and_go_by_admins_alone(editor_client, reader_client):
    feed = factories.feed()
    assert editor_client.get("/admin/stories/feed/add/").status_code == 403
    assert editor_client.post(f"/admin/stories/feed/{feed.pk}/delete/", {"post": "yes"}).status_code == 403
    act(editor_client, "delete_selected", feed, post="yes")
    assert Feed.objects.exists()
    for name in ("interval", "move"):
        where = reverse(f"admin:stories_feed_{name}")
        assert reader_client.post(where, {"feeds": str(feed.pk), "minutes": "15"}).status_code == 302
        assert editor_client.get(where).status_code == 405
    feed.refresh_from_db()
    assert feed.fixed_interval_s is None


def test_invented_feeds_are_not_changed(editor_client):
    feed = factories.feed(outlet=factories.outlet(demo=True), title="Invented")
    row = {"outlet": feed.outlet_id, "url": feed.url, "title": "Mine", "lang": "", "minutes": ""}
    assert editor_client.post(at_desk(feed), row).status_code == 422
    feed.refresh_from_db()
    assert feed.title == "Invented"
