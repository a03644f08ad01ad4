"""The pages in use: by keyboard alone, with htmx, and without any script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stories.models import Feed, Fetch, Host, Outlet, PollResult, User
from tests import factories
from tests.browser.test_pages import look, sign_in
from tests.fakes import rss

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def tab_to(page: Page, tag: str, limit: int = 60) -> None:
    """Press Tab until an element of this kind has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == tag:
            return
    pytest.fail(f"no {tag} within {limit} tabs")


def test_a_walk_by_keyboard(visit, world):
    one = visit()
    page = one.open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("dredging contract j/")
    assert page.get_by_role("searchbox").input_value() == "dredging contract j/", "keys are text while one types"
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search/"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-step]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/article/"))
    one.open(world.story)
    tab_to(page, "SUMMARY")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The story as it was at")).to_be_visible()
    tab_to(page, "SUMMARY")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Our poll before that").first).to_be_visible()


def test_focus_is_seen(visit, world):
    page = visit().open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert width >= 2


def test_older_stories_come_in_place_and_take_the_focus(visit, world):
    page = visit().open("/")
    shown = page.locator(".stories > li").count()
    page.get_by_role("link", name="Older stories").click()
    expect(page.locator(".slice")).to_have_count(2)
    assert page.locator(".stories > li").count() > shown
    assert page.url.endswith("/"), "the page itself stays"
    expect(page.locator(".slice .slice [data-step]").first).to_be_focused()


def test_a_dot_of_the_timeline_opens_its_report(visit, world):
    page = visit().open(world.story)
    dot = page.locator(".wide .timeline a").nth(2)
    row = page.locator(dot.get_attribute("href"))
    dot.click()
    expect(row.locator("details")).to_have_attribute("open", "")


@pytest.mark.parametrize("script", [True, False])
def test_an_editor_polls_and_pauses(visit, world, script):
    one = visit(script=script)
    sign_in(one.page, one.base, world.editor)
    page = one.open("/feeds/?q=coast")
    row = page.locator("tbody tr").first
    row.get_by_role("button", name="Pause").click()
    expect(row.get_by_text("paused", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("is paused")).first).to_be_visible()
    row.get_by_role("button", name="Resume").click()
    row.get_by_role("button", name="Poll now").click()
    expect(row.get_by_text("asked for by an editor")).to_be_visible()
    assert Feed.objects.get(outlet__name="Coast Wire").active


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_feeds_own_pages_keep_nobody_out(visit, world, width, scheme):
    now = timezone.now()
    feed = Feed.objects.filter(last_result=PollResult.TEMPORARY).get()
    Host.objects.create(name=feed.host, rest_until=now + timedelta(hours=1), rest_reason="It asked for less.")
    for number, result in enumerate([value for value in PollResult.values if value != "never"] * 3):
        at = now - timedelta(hours=number)
        Fetch.objects.create(feed=feed, at=at, result=result, new=120 * (result == "new"), reason="A reason " * 9)
    Outlet.objects.filter(name="Coast Wire").update(quiet_since=now, quiet_note="2 articles where 31 are usual.")
    one = visit(width, scheme)
    own = f"/feeds/{feed.pk}/"
    wrong = look(one.open(own))
    sign_in(one.page, one.base, world.editor)
    addresses = [own, f"{own}edit/", f"{own}remove/", "/feeds/?show=failing", "/outlets/?show=quiet"]
    wrong += [fault for address in addresses for fault in look(one.open(address))]
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_site_is_looked_at_and_its_feeds_are_chosen(visit, world, web, script):
    head = "".join(f'<link rel="feed" href="/{name}.xml">' for name in ("news", "sport"))
    web.put("https://gazette.example", f"<html><head>{head}</head><body>Gazette</body></html>")
    for name in ("news", "sport"):
        item = {"title": f"A headline of {name} " + "withoutanybreak" * 9, "guid": name}
        web.put(f"https://gazette.example/{name}.xml", rss(item, title=f"The Gazette – {name}"))
    one = visit(390, script=script)
    sign_in(one.page, one.base, world.editor)
    page = one.open("/feeds/")
    page.get_by_text("Add feeds", exact=True).click()
    page.get_by_label("Site or feed address").fill("gazette.example")
    page.get_by_label("Site or feed address").press("Enter")
    expect(page.get_by_role("heading", name="Found at gazette.example")).to_be_visible()
    if script:
        assert look(page) == []
    page.get_by_label("The Gazette – sport").check()
    expect(page.get_by_label("Name of the new outlet")).to_have_value("The Gazette")
    page.get_by_role("button", name="Add the ticked feeds").click()
    expect(page.get_by_text("The Gazette: 2 feeds added")).to_be_visible()
    page.get_by_role("link", name="The Gazette – news").click()
    expect(page.get_by_text("New here: not polled yet.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_an_editor_retries_all_that_fail_and_removes_one(visit, world, script):
    one = visit(script=script)
    sign_in(one.page, one.base, world.editor)
    page = one.open("/feeds/")
    page.get_by_role("link", name=re.compile("^Failing")).click()
    page.get_by_text("Poll this one now").press("Enter")
    page.get_by_role("button", name="Poll it now").press("Enter")
    expect(page.get_by_text("1 feed asked for")).to_be_visible()
    page.locator("tbody th a").first.click()
    expect(page.get_by_text("It can’t be read for the moment.")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("is removed and no longer polled")).to_be_visible()
    assert not Feed.objects.filter(last_result=PollResult.TEMPORARY).exists()


def test_everything_works_without_script(visit, world):
    one = visit(390, script=False)
    page = one.open("/")
    page.get_by_role("link", name="Older stories").click()
    page.wait_for_url(re.compile(r"\?before="))
    expect(page.locator(".stories > li")).to_have_count(10)
    page.get_by_role("link", name="Firsthand", exact=True).click()
    page.get_by_role("searchbox").fill("insider")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Insider turns on")).first.click()
    page.get_by_role("link", name=re.compile("10 reports from 10 outlets")).click()
    summary = page.get_by_text("Its times, and why it is here").first
    summary.click()
    expect(page.get_by_text("founded the story")).to_be_visible()


def test_the_first_start_in_the_browser(visit, browser, transactional_db, settings):
    settings.SETUP_TOKEN = "nine-gulls"
    one = visit()
    page = one.open("/setup/?token=nine-gulls")
    page.get_by_label("E-mail").fill("ada@isles.example")
    page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
    page.get_by_label("The password again").fill(factories.PASSWORD)
    page.get_by_label("Nothing yet").check()
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="No feeds yet")).to_be_visible()
    page.get_by_role("button", name="Load well-known outlets").click()
    expect(page.get_by_text(re.compile("outlets and .* feeds added"))).to_be_visible()
    assert User.objects.get().is_staff
    assert Outlet.objects.count() > 40
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
