"""Private feeds: whoever has the address reads along, nobody else; each alert once, with what changed and why."""

from __future__ import annotations

from datetime import timedelta

import feedparser
import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from lxml import etree

from stories.models import Alert, AlertPart, Follow, Notice, Story, Team, TeamMember, User
from stories.selectors import privatefeeds
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
PUBLIC = "https://news.example.org"


@pytest.fixture(autouse=True)
def _server(settings):
    settings.PUBLIC_URL = PUBLIC


@pytest.fixture
def ada() -> User:
    return factories.user(email="ada@isles.example")


def follow_of(user: User | None, story: Story, **kw) -> Follow:
    kw.setdefault("target", f"story:{story.pk}")
    return Follow.objects.create(user=user, kind="story", story=story, created_at=MORNING, **kw)


def told(user: User, story: Story, *parts: tuple[Follow, str], minutes: int = 0) -> Alert:
    """An alert of one report for each follow and wake."""
    at = MORNING + timedelta(minutes=minutes)
    alert = Alert.objects.create(user=user, story=story, at=at)
    for number, (follow, wake) in enumerate(parts):
        notice = Notice.objects.create(
            story=story,
            wake=wake,
            key=f"{alert.pk}-{number}",
            article=factories.article(title="Bell \x07 <b>rings</b>", outlet=factories.outlet(name="The Courier")),
            note="the harbour <i>office</i>",
            passage="“No \x1b <script>such</script> bid.”",
            passage_url=f"{PUBLIC}/article/7/#p{number}",
            at=at,
            noted_at=at,
            tell_at=at,
        )
        AlertPart.objects.create(alert=alert, user=user, notice=notice, follow=follow, why=f"{follow.kind}:")
    return alert


def path(address: str) -> str:
    assert address.startswith(PUBLIC)
    return address.removeprefix(PUBLIC)


def read(client: Client, address: str) -> feedparser.FeedParserDict:
    """A feed as a reader parses it, after the checks that every private feed must pass."""
    response = client.get(path(address))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert {"private", "no-cache"} <= set(response["Cache-Control"].split(", "))
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    etree.fromstring(response.content)
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert {link.rel: link.href for link in parsed.feed.links}["self"] == address
    ids = [entry.id for entry in parsed.entries]
    assert len(set(ids)) == len(ids)
    return parsed


def test_each_alert_once_with_what_changed_the_passage_where_and_why(client, ada):
    story = factories.story(title="Second bid for the ferry")
    follow = follow_of(ada, story)
    first = told(ada, story, (follow, "denied"))
    second = told(ada, story, (follow, "confirmed"), (follow, "article"), minutes=5)
    told(factories.user(), story)
    feed = read(client, privatefeeds.alerts_address(ada))
    assert feed.feed.title == "Your alerts"
    assert feed.feed.language == "en-GB"
    newest, oldest = feed.entries
    assert [newest.id, oldest.id] == [f"tag:news.example.org,2026:alert/{one.pk}" for one in (second, first)]
    assert oldest.title == "Second bid for the ferry: A denial, told by The Courier: the harbour <i>office</i>."
    assert oldest.link == f"{PUBLIC}/article/7/#p0"
    assert "such" in oldest.summary
    assert "<script" not in oldest.summary
    assert "\x1b" not in oldest.summary
    assert "You follow this story." in oldest.summary
    assert {link.rel: link.href for link in oldest.links}["via"].startswith("https://outlet.example/")
    assert oldest.updated == "2026-03-04T09:00:00+00:00"
    assert newest.title.endswith(" And 1 more")
    assert newest.link == f"{PUBLIC}{story.get_absolute_url()}"
    assert "A new report by The Courier." in newest.summary


def test_of_a_follow_only_what_was_told_for_it(client, ada):
    story, other = factories.story(title="One"), factories.story(title="Two")
    mine, another = follow_of(ada, story), follow_of(ada, other)
    told(ada, other, (another, "denied"))
    both = told(ada, story, (mine, "denied"), (another, "article"), minutes=1)
    feed = read(client, privatefeeds.follow_address(ada, mine))
    assert feed.feed.title == "Alerts: “One”"
    [entry] = feed.entries
    assert entry.id.endswith(f"alert/{both.pk}")
    assert "A new report" not in entry.summary


def test_a_team_s_follow_has_a_feed_for_each_member_while_they_are_one(client, ada):
    team = Team.objects.create(name="Desk")
    member = TeamMember.objects.create(team=team, user=ada)
    bob = factories.user()
    TeamMember.objects.create(team=team, user=bob)
    story = factories.story()
    follow = follow_of(None, story, team=team)
    mine = told(ada, story, (follow, "denied"))
    told(bob, story, (follow, "denied"))
    address = privatefeeds.follow_address(ada, follow)
    assert address != privatefeeds.follow_address(bob, follow)
    [entry] = read(client, address).entries
    assert entry.id.endswith(f"alert/{mine.pk}")
    assert "Desk follows this story." in entry.summary
    member.delete()
    assert client.get(path(address)).status_code == 404


