"""Acts on a story from the desk: what their pages show before, what they do, and what they say where they are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Act, Article, Edit, Outlet, Story, Tie, Wake
from stories.selectors import previews
from stories.services import curation, marking
from stories.services.acts import By
from tests import factories, followed, stories_traced
from tests.steps import curating
from tests.views.test_story_desk import anna, desk

__all__ = ["anna", "desk"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """Two stories of three reports, and their reports' numbers."""
    at = timezone.now() - timedelta(hours=5)
    one, here = curating.story_of(at, 3, title="Ferry aground off Skarv")
    two, there = curating.story_of(at - timedelta(hours=1), 3, title="Storm over Skarv")
    return one, two, here, there


def address(story, act):
    return reverse("admin:stories_story_act", args=[story.pk, act])


def ask(client, story, act, status=200, **data):
    """What the page of an act shows for this choice."""
    response = client.post(address(story, act), data)
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


def do(client, story, act, page, status=302, **data):
    """Press the button of an act on a page that shows it."""
    sent = {"do": "1", "seen": page.context["form"]["seen"].value() or ""}
    if "asked" in page.context:
        sent["previewed"] = page.context["asked"].previewed
    response = client.post(address(story, act), sent | data)
    assert response.status_code == status, response.content.decode()[-3000:]
    return response


def test_merge_shows_both_as_one_and_does_it(desk, pair):
    one, two, _here, _there = pair
    followed.follow(factories.user(), two, now=timezone.now() - timedelta(hours=3))
    page = ask(desk, one, "merge", other=two.pk)
    preview = page.context["preview"]
    assert [len(shape.reports) for shape in preview.columns] == [3, 3, 6]
    assert preview.after[0].new_first
    assert [shape.people for shape in preview.columns] == [0, 1, 1]
    assert preview.told == 1
    text = page.content.decode()
    assert "One person</b> is told" in text
    answer = do(desk, one, "merge", page, other=two.pk, note="One boat")
    assert answer.url == reverse("admin:stories_story_change", args=[one.pk])
    edit = Edit.objects.get(act=Act.MERGE)
    assert (edit.story, edit.other, edit.note, edit.by) == (one, two, "One boat", "Anna Berg")
    message = str(next(iter(desk.get(answer.url).context["messages"])))
    assert reverse("admin:stories_edit_undo", args=[edit.pk]) in message


def test_a_preview_says_why_nobody_is_told(desk, pair, anna, now):
    one, two, *_ = pair
    assert "Nobody is alerted: nobody follows it." in ask(desk, one, "merge", other=two.pk).content.decode()
    follow = followed.follow(factories.user(), two, now=timezone.now() - timedelta(hours=3))
    type(follow).objects.update(wakes=[Wake.DENIED])
    said = "Nobody is alerted: none of those who follow it has asked for that."
    assert said in ask(desk, one, "merge", other=two.pk).content.decode()
    marking.hide(one, By.person(anna), now)
    assert "Nobody is alerted: it is hidden." in ask(desk, one, "merge", other=two.pk).content.decode()


def test_which_address_is_kept_can_be_swapped(desk, pair):
    one, two, *_ = pair
    page = ask(desk, one, "merge", other=two.pk, keep="other")
    assert page.context["preview"].after[0].story == two
    answer = do(desk, one, "merge", page, other=two.pk, keep="other")
    assert answer.url == reverse("admin:stories_story_change", args=[two.pk])
    one.refresh_from_db()
    assert one.merged_into == two


@pytest.mark.parametrize("form", ["{pk}", "#{pk}", "/story/{pk}/any/", "https://news.example/story/{pk}/any/?at=2#x"])
def test_the_other_story_is_named_by_number_or_address(desk, pair, form):
    one, two, *_ = pair
    said = form.format(pk=two.pk)
    assert ask(desk, one, "merge", q=said).context["asked"].other == two
    assert ask(desk, one, "merge", other=said).context["asked"].other == two


def test_the_other_story_is_found_by_words_and_by_what_is_near(desk, pair):
    one, two, *_ = pair
    factories.link(two, one, kind=Tie.RELATED)
    near = factories.story(title="Far away")
    factories.doubt(one, other=near, probability=0.7)
    found = ask(desk, one, "merge", q="skarv storm").context
    assert [story.pk for story in found["found"]] == [two.pk]
    likely = ask(desk, one, "merge").context["likely"]
    assert [(row.story.pk, row.asked) for row in likely] == [(near.pk, True), (two.pk, False)]
    assert "no other story" in ask(desk, one, "merge", q=str(one.pk)).content.decode()
    assert "No story has these words" in ask(desk, one, "merge", q="zebra").content.decode()
    # While a number is typed it is looked up and not taken.
    live = desk.get(address(one, "merge"), {"q": str(two.pk)}, headers={"HX-Request": "true"})
    assert [story.pk for story in live.context["found"]] == [two.pk]


