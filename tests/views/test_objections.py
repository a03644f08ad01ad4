"""“Wrong story?”: one click for everybody, without a token, from our own pages alone, and never too often."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from redis.exceptions import ConnectionError as Unreachable

from stories.models import Doubt, Objection, Story
from stories.views.objections import ratelimit
from stories.views.sameorigin import is_same_origin
from tests import factories
from tests.steps.curating import story_of

pytestmark = pytest.mark.django_db
OURS = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = OURS | {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


def send(client, story, article=None, headers=OURS, **extra):
    data = {} if article is None else {"article": article}
    return client.post(f"/objection/{story.pk}/", data, headers=headers, **extra)


def strict():
    return Client(enforce_csrf_checks=True)


def test_the_page_has_a_button_for_each_report_and_one_for_the_story_and_no_token(client, now):
    story, pks = story_of(now, 3)
    response = client.get(story.get_absolute_url())
    page = response.content.decode()
    assert page.count(f'action="/objection/{story.pk}/"') == 4
    assert all(f'name="article" value="{pk}"' in page for pk in pks)
    assert "csrfmiddlewaretoken" not in page
    assert not response.cookies


def test_a_single_report_is_in_no_wrong_company(client, now):
    story, _ = story_of(now, 1)
    page = client.get(story.get_absolute_url()).content.decode()
    assert (page.count("Wrong story?"), page.count("Tell the editors")) == (0, 1)


def test_the_past_takes_no_objections(client):
    story, _ = story_of(factories.MORNING, 2)
    page = client.get(story.get_absolute_url(), {"at": "2026-03-04T10:30"}).content.decode()
    assert "Back to now" in page
    assert "/objection/" not in page


@pytest.mark.parametrize("headers", [OURS, {"Origin": "http://testserver"}], ids=["fetch metadata", "origin"])
def test_a_reader_is_thanked_without_a_token_and_gets_no_cookie(now, headers):
    story, (a, _) = story_of(now, 2)
    response = send(strict(), story, a, headers)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Thank you" in page
    assert story.get_absolute_url() in page
    assert not response.cookies
    assert response["Cache-Control"].startswith("max-age=0")
    assert Doubt.objects.get().articles == [a]


def test_with_script_the_thanks_come_as_a_fragment(client, now):
    story, (a, _) = story_of(now, 2)
    page = send(client, story, a, SCRIPT).content.decode()
    assert "<html" not in page
    assert f'id="w{a}" tabindex="-1"' in page
    assert "Thank you" in page
    assert "Thank you" in send(client, story, a, SCRIPT).content.decode()
    assert Objection.objects.count() == 1
    assert 'id="wall"' in send(client, story, None, SCRIPT).content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_other_pages_can_not_send_it(now, headers):
    story, (a, _) = story_of(now, 2)
    assert send(strict(), story, a, headers).status_code == 403
    assert not Objection.objects.exists()


def test_the_port_belongs_to_the_origin():
    asked = RequestFactory().post("/", HTTP_HOST="localhost:8443", HTTP_ORIGIN="http://localhost:8443")
    assert is_same_origin(asked)
    assert not is_same_origin(RequestFactory().post("/", HTTP_HOST="testserver", HTTP_ORIGIN="http://testserver:81"))


def test_whoever_comes_back_to_the_address_is_led_to_the_story(client, now):
    story, _ = story_of(now, 2)
    assert client.get(f"/objection/{story.pk}/").url == f"/story/{story.pk}/"
    assert client.put(f"/objection/{story.pk}/", headers=OURS).status_code == 405


@pytest.mark.parametrize(("article", "status"), [("0", 409), ("x", 409), ("9" * 30, 409), ("-1", 409), ("\x00", 409)])
def test_a_number_that_is_none_is_refused_in_words(client, now, article, status):
    story, _ = story_of(now, 2)
    response = send(client, story, article)
    assert response.status_code == status
    assert "not in the story" in response.content.decode()


def test_a_story_that_is_gone_or_hidden_says_so(client, now):
    (story, (a, _)), (other, _) = story_of(now, 2), story_of(now, 1, title="The larger story")
    assert client.post("/objection/999999/", headers=OURS).status_code == 404
    Story.objects.filter(pk=story.pk).update(hidden=True)
    assert "hidden" in send(client, story, a).content.decode()
    Story.objects.filter(pk=story.pk).update(hidden=False, merged_into=other)
    response = send(client, story, a)
    assert response.status_code == 409
    assert f'<a href="{other.get_absolute_url()}">The larger story</a>' in response.content.decode()
    fragment = send(client, story, a, SCRIPT)
    assert fragment.status_code == 200, "htmx swaps nothing else in"
    assert other.get_absolute_url() in fragment.content.decode()


def test_a_network_that_sends_too_much_must_wait(client, now):
    story, pks = story_of(now, 21)
    statuses = [send(client, story, pk).status_code for pk in pks]
    assert statuses == [200] * 20 + [429]
    assert "wait" in send(client, story, pks[-1], SCRIPT).content.decode()
    assert send(client, story, pks[-1], REMOTE_ADDR="198.51.100.7").status_code == 200
    assert Objection.objects.count() == 21


def test_a_person_that_sends_too_much_must_wait_in_any_network(now):
    story, pks = story_of(now, 21)
    client, user = Client(), factories.user()
    client.force_login(user)
    statuses = [send(client, story, pk, REMOTE_ADDR=f"198.51.100.{n}").status_code for n, pk in enumerate(pks)]
    assert statuses == [200] * 20 + [429]
    assert set(Objection.objects.values_list("user", flat=True)) == {user.pk}


def test_without_the_cache_a_reader_is_heard_all_the_same(client, now, monkeypatch):
    def unreachable(*args, **kwargs):
        raise Unreachable

    monkeypatch.setattr(ratelimit, "consume", unreachable)
    story, (a, _) = story_of(now, 2)
    assert send(client, story, a).status_code == 200


def test_nobody_is_shown_who_objected(now, editor_client):
    story, (a, _) = story_of(now, 2)
    client = Client()
    client.force_login(factories.user(email="whistle@isles.example"))
    send(client, story, a)
    for address in (story.get_absolute_url(), "/admin/stories/doubt/"):
        assert "whistle" not in editor_client.get(address).content.decode()
