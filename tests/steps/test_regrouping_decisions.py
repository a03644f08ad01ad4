"""The second look and people: what an editor decided holds, what cannot be told is asked, nothing swings to and fro."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import GROUPING, Act, Article, Doubt, DoubtState, Edit, Story
from stories.nlp import grouping as deciding
from stories.nlp.secondlook import Look
from stories.services import curation, doubts, marking, regrouping, undoing
from stories.services.acts import By
from tests import factories
from tests.steps import grouped
from tests.steps.curating import consistent, members
from tests.steps.grouped import arrive, at_angle, look, story_at, turn

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# So far from two reports that it can't be told.
UNSURE = 60
# Nothing sure that would only be refused, and nothing to ask an editor who has said it already.
NOTHING = Look((), ())


@pytest.fixture(autouse=True)
def hand_made(monkeypatch):
    """Reports under 50 degrees apart are of one event, over 70 of two; of one between to two others it can't be told."""
    grouped.by_hand(monkeypatch)


@pytest.fixture
def anna(db):
    return By.person(factories.editor(email="anna@isles.example"))


def acts():
    """What grouping did, the latest last."""
    return list(Edit.objects.filter(by=GROUPING).order_by("pk").values_list("act", flat=True))


def again(now):
    """A look at every story, though nothing may have changed."""
    Story.objects.live().update(looked_revision=0, revision=9)
    look(now)


def open_doubts():
    return list(Doubt.objects.filter(state=DoubtState.OPEN))


# --- what an editor decided


def test_what_an_editor_keeps_apart_stays_apart(now, anna):
    (one, (a, b)), (two, (c, d, e)) = story_at(now, 0, 5), story_at(now, 7, 9, 11)
    curation.apart(a, c, anna, now)
    assert regrouping.see(one.pk).look == NOTHING
    again(now)
    assert acts() == []
    assert open_doubts() == []
    assert (members(one), members(two)) == ({a, b}, {c, d, e})
    assert consistent()


def test_what_joins_either_later_is_not_carried_across(now, anna):
    (one, (a, _)), (two, (c, _)) = story_at(now, 0, 1), story_at(now, 45, 46)
    curation.apart(a, c, anna, now)
    joined = arrive(now + HOUR, -10, 56)
    assert [article.story for article in joined] == [one, two]
    look(now)
    assert acts() == []
    assert open_doubts() == []


def test_what_an_editor_split_is_not_put_together_again(now, anna):
    story, (_, b, _) = story_at(now, 0, 5, 10)
    new = curation.split(story, [b], anna, now).other
    again(now)
    assert acts() == []
    assert members(new) == {b}


def test_what_an_editor_put_together_is_not_parted(now, anna):
    (one, mine), (two, theirs) = story_at(now, 0, 5), story_at(now, 100, 105)
    curation.merge(one, two, anna, now)
    again(now)
    assert acts() == []
    assert open_doubts() == []
    assert members(one) == {*mine, *theirs}


def test_what_an_editor_moved_stays_where_it_was_put(now, anna):
    (one, (a, b, c)), (two, theirs) = story_at(now, 0, 5, 10), story_at(now, 100, 105)
    curation.move([c], two, anna, now)
    again(now)
    assert acts() == []
    assert (members(one), members(two)) == ({a, b}, {c, *theirs})


def test_a_locked_story_is_left_alone_and_may_be_joined_by_new_reports(now, anna):
    (one, (a, b, c)), (two, (d,)) = story_at(now, 0, 5, 100), story_at(now, 7)
    marking.lock(one, anna, now)
    assert regrouping.see(one.pk).look == regrouping.see(two.pk).look == NOTHING
    again(now)
    assert acts() == []
    assert open_doubts() == []
    (late,) = arrive(now, 1)
    assert late.story in (one, two)
    marking.unlock(one, anna, now)
    again(now)
    assert set(acts()) == {Act.SPLIT, Act.MERGE}
    assert members(one) == {a, b, d, late.pk}
    assert c not in members(one)


def test_a_merge_that_an_editor_took_back_is_not_made_again(now, anna):
    (one, mine), (two, theirs) = story_at(now, 0, 5), story_at(now, 10)
    look(now)
    undoing.undo(Edit.objects.get(), anna, now)
    again(now)
    assert acts() == [Act.MERGE]
    assert (members(one), members(two)) == ({*mine}, {*theirs})
    assert open_doubts() == []


def test_a_split_that_an_editor_took_back_is_not_made_again(now, anna):
    story, articles = story_at(now, 0, 5, 100)
    look(now)
    undoing.undo(Edit.objects.get(), anna, now)
    again(now)
    assert acts() == [Act.SPLIT]
    assert members(story) == {*articles}
    assert open_doubts() == []


def test_a_move_that_an_editor_took_back_is_not_made_again(now, anna):
    (one, mine), (_, theirs) = story_at(now, 0, 5, 100), story_at(now, 105, 110)
    look(now)
    undoing.undo(Edit.objects.get(), anna, now)
    again(now)
    assert acts() == [Act.MOVE]
    assert members(one) == {*mine}
    assert len(theirs) == Article.objects.exclude(story=one).count()


# --- what can't be told is asked


def test_a_doubtful_merge_is_asked_once_and_not_done(now):
    (one, _), (two, _) = story_at(now, 0, 1), story_at(now, UNSURE)
    look(now)
    again(now)
    doubt = Doubt.objects.get()
    assert (doubt.act, doubt.story, doubt.other, doubt.state) == (Act.MERGE, one, two, DoubtState.OPEN)
    assert doubt.reasons[0] == f"{deciding.percent(doubt.probability)} sure"
    assert doubt.found_at == now
    assert acts() == []


