"""An account from the first form to the passkey, in a real Chromium with a virtual authenticator, on http://localhost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from tests import factories, signing
from tests.browser.test_pages import look

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _with_mail(settings) -> None:
    """As on a server that sends mail."""
    settings.EMAIL_URL = "smtp://of.the.test"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


@pytest.fixture
def address(request) -> str:
    """Another in each test: no address is written to twice within minutes."""
    return f"{request.node.name.replace('_', '-')[:40]}@isles.example"


@pytest.fixture
def one(visit, transactional_db) -> Any:
    """A browser page at a host's name, as passkeys need one."""
    started = visit()
    assert started.base.startswith("http://localhost:")
    return started


@pytest.fixture
def key(one) -> Iterator[None]:
    """A device that keeps passkeys and knows its owner by a finger."""
    session = one.page.context.new_cdp_session(one.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def sign_up(one: Any, address: str) -> None:
    """Make the account and open the link that is mailed."""
    page = one.open("/accounts/signup/")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_label("The password again").fill(factories.PASSWORD)
    press(page, "Make an account")
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    one.open(re.search(r"http://[^/\s]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1])
    press(page, "Yes, it is mine")
    expect(page.get_by_text("Account", exact=True)).to_be_visible()


def add_passkey(one: Any) -> None:
    page = one.open("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
        press(page, "Go on")
    page.get_by_label("Name").fill("My phone")
    assert look(page) == []
    press(page, "Add it")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def sign_out(one: Any) -> None:
    one.open("/accounts/logout/")
    press(one.page, "Sign out")
    expect(one.page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


def test_from_sign_up_to_a_passkey(one, key, address):
    sign_up(one, address)
    add_passkey(one)
    sign_out(one)
    page = one.open("/accounts/login/?next=/feeds/")
    press(page, "Sign in with a passkey")
    page.wait_for_url(f"{one.base}/feeds/")
    one.open("/accounts/2fa/")
    expect(page.get_by_text("My phone")).to_be_visible()
    expect(page.get_by_text("last used")).to_be_visible()
    assert look(page) == []


def test_an_app_s_codes_and_a_passkey_instead_of_them(one, key, address):
    sign_up(one, address)
    add_passkey(one)
    page = one.open("/accounts/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").inner_text().replace(" ", "")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0, "the policy lets the picture through"
    page.get_by_label("The code that the app shows now").fill(pyotp.TOTP(secret).now())
    press(page, "Switch it on")
    expect(page.get_by_text("The app’s codes are switched on.")).to_be_visible()
    sign_out(one)
    page = one.open("/accounts/login/")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_label("Code")).to_be_focused()
    assert look(page) == []
    press(page, "Use a passkey or security key")
    page.wait_for_url(f"{one.base}/")


def test_a_passkey_shows_again_who_it_is(one, key, address):
    sign_up(one, address)
    add_passkey(one)
    page = one.open("/accounts/email/")
    page.context.clear_cookies(name="firsthand_session")
    page = one.open("/accounts/login/?next=/accounts/email/")
    press(page, "Sign in with a passkey")
    page.wait_for_url(f"{one.base}/accounts/email/")
    page.get_by_label("E-mail").fill("second@isles.example")
    press(page, "Add it")
    page.get_by_role("link", name="Use a passkey").click()
    press(page, "Use your passkey")
    expect(page.get_by_text("A message with a link was sent to second@isles.example.")).to_be_visible()
    assert mail.outbox[-1].to == ["second@isles.example"]


def test_a_ceremony_without_a_key_is_said_in_words(one):
    session = one.page.context.new_cdp_session(one.page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": False, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page = one.open("/accounts/login/")
    press(page, "Sign in with a passkey")
    expect(page.get_by_text("No passkey was used. Try again, or choose another way.")).to_be_visible()


def test_passwords_can_be_looked_at(one):
    page = one.open("/accounts/login/")
    field = page.get_by_label("Password", exact=True)
    field.fill("a secret")
    press(page, "Show")
    expect(field).to_have_attribute("type", "text")
    press(page, "Hide")
    expect(field).to_have_attribute("type", "password")


def test_without_script_one_signs_in_by_password(visit, transactional_db, address):
    signing.person(email=address)
    one = visit(390, script=False)
    page = one.open("/accounts/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    press(page, "Sign in")
    page.wait_for_url(f"{one.base}/")
