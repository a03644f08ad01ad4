"""Which entries are new articles, which are known, which have changed."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import transaction

from stories.ingest import feeds
from stories.models import Article, ArticleKey, FeedEntry, Outlet, Stage, TextState
from stories.services import finding, identity, renewing
from tests import factories
from tests.atonce import at_once
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


def test_the_number_of_statements_does_not_grow_with_the_entries(now, django_assert_max_num_queries):
    feed = factories.feed()
    few, many = [item(n) for n in range(2)], [item(n) for n in range(100, 160)]
    with django_assert_max_num_queries(9):
        keep(feed, now, *few)
    with django_assert_max_num_queries(9):
        assert keep(feed, now, *many) == 60
    with django_assert_max_num_queries(1):
        assert keep(feed, now, *many) == 0
    renamed = [each | {"title": f"New title of {each['guid']}", "link": each["link"] + "-b"} for each in many]
    with django_assert_max_num_queries(12):
        assert keep(feed, now, *renamed) == 0
    assert Article.objects.filter(title__startswith="New title").count() == 60


@pytest.mark.parametrize(
    "link", ["https://m.example.org/news/1", "https://example.org/news/1/amp", "https://example.org/news/1?amp=1"]
)
def test_mobile_and_amp_addresses_make_no_new_article(now, link):
    keep(factories.feed(), now, item())
    assert keep(factories.feed(), now, item(guid="other", link=link)) == 0


def test_one_article_in_two_feeds_of_an_outlet_is_one(now):
    paper = factories.outlet()
    world, top = factories.feed(outlet=paper), factories.feed(outlet=paper)
    keep(world, now, item())
    assert keep(top, now, item(guid="t1", title="Ferry aground")) == 0
    article = Article.objects.get()
    assert (article.title, article.entries.count()) == ("Ferry runs aground off Skarv 1", 2)
    assert keep(top, now, item(guid="t1", title="Ferry aground, all safe")) == 0
    article.refresh_from_db()
    assert article.title == "Ferry aground, all safe"


def test_two_entries_of_one_answer_with_one_address_are_one_article(now):
    feed = factories.feed()
    assert keep(feed, now, item(guid="a"), item(guid="b")) == 1
    assert keep(feed, now, item(guid="a"), item(guid="b")) == 0
    assert feed.entries.count() == 2


def test_guids_that_change_at_every_poll_leave_one_row_each(now):
    feed = factories.feed()
    for poll in range(5):
        keep(feed, now, *(item(n, guid=f"session-{poll}-{n}") for n in range(3)))
    assert (Article.objects.count(), feed.entries.count()) == (3, 3)


def test_a_new_guid_and_a_new_headline_at_once_are_a_change_of_the_article(now):
    feed = factories.feed()
    keep(feed, now, item(guid="old"))
    Article.objects.update(stage=Stage.DONE)
    keep(feed, now, item(guid="new", title="Ferry refloated off Skarv"))
    article = Article.objects.get()
    assert (article.title, article.stage) == ("Ferry refloated off Skarv", Stage.FOUND)


def test_the_newest_address_is_linked_and_the_old_one_still_leads_to_the_article(now):
    feed = factories.feed()
    keep(feed, now, item())
    keep(feed, now, item(link="https://example.org/news/1-renamed"))
    article = Article.objects.get()
    assert article.url == "https://example.org/news/1-renamed"
    assert article.stage == Stage.FOUND
    for link in ("https://example.org/news/1", "https://example.org/news/1-renamed"):
        assert keep(factories.feed(), now, item(guid="x", link=link)) == 0


def test_addresses_that_change_at_every_poll_do_not_fill_the_table(now):
    feed = factories.feed()
    for poll in range(identity.MAX_KEYS + 5):
        assert keep(feed, now, item(link=f"https://example.org/news/1?visit={poll}")) == (poll == 0)
    assert ArticleKey.objects.count() == identity.MAX_KEYS


def test_a_guid_used_again_for_another_article_is_another_article(now):
    feed = factories.feed()
    keep(feed, now, item(1, guid="top", pubDate=now - timedelta(hours=5)))
    lead = item(2, guid="top", title="Parliament passes budget", pubDate=now)
    assert keep(feed, now, lead) == 1
    assert keep(feed, now, lead) == 0
    assert set(Article.objects.values_list("title", flat=True)) == {
        "Ferry runs aground off Skarv 1",
        "Parliament passes budget",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"description": "A ferry  ran aground. 57 comments"},
        {"description": "A ferry ran aground. Updated 9 minutes ago"},
        {"title": "FERRY runs aground  off Skarv 1"},
        {"link": "https://example.org/news/1?utm_source=feed"},
    ],
)
def test_white_space_counters_and_tracking_do_not_send_an_article_round(now, change):
    feed = factories.feed()
    before = item(description="A ferry ran aground. 12 comments")
    keep(feed, now, before)
    Article.objects.update(stage=Stage.DONE)
    keep(feed, now, before | change)
    article = Article.objects.get()
    assert (article.stage, article.title) == (Stage.DONE, "Ferry runs aground off Skarv 1")


def test_a_summary_that_changes_at_every_poll_has_the_page_fetched_ever_less(now):
    feed = factories.feed()
    keep(feed, now, item(description="Version 0 of the summary."))
    rounds = []
    for poll in range(1, 7 * 24 * 2):
        at = now + poll * timedelta(minutes=30)
        # What the pipeline does to an article that was sent round.
        Article.objects.update(stage=Stage.DONE, text_state=TextState.PAGE)
        keep(feed, at, item(description=f"Version {poll} of the summary."))
        if Article.objects.filter(stage=Stage.FOUND).update(rechecked_at=at):
            rounds.append(at)
    assert 10 <= len(rounds) <= 25
    assert rounds[1] - rounds[0] >= renewing.LOOK_AGAIN
    article = Article.objects.get()
    assert article.summary == "Version 335 of the summary."
    assert article.recheck_at


def test_another_outlets_feed_cannot_reword_an_article(now):
    keep(factories.feed(), now, item())
    stranger = factories.feed()
    keep(stranger, now, item(guid="s"))
    keep(stranger, now, item(guid="s", title="Hoax: there was no ferry", link="https://example.org/news/1?amp=1"))
    article = Article.objects.get()
    assert (article.title, article.url) == ("Ferry runs aground off Skarv 1", "https://example.org/news/1")


def test_invented_news_and_real_news_at_one_address_stay_two_articles(now):
    keep(factories.feed(outlet=factories.outlet(demo=True)), now, item())
    assert keep(factories.feed(), now, item()) == 1


def test_two_feeds_that_show_a_new_article_at_the_same_moment_make_one(now, monkeypatch):
    """The other feed's article comes in between our looking it up and our making it."""
    first, second = factories.feed(), factories.feed()
    honest = finding.identity.owners

    def owners(keys):
        found = honest(list(keys))
        if not Article.objects.exists():
            monkeypatch.setattr(finding.identity, "owners", honest)
            assert keep(first, now, item(1)) == 1
        return found

    monkeypatch.setattr(finding.identity, "owners", owners)
    assert keep(second, now, item(1, guid="s"), item(2)) == 1
    assert Article.objects.count() == 2
    assert Article.objects.get(url_key="example.org/news/1").entries.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_feeds_with_the_same_news_at_once_neither_double_an_article_nor_lock_each_other(now):
    outlet = factories.outlet()
    feeds_ = [factories.feed(outlet=outlet) for _ in range(4)]

    def work(number):
        for poll in range(6):
            news = [
                item(n, guid=f"{number}-{n}", title=f"Headline {n} of {poll}") for n in range(poll * 10, poll * 10 + 20)
            ]
            with transaction.atomic():
                keep(feeds_[number], now, *(news if number % 2 else reversed(news)))

    at_once(work, range(len(feeds_)))
    assert Article.objects.count() == 70
    assert FeedEntry.objects.count() == 4 * 70


def test_two_thousand_entries_are_kept_at_once(now):
    feed = factories.feed()
    parsed = feeds.parse(rss(*(item(n) for n in range(2500))).encode(), url=feed.url, now=now)
    started = time.perf_counter()
    assert finding.keep(feed, parsed, now) == 2000
    assert finding.keep(feed, parsed, now) == 0
    assert time.perf_counter() - started < 30
