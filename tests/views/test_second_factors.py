"""Codes of an app, recovery codes, and who is asked for them; their secrets are sealed at rest."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from stories.services import sealing
from tests import signing

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, 0, 5, tzinfo=UTC)


def with_codes(client: Client, user) -> str:
    """Sign in, set up an app by its form, and give back the secret as the page shows it."""
    signing.sign_in(client, user)
    signing.again(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    done = client.post("/accounts/2fa/totp/activate/", {"code": pyotp.TOTP(secret).now()})
    assert done.url == "/accounts/2fa/recovery-codes/"
    return secret


def test_an_app_is_set_up_and_asked_for_after_the_password():
    user, client = signing.person(), signing.browser()
    with time_machine.travel(NOON, tick=False):
        secret = with_codes(client, user)
    other = signing.browser()
    with time_machine.travel(NOON.replace(minute=5), tick=False):
        assert signing.sign_in(other, user).url == "/accounts/2fa/authenticate/"
        assert not signing.signed_in(other), "the password alone opens nothing"
        wrong = other.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
        assert "This code is not correct" in wrong
        other.post("/accounts/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
        assert signing.signed_in(other)


def test_a_code_works_once():
    user, client = signing.person(), signing.browser()
    with time_machine.travel(NOON, tick=False):
        secret = with_codes(client, user)
    with time_machine.travel(NOON.replace(minute=5), tick=False):
        code = pyotp.TOTP(secret).now()
        first, second = signing.browser(), signing.browser()
        for one in (first, second):
            signing.sign_in(one, user)
            one.post("/accounts/2fa/authenticate/", {"code": code})
        assert (signing.signed_in(first), signing.signed_in(second)) == (True, False)


@pytest.mark.parametrize("seconds", [-31, 31])
def test_a_code_of_another_half_minute_does_not_work(seconds):
    user, client = signing.person(), signing.browser()
    with time_machine.travel(NOON, tick=False):
        secret = with_codes(client, user)
    other = signing.browser()
    later = NOON.replace(minute=5)
    with time_machine.travel(later, tick=False):
        signing.sign_in(other, user)
        other.post("/accounts/2fa/authenticate/", {"code": pyotp.TOTP(secret).at(later.timestamp() + seconds)})
        assert not signing.signed_in(other)


def test_recovery_codes_let_in_once_each():
    user, client = signing.person(), signing.browser()
    with_codes(client, user)
    shown = re.findall(r"<li><code>(\d{8})</code></li>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(set(shown)) == 10
    text = client.get("/accounts/2fa/recovery-codes/download/").content.decode()
    assert all(code in text for code in shown)
    for wanted in (True, False):
        other = signing.browser()
        signing.sign_in(other, user)
        other.post("/accounts/2fa/authenticate/", {"code": shown[0]})
        assert signing.signed_in(other) is wanted
    assert "9 of 10 are left" in client.get("/accounts/2fa/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_end_the_old_ones():
    user, client = signing.person(), signing.browser()
    with_codes(client, user)
    old = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    client.post("/accounts/2fa/recovery-codes/generate/")
    new = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(new) == 10
    assert not set(old) & set(new)
    assert any("recovery codes" in letter.subject for letter in mail.outbox)


def test_secrets_are_sealed_at_rest():
    user, client = signing.person(), signing.browser()
    secret = with_codes(client, user)
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    rows = list(Authenticator.objects.filter(user=user))
    kept = json.dumps([row.data for row in rows])
    assert secret not in kept
    assert not [code for code in codes if code in kept]
    totp = next(row for row in rows if row.type == Authenticator.Type.TOTP)
    assert sealing.unseal(totp.data["secret"]) == secret


def test_what_was_sealed_under_a_key_that_is_gone_lets_nobody_in(settings):
    user, client = signing.person(), signing.browser()
    secret = with_codes(client, user)
    settings.SECRET_KEY = "another one, and the first is forgotten"
    other = signing.browser()
    signing.sign_in(other, user)
    answer = other.post("/accounts/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 200
    assert not signing.signed_in(other)


def test_a_key_that_was_replaced_goes_on_opening(settings):
    user, client = signing.person(), signing.browser()
    with time_machine.travel(NOON, tick=False):
        secret = with_codes(client, user)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the next one"
    other = signing.browser()
    with time_machine.travel(NOON.replace(minute=5), tick=False):
        signing.sign_in(other, user)
        other.post("/accounts/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
        assert signing.signed_in(other)


@pytest.mark.parametrize("address", ["totp/activate/", "webauthn/add/", "recovery-codes/generate/"])
def test_changing_factors_asks_first_who_is_there(address):
    user, client = signing.person(), signing.browser()
    signing.sign_in(client, user)
    answer = client.get(f"/accounts/2fa/{address}")
    assert answer.url.startswith("/accounts/reauthenticate/?next=")


@pytest.mark.django_db(transaction=True)
def test_switching_on_and_off_is_told_by_mail():
    user, client = signing.person(), signing.browser()
    with_codes(client, user)
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=user).exists(), "recovery codes alone protect nothing"
    subjects = [letter.subject for letter in mail.outbox]
    assert subjects == ["Firsthand: codes of an app were switched on", "Firsthand: codes of an app were switched off"]
    assert "If that was not you" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [user.email]


def test_guessing_codes_is_slow():
    user, client = signing.person(), signing.browser()
    with_codes(client, user)
    other = signing.browser()
    signing.sign_in(other, user)
    answers = [other.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}).content.decode() for n in range(6)]
    assert "not correct" in answers[4]
    assert "too many failed attempts" in answers[5]


def test_a_passkey_needs_a_name_for_an_address():
    user = signing.person()
    numbers, name, elsewhere = (signing.browser(SERVER_NAME=host) for host in ("127.0.0.1", "localhost", "testserver"))
    for client in (numbers, name, elsewhere):
        signing.sign_in(client, user)
    assert 'href="http://localhost/accounts/2fa/"' in numbers.get("/accounts/2fa/").content.decode()
    assert "Add a passkey" in name.get("/accounts/2fa/").content.decode()
    text = elsewhere.get("/accounts/2fa/").content.decode()
    assert "browsers offer them only at a server’s name, over https" in text
    assert "Add a passkey" not in text


class TestRequired:
    """MFA_REQUIRED: who is led to set up a second factor before they change anything."""

    def test_editors_see_no_desk_before(self, settings):
        settings.MFA_REQUIRED = "staff"
        user, client = signing.person(is_staff=True), signing.browser()
        signing.sign_in(client, user)
        led = client.get("/admin/", follow=True)
        assert led.redirect_chain == [("/accounts/2fa/", 302)]
        assert "First set up a second factor" in led.content.decode()
        assert client.post("/feeds/poll/").url == "/accounts/2fa/"
        assert client.get("/feeds/").status_code == 200, "reading goes on"

    def test_with_one_the_desk_opens(self, settings):
        settings.MFA_REQUIRED = "staff"
        user, client = signing.person(is_staff=True), signing.browser()
        with_codes(client, user)
        assert client.get("/admin/").status_code == 200

    def test_readers_are_asked_only_where_all_are(self, settings):
        user, client = signing.person(), signing.browser()
        signing.sign_in(client, user)
        settings.MFA_REQUIRED = "staff"
        assert client.post("/account/tokens/", {"name": "one"}).status_code == 200
        settings.MFA_REQUIRED = "all"
        assert client.post("/account/tokens/", {"name": "two"}).url == "/accounts/2fa/"
        assert client.post("/language/", {"language": "de"}).status_code == 302
        assert client.post("/accounts/logout/").url == "/"

    def test_recovery_codes_alone_are_none(self, settings):
        settings.MFA_REQUIRED = "staff"
        user, client = signing.person(is_staff=True), signing.browser()
        signing.sign_in(client, user)
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": sealing.seal("00")}
        )
        assert client.get("/admin/").url == "/accounts/2fa/"
