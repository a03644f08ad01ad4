"""The page of one feed, its history, and what editors do there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from stories.models import Article, Feed, Fetch, Host, PollResult, Subscription
from tests import factories
from tests.factories import MORNING
from tests.fakes import rss

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def words(html: str) -> str:
    """What a person reads of a piece of a page."""
    return " ".join(re.sub("<[^>]+>", " ", html).replace("\u00a0", " ").split())


def fetched(feed: Feed, *results: str, **fields: object) -> None:
    """One fetch each, oldest first; "3" is three new articles."""
    for number, result in enumerate(results):
        new = int(result) if result.isdecimal() else 0
        at = NOW - timedelta(minutes=40 * (len(results) - number))
        kind = PollResult.NEW if new else PollResult(result)
        Fetch.objects.create(feed=feed, at=at, result=kind, new=new, **fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"last_result": PollResult.NEW}, "Fine: its last poll, 9:00 , 20 minutes ago , brought new articles."),
        ({"last_result": PollResult.NOT_MODIFIED}, "Fine: nothing has changed, its server said 9:00"),
        ({"last_result": PollResult.UNCHANGED}, "found nothing new."),
        ({"last_result": PollResult.NEVER, "last_polled_at": None}, "New here: not polled yet."),
        ({"last_result": PollResult.EMPTY}, "It answers, but with no entry at all."),
        ({"last_result": PollResult.TEMPORARY, "last_error": "Too slow"}, "It can’t be read for the moment. Too slow"),
        ({"last_result": PollResult.PERMANENT, "last_error": "No page"}, "until somebody mends it. No page"),
        ({"last_result": PollResult.BLOCKED, "last_error": "A check"}, "turns programs like this one away. A check"),
        ({"last_result": PollResult.GONE, "last_error": "410"}, "Its server says that it is gone. 410"),
        ({"last_result": PollResult.TEMPORARY, "failures": 31}, "failed 31 times in a row and is asked once a week."),
        ({"active": False}, "Paused: nobody asks for it until an editor resumes it."),
        (
            {"active": False, "stopped_reason": "Gone twice"},
            "It has stopped by itself; an editor can resume it. Gone twice",
        ),
    ],
)
def test_the_state_is_a_sentence(client, page, fields, sentence):
    feed = factories.feed(**fields)
    card = page(client, f"/feeds/{feed.pk}/").partition('aria-label="How it fares"')[2].partition("<dl")[0]
    assert sentence in words(card)


def test_every_number_has_its_reason(client, page):
    feed = factories.feed(
        url="https://coast.example/rss",
        lang="de",
        interval_s=2400,
        failures=2,
        next_poll_reason="every 40 min because 6 of the last 10 polls had news; server asked for 30 min",
        last_good_at=MORNING - timedelta(hours=1),
        last_new_at=MORNING - timedelta(hours=2),
        validators_lie=True,
        moved_to="https://new.example/rss",
        moved_since=MORNING,
        moved_polls=2,
        moved_from="https://old.example/rss",
        gone_since=MORNING,
    )
    Host.objects.create(
        name="coast.example",
        rest_until=NOW + timedelta(hours=2),
        rest_reason="coast.example asked for less (HTTP 429)",
        robots_state=Host.Robots.RULES,
        robots_at=MORNING,
    )
    Subscription.objects.create(
        feed=feed, hub="https://hub.example/", topic=feed.url, token="t", state="denied", error="hub.example said no"
    )
    text = words(page(client, f"/feeds/{feed.pk}/"))
    for part in (
        "every 40 min because 6 of the last 10 polls had news; server asked for 30 min",
        "every 40 min adapted to how much is new, from 10 min to 24 h",
        "8:00 , 1 hour ago the last try was 9:00",
        "Failures in a row 2 from 30 on it is asked once a week",
        "German",
        "rests until 11:20 , in 2 hours : coast.example asked for less (HTTP 429)",
        "has rules read 9:00",
        "Validators not believed its server gives different content the same ETag or date",
        "https://new.example/rss moved for good to new.example; followed, and taken over after 3 polls in 24 h (2 so far)",
        "https://old.example/rss",
        "since 9:00 , 20 minutes ago it stops when the server says so again a day later",
        "Hub.example said no; polled as if it had no hub",
    ):
        assert part in text


def test_an_interval_fixed_by_an_editor_says_so(client, page):
    feed = factories.feed(fixed_interval_s=5400)
    assert "every 1 h 30 min fixed by an editor" in words(page(client, f"/feeds/{feed.pk}/"))


def test_the_history_tells_each_fetch(client, page, django_assert_max_num_queries):
    feed = factories.feed()
    fetched(
        feed, "3", "not_modified", "temporary", status=503, reason="It asked to wait", size=4096, took_ms=1234, seen=31
    )
    Fetch.objects.create(feed=feed, at=NOW, how="push", result=PollResult.NEW, new=2, conditional=True)
    with django_assert_max_num_queries(4):
        text = page(client, f"/feeds/{feed.pk}/")
    rows = [words(row) for row in text.partition("<tbody>")[2].split("</tr>")][:-1]
    assert rows[0] == "9:20 New articles 2 pushed by its hub"
    assert rows[1] == "8:40 Temporary failure It asked to wait 0 31 503 4.0 KB 1,234 ms for all of it"
    assert rows[3].startswith("7:20 New articles It asked to wait 3 31")
    strip = re.findall(r'aria-hidden="true">(.*?)</span><span class="unseen">(.*?)</span>', text)
    assert strip == [
        ("3", "3 new articles"),
        ("·", "not modified (304)"),
        ("!", "temporary failure"),
        ("2", "2 new articles, pushed"),
    ]
    assert "1 of the last 3 polls had news." in words(text), "a push is no poll"


def test_the_last_ten_polls_are_counted(client, page):
    feed = factories.feed()
    fetched(feed, *["9"] * 5, *["1"] * 6, *["not_modified"] * 4)
    assert "6 of the last 10 polls had news." in words(page(client, f"/feeds/{feed.pk}/"))


@pytest.mark.parametrize("result", [value for value in PollResult.values if value != "never"])
def test_every_result_has_a_sign_of_its_own(client, page, result):
    feed = factories.feed()
    fetched(feed, "1" if result == "new" else result)
    strip = page(client, f"/feeds/{feed.pk}/").partition('class="strip"')[2].partition("</ol>")[0]
    assert not re.search(r">\?<", strip)


def test_a_feed_without_history(client, page):
    assert "It has not been fetched yet." in page(
        client, f"/feeds/{factories.feed(last_polled_at=None, last_result='never').pk}/"
    )
    assert "None is on record yet" in page(client, f"/feeds/{factories.feed().pk}/")


def test_a_page_looks_again_only_while_its_feed_is_due(client, page):
    feed = factories.feed(next_poll_at=NOW)
    assert 'hx-trigger="every 4s"' in page(client, f"/feeds/{feed.pk}/")
    Feed.objects.update(next_poll_at=NOW + timedelta(minutes=1))
    assert "every 4s" not in page(client, f"/feeds/{feed.pk}/")


def test_readers_see_no_buttons(client, reader_client, page):
    feed = factories.feed()
    for one in (client, reader_client):
        text = page(one, f"/feeds/{feed.pk}/")
        assert "Poll now" not in text
        assert "/edit/" not in text


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_only_editors_see_the_forms(client, reader_client, editor_client, act):
    address = f"/feeds/{factories.feed().pk}/{act}/"
    assert client.get(address).url == f"/accounts/login/?next={address}"
    assert reader_client.get(address).status_code == 403
    assert reader_client.post(address).status_code == 403
    assert editor_client.get(address).status_code == 200
    assert editor_client.get(f"/feeds/0/{act}/").status_code == 404
    assert Feed.objects.count() == 1


def test_no_such_feed(client):
    assert client.get("/feeds/999/").status_code == 404


def form_of(feed: Feed, **changes: object) -> dict[str, object]:
    return {"title": feed.title, "outlet": feed.outlet_id, "url": feed.url, "minutes": "", "lang": ""} | changes


def test_an_editor_changes_a_feed(editor_client, web):
    feed = factories.feed(title="Old")
    other = factories.outlet(name="Coast Wire")
    response = editor_client.post(
        f"/feeds/{feed.pk}/edit/", form_of(feed, title="New", outlet=other.pk, minutes="90", lang="FR")
    )
    assert response.url == f"/feeds/{feed.pk}/"
    feed.refresh_from_db()
    assert (feed.title, feed.outlet, feed.fixed_interval_s, feed.lang) == ("New", other, 5400, "fr")
    assert (feed.next_poll_at, feed.next_poll_reason) == (NOW, "its interval was changed by an editor")
    assert web.asked == [], "an address that stays is not asked"


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"minutes": "9"}, "minutes", "more often than every 10 minutes"),
        ({"minutes": "10081"}, "minutes", "At least once a week"),
        ({"minutes": "often"}, "minutes", "whole minutes"),
        ({"lang": "english"}, "lang", "no language of two letters"),
        ({"url": ""}, "url", "A feed needs an address."),
        ({"url": "javascript:alert(1)"}, "url", "not a web address"),
        ({"url": "https://ed:secret@coast.example/rss"}, "url", "holds a user name or password"),
        ({"url": "https://nobody.example/rss"}, "url", "404"),
        ({"url": "https://coast.example/page"}, "url", "a web page, not with a feed"),
        ({"url": "https://resting.example/rss"}, "url", "can be asked again from 10:20 on"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_changes_nothing(editor_client, web, changes, field, reason):
    web.put("https://coast.example/page", "<html><body>Coast</body></html>")
    Host.objects.create(name="resting.example", rest_until=NOW + timedelta(hours=1), rest_reason="It asked for less.")
    feed = factories.feed(title="Old")
    response = editor_client.post(f"/feeds/{feed.pk}/edit/", form_of(feed, **({"title": "New"} | changes)))
    assert response.status_code == 422
    assert reason in response.content.decode().partition(f'id="id_{field}_error"')[2][:300]
    assert "secret" not in response.content.decode().partition(f'id="id_{field}_error"')[2]
    feed.refresh_from_db()
    assert feed.title == "Old"


def test_a_new_address_is_asked_first_and_begins_anew(editor_client, web):
    web.put("https://coast.example/new.xml", rss({"title": "A headline", "guid": "1"}))
    feed = factories.feed(
        etag='"old"', body_hash="x", failures=7, moved_to="https://x.example/", active=False, stopped_reason="Gone.",
        lease_until=NOW + timedelta(minutes=1), lease_token="6fa459ea-ee8a-3ca4-894e-db77e160355e",
    )  # fmt: skip
    response = editor_client.post(
        f"/feeds/{feed.pk}/edit/", form_of(feed, url="https://coast.example/new.xml"), follow=True
    )
    assert "asked at its new address in a moment" in response.content.decode()
    feed.refresh_from_db()
    assert feed.url == "https://coast.example/new.xml"
    assert (feed.etag, feed.body_hash, feed.moved_to, feed.failures) == ("", "", "", 0)
    assert (feed.active, feed.stopped_reason, feed.next_poll_at) == (True, "", NOW)
    assert feed.lease_token is None, "a poll of the old address that is under way writes nothing"


def test_a_paused_feed_stays_paused_at_its_new_address(editor_client, web):
    web.put("https://coast.example/new.xml", rss({"title": "A headline", "guid": "1"}))
    feed = factories.feed(active=False)
    editor_client.post(f"/feeds/{feed.pk}/edit/", form_of(feed, url="https://coast.example/new.xml"))
    assert not Feed.objects.get().active


def test_an_address_that_another_feed_has_is_named_with_a_link(editor_client, web):
    other = factories.feed(title="World", url="https://coast.example/rss")
    feed = factories.feed()
    response = editor_client.post(f"/feeds/{feed.pk}/edit/", form_of(feed, url="http://coast.example/rss"))
    said = response.content.decode().partition('id="id_url_error"')[2][:300]
    assert f'<a href="/feeds/{other.pk}/">World</a>' in said
    assert web.asked == []


def test_feeds_of_the_demo_world_stay_as_they_are(editor_client):
    feed = factories.feed(outlet=factories.outlet(demo=True), fixed_interval_s=15)
    response = editor_client.post(f"/feeds/{feed.pk}/edit/", form_of(feed, title="Mine"), follow=True)
    assert "they can’t be changed" in response.content.decode()
    assert Feed.objects.get().fixed_interval_s == 15


def test_a_feed_is_removed_after_a_question_and_its_articles_stay(editor_client, page):
    feed = factories.feed(title="World")
    factories.article(feed=feed, outlet=feed.outlet)
    fetched(feed, "1")
    text = page(editor_client, f"/feeds/{feed.pk}/remove/")
    assert "1 article, stays" in text
    assert Feed.objects.exists(), "asking removes nothing"
    response = editor_client.post(f"/feeds/{feed.pk}/remove/", follow=True)
    assert response.redirect_chain == [(feed.outlet.get_absolute_url(), 302)]
    assert "World is removed" in response.content.decode()
    assert not Feed.objects.exists()
    assert Article.objects.get().feed is None
