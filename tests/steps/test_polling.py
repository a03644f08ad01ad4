"""Polling: conditional requests, the state that each outcome leaves on the feed's row, leases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.ingest.errors import Temporary
from stories.models import Article, Feed, PollResult
from stories.services import polling
from tests import factories
from tests.fakes import rss

pytestmark = pytest.mark.django_db
ITEM = {"title": "Ferry runs aground off Skarv", "link": "https://example.org/1", "guid": "1"}


@pytest.fixture
def feed(now):
    return factories.feed(url="https://example.org/rss", next_poll_at=now)


def poll(now):
    return polling.poll(lambda: now)


def test_new_entries_are_found_and_the_row_says_so(web, feed, now):
    web.put(feed.url, rss(ITEM))
    assert poll(now) == polling.Polled(feeds=1, found=1, more=False)
    feed.refresh_from_db()
    assert (feed.last_result, feed.last_status, feed.last_entries) == (PollResult.NEW, 200, 1)
    assert feed.last_new_at == feed.last_good_at == now
    assert feed.next_poll_at > now
    assert feed.next_poll_reason
    assert feed.lease_until is None


def test_a_feed_that_is_not_due_is_left_alone(web, feed, now):
    assert poll(now - timedelta(seconds=1)).feeds == 0
    Feed.objects.update(active=False)
    assert poll(now).feeds == 0
    assert web.asked == []


def test_the_second_poll_sends_the_validator_and_changes_no_article(web, feed, now):
    web.put(feed.url, rss(ITEM))
    poll(now)
    feed.refresh_from_db()
    assert poll(feed.next_poll_at).found == 0
    assert web.asked[-1].etag == feed.etag != ""
    feed.refresh_from_db()
    assert feed.last_result == PollResult.NOT_MODIFIED
    assert Article.objects.count() == 1


def test_a_body_seen_before_is_skipped_by_its_hash(web, feed, now):
    web.put(feed.url, rss(ITEM))
    poll(now)
    Feed.objects.update(etag="", last_modified="", next_poll_at=now)
    poll(now)
    feed.refresh_from_db()
    assert feed.last_result == PollResult.UNCHANGED


@pytest.mark.parametrize(
    ("answer", "result", "words"),
    [
        (Temporary("The server did not answer within 20 s."), PollResult.TEMPORARY, "did not answer"),
        ("<!doctype html><html><body><p>Welcome to our paper</p></body></html>", PollResult.PERMANENT, "web page"),
        (b"\x00\x01 this is no feed", PollResult.PERMANENT, "feed"),
    ],
)
def test_a_failure_is_told_on_the_row_and_the_feed_comes_back(web, feed, now, answer, result, words):
    web.put(feed.url, answer)
    assert poll(now).found == 0
    feed.refresh_from_db()
    assert feed.last_result == result
    assert words in feed.last_error
    assert feed.failures == 1
    assert now < feed.next_poll_at <= now + timedelta(days=1, hours=3)


def test_a_servers_retry_after_is_obeyed(web, feed, now):
    web.put(feed.url, Temporary("Too many requests (429).", retry_after_s=7200))
    poll(now)
    feed.refresh_from_db()
    assert feed.next_poll_at >= now + timedelta(seconds=7200)


def test_a_good_poll_forgives_earlier_failures(web, feed, now):
    web.put(feed.url, Temporary("Connection refused."))
    poll(now)
    web.put(feed.url, rss(ITEM))
    feed.refresh_from_db()
    poll(feed.next_poll_at)
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (0, "")


def test_a_feed_is_leased_while_it_is_polled_and_free_again_after_a_crash(feed, now):
    assert [f.pk for f in polling.claim(now)] == [feed.pk]
    assert polling.claim(now) == []
    assert [f.pk for f in polling.claim(now + polling.LEASE + timedelta(seconds=1))] == [feed.pk]


def test_a_poller_whose_lease_ran_out_writes_nothing(web, feed, now):
    web.put(feed.url, rss(ITEM))
    (stale,) = polling.claim(now)
    later = now + polling.LEASE + timedelta(seconds=1)
    poll(later)
    assert polling.save(stale, polling.Answer(PollResult.TEMPORARY, failure=Temporary("late")), later) == 0
    feed.refresh_from_db()
    assert feed.last_error == ""


def test_one_feeds_poison_does_not_cost_its_neighbours_their_turn(web, feed, now, monkeypatch):
    other = factories.feed(url="https://example.net/rss", next_poll_at=now)
    web.put(feed.url, rss(ITEM, title="poison"))
    web.put(other.url, rss(ITEM | {"link": "https://example.net/2", "guid": "2"}))
    honest = polling.finding.keep

    def keep(row, parsed, at):
        if parsed.title == "poison":
            raise ValueError("nobody foresaw this")
        return honest(row, parsed, at)

    monkeypatch.setattr(polling.finding, "keep", keep)
    assert poll(now).found == 1
    feed.refresh_from_db()
    assert "nobody foresaw this" in feed.last_error


def test_without_a_network_of_our_own_no_feed_is_blamed_and_all_are_tried_again_soon(web, now):
    rows = [factories.feed(url=f"https://n{n}.example/rss", next_poll_at=now) for n in range(polling.OFFLINE_HOSTS)]
    for row in rows:
        web.put(row.url, Temporary("The server's name could not be found"))
    poll(now)
    for row in Feed.objects.all():
        assert row.failures == 0
        assert "offline" in row.next_poll_reason
        assert row.next_poll_at <= now + timedelta(minutes=3)


def test_dead_servers_are_the_servers_fault_while_others_answer(web, now):
    rows = [factories.feed(url=f"https://n{n}.example/rss", next_poll_at=now) for n in range(polling.OFFLINE_HOSTS)]
    for row in rows:
        web.put(row.url, Temporary("The server's name could not be found"))
    factories.feed(last_good_at=now - timedelta(minutes=20), next_poll_at=now + timedelta(hours=1))
    poll(now)
    assert set(Feed.objects.filter(pk__in=[row.pk for row in rows]).values_list("failures", flat=True)) == {1}
