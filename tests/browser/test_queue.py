"""The review queue in use: worked through by keyboard alone, without script, and by two editors at once."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stories.models import Article, Ask, Doubt, DoubtState, Edit, Outlet, Override, Story
from stories.services import doubts as service
from tests import factories, queued
from tests.browser.test_pages import VARIANTS, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUEUE = "/admin/stories/doubt/queue/"
DECIDED = {"a": DoubtState.DONE, "r": DoubtState.DISMISSED, "s": DoubtState.OPEN}

# The key is pressed once more as soon as the next question is there.
HASTY = """document.addEventListener("htmx:afterSettle", () => setTimeout(() => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "r", bubbles: true }));
}, 20))"""


@pytest.fixture
def desk(browser, transactional_db, visit):
    """Opens the queue, signed in as an editor."""
    factories.editor(email="ada@isles.example", first_name="Ada", last_name="Quill")

    def start(*variant, address: str = QUEUE, script: bool = True) -> Page:
        one = visit(*variant, script=script)
        sign_in(one.page, one.base, "ada@isles.example")
        one.open(address)
        return one.page

    return start


def stands(page: Page, doubt: Doubt | None) -> None:
    """Wait until a question is asked and may be answered; None: until there is none."""
    if doubt is None:
        page.wait_for_selector("#queue-work[data-ready] .nothing")
    else:
        page.wait_for_selector(f'#queue-work[data-ready] [data-question="{doubt.pk}"]')


@pytest.mark.endurance
@pytest.mark.timeout(600)
def test_fifty_questions_of_every_kind_by_keyboard_alone(desk):
    """Each kind is answered both ways; on the way a note, a skip, a look ahead and back, an answer taken back."""
    rows = queued.doubts(50, timezone.now())
    pressed = {doubt.pk: "ar"[(n // len(queued.KINDS) + n) % 2] for n, doubt in enumerate(rows)}
    pressed[rows[20].pk] = "s"
    page = desk()
    for number, doubt in enumerate(rows):
        stands(page, doubt)
        if number % 10 == 3:
            page.keyboard.press("/")
            page.keyboard.type(f"Note {number}: arsnpou?e are letters here")
            page.keyboard.press("Escape")
        if number == 30:
            page.keyboard.press("n")
            stands(page, rows[31])
            page.keyboard.press("p")
            stands(page, doubt)
        if number == 10:
            page.keyboard.press("ar".replace(pressed[doubt.pk], ""))
            stands(page, rows[11])
            page.keyboard.press("u")
            stands(page, doubt)
        page.keyboard.press(pressed[doubt.pk])
    stands(page, None)
    expect(page.get_by_role("heading", name="You have skipped all that is left")).to_be_focused()
    for doubt in rows:
        decided_as(doubt, pressed[doubt.pk])
    assert Doubt.objects.filter(state=DoubtState.OPEN).count() == 1
    notes = Edit.objects.exclude(note="").values_list("note", flat=True)
    assert all(re.fullmatch(r"Note \d+: arsnpou\?e are letters here", note) for note in notes)
    assert len(notes) >= 3


def decided_as(doubt: Doubt, key: str) -> None:
    """The question is answered as its key says, and the stories are as the answer wants them."""
    doubt.refresh_from_db()
    assert doubt.state == DECIDED[key], (doubt.act, key)
    if key == "s":
        return
    assert doubt.decided_by.email == "ada@isles.example"
    yes, article = key == "a", Article.objects.filter(pk__in=doubt.articles).first()
    if doubt.act == Ask.MERGE:
        assert (Story.objects.get(pk=doubt.other_id).merged_into_id == doubt.story_id) == yes
    elif doubt.act == Ask.MOVE:
        assert article.story_id == (doubt.other_id if yes else doubt.story_id)
    elif doubt.act in (Ask.SPLIT, Ask.READER):
        assert (article.story_id != doubt.story_id) == yes
    elif doubt.act == Ask.MEMBER:
        assert (article.story_id == doubt.story_id) == yes
    elif doubt.act == Ask.ORIGINS:
        assert Override.objects.filter(article__in=doubt.articles).exists() != yes
    elif doubt.act == Ask.OUTLET:
        assert (doubt.proposal is None) == yes
        assert not yes or Outlet.objects.filter(name=doubt.reasons[0].split("”")[0][1:]).exists()


def test_a_held_or_hasty_key_answers_once(desk):
    rows = [queued.doubt(Ask.SPLIT, n, timezone.now(), priority=9.0 - n) for n in range(3)]
    page = desk()
    stands(page, rows[0])
    for _ in range(12):
        page.keyboard.down("r")
    page.wait_for_selector(f'[data-question="{rows[1].pk}"]')
    for _ in range(12):
        page.keyboard.down("r")
        page.wait_for_timeout(50)
    page.keyboard.up("r")
    stands(page, rows[1])
    assert Doubt.objects.filter(state=DoubtState.DISMISSED).count() == 1
    page.evaluate(HASTY)
    page.keyboard.press("r")
    page.wait_for_selector(f'[data-question="{rows[2].pk}"]')
    page.wait_for_timeout(600)
    stands(page, rows[2])
    assert Doubt.objects.filter(state=DoubtState.DISMISSED).count() == 2, "nobody reads so fast"


def test_keys_leave_typing_modifiers_and_those_who_want_none_alone(desk):
    rows = queued.doubts(2, timezone.now())
    page = desk()
    stands(page, rows[0])
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+r")
    page.get_by_label("Note, if you like").focus()
    page.keyboard.type("arsn?")
    expect(page.get_by_label("Note, if you like")).to_have_value("arsn?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("details.evidence:not([open])")).to_have_count(0)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    page.keyboard.press("a")
    page.get_by_label("Single keys work on this device").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("n")
    expect(page.locator(".answers kbd").first).to_be_hidden()
    page.reload()
    stands(page, rows[0])
    page.keyboard.press("s")
    assert not Doubt.objects.exclude(state=DoubtState.OPEN).exists()
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Single keys work on this device").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    stands(page, rows[1])
    page.keyboard.press("o")
    page.wait_for_url(re.compile(rf"/admin/stories/story/{rows[1].story_id}/change/"))
    page.go_back()
    stands(page, rows[1])


def test_what_another_decided_is_said_and_read_out(desk):
    rows = queued.doubts(2, timezone.now())
    page = desk()
    stands(page, rows[0])
    service.dismiss(rows[0], factories.editor(first_name="Bo", last_name="Marsh"), "", timezone.now())
    page.keyboard.press("a")
    stands(page, rows[1])
    expect(page.get_by_role("status")).to_contain_text("Bo Marsh has answered this question in the meantime")
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    expect(page).to_have_url(re.compile(rf"\?at={rows[1].pk}$"))
    assert Story.objects.get(pk=rows[0].other_id).merged_into_id is None


def test_a_server_that_is_away_decides_nothing_and_says_so(visit, transactional_db):
    editor = factories.editor()
    rows = queued.doubts(1, timezone.now())
    one = visit()
    sign_in(one.page, one.base, editor.email)
    page = one.open(QUEUE)
    stands(page, rows[0])
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Nothing was decided: try again.")
    assert Doubt.objects.get().state == DoubtState.OPEN
    page.context.set_offline(False)
    stands(page, rows[0])
    page.keyboard.press("a")
    stands(page, None)
    assert Doubt.objects.get().state == DoubtState.DONE
    assert all("ERR_INTERNET_DISCONNECTED" in said or "htmx:" in said for said in one.complaints), one.complaints
    one.complaints.clear()


def test_all_of_it_works_without_script(desk):
    rows = queued.doubts(3, timezone.now())
    page = desk(390, script=False)
    expect(page.locator("kbd").first).to_be_hidden()
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_role("heading", name="Are these 2 reports about another event?")).to_be_visible()
    page.get_by_role("link", name="Previous").click()
    page.get_by_label("Note, if you like").fill("Two towns.")
    page.get_by_role("button", name="No, they are two").click()
    expect(page.get_by_text("Your last answer:")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name="Merge them").click()
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("heading", name="You have skipped all that is left")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("heading", name="Are these 2 reports about another event?")).to_be_visible()
    states = [Doubt.objects.get(pk=doubt.pk).state for doubt in rows]
    assert states == [DoubtState.DONE, DoubtState.OPEN, DoubtState.DONE]
    page.get_by_role("link", name="Decided", exact=True).click()
    expect(page.get_by_text("Moved from")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [*VARIANTS, (768, "light")])
def test_the_queue_keeps_nobody_out(desk, width, scheme):
    now = timezone.now()
    rows = [queued.doubt(kind, n, now, priority=20.0 - n) for n, kind in enumerate(Ask)]
    page = desk(width, scheme)
    base = page.url.partition("/admin/")[0]
    wrong = []
    for doubt in rows:
        page.goto(f"{base}{QUEUE}?at={doubt.pk}")
        stands(page, doubt)
        wrong += look(page)
    page.keyboard.press("?") if width > 640 else page.get_by_role("button", name="Keyboard").click()
    wrong += look(page)
    page.keyboard.press("Escape")
    service.dismiss(rows[0], factories.editor(first_name="Bo"), "Two towns.", now)
    for address in (f"?at={rows[0].pk}", f"?after={rows[-1].pk}", "decided/", "?kind=merge"):
        page.goto(f"{base}{QUEUE}{address}")
        wrong += look(page)
    assert wrong == []
