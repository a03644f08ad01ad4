"""Correcting an article at the desk in a real browser, and the readers' pages that say so: by keyboard, by everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stories.models import Override, Story
from stories.nlp.findings import Relation, Role, SourceKind
from stories.services import marking, overriding
from stories.services.acts import By
from stories.services.overriding import Credited
from tests import factories
from tests.browser.test_pages import VARIANTS, look, sign_in
from tests.nlp.provenance_worlds import NINE, POST, harbour
from tests.stories_traced import traced
from tests.views.test_correcting import address, report
from tests.views.test_decided_pages import retrace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GAZETTE, LEDGER = 11, 2


@pytest.fixture
def story(browser, transactional_db) -> Story:
    """The harbour's reports of this morning. Asks for the browser first: it lifts Django's guard."""
    return traced(harbour(), timezone.now() - NINE - timedelta(hours=5))


@pytest.fixture
def editor(story):
    return factories.editor(email="ida@isles.example", first_name="Ida")


@pytest.fixture
def decided(story, editor) -> Story:
    """The story after an editor's work on all that can be set right and said of it."""
    by, now = By.person(editor, "It says so itself."), timezone.now()
    gazette, ledger = report(story, GAZETTE), report(story, LEDGER)
    overriding.set_role(gazette, Role.ORIGINAL, by, now)
    overriding.set_kind(gazette, gazette.examined.told().sourced[0].key, SourceKind.ORGANISATION, by, now)
    overriding.set_credit(gazette, POST, Credited(POST, "removed"), by, now)
    overriding.set_credit(ledger, POST, Credited(POST, "retargeted", Relation.TOLD), by, now)
    overriding.set_credit(ledger, "The Northern Light", Credited("The Northern Light", "added"), by, now)
    marking.rename(story, "Aides and minister at odds over the dredging contract", by, now)
    marking.choose_lead(story, ledger.pk, by, now)
    marking.reopen(story, by, now)
    marking.pin(story, by, now)
    retrace(story)
    return story


@pytest.mark.parametrize(("width", "scheme"), [*VARIANTS, (768, "light")])
def test_the_page_keeps_nobody_out(visit, decided, editor, width, scheme):
    one = visit(width, scheme)
    sign_in(one.page, one.base, editor.email)
    wrong = look(one.open(address(report(decided, GAZETTE)))) + look(one.open(address(report(decided, LEDGER))))
    one.page.get_by_label("Role", exact=True).select_option("other")
    one.page.get_by_label("Outlet", exact=True).fill("Some Paper")
    one.page.get_by_label("The passage that shows it").fill("Words that stand nowhere.")
    one.page.get_by_role("button", name="See what it changes first").click()
    wrong += look(one.page)
    # Chromium notes every answer of 422, which a form that is to be set right gets.
    one.complaints = [complaint for complaint in one.complaints if "422" not in complaint]
    one.page.get_by_label("The passage that shows it").fill("")
    one.page.get_by_role("button", name="See what it changes first").click()
    expect(one.page.get_by_role("heading", name="What it would change")).to_be_visible()
    assert wrong + look(one.page) == []


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_readers_pages_keep_nobody_out(visit, decided, editor, width, scheme):
    hidden = factories.story([factories.article(title="Gone")])
    marking.hide(hidden, By.person(editor), timezone.now())
    one = visit(width, scheme)
    pages = [decided, report(decided, GAZETTE), report(decided, LEDGER), hidden]
    wrong = [fault for shown in pages for fault in look(one.open(shown.get_absolute_url()))]
    assert wrong + look(one.open("/")) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_role_is_corrected_seen_by_readers_and_taken_back(visit, story, editor, script):
    article = report(story, LEDGER)
    one = visit(script=script)
    sign_in(one.page, one.base, editor.email)
    page = one.open(address(article))
    page.get_by_label("Role", exact=True).select_option("mixed")
    page.get_by_label("Note, if you like: why").fill("It has its own witness.")
    page.get_by_role("button", name="See what it changes first").click()
    expect(page.locator(".outcome")).to_contain_text("re-report")
    assert not Override.objects.exists()
    page.get_by_role("button", name="Save it so").click()
    expect(page.get_by_text("The role is corrected.")).to_be_visible()
    expect(page.get_by_text("mixed, as an editor says; found: re-report")).to_be_visible()
    retrace(story)
    readers = visit(script=script)
    readers.open(story.get_absolute_url())
    mark = readers.page.locator(f"#r{article.pk}").get_by_text("set by an editor")
    mark.click()
    expect(readers.page.locator(f"#r{article.pk}").get_by_text("It has its own witness.")).to_be_visible()
    page.get_by_role("link", name="Undo", exact=True).click()
    page.locator("#content form").get_by_role("button").first.click()
    expect(page.get_by_text("undone", exact=True)).to_be_visible()
    assert not Override.objects.exists()


def test_the_page_is_used_by_keyboard_alone(visit, story, editor):
    article = report(story, LEDGER)
    one = visit()
    sign_in(one.page, one.base, editor.email)
    page = one.open(address(article))
    reached = []
    page.locator("h1").evaluate("e => { e.tabIndex = -1; e.focus() }")
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        reached.append(name)
        if name == "role":
            page.keyboard.type("orig")
        if name.startswith("credit-"):
            page.keyboard.type("no cr")
        if name == "note":
            page.keyboard.type("by keyboard")
        if name == "Save":
            page.keyboard.press("Enter")
            break
    page.get_by_text("The role is corrected.").wait_for()
    assert {(row.what, row.edit.note) for row in Override.objects.all()} == {
        ("role", "by keyboard"),
        ("credit", "by keyboard"),
    }
