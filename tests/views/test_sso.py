"""Single sign-on, with a real little provider of OpenID Connect on loopback."""

from __future__ import annotations

import html
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client

from stories.models import User
from stories.services import sealing
from tests import factories, signing
from tests.views import oidc

pytestmark = pytest.mark.django_db
DOOR = "/accounts/oidc/sso/login/"


@pytest.fixture
def provider(settings) -> Iterator[oidc.Provider]:
    with oidc.running() as one:
        settings.OIDC_ISSUER, settings.OIDC_NAME = one.issuer, "Isles login"
        settings.OIDC_SIGN_UP = True
        app = {
            "provider_id": "sso",
            "name": "Isles login",
            "client_id": oidc.CLIENT,
            "secret": oidc.SECRET,
            "settings": {"server_url": one.issuer, "oauth_pkce_enabled": True, "email_authentication": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield one


class _Stay(urllib.request.HTTPRedirectHandler):
    """Tells where it is sent to instead of going there."""

    def redirect_request(self, *_args: Any, **_kw: Any) -> None:
        return None


def at_provider(address: str) -> str:
    """What the person does at the provider; gives back the path at which they return to us."""
    try:
        urllib.request.build_opener(_Stay).open(address)
    except urllib.error.HTTPError as answer:
        return str(answer.headers["Location"]).split("http://testserver", 1)[1]
    raise AssertionError("the provider sent nobody back")


def through(client: Client, **more: str) -> Any:
    """Press the button, go through the provider, and come back."""
    left = client.post(DOOR, {"process": "login", **more}).content.decode()
    return client.get(at_provider(html.unescape(re.search(r'id="onwards" href="([^"]+)"', left)[1])))


def test_the_button_stands_where_there_is_a_provider(client, provider, page):
    assert "Sign in with Isles login" in page(client, "/accounts/login/")


def test_without_one_there_is_no_button_and_no_door(client, page):
    assert "Sign in with Isles" not in page(client, "/accounts/login/")
    assert client.get(DOOR).status_code == 404
    assert client.get(f"{DOOR}callback/").status_code == 404


def test_a_newcomer_gets_an_account_with_a_verified_address(client, provider):
    assert through(client, next="/feeds/").url == "/feeds/"
    user = User.objects.get()
    assert (user.email, user.is_staff, user.has_usable_password()) == ("ada@isles.example", False, False)
    assert EmailAddress.objects.get().verified
    assert signing.signed_in(client)
    assert mail.outbox == []


def test_the_second_time_it_is_the_same_account(client, provider):
    through(client)
    provider.user["email"] = "moved@isles.example"
    again = Client()
    through(again)
    assert signing.signed_in(again)
    assert User.objects.count() == 1


def test_a_verified_address_opens_its_account_and_is_announced(client, provider):
    user = signing.person(email="ada@isles.example")
    through(client)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert mail.outbox[0].subject == "Firsthand: single sign-on was connected"


def test_an_address_that_the_provider_did_not_verify_opens_nothing(client, provider):
    signing.person(email="ada@isles.example")
    provider.user["email_verified"] = False
    through(client)
    assert not signing.signed_in(client)
    assert not SocialAccount.objects.exists()


def test_who_took_an_address_before_its_owner_came_is_put_out(client, provider):
    squatter = factories.user(email="ada@isles.example")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    thief = signing.browser()
    signing.sign_in(thief, squatter)
    through(client)
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()
    assert thief.get("/accounts/email/").status_code == 302


def test_a_second_factor_of_ours_is_asked_all_the_same(client, provider):
    user = signing.person(email="ada@isles.example")
    data = {"secret": sealing.seal("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    assert through(client).url.startswith("/accounts/2fa/authenticate/")
    assert not signing.signed_in(client)


@pytest.mark.parametrize(("amr", "status"), [(["pwd", "mfa"], 200), (["pwd"], 302)])
def test_several_factors_at_the_provider_are_believed(client, provider, settings, amr, status):
    settings.MFA_REQUIRED = "staff"
    signing.person(email="ada@isles.example", is_staff=True)
    provider.token["amr"] = amr
    through(client)
    assert client.get("/admin/").status_code == status


class TestNewAccounts:
    """Whether strangers whom the provider knows get one is a setting."""

    @pytest.mark.parametrize("sign_up", ["invite", "closed"])
    def test_they_are_refused_where_sign_up_is_not_open(self, client, provider, settings, sign_up):
        settings.OIDC_SIGN_UP, settings.SIGN_UP = False, sign_up
        text = through(client).content.decode()
        assert ("by invitation" if sign_up == "invite" else "No new accounts") in text
        assert not User.objects.exists()

    def test_they_may_where_the_provider_s_word_is_enough(self, client, provider, settings):
        settings.SIGN_UP = "closed"
        through(client)
        assert signing.signed_in(client)


@pytest.mark.parametrize(
    "wrong",
    [
        {"signed_with": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
        {"signed_with": None, "algorithm": "none"},
        {"signed_with": "the public key as a shared secret, as an attacker would", "algorithm": "HS256"},
        {"token": {"aud": "somebody else"}},
        {"token": {"iss": "https://elsewhere.example"}},
        {"token": {"exp": 1}},
        {"token": {"sub": "another person"}},
        {"without_token": True},
    ],
    ids=["another key", "unsigned", "shared secret", "audience", "issuer", "too old", "another person", "no token"],
)
def test_a_token_that_does_not_hold_opens_nothing(client, provider, wrong):
    for name, value in wrong.items():
        setattr(provider, name, value)
    answer = through(client)
    assert "You could not be signed in" in answer.content.decode()
    assert answer.status_code in (401, 502)
    assert not signing.signed_in(client)
    assert not User.objects.exists()


def test_an_answer_that_nobody_asked_for_opens_nothing(client, provider):
    answer = client.get(f"{DOOR}callback/?code=code-0&state=made-up")
    assert "You could not be signed in" in answer.content.decode()
    assert not signing.signed_in(client)


def test_turning_back_at_the_provider_is_no_error(client, provider, page):
    left = client.post(DOOR, {"process": "login"}).content.decode()
    state = re.search(r"state=(\w+)", html.unescape(left))[1]
    answer = client.get(f"{DOOR}callback/?error=access_denied&state={state}", follow=True)
    assert "You are not signed in" in answer.content.decode()


def test_a_provider_that_is_down_is_said_to_be(client, settings, provider):
    closed = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = closed
    answer = client.post(DOOR, {"process": "login"})
    assert answer.status_code in (401, 502)
    assert "could not be reached" in answer.content.decode()


def test_it_is_connected_and_disconnected_in_one_s_account(provider):
    user, client = signing.person(), signing.browser()
    signing.sign_in(client, user)
    signing.again(client)
    left = client.post(DOOR, {"process": "connect"}).content.decode()
    client.get(at_provider(html.unescape(re.search(r'id="onwards" href="([^"]+)"', left)[1])))
    held = SocialAccount.objects.get(user=user)
    assert "ada@isles.example" in client.get("/accounts/3rdparty/").content.decode()
    client.post("/accounts/3rdparty/", {"account": held.pk})
    assert not SocialAccount.objects.exists()


def test_pressing_is_asked_of_who_comes_by_a_link(client, provider):
    assert "Sign in with Isles login?" in client.get(DOOR).content.decode()
    assert Client(enforce_csrf_checks=True).post(DOOR, {"process": "login"}).status_code == 403
