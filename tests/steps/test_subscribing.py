"""Feeds come in by address and by OPML, and go out again; the seed; the first account."""

from __future__ import annotations

import pytest

from stories.ingest.errors import Permanent
from stories.ingest.opml import Outline
from stories.models import Article, Feed, Outlet, Stage, Story, User
from stories.services import demo, retrying, seeding, setup, subscribing
from tests import factories

pytestmark = pytest.mark.django_db
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>mine</title></head><body>
<outline text="News"><outline type="rss" text="Courier: World" xmlUrl="https://courier.example.org/world.xml" htmlUrl="https://courier.example.org/"/>
<outline type="rss" text="Courier: Sport" xmlUrl="https://courier.example.org/sport.xml" htmlUrl="https://courier.example.org/"/></outline>
<outline type="rss" text="Trap" xmlUrl="javascript:alert(1)"/></body></opml>"""


def test_opml_brings_each_outlet_once_and_names_what_it_refuses(now):
    imported = subscribing.import_opml(OPML.encode(), now=now)
    assert (imported.added, imported.known) == (2, 0)
    assert imported.added_names == ["Courier: World", "Courier: Sport"]
    assert imported.refused == [("javascript:alert(1)", "This is not a web address.")]
    assert Outlet.objects.count() == 1
    assert subscribing.import_opml(OPML.encode(), now=now).known == 2


def test_what_is_not_opml_changes_nothing(now):
    with pytest.raises(Permanent, match="OPML"):
        subscribing.import_opml(b"<html><body>hello</body></html>", now=now)
    assert not Feed.objects.exists()


def test_export_and_import_are_inverse(now):
    subscribing.import_opml(OPML.encode(), now=now)
    # Its feeds live elsewhere, and only its domain tells that they are its own.
    post = factories.outlet(name="The Post", domains=["post.example"], homepage="")
    for n in range(2):
        factories.feed(outlet=post, title=f"Post & others {n}", url=f"https://cdn{n}.example/feed?a=1&b={n}")
    exported = subscribing.export_opml(now)
    before, together = set(Feed.objects.values_list("url", "title")), outlets_of_feeds()
    Outlet.objects.all().delete()
    subscribing.import_opml(exported, now=now)
    assert set(Feed.objects.values_list("url", "title")) == before
    assert outlets_of_feeds() == together


def outlets_of_feeds() -> set[frozenset[str]]:
    """The addresses of feeds that belong together."""
    return {frozenset(outlet.feeds.values_list("url", flat=True)) for outlet in Outlet.objects.all()}


def outline(url: str, title: str = "A feed", home: str = "") -> Outline:
    return Outline(title=title, feed_url=url, home_url=home, categories=())


def test_thousands_of_feeds_come_in_with_a_few_statements(now, django_assert_max_num_queries):
    many = [outline(f"https://f{n}.paper{n // 3}.example.com/rss", "Газета") for n in range(1500)]
    many += [outline(f"http://192.0.2.{n}/rss", f"Machine {n % 5}") for n in range(50)]
    with django_assert_max_num_queries(16):
        done = subscribing.import_outlines(many, now=now)
    assert (done.added, done.known, done.refused) == (1550, 0, [])
    assert Feed.objects.due(now).count() == 1550
    assert Outlet.objects.count() == 1 + 5, "one domain, and five names without one"
    assert subscribing.import_outlines(many, now=now).known == 1550


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("https://", "not a web address"),
        ("https://[::1", "not a web address"),
        ("https://ed:secret@coast.example/f", "coast.example holds a user name or password"),
        ("https://coast.example/" + "x" * 2000, "longer than 2,000 characters"),
    ],
)
def test_an_address_that_cannot_be_a_feeds_is_refused_in_words_and_spoils_nothing(now, url, reason):
    done = subscribing.import_outlines([outline(url), outline("https://coast.example/f")], now=now)
    assert done.added == 1
    [(address, said)] = done.refused
    assert reason in said
    assert "secret" not in address + said


@pytest.mark.parametrize(
    "url",
    ["https://coast.example/f", "http://coast.example/f", "https://coast.example/f#top", "https://coast.example/old"],
)
def test_a_feed_is_known_by_either_scheme_and_by_the_address_that_it_moved_from(now, url):
    mine = factories.feed(url="https://coast.example/f", moved_from="https://coast.example/old")
    assert subscribing.subscribe(outline(url), now=now) == (mine, False)


def test_one_list_names_a_feed_twice(now):
    done = subscribing.import_outlines(
        [outline("https://coast.example/f"), outline("http://coast.example/f"), outline("https://coast.example/f#x")],
        now=now,
    )
    assert (done.added, done.known) == (1, 2)


def test_a_host_is_kept_as_servers_know_it(now):
    feed, _ = subscribing.subscribe(outline("https://Zeitung-für-Österreich.example:8443/feed"), now=now)
    feed.refresh_from_db()
    assert feed.url == "https://xn--zeitung-fr-sterreich-ebc3k.example:8443/feed"
    assert feed.host == "xn--zeitung-fr-sterreich-ebc3k.example"


def test_the_narrowest_domain_names_the_outlet(now):
    wide = factories.outlet(name="Wide", domains=["coast.example"])
    narrow = factories.outlet(name="Narrow", domains=["sport.coast.example"])
    done = subscribing.subscribe_all(
        [outline("https://feeds.sport.coast.example/f"), outline("https://news.coast.example/f")], now=now
    )
    assert [taken.feed.outlet for taken in done if taken.feed] == [narrow, wide]


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
