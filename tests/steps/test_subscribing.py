"""Feeds come in by address and by OPML, and go out again; the seed; the first account."""

from __future__ import annotations

import pytest

from stories.ingest.errors import Permanent
from stories.models import Article, Feed, Outlet, Stage, Story, User
from stories.services import demo, retrying, seeding, setup, subscribing
from tests import factories
from tests.fakes import rss

pytestmark = pytest.mark.django_db
ITEM = {"title": "Ferry runs aground off Skarv", "link": "https://example.org/1", "guid": "1"}
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>mine</title></head><body>
<outline text="News"><outline type="rss" text="Courier: World" xmlUrl="https://courier.example.org/world.xml" htmlUrl="https://courier.example.org/"/>
<outline type="rss" text="Courier: Sport" xmlUrl="https://courier.example.org/sport.xml" htmlUrl="https://courier.example.org/"/></outline>
<outline type="rss" text="Trap" xmlUrl="javascript:alert(1)"/></body></opml>"""


def test_a_sites_feed_is_found_and_due_at_once(web, now):
    web.put(
        "https://example.org",
        '<html><head><link rel="alternate" type="application/rss+xml" title="World" href="/rss"></head><body>Hi</body></html>',
    )
    web.put("https://example.org/rss", rss(ITEM))
    subscribed = subscribing.add_site("example.org", now=now)
    assert subscribed.created
    assert [feed.url for feed in subscribed.feeds] == ["https://example.org/rss"]
    assert Feed.objects.due(now).count() == 1
    assert not subscribing.add_site("https://example.org", now=now).created


@pytest.mark.parametrize("address", ["", "   ", "javascript:alert(1)", "ftp://example.org/rss", "http://"])
def test_what_is_no_web_address_is_refused_in_words(web, now, address):
    with pytest.raises(Permanent, match="not a web address"):
        subscribing.add_site(address, now=now)
    assert web.asked == []


def test_a_site_without_a_feed_is_refused_in_words(web, now):
    web.put("https://example.org", "<html><body>We have no feed.</body></html>")
    with pytest.raises(Permanent, match=r"[Nn]o feed"):
        subscribing.add_site("https://example.org", now=now)
    assert not Outlet.objects.exists()


def test_opml_brings_each_outlet_once_and_names_what_it_refuses(now):
    imported = subscribing.import_opml(OPML.encode(), now=now)
    assert (imported.added, imported.known) == (2, 0)
    assert [address for address, _ in imported.refused] in ([], ["javascript:alert(1)"])
    assert Outlet.objects.count() == 1
    assert subscribing.import_opml(OPML.encode(), now=now).known == 2


def test_what_is_not_opml_changes_nothing(now):
    with pytest.raises(Permanent, match="OPML"):
        subscribing.import_opml(b"<html><body>hello</body></html>", now=now)
    assert not Feed.objects.exists()


def test_export_and_import_are_inverse(now):
    subscribing.import_opml(OPML.encode(), now=now)
    exported = subscribing.export_opml(now)
    before = set(Feed.objects.values_list("url", flat=True))
    Outlet.objects.all().delete()
    subscribing.import_opml(exported, now=now)
    assert set(Feed.objects.values_list("url", flat=True)) == before


def test_outlets_on_bare_addresses_are_told_apart_by_name(now):
    rows = "".join(
        f'<outline type="rss" text="{name}" xmlUrl="http://127.0.0.1:8900/{name}/feed.xml" htmlUrl="http://127.0.0.1:8900/{name}/"/>'
        for name in ("ledger", "mirror")
    )
    subscribing.import_opml(f'<opml version="2.0"><body>{rows}</body></opml>'.encode(), now=now)
    assert sorted(Outlet.objects.values_list("name", flat=True)) == ["ledger", "mirror"]


def test_the_seed_loads_once(now):
    loaded = seeding.load_known(now)
    assert loaded.outlets == Outlet.objects.count() >= 55
    assert loaded.feeds == Feed.objects.count() >= 45
    assert seeding.load_known(now) == seeding.Loaded(0, 0)


def test_the_seed_leaves_an_editors_outlet_alone(now):
    row = seeding.known_outlets()[0]
    mine = factories.outlet(name="My name for it", domains=row["domains"][:1])
    seeding.load_known(now)
    mine.refresh_from_db()
    assert mine.name == "My name for it"


def test_the_first_account_is_made_once(now):
    assert setup.needs_setup()
    user = setup.first_account(email="ed@example.org", password="a long enough word", start_with="none", now=now)
    assert user.is_staff
    assert user.check_password("a long enough word")
    with pytest.raises(PermissionError):
        setup.first_account(email="eve@example.org", password="another long word", start_with="none", now=now)
    assert User.objects.count() == 1


def test_the_demo_world_comes_and_goes_and_leaves_the_rest(now, settings):
    settings.DEMO_WORLD = True
    mine = factories.article()
    demo.start(now)
    demo.start(now)
    invented = Outlet.objects.filter(demo=True)
    assert invented.count() >= 8
    factories.story(articles=[factories.article(outlet=invented.first())], demo=True)
    demo.remove()
    assert list(Article.objects.all()) == [mine]
    assert not Outlet.objects.filter(demo=True).exists()
    assert not Story.objects.filter(articles=None).exists()


def test_the_demo_world_can_be_switched_off(now, settings):
    settings.DEMO_WORLD = False
    with pytest.raises(Permanent, match="switched off"):
        demo.start(now)


def test_a_failed_article_goes_back_to_where_it_failed(now):
    article = factories.article(stage=Stage.FAILED, failed_stage=Stage.READ, failure="x", attempts=6)
    assert retrying.retry(article, now=now)
    article.refresh_from_db()
    assert (article.stage, article.attempts, article.failure) == (Stage.READ, 0, "")
    assert not retrying.retry(article, now=now)
