"""Outlets, feeds and their files at the desk in a real browser: looks, keyboard, and two editors at once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from stories.models import Edit, Fetch, Logo, Outlet, PollResult, Proposal
from stories.services import outletedits
from stories.services.acts import By
from tests import factories
from tests.browser.test_pages import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FILE = (
    "slug,name,aliases,owner_group,country\n"
    "harbour-mirror,Harbour Mirror,the Mirror|Harbour Mirror online,Isles Media,GB\n"
    ",Gannet Daily,the Gannet,Isles Media,IE\n"
    ",Nowhere News,,,ZZ\n"
)


@pytest.fixture
def desk(world):
    """An outlet with a history, a logo to be, and a feed that fails; an unknown name."""
    now = timezone.now()
    mirror = Outlet.objects.filter(name="Harbour Mirror").earliest("pk")
    Outlet.objects.filter(name="Harbour Mirror").exclude(pk=mirror.pk).update(name="Isles Mirror")
    Outlet.objects.filter(pk=mirror.pk).update(
        slug="harbour-mirror", kind="newspaper", quiet_since=now, quiet_note="2 articles in a day that has 40 else"
    )
    factories.outlet(name="The Skarv Times", aliases=["the Times"])
    by = By.person(factories.editor(first_name="Berta"), "as its imprint says")
    outletedits.change(mirror, {"owner_group": "Isles Press", "domains": ["mirror.example"]}, by, now)
    feed = factories.feed(
        outlet=mirror, title="All news", last_result=PollResult.TEMPORARY, last_error="No answer in 20 s", failures=4,
        next_poll_reason="failed 4 times in a row: asked again in 2 hours",
    )  # fmt: skip
    for _ in range(6):
        Fetch.objects.create(
            feed=feed, at=now, result=PollResult.TEMPORARY, status=503, reason="No answer", took_ms=20_004
        )
    Proposal.objects.create(name="Mirror Online", evidence=[0, 3], articles=7, first_seen_at=now)
    return Outlet.objects.get(pk=mirror.pk)


def expected(one):
    """Chromium complains of every answer that refuses a form; these are meant."""
    refused = ("409 (Conflict)", "422 (Unprocessable")
    one.complaints[:] = [each for each in one.complaints if not any(words in each for words in refused)]


def at(outlet, name="change"):
    return reverse(f"admin:stories_outlet_{name}", args=[outlet.pk])


def shot(tmp_path: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGBA", (400, 200), (20, 90, 120, 255)).save(out, "PNG")
    (tmp_path / "logo.png").write_bytes(out.getvalue())
    return tmp_path / "logo.png"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (768, "dark"), (390, "dark")])
def test_the_pages_look_right(visit, world, desk, tmp_path, width, scheme):
    one = visit(width, scheme)
    sign_in(one.page, one.base, world.editor)
    one.open(at(desk))
    one.page.get_by_label("Picture").set_input_files(shot(tmp_path))
    one.page.get_by_role("button", name="Set it").click()
    feed = desk.feeds.get(title="All news")
    wrong = []
    addresses = [
        at(desk),
        at(desk, "history"),
        reverse("admin:stories_outlet_add"),
        reverse("admin:stories_outlet_changelist"),
        reverse("admin:stories_feed_changelist"),
        reverse("admin:stories_feed_change", args=[feed.pk]),
        reverse("admin:stories_outlet_import"),
        reverse("admin:stories_outlet_export"),
        f"{reverse('admin:stories_proposal_alias')}?names={Proposal.objects.get().pk}",
        desk.get_absolute_url(),
        "/outlets/",
    ]
    for address in addresses:
        wrong += look(one.open(address))
    page = one.open(reverse("admin:stories_outlet_import"))
    page.get_by_label("File").set_input_files({"name": "o.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_role("heading", name="Refused")).to_be_visible()
    wrong += look(page)
    page = one.open(reverse("admin:stories_feed_changelist"))
    page.locator("input[name=_selected_action]").first.check()
    page.locator("select[name=action]").select_option("move")
    page.get_by_role("button", name="Go").click()
    wrong += look(page)
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_an_outlet_is_changed_by_keyboard_alone(visit, world, desk, script):
    one = visit(script=script)
    sign_in(one.page, one.base, world.editor)
    page = one.open(at(desk))
    page.get_by_label("Aliases", exact=True).focus()
    page.keyboard.type("the Mirror\nThe Times")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Owner group")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Isles Media")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“The Times” is an alias of The Skarv Times already.")).to_be_visible()
    expect(page.get_by_label("Owner group")).to_have_value("Isles Media")
    page.get_by_label("Both go by it").focus()
    page.keyboard.press("Space")
    page.get_by_label("Note").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved for Harbour Mirror")).to_be_visible()
    desk.refresh_from_db()
    assert (desk.aliases, desk.ambiguous_aliases, desk.owner_group) == (["the Mirror"], ["The Times"], "Isles Media")
    expected(one)


def test_of_two_editors_the_second_is_told_and_has_it_their_way(visit, world, desk):
    one = visit()
    sign_in(one.page, one.base, world.editor)
    page = one.open(at(desk))
    other = By.person(factories.editor(first_name="Carla"))
    outletedits.change(desk, {"owner_group": "Carla’s Group", "country": "IE"}, other, timezone.now())
    page.get_by_label("Owner group").fill("Isles Media")
    page.get_by_label("Kind").select_option("agency")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Carla changed this just now")).to_be_visible()
    expect(page.get_by_label("Owner group")).to_have_value("Isles Media")
    expect(page.get_by_label("Country")).to_have_value("IE")
    assert look(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved for Harbour Mirror: owner group, kind.")).to_be_visible()
    page.get_by_role("link", name="History").first.click()
    expect(page.get_by_text("Carla’s Group").first).to_be_visible()
    assert Edit.objects.filter(outlet=desk).count() == 3
    expected(one)


def test_a_logo_takes_its_room_before_it_is_there(visit, world, desk, tmp_path):
    one = visit()
    sign_in(one.page, one.base, world.editor)
    page = one.open(at(desk))
    page.get_by_label("Picture").set_input_files(shot(tmp_path))
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_alt_text("Logo of Harbour Mirror")).to_be_visible()
    assert Logo.objects.get().width == 256
    page.route("**/logo-*.png", lambda route: route.abort())
    one.open(desk.get_absolute_url())
    without = page.locator("h1").bounding_box()
    page.unroute("**/logo-*.png")
    one.open(desk.get_absolute_url())
    page.wait_for_function("[...document.images].every((one) => one.complete)")
    assert page.locator("h1").bounding_box() == without
    one.complaints.clear()


def test_a_file_is_looked_at_and_confirmed(visit, world, desk):
    one = visit()
    sign_in(one.page, one.base, world.editor)
    page = one.open(reverse("admin:stories_outlet_changelist"))
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files({"name": "o.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Nothing is imported: say that these rows are left out")).to_be_visible()
    page.get_by_label("Leave the refused row out").check()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Imported: 1 new, 1 changed; 1 left out.")).to_be_visible()
    assert Outlet.objects.filter(slug="gannet-daily").exists()
    expected(one)
