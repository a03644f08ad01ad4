"""The feeds page: what everybody sees there, and what editors do."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client

from stories import forms
from stories.models import Feed, Outlet, PollResult
from stories.views import feeds as views
from tests import factories
from tests.factories import MORNING
from tests.fakes import rss

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(minutes=20)
OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline type="rss" text="Coast Wire" xmlUrl="https://coast.example/feed" htmlUrl="https://coast.example/"/>
<outline type="rss" text="Harbour Mirror" xmlUrl="https://mirror.example/feed" htmlUrl="https://mirror.example/"/>
<outline type="rss" text="A file" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_feed_says_how_it_fares_and_why_it_is_polled_when(client, page):
    factories.feed(
        outlet=factories.outlet(name="Valley News"),
        title="Valley News, sport",
        last_result=PollResult.TEMPORARY,
        last_status=503,
        last_error="The server asked us to wait for two hours.",
        failures=4,
        next_poll_at=NOW + timedelta(hours=2),
        next_poll_reason="backing off after 4 failures in a row",
    )
    text = page(client, "/feeds/")
    for part in (
        "temporary failure",
        "HTTP 503",
        "The server asked us to wait for two hours.",
        "4 failures in a row; no good poll yet",
        "in 2 hours",
        "backing off after 4 failures in a row",
        "1 feed, ",
        "1 failing",
    ):
        assert part in text


def test_a_feed_that_is_due_says_so(client, page):
    factories.feed(next_poll_at=NOW - timedelta(seconds=3), last_polled_at=None, last_result=PollResult.NEVER)
    text = page(client, "/feeds/")
    assert "due now" in text
    assert "not polled yet" in text
    assert "HTTP" not in text.partition("<tbody>")[2].replace("HTTP 200", "")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Fine", "Broken", "Resting"}),
        ("?show=failing", {"Broken"}),
        ("?show=paused", {"Resting"}),
        ("?show=nonsense", {"Fine", "Broken", "Resting"}),
        ("?q=FINE", {"Fine"}),
        ("?q=resting.example", {"Resting"}),
        ("?show=failing&q=fine", set()),
        ("?q=%00", {"Fine", "Broken", "Resting"}),
    ],
)
def test_feeds_can_be_narrowed(client, page, query, names):
    factories.feed(outlet=factories.outlet(name="Fine"))
    factories.feed(outlet=factories.outlet(name="Broken"), last_result=PollResult.PERMANENT)
    factories.feed(
        outlet=factories.outlet(name="Resting"),
        url="https://resting.example/f",
        active=False,
        last_result=PollResult.PERMANENT,
    )
    table = page(client, f"/feeds/{query}").partition("<tbody>")[2]
    assert {name for name in ("Fine", "Broken", "Resting") if f">{name}</a>" in table} == names


def test_five_hundred_feeds_are_paged_with_bounded_queries(client, page, django_assert_max_num_queries):
    outlet = factories.outlet()
    for n in range(500):
        factories.feed(outlet=outlet, url=f"https://outlet.example/{n:03}")
    with django_assert_max_num_queries(4):
        text = page(client, "/feeds/?show=all")
    assert "500 feeds, none failing." in text
    assert "Page 1 of 10" in text
    assert "?show=all&amp;page=2" in text
    assert "/499<" in page(client, "/feeds/?page=10")


def test_readers_see_no_buttons(client, reader_client, page):
    factories.feed()
    for one in (client, reader_client):
        text = page(one, "/feeds/")
        assert "Poll now" not in text
        assert 'action="/feeds/add/"' not in text


def test_no_feeds_yet(client, editor_client, page):
    assert "There are no feeds yet." in page(client, "/feeds/")
    assert 'action="/feeds/add/"' in page(editor_client, "/feeds/")


def test_an_editor_polls_now(editor_client):
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", {"next": "/feeds/?show=failing"}, follow=True)
    feed.refresh_from_db()
    assert feed.next_poll_at == NOW
    assert response.redirect_chain == [("/feeds/?show=failing", 302)]
    assert "is polled within a few seconds" in response.content.decode()


def test_pause_and_resume(editor_client, page):
    feed = factories.feed()
    editor_client.post(f"/feeds/{feed.pk}/active/", {"active": "0"})
    feed.refresh_from_db()
    assert not feed.active
    text = page(editor_client, "/feeds/")
    assert "Resume" in text
    assert "Poll now" not in text
    editor_client.post(f"/feeds/{feed.pk}/active/", {"active": "1"})
    feed.refresh_from_db()
    assert feed.active


def test_htmx_gets_the_row_alone(editor_client):
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", headers={"HX-Request": "true"})
    text = response.content.decode().strip()
    assert response.status_code == 200
    assert text.startswith("<tr")
    assert "is polled within a few seconds" in text
    assert "asked for by an editor" in text


def test_the_way_back_stays_on_this_server(editor_client):
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/poll/", {"next": "https://elsewhere.example/"})
    assert response.url == "/feeds/"


@pytest.mark.parametrize(
    "address", ["/feeds/add/", "/feeds/import/", "/feeds/known/", "/feeds/{}/poll/", "/feeds/{}/active/"]
)
def test_only_editors_act_and_only_by_post(client, reader_client, editor_client, address):
    address = address.format(factories.feed().pk)
    assert client.post(address).url.startswith("/accounts/login/")
    refused = reader_client.post(address)
    assert refused.status_code == 403
    assert "You may not do this." in refused.content.decode()
    assert editor_client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor_client.cookies
    unmarked = strict.post(address)
    assert unmarked.status_code == 403
    assert "This form was not accepted." in unmarked.content.decode()


def test_a_site_is_added_by_its_address(editor_client, web):
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    web.put("https://coast.example", f"<html><head>{link}</head><body><p>Coast</p></body></html>")
    web.put(
        "https://coast.example/feed.xml", rss({"title": "A headline", "link": "https://coast.example/1"}, title="Coast")
    )
    response = editor_client.post("/feeds/add/", {"address": "coast.example"}, follow=True)
    feed = Feed.objects.get()
    assert feed.url == "https://coast.example/feed.xml"
    assert "1 feed added, first poll in a moment." in response.content.decode()
    again = editor_client.post("/feeds/add/", {"address": "coast.example"}, follow=True)
    assert "1 feed, known." in again.content.decode()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "Type the address of a site or of a feed."),
        ("javascript:alert(1)", "not a web address"),
        ("x" * 2001, "2000"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_at_the_field(editor_client, web, typed, reason):
    response = editor_client.post("/feeds/add/", {"address": typed})
    text = response.content.decode()
    assert response.status_code == 422
    assert reason in text.partition('id="id_address_error"')[2][:300]
    assert not Feed.objects.exists()


def test_a_site_without_feeds_is_told(editor_client, web):
    web.put("https://coast.example/", "<p>No feed here.</p>")
    response = editor_client.post("/feeds/add/", {"address": "https://coast.example/"})
    assert response.status_code == 422
    assert 'value="https://coast.example/"' in response.content.decode(), "what was typed stays"
    assert 'id="id_address_error"' in response.content.decode()


def test_opml_comes_in_once(editor_client):
    response = editor_client.post("/feeds/import/", {"opml": BytesIO(OPML)}, follow=True)
    assert "2 feeds added, 0 known already." in response.content.decode()
    again = editor_client.post("/feeds/import/", {"opml": BytesIO(OPML)}, follow=True)
    assert "0 feeds added, 2 known already." in again.content.decode()
    assert Feed.objects.count() == 2


def test_refused_addresses_are_named_with_their_reasons():
    refused = [(f"http://bad.example/{n}", "It <b>can’t</b> be.") for n in range(12)]
    text = views.refusals(refused)
    assert text.startswith("12 feeds not taken:<ul><li>http://bad.example/0: It &lt;b&gt;can’t&lt;/b&gt; be.</li>")
    assert text.endswith("<li>and 2 more</li></ul>")


def test_a_list_without_feeds_is_told(editor_client):
    body = b'<opml version="2.0"><head/><body><outline text="Nothing"/></body></opml>'
    response = editor_client.post("/feeds/import/", {"opml": BytesIO(body)})
    assert response.status_code == 422
    assert "This file lists no feed." in response.content.decode()


@pytest.mark.parametrize("body", [b"this is no XML", b"<html><body>no</body></html>", b""])
def test_what_is_no_opml_is_told_at_the_field(editor_client, body):
    response = editor_client.post("/feeds/import/", {"opml": BytesIO(body)})
    assert response.status_code == 422
    assert 'id="id_opml_error"' in response.content.decode()


def test_an_upload_has_a_limit(editor_client, monkeypatch):
    monkeypatch.setattr(forms, "OPML_BYTES", 100)
    response = editor_client.post("/feeds/import/", {"opml": BytesIO(OPML)})
    assert response.status_code == 422
    assert "it is no list of feeds" in response.content.decode()


def test_feeds_go_out_as_opml_and_come_in_again(client, editor_client):
    factories.feed(outlet=factories.outlet(name="Coast & Wire"), url="https://coast.example/feed?a=1&b=2")
    response = client.get("/feeds.opml")
    assert response["Content-Type"].startswith("text/x-opml")
    assert "attachment" in response["Content-Disposition"]
    Outlet.objects.all().delete()
    editor_client.post("/feeds/import/", {"opml": BytesIO(response.content)})
    assert Feed.objects.get().url == "https://coast.example/feed?a=1&b=2"


def test_the_known_outlets_are_loaded_once(editor_client):
    first = editor_client.post("/feeds/known/", {"next": "/feeds/"}, follow=True).content.decode()
    count = Outlet.objects.count()
    assert count > 40
    assert f"{count} outlets and {Feed.objects.count()} feeds added." in first
    editor_client.post("/feeds/known/")
    assert Outlet.objects.count() == count
