"""Who may make an account, with which password, and what is told by mail when an address changes."""

from __future__ import annotations

import html
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from stories.models import Invitation, User
from stories.services import invitations
from tests import factories, signing
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
DOOR = "/accounts/signup/"


@pytest.fixture
def with_mail(settings) -> None:
    """As on a server that sends mail."""
    settings.EMAIL_URL = "smtp://of.the.test"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def form(email: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password1": password, "password2": password}


def invited(client: Client, email: str, **kw: object) -> Invitation:
    """An admin invites the address, and its link is followed."""
    admin = factories.user(is_staff=True, is_superuser=True)
    row, token = invitations.invite(email, admin, timezone.now(), **kw)
    client.post(f"/invitation/{token}/")
    return row


class TestModes:
    """SIGN_UP: open, invite or closed."""

    @pytest.mark.parametrize(
        ("mode", "said"), [("invite", "made by invitation"), ("closed", "No new accounts at present")]
    )
    def test_strangers_are_told_so(self, settings, mode, said):
        settings.SIGN_UP = mode
        client = signing.browser()
        assert said in client.get(DOOR).content.decode()
        assert said in client.post(DOOR, form("new@isles.example")).content.decode()
        assert not User.objects.exists()
        assert f'href="{DOOR}"' not in client.get("/accounts/login/").content.decode()

    def test_an_invitation_opens_it(self, settings):
        settings.SIGN_UP = "invite"
        client = signing.browser()
        row = invited(client, "ada@isles.example")
        assert 'value="ada@isles.example"' in client.get(DOOR).content.decode()
        client.post(DOOR, form("ada@isles.example"))
        assert signing.signed_in(client)
        row.refresh_from_db()
        assert row.accepted_by == User.objects.get(email="ada@isles.example")

    def test_where_it_is_closed_none_does(self, settings):
        settings.SIGN_UP = "closed"
        client = signing.browser()
        invited(client, "ada@isles.example")
        assert "No new accounts at present" in client.post(DOOR, form("ada@isles.example")).content.decode()

    def test_it_works_once(self, settings):
        settings.SIGN_UP = "invite"
        first, second = signing.browser(), signing.browser()
        row = invited(first, "ada@isles.example")
        session = second.session
        session["invitation"] = row.pk
        session.save()
        second.cookies["firsthand_session"] = session.session_key
        first.post(DOOR, form("ada@isles.example"))
        assert "made by invitation" in second.post(DOOR, form("eve@isles.example")).content.decode()
        assert not User.objects.filter(email="eve@isles.example").exists()

    def test_of_two_at_once_the_second_leaves_no_account(self, settings, monkeypatch):
        settings.SIGN_UP = "invite"
        client = signing.browser()
        invited(client, "ada@isles.example")

        def too_late(*_args: object) -> None:
            raise invitations.Refused("used up")

        monkeypatch.setattr(invitations, "accept", too_late)
        answer = client.post(DOOR, form("ada@isles.example"))
        assert answer.status_code == 403
        assert not User.objects.filter(email="ada@isles.example").exists()

    def test_an_editor_s_invitation_makes_an_editor(self, settings):
        settings.SIGN_UP = "invite"
        client = signing.browser()
        invited(client, "ada@isles.example", editor=True)
        client.post(DOOR, form("ada@isles.example"))
        user = User.objects.get(email="ada@isles.example")
        assert (user.is_staff, user.is_superuser) == (True, False)


@pytest.mark.usefixtures("with_mail")
class TestAddresses:
    """With mail, an address counts when its owner opened the link."""

    def test_it_is_verified_before_anything_else(self):
        client = signing.browser()
        assert client.post(DOOR, form("new@isles.example")).url == "/accounts/confirm-email/"
        assert not signing.signed_in(client)
        assert mail.outbox[0].subject == "Firsthand: verify your address"
        link = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", mail.outbox[0].body)[1]
        assert "Is this your address?" in client.get(link).content.decode()
        assert not EmailAddress.objects.get().verified, "a program that looks at links verifies nothing"
        client.post(link)
        assert EmailAddress.objects.get().verified
        assert signing.signed_in(client)

    def test_an_invitation_that_was_mailed_to_it_is_enough(self):
        client = signing.browser()
        invited(client, "ada@isles.example")
        client.post(DOOR, form("ada@isles.example"))
        assert signing.signed_in(client)
        assert EmailAddress.objects.get(email="ada@isles.example").verified

    def test_another_address_than_the_invited_is_verified(self):
        client = signing.browser()
        invited(client, "ada@isles.example")
        assert client.post(DOOR, form("eve@isles.example")).url == "/accounts/confirm-email/"

    def test_changing_the_first_is_told_to_the_one_before(self):
        user, client = signing.person(), signing.browser()
        signing.sign_in(client, user)
        signing.again(client)
        client.post("/accounts/email/", {"action_add": "", "email": "next@isles.example"})
        link = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1]
        client.post(link)
        client.post("/accounts/email/", {"action_primary": "", "email": "next@isles.example"})
        user.refresh_from_db()
        assert user.email == "next@isles.example"
        told = next(letter for letter in mail.outbox if letter.subject == "Firsthand: your first address was changed")
        assert told.to == [EmailAddress.objects.get(user=user, primary=False).email]
        assert "If that was not you" in told.body

    def test_adding_one_asks_first_who_is_there(self):
        user, client = signing.person(), signing.browser()
        signing.sign_in(client, user)
        answer = client.post("/accounts/email/", {"action_add": "", "email": "next@isles.example"})
        assert answer.url.startswith("/accounts/reauthenticate/")
        assert EmailAddress.objects.count() == 1

    def test_claiming_anothers_address_keeps_nobody_out(self):
        squatter, client = signing.person(), signing.browser()
        signing.sign_in(client, squatter)
        signing.again(client)
        client.post("/accounts/email/", {"action_add": "", "email": "owner@isles.example"})
        owner = signing.browser()
        owner.post(DOOR, form("owner@isles.example"))
        assert EmailAddress.objects.get(email="owner@isles.example").user != squatter

    def test_letters_are_plain_and_ours(self):
        user = signing.person()
        signing.browser().post("/accounts/password/reset/", {"email": user.email})
        letter = mail.outbox[0]
        assert letter.subject == "Firsthand: choose a new password"
        assert letter.body.startswith("Somebody, probably you, asked for a new password")
        assert letter.alternatives == []
        assert "example.com" not in letter.body