def test_a_story_that_was_merged_stands_for_the_one_it_leads_to(desk, pair, anna, now):
    one, two, *_ = pair
    three, _pks = curating.story_of(now, 2)
    curation.merge(two, three, By.person(anna), now)
    assert ask(desk, one, "merge", other=three.pk).context["asked"].other == two


def test_split_previews_both_and_does_what_was_chosen(desk, pair):
    one, _two, here, _there = pair
    followed.follow(factories.user(), one, now=timezone.now() - timedelta(hours=3))
    page = ask(desk, one, "split", chosen=here[:1])
    preview = page.context["preview"]
    assert [len(shape.reports) for shape in preview.columns] == [3, 2, 1]
    assert (preview.after[0].new_first, preview.after[1].story, preview.told) == (True, None, 1)
    do(desk, one, "split", page, chosen=here[:1])
    new = Edit.objects.get(act=Act.SPLIT).other
    assert curating.members(new) == set(here[:1])
    assert curating.members(one) == set(here[1:])


def test_another_choice_than_was_previewed_is_previewed_first(desk, pair):
    one, _two, here, _there = pair
    page = ask(desk, one, "split", chosen=here[:1])
    again = do(desk, one, "split", page, status=422, chosen=here[:2], note="Typed")
    assert "chosen otherwise" in again.content.decode()
    assert "Typed" in again.content.decode()
    assert not Edit.objects.exists()
    do(desk, one, "split", again, chosen=here[:2])
    assert curating.members(one) == {here[2]}


def test_the_programs_proposal_can_be_taken(desk, pair):
    one, _two, here, _there = pair
    doubt = factories.doubt(one, Act.SPLIT, articles=here[1:])
    assert f"?doubt={doubt.pk}" in ask(desk, one, "split").content.decode()
    page = desk.get(address(one, "split"), {"doubt": doubt.pk})
    assert set(page.context["asked"].chosen) == set(here[1:])
    assert [row.pk for row in page.context["preview"].lapsing] == [doubt.pk]


def test_move_shows_both_stories_and_that_nobody_is_alerted(desk, pair):
    one, two, here, there = pair
    page = ask(desk, one, "move", chosen=here[:1])
    assert page.context["preview"] is None
    page = ask(desk, one, "move", chosen=str(here[0]), other=two.pk)
    assert [len(shape.reports) for shape in page.context["preview"].columns] == [3, 3, 2, 4]
    assert "Nobody is alerted of a move" in page.content.decode()
    do(desk, one, "move", page, chosen=here[:1], other=two.pk)
    assert curating.members(two) == {*there, here[0]}


def test_remove_gives_each_a_story_of_its_own(desk, pair):
    one, _two, here, _there = pair
    page = ask(desk, one, "remove", chosen=here[:2])
    do(desk, one, "remove", page, chosen=here[:2])
    assert curating.members(one) == {here[2]}
    homes = set(Article.objects.filter(pk__in=here[:2]).values_list("story_id", flat=True))
    assert len(homes) == 2


def test_what_editors_said_and_the_act_overrides_is_named(desk, pair, anna, now):
    one, two, here, there = pair
    bo = By.person(factories.editor(first_name="Bo", last_name="Lind"), "Two boats")
    curation.apart(here[0], there[0], bo, now)
    curation.together(here[0], here[1], bo, now)
    marking.lock(two, bo, now)
    marking.rename(two, "The storm", bo, now)
    preview = ask(desk, one, "merge", other=two.pk)
    text = preview.content.decode()
    assert "Bo Lind kept these apart" in text
    assert "Two boats" in text
    assert {edit.act for edit in preview.context["preview"].said} == {Act.LOCK, Act.RENAME}
    assert "Bo Lind kept these together" in ask(desk, one, "split", chosen=here[:1]).content.decode()
    # What leaves together tears nothing.
    assert not ask(desk, one, "split", chosen=here[:2]).context["preview"].turned


def test_origins_are_reckoned_before_and_after(desk):
    one = stories_traced.traced(stories_traced.forty(straggler=False))
    preview = ask(desk, one, "split", chosen=list(one.articles.values_list("pk", flat=True)[:5])).context["preview"]
    assert preview.before[0].origins == (one.provenance.least, one.provenance.most)
    assert all(shape.origins is not None for shape in preview.after)


def test_too_many_reports_are_said_to_be_too_many(desk, pair, monkeypatch):
    monkeypatch.setattr("stories.selectors.shapes.MOST", 4)
    one, two, *_ = pair
    page = ask(desk, one, "merge", other=two.pk)
    assert page.context["preview"].after[0].origins is None
    assert "reckoned after the act" in page.content.decode()


def test_what_cannot_be_is_said_before_it_is_tried(desk, pair):
    one, two, here, _there = pair
    Story.objects.filter(pk=two.pk).update(lang="ru")
    page = ask(desk, one, "merge", other=two.pk)
    assert page.context["preview"].against.languages
    assert "different languages" in page.content.decode()
    assert 'name="do"' not in page.content.decode()
    Story.objects.filter(pk=two.pk).update(lang="", demo=True)
    against = ask(desk, one, "merge", other=two.pk).context["preview"].against
    assert (against.unknown_language, against.worlds) == (True, True)
    assert "no report in the story" in ask(desk, one, "split", chosen=here).content.decode()
    assert "no longer in the story" in ask(desk, one, "split", chosen=[here[0], 987654]).content.decode()


