"""A story's page is kept for readers who are not signed in, and for nobody else; what changes the story makes it anew."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as Unreachable

from stories.models import Outlet, Story
from tests import factories
from tests.nlp.provenance_worlds import harbour
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(settings) -> Story:
    settings.PAGE_CACHE_S = 20
    cache.clear()
    yield traced(harbour())
    cache.clear()


def queries(client, address: str, **headers: str) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers=headers)
    return len(asked), answer.content.decode()


def test_the_second_reader_gets_the_same_page_for_next_to_nothing(client, story):
    first, page = queries(client, story.get_absolute_url())
    again, kept = queries(client, story.get_absolute_url())
    assert kept == page
    assert again <= 2 < first


def test_each_language_fragment_and_part_is_kept_by_itself(client, story):
    address = story.get_absolute_url()
    _, page = queries(client, address)
    _, german = queries(client, address, accept_language="de")
    _, fragment = queries(client, address, HX_Request="true")
    assert 'lang="de"' in german
    assert "<!doctype html>" in page
    assert "<!doctype html>" not in fragment
    queries(client, address, accept_language="en")
    assert queries(client, address)[1] == page
    assert queries(client, f"{address}?claims=all")[1] != ""


def test_a_story_that_changed_is_shown_as_it_is(client, story):
    queries(client, story.get_absolute_url())
    Outlet.objects.filter(name="Daily Ledger").update(name="Renamed Ledger")
    assert "Renamed Ledger" not in queries(client, story.get_absolute_url())[1], "for so long a page may lag behind"
    Story.objects.filter(pk=story.pk).update(revision=story.revision + 1)
    assert "Renamed Ledger" in queries(client, story.get_absolute_url())[1]


def test_who_is_signed_in_gets_a_page_of_their_own(client, story):
    queries(client, story.get_absolute_url())
    client.force_login(factories.user(email="own@isles.example"))
    assert "own@isles.example" in queries(client, story.get_absolute_url())[1]
    client.logout()
    assert "own@isles.example" not in queries(client, story.get_absolute_url())[1]


def test_without_a_cache_the_page_is_made_each_time(client, story, monkeypatch):
    def down(*args: object, **kw: object) -> None:
        raise Unreachable("nobody there")

    monkeypatch.setattr(type(cache._connections[cache._alias]), "get", down)
    monkeypatch.setattr(type(cache._connections[cache._alias]), "set", down)
    assert client.get(story.get_absolute_url()).status_code == 200
    assert client.get(story.get_absolute_url(), {"at": story.first_at.isoformat()}).status_code == 200
