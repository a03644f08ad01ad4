"""Feeds come in at the browser: found at a site and shown first, or listed as OPML; and go out again."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
import time_machine

from stories import forms
from stories.models import Feed, Host, Outlet
from stories.views import adding as views
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


def serve_site(web, *, feeds=("news", "sport")):
    """A site that declares feeds, each with four entries an hour apart."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{name}.xml">' for name in feeds)
    web.put("https://coast.example", f"<html><head>{links}</head><body><p>Coast</p></body></html>")
    for name in feeds:
        items = [
            {"title": f"{name} {n}", "guid": str(n), "pubDate": MORNING - timedelta(hours=n)} for n in (2, 0, 3, 1)
        ]
        body = rss(*items, title=f"Coast Wire | {name}", extra="<language>de-DE</language>")
        web.put(f"https://coast.example/{name}.xml", body)


def find(client, address="coast.example"):
    """The page of what was found, and its signed field."""
    response = client.post("/feeds/add/", {"address": address})
    text = response.content.decode()
    signed = re.search(r'name="site" value="(.*?)"', text)
    return text, unescape(signed[1]) if signed else ""


def test_what_a_site_offers_is_shown_before_anything_is_added(editor_client, web):
    serve_site(web)
    text, _ = find(editor_client)
    assert not Feed.objects.exists()
    assert not Outlet.objects.exists()
    first, second = text.partition('class="offers"')[2].split('name="take"')[1:]
    assert "checked" in first.partition(">")[0], "the first is ticked"
    assert "checked" not in second.partition(">")[0]
    for part in ("Coast Wire | news", "https://coast.example/news.xml", "4 entries", "about 24 a day", "German"):
        assert part in first
    assert first.index("news 0") < first.index("news 1") < first.index("news 2")
    assert "news 3" not in first, "three headlines are enough"
    assert "20 minutes ago" in first
    assert 'name="name" value="Coast Wire"' in text, "what the titles have in common"
    assert 'name="whose"' not in text, "there is no outlet to choose"


def test_the_ticked_feeds_are_added_for_a_new_outlet(editor_client, web):
    serve_site(web)
    _, signed = find(editor_client)
    response = editor_client.post(
        "/feeds/take/", {"site": signed, "take": ["0", "1"], "name": "The Coast Wire"}, follow=True
    )
    assert "The Coast Wire: 2 feeds added, first poll in a moment." in response.content.decode()
    outlet = Outlet.objects.get()
    assert (outlet.name, outlet.domains, outlet.homepage) == (
        "The Coast Wire",
        ["coast.example"],
        "https://coast.example",
    )
    assert {(feed.url, feed.lang, feed.next_poll_at) for feed in outlet.feeds.all()} == {
        ("https://coast.example/news.xml", "de", NOW),
        ("https://coast.example/sport.xml", "de", NOW),
    }
    text, _ = find(editor_client)
    assert "we have them all already" in text
    assert "Known already" in text
    assert f'href="/feeds/{outlet.feeds.first().pk}/"' in text


@pytest.mark.parametrize(
    ("whose", "outlets"), [("known", ["Coast"]), ("", ["Coast"]), ("new", ["Coast", "Coast Wire"])]
)
def test_feeds_join_the_outlet_that_has_the_domain_unless_a_person_says_otherwise(editor_client, web, whose, outlets):
    known = factories.outlet(name="Coast", domains=["coast.example"])
    serve_site(web)
    text, signed = find(editor_client)
    assert f'<a href="{known.get_absolute_url()}">its page</a>' in text
    editor_client.post("/feeds/take/", {"site": signed, "take": ["1"], "whose": whose, "name": "Coast Wire"})
    assert [outlet.name for outlet in Outlet.objects.all()] == outlets
    assert Feed.objects.get().outlet.name == outlets[-1]
    assert sum("coast.example" in outlet.domains for outlet in Outlet.objects.all()) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"name": "Coast"}, "Tick at least one feed."),
        ({"take": ["7"], "name": "Coast"}, "There is no such feed here."),
        ({"take": ["x"], "name": "Coast"}, "There is no such feed here."),
        ({"take": ["0"], "name": " "}, "Give the new outlet a name."),
    ],
)
def test_what_is_wrong_with_a_choice_is_said_and_what_was_shown_stays(editor_client, web, data, reason):
    serve_site(web)
    _, signed = find(editor_client)
    asked = len(web.asked)
    response = editor_client.post("/feeds/take/", {"site": signed} | data)
    text = response.content.decode()
    assert response.status_code == 422
    assert reason in text
    assert "news 0" in text
    assert len(web.asked) == asked, "nobody is asked again"
    assert not Feed.objects.exists()


