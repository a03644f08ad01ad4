"""The second look on real rows: what is sure is done and told, what is not is asked, and in the end there is rest."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from stories.models import GROUPING, Act, Article, Doubt, DoubtState, Edit, Recent, Stage, Story
from stories.nlp import grouping as deciding
from stories.nlp import secondlook
from stories.services import doubts, leases, regrouping, tracing
from tests import factories
from tests.steps import grouped
from tests.steps.curating import members
from tests.steps.grouped import BUDGET, FERRY, FERRY_AGAIN, arrive, look, story_at

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def hand_made(monkeypatch):
    """Reports under 50 degrees apart are of one event, over 70 of two."""
    grouped.by_hand(monkeypatch)


def waiting():
    return [story.pk for story in Story.objects.live() if story.looked_revision < story.revision]


# --- what is sure is done


@pytest.mark.usefixtures("hand_made")
def test_stories_that_a_bad_order_founded_apart_are_merged(now):
    first, far, *between = arrive(now, 0, 80, 40, 41, 42, 43)
    assert far.story != first.story
    assert {article.story for article in between} == {first.story}
    look(now + HOUR)
    edit = Edit.objects.get()
    assert (edit.act, edit.by, edit.user, edit.story, edit.other) == (
        Act.MERGE, GROUPING, None, first.story, far.story
    )  # fmt: skip
    assert edit.moves == [[far.pk, far.story_id, first.story_id]]
    assert edit.at == now + HOUR
    assert 0.5 < edit.probability < 1
    assert edit.reasons[0] == f"{deciding.percent(edit.probability)} sure"
    assert members(first.story) == {first.pk, far.pk, *(article.pk for article in between)}
    gone = Story.objects.get(pk=far.story_id)
    assert (gone.merged_into, gone.article_count) == (first.story, 0)
    moved = Article.objects.get(pk=far.pk)
    assert (moved.story_score, moved.story_reasons) == (edit.probability, edit.reasons)


def test_real_reports_of_one_event_in_two_stories_are_merged_and_say_why(now):
    one, two = (factories.story([grouped.read(now, *report)], revision=1) for report in (FERRY, FERRY_AGAIN))
    other = factories.story([grouped.read(now, *BUDGET)], revision=1)
    for article in Article.objects.all():
        grouped.group(article, now)
    look(now)
    edit = Edit.objects.get()
    assert (edit.act, edit.story, edit.other) == (Act.MERGE, one, two)
    assert any(reason.startswith("shared names: ") and "Vale" in reason for reason in edit.reasons)
    assert len(members(one)) == 2
    assert len(members(other)) == 1


@pytest.mark.usefixtures("hand_made")
def test_two_events_in_one_story_are_split(now):
    story, (a, b, c, d, e) = story_at(now, 0, 5, 10, 100, 105)
    look(now)
    edit = Edit.objects.get()
    assert (edit.act, edit.by, edit.story) == (Act.SPLIT, GROUPING, story)
    assert (members(story), members(edit.other)) == ({a, b, c}, {d, e})
    assert "two events" in edit.reasons[0]
    assert 0.5 < edit.probability < 1


@pytest.mark.usefixtures("hand_made")
def test_a_report_in_the_wrong_story_is_moved(now):
    (one, (a, b, c)), (two, (d, e)) = story_at(now, 0, 5, 100), story_at(now, 105, 110)
    look(now)
    edit = Edit.objects.get()
    assert (edit.act, edit.story, edit.other) == (Act.MOVE, one, two)
    assert edit.moves == [[c, one.pk, two.pk]]
    assert (members(one), members(two)) == ({a, b}, {c, d, e})


@pytest.mark.usefixtures("hand_made")
def test_what_changed_is_traced_again(now):
    one, articles = story_at(now, 0, 5)
    two, (stray,) = story_at(now, 10)
    for story in (one, two):
        Story.objects.filter(pk=story.pk).update(traced_revision=1)
    look(now)
    waits = Article.objects.get(stage=Stage.GROUPED)
    assert waits.story == one
    tracing.save(waits, tracing.compute([waits], now)[waits.pk], now)
    one.refresh_from_db()
    assert one.traced_revision == one.revision > 1
    assert (one.article_count, one.outlet_count) == (3, 3)
    assert members(one) == {*articles, stray}
    assert two.pk not in waiting()


@pytest.mark.usefixtures("hand_made")
def test_what_is_as_it_should_be_stays_as_it_is(now):
    stories = [story_at(now, *angles)[0] for angles in ((0, 5), (90, 95), (180,))]
    assert look(now) == 3
    assert not Edit.objects.exists()
    assert not Doubt.objects.exists()
    assert [Story.objects.get(pk=story.pk).revision for story in stories] == [1, 1, 1]
    assert not Article.objects.filter(stage=Stage.GROUPED).exists()


# --- who is looked at


@pytest.mark.usefixtures("hand_made")
def test_each_look_is_noted_so_that_the_queue_empties(now):
    arrive(now, 0, 80, 40, 41, 42, 43, 170, 175, 172, 60, 61)
    assert waiting()
    assert look(now) > 0
    assert waiting() == []
    assert regrouping.look_again(lambda: now) == 0
    story = Story.objects.live().first()
    Story.objects.filter(pk=story.pk).update(revision=story.revision + 1)
    assert regrouping.look_again(lambda: now) == 1
    assert waiting() == []


@pytest.mark.usefixtures("hand_made")
def test_a_batch_takes_those_that_have_waited_longest(now, monkeypatch):
    monkeypatch.setattr(regrouping, "BATCH", 2)
    stories = [story_at(now - hours * HOUR, angle)[0].pk for hours, angle in ((1, 0), (5, 90), (3, 180))]
    assert regrouping.look_again(lambda: now) == 2
    assert waiting() == [stories[0]]
    assert regrouping.look_again(lambda: now) == 1


def test_a_story_whose_reports_are_no_longer_recent_is_noted_and_left(now):
    story = factories.story([factories.article(reported_at=now)], revision=3)
    assert look(now) == 1
    story.refresh_from_db()
    assert story.looked_revision == 3
    assert regrouping.see(story.pk).look == secondlook.Look((), ())


def test_merged_and_empty_stories_are_not_looked_at(now):
    kept = factories.story(revision=1, looked_revision=1)
    gone = factories.story(revision=2, merged_into=kept)
    empty = factories.story(revision=2, article_count=0)
    assert look(now) == 0
    assert regrouping.see(gone.pk) is regrouping.see(empty.pk) is regrouping.see(empty.pk + 1) is None


@pytest.mark.usefixtures("hand_made")
def test_other_languages_and_the_demo_world_are_no_neighbours(now):
    story_at(now, 0)
    for kw in ({"lang": "en-GB"}, {"outlet": factories.outlet(demo=True)}):
        row = grouped.at_angle(now, 0, **kw)
        factories.story([row], revision=1, demo=bool(kw.get("outlet")))
        grouped.group(row, now)
    assert look(now) == 3
    assert not Edit.objects.exists()
    assert not Doubt.objects.exists()


@pytest.mark.usefixtures("hand_made")
def test_stories_too_far_apart_in_time_are_not_compared(now):
    story_at(now - 80 * HOUR, 0)
    story_at(now, 0)
    look(now)
    assert not Edit.objects.exists()
    story_at(now - 40 * HOUR, 0)
    look(now)
    assert Story.objects.live().count() == 1


# --- what has changed meanwhile


@pytest.mark.usefixtures("hand_made")
@pytest.mark.parametrize("changed", [0, 1])
def test_what_was_seen_of_a_story_that_has_changed_since_is_dropped(now, changed):
    one, two = story_at(now, 0, 5)[0], story_at(now, 10)[0]
    seen = regrouping.see(one.pk)
    assert seen.look.sure
    assert seen.revisions == {one.pk: 1, two.pk: 1}
    Story.objects.filter(pk=(one, two)[changed].pk).update(revision=2)
    regrouping.act(seen, now)
    assert not Edit.objects.exists()
    assert one.pk in waiting()
    regrouping.act(regrouping.see(one.pk), now)
    assert Edit.objects.get().act == Act.MERGE


@pytest.mark.usefixtures("hand_made")
def test_a_report_that_arrives_between_looking_and_acting_is_not_lost(now):
    one, two = story_at(now, 0, 5)[0], story_at(now, 10)[0]
    seen = regrouping.see(two.pk)
    (late,) = arrive(now, 7)
    assert late.story in (one, two)
    regrouping.act(seen, now)
    assert not Edit.objects.exists()
    look(now)
    assert late.pk in members(one)
    assert len(members(one)) == 4


@pytest.mark.usefixtures("hand_made")
def test_a_story_that_is_gone_meanwhile_is_let_go(now):
    story, _ = story_at(now, 0, 100)
    seen = regrouping.see(story.pk)
    assert seen.look.sure
    Recent.objects.all().delete()
    Article.objects.all().update(story=None)
    Story.objects.all().delete()
    regrouping.act(seen, now)
    assert not Edit.objects.exists()


@pytest.mark.usefixtures("hand_made")
def test_a_merge_of_a_story_that_was_not_compared_whole_is_asked_instead(now):
    one, _ = story_at(now, 0, 5, 10)
    two, (old, _) = story_at(now, 12, 14)
    Recent.objects.filter(article=old).delete()
    look(now)
    assert not Edit.objects.exists()
    doubt = Doubt.objects.get()
    assert (doubt.act, {doubt.story, doubt.other}) == (Act.MERGE, {one, two})


@pytest.mark.usefixtures("hand_made")
def test_a_look_that_is_killed_leaves_nothing_half_done(now, monkeypatch):
    (one, (_, _, c)), (two, _) = story_at(now, 0, 5, 100), story_at(now, 10)
    honest = doubts.settle

    def settle(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(doubts, "settle", settle)
    with pytest.raises(KeyboardInterrupt):
        regrouping.look_again(lambda: now)
    assert not Edit.objects.exists()
    assert (len(members(one)), len(members(two))) == (3, 1)
    assert waiting() == [one.pk, two.pk]
    monkeypatch.setattr(doubts, "settle", honest)
    look(now)
    assert {edit.act for edit in Edit.objects.all()} == {Act.MERGE, Act.SPLIT}
    assert c not in members(one)


@pytest.mark.django_db(transaction=True)
def test_looking_and_tracing_at_once_never_wait_for_each_other_for_ever(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    arrive(now, *[angle + step for step in range(4) for angle in (0, 80, 40, 160)])
    Article.objects.update(stage=Stage.GROUPED)
    done, failed = threading.Event(), []

    def trace():
        """The trace step, over and over: an article's row, then its story's."""
        try:
            while not done.is_set():
                claim = leases.claim(Stage.GROUPED, batch=4, seconds=60, now=now)
                found = tracing.compute(claim.articles, now)
                for article in claim.articles:
                    leases.finish(
                        claim, article, Stage.GROUPED, lambda row, at=found[article.pk]: tracing.save(row, at, now)
                    )
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    tracer = threading.Thread(target=trace)
    tracer.start()
    try:
        for _ in range(4):
            look(now)
            Story.objects.live().update(looked_revision=0)
    finally:
        done.set()
        tracer.join()
    assert failed == []
    assert Story.objects.live().count() < 4
    assert sum(Story.objects.values_list("article_count", flat=True)) == 16
    assert not Doubt.objects.filter(state=DoubtState.DONE).exists()
