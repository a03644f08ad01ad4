"""What grouping decided, in use: the page of figures and the list of edits, the doors of the story page."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from stories.models import Article
from stories.selectors import quality
from tests.browser.test_pages import VARIANTS, look, sign_in
from tests.views.test_quality import WHOLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
    wrong += look(one.open("/quality/"))
    one.page.get_by_role("link", name="Review 3 open questions").click()
    expect(one.page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
    assert wrong == []


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
        expect(page).to_have_url(re.compile(f"#{door}$"))
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