def test_what_was_shown_can_be_neither_forged_nor_kept_for_long(editor_client, web):
    serve_site(web)
    _, signed = find(editor_client)
    for site in ("", "x", signed[:-2] + "xx"):
        response = editor_client.post("/feeds/take/", {"site": site, "take": ["0"], "name": "Coast"})
        assert response.status_code == 422
        assert "look for the feeds again" in response.content.decode()
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        response = editor_client.post("/feeds/take/", {"site": signed, "take": ["0"], "name": "Coast"})
    assert response.status_code == 422
    assert not Feed.objects.exists()


def test_two_editors_at_once_make_one_outlet(editor_client, web):
    serve_site(web)
    _, signed = find(editor_client)
    for _ in range(2):
        response = editor_client.post("/feeds/take/", {"site": signed, "take": ["0"], "name": "Coast"}, follow=True)
    assert "Coast: we have these feeds already." in response.content.decode()
    assert Outlet.objects.count() == Feed.objects.count() == 1


def test_a_feed_typed_itself_belongs_to_the_site_that_it_names(editor_client, web):
    known = factories.outlet(name="Example", domains=["example.org"])
    web.put("https://feeds.elsewhere.example/1", rss({"title": "A headline", "guid": "1"}, title="Example, world"))
    text, signed = find(editor_client, "https://feeds.elsewhere.example/1")
    assert "Example, which we have already" in text
    editor_client.post("/feeds/take/", {"site": signed, "take": ["0"], "whose": "known", "name": "x"})
    assert Feed.objects.get().outlet == known


def test_a_hostile_feed_is_shown_as_plain_words(editor_client, web):
    web.put(
        "https://coast.example/f", rss({"title": "<script>alert(1)</script>News", "guid": "1"}, title="<b>Coast</b>")
    )
    text, _ = find(editor_client, "https://coast.example/f")
    assert "<script>alert" not in text
    assert "<b>Coast</b>" not in text


def test_a_host_at_rest_is_not_asked(editor_client, web):
    Host.objects.create(
        name="coast.example", rest_until=NOW + timedelta(hours=1), rest_reason="coast.example asked for less"
    )
    text, _ = find(editor_client, "coast.example")
    assert "coast.example asked for less; it can be asked again from 10:20 on" in unescape(text)
    assert web.asked == []


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "Type the address of a site or of a feed."),
        ("javascript:alert(1)", "not a web address"),
        ("https://ed:secret@coast.example/", "holds a user name or password"),
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
    assert "2 feeds added: Coast Wire, Harbour Mirror. 1 feed not taken" in words(response.content.decode())
    again = editor_client.post("/feeds/import/", {"opml": BytesIO(OPML)}, follow=True)
    assert "No feed added. 2 feeds known already: Coast Wire, Harbour Mirror." in again.content.decode()
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


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<opml version="2.0"><body><outline text="&b;" xmlUrl="https://coast.example/f"/></body></opml>"""
HOSTILE = {
    "no XML": b"this is no XML",
    "a page": b"<html><body>no</body></html>",
    "nothing": b"",
    "entities": LAUGHS,
    "an external file": b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>&x;</body></opml>',
    "a compressed file": b"\x1f\x8b\x08\x00" + bytes(range(256)) * 40,
    "depth without end": b"<opml><body>" + b"<outline>" * 50_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_opml_is_told_at_the_field(editor_client, body):
    response = editor_client.post("/feeds/import/", {"opml": BytesIO(body)})
    assert response.status_code == 422
    said = response.content.decode().partition('id="id_opml_error">')[2].partition("<")[0]
    assert said.startswith(("This file is not OPML: ", "This file is empty."))
    assert not Feed.objects.exists()


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


def words(html: str) -> str:
    """What a person reads of a page."""
    return " ".join(re.sub("<[^>]+>", " ", html).split())
