"""A story's page at the desk: what it shows, the form of the story as a whole, and how two editors meet in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Act, Correction, Doubt, DoubtState, Edit, Objection, Override, Story, Tie
from stories.services import curation, marking, objections
from stories.services.acts import By
from stories.services.objections import Reader
from tests import factories, followed, stories_traced
from tests.steps import curating

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return factories.editor(first_name="Anna", last_name="Berg")


@pytest.fixture
def desk(client, anna):
    client.force_login(anna)
    # The first request of a session is noted in the list of sessions.
    client.get(reverse("admin:index"))
    return client


@pytest.fixture
def story():
    return curating.story_of(timezone.now() - timedelta(hours=5), 3, title="Ferry aground off Skarv")[0]


def page_of(client, story, status=200, **query):
    response = client.get(reverse("admin:stories_story_change", args=[story.pk]), query)
    assert response.status_code == status
    return response.content.decode()


def save(client, story, page, status=302, **changed):
    """Send the form of the story as a whole as `page` has it, but for what was changed."""
    form = page.context["form"]
    typed = {name: form[name].value() for name in ("title", "lead", "locked", "pinned", "hidden", "closing", "seen")}
    was = {f"was-{name}": value for name, value in page.context["was"].items()}
    sent = {name: value for name, value in (typed | changed).items() if value not in (None, False)} | was
    response = client.post(reverse("admin:stories_story_act", args=[story.pk, "whole"]), sent)
    assert response.status_code == status
    return response


def shown(client, story):
    return client.get(reverse("admin:stories_story_change", args=[story.pk]))


def test_it_tells_of_a_traced_story_with_its_origins_and_credits(desk):
    story = stories_traced.traced(stories_traced.forty())
    followed.follow(factories.user(), story)
    text = page_of(desk, story)
    assert "40 reports" in text
    assert "independent origin" in text
    assert "one person follows it" in text
    assert "credits" in text
    assert "article text not available" in text.lower()


def test_each_report_says_why_it_is_here_and_what_an_editor_corrected(desk, story, anna, now):
    _other, (moved, *_) = curating.story_of(timezone.now(), 3, title="Storm over Skarv")
    curation.move([moved], story, By.person(anna, "Same <b>ferry</b>"), now)
    first, second, third = story.articles.exclude(pk=moved).order_by("reported_at")[:3]
    third.story_score, third.story_reasons = (
        0.17,
        ["the nearest story is not near enough (17 %)", "shared names: Skarv"],
    )
    third.save()
    first.story_score, first.story_reasons = 0.88, ["88 % sure", "5 shared names"]
    first.save()
    Override.objects.create(
        article=second, what=Correction.ROLE, value={"role": "original"}, edit=factories.edit(story, Act.ROLE)
    )
    text = page_of(desk, story)
    for words in (
        "Put here by Anna Berg",
        "Same &lt;b&gt;ferry",
        "88\u00a0% sure",
        "5 shared names",
        "corrected by an",
        "It founded the story: the nearest story is not near enough (17 %); shared names: Skarv",
    ):
        assert words in text, words
    assert "likely" not in text, "nobody asked how likely it is that a report belongs to the story that it founded"


def test_questions_objections_ties_and_edits_stand_beside(desk, story, anna, now):
    other, _pks = curating.story_of(timezone.now(), 2, title="Storm over Skarv")
    factories.doubt(story, other=other, probability=0.71)
    split = factories.doubt(story, Act.SPLIT, articles=[story.headline_of_id])
    for sender in ("one", "two"):
        Objection.objects.create(story=story, article=story.headline_of, sender=sender, at=now)
    factories.link(other, story, kind=Tie.RELATED)
    marking.lock(story, By.person(anna), now)
    text = page_of(desk, story)
    for words in ("Are these one story?", "2 readers say", "Storm over Skarv", "locked", f"?doubt={split.pk}"):
        assert words in text, words
    assert reverse("admin:stories_edit_undo", args=[Edit.objects.get(act=Act.LOCK).pk]) in text


def test_readers_words_stand_once_and_only_while_they_wait(desk, story, now):
    for number in range(2):
        objections.take(story, story.headline_of_id, Reader(f"203.0.{number}.7"), now)
    question = Doubt.objects.get()
    text = page_of(desk, story)
    assert "2 readers say that" in text
    assert reverse("admin:stories_doubt_decide", args=[question.pk]) in text
    assert question.reasons[0] not in text, "said once"
    assert "50\u00a0%" not in text, "nobody has measured how probable it is that readers are right"
    question.state = DoubtState.DISMISSED
    question.save()
    assert "readers say" not in page_of(desk, story)


def test_a_merged_story_says_into_which(desk, story, anna, now):
    other, _ = curating.story_of(timezone.now(), 2, title="Storm over Skarv")
    curation.merge(other, story, By.person(anna), now)
    text = page_of(desk, story)
    assert "has been merged into another" in text
    assert reverse("admin:stories_story_change", args=[other.pk]) in text


def test_a_title_of_an_editors_stands_beside_the_programs_headline(desk, story, anna, now):
    marking.rename(story, "The ferry and the storm", By.person(anna), now)
    text = page_of(desk, story)
    assert "The ferry and the storm" in text
    assert story.headline_of.title in text
    assert "An editor’s title" in text


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "12x"])
def test_what_is_no_story_is_not_found(desk, number):
    assert desk.get(f"/admin/stories/story/{number}/change/").status_code == 404


def test_only_editors_come_in_and_nothing_is_typed_over(client, desk, story, reader_client):
    url = reverse("admin:stories_story_change", args=[story.pk])
    assert reader_client.get(url).status_code == 302
    assert reader_client.get(reverse("admin:stories_story_act", args=[story.pk, "merge"])).status_code == 302
    assert desk.post(url, {"title": "Mine"}).status_code == 405
    assert desk.get(reverse("admin:stories_story_act", args=[story.pk, "explode"])).status_code == 404


def test_a_long_story_is_folded_and_costs_no_more_queries(desk, django_assert_max_num_queries):
    outlet = factories.outlet()
    start = timezone.now() - timedelta(days=1)
    rows = [factories.article(outlet=outlet, first_seen_at=start + timedelta(minutes=n)) for n in range(240)]
    story = factories.story(rows)
    with django_assert_max_num_queries(24):
        text = page_of(desk, story)
    assert text.count('class="fold"') == 3
    assert text.count('name="chosen"') == 100
    last = page_of(desk, story, page=3)
    assert last.count('name="chosen"') == 40
    assert f'id="a{rows[-1].pk}"' in last
    # A fold that is opened asks for its rows alone.
    url = reverse("admin:stories_story_change", args=[story.pk])
    part = desk.get(url, {"page": 2}, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith("<ol")
    assert part.count('name="chosen"') == 100
    for page in ("0", "99", "x", "9" * 20):
        page_of(desk, story, page=page)


def test_the_form_does_only_what_was_changed_each_as_an_edit(desk, story):
    page = shown(desk, story)
    lead = story.articles.order_by("pk").last().pk
    save(desk, story, page, title="The ferry", lead=lead, locked="on", note="All at once")
    story.refresh_from_db()
    assert (story.named, story.lead_id, story.locked, story.pinned_at) == ("The ferry", lead, True, None)
    assert set(Edit.objects.values_list("act", "note")) == {
        (act, "All at once") for act in (Act.RENAME, Act.LEAD, Act.LOCK)
    }
    said = [str(message) for message in shown(desk, story).context["messages"]]
    assert sum("Undo" in one for one in said) == 3


def test_a_form_sent_as_it_was_changes_nothing(desk, story):
    save(desk, story, shown(desk, story))
    assert not Edit.objects.exists()


def test_what_another_editor_changed_meanwhile_is_kept(desk, story, now):
    page = shown(desk, story)
    marking.lock(story, By.person(factories.editor()), now)
    save(desk, story, page, title="The ferry")
    story.refresh_from_db()
    assert (story.named, story.locked) == ("The ferry", True)


def test_what_both_changed_is_told_at_the_field_and_nothing_is_lost(desk, story, now):
    page = shown(desk, story)
    marking.rename(story, "The storm", By.person(factories.editor(first_name="Bo", last_name="Lind"), "Better"), now)
    answer = save(desk, story, page, status=409, title="The ferry", pinned="on", note="Mine")
    text = answer.content.decode()
    assert "Bo Lind has changed the same" in text
    assert "The storm" in text
    assert "The ferry" in text
    assert "Mine" in text
    assert set(answer.context["wrong"]) == {"title"}
    story.refresh_from_db()
    assert (story.named, story.pinned_at) == ("The storm", None)
    # Sent again as it stands, it is done all the same.
    save(desk, story, answer)
    story.refresh_from_db()
    assert story.named == "The ferry"
    assert story.pinned_at is not None


def test_what_both_changed_alike_is_no_clash(desk, story, now):
    page = shown(desk, story)
    marking.lock(story, By.person(factories.editor()), now)
    save(desk, story, page, locked="on")
    assert Edit.objects.count() == 1


def test_bad_input_is_told_at_its_field(desk, story):
    page = shown(desk, story)
    assert "at most 500" in save(desk, story, page, status=422, title="x" * 501).content.decode()
    save(desk, story, page, status=422, lead="nobody")
    assert "not in the story" in save(desk, story, page, status=409, lead=factories.article().pk).content.decode()
    save(desk, story, page, title="The\x00 ferry")
    assert Story.objects.get(pk=story.pk).named == "The ferry"
