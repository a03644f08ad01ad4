"""The demo world in the browser: what its newsrooms did with one story is found where a reader would look for it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from stories.models import Article, Feed, Stage, Story
from stories.services import demo
from tests.browser.test_demo import carry_through, elsewhere

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def nightline(browser, live_server, transactional_db, settings) -> Story:
    """The story of the brakes, polled as the world began and again three minutes later, when headlines had changed."""
    settings.DEMO_WORLD = True
    settings.PUBLIC_URL = live_server.url
    settings.FETCH_ALLOW = (urlsplit(live_server.url).netloc.replace("localhost", "127.0.0.1"),)
    begun = timezone.now()
    demo.start(begun)
    elsewhere(carry_through)
    with time_machine.travel(begun + timedelta(minutes=3)):
        Feed.objects.update(next_poll_at=timezone.now())
        elsewhere(carry_through)
    assert not Article.objects.exclude(stage=Stage.DONE).exists()
    return Article.objects.get(title__startswith="THEY KNEW").story


def test_what_the_newsrooms_did_is_where_a_reader_looks(visit, nightline):
    page = visit().open(nightline.get_absolute_url())

    # Conflicting numbers: 38 of the 214 brake units in most reports, 83 in two, with both passages.
    conflict = page.locator(".conflict", has_text="83").first
    expect(conflict).to_contain_text("38")
    expect(conflict).to_contain_text("Skarn TV")
    conflict.get_by_text("Both passages").click()
    expect(conflict.locator(".passage", has_text="a shocking 83 of the 214 brake units")).to_be_visible()
    expect(conflict.locator(".passage", has_text="38 of the 214 brake units").first).to_be_visible()

    # A trimmed quote: what was cut is shown, and by whom.
    quote = (
        page.locator("#quotes ~ *, section[aria-labelledby=quotes]").filter(has_text="the posters were printed").first
    )
    expect(quote).to_contain_text("Nobody in that room argued that the trains were ready")
    expect(quote.get_by_text("Trimmed").first).to_be_visible()
    expect(quote).to_contain_text("The Evening Flare")

    # A dropped attribution: the Orvane Letter's headline.
    row = page.locator("tr", has=page.get_by_role("link", name="The Orvane Letter", exact=True)).first
    expect(row).to_contain_text("dropped")

    # A changed headline, as a diff in its row, and as something that happened.
    changed = page.locator("tr", has=page.get_by_role("link", name="The Halvern Courier", exact=True)).first
    expect(changed).to_contain_text("headline changed")
    expect(changed.locator("del").first).to_contain_text("knew")
    expect(changed.locator("ins").first).to_contain_text("was warned")
    expect(page.locator(".happened")).to_contain_text("Headline changed")

    # One world for both: it takes half a minute to make.
    as_it_was(visit(script=False).open(nightline.get_absolute_url()), nightline)


def as_it_was(page: Page, nightline: Story) -> None:
    """The story as of its second report knows nothing of what came later; by a form and links alone."""
    page.locator("summary", has_text="As of…").click()
    second = nightline.articles.order_by("reported_at")[1].reported_at + timedelta(minutes=1)
    page.get_by_label("The story as it was at").fill(timezone.localtime(second).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text(f"2 of {nightline.article_count} reports were out")
    expect(page.locator("main")).not_to_contain_text("denies")
    page.get_by_role("link", name="One report later").click()
    expect(page.get_by_role("status")).to_contain_text(f"3 of {nightline.article_count} reports were out")
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator("main")).to_contain_text("denies")
