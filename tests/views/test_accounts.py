"""Signing up, in and out, in Firsthand's own pages."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.management import call_command

from stories.models import User
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_signing_up_signs_in(client):
    data = {"email": "new@isles.example", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/accounts/signup/", data, follow=True)
    assert response.context["user"].email == "new@isles.example"
    assert not User.objects.get().is_staff


def test_signing_in_and_out(client):
    factories.user(email="ada@isles.example")
    client.post("/accounts/login/", {"login": "ada@isles.example", "password": PASSWORD})
    assert "Signed in as <b>ada@isles.example</b>" in client.get("/").content.decode()
    assert "You are signed in as ada@isles.example" in client.get("/accounts/logout/").content.decode()
    client.post("/accounts/logout/")
    assert "Sign in</a>" in client.get("/").content.decode()


def test_a_wrong_password_is_said_beside_the_form(client):
    factories.user(email="ada@isles.example")
    text = client.post("/accounts/login/", {"login": "ada@isles.example", "password": "wrong"}).content.decode()
    assert "not correct" in text
    assert "Firsthand" in text


def test_signing_in_leads_back_to_where_one_was_sent_from(client):
    factories.editor(email="ada@isles.example")
    sent = client.post("/feeds/known/", {"next": "/feeds/?show=failing"})
    response = client.post(
        sent.url, {"login": "ada@isles.example", "password": PASSWORD, "next": "/feeds/?show=failing"}
    )
    assert response.url == "/feeds/?show=failing"


def test_a_forgotten_password_is_set_anew(client):
    factories.user(email="ada@isles.example")
    response = client.post("/accounts/password/reset/", {"email": "ada@isles.example"}, follow=True)
    assert "Look into your mail" in response.content.decode()
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True)
    assert "Choose a new password" in form.content.decode()
    new = "eleven brown curlews"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert done.status_code == 200
    client.logout()
    client.post("/accounts/login/", {"login": "ada@isles.example", "password": new})
    assert "ada@isles.example" in client.get("/").content.decode()


def test_a_used_link_says_so(client):
    assert "does not work any more" in client.get("/accounts/password/reset/key/1-abc/").content.decode()


@pytest.mark.parametrize("address", ["/accounts/email/", "/accounts/password/change/"])
def test_the_account_s_own_pages_wear_the_same_frame(reader_client, address):
    text = reader_client.get(address).content.decode()
    assert 'class="bar"' in text
    assert "Counts are what the texts show" in text


def test_the_desk_is_for_editors(reader_client, editor_client):
    assert 'href="/admin/"' not in reader_client.get("/").content.decode()
    assert 'href="/admin/"' in editor_client.get("/").content.decode()
    assert "stories/desk.css" in editor_client.get("/admin/").content.decode()


def test_an_account_of_createsuperuser_signs_in_by_its_address(client):
    call_command("createsuperuser", "--noinput", username="ed", email="ed@isles.example")
    user = User.objects.get()
    user.set_password(PASSWORD)
    user.save()
    client.post("/accounts/login/", {"login": "ed@isles.example", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
