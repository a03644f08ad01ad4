"""Where a story comes from, in use: at two widths, by keyboard, without script."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stories.models import Story
from tests.browser.conftest import tab_to
from tests.browser.test_pages import VARIANTS, look
from tests.nlp.provenance_worlds import NINE, harbour
from tests.stories_traced import forty, traced

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def told(browser, transactional_db) -> Story:
    """The twelve reports of the harbour, of this morning."""
    return traced(harbour(), timezone.now() - NINE - timedelta(hours=5))


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_forty_reports_keep_nobody_out(visit, browser, transactional_db, width, scheme):
    story = traced(forty(), timezone.now() - NINE - timedelta(days=4))
    page = visit(width, scheme).open(story.get_absolute_url())
    drawing = page.locator(".wide .graph" if width > 640 else ".narrow .graph")
    expect(drawing).to_be_visible()
    assert drawing.bounding_box()["width"] <= width
    names = drawing.locator("text.outlet").all()
    assert len(names) >= 41
    boxes = [name.bounding_box() for name in names]
    assert all(upper["y"] + 10 < lower["y"] for upper, lower in pairwise(boxes)), "legible rows"
    assert look(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_each_number_opens_what_is_behind_it(visit, told, script):
    page = visit(script=script).open(told.get_absolute_url())
    for name, door in (
        ("12 reports", "headlines"),
        ("2 to 3", "origins"),
        ("3 unnamed", "rests-anonymous"),
        ("9 reports rest", "only-unnamed"),
        ("weakened by 3", "text-weakened"),
    ):
        page.locator(".whence").get_by_role("link", name=name, exact=True).first.click()
        expect(page).to_have_url(re.compile(f"#{door}$"))
        expect(page.locator(f"#{door}")).to_be_in_viewport()
    pair = page.locator("#text-weakened > li").first
    expect(pair.locator("mark").first).to_be_visible()


def test_a_passage_is_reached_by_keyboard_alone(visit, told):
    page = visit().open(told.get_absolute_url())
    tab_to(page, "2 to 3")
    page.keyboard.press("Enter")
    expect(page.locator("#origins")).to_be_in_viewport()
    tab_to(page, "This passage in the report by The Meridian Post")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/article/\d+/.*#s\d+"))


def test_nodes_lead_to_articles(visit, told):
    page = visit().open(told.get_absolute_url())
    page.locator(".wide .graph").get_by_label("Daily Ledger, re-report").click()
    page.wait_for_url(re.compile(r"/article/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Harbour minister confronted by aides")
