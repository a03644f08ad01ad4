"""The extract step: page, feed, or "article text not available"; versions."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta

import pytest

from stories.ingest.errors import Permanent, Temporary
from stories.ingest.replies import HttpPermanent, HttpTemporary
from stories.models import Article, Host, Stage, TextState
from stories.services import extraction, identity, visiting
from tests import factories
from tests.fakes import page

pytestmark = pytest.mark.django_db
PARAGRAPHS = (
    "SKARV — A car ferry with 84 people on board ran aground in fog outside the harbour of Skarv on Tuesday morning.",
    "“Nobody was hurt and nobody panicked,” said the harbour master, Ingrid Vale, who had watched from the pier.",
    "The operator, Northern Crossings, said that divers would look at the hull before the evening tide lifts the ship.",
)
FEED_TEXT = " ".join(["The harbour master said that the ferry would be towed in at high tide."] * 10)


def found(**kw):
    article = factories.article(stage=Stage.FOUND, **kw)
    article.version = None
    article.versions.all().delete()
    return article


def run(article, now):
    article.attempts += 1
    result = extraction.compute([article], now)[article.pk]
    if not isinstance(result, Exception):
        extraction.save(article, result, now)
        article.save()
    return result


def test_the_page_gives_the_text_without_its_clutter(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert article.text_state == TextState.PAGE
    assert PARAGRAPHS[1] in article.version.text
    assert "All rights reserved" not in article.version.text
    assert article.lang == "en"


def test_a_page_that_hiccups_is_waited_for_then_the_feed_must_do(web, now):
    article = found(url="https://example.org/1", feed_text=FEED_TEXT)
    web.put(article.url, Temporary("The server answered with an error (503)."))
    for _ in range(extraction.PAGE_ATTEMPTS - 1):
        assert isinstance(run(article, now), Temporary)
    run(article, now)
    assert article.text_state == TextState.FEED
    assert article.version.text == FEED_TEXT
    assert "503" in article.text_reason


def test_a_teaser_is_no_text_and_the_reason_is_kept(web, now):
    article = found(url="https://example.org/1", summary="A ferry ran aground.")
    web.put(article.url, Permanent("The server says that there is no such page (404)."))
    run(article, now)
    assert (article.text_state, article.version.text) == (TextState.NONE, "")
    assert "404" in article.text_reason


def test_an_article_without_an_address_lives_on_its_feed(web, now):
    article = found(url="", feed_text=FEED_TEXT)
    run(article, now)
    assert article.text_state == TextState.FEED
    assert web.asked == []


def test_the_same_wording_makes_no_second_version_a_new_headline_does(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    run(article, now)
    assert article.versions.count() == 1
    article.title = "Ferry refloated off Skarv"
    run(article, now)
    assert [v.title for v in article.versions.all()][-1] == "Ferry refloated off Skarv"
    assert article.versions.count() == 2


def test_text_once_had_is_not_lost_to_a_page_that_is_gone(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    web.put(article.url, Permanent("The server says that the page is gone (410)."))
    article.title = "Ferry refloated off Skarv"
    run(article, now)
    assert article.text_state == TextState.PAGE
    assert PARAGRAPHS[0] in article.version.text
    assert "410" in article.text_reason


def test_validators_are_kept_and_the_page_is_looked_at_again_after_about_an_hour(web, now):
    article = found(url="https://example.org/1", first_seen_at=now)
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert article.page_etag
    assert abs(article.recheck_at - now - timedelta(hours=1)) <= timedelta(minutes=6)
    assert article.rechecked_at is None


def test_the_extract_step_fetches_whole_pages(web, now):
    article = found(url="https://example.org/1", page_etag='"old"', text_state=TextState.PAGE)
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert web.asked_for(article.url)[0].etag == ""


def test_a_page_whose_hosts_turn_has_not_come_waits(web, now, monkeypatch):
    article = found(url="https://example.org/1", first_seen_at=now)
    later = visiting.Later(now + timedelta(seconds=30), "example.org is busy")
    monkeypatch.setattr(visiting, "pages", lambda requests, clock: iter([(0, later)]))
    assert extraction.compute([article], now) == {article.pk: later}


def test_news_does_not_wait_for_a_host_that_rests(web, now):
    article = found(url="https://example.org/1", feed_text=FEED_TEXT, first_seen_at=now)
    until = now + timedelta(minutes=40)
    Host.objects.create(name="example.org", rest_until=until, rest_reason="example.org gave no answer 5 times in a row")
    run(article, now)
    assert (article.text_state, article.version.text) == (TextState.FEED, FEED_TEXT)
    assert "gave no answer" in article.text_reason
    assert article.recheck_at == until


def test_an_unreadable_robots_txt_keeps_us_from_the_page_and_not_from_the_news(web, now):
    article = found(url="https://example.org/1", first_seen_at=now)
    web.put("https://example.org/robots.txt", HttpTemporary("example.org has an internal error (HTTP 500)", status=500))
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert article.text_state == TextState.NONE
    assert "robots.txt of example.org could not be read" in article.text_reason
    assert now < article.recheck_at <= now + timedelta(minutes=61)
    assert web.asked_for(article.url) == []


def test_pages_that_take_all_the_time_do_not_take_the_others_results_along(web, now, monkeypatch):
    slow, quick = (found(url=f"https://{name}.example/1", first_seen_at=now) for name in ("slow", "quick"))
    for article in (slow, quick):
        web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    honest = extraction.isolated.submit_page
    monkeypatch.setattr(
        extraction.isolated,
        "submit_page",
        lambda body, *, url, **kw: Future() if "slow" in url else honest(body, url=url, **kw),
    )
    monkeypatch.setattr(extraction, "READ_S", 3.0)
    results = extraction.compute([quick, slow], now)
    assert results[quick.pk].state == TextState.PAGE
    assert isinstance(results[slow.pk], visiting.Later)


def test_robots_are_obeyed_with_a_sentence(web, now):
    article = found(url="https://example.org/private/1")
    web.put("https://example.org/robots.txt", "User-agent: *\nDisallow: /private/\n")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert article.text_state == TextState.NONE
    assert "robots" in article.text_reason
    assert not web.asked_for(article.url)


def test_pages_of_the_demo_world_are_asked_for_as_our_own(web, now):
    article = found(url="https://example.org/1", outlet=factories.outlet(demo=True))
    run(article, now)
    assert web.asked_for(article.url)[0].own


def test_adverts_counters_and_white_space_make_no_version(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS, "12 comments"))
    run(article, now)
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS, "Updated 5 minutes ago", "37 comments"))
    article.title = (
        "Ferry  runs aground off Skarv" if article.title == "Ferry runs aground off Skarv" else article.title
    )
    run(article, now)
    assert article.versions.count() == 1
    web.put(
        article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS, "A tug is on its way from Halm to the ferry.")
    )
    run(article, now)
    assert article.versions.count() == 2


def test_a_page_cut_short_under_a_new_headline_keeps_the_text_that_we_had(web, now):
    article = found(url="https://example.org/1")
    long = [
        *PARAGRAPHS,
        *(f"Paragraph {n} says what passenger number {n} told the paper on the pier." for n in range(9)),
    ]
    web.put(article.url, page("Ferry runs aground off Skarv", *long))
    run(article, now)
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    article.title = "Ferry refloated off Skarv"
    run(article, now)
    assert article.version.title == "Ferry refloated off Skarv"
    assert "passenger number 8" in article.version.text


def test_a_page_that_was_there_and_is_gone_is_noted_once(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    web.put(article.url, HttpPermanent("example.org has taken the page away (HTTP 410)", status=410))
    for hour in range(3):
        run(article, now + timedelta(hours=hour))
    assert article.page_gone_at == now
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert article.page_gone_at is None


def test_two_addresses_with_one_canonical_address_become_one_article(web, now):
    paper = factories.outlet(domains=["example.org"])
    one, two = (
        found(url=f"https://example.org/{n}", title="Ferry aground", outlet=paper) for n in ("news/ferry-77", "rss/77")
    )
    for article in (one, two):
        article.url_key = identity.address_key(article.url, demo=False)
        article.save()
        html = page("Ferry aground", *PARAGRAPHS)
        web.put(
            article.url, html.replace("<head>", '<head><link rel="canonical" href="https://example.org/news/ferry-77">')
        )
    assert len(extraction.compute([one, two], now)) == 2
    run(one, now)
    result = extraction.compute([two], now)[two.pk]
    extraction.save(two, result, now)
    assert two.pk is None
    assert Article.objects.get() == one
    assert one.keys.get().key == "example.org/rss/77"
