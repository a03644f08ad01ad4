"""Readers' objections: once each, collected into one question, bounded, and nobody can tell who they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Act, Ask, Doubt, DoubtState, Objection, Story
from stories.services import curation, doubts, objections, questions
from stories.services.acts import By
from stories.services.objections import Reader, Refused
from tests import factories
from tests.steps.curating import members, story_of

pytestmark = pytest.mark.django_db
HERE = Reader("203.0.113.7")


def networks(count):
    return [Reader(f"198.51.100.{number}") for number in range(count)]


@pytest.fixture
def user(db):
    return factories.editor(email="anna@isles.example")


def test_a_reader_is_heard_once_for_each_report_and_story(now):
    story, (a, b) = story_of(now, 2)
    assert objections.take(story, a, HERE, now).new
    assert not objections.take(story, a, HERE, now + timedelta(minutes=5)).new
    assert objections.take(story, b, HERE, now).new
    assert objections.take(story, None, HERE, now).new
    assert not objections.take(story, None, HERE, now).new
    assert objections.take(story, a, Reader("203.0.113.8"), now).new
    keys = set(Doubt.objects.values_list("key", flat=True))
    assert keys == {f"reader:{a}:{story.pk}", f"reader:{b}:{story.pk}", f"reader:all:{story.pk}"}


def test_many_readers_make_one_question_that_grows_more_urgent(now):
    story, (a, _) = story_of(now, 2)
    priorities = []
    for reader in networks(4):
        objections.take(story, a, reader, now)
        priorities.append(Doubt.objects.get().priority)
    assert priorities == [pytest.approx(2 * share) for share in (0.5, 0.75, 0.875, 0.9375)]
    doubt = Doubt.objects.get()
    assert (doubt.act, doubt.articles, doubt.objections.count()) == (Ask.READER, [a], 4)
    assert doubt.reasons == ["4 readers say that this report is in the wrong story."]
    assert questions.refresh(now) == questions.Refreshed()


def test_who_objects_can_not_be_told_from_the_row(now, user, settings):
    story, (a, b) = story_of(now, 2)
    tomorrow = now + timedelta(days=1)
    assert HERE.sender(now) == HERE.sender(now + timedelta(minutes=1)) != HERE.sender(tomorrow)
    person = Reader("203.0.113.7", user)
    assert person.sender(now) == Reader("198.51.100.9", user).sender(tomorrow) != HERE.sender(now)
    before = HERE.sender(now)
    settings.SECRET_KEY = "another key, of another server"
    assert HERE.sender(now) != before
    objections.take(story, a, HERE, now)
    objections.take(story, b, person, now)
    row, own = Objection.objects.order_by("pk")
    assert (row.user, own.user) == (None, user)
    assert "203.0.113" not in f"{row.sender}{own.sender}{row.doubt.reasons}"
    user.delete()
    assert Objection.objects.filter(user=None).count() == 2


def test_the_reader_is_right(now, user):
    story, (a, b, c) = story_of(now, 3)
    objections.take(story, c, HERE, now)
    edit = doubts.accept(Doubt.objects.get(), user, "", now)
    assert (edit.act, members(story)) == (Act.REMOVE, {a, b})
    assert Doubt.objects.get().state == DoubtState.DONE


def test_the_reader_is_wrong_and_the_next_hears_that_it_was_looked_at(now, user):
    story, pks = story_of(now, 3)
    objections.take(story, pks[2], HERE, now)
    edit = doubts.dismiss(Doubt.objects.get(), user, "", now)
    assert (edit.act, members(story)) == (Act.TOGETHER, set(pks))
    taken = objections.take(story, pks[2], Reader("203.0.113.8"), now)
    assert (taken.new, taken.answered) == (True, True)
    doubt = Doubt.objects.get()
    assert (doubt.state, doubt.objections.count()) == (DoubtState.DISMISSED, 2)


@pytest.mark.parametrize("answer", [doubts.accept, doubts.dismiss])
def test_a_word_on_the_whole_story_is_only_closed(now, user, answer):
    story, pks = story_of(now, 2)
    objections.take(story, None, HERE, now)
    doubt = Doubt.objects.get()
    assert doubt.reasons == ["A reader says that the story as a whole is wrong."]
    assert answer(doubt, user, "", now) is None
    assert members(story) == set(pks)
    assert Doubt.objects.get().decided_by == user


def test_what_can_not_be_taken_is_said(now, user):
    (story, (a, b)), (other, (c,)) = story_of(now, 2), story_of(now, 1)
    with pytest.raises(Refused, match="not in the story any more"):
        objections.take(story, c, HERE, now)
    with pytest.raises(Refused, match="only report"):
        objections.take(other, c, HERE, now)
    Story.objects.filter(pk=story.pk).update(hidden=True)
    with pytest.raises(Refused, match="hidden"):
        objections.take(Story.objects.get(pk=story.pk), a, HERE, now)
    Story.objects.filter(pk=story.pk).update(hidden=False)
    curation.merge(other, story, By.person(user), now)
    with pytest.raises(Refused, match="part of another") as refused:
        objections.take(Story.objects.get(pk=story.pk), b, HERE, now)
    assert refused.value.leads_to == other
    assert not Objection.objects.exists()


def test_it_is_bounded_for_a_reader_a_question_and_a_day(now, monkeypatch):
    story, pks = story_of(now, 4)
    monkeypatch.setattr(objections, "MOST_A_READER", 2)
    for article in pks[:2]:
        objections.take(story, article, HERE, now)
    with pytest.raises(Refused, match="from here today"):
        objections.take(story, pks[2], HERE, now)
    tomorrow = now + timedelta(hours=25)
    assert objections.take(story, pks[2], HERE, tomorrow).new
    monkeypatch.setattr(objections, "MOST_A_QUESTION", 3)
    assert [objections.take(story, pks[3], one, tomorrow).new for one in networks(5)] == [True] * 3 + [False] * 2
    monkeypatch.setattr(objections, "MOST_A_DAY", 4)
    with pytest.raises(Refused, match="readers have objected today"):
        objections.take(story, pks[0], Reader("192.0.2.1"), tomorrow)


def test_an_act_that_settles_it_closes_the_question(now, user):
    story, (_, b, c) = story_of(now, 3)
    objections.take(story, b, HERE, now)
    objections.take(story, c, HERE, now)
    objections.take(story, None, HERE, now)
    curation.remove([b], By.person(user), now)
    open_ = Doubt.objects.filter(state=DoubtState.OPEN)
    assert {row.key for row in open_} == {f"reader:{c}:{story.pk}", f"reader:all:{story.pk}"}
    Story.objects.filter(pk=story.pk).update(hidden=True)
    assert questions.refresh(now).lapsed == 2
