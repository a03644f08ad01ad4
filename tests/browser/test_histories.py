"""Histories, differences and taking back, in a browser: at each width, by keyboard alone, and without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stories.models import Act, Edit, Happening, Story, User, Version
from stories.nlp.findings import Role
from stories.nlp.lineage import HappeningKind
from stories.services import curation, marking, outletedits, overriding, undoing
from stories.services.acts import By
from tests import factories
from tests.browser.test_pages import VARIANTS, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HEADLINES = (
    "Aides confronted harbour minister over dredging contract, people familiar say",
    "Harbour minister confronted by aides over contract: Meridian Post",
    "Minister blamed by own insiders for dredging fiasco",
    "Dredging: minister’s inner circle rebels",
    "Second official confirms row over dredging contract",
    "Ministry denies split over the dredging contract after a week of reports from Llanfairpwllgwyngyllgogerychwyrn",
)


@dataclass(frozen=True, slots=True)
class Curated:
    """A story to which much was done, by two editors and the program."""

    story: Story
    editor: User
    merge: Edit
    blocked: Edit
    undone: Edit


def _story(headlines, seen, **kw):
    rows = [
        factories.article(
            outlet=factories.outlet(name=f"The {name} Courier and Advertiser"), title=title, text="Word " * 40,
            first_seen_at=seen + timedelta(minutes=25 * n),
        )
        for n, (title, name) in enumerate(zip(headlines, ("Skarv", "Tern", "Gannet", "Plover", "Auk", "Eider"), strict=False))
    ]  # fmt: skip
    return factories.story(rows, **kw), [row.pk for row in rows]


@pytest.fixture
def curated(browser, transactional_db):
    now = timezone.now()
    editor = factories.editor(email="ada@isles.example", first_name="Ada", last_name="Quill", is_superuser=True)
    ada = By.person(editor, "Both follow the same tender: the second bid was never opened.")
    ben = By.person(factories.editor(first_name="Ben", last_name="Oake"))
    day, hour = timedelta(days=1), timedelta(hours=1)
    story, rows = _story(HEADLINES, now - 2 * day, title="Aides confronted harbour minister over dredging contract")
    gone, _ = _story(HEADLINES[:3], now - 2 * day, title="Harbour: the minister and the contract that nobody opened")
    sure = By.grouping(0.97, ["6 shared names", "same quote", "40 min apart"])
    merge = curation.merge(story, gone, sure, now - 40 * hour)
    split = curation.split(story, rows[4:], ada, now - 30 * hour)
    undone = marking.lock(story, ben, now - 20 * hour)
    undoing.undo(undone, ada, now - 19 * hour)
    curation.move(rows[3:4], split.other, ben, now - 6 * hour)
    marking.rename(story, "The row over the dredging contract", ada, now - 5 * hour)
    article = story.articles.get(pk=rows[0])
    overriding.set_role(article, Role.ORIGINAL, ada, now - 4 * hour)
    outletedits.change(
        article.outlet, {"owner_group": "Meridian Media", "aliases": ["the Courier"]}, ben, now - 3 * hour
    )
    Version.objects.create(
        article=article, hash="new", title=HEADLINES[0].replace("confronted", "rebelled against"),
        text="Word " * 20 + "phrase " + "Word " * 19, text_state="page", seen_at=now - 2 * hour,
    )  # fmt: skip
    Happening.objects.create(
        story=story, kind=HappeningKind.DENIED, key="x", article=article, note="the ministry", at=now, noted_at=now
    )
    return Curated(story, editor, merge, split, undone)


def addresses(curated):
    desk = f"/admin/stories/story/{curated.story.pk}"
    edit = "/admin/stories/edit"
    return {
        "history": f"{desk}/history/?joined=1",
        "narrowed": f"{desk}/history/?act=lock",
        "diff": f"{desk}/diff/?from=e{curated.merge.pk}",
        "wrong": f"{desk}/diff/?from_at=yesterday",
        "by": f"{edit}/by/{curated.editor.pk}/",
        "possible": f"{edit}/{Edit.objects.filter(act=Act.RENAME).get().pk}/undo/",
        "together": f"{edit}/{curated.blocked.pk}/undo/",
        "undone": f"{edit}/{curated.undone.pk}/undo/",
    }


@pytest.mark.parametrize(("width", "scheme"), [*VARIANTS, (768, "light")])
def test_pages_of_what_was_done_keep_nobody_out(visit, curated, width, scheme, tmp_path):
    one = visit(width, scheme)
    sign_in(one.page, one.base, curated.editor.email)
    wrong = []
    for name, address in addresses(curated).items():
        one.open(address)
        wrong += look(one.page)
        one.page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
    # The one that was mistyped answers 422, which browsers note.
    one.complaints[:] = [said for said in one.complaints if "422" not in said]
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_edits_that_stand_on_each_other_are_undone_together(visit, curated, script):
    one = visit(390, script=script)
    sign_in(one.page, one.base, curated.editor.email)
    page = one.open(f"/admin/stories/story/{curated.story.pk}/history/")
    page.locator(f"#e{curated.blocked.pk}").get_by_role("link", name="How it can be undone").click()
    expect(page.get_by_role("heading", name="One later edit stands on it")).to_be_visible()
    page.get_by_label("Note, if you like: why").fill("Same council meeting.")
    page.get_by_role("button", name="Undo these 2 edits together").click()
    expect(page.get_by_text("2 edits are undone, all or none.")).to_be_visible()
    page.get_by_role("link", name="See it in the history").click()
    line = page.locator(".line:target")
    expect(line).to_be_in_viewport()
    expect(line.get_by_text("Undid the split of")).to_be_visible()
    assert Edit.objects.filter(act=Act.UNDO, note="Same council meeting.").count() == 2


def test_an_edit_is_undone_by_keyboard_alone(visit, curated):
    one = visit()
    sign_in(one.page, one.base, curated.editor.email)
    renamed = Edit.objects.get(act=Act.RENAME)
    page = one.open(f"/admin/stories/edit/{renamed.pk}/undo/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Undo it":
            break
    expect(page.get_by_role("button", name="Undo it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 edit is undone.")).to_be_visible()
    curated.story.refresh_from_db()
    assert curated.story.named == ""


def test_a_difference_is_chosen_by_its_form(visit, curated):
    one = visit(768)
    sign_in(one.page, one.base, curated.editor.email)
    page = one.open(f"/admin/stories/story/{curated.story.pk}/diff/")
    chosen = page.get_by_role("group", name="From").get_by_label("an edit")
    chosen.select_option(f"e{curated.merge.pk}")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="3 reports joined")).to_be_visible()
    expect(page.get_by_role("heading", name="3 reports left")).to_be_visible()
    expect(chosen).to_have_value(f"e{curated.merge.pk}")
    expect(page.locator("ins").first).to_contain_text("rebelled against")
