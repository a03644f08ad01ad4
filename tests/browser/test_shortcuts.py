"""Single keys, the list of them, and switching them off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import look

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_list_opens_by_key_and_gives_the_focus_back(visit, world, width, scheme):
    page = visit(width, scheme).open(world.story)
    page.keyboard.press("j")
    link = page.locator("[data-step]:focus")
    name = link.inner_text()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    assert look(page) == []
    page.keyboard.press("j")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.locator("[data-step]:focus").inner_text() == name


def test_the_list_is_found_by_mouse(visit, world):
    page = visit().open("/")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("next and previous headline or claim")).to_be_visible()
    expect(dialog.get_by_text("follow what the page is about")).to_be_hidden()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()


def test_keys_walk_and_open(visit, world):
    page = visit().open("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-step]").first).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/story/"))


def test_f_presses_the_follow_button_where_there_is_one(visit, world):
    page = visit().open("/")
    page.keyboard.press("f")
    assert page.url.endswith("/"), "nothing to follow, nothing done"
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button data-follow>Follow</button>');"
        "document.querySelector('[data-follow]').addEventListener('click', (e) => { e.target.textContent = 'Following' })"
    )
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Following")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_text("follow what the page is about")).to_be_visible()


def test_keys_are_text_while_one_types_and_nothing_with_modifiers(visit, world):
    page = visit().open("/")
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+j")
    assert page.locator("[data-step]:focus").count() == 0
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("j?of/")
    assert page.get_by_role("searchbox").input_value() == "j?of/"
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_single_keys_can_be_switched_off_and_stay_so(visit, world):
    page = visit().open("/")
    page.keyboard.press("?")
    page.get_by_label("Single keys work on this device").uncheck()
    page.keyboard.press("Escape")
    for key in ("j", "?"):
        page.keyboard.press(key)
    assert page.locator("[data-step]:focus").count() == 0
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    page.keyboard.press("j")
    assert page.locator("[data-step]:focus").count() == 0
    page.get_by_role("button", name="Keyboard shortcuts").click()
    box = page.get_by_label("Single keys work on this device")
    expect(box).not_to_be_checked()
    box.check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-step]").first).to_be_focused()
