"""The whole way in a real Chromium: sign up, follow a story, the news goes on, and each way out brings it once.

The demo world is served by the product itself; the mail server, the push service and the webhook's receiver are real
servers on this machine.
"""

from __future__ import annotations

import email
import json
import re
import urllib.request
from datetime import timedelta
from email.policy import default
from urllib.parse import urlsplit

import feedparser
import http_ece
import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from stories import pipeline
from stories.models import Alert, Article, Delivery, Feed, Notice, Wake
from stories.services import demo
from tests import factories, told
from tests.browser.test_accounts_browser import press
from tests.browser.test_demo import carry_through, elsewhere
from tests.ingest.web import FakeWeb

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADA = "ada@isles.example"


@pytest.fixture
def servers(live_server, mailbox, server, settings) -> tuple[told.Mailbox, FakeWeb]:
    """A mail server, and a web server for webhooks and pushes; this product polls itself for the demo world."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.DEMO_WORLD = True
    settings.PUBLIC_URL = live_server.url
    settings.FETCH_ALLOW = (urlsplit(live_server.url).netloc.replace("localhost", "127.0.0.1"), *server.allow)
    return mailbox, server


def letters(box: told.Mailbox) -> list[email.message.EmailMessage]:
    return [email.message_from_bytes(one.content, policy=default) for one in box.letters]


def send_all() -> None:
    """Tell people, and send, until nothing is due."""
    while pipeline.tell(timezone.now).more:
        pass
    while pipeline.deliver(timezone.now).claimed:
        pass


def sign_up(one, box) -> None:
    """Make the account, and confirm the address by the link that the mail server got."""
    page = one.open("/accounts/signup/")
    page.get_by_label("E-mail").fill(ADA)
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_label("The password again").fill(factories.PASSWORD)
    press(page, "Make an account")
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    (letter,) = letters(box)
    one.open(re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", letter.get_content())[1])
    press(page, "Yes, it is mine")
    page.wait_for_url(lambda url: "confirm-email" not in url)


def add_ways(one, hook: str, subscription: dict[str, object]) -> str:
    """A webhook and a browser, besides the e-mail that is there; the address of the private feed."""
    page = one.open("/ways/")
    expect(page.locator(".wayout", has_text=ADA)).to_be_visible()
    form = page.locator("form[action$='/ways/add/webhook/']")
    form.get_by_label("Name").fill("Our archive")
    form.get_by_label("Address").fill(hook)
    form.get_by_role("button").click()
    expect(page.locator("code.secret").first).to_contain_text("whsec_")
    # No push service can be reached from here: the browser's subscription is handed in by the page's script all the same.
    page = one.open("/ways/")
    status = page.evaluate(
        """async (subscription) => {
          const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
          const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
          return (await fetch("/ways/push/", {method: "POST", headers, body: JSON.stringify(subscription)})).status;
        }""",
        {"subscription": subscription},
    )
    assert status in (200, 201)
    page.reload()
    return next(text for text in page.locator("code.secret").all_inner_texts() if "/alerts/feed/" in text)


def go_on(begun) -> None:
    """The newsrooms go on: a denial, a changed headline; then all is told and sent, twice over."""
    with time_machine.travel(begun + timedelta(minutes=3)):
        Feed.objects.update(next_poll_at=timezone.now())
        elsewhere(carry_through)
    with time_machine.travel(begun + timedelta(minutes=4)):
        elsewhere(send_all)
        elsewhere(send_all)


def stop_by_one_click(letter) -> None:
    """As a mail program does it: no page, no cookie, no sign-in."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.search(r"<(https?://[^>]+)>", letter["List-Unsubscribe"])[1]
    request = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def test_news_of_a_followed_story_comes_once_by_every_way(visit, transactional_db, servers):
    box, web = servers
    begun = timezone.now()
    demo.start(begun)
    elsewhere(carry_through)
    story = Article.objects.get(title__startswith="THEY KNEW").story

    one = visit()
    sign_up(one, box)
    # One key follows the story, and the address that was confirmed is the first way.
    page = one.open(story.get_absolute_url())
    page.keyboard.press("f")
    expect(page.locator("[data-follow]")).to_contain_text("Following")
    subscription, key, auth = told.subscription(web.serve("/push", 201))
    feed = add_ways(one, web.serve("/hook", 204), subscription)

    before = len(box.letters)
    go_on(begun)
    noted = set(Notice.objects.filter(story=story, people=1).values_list("wake", flat=True))
    assert Wake.HEADLINE in noted
    (alert,) = Alert.objects.all()
    assert {part.notice.wake for part in alert.parts.all()} == noted
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}

    (letter,) = letters(box)[before:]
    assert letter["To"] == ADA
    (hooked,) = [told.body_of(one) for one in web.seen if one.path == "/hook"]
    assert hooked["data"]["alert"] == alert.pk
    assert {part["wake"] for part in hooked["data"]["parts"]} == noted
    (pushed,) = [one for one in web.seen if one.path == "/push"]
    shown = json.loads(http_ece.decrypt(pushed.body, private_key=key, auth_secret=auth, version="aes128gcm"))
    assert shown["url"].endswith(f"/alerts/{alert.pk}/")
    with urllib.request.urlopen(feed) as answer:
        assert len(feedparser.parse(answer.read()).entries) == 1

    # The alert's page says what changed, why and how it was told.
    page = one.open(f"/alerts/{alert.pk}/")
    expect(page.locator("main")).to_contain_text("You follow this story.")
    expect(page.locator("main")).to_contain_text(story.title)

    stop_by_one_click(letter)
    page = one.open("/ways/")
    expect(page.locator(".wayout", has_text=ADA)).to_contain_text("off")
