"""“Wrong story?” in a real browser: by click, by key, without script; what is said, where the focus goes; axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from stories.models import Ask, Doubt, Objection, Story
from tests.browser.test_pages import VARIANTS, look

pytestmark = [pytest.mark.browser, pytest.mark.slow]
THANKS = re.compile("^Thank you")


def buttons(page: Page):
    return page.get_by_role("button", name=re.compile("^Wrong story"))


@pytest.mark.parametrize(("width", "scheme"), [*VARIANTS, (768, "light")])
def test_a_reader_says_so_in_place(visit, world, width, scheme):
    page = visit(width, scheme).open(world.story)
    loaded = page.evaluate("performance.timeOrigin")
    before = buttons(page).count()
    buttons(page).first.click()
    thanks = page.locator(".objected").first
    expect(thanks).to_have_text(THANKS)
    expect(thanks).to_be_focused()
    assert buttons(page).count() == before - 1
    page.get_by_role("button", name="Tell the editors").click()
    expect(page.locator(".objected").nth(1)).to_have_text(THANKS)
    assert page.evaluate("performance.timeOrigin") == loaded, "the page was not loaded anew"
    assert look(page) == []
    assert Objection.objects.count() == Doubt.objects.filter(act=Ask.READER).count() == 2
    assert page.context.cookies() == []


def test_by_key_alone(visit, world):
    page = visit().open(world.story)
    button = buttons(page).nth(1)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".objected")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), "one goes on from where one was"


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_without_script_there_is_a_page_that_leads_back(visit, world, width, scheme):
    one = visit(width, scheme, script=False)
    page = one.open(world.story)
    buttons(page).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.get_by_role("main").get_by_role("link").click()
    expect(page).to_have_url(one.base + world.story)
    assert page.context.cookies() == []
    assert Objection.objects.count() == 1


def test_a_story_that_was_hidden_meanwhile_says_so_in_place(visit, world):
    page = visit(390, "dark").open(world.story)
    Story.objects.update(hidden=True)
    buttons(page).first.click()
    expect(page.locator(".objected")).to_contain_text("hidden this story already")
    assert look(page) == []
