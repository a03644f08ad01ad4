"""The first start: one account for whoever holds the one-time address, once."""

from __future__ import annotations

import pytest
from django.test import Client

from stories.models import Outlet, User
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
TOKEN = "nine-gulls-on-a-mast"
GOOD = {"token": TOKEN, "email": "ada@isles.example", "password": PASSWORD, "again": PASSWORD, "start_with": "none"}


@pytest.fixture(autouse=True)
def _token(settings):
    settings.SETUP_TOKEN = TOKEN
    settings.DEMO_WORLD = True


def test_the_form_offers_what_there_is(client, page, settings):
    text = page(client, f"/setup/?token={TOKEN}")
    assert "well-known outlets" in text
    assert 'value="demo"' in text
    settings.DEMO_WORLD = False
    assert 'value="demo"' not in page(client, f"/setup/?token={TOKEN}")


@pytest.mark.parametrize("token", ["", "wrong", "nine-gulls-on-a-mas", "п"])
def test_a_wrong_token_opens_nothing(client, page, token):
    text = page(client, f"/setup/?token={token}", status=403)
    assert "createsuperuser" in text
    assert client.post("/setup/", {**GOOD, "token": token}).status_code == 403
    assert not User.objects.exists()


def test_without_a_token_set_nothing_opens(client, page, settings):
    settings.SETUP_TOKEN = ""
    page(client, "/setup/?token=", status=403)


def test_the_first_account_is_an_editor_and_signed_in(client):
    response = client.post("/setup/", GOOD, follow=True)
    assert response.redirect_chain == [("/", 302)]
    user = User.objects.get()
    assert (user.email, user.is_staff) == ("ada@isles.example", True)
    assert response.context["user"] == user
    assert "you are signed in" in response.content.decode()
    assert not Outlet.objects.exists()


def test_the_account_can_sign_in_again(client):
    client.post("/setup/", GOOD)
    other = Client()
    other.post("/accounts/login/", {"login": "ada@isles.example", "password": PASSWORD})
    assert "Account" in other.get("/").content.decode()


def test_the_known_outlets_are_loaded(client):
    client.post("/setup/", {**GOOD, "start_with": "known"})
    assert Outlet.objects.filter(demo=False).count() > 40


def test_the_demo_world_is_started(client):
    client.post("/setup/", {**GOOD, "start_with": "demo"})
    assert Outlet.objects.filter(demo=True).count() >= 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"again": "another one entirely"}, "The two passwords differ."),
        ({"password": "password123", "again": "password123"}, "too common"),
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "ada@isles.example", "again": "ada@isles.example"}, "too similar"),
        ({"email": "not an address"}, "valid email address"),
        ({"start_with": "everything"}, "not one of the available choices"),
        ({"password": "", "again": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client, change, said):
    response = client.post("/setup/", {**GOOD, **change})
    assert response.status_code == 422
    text = response.content.decode()
    assert said in text
    assert PASSWORD not in text
    assert not User.objects.exists()


def test_once_there_is_an_account_the_door_is_shut(client, page):
    factories.user()
    assert "set up already" in page(client, f"/setup/?token={TOKEN}", status=403)
    assert client.post("/setup/", GOOD).status_code == 403
    assert User.objects.count() == 1


def test_the_form_carries_a_mark_against_forgery(client):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/setup/", GOOD).status_code == 403
    assert not User.objects.exists()


def test_the_page_is_not_kept_in_caches(client):
    assert "no-store" in client.get(f"/setup/?token={TOKEN}").headers["Cache-Control"]