def test_a_doubtful_split_is_asked(now):
    story, (a, b, c) = story_at(now, 0, 1, UNSURE)
    look(now)
    assert acts() == []
    doubt = Doubt.objects.get()
    assert (doubt.act, doubt.story, doubt.other, doubt.articles) == (Act.SPLIT, story, None, [c])
    assert members(story) == {a, b, c}


def test_a_doubtful_move_is_asked(now):
    (one, (_, _, c)), (two, _) = story_at(now, 0, 1, UNSURE), story_at(now, 2 * UNSURE, 2 * UNSURE + 1)
    look(now)
    assert acts() == []
    doubt = Doubt.objects.get()
    assert (doubt.act, doubt.story, doubt.other, doubt.articles) == (Act.MOVE, one, two, [c])


def test_a_question_that_a_new_look_does_not_raise_is_closed(now):
    (one, (a, b)), (two, _) = story_at(now, 0, 1), story_at(now, UNSURE)
    look(now)
    assert len(open_doubts()) == 1
    later = now + HOUR
    for article in (a, b):
        turn(article, -90, later)
    look(later)
    doubt = Doubt.objects.get()
    assert (doubt.state, doubt.decided_at) == (DoubtState.OUTDATED, later)
    assert len(Story.objects.live().filter(pk__in=(one.pk, two.pk))) == 2
    for article in (a, b):
        turn(article, 0, later + HOUR)
    look(later + HOUR)
    doubt.refresh_from_db()
    assert (doubt.state, doubt.found_at) == (DoubtState.OPEN, later + HOUR)


def test_a_question_is_closed_whichever_of_its_stories_has_changed(now):
    story_at(now, 0, 1)
    _, (c,) = story_at(now, UNSURE)
    look(now)
    assert len(open_doubts()) == 1
    turn(c, 170, now + HOUR)
    look(now + HOUR)
    assert open_doubts() == []


def test_a_question_that_has_become_sure_is_done_and_closed(now):
    (one, _), (two, (c,)) = story_at(now, 0, 1), story_at(now, UNSURE)
    look(now)
    turn(c, 20, now + HOUR)
    look(now + HOUR)
    assert acts() == [Act.MERGE]
    assert Doubt.objects.get().state == DoubtState.OUTDATED
    assert two.pk not in Story.objects.live().values_list("pk", flat=True)
    assert len(members(one)) == 3


def test_a_dismissed_question_is_not_asked_again_and_nothing_is_moved(now):
    (one, mine), (two, theirs) = story_at(now, 0, 1), story_at(now, UNSURE)
    look(now)
    doubts.dismiss(Doubt.objects.get(), factories.editor(), "two ferries", now)
    later = at_angle(now + HOUR, 6, story=two)
    grouped.group(later, now + HOUR)
    Story.objects.filter(pk=two.pk).update(article_count=2)
    turn(theirs[0], 5, now + HOUR)
    again(now + HOUR)
    assert acts() == []
    assert open_doubts() == []
    assert (members(one), members(two)) == ({*mine}, {*theirs, later.pk})


def test_an_accepted_question_is_the_editors_act(now):
    (one, _), (two, _) = story_at(now, 0, 1), story_at(now, UNSURE)
    look(now)
    user = factories.editor()
    doubts.accept(Doubt.objects.get(), user, "", now)
    again(now)
    assert Edit.objects.get().user == user
    assert Story.objects.get(pk=two.pk).merged_into == one
    assert open_doubts() == []


# --- what grouping did itself


def test_a_merge_is_not_taken_back_but_asked_about(now):
    (one, mine), (_, theirs) = story_at(now, 0, 5), story_at(now, 10)
    look(now)
    assert acts() == [Act.MERGE]
    turn(theirs[0], 100, now + HOUR)
    look(now + HOUR)
    assert acts() == [Act.MERGE]
    doubt = Doubt.objects.get()
    assert (doubt.act, doubt.story, doubt.articles, doubt.state) == (Act.SPLIT, one, theirs, DoubtState.OPEN)
    assert members(one) == {*mine, *theirs}


def test_a_split_is_not_taken_back_but_asked_about(now):
    story, (_, _, c) = story_at(now, 0, 5, 100)
    look(now)
    new = Edit.objects.get().other
    turn(c, 5, now + HOUR)
    look(now + HOUR)
    assert acts() == [Act.SPLIT]
    doubt = Doubt.objects.get()
    assert (doubt.act, {doubt.story, doubt.other}) == (Act.MERGE, {story, new})
    assert members(new) == {c}


def test_a_move_is_not_taken_back_but_asked_about(now):
    (one, (_, _, c)), (two, _) = story_at(now, 0, 5, 100), story_at(now, 105, 110)
    look(now)
    assert acts() == [Act.MOVE]
    turn(c, 2, now + HOUR)
    look(now + HOUR)
    assert acts() == [Act.MOVE]
    doubt = Doubt.objects.get()
    assert (doubt.act, doubt.story, doubt.other, doubt.articles) == (Act.MOVE, two, one, [c])
    assert Article.objects.get(pk=c).story == two


def test_what_was_never_moved_is_still_put_right(now):
    story_at(now, 0, 5)
    story_at(now, 10)
    look(now)
    one = Edit.objects.get().story
    stray = at_angle(now, 100, story=one)
    grouped.group(stray, now)
    Story.objects.filter(pk=one.pk).update(article_count=4, revision=20)
    look(now)
    assert acts() == [Act.MERGE, Act.SPLIT]
    assert Edit.objects.filter(act=Act.SPLIT).get().moves[0][0] == stray.pk
