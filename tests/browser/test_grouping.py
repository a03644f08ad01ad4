"""What grouping decided, in use: the review queue by keyboard and without script, the doors of the story page."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from stories.models import Article, Doubt, DoubtState, Story
from stories.selectors import quality
from tests.browser.test_pages import VARIANTS, look, sign_in
from tests.views.test_quality import WHOLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def tab_to(page: Page, name: str, limit: int = 80) -> None:
    """Press Tab until the element with this text has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            return
    pytest.fail(f"no “{name}” within {limit} tabs")


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_pages_of_grouping_keep_nobody_out(visit, world, tmp_path, monkeypatch, width, scheme):
    figures = tmp_path / "figures.json"
    figures.write_text(json.dumps(WHOLE))
    monkeypatch.setattr(quality, "FIGURES", figures)
    one = visit(width, scheme)
    wrong = look(one.open("/quality/")) + look(one.open("/edits/?which=undone"))
    figures.write_text("{")
    wrong += look(one.open("/quality/"))
    sign_in(one.page, one.base, world.editor)
    addresses = ["/doubts/", "/doubts/?show=decided", "/doubts/?before=0.0.0", "/quality/"]
    wrong += [fault for address in addresses for fault in look(one.open(address))]
    Doubt.objects.all().delete()
    wrong += look(one.open("/doubts/")) + look(one.open("/doubts/?show=decided"))
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_questions_are_answered_one_after_the_other(visit, world, script):
    one = visit(390, script=script)
    sign_in(one.page, one.base, world.editor)
    page = one.open("/")
    page.get_by_role("link", name="Review 3 open questions").click()
    split = page.locator(".doubt").nth(1)
    split.get_by_label("Note, if you like: why").fill("Another council.")
    split.get_by_role("button", name="No, they belong together").click()
    page.wait_for_url(re.compile(r"#told$"))
    told = page.get_by_text("The reports stay together in", exact=False)
    expect(told).to_be_in_viewport()
    expect(page.locator(".doubt")).to_have_count(2)
    expect(page.locator("#told ~ .doubt h2")).to_have_text("Does this report belong to the other story?")
    page.locator(".doubt").first.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("Merged:", exact=False)).to_be_visible()
    page.get_by_role("link", name="Decided lately").click()
    expect(page.get_by_text("“Another council.”")).to_be_visible()
    assert Doubt.objects.filter(state=DoubtState.OPEN).count() <= 1


def test_a_question_is_answered_by_keyboard_alone(visit, world):
    one = visit()
    sign_in(one.page, one.base, world.editor)
    page = one.open("/doubts/")
    before = Story.objects.filter(merged_into=None).count()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("j/ are letters here")
    page.keyboard.press("Enter")
    assert page.url.endswith("/doubts/"), "Enter in a note decides nothing"
    tab_to(page, "Merge them")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="No, they are two")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#told$"))
    assert Story.objects.filter(merged_into=None).count() == before
    page.keyboard.press("Tab")
    within = page.evaluate("document.activeElement.closest('.doubt')?.querySelector('h2').textContent ?? ''")
    assert "another event" in within, "Tab goes on at the next question"


@pytest.mark.parametrize("script", [True, False])
def test_each_count_of_the_big_sentence_is_a_door(visit, world, script):
    page = visit(script=script).open(world.grouped)
    for name, door in (
        ("17 reports", "headlines"),
        ("17 outlets", "timeline"),
        ("6 voices", "voices"),
        ("11", "copies"),
    ):
        page.locator(".origin .big").get_by_role("link", name=name, exact=True).click()
        assert page.url.endswith(f"#{door}")
        expect(page.locator(f"#{door}")).to_be_in_viewport()


def test_a_copy_is_found_where_it_is_folded_in(visit, world):
    page = visit().open(world.grouped)
    copy = Article.objects.filter(copy_of__isnull=False).order_by("reported_at", "pk")[0]
    row = page.locator(f"#r{copy.pk}")
    expect(row).not_to_be_visible()
    page.locator(".voices").get_by_role("link", name="North Channel").click()
    expect(row).to_be_in_viewport()
    expect(row.get_by_text("carries the same text")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="1 more", exact=True).click()
    expect(page.locator("details.copies").first).to_have_attribute("open", "")


def test_copies_ties_and_edits_unfold_without_script(visit, world):
    page = visit(390, script=False).open(world.grouped)
    page.get_by_text("9 copies of this text").click()
    expect(page.get_by_text("carries Coast Wire’s text, word for word").first).to_be_visible()
    page.get_by_text("4 edits, the latest").click()
    expect(page.get_by_text("Undid the split of")).to_be_visible()
    page.get_by_text("Why it is tied to this story").first.click()
    expect(page.get_by_text("84 % sure of this tie").first).to_be_visible()
    page.get_by_role("link", name="How good is the grouping?").last.click()
    expect(page.get_by_role("heading", name="How good is the grouping?")).to_be_visible()
