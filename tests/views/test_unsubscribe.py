"""Stopping letters by the link in one (RFC 8058): without signing in, by one click, and not by a look."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from stories.models import Channel, Follow, User
from stories.services import unsubscribing
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def reader(db: None) -> User:
    return factories.user(email="ada@isles.example")


@pytest.fixture
def way(reader) -> Channel:
    return followed.channel(reader)


@pytest.fixture
def follow(reader) -> Follow:
    return followed.follow(reader, factories.story([factories.article(title="Ferry runs aground")]))


@pytest.fixture
def client() -> Client:
    """Signed out, and strict about CSRF as browsers are."""
    return Client(enforce_csrf_checks=True)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def address(channel: Channel, follow: Follow | None = None) -> str:
    token = unsubscribing.token_for(channel, follow) if follow else unsubscribing.token(channel)
    return f"/unsubscribe/{token}/"


def test_one_click_stops_all_without_signing_in(client, way):
    response = client.post(address(way), ONE_CLICK)
    assert (response.status_code, response.content) == (200, b"Stopped.\n")
    assert response["Content-Type"].startswith("text/plain")
    assert not response.cookies
    way.refresh_from_db()
    assert way.off_at == MORNING + timedelta(hours=2)
    assert way.off_seen, "the person did it: no notice of it"
    assert client.post(address(way), ONE_CLICK).status_code == 200, "twice is fine"


def test_one_click_as_a_form_of_parts(client, way):
    """RFC 8058 allows both encodings of a form."""
    response = client.post(address(way), ONE_CLICK, headers={"User-Agent": "mail"})
    assert response.status_code == 200
    body = "List-Unsubscribe=One-Click"
    again = client.post(address(way), body, content_type="application/x-www-form-urlencoded")
    assert again.status_code == 200


def test_one_click_for_a_follow_stops_that_alone(client, way, follow):
    assert client.post(address(way, follow), ONE_CLICK).status_code == 200
    way.refresh_from_db()
    follow.refresh_from_db()
    assert way.off_at is None
    assert follow.ended_at is not None
    assert client.post(address(way, follow), ONE_CLICK).status_code == 200


def test_a_look_changes_nothing(client, way, follow):
    for link in (address(way), address(way, follow)):
        page = text_of(client.get(link))
        assert "Stop these e-mails?" in page
        assert "Stop all e-mails to this address" in page
        assert client.head(link).status_code == 200
    assert "Stop those on “Ferry runs aground”" in page
    way.refresh_from_db()
    follow.refresh_from_db()
    assert (way.off_at, follow.ended_at) == (None, None)


def test_the_page_stops_one_follow_or_all(client, way, follow):
    done = text_of(client.post(address(way, follow), {"stop": "follow"}))
    assert "No more is sent to you on “Ferry runs aground”." in done
    page = text_of(client.get(address(way, follow)))
    assert "Those on “Ferry runs aground” are stopped already." in page
    assert 'value="follow"' not in page
    done = text_of(client.post(address(way, follow), {"stop": "all"}))
    assert "Nothing more is sent to ada@isles.example." in done
    assert "They are stopped already: nothing goes there." in text_of(client.get(address(way)))
    way.refresh_from_db()
    assert way.off_at is not None


def test_a_post_that_says_neither_asks_again(client, way):
    response = client.post(address(way), {"stop": "the press"})
    assert response.status_code == 422
    assert "Stop these e-mails?" in text_of(response)
    way.refresh_from_db()
    assert way.off_at is None


@pytest.mark.parametrize("token", ["abc", "c1.sig", "c1f2.x", "..", "ü", "c" * 3000])
def test_a_wrong_link_is_said_to_be_none(client, token):
    response = client.get(f"/unsubscribe/{token}/")
    assert response.status_code == 404
    assert "This link stops nothing." in text_of(response)
    assert client.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 404


def test_a_cut_link_opens_nothing(client, way):
    link = address(way)
    assert client.post(link[:-3] + "/", ONE_CLICK).status_code == 404
    way.refresh_from_db()
    assert way.off_at is None


def test_what_is_gone_needs_no_stopping(client, way, follow):
    links = [address(way), address(way, follow)]
    follow.delete()
    assert client.get(links[1]).status_code == 410
    way.delete()
    assert client.get(links[0]).status_code == 410
    assert "There is nothing left to stop." in text_of(client.get(links[0]))
    assert client.post(links[0], ONE_CLICK).status_code == 200


def test_whoever_is_signed_in_stops_what_the_link_names(way):
    """Not their own letters: the link names whose they are."""
    other = factories.user()
    theirs = followed.channel(other, "other@isles.example")
    client = Client()
    client.force_login(other)
    client.post(address(way), {"stop": "all"})
    theirs.refresh_from_db()
    way.refresh_from_db()
    assert (theirs.off_at, way.off_at is None) == (None, False)


def test_the_ways_page_says_how_it_was_stopped(client, way, reader):
    client.post(address(way), ONE_CLICK)
    signed_in = Client()
    signed_in.force_login(reader)
    page = text_of(signed_in.get("/ways/"))
    assert "you stopped it by the link in a letter" in page
    assert "is-lost" not in page
    assert "Switch on again" in page
