"""Curating in a real Chromium: the demo world is merged, split, moved and put back, and no later run takes it away.

After each step the page, the old address, the follow and the alerts are as they must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from stories import pipeline
from stories.models import AlertPart, Article, Edit, Follow, Override, Stage, Story, User, Wake
from stories.nlp.findings import Role
from stories.selectors.following import leading
from stories.services import curation, demo, overriding, undoing
from stories.services.acts import By
from tests import factories, followed
from tests.browser import curated
from tests.browser.test_accounts_browser import press
from tests.browser.test_demo import carry_through, elsewhere
from tests.browser.test_pages import VARIANTS, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EDITOR = "editor@isles.example"


@pytest.fixture
def editor(browser, transactional_db):
    return factories.editor(email=EDITOR, first_name="Ada", last_name="Quill")


@pytest.fixture
def demo_world(editor, live_server, settings):
    """The demo world, polled and carried through every step."""
    settings.DEMO_WORLD = True
    settings.PUBLIC_URL = live_server.url
    settings.FETCH_ALLOW = (urlsplit(live_server.url).netloc.replace("localhost", "127.0.0.1"),)
    demo.start(timezone.now() - timedelta(minutes=3))
    elsewhere(carry_through)
    elsewhere(settle)


def settle() -> None:
    """What is waiting is traced, stories that have grown are looked at, until all is quiet."""
    while any(pipeline.advance(name, timezone.now).claimed for name in ("group", "trace")) or pipeline.look_again(
        timezone.now
    ):
        pass


def tell() -> None:
    """Tell people of all that was noted, twice over."""
    for seconds in (10, 20):
        while pipeline.tell(lambda: timezone.now() + timedelta(seconds=seconds)).more:  # noqa: B023
            pass


def run_all_again() -> None:
    """Every story is looked at and traced again, with every article of it."""
    Article.objects.filter(story__isnull=False).update(stage=Stage.GROUPED, lease_until=None, lease_token=None)
    Story.objects.update(revision=F("revision") + 1, looked_revision=0)
    settle()


def decided() -> dict[str, object]:
    """All that editors decide by what they do: where reports are, titles, overrides, addresses."""
    return {
        "where": dict(Article.objects.values_list("pk", "story")),
        "stories": list(Story.objects.order_by("pk").values_list("pk", "title", "slug", "merged_into", "named")),
        "overrides": list(Override.objects.order_by("pk").values_list("article", "what", "about", "value")),
    }


def story_of(words: str) -> Story:
    return Article.objects.filter(title__contains=words).order_by("pk").first().story


def members(story: Story) -> set[int]:
    return set(Article.objects.filter(story=story).values_list("pk", flat=True))


def told(user) -> list[str]:
    """Of merges and splits what a person was told, in its order."""
    parts = AlertPart.objects.filter(user=user, notice__wake__in=(Wake.MERGED, Wake.SPLIT))
    return list(parts.order_by("pk").values_list("notice__wake", flat=True))


def leads_to(visit, story: Story) -> str:
    """Where an address of a story leads a reader who was never there; the page's words are read on the way."""
    one = visit()
    page = one.open(story.get_absolute_url())
    expect(page.locator("main h1")).to_be_visible()
    return urlsplit(page.url).path


def undo(one, edit: Edit) -> None:
    page = one.open(f"/admin/stories/edit/{edit.pk}/undo/")
    page.locator("#content form[method=post] button").last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


@dataclass
class Scene:
    """Five stories with their reports at the beginning, and who follows them: the first ferry, the second, the train."""

    imrie: Story
    thistle: Story
    night: Story
    court: Story
    bank: Story
    first: User
    second: User
    third: User
    follow: Follow

    def __post_init__(self) -> None:
        stories = (self.imrie, self.thistle, self.night, self.court, self.bank)
        self.begin = {story.pk: members(story) for story in stories}
        assert len(self.begin) == 5

    def after(self, first: list[str], second: list[str], third: list[str], step=settle) -> None:
        """All that waits is done and told; the three were told this and nothing twice."""
        elsewhere(step)
        elsewhere(tell)
        self.follow.refresh_from_db()
        assert [told(self.first), told(self.second), told(self.third)] == [first, second, third]


