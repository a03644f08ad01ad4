"""Every page at two widths and in both schemes: nothing overflows, nothing complains, nothing is out of reach."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VARIANTS = [(1280, "light"), (390, "dark")]
# A colour is the same at every width: contrasts, which take most of the time, are looked at where there is room for all,
# in both schemes.
WIDE = 1024
# Colours that change slowly are let change at once.
AXE = """async (how) => {
  document.getAnimations().forEach((one) => one.finish());
  return (await axe.run({ resultTypes: ["violations"], preload: false, ...how })).violations;
}"""
CONTRASTS = {"runOnly": ["color-contrast"]}
ALL_ELSE = {"rules": {"color-contrast": {"enabled": False}}}
# Elements that stick out to the right of the page, by what they are; a box that scrolls inside itself may hold more.
STICKING_OUT = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return [];
  return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > edge + 1)
    .map(e => e.tagName + "." + e.className).slice(0, 5);
}"""


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out; of a wide page, in both schemes."""
    page.evaluate(Axe().axe_script)
    found = page.evaluate(AXE, ALL_ELSE)
    if page.viewport_size["width"] >= WIDE:
        here = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += page.evaluate(AXE, CONTRASTS)
        page.emulate_media(color_scheme=here)
    return [
        f"{page.url}: {rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def look(page: Page) -> list[str]:
    """What is wrong with the page as it stands, once all of it is there."""
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('main details').forEach((e) => { e.open = true })")
    return [f"{page.url}: {what} sticks out" for what in page.evaluate(STICKING_OUT)] + serious(page)


def sign_in(page: Page, base: str, email: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{base}/")


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_pages_of_a_reader(visit, world, width, scheme):
    one = visit(width, scheme)
    wrong = [fault for address in world.open_pages for fault in look(one.open(address))]
    assert wrong == []


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_pages_of_an_editor(visit, world, width, scheme):
    one = visit(width, scheme)
    sign_in(one.page, one.base, world.editor)
    addresses = ["/", "/feeds/", world.failed, "/accounts/email/", "/accounts/password/change/", "/accounts/logout/"]
    addresses.append("/account/tokens/")
    wrong = [fault for address in addresses for fault in look(one.open(address))]
    one.open("/").locator("details.menu summary").click()
    assert wrong + look(one.page) == []


def test_the_desk_keeps_the_policy(visit, world):
    one = visit(1280, "dark")
    sign_in(one.page, one.base, world.editor)
    for address in ("/admin/", "/admin/stories/article/", "/admin/stories/feed/", "/admin/stories/outlet/add/"):
        one.open(address)
    paper = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(20, 22, 26)", "the desk follows the scheme in the same colours"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_states_of_an_empty_house(visit, browser, transactional_db, settings, width, scheme):
    settings.SETUP_TOKEN = "nine-gulls"
    settings.DEMO_WORLD = True
    one = visit(width, scheme)
    wrong = [fault for address in ("/", "/setup/?token=nine-gulls") for fault in look(one.open(address))]
    factories.editor(email="ada@isles.example")
    wrong += [fault for address in ("/", "/outlets/", "/feeds/") for fault in look(one.open(address))]
    sign_in(one.page, one.base, "ada@isles.example")
    assert wrong + look(one.page) == []
