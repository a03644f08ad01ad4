"""The front page: what it lists, in which order, and what it says when all is not well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stories.models import Feed, PollResult, Stage, Story
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def shared(title: str, outlets: int = 2, at: datetime = MORNING, **kw):
    articles = [factories.article(title=title, first_seen_at=at, claimed_at=at) for _ in range(outlets)]
    return factories.story(articles, **kw)


def test_first_says_how_to_make_an_account_and_nothing_else(client, page, settings):
    settings.SETUP_TOKEN = "secret-of-this-start"
    text = page(client, "/")
    assert "manage.py createsuperuser" in text
    assert "/setup/?token=…" in text
    assert "secret-of-this-start" not in text
    assert "No feeds yet" not in text


def test_without_a_token_the_one_time_address_is_not_mentioned(client, page, settings):
    settings.SETUP_TOKEN = ""
    assert "/setup/" not in page(client, "/")


def test_stories_of_two_outlets_come_first_by_their_latest_report(client, page):
    factories.user()
    factories.feed()
    shared("The older event")
    shared("The newer event", at=MORNING + timedelta(minutes=5))
    factories.story([factories.article(title="A single report")])
    text = page(client, "/")
    assert text.index("The newer event") < text.index("The older event") < text.index("A single report")
    assert text.index("From one outlet so far") < text.index("A single report")


def test_a_row_names_outlets_in_order_and_counts_the_rest(client, page):
    factories.user()
    members = [
        factories.article(
            outlet=factories.outlet(name=f"Paper {n}"),
            first_seen_at=MORNING + n * timedelta(minutes=1),
            claimed_at=None,
        )
        for n in (3, 1, 2, 5, 4, 7, 6)
    ]
    factories.story(members, title="Seven papers")
    text = page(client, "/")
    assert "Paper 1, Paper 2, Paper 3, Paper 4" in text
    assert "+3" in text
    assert "Paper 5" not in text
    assert "7 reports" in text


def test_all_lists_single_reports_among_the_others(client, page):
    factories.user()
    shared("A shared event")
    factories.story([factories.article(title="A single report", first_seen_at=NOW, claimed_at=NOW)])
    text = page(client, "/?show=all")
    assert text.index("A single report") < text.index("A shared event")
    assert "From one outlet so far" not in text


def test_single_reports_are_shown_while_there_is_nothing_else(client, page):
    factories.user()
    factories.story([factories.article(title="A single report")])
    text = page(client, "/")
    assert "A single report" in text
    assert "No event has been reported by two of the outlets yet" in text


def test_paging_goes_on_where_the_page_ended_whatever_has_come_in(client, page):
    factories.user()
    for n in range(25):
        shared(f"Event number {n:02}", at=MORNING - n * timedelta(minutes=1))
    first = client.get("/")
    older = first.context["page"].older
    shared("Breaking in between", at=NOW)
    text = page(client, f"/?before={older}")
    assert "Event number 19" not in text
    assert all(f"Event number {n:02}" in text for n in range(20, 25))
    assert "Breaking in between" not in text
    assert "Older stories" not in text


@pytest.mark.parametrize("cursor", ["x", "1.2", "9" * 40, "1.2.3.4", "-1.2.3", "999999999999999999.1.1", "²³.1.1"])
def test_a_damaged_cursor_shows_the_first_page(client, page, cursor):
    factories.user()
    shared("The event")
    assert "The event" in page(client, f"/?before={cursor}")


def test_no_feeds_yet_offers_ways_to_an_editor(editor_client, page, settings):
    settings.DEMO_WORLD = True
    text = page(editor_client, "/")
    assert "No feeds yet" in text
    assert 'action="/feeds/known/"' in text
    assert 'action="/demo/"' in text


def test_no_feeds_yet_asks_others_to_sign_in(client, page):
    factories.user()
    text = page(client, "/")
    assert "No feeds yet" in text
    assert 'action="/feeds/known/"' not in text
    assert "/accounts/login/" in text


def test_the_demo_world_is_offered_only_where_it_is_on(editor_client, page, settings):
    settings.DEMO_WORLD = False
    assert 'action="/demo/"' not in page(editor_client, "/")


def test_the_first_poll_under_way(client, page):
    factories.user()
    factories.feed()
    factories.feed(last_polled_at=None, last_result=PollResult.NEVER, next_poll_at=NOW)
    factories.article(stage=Stage.FOUND)
    text = page(client, "/")
    assert "The first poll is under way" in text
    assert "1 of 2 feeds polled, 1 article being read" in text


def test_no_network_is_said_with_the_number_of_feeds(client, page, settings):
    settings.DEMO_WORLD = True
    factories.user()
    for _ in range(3):
        factories.feed(last_result=PollResult.TEMPORARY, last_status=None, last_error="No route to host.")
    text = page(client, "/")
    assert "None of the 3 feeds could be reached: is this machine offline?" in text
    assert "demo world" in text


def test_an_error_page_is_no_sign_of_a_lost_network(client, page):
    factories.user()
    factories.feed(last_result=PollResult.TEMPORARY, last_status=503)
    factories.feed(last_result=PollResult.TEMPORARY, last_status=None)
    assert "offline" not in page(client, "/")


def test_a_silent_worker_is_told_after_two_minutes(client, page):
    factories.user()
    feed = factories.feed(next_poll_at=NOW - timedelta(seconds=110))
    assert "No worker is polling" not in page(client, "/")
    Feed.objects.filter(pk=feed.pk).update(next_poll_at=NOW - timedelta(seconds=130))
    assert "No worker is polling" in page(client, "/")
    Feed.objects.filter(pk=feed.pk).update(lease_until=NOW + timedelta(seconds=30))
    assert "No worker is polling" not in page(client, "/")


def test_the_state_bar_counts(client, page):
    factories.user()
    factories.feed()
    factories.feed(last_result=PollResult.PERMANENT, last_status=404)
    factories.feed(active=False, last_result=PollResult.PERMANENT)
    factories.article(stage=Stage.READ)
    shared("The event")
    text = page(client, "/")
    assert "2 feeds" in text
    assert "1 failing" in text
    assert "1 article on its way" in text
    assert "20 minutes ago" in text


def test_times_carry_their_zone_and_machine_form(client, page, settings):
    settings.TIME_ZONE = "Europe/Riga"
    factories.user()
    shared("The event", at=datetime(2026, 3, 4, 9, 5, tzinfo=UTC))
    text = page(client, "/")
    assert 'datetime="2026-03-04T11:05:00+02:00"' in text
    assert "All times are Europe/Riga (UTC+0200)" in text


def test_a_row_says_voices_where_they_differ(client, page):
    factories.user()
    shared("One text in two papers", voice_count=1)
    assert "2 reports, 1 voice ·" in page(client, "/")
    Story.objects.update(voice_count=2)
    assert "voice" not in page(client, "/")
    Story.objects.update(voice_count=0)
    assert "voice" not in page(client, "/")


def test_a_row_says_what_it_follows_on_and_that_it_was_taken_up_again(client, page):
    factories.user()
    before = shared("The minister is asked", at=MORNING - timedelta(days=2))
    earlier = shared("The contract is signed", at=MORNING - timedelta(days=5))
    story = shared("The minister answers", reopened_at=NOW - timedelta(minutes=12))
    factories.link(before, story)
    factories.link(earlier, story)
    text = page(client, "/")
    assert f'follows on <a href="{before.get_absolute_url()}">The minister is asked</a>' in text
    assert text.count("follows on") == 1
    assert "taken up again" in text
    Story.objects.filter(pk=story.pk).update(closed_at=NOW)
    assert "taken up again" not in page(client, "/")


def test_queries_do_not_grow_with_stories(client, django_assert_max_num_queries):
    factories.user()
    for n in range(15):
        shared(f"Event {n}", outlets=3)
        factories.story([factories.article(title=f"Single {n}")])
    with django_assert_max_num_queries(12):
        client.get("/")


def test_htmx_gets_the_same_page_without_its_frame(client, page):
    factories.user()
    shared("The event")
    text = page(client, "/", **{"HX-Request": "true"})
    assert "The event" in text
    assert "<html" not in text
    assert "<html" in page(client, "/", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "HX-Request" in client.get("/").headers["Vary"]


def test_foreign_headlines_say_their_language(client, page):
    factories.user()
    members = [factories.article(title="Советники против контракта", lang="ru") for _ in range(2)]
    factories.story(members)
    assert 'lang="ru" dir="auto">Советники' in page(client, "/")


def test_markup_in_a_headline_is_text(client, page):
    factories.user()
    shared("<script>alert(1)</script> & more")
    text = page(client, "/")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
