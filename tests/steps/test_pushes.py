"""What hubs push: taken in at the door, kept once, or given up and told."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from stories.ingest import feeds
from stories.models import Article, Fetch, PollResult, Push, Subscription
from stories.services import finding, pushes
from stories.services.pushes import Kept, Receipt
from tests import factories
from tests.fakes import rss
from tests.steps.hub import HUB, ITEM, OTHER, active, keep, push, told, want

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settled(settings, monkeypatch):
    settings.PUBLIC_URL = "https://news.example.org"
    monkeypatch.setattr(random, "uniform", lambda a, b: 0.0)
    monkeypatch.setattr("stories.ingest.isolated.feed", feeds.parse)


@pytest.fixture
def feed(now):
    return factories.feed(url="https://courier.example.org/rss", last_good_at=now - timedelta(hours=1))


def test_a_push_becomes_articles_and_is_told(feed, now, web):
    row = active(feed, now, web)
    later = now + timedelta(minutes=5)
    assert push(row, rss(ITEM, OTHER), later) == Receipt.TAKEN
    assert keep(later) == Kept(pushes=1, found=2, more=False)
    assert Push.objects.count() == 0
    article = Article.objects.get(title=ITEM["title"])
    assert (article.first_seen_at, article.polled_before_at, article.feed) == (later, feed.last_good_at, feed)
    line = Fetch.objects.get()
    assert (line.how, line.result, line.new, line.seen) == (Fetch.How.PUSH, PollResult.NEW, 2, 2)
    assert line.size == len(rss(ITEM, OTHER))
    before = feed.last_good_at
    feed.refresh_from_db()
    assert (feed.last_new_at, feed.last_good_at) == (later, before)
    assert "1 push, the last 2 min ago" in told(row, later + timedelta(minutes=2))


def test_a_push_that_comes_twice_doubles_nothing(feed, now, web):
    row = active(feed, now, web)
    for minutes in (1, 2, 3):
        assert push(row, rss(ITEM), now + timedelta(minutes=minutes)) == Receipt.TAKEN
    assert keep(now + timedelta(minutes=4)) == Kept(pushes=3, found=1, more=False)
    assert Article.objects.count() == 1
    assert push(row, rss(ITEM), now + timedelta(days=1)) == Receipt.TAKEN
    assert keep(now + timedelta(days=1)).found == 0


def test_what_a_poll_has_found_a_push_does_not_find_again(feed, now, web):
    row = active(feed, now, web)
    parsed = feeds.parse(rss(ITEM).encode(), url=feed.url, now=now)
    with transaction.atomic():
        assert finding.keep(feed, parsed, now)
    push(row, rss(ITEM, OTHER), now)
    assert keep(now).found == 1


def test_a_push_of_some_entries_takes_nothing_away(feed, now, web):
    row = active(feed, now, web)
    push(row, rss(ITEM, OTHER), now)
    push(row, rss(OTHER | {"title": "Lock keeper admits it"}), now)
    keep(now)
    assert set(Article.objects.values_list("title", flat=True)) == {ITEM["title"], "Lock keeper admits it"}


def test_a_push_that_names_another_hub_changes_no_hub(feed, now, web):
    row = active(feed, now, web)
    elsewhere = '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://evil.example.net/"/>'
    push(row, rss(ITEM, extra=elsewhere), now)
    keep(now)
    feed.refresh_from_db()
    assert feed.hub == Subscription.objects.get().hub == HUB


@pytest.mark.parametrize("signature", ["", " ", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "md5=" + "0" * 32, "sha256"])
def test_a_push_with_a_wrong_signature_is_counted_and_dropped(feed, now, web, signature):
    row = active(feed, now, web)
    body = rss(ITEM).encode()
    got = pushes.receive(row.token, lambda: body, signature=signature, content_type="", now=now)
    assert got == Receipt.REFUSED
    assert Push.objects.count() == 0
    assert "1 refused because of a wrong signature" in told(row, now)


def test_anothers_secret_signs_nothing_here(feed, now, web):
    row = active(feed, now, web)
    other = want(factories.feed(), now)
    assert other.secret != row.secret
    row.secret = other.secret
    assert push(row, rss(ITEM), now) == Receipt.REFUSED


def test_pushes_before_the_confirmation_and_after_the_lease_are_turned_away_unread(feed, now, web):
    def unread():
        raise AssertionError("the body was read")

    def knock(token, at):
        return pushes.receive(token, unread, signature="", content_type="", now=at)

    row = want(feed, now)
    assert knock(row.token, now) == knock("x" * 43, now) == knock("a\x00b", now) == Receipt.UNKNOWN
    row = active(feed, now, web)
    assert push(row, rss(ITEM), row.expires_at + timedelta(hours=1)) == Receipt.TAKEN
    assert knock(row.token, row.expires_at + timedelta(hours=7)) == Receipt.ENDED


def test_a_hub_that_pushes_faster_than_we_keep_is_told_to_come_back(feed, now, web):
    row = active(feed, now, web)
    taken = [push(row, rss(ITEM), now) for _ in range(pushes.MAX_WAITING)]
    assert set(taken) == {Receipt.TAKEN}
    assert push(row, rss(OTHER), now) == Receipt.FULL
    keep(now)
    assert push(row, rss(OTHER), now) == Receipt.TAKEN


def test_all_hubs_together_do_not_fill_the_disk(feed, now, web, monkeypatch):
    monkeypatch.setattr(pushes, "MAX_WAITING_IN_ALL", 1)
    row = active(feed, now, web)
    other = active(factories.feed(), now, web)
    assert push(other, rss(OTHER), now) == Receipt.TAKEN
    assert push(row, rss(ITEM), now) == Receipt.FULL


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x01",
        b"<!doctype html><html><body>Hello</body></html>",
        b"hub.mode=publish&hub.url=x",
        b"{" * 100_000,
    ],
)
def test_a_push_that_is_no_feed_is_told_in_the_history_and_does_not_fail_the_feed(feed, now, web, body):
    row = active(feed, now, web)
    push(row, body, now)
    push(row, rss(ITEM), now)
    assert keep(now).found == 1
    line = Fetch.objects.order_by("pk").first()
    assert line.result == PollResult.PERMANENT
    assert line.reason.startswith("A push of the feed's hub could not be read: ")
    result = feed.last_result
    feed.refresh_from_db()
    assert (feed.last_result, feed.failures) == (result, 0)


def test_hostile_xml_in_a_signed_push_is_harmless(feed, now, web):
    row = active(feed, now, web)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    dtd = f'<!DOCTYPE rss [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{laughs}]>'
    item = "<item><title>A &l8; &f; story</title><link>javascript:alert(1)</link><guid>9</guid></item>"
    push(row, f'<?xml version="1.0"?>{dtd}<rss version="2.0"><channel>{item}</channel></rss>', now)
    push(row, rss(ITEM), now)
    assert keep(now).pushes == 2
    assert Push.objects.count() == 0
    assert all(
        len(article.title) <= 500 and not article.url.startswith("javascript") for article in Article.objects.all()
    )
    assert Article.objects.filter(title=ITEM["title"]).exists()


def test_a_push_that_kills_its_worker_is_given_up_and_told(feed, now, web, monkeypatch):
    row = active(feed, now, web)
    push(row, rss(ITEM), now)
    at = now
    for _ in range(pushes.MAX_ATTEMPTS):
        assert pushes._claim(at) is not None
        assert pushes._claim(at) is None
        at += pushes.LEASE + timedelta(seconds=1)
    assert keep(at) == Kept(pushes=1, found=0, more=False)
    assert Push.objects.count() == 0
    assert "3 attempts to read this push did not end" in Fetch.objects.get().reason


def test_a_fault_of_ours_is_tried_three_times_and_told(feed, now, web, monkeypatch):
    row = active(feed, now, web)
    push(row, rss(ITEM), now)
    tries = []

    def broken(*args, **kw):
        tries.append(args)
        raise ZeroDivisionError("by noughts")

    monkeypatch.setattr(finding, "keep", broken)
    for n in range(5):
        keep(now + n * (pushes.LEASE + timedelta(seconds=1)))
    assert len(tries) == pushes.MAX_ATTEMPTS
    assert Push.objects.count() == 0
    assert "ZeroDivisionError: by noughts" in Fetch.objects.get().reason


def test_a_push_waits_for_the_older_one_of_its_feed(feed, now, web):
    row = active(feed, now, web)
    other = active(factories.feed(), now, web)
    for who, body in ((row, rss(ITEM)), (row, rss(OTHER)), (other, rss(OTHER))):
        push(who, body, now)
    first, second = pushes._claim(now), pushes._claim(now)
    assert (first.subscription, second.subscription) == (row, other)
    assert pushes._claim(now) is None


def test_a_worker_whose_lease_ran_out_keeps_nothing(feed, now, web):
    row = active(feed, now, web)
    push(row, rss(ITEM), now)
    stale = pushes._claim(now)
    later = now + pushes.LEASE + timedelta(seconds=1)
    assert keep(later).found == 1
    assert pushes._keep(stale, lambda: later) == 0
    assert Fetch.objects.count() == 1


def test_what_waits_when_a_feed_is_paused_is_dropped(feed, now, web):
    row = active(feed, now, web)
    push(row, rss(ITEM), now)
    feed.active = False
    feed.save()
    assert keep(now).found == 0
    assert (Push.objects.count(), Article.objects.count(), Fetch.objects.count()) == (0, 0, 0)


def test_the_history_keeps_its_length(feed, now, web):
    row = active(feed, now, web)
    for n in range(Fetch.KEPT + 5):
        push(row, rss(ITEM | {"guid": str(n), "link": f"https://courier.example.org/{n}"}), now)
        keep(now)
    assert Fetch.objects.count() == Fetch.KEPT


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_each_push_once(now, web):
    rows = [active(factories.feed(), now, web) for _ in range(4)]
    for n, row in enumerate(rows * 5):
        assert push(row, rss(ITEM | {"guid": str(n), "link": f"https://courier.example.org/{n}"}), now) == Receipt.TAKEN

    def work(_):
        try:
            return keep(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(work, range(3)))
    assert sum(kept.pushes for kept in done) == 20
    assert sum(kept.found for kept in done) == Article.objects.count() == 20
    assert Push.objects.count() == 0
