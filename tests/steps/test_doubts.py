"""The review queue: asked once, kept up to date, answered by an editor's act, closed when it is no question any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Act, Bond, Doubt, DoubtState, Edit
from stories.services import bonds, curation, doubts, undoing
from stories.services.acts import By, Refused
from tests import factories
from tests.atonce import at_once
from tests.steps.curating import SURE, members, said, story_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db):
    return factories.editor(email="anna@isles.example")


def ask(act, story, other, articles, now, probability=0.5, reasons=("same place",)):
    return doubts.ask(act, story, other, articles, probability, reasons, now)


def state(doubt):
    return Doubt.objects.get(pk=doubt.pk).state


def test_a_question_is_one_row_however_often_it_is_asked(now):
    (one, _), (two, two_pks) = story_of(now, 1), story_of(now, 1)
    first = ask(Act.MERGE, one, two, two_pks, now)
    later = now + timedelta(hours=1)
    again = ask(Act.MERGE, two, one, [], later, probability=0.7, reasons=["same quote", "x" * 400])
    assert (again.pk, again.key) == (first.pk, f"merge:{one.pk}:{two.pk}")
    row = Doubt.objects.get()
    assert (row.probability, row.reasons, row.found_at) == (0.7, ["same quote", "x" * 300], now)
    assert (row.story, row.other, row.articles, row.state) == (two, one, [], DoubtState.OPEN)


def test_keys_name_what_is_asked(now):
    (story, pks), (other, _) = story_of(now, 3), story_of(now, 1)
    a, b, c = pks
    assert ask(Act.SPLIT, story, None, [c, b, c], now).key == f"split:{story.pk}:{b}-{c}"
    assert ask(Act.MOVE, story, other, [a], now).key == f"move:{a}:{other.pk}"
    assert Doubt.objects.get(act=Act.SPLIT).articles == [b, c]
    many = list(range(10**9, 10**9 + 100))
    long, reverse, more = (
        doubts.key_of(Act.SPLIT, story, None, articles) for articles in (many, many[::-1], many[:-1])
    )
    assert long == reverse != more
    assert max(len(long), len(doubts.key_of(Act.MOVE, story, other, many))) <= doubts.KEY_LENGTH
    for act, with_, articles in (
        (Act.LOCK, None, []),
        (Act.MERGE, None, []),
        (Act.SPLIT, None, []),
        (Act.MOVE, None, [a]),
    ):
        with pytest.raises(ValueError, match="No question"):
            doubts.key_of(act, story, with_, articles)


@pytest.mark.parametrize("answer", [doubts.accept, doubts.dismiss])
def test_what_was_answered_is_not_asked_again(now, user, answer):
    story, (_, _, c) = story_of(now, 3)
    doubt = ask(Act.SPLIT, story, None, [c], now)
    edit = answer(doubt, user, "", now)
    before = Doubt.objects.get()
    assert before.edit == edit
    ask(Act.SPLIT, story, None, [c], now, probability=0.9)
    after = Doubt.objects.get()
    assert (after.state, after.probability, after.edit) == (before.state, 0.5, edit)


def test_what_a_new_look_does_not_ask_is_no_question_until_it_is_asked_again(now):
    (story, (_, b, c)), (other, _) = story_of(now, 3), story_of(now, 1)
    kept, gone = ask(Act.SPLIT, story, None, [b], now), ask(Act.SPLIT, story, None, [c], now)
    merge, foreign = ask(Act.MERGE, other, story, [], now), ask(Act.MOVE, other, story, [8], now)
    assert doubts.settle(story, [kept.key, merge.key], now) == 1
    assert [state(doubt) for doubt in (kept, gone, merge, foreign)] == ["open", "outdated", "open", "open"]
    assert doubts.settle(story, [kept.key], now) == 1
    assert state(merge) == DoubtState.OUTDATED
    later = now + timedelta(hours=2)
    ask(Act.SPLIT, story, None, [c], later)
    row = Doubt.objects.get(pk=gone.pk)
    assert (row.state, row.found_at, row.decided_at) == (DoubtState.OPEN, later, None)
    assert doubts.outdate([kept.key, foreign.key], now) == 2
    assert doubts.settle(story, [], now) == 1


def test_accepting_does_what_was_asked_as_the_editor(now, user):
    (story, (a, b, c)), (other, (d, e)) = story_of(now, 3), story_of(now, 2)
    (third, (f,)) = story_of(now, 1)
    split = doubts.accept(ask(Act.SPLIT, story, None, [c], now), user, "another fire", now)
    move = doubts.accept(ask(Act.MOVE, story, other, [b], now), user, "", now)
    merge = doubts.accept(ask(Act.MERGE, story, third, [], now), user, "", now)
    assert (split.act, split.user, split.by, split.note) == (Act.SPLIT, user, "anna", "another fire")
    assert (members(story), members(other), members(split.other)) == ({a, f}, {b, d, e}, {c})
    assert (move.other, merge.story, merge.other) == (other, story, third)
    assert set(Doubt.objects.values_list("state", "decided_at")) == {(DoubtState.DONE, now)}
    assert bonds.load([a]).component(f) == {a, f}


def test_dismissing_forbids_what_was_asked(now, user):
    (story, (a, b, c)), (other, (d, e)) = story_of(now, 3), story_of(now, 2)
    merge = doubts.dismiss(ask(Act.MERGE, story, other, [], now), user, "two fires", now)
    split = doubts.dismiss(ask(Act.SPLIT, story, None, [a, b], now), user, "", now)
    move = doubts.dismiss(ask(Act.MOVE, other, story, [e], now), user, "", now)
    assert [(edit.act, edit.user) for edit in (merge, split, move)] == [
        (Act.APART, user),
        (Act.TOGETHER, user),
        (Act.TOGETHER, user),
    ]
    assert said() == {(a, d): Bond.APART, (a, c): Bond.TOGETHER, (b, c): Bond.TOGETHER, (d, e): Bond.TOGETHER}
    assert set(Doubt.objects.values_list("state", flat=True)) == {DoubtState.DISMISSED}
    for act in (
        lambda: curation.merge(story, other, SURE, now),
        lambda: curation.split(story, [a, b], SURE, now),
        lambda: curation.move([e], story, SURE, now),
    ):
        with pytest.raises(Refused, match="An editor keeps"):
            act()
    undoing.undo(split, By.person(user), now)
    curation.split(story, [a, b], SURE, now)


def test_an_answered_question_is_not_answered_again(now, user):
    story, (_, b, c) = story_of(now, 3)
    done = ask(Act.SPLIT, story, None, [c], now)
    doubts.accept(done, user, "", now)
    for answer in (doubts.accept, doubts.dismiss):
        with pytest.raises(Refused, match="done by an editor"):
            answer(done, user, "", now)
    outdated = ask(Act.SPLIT, story, None, [b], now)
    doubts.settle(story, [], now)
    with pytest.raises(Refused, match="no longer in question"):
        doubts.accept(outdated, user, "", now)
    assert Edit.objects.count() == 1


def test_a_question_whose_facts_have_changed_closes_when_it_is_answered(now, user):
    (story, (a, b)), (other, (c,)) = story_of(now, 2), story_of(now, 1)
    gone, _ = story_of(now, 1)
    anna = By.person(user)
    curation.merge(other, gone, anna, now)
    edits = Edit.objects.count()
    for doubt in (
        ask(Act.SPLIT, story, None, [c], now),
        ask(Act.SPLIT, story, None, [a, b], now),
        ask(Act.MOVE, story, other, [b, c], now),
        ask(Act.MERGE, story, gone, [], now),
    ):
        with pytest.raises(Refused, match="have changed"):
            doubts.accept(doubt, user, "", now)
        assert state(doubt) == DoubtState.OUTDATED
    assert Edit.objects.count() == edits


def test_an_act_closes_the_questions_that_it_settles(now, user):
    (story, (_, b, c)), (other, (d, _)) = story_of(now, 3), story_of(now, 2)
    third, _ = story_of(now, 1)
    split, both = ask(Act.SPLIT, story, None, [b], now), ask(Act.SPLIT, story, None, [b, c], now)
    alone, join = ask(Act.SPLIT, story, None, [c], now), ask(Act.MERGE, third, other, [], now)
    stray = ask(Act.MOVE, other, story, [d], now)
    curation.move([b], third, SURE, now)
    assert [state(one) for one in (split, both, alone, join, stray)] == ["outdated", "outdated", "open", "open", "open"]
    doubts.accept(join, user, "", now)
    assert [state(one) for one in (alone, join, stray)] == ["open", "done", "outdated"]


def test_a_refused_answer_leaves_the_question_open(now, user):
    (story, _), (norsk, _) = story_of(now, 1), story_of(now, 1, lang="nb")
    doubt = ask(Act.MERGE, story, norsk, [], now)
    with pytest.raises(Refused, match="languages"):
        doubts.accept(doubt, user, "", now)
    assert state(doubt) == DoubtState.OPEN


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_answer_once(now):
    user = factories.editor()
    for _ in range(3):
        (one, _), (two, _) = story_of(now, 2), story_of(now, 2)
        doubt = ask(Act.MERGE, one, two, [], now)

        def answer(how, doubt=doubt):
            return how(Doubt.objects.get(pk=doubt.pk), user, "", now)

        edits = at_once(answer, [doubts.accept, doubts.dismiss], Refused)
        assert sum(isinstance(edit, Edit) for edit in edits) == 1
    assert Edit.objects.count() == 3
