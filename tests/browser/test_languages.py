"""The pages in German, as a person gets to them: by the switch at the foot, with and without script, on a phone too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.test_pages import look
from tests.nlp.provenance_worlds import NINE, harbour
from tests.stories_traced import traced

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "script"), [(1280, True), (1280, False), (390, True)])
def test_the_switch_stays_on_the_page_and_german_fits(visit, world, width, script):
    story = traced(harbour(), timezone.now() - NINE - timedelta(hours=5))
    one = visit(width, script=script)
    page = one.open("/outlets/?q=a")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.url.endswith("/outlets/?q=a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Medien")
    for address in (story.get_absolute_url(), "/", "/feeds/", "/quality/", "/search/", "/accounts/login/"):
        one.open(address)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        if script:
            assert look(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
