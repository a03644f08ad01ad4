"""The desk's first page and its lists in a browser: at each width and scheme, by keyboard, and without script."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stories.models import Edit, Objection, Story, StoryProvenance, User
from stories.services import curation, marking
from stories.services.acts import By
from tests import factories
from tests.browser.test_pages import VARIANTS, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LISTS = (
    "story",
    "article",
    "edit",
    "doubt",
    "objection",
    "constraint",
    "proposal",
    "happening",
    "outlet",
    "feed",
    "fetch",
)


@pytest.fixture
def desk(world) -> User:
    """The world with stories that were edited in every way and are in doubt; the editor of the world."""
    now = timezone.now()
    _curate(list(Story.objects.order_by("pk")[:20]), now)
    return User.objects.get(email=world.editor)


def _curate(stories: list[Story], now: datetime) -> None:
    by = By.person(factories.editor(first_name="Anna", last_name="Berg"), "These are two different ferries.")
    for act in (marking.pin, marking.lock):
        act(stories[0], by, now)
    marking.hide(stories[1], by, now)
    marking.close(stories[2], by, now)
    marking.rename(stories[3], "What the editor calls it", by, now)
    curation.merge(stories[4], stories[5], by, now)
    for number, story in enumerate(stories[6:12]):
        factories.doubt(
            story, other=stories[number + 12], priority=number * 1.5, found_at=now - timedelta(hours=number)
        )
        StoryProvenance.objects.create(story=story, revision=1, least=number, most=number + 2, traced={}, at=now)
    Objection.objects.create(story=stories[6], sender="x", at=now)


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_desk_at_each_width_and_scheme(visit, desk, width, scheme):
    one = visit(width, scheme)
    sign_in(one.page, one.base, desk.email)
    addresses = [
        "/admin/",
        *(f"/admin/stories/{name}/" for name in LISTS),
        "/admin/stories/story/?q=zebra&state=merged",
    ]
    wrong = [fault for address in addresses for fault in look(one.open(address))]
    for address in addresses:
        page = one.open(address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{address} scrolls sideways")
    assert wrong == []


def test_a_wide_list_scrolls_within_its_box_and_keeps_its_first_column(visit, desk):
    one = visit(390)
    sign_in(one.page, one.base, desk.email)
    for name in ("story", "article"):
        page = one.open(f"/admin/stories/{name}/")
        title = page.locator("#result_list tbody th").first
        before = title.bounding_box()
        page.locator(".results").evaluate("(box) => { box.scrollLeft = 400 }")
        assert page.locator(".results").evaluate("(box) => box.scrollLeft") > 100
        after = title.bounding_box()
        assert before and after
        assert 0 <= after["x"] <= before["x"], name


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_narrowed_searched_and_paged_by_keyboard_alone(visit, desk, script):
    one = visit(1280, script=script)
    sign_in(one.page, one.base, desk.email)
    page = one.open("/admin/stories/story/")
    summary = page.locator("summary", has_text="state:")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="hidden", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**state=hidden**")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Clear all filters").press("Enter")
    page.wait_for_url(lambda url: "state" not in url)
    page.get_by_role("link", name="Next page").press("Enter")
    expect(page.get_by_role("link", name="Previous page")).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("editor calls")
    page.keyboard.press("Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    assert Edit.objects.exists()
