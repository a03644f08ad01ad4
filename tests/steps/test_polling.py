"""Polling: conditional requests, the state that each outcome leaves on the feed's row, leases."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from stories.ingest.errors import Temporary
from stories.ingest.fetch import Blocked, HttpPermanent, HttpTemporary, NotAsked
from stories.models import Article, Feed, Fetch, Host, PollResult
from stories.services import outcomes, polling
from tests import factories
from tests.fakes import response, rss

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


def test_a_feed_is_leased_while_it_is_polled_and_free_half_a_minute_after_a_crash(feed, now):
    assert timedelta(seconds=30) > polling.LEASE
    assert [f.pk for f in polling.claim(now).feeds] == [feed.pk]
    assert polling.claim(now).feeds == []
    assert [f.pk for f in polling.claim(now + polling.LEASE + timedelta(seconds=1)).feeds] == [feed.pk]


def test_a_poller_whose_lease_ran_out_writes_nothing(web, feed, now):
    web.put(feed.url, rss(ITEM))
    stale = polling.claim(now)
    later = now + polling.LEASE + timedelta(seconds=1)
    poll(later)
    late = outcomes.failed(Temporary("late"))
    assert outcomes.save(stale.token, stale.at, [(stale.feeds[0], late)], later) == 0
    feed.refresh_from_db()
    assert feed.last_error == ""


def test_one_feeds_poison_does_not_cost_its_neighbours_their_turn(web, feed, now, monkeypatch):
    other = factories.feed(url="https://example.net/rss", next_poll_at=now)
    web.put(feed.url, rss(ITEM, title="poison"))
    web.put(other.url, rss(ITEM | {"link": "https://example.net/2", "guid": "2"}))
    honest = outcomes.finding.keep_all

    def keep_all(found, at):
        if any(parsed.title == "poison" for _, parsed in found):
            raise ValueError("nobody foresaw this")
        return honest(found, at)

    monkeypatch.setattr(outcomes.finding, "keep_all", keep_all)
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


def again(feed, now):
    """Poll the feed once more at the time that it asked for, or at `now`."""
    Feed.objects.filter(pk=feed.pk).update(next_poll_at=now, turn_at=None)
    polled = poll(now)
    feed.refresh_from_db()
    return polled


def test_each_poll_leaves_a_line_of_history_and_the_last_thirty_are_kept(web, feed, now):
    web.put(feed.url, rss(ITEM))
    for n in range(Fetch.KEPT + 3):
        again(feed, now + timedelta(hours=n))
    lines = list(feed.fetches.all())
    assert len(lines) == Fetch.KEPT
    assert {line.result for line in lines} == {PollResult.NOT_MODIFIED}
    assert all(line.conditional for line in lines)
    assert lines[0].at == now + timedelta(hours=Fetch.KEPT + 2)


def test_the_reason_counts_the_last_polls(web, feed, now):
    for n in range(12):
        web.put(feed.url, rss(ITEM | {"link": f"https://example.org/{n // 2}", "guid": str(n // 2)}))
        again(feed, now + timedelta(hours=n))
    assert "5 of the last 10 polls had news" in feed.next_poll_reason


def test_what_a_feed_asks_for_holds_after_a_304_too(web, feed, now):
    web.put(feed.url, rss(ITEM, extra="<ttl>240</ttl>"))
    again(feed, now)
    again(feed, now + timedelta(hours=5))
    assert feed.last_result == PollResult.NOT_MODIFIED
    assert feed.next_poll_at >= now + timedelta(hours=9)
    assert "ttl" in feed.next_poll_reason


def test_an_empty_feed_is_no_failure_and_says_so(web, feed, now):
    web.put(feed.url, rss())
    again(feed, now)
    assert (feed.last_result, feed.failures, feed.last_error) == (PollResult.EMPTY, 0, "")
    assert "empty" in feed.next_poll_reason


@pytest.mark.parametrize(
    ("failure", "result"),
    [
        (Blocked("n.example blocked us", status=403), PollResult.BLOCKED),
        (HttpPermanent("gone", status=410), PollResult.GONE),
        (HttpPermanent("nothing here", status=404), PollResult.PERMANENT),
        (HttpTemporary("broken", status=500), PollResult.TEMPORARY),
    ],
)
def test_failures_are_graded(web, feed, now, failure, result):
    web.put(feed.url, failure)
    again(feed, now)
    assert (feed.last_result, feed.last_status, feed.failures) == (result, failure.status, 1)
    assert feed.fetches.get().reason == failure.reason


def test_410_twice_a_day_apart_stops_the_feed_visibly(web, feed, now):
    web.put(feed.url, HttpPermanent("gone", status=410))
    again(feed, now)
    assert feed.active
    assert feed.gone_since == now
    assert feed.next_poll_at >= now + timedelta(days=1)
    again(feed, now + timedelta(days=1, minutes=1))
    assert not feed.active
    assert "22 November" in feed.stopped_reason


def test_after_thirty_failures_a_feed_is_asked_weekly_and_never_dropped(web, feed, now):
    web.put(feed.url, Temporary("No answer."))
    Feed.objects.update(failures=29)
    again(feed, now)
    assert feed.active
    assert now + timedelta(days=6) < feed.next_poll_at < now + timedelta(days=8)
    assert "once a week" in feed.next_poll_reason


MOVED = "https://new.example/rss"


def moved(request):
    return response(request, rss(ITEM).encode(), {}, moved=MOVED)


def test_a_permanent_redirect_is_taken_over_after_three_polls_in_a_day(web, feed, now):
    old = feed.url
    web.put(old, moved)
    again(feed, now)
    again(feed, now + timedelta(hours=1))
    again(feed, now + timedelta(hours=2))
    assert (feed.url, feed.moved_to, feed.moved_polls) == (old, MOVED, 3)
    again(feed, now + timedelta(hours=25))
    assert (feed.url, feed.moved_from, feed.moved_to) == (MOVED, old, "")
    assert feed.host == "new.example"
    assert Article.objects.count() == 1


def test_a_feed_that_moved_to_another_feeds_address_stops_and_says_so(web, feed, now):
    other = factories.feed(url=MOVED, title="The other", next_poll_at=now + timedelta(days=9))
    web.put(feed.url, moved)
    for hours in (0, 12, 25):
        again(feed, now + timedelta(hours=hours))
    assert not feed.active
    assert other.title in feed.stopped_reason


def test_a_frozen_feed_is_asked_once_without_its_validators_and_found_out(web, feed, now):
    web.put(feed.url, rss(ITEM))
    again(feed, now)
    fresh = rss(ITEM | {"title": "A second report", "link": "https://example.org/2", "guid": "2"}).encode()

    def lying(request):
        return response(request, fresh, {}, etag=feed.etag)

    web.put(feed.url, lying)
    again(feed, now + timedelta(days=6))
    assert (feed.last_result, feed.validators_lie) == (PollResult.NOT_MODIFIED, False)
    again(feed, now + timedelta(days=8))
    assert (feed.last_result, feed.validators_lie) == (PollResult.NEW, True)
    assert not feed.fetches.first().conditional
    assert Article.objects.count() == 2


def test_429_gives_the_whole_host_a_rest(web, feed, now):
    sister = factories.feed(url="https://example.org/sport", next_poll_at=now)
    web.put(feed.url, HttpTemporary("less", status=429, retry_after_s=1800))
    web.put(sister.url, NotAsked("Not asked", retry_after_s=1800))
    poll(now)
    host = Host.objects.get(name="example.org")
    assert host.rest_until >= now + timedelta(seconds=1800)
    sister.refresh_from_db()
    assert (sister.failures, sister.fetches.count()) == (0, 0)
    assert sister.turn_at >= now + timedelta(seconds=1800)
    asked = len(web.asked)
    assert poll(now + timedelta(minutes=5)).feeds == 0
    assert len(web.asked) == asked


def test_a_dead_host_is_left_alone_after_five_silences_and_tried_once(web, now):
    feeds = [factories.feed(url=f"https://dead.example/{n}", next_poll_at=now) for n in range(6)]
    factories.feed(last_good_at=now, next_poll_at=now + timedelta(days=1))
    for feed in feeds:
        web.put(feed.url, Temporary("No answer"))
    poll(now)
    host = Host.objects.get(name="dead.example")
    assert host.failures >= 5
    assert host.rest_until > now
    assert "no answer" in host.rest_reason
    later = host.rest_until + timedelta(minutes=1)
    Feed.objects.filter(host="dead.example").update(next_poll_at=now, turn_at=None)
    assert poll(later).feeds == 1


def test_one_host_gets_a_few_feeds_a_batch_and_the_others_their_turn_later(web, now):
    feeds = [factories.feed(url=f"https://big.example/{n}", next_poll_at=now) for n in range(30)]
    alone = factories.feed(url="https://small.example/rss", next_poll_at=now)
    for feed in [*feeds, alone]:
        web.put(feed.url, rss())
    polled = poll(now)
    assert 1 < polled.feeds < 15
    alone.refresh_from_db()
    assert alone.last_polled_at == now
    waiting = Feed.objects.filter(host="big.example", last_polled_at__lt=now)
    assert set(waiting.values_list("turn_at", flat=True).distinct()) != {None}
    assert waiting.first().next_poll_at == now


def test_two_workers_never_hold_one_host(web, now):
    for n in range(20):
        factories.feed(url=f"https://big.example/{n}", next_poll_at=now)
    first, second = polling.claim(now), polling.claim(now + timedelta(seconds=1))
    assert first.feeds
    assert second.feeds == []


def test_a_poisoned_document_costs_its_neighbours_nothing(web, feed, now):
    other = factories.feed(url="https://example.net/rss", next_poll_at=now)
    web.put(feed.url, b"<rss><channel>" + b"<a>" * 100_000)
    web.put(other.url, rss(ITEM))
    assert poll(now).found == 1
    feed.refresh_from_db()
    assert "nested too deeply" in feed.last_error


def test_answers_that_deadlock_together_are_kept_one_by_one(web, feed, now, monkeypatch):
    other = factories.feed(url="https://example.net/rss", next_poll_at=now)
    web.put(feed.url, rss(ITEM))
    web.put(other.url, rss(ITEM | {"link": "https://example.net/2", "guid": "2"}))
    honest = outcomes.save

    def save(token, asked_at, answered, at):
        if len(answered) > 1:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return honest(token, asked_at, answered, at)

    monkeypatch.setattr(outcomes, "save", save)
    assert poll(now).found == 2


def test_feeds_that_take_all_the_time_do_not_take_the_others_answers_along(web, feed, now, monkeypatch):
    waits = factories.feed(url="https://example.net/rss", next_poll_at=now + timedelta(seconds=1))
    web.put(feed.url, rss(ITEM))
    web.put(waits.url, rss(ITEM | {"link": "https://example.net/2", "guid": "2"}))
    later = now + timedelta(seconds=2)
    honest = polling.isolated.submit_feed
    monkeypatch.setattr(
        polling.isolated,
        "submit_feed",
        lambda body, *, url, **kw: Future() if url == waits.url else honest(body, url=url, **kw),
    )
    monkeypatch.setattr(polling, "READ_S", 3.0)
    assert poll(later).found == 1
    waits.refresh_from_db()
    assert (waits.last_polled_at, waits.failures, waits.lease_token) == (factories.MORNING, 0, None)
    assert waits.turn_at > later
