"""The list of outlets and the page of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from stories.models import PollResult, Stage
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False):
        yield


def test_the_list_says_only_what_is_known(client, page):
    post = factories.outlet(name="The Meridian Post", kind="newspaper", country="GB", owner_group="Meridian Media")
    factories.outlet(name="Nobody’s Sheet")
    factories.feed(outlet=post)
    factories.feed(outlet=post, last_result=PollResult.TEMPORARY)
    factories.article(outlet=post)
    factories.article(outlet=post, first_seen_at=MORNING - timedelta(days=9))
    text = page(client, "/outlets/")
    assert "United Kingdom" in text
    assert "Meridian Media" in text
    assert "1 failing" in text
    assert text.index("Nobody’s Sheet") < text.index("The Meridian Post"), "by name"
    assert text.count('data-label="Country"></td>') == 1, "empty where we don't know"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=meridian", True),
        ("q=the+post", True),
        ("q=ledger", False),
        ("kind=agency", False),
        ("kind=newspaper", True),
        ("kind=zzz", True),
        ("q=%00", True),
    ],
)
def test_the_list_can_be_narrowed(client, page, query, found):
    factories.outlet(name="The Meridian Post", aliases=["the Post"], kind="newspaper")
    text = page(client, f"/outlets/?{query}")
    assert ("The Meridian Post" in text) is found
    assert ("No outlet matches" in text) is not found


def test_quiet_outlets_stand_out(client, page):
    assert "quieter" not in page(client, factories.outlet(name="Usual").get_absolute_url())
    assert "Quiet (" not in page(client, "/outlets/")
    quiet = factories.outlet(
        name="Coast Wire", quiet_since=MORNING, quiet_note="2 articles in 24 h, where 31 are usual."
    )
    assert "Quiet (1)" in page(client, "/outlets/")
    text = page(client, "/outlets/?show=quiet")
    assert "2 articles in 24 h, where 31 are usual." in text
    assert ">Usual</a>" not in text
    assert "No outlet matches" in page(client, "/outlets/?show=quiet&q=usual")
    own = page(client, quiet.get_absolute_url())
    assert "Much quieter than usual" in own
    assert "2 articles in 24 h, where 31 are usual." in own


def test_no_outlet_is_quiet(client, page):
    factories.outlet()
    assert "No outlet is quieter than usual." in page(client, "/outlets/?show=quiet")


def test_no_outlets_yet(client, page):
    factories.user()
    assert "No outlets yet" in page(client, "/outlets/")


def test_many_outlets_are_paged_with_bounded_queries(client, page, django_assert_max_num_queries):
    for n in range(70):
        factories.article(outlet=factories.outlet(name=f"Paper {n:02}"))
    with django_assert_max_num_queries(5):
        text = page(client, "/outlets/")
    assert "Page 1 of 2" in text
    assert "Paper 59" in text
    assert "Paper 60" not in text
    assert "Paper 69" in page(client, "/outlets/?page=2")


def test_an_outlet_with_its_feeds_and_articles(client, page):
    outlet = factories.outlet(
        name="The Meridian Post",
        aliases=["Meridian"],
        ambiguous_aliases=["the Post"],
        homepage="https://www.post.example/",
        country="IE",
    )
    factories.feed(outlet=outlet, title="World", last_result=PollResult.PERMANENT, last_error="The feed is gone (410).")
    grouped = factories.article(outlet=outlet, title="A shared report", summary="What it says.")
    factories.story([grouped, factories.article()], title="A shared event")
    factories.article(outlet=outlet, title="A report on its way", stage=Stage.READ)
    text = page(client, outlet.get_absolute_url())
    assert "Ireland" in text
    assert "Owner group" not in text
    assert "Meridian; the Post" in text
    assert ">post.example<" in text
    assert "The feed is gone (410)." in text
    assert f'href="/feeds/{outlet.feeds.get().pk}/"' in text
    assert "In a story of 2 outlets</a>: <span>A shared event" in text
    assert "not grouped yet" in text
    assert "What it says." in text


def test_an_outlet_only_credited_has_no_feed(client, page):
    text = page(client, factories.outlet(name="Coast Wire", kind="agency").get_absolute_url())
    assert "We poll no feed of this outlet" in text
    assert "Nothing has been reported by it" in text


def test_its_articles_go_on_over_pages(client, page, django_assert_max_num_queries):
    outlet = factories.outlet()
    for n in range(35):
        at = MORNING - timedelta(minutes=n)
        factories.story([factories.article(outlet=outlet, title=f"Report {n:02}", first_seen_at=at, claimed_at=at)])
    with django_assert_max_num_queries(5):
        first = client.get(outlet.get_absolute_url())
    text = page(client, f"{outlet.get_absolute_url()}?before={first.context['page'].older}")
    assert "Report 29" not in text
    assert all(f"Report {n}" in text for n in range(30, 35))
    assert "Older reports" not in text


def test_no_such_outlet(client):
    assert client.get("/outlet/nobody/").status_code == 404