@pytest.fixture
def scene(demo_world, editor):
    night, thistle = story_of("Ministry knew of"), story_of("Thistle Ness loses steering")
    imrie = story_of("Lady Imrie aground")
    first, second, third = (factories.user() for _ in range(3))
    followed.follow(first, imrie, now=timezone.now())
    follow = followed.follow(second, thistle, now=timezone.now())
    followed.follow(third, night, now=timezone.now())
    overriding.set_role(night.articles.order_by("pk").first(), Role.MIXED, By.person(editor), timezone.now())
    elsewhere(settle)
    return Scene(
        imrie=imrie,
        thistle=thistle,
        night=night,
        court=story_of("constitutional court"),
        bank=story_of("verdraft"),
        first=first,
        second=second,
        third=third,
        follow=follow,
    )


def test_the_demo_world_is_curated_and_put_back_and_stays_so(visit, scene, editor):
    one = visit()
    sign_in(one.page, one.base, EDITOR)
    first = decided()
    imrie, thistle, night, court, bank = scene.imrie, scene.thistle, scene.night, scene.court, scene.bank
    begin = scene.begin

    merge(one, imrie, thistle)
    scene.after([Wake.MERGED], [Wake.MERGED], [])
    assert members(imrie) == begin[imrie.pk] | begin[thistle.pk]
    assert leads_to(visit, thistle) == imrie.get_absolute_url()
    assert leading(scene.follow.story) == imrie
    assert "Thistle Ness loses steering" in one.open(imrie.get_absolute_url()).locator("main").inner_text()

    going = sorted(begin[night.pk])[-3:]
    new = split(one, night, going)
    scene.after([Wake.MERGED], [Wake.MERGED], [Wake.SPLIT])
    assert (members(new), members(night)) == (set(going), begin[night.pk] - set(going))
    assert leads_to(visit, new) == Story.objects.get(pk=new.pk).get_absolute_url()
    assert leads_to(visit, night) == night.get_absolute_url()

    moved = sorted(begin[court.pk])[-1]
    move(one, court, moved, bank)
    scene.after([Wake.MERGED], [Wake.MERGED], [Wake.SPLIT])
    assert members(bank) == begin[bank.pk] | {moved}
    title = Article.objects.get(pk=moved).title
    assert title in one.open(bank.get_absolute_url()).locator("main").inner_text()
    assert title not in one.open(court.get_absolute_url()).locator("main").inner_text()

    standing = decided()
    scene.after([Wake.MERGED], [Wake.MERGED], [Wake.SPLIT], run_all_again)
    assert decided() == standing, "no run takes an editor's work back"

    for edit in Edit.objects.filter(act__in=("merge", "split", "move"), user=editor).order_by("-pk"):
        undo(one, edit)
    # The end of a merge is a split of what was one, told on both sides; a split or a move taken back is no news.
    scene.after([Wake.MERGED, Wake.SPLIT], [Wake.MERGED, Wake.SPLIT], [Wake.SPLIT])
    assert {pk: members(Story(pk=pk)) for pk in begin} == begin
    assert leads_to(visit, thistle) == thistle.get_absolute_url()
    assert leads_to(visit, new) == night.get_absolute_url(), "the address of what is no more still answers"
    assert leading(scene.follow.story) == thistle

    last = decided()
    scene.after([Wake.MERGED, Wake.SPLIT], [Wake.MERGED, Wake.SPLIT], [Wake.SPLIT], run_all_again)
    assert decided() == last
    # But for the address of what was split off, all is as it was before anybody did anything.
    assert [row for row in last["stories"] if row[0] != new.pk] == first["stories"]
    assert (last["where"], last["overrides"]) == (first["where"], first["overrides"])


def test_a_browser_that_followed_a_merge_finds_the_story_again_after_its_undo(visit, editor):
    story, other = factories.story(), factories.story()
    one = visit()
    edit = curation.merge(story, other, By.person(editor), timezone.now())
    assert urlsplit(one.open(other.get_absolute_url()).url).path == story.get_absolute_url()
    undoing.undo(edit, By.person(editor), timezone.now())
    assert urlsplit(one.open(other.get_absolute_url()).url).path == other.get_absolute_url()


def merge(one, story: Story, other: Story) -> None:
    """From the desk: find the other by its words, see both as one, merge."""
    page = one.open(f"/admin/stories/story/{story.pk}/change/")
    page.get_by_role("link", name="Merge with another story").click()
    page.get_by_role("searchbox").fill(" ".join(other.title.split()[:3]))
    page.locator(f"#found .hit[value='{other.pk}']").click()
    expect(page.locator(".shapes")).to_be_visible()
    page.get_by_label("Note").fill("Two ferries, one night")
    press(page, "Merge them")
    expect(page.locator(".messagelist")).to_contain_text("is now part of")


