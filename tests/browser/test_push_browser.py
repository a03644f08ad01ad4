"""The service worker in a real Chromium: it shows what is pushed, and the story opens without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, CDPSession, Page, Playwright, expect

from stories.models import Channel
from stories.models import Visit as SeenStory
from stories.services import ways
from tests import factories, followed
from tests.browser.conftest import WHOLE, Visit, launched
from tests.browser.test_ways_browser import sign_in
from tests.views.test_push_pages import subscription

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Notifications need the whole of Chromium."""
    yield from launched(playwright, *WHOLE)


REGISTER = """async () => {
  await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
  await navigator.serviceWorker.ready;
}"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration.getNotifications()).map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data }));
}"""
# Which notifications there are: by what each says and when it came, as several may say the same.
WHICH = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration.getNotifications()).map(({ title, timestamp }) => `${timestamp} ${title}`);
}"""
KEPT = """async () => {
  const cache = await caches.open("firsthand-pages-1");
  return (await cache.keys()).map((request) => new URL(request.url).pathname);
}"""


# Every stylesheet that the page has is kept, and the offline page as well.
PARTS = """async () => {
  const cache = await caches.open("firsthand-parts-1");
  const needed = [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.href);
  return (await Promise.all([...needed, "/offline/"].map((one) => cache.match(one)))).every(Boolean);
}"""


# An event that only the browser itself can make, made by script: such a one may neither wait nor open windows, so that
# what it waits for and what it opens is noted instead.
HAPPENS = """async ([name, given]) => {
  const awaited = [], opened = [];
  ExtendableEvent.prototype.waitUntil = (one) => awaited.push(one);
  clients.openWindow = async (address) => opened.push(`new ${address}`);
  WindowClient.prototype.focus = async function () { opened.push(this.url); };
  const [notification] = await registration.getNotifications();
  dispatchEvent(Object.assign(new ExtendableEvent(name), { notification }, given));
  await Promise.all(awaited);
  return opened;
}"""


class Pushed:
    """A page whose service worker is there, and the door by which the tests push to it, as a push service would."""

    def __init__(self, one: Visit) -> None:
        self.one, self.page = one, one.page
        self.page.context.grant_permissions(["notifications"], origin=one.base)
        self.door: CDPSession = self.page.context.new_cdp_session(self.page)
        self.registrations: list[dict[str, Any]] = []
        self.door.on(
            "ServiceWorker.workerRegistrationUpdated", lambda event: self.registrations.extend(event["registrations"])
        )
        self.door.send("ServiceWorker.enable")
        one.open("/offline/")
        self.page.evaluate(REGISTER)
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def push(self, data: str) -> None:
        found = next(one for one in self.registrations if not one["isDeleted"])
        arguments = {"origin": self.one.base, "registrationId": found["registrationId"], "data": data}
        self.door.send("ServiceWorker.deliverPushMessage", arguments)

    def told(self, **given: Any) -> None:
        """A push of these facts, waited for until it is shown."""
        self.shows(json.dumps(given))

    def shows(self, data: str) -> None:
        """A push, waited for until it is shown.

        How many are shown says nothing: Chromium takes each back after some 25 seconds. On a busy machine its developer
        tools lose a push now and then before the worker hears of it: it is then pushed again, as a push service does.
        """
        before = self.which()
        for _ in range(3):
            self.push(data)
            if self.comes(lambda: self.which() - before, seconds=10):
                return
        pytest.fail("it was not shown")

    def happens(self, name: str, **given: Any) -> list[str]:
        """What the worker brings to the front at an event of this name."""
        (worker,) = self.page.context.service_workers
        brought: list[str] = worker.evaluate(HAPPENS, [name, given])
        return brought

    def which(self) -> set[str]:
        return set(self.page.evaluate(WHICH))

    def shown(self) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = self.page.evaluate(SHOWN)
        return shown

    def kept(self, count: int) -> list[str]:
        """The paths that are kept, once there are so many."""
        self.until(lambda: len(self.page.evaluate(KEPT)) == count)
        kept: list[str] = self.page.evaluate(KEPT)
        return kept

    def parts(self) -> None:
        """Wait until the stylesheets and scripts of what is kept are there, and the offline page with its own."""
        self.until(lambda: self.page.evaluate(PARTS))

    def until(self, true: Callable[[], object]) -> None:
        """Look again and again; what never becomes true fails the test."""
        if not self.comes(true, seconds=30):
            pytest.fail("it did not come to pass")

    def comes(self, true: Callable[[], object], seconds: int) -> bool:
        """Whether it becomes true within so many seconds."""
        for _ in range(seconds * 20):
            if true():
                return True
            self.page.wait_for_timeout(50)
        return False


@pytest.fixture
def pushed(visit, transactional_db: None) -> Pushed:
    return Pushed(visit())


def address(title: str) -> str:
    return factories.story([factories.article(title=title)], title=title).get_absolute_url()


def offline(page: Page, url: str) -> None:
    """Open it without a network."""
    page.context.set_offline(True)
    page.goto(url)


def test_a_push_is_shown_and_its_story_opens_offline(pushed):
    story = address("Ferry runs aground & <stays>")
    pushed.told(
        title="First independent confirmation: Ferry runs aground",
        body="Coast Wire has it from two sources of its own.",
        tag="7",
        lang="en-gb",
        url=story,
        keep=[f"https://elsewhere.example{story}"],
    )
    [shown] = pushed.shown()
    assert shown == {
        "title": "First independent confirmation: Ferry runs aground",
        "body": "Coast Wire has it from two sources of its own.",
        "tag": "7",
        "lang": "en-gb",
        "data": {"url": story},
    }
    assert pushed.kept(1) == [story], "once, whatever host the push names"
    pushed.parts()
    offline(pushed.page, pushed.one.base + story)
    expect(pushed.page.get_by_role("heading", level=1)).to_contain_text("Ferry runs aground & <stays>")
    expect(pushed.page.locator("main > .kept")).to_contain_text(
        "this is the copy that was kept when you were told, on "
    )
    assert "{time}" not in pushed.page.content()
    face = pushed.page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Iowan" in face, "with its stylesheets"
    pushed.page.context.set_offline(False)
    pushed.page.reload()
    expect(pushed.page.locator("main > .kept")).to_have_count(0)
    pushed.one.complaints = [one for one in pushed.one.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_offline_another_story_lists_what_is_kept(pushed):
    kept, other = address("Ferry runs aground"), address("Minister resigns")
    pushed.told(title="Ferry", url=kept)
    pushed.kept(1)
    pushed.parts()
    offline(pushed.page, pushed.one.base + other)
    expect(pushed.page.get_by_role("heading", level=1)).to_have_text("There is no connection to the server.")
    pushed.page.get_by_role("link", name="Ferry runs aground").click()
    pushed.page.wait_for_url(f"**{kept}")
    expect(pushed.page.locator("main > .kept")).to_be_visible()
    pushed.one.complaints = [one for one in pushed.one.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_an_alert_of_ones_own_is_kept_and_no_visit_is_counted(pushed):
    reader = factories.user()
    story = factories.story([factories.article(title="Ferry runs aground")], title="Ferry runs aground")
    alert = f"/alerts/{followed.alert(reader, story).pk}/"
    pushed.told(title="Nobody is signed in", url=alert)
    pushed.told(title="Another", url=story.get_absolute_url(), tag="2")
    assert pushed.kept(1) == [story.get_absolute_url()], "the page for signing in is not kept in its place"
    sign_in(pushed.one, reader)
    pushed.told(title="Ferry", url=alert, tag="3", keep=[story.get_absolute_url()])
    assert set(pushed.kept(2)) == {alert, story.get_absolute_url()}
    assert not SeenStory.objects.exists(), "what is new since the last visit stays new"
    pushed.parts()
    offline(pushed.page, pushed.one.base + alert)
    expect(pushed.page.locator("main > .kept")).to_be_visible()
    expect(pushed.page.get_by_role("link", name="Ferry runs aground").first).to_be_visible()
    pushed.one.complaints = [one for one in pushed.one.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


@pytest.mark.parametrize("data", ["", "no JSON", "[]", "null", '{"title": 7, "url": 9, "keep": "x"}'])
def test_a_push_that_says_nothing_leads_to_the_alerts(pushed, data):
    pushed.shows(data)
    shown = pushed.shown()[0]
    assert (shown["title"], shown["data"]) == ("Firsthand", {"url": "/alerts/"})


def test_a_push_leads_nowhere_else(pushed):
    pushed.told(
        title="Look", url="https://evil.example/story/1/x/", keep=["javascript:alert(1)", "https://evil.example/"]
    )
    assert pushed.shown()[0]["data"] == {"url": "/story/1/x/"}
    pushed.told(title="Look again", url="javascript:alert(1)")
    assert {one["data"]["url"] for one in pushed.shown()} == {"/story/1/x/", "/alerts/"}


def test_what_is_kept_is_bounded_and_forgotten_at_signing_out(pushed):
    pushes = [[address(f"Event number {push * 3 + number}") for number in range(3)] for push in range(11)]
    for three in pushes:
        pushed.told(title=three[0], url=three[0], keep=three[1:])
        pushed.until(lambda three=three: set(three) <= set(pushed.page.evaluate(KEPT)))
    assert set(pushed.kept(30)).isdisjoint(pushes[0]), "the oldest are gone"
    pushed.page.evaluate("fetch('/accounts/logout/', { method: 'POST' }).then((answer) => answer.status)")
    assert pushed.kept(0) == []
    pushed.until(lambda: not pushed.shown())
    pushed.one.complaints.clear()


def test_a_click_opens_what_was_told_or_brings_it_to_the_front(pushed):
    story = address("Ferry runs aground")
    pushed.told(title="Ferry", url=story)
    assert pushed.happens("notificationclick") == [f"new {pushed.one.base}{story}"]
    pushed.until(lambda: not pushed.shown())
    pushed.one.open(story)
    pushed.told(title="Ferry again", url=story)
    assert pushed.happens("notificationclick") == [pushed.one.base + story]


def test_a_browser_with_a_new_address_for_pushes_says_so_itself(pushed):
    reader = factories.user()
    sign_in(pushed.one, reader)
    old, new = (subscription(f"https://push.example.org/send/{number}") for number in (1, 2))
    ways.add_push(reader, old, "Firefox on Windows", timezone.now())
    Channel.objects.update(pace="daily")
    before = Channel.objects.get()
    pushed.happens("pushsubscriptionchange", oldSubscription=old, newSubscription=new)
    after = Channel.objects.get()
    assert (after.pk, after.pace) == (before.pk, "daily"), "the way is the same, with its settings"
    assert after.key != before.key


def test_whoever_has_signed_out_gets_no_new_address(pushed):
    pushed.happens("pushsubscriptionchange", oldSubscription=None, newSubscription=subscription())
    assert not Channel.objects.exists()
    pushed.one.complaints = [one for one in pushed.one.complaints if "401" not in one]


def test_pages_of_other_kinds_are_not_kept(pushed):
    pushed.told(title="Look", url="/outlets/", keep=["/account/", "/feeds/"])
    story = address("Ferry runs aground")
    pushed.told(title="Ferry", url=story)
    assert pushed.kept(1) == [story]