def test_an_empty_feed_is_valid_and_stands_still(client, ada):
    address = privatefeeds.alerts_address(ada)
    assert read(client, address).entries == []
    assert client.get(path(address))["ETag"] == client.get(path(address))["ETag"]


def test_asking_again_costs_next_to_nothing(client, ada):
    story = factories.story()
    told(ada, story, (follow_of(ada, story), "denied"))
    address = path(privatefeeds.alerts_address(ada))
    first = client.get(address)
    for headers in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get(address, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert "private" in again["Cache-Control"]
        assert again["Referrer-Policy"] == "no-referrer"
    told(ada, story, minutes=3)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_new_addresses_make_the_old_ones_worthless(client, reader_client, ada):
    follow = follow_of(ada, factories.story())
    old = [privatefeeds.alerts_address(ada), privatefeeds.follow_address(ada, follow)]
    others = privatefeeds.alerts_address(factories.user())
    reader_client.force_login(ada)
    response = reader_client.post(reverse("alerts_feed_new"), {"next": "/ways/#feed"})
    assert response["Location"] == "/ways/#feed"
    assert [client.get(path(address)).status_code for address in old] == [404, 404]
    ada.refresh_from_db()
    new = [privatefeeds.alerts_address(ada), privatefeeds.follow_address(ada, follow)]
    assert set(new).isdisjoint(old)
    for address in (*new, others):
        read(client, address)


def test_the_count_of_new_addresses_never_runs_over(reader_client, ada):
    User.objects.filter(pk=ada.pk).update(feed_version=32_767)
    reader_client.force_login(ada)
    assert reader_client.post(reverse("alerts_feed_new")).status_code == 302
    ada.refresh_from_db()
    assert ada.feed_version == 0


def test_new_addresses_are_asked_for_by_people_who_are_signed_in_by_post_with_the_csrf_token(
    client, reader_client, ada
):
    assert reader_client.get(reverse("alerts_feed_new")).status_code == 405
    assert client.post(reverse("alerts_feed_new"))["Location"].startswith("/accounts/login/")
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(ada)
    assert guarded.post(reverse("alerts_feed_new")).status_code == 403


def test_who_may_not_sign_in_has_no_feed(client, ada):
    address = path(privatefeeds.alerts_address(ada))
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["", "1", "1-0", "1-0.", "1-0.AAAA", "x.y", "..", "%00", "1-0.%C3%A9", "9" * 400, "1-0-1", "-.-", "١-٠.AAAA"],
)
def test_whatever_was_not_signed_opens_nothing(client, ada, token):
    for start in ("/alerts/feed/", "/following/feed/"):
        assert client.get(f"{start}{token}.atom").status_code == 404


def test_a_token_opens_what_it_was_made_for_and_nothing_else(client, ada):
    follow = follow_of(ada, factories.story())
    alerts, of_follow = privatefeeds.alerts_address(ada), privatefeeds.follow_address(ada, follow)
    assert client.get(path(alerts).replace("/alerts/feed/", "/following/feed/")).status_code == 404
    assert client.get(path(of_follow).replace("/following/feed/", "/alerts/feed/")).status_code == 404
    for forged in ("1", f"{ada.pk}-x", f"{ada.pk}-0-1-1", f"{10**30}-0", "None-0"):
        for salt in ("stories.privatefeeds.alerts", "stories.privatefeeds.follow"):
            token = Signer(salt=salt, sep=".").sign(forged)
            assert privatefeeds.alerts_feed(token) is None
            assert privatefeeds.follow_feed(token) is None


def test_nobody_reads_of_the_follows_of_others(client, ada):
    theirs = follow_of(factories.user(), factories.story())
    assert client.get(path(privatefeeds.follow_address(ada, theirs))).status_code == 404
    address = path(privatefeeds.follow_address(ada, mine := follow_of(ada, factories.story())))
    mine.delete()
    assert client.get(address).status_code == 404


def test_it_is_written_in_the_language_of_the_person(client, ada):
    User.objects.filter(pk=ada.pk).update(language="de")
    assert read(client, privatefeeds.alerts_address(ada)).feed.language == "de"


def test_it_is_a_feed_for_reading_only(client, ada):
    address = path(privatefeeds.alerts_address(ada))
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_however_much_there_is_as_many_queries(client, ada, django_assert_max_num_queries):
    story = factories.story()
    follow = follow_of(ada, story)
    for minutes in range(12):
        told(ada, story, (follow, "denied"), (follow, "article"), minutes=minutes)
    with django_assert_max_num_queries(7):
        assert len(feedparser.parse(client.get(path(privatefeeds.alerts_address(ada))).content).entries) == 12
    with django_assert_max_num_queries(7):
        client.get(path(privatefeeds.follow_address(ada, follow)))
