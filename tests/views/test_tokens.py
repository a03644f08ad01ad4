"""A person's API tokens: made and shown once, listed without their secret, taken back."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from stories.models import ApiToken, User
from stories.services import tokens
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/account/tokens/"


def made(client: Client, name: str = "my program") -> tuple[ApiToken, str]:
    """A token made by the form, and its secret as the page shows it."""
    response = client.post(ADDRESS, {"name": name})
    assert response.status_code == 200
    found = re.search(r'id="secret"[^>]*>(fh_[-\w]{43})<', response.content.decode())
    assert found
    return ApiToken.objects.get(name=name), found[1]


def test_it_is_for_people_who_are_signed_in(client):
    for address in (ADDRESS, f"{ADDRESS}1/revoke/"):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
        assert client.post(address).status_code == 302


def test_a_token_is_shown_once_and_only_its_digest_is_kept(reader_client, page):
    row, secret = made(reader_client)
    assert secret not in page(reader_client, ADDRESS)
    assert secret not in repr([row.digest, row.prefix, row.name])
    assert row.prefix == secret[:9]
    assert tokens.find(secret, row.created_at.date()) == row


def test_the_answer_with_the_secret_is_kept_by_nobody(reader_client):
    assert "no-store" in reader_client.post(ADDRESS, {"name": "mine"})["Cache-Control"]


def test_tokens_are_listed_with_their_beginning_and_their_last_use(reader_client, page):
    row, secret = made(reader_client)
    assert "never" in page(reader_client, ADDRESS)
    tokens.find(secret, row.created_at.date().replace(year=2026, month=3, day=4))
    text = page(reader_client, ADDRESS)
    assert f"<code>{row.prefix}…</code>" in text
    assert "4 March 2026" in text
    assert row.digest not in text


def test_a_token_is_taken_back_after_a_question(reader_client, page):
    row, secret = made(reader_client)
    assert "Revoke “my program”?" in html.unescape(page(reader_client, f"{ADDRESS}{row.pk}/revoke/"))
    assert ApiToken.objects.exists(), "asking changes nothing"
    assert reader_client.post(f"{ADDRESS}{row.pk}/revoke/")["Location"] == ADDRESS
    assert tokens.find(secret, row.created_at.date()) is None
    assert "is revoked" in page(reader_client, ADDRESS)


def test_nobody_sees_or_revokes_the_tokens_of_others(reader_client, page):
    row, _secret = tokens.make(factories.user(), "theirs")
    assert "theirs" not in page(reader_client, ADDRESS)
    assert reader_client.get(f"{ADDRESS}{row.pk}/revoke/").status_code == 404
    assert reader_client.post(f"{ADDRESS}{row.pk}/revoke/").status_code == 404
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the token a name"),
        ("   ", "Give the token a name"),
        ("taken", "a token of this name already"),
        (" taken ", "a token of this name already"),
        ("x" * 101, "at most 100 characters"),
        ("nul\x00", "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(reader_client, name, words):
    made(reader_client, "taken")
    response = reader_client.post(ADDRESS, {"name": name})
    assert response.status_code == 422
    text = html.unescape(response.content.decode())
    assert words in text
    assert 'aria-invalid="true"' in text
    assert ApiToken.objects.count() == 1


def test_an_account_has_no_more_than_twenty(reader_client, page):
    for n in range(tokens.MOST):
        made(reader_client, f"program {n}")
    assert "You have 20 tokens" in page(reader_client, ADDRESS)
    response = reader_client.post(ADDRESS, {"name": "one more"})
    assert response.status_code == 422
    assert "No account may have more than 20 tokens: revoke one first" in response.content.decode()
    tokens.make(factories.user(), "of another account")
    assert ApiToken.objects.count() == tokens.MOST + 1


def test_names_are_escaped(reader_client, page):
    made(reader_client, "<script>alert(1)</script>")
    assert "<script>alert" not in page(reader_client, ADDRESS)


def test_forms_need_the_csrf_token(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user())
    assert client.post(ADDRESS, {"name": "mine"}).status_code == 403


def test_the_desk_lists_and_revokes_them_and_shows_no_digest(client):
    client.force_login(factories.editor(is_superuser=True))
    row, secret = tokens.make(factories.user(email="ada@isles.example"), "a program")
    address = reverse("admin:stories_apitoken_changelist")
    text = client.get(address).content.decode()
    assert "ada@isles.example" in text
    assert row.prefix in text
    detail = client.get(reverse("admin:stories_apitoken_change", args=[row.pk])).content.decode()
    assert row.digest not in text + detail
    client.post(address, {"action": "revoke", "_selected_action": [row.pk]})
    assert tokens.find(secret, row.created_at.date()) is None


def test_the_desk_lets_only_admins_revoke(client):
    user = factories.editor()
    client.force_login(user)
    assert isinstance(user, User)
    row, _secret = tokens.make(user, "a program")
    client.post(reverse("admin:stories_apitoken_changelist"), {"action": "revoke", "_selected_action": [row.pk]})
    assert ApiToken.objects.filter(pk=row.pk).exists()