class TestPasswords:
    """Long, in no list, and nothing else (ASVS 5.0, 6.2)."""

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("elevensigns", "at least 12 characters"),
            ("password12345", "too common"),
            ("Password2026!", "common password with something around it"),
            ("passwordpassword", "common password with something around it"),
            ("P@$$w0rd-2026", "common password with something around it"),
            ("qwertyuiopasdf", "common password with something around it"),
            ("345678901234", "common password with something around it"),
            ("Firsthand-2026", "little more than a word that anybody would try here"),
            ("newsroom.admin", "little more than a word that anybody would try here"),
            ("new@isles.example", "too similar"),
        ],
    )
    def test_weak_ones_are_refused_with_the_reason(self, password, said):
        answer = signing.browser().post(DOOR, form("new@isles.example", password))
        assert said in html.unescape(answer.content.decode())
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        "password",
        [
            "twelve signs",
            "seven grey gulls over water",
            "   spaces count too   ",
            "семь серых чаек над водой",
            "🐙🐙 octopus 🐙🐙 in the bay",
            "my dog ate the newspaper yesterday",
            "x7" + "long and longer " * 16,
        ],
    )
    def test_good_ones_are_taken_exactly_as_typed(self, password):
        signing.browser().post(DOOR, form("new@isles.example", password))
        user = User.objects.get()
        assert user.check_password(password)
        assert not user.check_password(password.strip() + "x")
        assert not user.check_password(password[:64].swapcase())

    def test_they_may_be_pasted_and_filled_in(self):
        text = signing.browser().get(DOOR).content.decode()
        field = re.search(r'<input type="password" name="password1"[^>]*>', text)[0]
        assert 'autocomplete="new-password"' in field
        assert "maxlength" not in field

    def test_a_new_one_needs_the_present_one(self):
        user, client = signing.person(), signing.browser()
        signing.sign_in(client, user)
        new = {"password1": "eleven brown curlews", "password2": "eleven brown curlews"}
        wrong = client.post("/accounts/password/change/", {"oldpassword": "a guess", **new})
        assert "not your present password" in html.unescape(wrong.content.decode())
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


class TestDesk:
    """The desk has no door of its own."""

    def test_it_sends_to_our_sign_in(self):
        assert Client().get("/admin/").url.startswith("/admin/login/")
        assert Client().get("/admin/login/?next=/admin/").url == "/accounts/login/?next=%2Fadmin%2F"
        user = factories.editor()
        Client().post("/admin/login/", {"username": user.username, "password": PASSWORD})
        assert not Client().session.get("_auth_user_id")

    def test_readers_are_refused(self, reader_client):
        assert reader_client.get("/admin/login/").status_code == 403

    def test_its_change_of_password_is_ours(self, editor_client):
        assert editor_client.get("/admin/password_change/").url == "/accounts/password/change/"