def test_a_clash_says_who_did_what_and_keeps_what_was_typed(desk, pair, now):
    one, two, here, _there = pair
    page = ask(desk, one, "split", chosen=here[:1])
    bo = By.person(factories.editor(first_name="Bo", last_name="Lind"), "Elsewhere")
    edit = curation.move(here[:1], two, bo, now)
    answer = do(desk, one, "split", page, status=422, chosen=here[:1], note="Mine")
    assert "Not all of these reports" in answer.content.decode()
    page = ask(desk, one, "move", chosen=here[1:2], other=two.pk)
    moved = curation.move(here[1:2], two, bo, now)
    curation.move(here[1:2], one, bo, now)
    answer = do(desk, one, "move", page, status=409, chosen=here[1:2], other=two.pk, note="Mine")
    text = answer.content.decode()
    assert "Bo Lind has changed the same" in text
    assert "Elsewhere" in text
    assert "Mine" in text
    assert reverse("admin:stories_edit_undo", args=[moved.pk]) in text
    # With what is there now before their eyes, they may do it all the same.
    do(desk, one, "move", answer, chosen=here[1:2], other=two.pk)
    assert edit.moves


@pytest.mark.parametrize("act", ["lock", "pin", "hide", "close", "reopen"])
def test_a_mark_is_set_by_its_page_once(desk, pair, act):
    one, *_ = pair
    page = desk.get(address(one, act))
    assert page.status_code == 200
    do(desk, one, act, page, note="So")
    edit = Edit.objects.get()
    assert (edit.act, edit.note, edit.by) == (act, "So", "Anna Berg")
    refused = do(desk, one, act, desk.get(address(one, act)), status=422, note="Again")
    assert "already" in refused.content.decode()
    assert "Again" in refused.content.decode()


@pytest.mark.parametrize(("on", "off"), [("lock", "unlock"), ("pin", "unpin"), ("hide", "show")])
def test_a_mark_is_taken_away_again(desk, pair, on, off):
    one, *_ = pair
    for act in (on, off):
        do(desk, one, act, desk.get(address(one, act)))
    one.refresh_from_db()
    assert not (one.locked or one.hidden or one.pinned_at)


def test_title_and_lead_have_pages_of_their_own(desk, pair):
    one, _two, here, _there = pair
    do(desk, one, "title", desk.get(address(one, "title")), title="The ferry")
    page = ask(desk, one, "lead", chosen=here[2])
    assert page.context["lead"] == here[2]
    do(desk, one, "lead", page, lead=here[2])
    one.refresh_from_db()
    assert (one.named, one.lead_id) == ("The ferry", here[2])


def test_a_report_is_added_by_its_address(desk, pair):
    one, *_ = pair
    factories.outlet(name="Coast Wire", domains=["coast.example"])
    page = desk.get(address(one, "add"))
    wrong = do(desk, one, "add", page, status=422, url="no address", title="Kept")
    assert "no address of a page" in wrong.content.decode()
    assert "Kept" in wrong.content.decode()
    assert "Give the address" in do(desk, one, "add", page, status=422, url="").content.decode()
    do(desk, one, "add", page, url="https://coast.example/2026/ferry", title="Ferry aground")
    added = Article.objects.get(title="Ferry aground")
    assert (added.story, added.outlet) == (one, Outlet.objects.get(name="Coast Wire"))


def test_acts_on_a_merged_story_lead_to_where_it_went(desk, pair, anna, now):
    one, two, _here, _there = pair
    curation.merge(two, one, By.person(anna), now)
    for act in ("merge", "split", "lock", "add"):
        assert desk.get(address(one, act)).url == reverse("admin:stories_story_change", args=[one.pk])


def test_nonsense_is_no_fault(desk, pair):
    one, *_ = pair
    for data in ({"chosen": "x"}, {"chosen": "9" * 40}, {"other": "-1"}, {"doubt": "9" * 40}, {"q": "\x00"}):
        for act in ("merge", "split", "move", "remove", "lead"):
            assert desk.post(address(one, act), data).status_code == 200
    assert do(desk, one, "lock", desk.get(address(one, "lock")), seen="rubbish").status_code == 302
    long = desk.post(address(one, "unlock"), {"do": "1", "note": "x" * 2001})
    assert long.status_code == 422
    assert "x" * 2001 in long.content.decode()


def test_a_preview_costs_a_bounded_number_of_queries(desk, pair, django_assert_max_num_queries):
    one, two, _here, _there = pair
    with django_assert_max_num_queries(40):
        previews.merge(Story.objects.get(pk=one.pk), Story.objects.get(pk=two.pk), timezone.now())