def split(one, story: Story, going: list[int]) -> Story:
    """From the desk, by keyboard alone: choose some reports and split them off; the story that they become."""
    page = one.open(f"/admin/stories/story/{story.pk}/change/")
    for pk in going:
        page.locator(f"#c{pk}").focus()
        page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("3 reports chosen")
    page.keyboard.press("s")
    button = page.get_by_role("button", name="Split the 3 off")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Split 3 reports off")
    return Edit.objects.get(act="split", story=story).other


def move(one, story: Story, article: int, to: Story) -> None:
    """From the desk: choose a report, name the other story by its address, move."""
    page = one.open(f"/admin/stories/story/{story.pk}/change/")
    page.locator(f"#c{article}").check()
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("searchbox").fill(to.get_absolute_url())
    page.get_by_role("button", name="Find").click()
    press(page, "Move it")
    expect(page.locator(".messagelist")).to_contain_text("Moved one report")


@pytest.mark.parametrize(("width", "scheme"), [*VARIANTS, (768, "light")])
def test_the_pages_look_right(visit, editor, width, scheme):
    story, other = curated.build(editor, timezone.now())
    rows = list(story.articles.order_by("reported_at", "pk").values_list("pk", flat=True))
    base = f"/admin/stories/story/{story.pk}"
    chosen = ",".join(map(str, rows[10:14]))
    addresses = [
        "change/",
        f"act/merge/?other={other.pk}",
        "act/merge/?q=aide",
        f"act/split/?chosen={chosen}",
        f"act/move/?chosen={chosen}&other={other.pk}",
        f"act/remove/?chosen={chosen}",
        "act/split/",
        "act/title/",
        "act/lead/",
        "act/add/",
        "act/lock/",
    ]
    one = visit(width, scheme)
    sign_in(one.page, one.base, EDITOR)
    assert [fault for address in addresses for fault in look(one.open(f"{base}/{address}"))] == []


def test_keys_choose_and_tell_what_they_do(visit, editor):
    story, _other = curated.build(editor, timezone.now())
    one = visit()
    sign_in(one.page, one.base, EDITOR)
    page = one.open(f"/admin/stories/story/{story.pk}/change/")
    for key in ("j", "x", "j", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text("4 reports chosen")
    page.locator("[data-step]").nth(6).click(modifiers=["Shift"])
    expect(page.locator("[data-count]")).to_have_text("7 reports chosen")
    page.keyboard.press("u")
    expect(page.locator("[data-step]:checked")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_text("choose all up to it")).to_be_visible()
    page.get_by_label("Single keys work").uncheck()
    page.locator("[data-step]").first.focus()
    page.keyboard.press("x")
    expect(page.locator("[data-step]:checked")).to_have_count(0)
    # Whoever types writes letters.
    page.get_by_label("Single keys work").check()
    page.locator("#id_title").press("x")
    assert page.url.endswith("/change/")


def test_a_fold_brings_its_reports_when_it_is_opened(visit, editor, monkeypatch):
    monkeypatch.setattr("stories.selectors.desk.PAGE", 20)
    story, _other = curated.build(editor, timezone.now())
    one = visit()
    sign_in(one.page, one.base, EDITOR)
    page = one.open(f"/admin/stories/story/{story.pk}/change/")
    page.locator("[data-step]").first.check()
    page.locator(".fold").nth(2).locator("summary").click()
    expect(page.locator("[data-step]")).to_have_count(40)
    page.locator(".fold").nth(2).locator("[data-step]").first.check()
    expect(page.locator("[data-count]")).to_have_text("2 reports chosen")
    page.locator("[data-step]").nth(19).check()
    page.locator("[data-step]").nth(22).click(modifiers=["Shift"])
    expect(page.locator("[data-count]")).to_have_text("5 reports chosen")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Split the 5 off")).to_be_visible()
    # A link to a report on another page leads there.
    one.open(f"/admin/stories/story/{story.pk}/change/?page=3")
    expect(page.locator(".fold[open]")).to_contain_text("Reports 41 to 60")


def test_all_is_done_without_script(visit, editor):
    story, other = curated.build(editor, timezone.now())
    one = visit(script=False)
    sign_in(one.page, one.base, EDITOR)
    page = one.open(f"/admin/stories/story/{story.pk}/change/")
    page.locator("[data-step]").nth(2).check()
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_role("searchbox").fill("chief aide")
    page.get_by_role("button", name="Find").click()
    page.locator(f".hit[value='{other.pk}']").click()
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(".messagelist")).to_contain_text("Moved one report")
    page.locator("#id_locked").uncheck()
    page.get_by_role("button", name="Save what I changed").click()
    expect(page.locator(".messagelist")).to_contain_text("The story is unlocked")
