"""Atom feeds: valid, with names that stay, asked again for next to nothing, and safe whatever outlets write."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import feedparser
import pytest
from lxml import etree

from stories.models import Version
from tests import compared, factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
PUBLIC = "https://news.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _server(settings):
    settings.PUBLIC_URL = PUBLIC


@pytest.fixture
def world():
    return compared.world()


@pytest.fixture
def feed(client):
    """A feed as a reader parses it, after the checks that every feed must pass."""

    def get(address: str) -> feedparser.FeedParserDict:
        response = client.get(address)
        assert response.status_code == 200, response.content
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        root = etree.fromstring(response.content)
        assert root.tag == f"{ATOM}feed"
        for element in (root, *root.findall(f"{ATOM}entry")):
            for needed in ("id", "title", "updated"):
                assert len(element.findall(f"{ATOM}{needed}")) == 1
            alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
            assert len(alternates) == 1
        assert root.find(f"{ATOM}author/{ATOM}name").text == "Firsthand"
        parsed = feedparser.parse(response.content)
        assert not parsed.bozo, parsed.get("bozo_exception")
        ids = [entry.id for entry in parsed.entries]
        assert len(set(ids)) == len(ids)
        assert all(one.startswith("tag:news.example.org,2026:") for one in (parsed.feed.id, *ids))
        return parsed

    return get


def test_a_story_tells_what_happened_and_its_reports_newest_first(feed, world):
    address = f"{world.story.get_absolute_url()}feed.atom"
    told = feed(address)
    assert told.feed.title == world.story.title
    assert told.feed.link == f"{PUBLIC}{world.story.get_absolute_url()}"
    assert {link.rel: link.href for link in told.feed.links}["self"] == f"{PUBLIC}{address}"
    assert [entry.title for entry in told.entries] == [
        "Denial: Valley_Herald 100%: =Eleven gulls lost, says Tern Gazette",
        "Coast Wire: Gulls lost in lock",
        "Valley_Herald 100%: =Eleven gulls lost, says Tern Gazette",
        "The Tern Gazette: Nine gulls lost in lock at Veldhaven",
    ]
    denial, _wire, herald, gazette = told.entries
    assert "“The gate was old,” Quill said." in denial.summary
    assert "Ada Quill" in denial.summary, "the control sign in the note is gone"
    assert denial.link.startswith(f"{PUBLIC}/article/{world.herald.pk}/")
    assert herald.id == f"tag:news.example.org,2026:article/{world.herald.pk}"
    assert {link.rel: link.href for link in gazette.links}["via"] == world.gazette.url
    assert (gazette.published, gazette.updated) == ("2026-03-04T08:58:00+00:00", "2026-03-04T09:00:00+00:00")
    assert gazette.author == "The Tern Gazette"
    assert told.feed.updated == denial.updated


def test_what_no_longer_stands_is_gone(feed, world):
    world.story.happenings.update(stands=False)
    assert len(feed(f"{world.story.get_absolute_url()}feed.atom").entries) == 3


def test_names_stay_when_the_story_moves_on(feed, world):
    address = f"{world.story.get_absolute_url()}feed.atom"
    before = {entry.id for entry in feed(address).entries}
    factories.article(story=world.story, first_seen_at=MORNING + timedelta(hours=3))
    after = {entry.id for entry in feed(address).entries}
    assert before < after


def test_a_changed_headline_is_an_update_of_the_same_entry(feed, world):
    at = MORNING + timedelta(hours=5)
    world.wire.version = Version.objects.create(
        article=world.wire, hash="w2", title="No gulls lost", text="", text_state="none", seen_at=at
    )
    world.wire.title = "No gulls lost"
    world.wire.save()
    [entry] = [one for one in feed("/outlet/coast-wire/feed.atom").entries if one.id.endswith(f"/{world.wire.pk}")]
    assert (entry.title, entry.updated) == ("Coast Wire: No gulls lost", "2026-03-04T14:00:00+00:00")


def test_an_outlet_tells_its_reports_with_role_and_story(feed, world):
    [entry] = feed("/outlet/valley-herald/feed.atom").entries
    assert "Role: re-report" in entry.summary
    assert f'href="{PUBLIC}{world.story.get_absolute_url()}"' in entry.summary


def test_a_search_tells_what_matches_with_the_filters_of_its_page(feed, client, world):
    assert len(feed("/search/feed.atom?q=gulls").entries) == 3
    [entry] = feed("/search/feed.atom?q=gulls&outlet=tern-gazette&page=3").entries
    assert entry.author == "The Tern Gazette"
    assert feed("/search/feed.atom?q=gulls&since=1").entries == []
    assert feed("/search/feed.atom?q=ferry").entries == []
    assert feed("/search/feed.atom?q=gulls+%26+lock&outlet=").feed.title == "Search: gulls & lock"


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=gulls&outlet=nobody", "?q=gulls&since=x", f"?q={'x' * 501}", "?q=%00"]
)
def test_a_search_that_cannot_be_made_says_why(client, query):
    response = client.get(f"/search/feed.atom{query}")
    assert response.status_code == 422
    assert response["Content-Type"].startswith("text/plain")
    assert response.content


def test_asking_again_costs_next_to_nothing(client, world):
    for address in (
        f"{world.story.get_absolute_url()}feed.atom",
        "/outlet/coast-wire/feed.atom",
        "/search/feed.atom?q=gulls",
    ):
        first = client.get(address)
        for headers in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
            again = client.get(address, headers=headers)
            assert (again.status_code, again.content) == (304, b"")
    changed = format_datetime(MORNING + timedelta(days=900), usegmt=True)
    factories.article(story=world.story, first_seen_at=MORNING + timedelta(days=901))
    address = f"{world.story.get_absolute_url()}feed.atom"
    assert client.get(address, headers={"If-Modified-Since": changed}).status_code == 200


def test_an_empty_feed_is_valid_and_stands_still(client, feed):
    story = factories.story()
    story.articles.update(story=None)
    address = f"{story.get_absolute_url()}feed.atom"
    assert feed(address).entries == []
    assert client.get(address)["ETag"] == client.get(address)["ETag"]
    outlet = factories.outlet()
    assert feed(f"{outlet.get_absolute_url()}feed.atom").entries == []


def test_wrong_and_merged_addresses_lead_on(client, world):
    right = f"{world.story.get_absolute_url()}feed.atom"
    assert client.get(f"/story/{world.story.pk}/wrong/feed.atom")["Location"] == right
    assert client.get(f"{world.merged.get_absolute_url()}feed.atom")["Location"] == right
    assert client.get("/story/99999/x/feed.atom").status_code == 404
    assert client.get("/outlet/nobody/feed.atom").status_code == 404


@pytest.mark.parametrize(
    "title",
    [
        "Bell \x07 and escape \x1b and form feed \x0c",
        "Not a character \ufffe\uffff",
        "Less < more & ]]> \"quotes\" 'too'",
        "<script>alert(1)</script>",
        "עברית וערבית עם 🐦",
    ],
)
def test_whatever_an_outlet_writes_the_feed_can_be_read(feed, title):
    article = factories.article(title=title, byline=title, summary=title, text=title, lang="he")
    story = factories.story([article])
    for address in (f"{story.get_absolute_url()}feed.atom", f"{article.outlet.get_absolute_url()}feed.atom"):
        [entry] = feed(address).entries
        assert "\x07" not in entry.title
        assert "<script" not in entry.summary


def test_excerpts_only(client, world):
    long = "Gulls were counted again and again by everybody " * 40
    world.gazette.version.text = long
    world.gazette.version.save()
    for address in (f"{world.story.get_absolute_url()}feed.atom", "/outlet/tern-gazette/feed.atom"):
        assert long not in client.get(address).content.decode()


def test_however_much_there_is_as_many_queries(client, world, django_assert_max_num_queries):
    for n in range(20):
        factories.article(story=world.story, first_seen_at=MORNING + timedelta(minutes=n))
    for address, most in (
        (f"{world.story.get_absolute_url()}feed.atom", 7),
        ("/outlet/coast-wire/feed.atom", 3),
        ("/search/feed.atom?q=gulls", 2),
    ):
        with django_assert_max_num_queries(most):
            client.get(address)
