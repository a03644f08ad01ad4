"""One article under two addresses: what its page says of itself, and what becomes of the second row."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from stories.ingest.errors import Temporary
from stories.models import Article, ArticleKey, Feed, FeedEntry, Stage, Version
from stories.services import identity, uniting
from tests import factories

pytestmark = pytest.mark.django_db
TEXT = "A car ferry with many people on board grounded in thick fog outside the harbour of Skarv this morning."


@pytest.fixture
def paper():
    return factories.outlet(domains=["skarv.com"])


def row(paper, path, **kw):
    """An article at this path of the paper, as the feed brought it."""
    made = factories.article(outlet=paper, url=f"https://www.skarv.com{path}", **({"title": "Ferry aground"} | kw))
    made.url_key = identity.address_key(made.url, demo=paper.demo)
    made.save(update_fields=["url_key"])
    return made


def settle(article, url, text=TEXT):
    """As the extract step does it: in a transaction that holds the row and writes it at the end."""
    with transaction.atomic():
        held = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        stayed = uniting.settle(held, url, text)
        if held.pk is not None:
            held.save()
    return stayed


def test_the_canonical_address_leads_to_the_article_too(paper):
    article = row(paper, "/rss/77")
    assert settle(article, "https://www.skarv.com/news/ferry-77")
    assert identity.owners(["skarv.com/news/ferry-77"]) == {"skarv.com/news/ferry-77": article.pk}
    assert settle(article, "https://www.skarv.com/news/ferry-77")
    assert ArticleKey.objects.count() == 1


def test_its_own_address_needs_no_further_key(paper):
    assert settle(row(paper, "/news/77"), "http://skarv.com/news/77/amp")
    assert not ArticleKey.objects.exists()


def test_an_outlets_other_domain_is_its_own_and_a_strangers_is_syndication(paper):
    paper.domains = ["skarv.com", "skarvcourier.net"]
    paper.save()
    article = row(paper, "/news/77")
    assert settle(article, "https://news.skarvcourier.net/77")
    assert settle(article, "https://wire.example/ferry")
    assert settle(article, "https://notskarvcourier.net/77")
    assert list(article.keys.values_list("key", flat=True)) == ["news.skarvcourier.net/77"]


def test_a_second_row_becomes_part_of_the_first(paper, now):
    feed, other = factories.feed(outlet=paper), factories.feed(outlet=paper)
    old = row(paper, "/news/ferry-77", stage=Stage.FOUND, first_seen_at=now, claimed_at=now - timedelta(minutes=3))
    new = row(
        paper,
        "/rss/77",
        stage=Stage.FOUND,
        text="Something was read already.",
        first_seen_at=now + timedelta(minutes=5),
        claimed_at=now - timedelta(minutes=9),
        byline="Ada Moss",
    )
    for number, (each, where) in enumerate(((old, feed), (new, feed), (new, other))):
        FeedEntry.objects.create(feed=where, guid=f"g{number}", article=each, content_hash="x", first_seen_at=now)
    identity.add_keys([("skarv.com/short/77", new.pk)])
    assert not settle(new, "https://skarv.com/news/ferry-77")
    kept = Article.objects.get()
    assert kept.pk == old.pk
    assert (kept.first_seen_at, kept.polled_before_at) == (old.first_seen_at, old.polled_before_at)
    assert kept.claimed_at == kept.reported_at == now - timedelta(minutes=9)
    assert kept.byline == "Ada Moss"
    assert kept.entries.count() == 3
    assert set(kept.keys.values_list("key", flat=True)) == {"skarv.com/short/77", "skarv.com/rss/77"}
    assert Version.objects.filter(article=kept).count() == 2


def test_the_row_at_work_may_be_the_one_that_stays(paper, now):
    new = row(paper, "/news/ferry-77", first_seen_at=now + timedelta(minutes=5), claimed_at=None)
    old = row(paper, "/rss/77", first_seen_at=now, claimed_at=None)
    assert settle(old, new.url)
    kept = Article.objects.get()
    assert (kept.pk, kept.first_seen_at) == (old.pk, now)
    assert identity.owners(["skarv.com/news/ferry-77"]) == {"skarv.com/news/ferry-77": old.pk}


def test_the_one_with_a_story_stays_in_it_and_its_story_is_traced_again(paper, now):
    told = row(paper, "/news/ferry-77", first_seen_at=now, claimed_at=now)
    factories.story([told])
    new = row(paper, "/rss/77", stage=Stage.FOUND, first_seen_at=now - timedelta(minutes=1), claimed_at=None)
    assert not settle(new, told.url)
    kept = Article.objects.get()
    assert (kept.pk, kept.stage, kept.story_id is None) == (told.pk, Stage.GROUPED, False)
    assert kept.first_seen_at == now - timedelta(minutes=1)


def test_two_that_have_stories_stay_two(paper):
    one, two = row(paper, "/news/ferry-77"), row(paper, "/rss/77")
    factories.story([one])
    factories.story([two])
    assert settle(two, one.url)
    assert Article.objects.count() == 2


def test_another_outlets_article_is_not_taken(paper):
    theirs = row(paper, "/news/ferry-77")
    guest = row(factories.outlet(domains=["skarv.com"]), "/guest/77")
    assert settle(guest, theirs.url)
    assert Article.objects.count() == 2


def test_a_template_that_names_one_address_for_all_merges_nothing(paper, now):
    lead = row(paper, "/news/ferry-77", text=TEXT)
    budget = row(paper, "/news/budget-78", title="Parliament passes budget", claimed_at=now)
    text = "Parliament has passed the budget with the votes of every party except the Greens, who walked out earlier."
    assert settle(budget, lead.url, text)
    assert Article.objects.count() == 2


def test_one_text_under_two_headlines_and_times_is_one_article(paper, now):
    lead = row(paper, "/news/ferry-77", text=f"{TEXT} Nobody was hurt.")
    again = row(paper, "/news/skarv-78", title="Fog grounds ship", claimed_at=now)
    assert not settle(again, lead.url, f"{TEXT} A tug is coming.")
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", [Article, Feed])
def test_nothing_is_waited_for_a_row_in_use_puts_the_merging_off(paper, table):
    old, new = row(paper, "/news/ferry-77"), row(paper, "/rss/77")
    feed = factories.feed(outlet=paper)
    FeedEntry.objects.create(feed=feed, guid="g", article=new, content_hash="x", first_seen_at=new.first_seen_at)
    held, done = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                table.objects.select_for_update(no_key=True).get(pk=old.pk if table is Article else feed.pk)
                held.set()
                done.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        with pytest.raises(Temporary):
            settle(new, old.url)
    finally:
        done.set()
        thread.join()
    assert Article.objects.count() == 2
    assert not settle(new, old.url)
    assert Article.objects.count() == 1
