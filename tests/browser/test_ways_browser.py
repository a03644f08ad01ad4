"""The pages of the ways out in a real Chromium: at two widths and in both schemes, by keyboard, and with a browser added."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Playwright, expect

from stories.models import Attempt, Channel, User
from stories.services import unsubscribing, ways
from tests import factories, followed
from tests.browser.conftest import WHOLE, Visit, launched
from tests.browser.test_pages import VARIANTS, look
from tests.views.test_push_pages import subscription

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Notifications need the whole of Chromium."""
    yield from launched(playwright, *WHOLE)


# A push service of its own for a browser that has none: what it subscribed to is remembered as browsers do.
PUSH_SERVICE = """(() => {
  const made = (json) => json && {
    endpoint: json.endpoint, options: { applicationServerKey: null }, toJSON: () => json,
    unsubscribe: async () => { localStorage.removeItem("subscription"); return true; },
  };
  const kept = () => made(JSON.parse(localStorage.getItem("subscription")));
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async (wish) => {
    if (!wish.userVisibleOnly || wish.applicationServerKey.length !== 65) throw new Error("no good wish");
    if (FAILING) throw new DOMException("Registration failed - push service error", "AbortError");
    localStorage.setItem("subscription", JSON.stringify(SUBSCRIPTION));
    return kept();
  };
  Notification.requestPermission = async () => Notification.permission;
})();"""


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_URL = "smtp://localhost"


@pytest.fixture
def reader(browser, transactional_db: None) -> User:
    return factories.user(email="ada@isles.example")


def sign_in(one: Visit, user: User) -> None:
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    one.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": one.base}])


def populate(user: User) -> Channel:
    """A way in every state; the webhook that fails is given back."""
    now = timezone.now()
    followed.channel(user, last_ok_at=now, pace="weekly")
    followed.channel(user, "news@isles.example", verified_at=None)
    followed.channel(user, "Firefox on Windows", kind="push")
    followed.channel(user, "#newsdesk", kind="service", off_at=now, off_why="It is no more (HTTP 404)", off_seen=False)
    hook, _ = ways.add_webhook(user, "archive", f"https://example.org/{'very-long-name-' * 12}", now)
    Channel.objects.filter(pk=hook.pk).update(failing_since=now - timedelta(hours=3), failures=4)
    Attempt.objects.create(channel=hook, at=now, ok=False, status=503, reason="The server answered 503", took_ms=812)
    followed.delivery(followed.alert(user, factories.story()), hook, due_at=now + timedelta(hours=1))
    return hook


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_every_page(visit, reader, width, scheme):
    hook = populate(reader)
    follow = followed.follow(reader, factories.story())
    link = unsubscribing.token_for(Channel.objects.filter(kind="email").first(), follow)
    one = visit(width, scheme)
    own = [f"/ways/{hook.pk}/{act}" for act in ("", "rotate/", "remove/")]
    wrong = [fault for address in ("/ways/verify/abc/", f"/unsubscribe/{link}/") for fault in look(one.open(address))]
    sign_in(one, reader)
    for address in ("/outlets/", "/ways/", *own, "/ways/hours/", "/offline/"):
        wrong += look(one.open(address))
    assert wrong == []


def test_forms_that_are_refused_say_why_and_can_be_reached(visit, reader):
    one = visit(390, "dark")
    sign_in(one, reader)
    page = one.open("/ways/")
    page.get_by_role("textbox", name="Name").first.fill("archive")
    page.get_by_placeholder("https://example.org/alerts").fill("https://10.0.0.1/")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_text("This address is not one on the public internet.")).to_be_visible()
    assert look(page) == []
    one.complaints = [said for said in one.complaints if "422" not in said]


def test_a_test_says_in_place_how_it_went_by_keyboard(visit, reader, settings):
    settings.FETCH_ALLOW = ("127.0.0.0/8",)
    # Nobody listens at this port.
    ways.add_webhook(reader, "archive", "http://127.0.0.1:9/", timezone.now())
    one = visit()
    sign_in(one, reader)
    page = one.open("/ways/")
    page.get_by_role("button", name="Send a test").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wayout-said .error")).to_contain_text("The test failed:")
    assert page.url.endswith("/ways/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="archive", exact=True)).to_be_focused()


def asked_for_pushes(one: Visit, reader: User, *, failing: bool) -> Page:
    """The page of the ways after a click that asks for pushes, of a push service that gives them or fails."""
    sign_in(one, reader)
    service = PUSH_SERVICE.replace("SUBSCRIPTION", json.dumps(subscription())).replace("FAILING", json.dumps(failing))
    one.page.add_init_script(service)
    one.page.context.grant_permissions(["notifications"], origin=one.base)
    page = one.open("/ways/")
    page.get_by_role("button", name="Show alerts in this browser").click()
    return page


def test_a_browser_is_added_and_taken_out(visit, reader):
    one = visit()
    page = asked_for_pushes(one, reader, failing=False)
    expect(page.get_by_text("Alerts appear in this browser from now on.")).to_be_visible()
    row = page.locator(".wayout")
    expect(row.get_by_text("this browser")).to_be_visible()
    expect(page.get_by_text("They go on after you sign out")).to_be_visible()
    assert look(page) == []
    one.open("/ways/")
    page.get_by_role("button", name="Stop them in this browser").click()
    expect(page.get_by_text("Alerts no longer appear in this browser.")).to_be_visible()
    expect(row).to_have_count(0)
    expect(page.get_by_role("button", name="Show alerts in this browser")).to_be_visible()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })", "set to show no notifications"),
        ("delete window.PushManager", "This browser can’t be told by a server."),
        ("Object.defineProperty(window, 'isSecureContext', { get: () => false })", "reached by https"),
    ],
)
def test_what_a_browser_cannot_do_is_said(visit, reader, script, said):
    one = visit()
    sign_in(one, reader)
    one.page.add_init_script(script)
    page = one.open("/ways/")
    expect(page.locator("[data-push]").get_by_text(said)).to_be_visible()
    expect(page.get_by_role("button", name="Show alerts in this browser")).to_be_hidden()


def test_a_push_service_that_fails_is_said(visit, reader):
    page = asked_for_pushes(visit(), reader, failing=True)
    expect(page.get_by_text("That did not work: Registration failed - push service error")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert Channel.objects.count() == 0


def test_without_script_everything_but_the_browser_can_be_added(visit, reader):
    one = visit(script=False)
    sign_in(one, reader)
    page = one.open("/ways/")
    expect(page.get_by_text("Notifications of a browser need script")).to_be_visible()
    page.get_by_placeholder("https://example.org/alerts").fill("https://example.org/hook")
    page.locator("#add-webhook").get_by_label("Name").fill("archive")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")


def test_the_zone_of_the_browser_is_offered_and_taken_by_a_click(visit, browser, reader, live_server):
    one = visit()
    # What Chromium calls Kolkata.
    context = browser.new_context(timezone_id="Asia/Calcutta")
    try:
        page = context.new_page()
        sign_in(Visit(page, live_server.url), reader)
        page.goto(f"{one.base}/ways/hours/")
        expect(page.get_by_text("This browser is in another zone: Kolkata (UTC+05:30).")).to_be_visible()
        assert page.get_by_label("Time zone").input_value() == "", "nothing is chosen unasked"
        page.get_by_role("button", name="Take that one").click()
        expect(page.get_by_label("Time zone")).to_be_focused()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("All times are Asia/Kolkata (UTC+0530).")).to_be_visible()
        expect(page.get_by_role("button", name="Take that one")).to_be_hidden()
    finally:
        context.close()
