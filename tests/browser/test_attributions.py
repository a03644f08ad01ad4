"""Who is cited, in use: the filter with and without script and by keyboard, links to statements, nothing out of reach."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.test_pages import VARIANTS, look
from tests.views import cited
from tests.views.cited import span

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def address(browser, transactional_db) -> str:
    """An examined article. Asks for the browser first: it lifts Django's guard."""
    factories.outlet(name="The Tern Gazette")
    return cited.article().get_absolute_url()


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_who_is_cited_keeps_nobody_out(visit, address, width, scheme):
    one = visit(width, scheme)
    wrong = look(one.open(address)) + look(one.open(f"{address}?kind=anonymous"))
    assert wrong == []


def test_marks_differ_without_colour(visit, address):
    page = visit().open(address)
    looks = [
        page.locator(f".sources .p-{mark}").first.evaluate(
            "e => (s => [s.fontStyle, s.fontWeight, s.textDecorationStyle, s.textDecorationLine].join())"
            "(getComputedStyle(e))"
        )
        for mark in ("source", "cue", "content")
    ]
    assert len(set(looks)) == 3


@pytest.mark.parametrize("script", [True, False])
def test_sources_are_narrowed_by_keyboard(visit, address, script):
    page = visit(390, script=script).open(address)
    expect(page.locator(".sources > li")).to_have_count(5)
    page.locator("#k-anonymous").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?kind=anonymous"))
    expect(page.locator(".sources > li")).to_have_count(1)
    expect(page.locator("#k-anonymous")).to_have_attribute("aria-current", "true")
    if script:
        expect(page.locator("#k-anonymous")).to_be_focused()
    page.go_back()
    expect(page.locator(".sources > li")).to_have_count(5)


def test_a_link_to_a_statement_opens_what_it_lies_in(visit, address):
    found = cited.findings()
    more = [
        cited.said("she", words, "", found.sourced[3].kind, "Ada Quill") for words in ("grown since", "cost 4 million")
    ]
    row = cited.article(replace(found, sourced=(*found.sourced, *more)))
    start = span("cost 4 million")[0]
    page = visit().open(f"{row.get_absolute_url()}#s{start}")
    expect(page.locator(f"#s{start} .passage")).to_be_in_viewport()
