"""Acts on stories: what they do, what they leave behind, and what is refused to whom."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from stories.models import Act, Article, Bond, Constraint, Doubt, DoubtState, Edit, Recent, Stage, Story, StoryLink, Tie
from stories.services import bonds, curation, leases, marking, undoing
from stories.services.acts import By, Refused
from stories.services.serial import take_turn
from tests import factories
from tests.atonce import at_once
from tests.steps.curating import SURE, consistent, members, said, story_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return By.person(factories.editor(email="anna@isles.example"), "seen both")


def test_a_merge_moves_the_reports_and_leads_the_address_on(now, anna, client):
    kept, mine = story_of(now, 2, closed_at=now + timedelta(days=3))
    gone, theirs = story_of(now, 2, hour=5, slug="gone")
    edit = curation.merge(kept, gone, anna, now)
    assert members(kept) == {*mine, *theirs}
    assert members(gone) == set()
    assert (gone.merged_into, gone.slug, kept.revision, gone.revision) == (kept, "gone", 1, 1)
    assert (kept.last_at, kept.closed_at) == (now + timedelta(hours=6), None)
    assert (edit.act, edit.by, edit.user, edit.note) == (Act.MERGE, "anna", anna.user, "seen both")
    assert (edit.story, edit.other, edit.at) == (kept, gone, now)
    assert edit.moves == [[article, gone.pk, kept.pk] for article in theirs]
    assert client.get(gone.get_absolute_url()).headers["Location"] == kept.get_absolute_url()


def test_a_merge_by_an_editor_binds_every_report_to_the_kept_headline(now, anna):
    kept, mine = story_of(now, 3)
    gone, theirs = story_of(now, 2)
    edit = curation.merge(kept, gone, anna, now)
    assert bonds.load(theirs).component(theirs[0]) == {mine[0], *theirs}
    assert {row.edit for row in Constraint.objects.all()} == {edit}


def test_members_say_why_they_are_where_they_are(now, anna):
    kept, (first,) = story_of(now, 1)
    gone, (second,) = story_of(now, 1)
    curation.merge(kept, gone, SURE, now)
    row = Article.objects.get(pk=second)
    assert (row.story_score, row.story_reasons) == (0.97, ["same quote", "5 shared names"])
    curation.split(kept, [second], anna, now)
    row.refresh_from_db()
    assert (row.story_score, row.story_reasons) == (None, ["an editor split a story"])
    assert Article.objects.get(pk=first).story_reasons == []


def test_an_act_has_the_stories_traced_again(now, anna):
    kept, _ = story_of(now, 2)
    gone, theirs = story_of(now, 1)
    curation.merge(kept, gone, anna, now)
    assert Article.objects.filter(stage=Stage.GROUPED).count() == 1
    Article.objects.update(stage=Stage.DONE)
    curation.split(kept, theirs, anna, now)
    assert Article.objects.filter(stage=Stage.GROUPED).values("story").distinct().count() == 2


def test_grouping_leaves_an_edit_with_its_reasons_and_no_bonds(now):
    kept, _ = story_of(now, 2)
    gone, _ = story_of(now, 2)
    edit = curation.merge(kept, gone, SURE, now)
    assert (edit.by, edit.user, edit.probability, edit.reasons) == ("grouping", None, 0.97, list(SURE.reasons))
    assert said() == {}


def test_ties_and_questions_of_a_merged_story_do_not_hang_in_the_air(now, anna):
    (kept, _), (gone, _), (far, _) = (story_of(now, 1, hour=hour) for hour in (0, 2, 4))
    StoryLink.objects.create(first=gone, second=far, kind=Tie.CHAPTER)
    ask = {"act": Act.MERGE, "probability": 0.5, "found_at": now}
    hanging = Doubt.objects.create(key="a", story=far, other=gone, **ask)
    standing = Doubt.objects.create(key="b", story=kept, other=far, **ask)
    curation.merge(kept, gone, anna, now)
    assert StoryLink.objects.get().first == kept
    hanging.refresh_from_db()
    standing.refresh_from_db()
    assert (hanging.state, standing.state) == (DoubtState.OUTDATED, DoubtState.OPEN)


def test_a_split_founds_a_story_and_keeps_the_two_apart(now, anna):
    story, (a, b, c, d) = story_of(now, 4)
    edit = curation.split(story, [d, b], anna, now)
    assert members(story) == {a, c}
    assert members(edit.other) == {b, d}
    assert edit.moves == [[b, story.pk, edit.other_id], [d, story.pk, edit.other_id]]
    loaded = bonds.load([a, b, c, d])
    assert loaded.component(d) == {b, d}
    assert loaded.component(c) == {c}
    assert all(loaded.apart([one], [other]) for one in (a, c) for other in (b, d))


def test_a_split_may_take_the_headline_along(now, anna):
    story, (a, b, c) = story_of(now, 3, slug="stays")
    edit = curation.split(story, [a], anna, now)
    story.refresh_from_db()
    assert (story.headline_of_id, story.title, story.slug) == (b, Article.objects.get(pk=b).title, "stays")
    assert edit.other.headline_of_id == a
    assert bonds.load([a, b, c]).apart([c], [a])


def test_a_move_binds_here_and_keeps_apart_from_there(now, anna):
    story, (a, b) = story_of(now, 2)
    to, (c, d) = story_of(now, 2)
    edit = curation.move([b], to, anna, now)
    assert (members(story), members(to)) == ({a}, {b, c, d})
    assert (edit.story, edit.other, edit.moves) == (story, to, [[b, story.pk, to.pk]])
    loaded = bonds.load([a, b, c, d])
    assert loaded.component(b) == {b, c}
    assert loaded.apart([b], [a])


def test_what_was_bound_through_a_report_that_leaves_stays_bound(now, anna):
    kept, (a, _) = story_of(now, 2)
    gone, (c, d) = story_of(now, 2)
    to, (e,) = story_of(now, 1)
    curation.merge(kept, gone, anna, now)
    edit = curation.move([a], to, anna, now)
    loaded = bonds.load([a, c, d])
    assert loaded.component(c) == {c, d}
    assert loaded.component(a) == {a, e}
    assert loaded.apart([a], [d])
    undoing.undo(edit, anna, now)
    assert bonds.load([a]).component(a) == {a, c, d}
    assert consistent()


def test_reports_are_kept_together_or_apart_where_they_are(now, anna):
    story, (a, b, _) = story_of(now, 3)
    other, (d,) = story_of(now, 1)
    one = curation.together(b, a, anna, now)
    two = curation.apart(a, d, anna, now)
    assert (one.act, one.story, one.other, one.moves) == (Act.TOGETHER, story, None, [])
    assert (two.act, two.story, two.other) == (Act.APART, story, other)
    assert said() == {(a, b): Bond.TOGETHER, (a, d): Bond.APART}
    assert bonds.load([b, d]).apart([b], [d])


def test_a_lock_and_its_key(now, anna):
    story, _ = story_of(now, 1)
    edit = marking.lock(story, anna, now)
    story.refresh_from_db()
    assert (story.locked, edit.act) == (True, Act.LOCK)
    undoing.undo(edit, anna, now)
    story.refresh_from_db()
    assert not story.locked
    marking.lock(story, anna, now)
    key = marking.unlock(story, anna, now)
    story.refresh_from_db()
    assert not story.locked
    undoing.undo(key, anna, now)
    story.refresh_from_db()
    assert story.locked


def test_grouping_heeds_locks(now, anna):
    (story, (a, b)), (other, (c, d)) = story_of(now, 2, locked=True), story_of(now, 2)
    for act in (
        lambda: curation.merge(story, other, SURE, now),
        lambda: curation.merge(other, story, SURE, now),
        lambda: curation.split(story, [b], SURE, now),
        lambda: curation.move([b], other, SURE, now),
    ):
        with pytest.raises(Refused, match="locked"):
            act()
    curation.move([d], story, SURE, now)
    assert (members(story), members(other)) == ({a, b, d}, {c})
    curation.merge(other, story, anna, now)


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("act", [marking.hide, marking.close])
def test_grouping_moves_nothing_into_what_an_editor_hid_or_closed(now, anna, act, locked):
    (story, (a,)), (other, (b, c)) = story_of(now, 1, locked=locked), story_of(now, 2)
    act(story, anna, now)
    story.refresh_from_db()
    with pytest.raises(Refused, match="hidden or closed"):
        curation.move([c], story, SURE, now)
    curation.move([c], story, anna, now)
    assert (members(story), members(other)) == ({a, c}, {b})


def test_what_an_editor_closed_stays_closed_when_an_open_story_is_merged_into_it(now, anna):
    (story, _), (other, _) = story_of(now, 1), story_of(now, 1)
    marking.close(story, anna, now)
    curation.merge(story, other, anna, now)
    story.refresh_from_db()
    assert story.closed_at is not None


def test_grouping_heeds_bonds_and_all_that_they_reach(now, anna):
    (story, (a, b, c)), (other, (d, e)) = story_of(now, 3), story_of(now, 2)
    curation.together(a, b, anna, now)
    curation.apart(b, d, anna, now)
    for act, word in (
        (lambda: curation.merge(story, other, SURE, now), "apart"),
        (lambda: curation.move([d], story, SURE, now), "apart"),
        (lambda: curation.split(story, [b, c], SURE, now), "together"),
        (lambda: curation.move([a], other, SURE, now), "together"),
        (lambda: curation.move([a, b], other, SURE, now), "apart"),
    ):
        with pytest.raises(Refused, match=word):
            act()
    curation.split(story, [a, b], SURE, now)
    curation.move([e], story, SURE, now)
    assert (members(story), consistent()) == ({c, e}, True)


def test_only_editors_bind_lock_and_undo(now, anna):
    story, (a, b) = story_of(now, 2)
    edit = marking.lock(story, anna, now)
    for act in (
        lambda: curation.together(a, b, SURE, now),
        lambda: curation.apart(a, b, SURE, now),
        lambda: marking.unlock(story, SURE, now),
        lambda: undoing.undo(edit, SURE, now),
    ):
        with pytest.raises(Refused, match="Only an editor"):
            act()


def test_what_makes_no_sense_is_refused_in_words(now, anna):
    (story, (a, b)), (other, (c, d)) = story_of(now, 2), story_of(now, 2)
    demo, norsk, unknown = story_of(now, 1, demo=True)[0], story_of(now, 1, lang="nb")[0], story_of(now, 1, lang="")[0]
    gone, (e,) = story_of(now, 1)
    curation.merge(other, gone, anna, now)
    for act, word in (
        (lambda: curation.merge(story, story, anna, now), "with itself"),
        (lambda: curation.merge(story, gone, anna, now), "has been merged"),
        (lambda: curation.split(gone, [e], anna, now), "has been merged"),
        (lambda: curation.move([a], gone, anna, now), "has been merged"),
        (lambda: marking.lock(gone, anna, now), "has been merged"),
        (lambda: curation.split(story, [a, c], anna, now), "Not all"),
        (lambda: curation.split(story, [a, b], anna, now), "no report in the story"),
        (lambda: curation.split(story, [], anna, now), "No report"),
        (lambda: curation.move([a, b], other, anna, now), "no report in the story"),
        (lambda: curation.move([a, c], other, anna, now), "one story at a time"),
        (lambda: curation.move([a], story, anna, now), "already"),
        (lambda: curation.merge(story, demo, anna, now), "demo"),
        (lambda: curation.move([a], demo, anna, now), "demo"),
        (lambda: curation.merge(story, norsk, anna, now), "languages"),
        (lambda: curation.merge(story, unknown, SURE, now), "languages"),
        (lambda: curation.together(a, c, anna, now), "different stories"),
        (lambda: curation.apart(a, b, anna, now), "one story"),
        (lambda: curation.together(a, a, anna, now), "two different"),
        (lambda: curation.apart(a, factories.article().pk, anna, now), "no story"),
        (lambda: marking.unlock(story, anna, now), "not locked"),
    ):
        with pytest.raises(Refused, match=word):
            act()
    assert (members(story), members(other)) == ({a, b}, {c, d, e})
    curation.merge(story, unknown, anna, now)
    assert set(Recent.objects.filter(story=story).values_list("lang", flat=True)) == {"en"}


def test_an_editors_name_is_never_an_address_nor_the_programs(now):
    assert By.person(factories.user(email="b@isles.example", first_name="Ben", last_name="Roe")).name == "Ben Roe"
    assert By.person(factories.user(email="carl@isles.example")).name == "carl"
    assert By.person(factories.user(email="grouping@isles.example")).name == "an editor"


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_merge_once(now):
    user = factories.editor()
    for _ in range(5):
        one, mine = story_of(now, 3)
        two, theirs = story_of(now, 3)
        edits = at_once(lambda pair: curation.merge(*pair, By.person(user), now), [(one, two), (two, one)], Refused)
        assert sum(isinstance(edit, Edit) for edit in edits) == 1
        assert members(one) | members(two) == {*mine, *theirs}
        assert Story.objects.filter(pk__in=(one.pk, two.pk), merged_into=None).count() == 1
    assert Edit.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_an_act_waits_for_its_turn(now):
    (one, _), (two, _), (norsk, _) = story_of(now, 1), story_of(now, 1), story_of(now, 2, lang="nb")
    user = factories.editor()

    def act(what, *args):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                what(*args, By.person(user), now)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        take_turn("en")
        pool.submit(act, marking.lock, norsk).result()
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(act, curation.merge, one, two).result()


@pytest.mark.django_db(transaction=True)
def test_acts_and_steps_at_once_wait_for_each_other_and_never_for_ever(now):
    (one, mine), (two, theirs) = story_of(now, 4), story_of(now, 4)
    user, done = factories.editor(), threading.Event()

    def trace():
        """As the trace step does: an article, then its story."""
        try:
            while not done.is_set():
                claim = leases.claim(Stage.GROUPED, batch=4, seconds=60, now=now)
                for article in claim.articles:
                    leases.finish(claim, article, Stage.DONE, touch)
        finally:
            connection.close()

    def touch(article):
        story = Story.objects.select_for_update(no_key=True).get(pk=article.story_id)
        story.headline_of = article
        story.save(update_fields=["headline_of"])

    def act(number):
        try:
            for _ in range(15):
                with suppress(Refused):
                    edit = (
                        curation.merge(*((one, two) if number else (two, one)), By.person(user), now)
                        if number < 2
                        else curation.move([mine[0]], two, SURE, now)
                    )
                    undoing.undo(edit, By.person(user), now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        tracer = pool.submit(trace)
        try:
            for acting in [pool.submit(act, number) for number in range(3)]:
                acting.result()
        finally:
            done.set()
        tracer.result()
    assert members(one) | members(two) == {*mine, *theirs}
    assert Edit.objects.filter(act=Act.UNDO).count() > 5
    assert consistent()
