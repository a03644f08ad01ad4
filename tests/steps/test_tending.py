"""Asking politely while a person waits, ending a host's rest, and feeds taken in by the thousand."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from stories.ingest import fetch
from stories.ingest.errors import Temporary
from stories.models import Feed, Host
from stories.services import asking, tending
from tests import factories

pytestmark = pytest.mark.django_db
REQUEST = fetch.Request("https://coast.example/feed")


def test_what_a_person_asks_counts_towards_the_hosts_limits(web):
    web.put(REQUEST.url, "hello")
    [answer] = asking.ask([REQUEST])
    assert answer.body == b"hello"
    host = Host.objects.get()
    assert (host.name, host.lease_token) == ("coast.example", None)
    assert host.next_start_at is not None, "the next batch keeps its distance"


def test_a_busy_host_is_waited_for_and_then_left(web, monkeypatch, now):
    monkeypatch.setattr(asking, "PATIENCE_S", 0.2)
    monkeypatch.setattr(asking, "STEP_S", 0.1)
    host = Host.objects.create(name="coast.example", lease_until=now + timedelta(days=9999), lease_token=uuid4())
    [answer] = asking.ask([REQUEST])
    assert isinstance(answer, Temporary)
    assert answer.reason == "coast.example is being asked for something else just now; try again in a moment"
    assert web.asked == []
    host.refresh_from_db()
    assert host.lease_token is not None, "the other batch keeps its turn"


def test_a_resting_host_is_not_waited_for(web, now):
    Host.objects.create(name="coast.example", rest_until=now + timedelta(days=9999), rest_reason="It asked for less.")
    [answer] = asking.ask([REQUEST])
    assert isinstance(answer, Temporary)
    assert answer.reason.startswith("It asked for less; it can be asked again from ")


def test_an_editor_ends_a_rest(now):
    Host.objects.create(name="coast.example", rest_until=now + timedelta(hours=1), rest_reason="x", slowed=3)
    Host.objects.create(name="calm.example", rest_until=now - timedelta(hours=1), slowed=1)
    feed = factories.feed(url="https://coast.example/feed", next_poll_at=now, turn_at=now + timedelta(hours=1))
    assert tending.end_rest(Host.objects.all(), now=now) == 1
    host = Host.objects.get(name="coast.example")
    assert (host.rest_until, host.rest_reason, host.slowed) == (None, "", 0)
    assert list(Feed.objects.due(now)) == [feed]


def test_robots_txt_is_read_again_on_demand(now):
    Host.objects.create(name="coast.example", robots_at=now, robots="User-agent: *", robots_state=Host.Robots.RULES)
    assert tending.read_robots_again(Host.objects.all()) == 1
    host = Host.objects.get()
    assert host.robots_at is None
    assert host.robots, "the old rules hold until the new ones are there"


def test_pausing_and_taking_up_again(now):
    feed = factories.feed(stopped_reason="Gone.", active=False, gone_since=now, turn_at=now + timedelta(hours=1))
    tending.set_active(feed, True, now=now)
    feed.refresh_from_db()
    assert (feed.active, feed.stopped_reason, feed.gone_since, feed.turn_at) == (True, "", None, None)
    tending.set_active(feed, False, now=now)
    feed.refresh_from_db()
    assert (feed.active, feed.next_poll_reason) == (False, "paused by an editor")
