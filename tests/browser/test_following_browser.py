"""Following in a real browser: by click, by key, without script; what is said and where the focus stays; axe throughout."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stories.models import Follow, FollowKind, Story, User
from stories.services import following, muting
from tests import factories, followed
from tests.browser.test_pages import STICKING_OUT, VARIANTS, look, sign_in
from tests.views import cited

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def ada(world) -> User:
    """A reader in a team, with a way, whose follows show all that the pages can."""
    user = factories.user(email="ada@isles.example")
    return user


def story_of(world) -> Story:
    return Story.objects.get(pk=int(re.search(r"/story/(\d+)/", world.story)[1]))


def busy(user: User, world) -> Follow:
    """Follows of every kind, snoozed, of a team, ended; mutes; and alerts in each state."""
    now, story = timezone.now(), story_of(world)
    way = followed.channel(user, "ada@isles.example")
    hook = followed.channel(user, "Newsroom’s hook", kind="webhook", pace="daily")
    desk = followed.team("Isles desk", user)
    first = followed.follow(user, story, now=now)
    followed.follow(user, story.headline_of.outlet, now=now)
    followed.follow(user, "Ada Quill", now=now, team=desk)
    search = followed.follow(user, '"harbour minister" OR weir', kind=FollowKind.SEARCH, now=now)
    muting.snooze(search, user, now + timezone.timedelta(days=3), now)
    others = list(Story.objects.live().exclude(pk=story.pk)[:3])
    following.end(followed.follow(user, others[0], now=now), user, now)
    muting.mute(user, others[1], None, now)
    made = followed.alert(user, story, first, at=now, words="Nobody in the room could say why it had not been opened.")
    followed.delivery(made, way, state="sent", sent_at=now)
    followed.delivery(made, hook, due_at=now + timezone.timedelta(hours=9), reason="gathered for a digest")
    late = followed.alert(user, others[2], first, at=now, key="2")
    followed.delivery(late, hook, state="failed", reason="The server answered 410 Gone.")
    return first


def control(page: Page, name: str):
    return page.locator("main").get_by_role("button", name=name)


def test_a_click_follows_in_place_says_so_and_keeps_the_focus(visit, world, ada):
    one = visit()
    sign_in(one.page, one.base, ada.email)
    page = one.open(world.story)
    loaded = page.evaluate("performance.timeOrigin")
    control(page, "Follow this story").click()
    following_it = control(page, "Following this story")
    expect(following_it).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="You follow")).to_be_visible()
    assert Follow.objects.get().user == ada
    assert page.evaluate("performance.timeOrigin") == loaded, "the page was not loaded anew"
    page.keyboard.press("Enter")
    expect(control(page, "Follow this story")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="You no longer follow")).to_be_visible()
    control(page, "Follow this story").click()
    page.get_by_role("link", name="What wakes you").click()
    expect(page.get_by_role("checkbox", name="Denial")).to_be_checked()


def test_f_follows_and_stops(visit, world, ada):
    one = visit(390, "dark")
    sign_in(one.page, one.base, ada.email)
    for address in (world.story, world.outlet, world.article, "/search/?q=dredging"):
        page = one.open(address)
        page.keyboard.press("f")
        expect(page.get_by_role("status").filter(has_text="You follow")).to_be_visible()
        page.keyboard.press("f")
        expect(page.get_by_role("status").filter(has_text="You no longer follow")).to_be_visible()
    assert not Follow.objects.live().exists()
    assert {row.kind for row in Follow.objects.all()} == {"story", "outlet", "search"}


def test_f_leads_others_to_the_sign_in_page_and_back(visit, world, ada):
    page = visit().open(world.story)
    page.keyboard.press("f")
    page.wait_for_url(re.compile(r"/accounts/login/\?next="))
    page.get_by_label("E-mail").fill(ada.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(re.escape(world.story)))


def test_without_script_it_works_as_well(visit, world, ada):
    one = visit(390, script=False)
    sign_in(one.page, one.base, ada.email)
    page = one.open(world.story)
    control(page, "Follow this story").click()
    expect(page.get_by_role("status").filter(has_text="You follow")).to_be_visible()
    assert page.url.endswith(world.story)
    control(page, "Following this story").click()
    expect(page.get_by_role("status").filter(has_text="You no longer follow")).to_be_visible()


def test_the_menu_by_keyboard_alone(visit, world, ada):
    followed.team("Isles desk", ada)
    one = visit()
    sign_in(one.page, one.base, ada.email)
    page = one.open(world.story)
    control(page, "Follow this story").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert look(page) == []
    page.keyboard.press("Tab")
    expect(control(page, "Follow for Isles desk")).to_be_focused()
    page.keyboard.press("Enter")
    expect(control(page, "Stop following for Isles desk")).to_be_focused()
    control(page, "Mute this story").focus()
    page.keyboard.press("Enter")
    expect(control(page, "Hear of this story again")).to_be_focused()
    page.keyboard.press("Escape")
    expect(control(page, "Hear of this story again")).to_be_hidden()
    expect(page.locator(".follow-menu summary")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_pages_of_following(visit, world, ada, width, scheme):
    one = visit(width, scheme)
    sign_in(one.page, one.base, ada.email)
    wrong = look(one.open("/following/")) + look(one.open("/alerts/"))
    first = busy(ada, world)
    alert = ada.alerts.first()
    search = Follow.objects.get(kind=FollowKind.SEARCH)
    for address in (
        "/following/",
        f"/following/{first.pk}/",
        f"/following/{search.pk}/",
        "/alerts/",
        f"/alerts/{alert.pk}/",
        f"/alerts/?follow={first.pk}",
        world.story,
        world.article,
        world.outlet,
        "/search/?q=dredging",
    ):
        wrong += look(one.open(address))
    assert wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_what_was_typed_wrong_is_said_at_its_field(visit, world, ada, width, scheme):
    one = visit(width, scheme)
    sign_in(one.page, one.base, ada.email)
    page = one.open("/following/")
    page.get_by_label("Search for", exact=True).fill("harbour nofield:x")
    page.get_by_role("button", name="Follow this search").click()
    field = page.get_by_label("Search for", exact=True)
    expect(field).to_have_value("harbour nofield:x")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert look(page) == []
    # Chromium notes each answer of 422; there is nothing else.
    assert [said for said in one.complaints if "422" not in said] == []
    one.complaints.clear()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (768, "dark")])
def test_menus_stay_on_the_page_wherever_they_open(visit, world, ada, width, scheme):
    busy(ada, world)
    one = visit(width, scheme)
    sign_in(one.page, one.base, ada.email)
    row = cited.article()
    factories.story([row])
    wrong = []
    for address in (world.story, world.outlet, row.get_absolute_url(), "/search/?q=dredging", "/following/"):
        page = one.open(address)
        for summary in page.locator("main details.menu > summary").all():
            summary.evaluate("e => { e.parentElement.open = true }")
            wrong += [f"{address}: {what}" for what in page.evaluate(STICKING_OUT)]
            summary.evaluate("e => { e.parentElement.open = false }")
    assert wrong == []
