"""Which entries are new articles, which are known, which have changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.ingest import feeds
from stories.models import Article, Outlet, Stage
from stories.services import finding
from tests import factories
from tests.fakes import rss

pytestmark = pytest.mark.django_db


def keep(feed, now, *items):
    parsed = feeds.parse(rss(*items).encode(), url=feed.url, now=now)
    return finding.keep(feed, parsed, now)


def item(n=1, **kw):
    return {"title": f"Ferry runs aground off Skarv {n}", "link": f"https://example.org/news/{n}", "guid": f"g{n}"} | kw


def test_a_new_entry_becomes_an_article_with_its_three_times(now):
    before = now - timedelta(minutes=20)
    feed = factories.feed(last_good_at=before)
    claimed = now - timedelta(hours=2)
    assert keep(feed, now, item(pubDate=claimed)) == 1
    article = Article.objects.get()
    assert (article.claimed_at, article.first_seen_at, article.polled_before_at) == (claimed, now, before)
    assert article.reported_at == claimed
    assert article.stage == Stage.FOUND


def test_an_outlets_claim_to_report_tomorrow_is_kept_but_not_believed(now):
    keep(factories.feed(), now, item(pubDate=now + timedelta(minutes=5)))
    article = Article.objects.get()
    assert article.reported_at == now


def test_the_same_answer_twice_brings_nothing(now):
    feed = factories.feed()
    assert keep(feed, now, item(1), item(2)) == 2
    assert keep(feed, now, item(1), item(2)) == 0
    assert Article.objects.count() == 2


def test_a_changed_guid_at_a_known_address_is_the_same_article(now):
    feed = factories.feed()
    keep(feed, now, item(guid="old"))
    assert keep(feed, now, item(guid="new")) == 0


def test_a_changed_address_under_a_known_guid_is_the_same_article(now):
    feed = factories.feed()
    keep(feed, now, item())
    assert keep(feed, now, item(link="https://example.org/news/1-renamed")) == 0


def test_tracking_parameters_and_www_make_no_new_article(now):
    keep(factories.feed(), now, item(link="https://www.example.org/news/1?utm_source=rss"))
    assert keep(factories.feed(), now, item(guid="other", link="http://example.org/news/1#top")) == 0


def test_two_addresses_under_one_guid_are_two_articles(now):
    feed = factories.feed()
    assert keep(feed, now, item(1, guid="same"), item(2, guid="same")) == 2
    assert keep(feed, now, item(1, guid="same"), item(2, guid="same")) == 0


def test_without_guid_and_address_title_and_day_identify(now):
    feed = factories.feed()
    entry = {"title": "Bridge closed", "pubDate": now - timedelta(hours=3)}
    assert keep(feed, now, entry) == 1
    assert keep(feed, now, entry) == 0
    assert keep(feed, now, entry | {"pubDate": now - timedelta(days=3)}) == 1


def test_a_changed_headline_sends_the_article_round_again_and_drops_a_workers_stale_result(now):
    feed = factories.feed()
    keep(feed, now, item())
    Article.objects.update(stage=Stage.DONE, lease_token="6f0a2bd2-0ea6-4a3b-8d0f-6f6f3a9b0b11")
    assert keep(feed, now, item(title="Ferry aground: all aboard are safe")) == 0
    article = Article.objects.get()
    assert (article.title, article.stage, article.lease_token) == (
        "Ferry aground: all aboard are safe",
        Stage.FOUND,
        None,
    )


def test_an_aggregators_link_to_a_known_outlet_is_that_outlets_article(now):
    paper = factories.outlet(name="The Skarv Courier", domains=["example.org"])
    aggregator = factories.outlet(name="All the News", kind=Outlet.Kind.AGGREGATOR, domains=["allthenews.example"])
    keep(factories.feed(outlet=aggregator), now, item())
    assert Article.objects.get().outlet == paper


def test_the_rss_source_is_kept(now):
    feed = factories.feed()
    body = rss(item()).replace("</item>", '<source url="https://example.net/rss">Example Wire</source></item>')
    finding.keep(feed, feeds.parse(body.encode(), url=feed.url, now=now), now)
    article = Article.objects.get()
    assert (article.source_name, article.source_url) == ("Example Wire", "https://example.net/rss")


def test_overlong_guids_stay_apart(now):
    feed = factories.feed()
    stem = "x" * 600
    assert keep(feed, now, item(1, guid=stem + "1"), item(2, guid=stem + "2")) == 2
