"""How the outlets differ, in use: at two widths, in both schemes, by keyboard alone, without script, on paper."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stories.models import Story
from tests.browser.conftest import tab_to
from tests.browser.test_pages import VARIANTS, look, serious
from tests.nlp.provenance_worlds import NINE, POST
from tests.stories_compared import dredging
from tests.stories_crowded import crowd

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def story(browser, transactional_db) -> Story:
    """The nine reports of the contract, of this morning."""
    return dredging(timezone.now() - NINE - timedelta(hours=5))


def claim(story: Story, number: int = 1) -> str:
    """A claim's address."""
    key = story.comparison.told().claims[number].key
    return f"{story.get_absolute_url()}claim/{key[0]}-{key[1]}/"


def quote(story: Story) -> str:
    """The quote's address."""
    key = story.comparison.told().quotes[0].key
    return f"{story.get_absolute_url()}quote/{key[0]}-{key[1]}/"


def focused(page: Page) -> str:
    """The text of what has the focus."""
    return page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_pages_keep_nobody_out(visit, story, width, scheme):
    one = visit(width, scheme)
    gone = claim(story).replace("/claim/", "/quote/")
    addresses = [story.get_absolute_url(), claim(story), quote(story), gone]
    assert [fault for address in addresses for fault in look(one.open(address))] == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_long_story_keeps_nobody_out(visit, browser, transactional_db, width, scheme):
    story = crowd(shift=timezone.now() - NINE - timedelta(hours=5))
    page = visit(width, scheme).open(f"{story.get_absolute_url()}?claims=all&outlets=all")
    if width > 640:
        expect(page.locator(".matrix")).to_be_visible()
        expect(page.locator(".claim-list")).to_be_hidden()
    else:
        expect(page.locator(".matrix")).to_be_hidden()
        expect(page.locator(".claim-list > li")).to_have_count(20)
    assert look(page) == []


def test_more_contrast_and_forced_colours(visit, story):
    page = visit().open(story.get_absolute_url())
    page.emulate_media(contrast="more")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert serious(page) == []
    page.emulate_media(contrast="no-preference", forced_colors="active")
    sign = page.locator(".matrix td.conflicting a").first
    expect(sign).to_have_text("✕")
    assert "gradient" in sign.evaluate("e => getComputedStyle(e, '::after').backgroundImage"), (
        "the place is drawn still"
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_cell_opens_its_passage_in_place(visit, story, width):
    page = visit(width).open(story.get_absolute_url())
    cell = page.locator(".matrix td.conflicting a" if width > 640 else ".claim-list .conflicting a").first
    cell.click()
    panel = page.locator(".panel-in")
    expect(panel.locator(".who").first).to_contain_text("Daily Ledger ✕ conflicting")
    expect(panel.locator("mark.p-differs").first).to_have_text("14 million")
    expect(cell).to_have_attribute("aria-expanded", "true")
    assert page.url.endswith(story.get_absolute_url()), "the page itself stays"
    assert look(page) == []
    panel.get_by_role("button", name="Close").click()
    expect(page.locator(".panel-in")).to_have_count(0)
    expect(cell).to_be_focused()


def test_the_matrix_by_keyboard_alone(visit, story):
    page = visit().open(story.get_absolute_url())
    cell = page.get_by_role("link", name=re.compile("^Daily Ledger: conflicting"))
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-in h3")).to_be_focused()
    tab_to(page, "Read at Daily Ledger")
    page.keyboard.press("Escape")
    expect(page.locator(".panel-in")).to_have_count(0)
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-in h3")).to_be_focused()
    other = page.get_by_role("link", name=re.compile("^The Standard Bearer: conflicting"))
    other.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel-in")).to_have_count(1)
    expect(page.locator(".panel-in .who").first).to_contain_text("The Standard Bearer")
    expect(cell).to_have_attribute("aria-expanded", "false")


def test_a_conflict_shows_both_passages_by_keyboard(visit, story):
    page = visit().open(story.get_absolute_url())
    page.get_by_text("Both passages").focus()
    page.keyboard.press("Enter")
    passages = page.locator(".conflict .passage")
    expect(passages).to_have_count(2)
    expect(passages.first.locator("mark")).to_have_text("41")
    expect(passages.last.locator("mark")).to_have_text("14 million")
    passages.last.locator("a").click()
    page.wait_for_url(re.compile("/claim/"))
    expect(page.locator(".who").first).to_contain_text("Daily Ledger")


def test_all_claims_come_in_place_and_the_focus_goes_to_them(visit, browser, transactional_db):
    story = crowd(outlets=30, reports_=30, shift=timezone.now() - NINE - timedelta(hours=5))
    page = visit().open(story.get_absolute_url())
    page.get_by_role("link", name="All 20 claims").click()
    expect(page.locator(".matrix .claim")).to_have_count(20)
    expect(page.locator("#claims")).to_be_focused()
    expect(page).to_have_url(re.compile("claims=all"))
    page.get_by_role("link", name="All 30 outlets").click()
    expect(page.locator(".matrix thead .v")).to_have_count(30)
    expect(page.locator(".matrix .claim")).to_have_count(20)
    page.get_by_role("link", name="All 8 quotes").click()
    expect(page.locator(".utterance")).to_have_count(8)
    expect(page.locator("#quotes")).to_be_focused()


def test_a_quotes_rendering_opens_in_place(visit, story):
    page = visit().open(story.get_absolute_url())
    page.locator(".rend").get_by_role("link", name="Radio Four Coasts").click()
    panel = page.locator(".utterance .panel-in")
    expect(panel.locator(".apart")).to_contain_text("without “about the second tender”")
    assert "Said by Piet Aal" in focused(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_all_of_it_is_read_without_script(visit, story, width):
    page = visit(width, script=False).open(story.get_absolute_url())
    page.get_by_text("Both passages").click()
    expect(page.locator(".conflict mark").first).to_be_visible()
    page.locator(".matrix td.conflicting a" if width > 640 else ".claim-list .conflicting a").first.click()
    page.wait_for_url(re.compile("/claim/"))
    expect(page.locator(".who").first).to_contain_text("Daily Ledger")
    expect(page.locator("#not-found")).to_be_visible()
    page.get_by_role("link", name="Aides confronted harbour minister over dredging").click()
    page.locator(".rend").get_by_role("link", name="The Open Page").click()
    page.wait_for_url(re.compile("/quote/"))
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()


def test_on_paper_what_is_folded_lies_open_and_the_matrix_is_a_list(visit, story):
    page = visit().open(story.get_absolute_url())
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".matrix")).to_be_hidden()
    expect(page.locator(".claim-list > li")).to_have_count(3)
    expect(page.locator(".conflict mark").first).to_be_visible()
    expect(page.locator(".bar nav")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    shown = page.locator(".claim-list .claim a").first.evaluate("e => getComputedStyle(e, '::after').content")
    assert "/claim/" in shown or "attr(href)" in shown, "addresses that last are written out"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".conflict details[open]").count() == 0


def test_the_columns_are_in_the_order_of_first_reports(visit, story):
    page = visit().open(story.get_absolute_url())
    names = page.locator(".matrix thead .v").all_inner_texts()
    assert names[0] == POST
    assert names[-1] == "The Open Page"
