"""Every act can be taken back: reports, addresses and bonds are as before, and the program does not do it again."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from stories.models import Act, Article, Bond, Recent, Stage, Story
from stories.services import bonds, curation, marking, undoing
from stories.services.acts import By, Refused
from tests import factories
from tests.steps.curating import SURE, consistent, members, said, story_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return By.person(factories.editor(email="anna@isles.example"), "seen both")


def test_an_editor_may_change_their_mind_and_change_it_back(now, anna):
    story, (a, _, c, d) = story_of(now, 4)
    split = curation.split(story, [c, d], anna, now)
    before = said()
    merge = curation.merge(story, split.other, anna, now)
    assert set(said().values()) == {Bond.TOGETHER}
    assert bonds.load([c]).component(c) >= {a, c, d}
    undoing.undo(merge, anna, now)
    assert said() == before
    assert members(split.other) == {c, d}
    with pytest.raises(Refused, match="apart"):
        curation.merge(story, split.other, SURE, now)


def test_an_express_word_about_reports_that_an_edit_had_moved_is_undone_before_it(now, anna):
    story, (_, b, c) = story_of(now, 3)
    split = curation.split(story, [b, c], anna, now)
    said_of_them = curation.together(b, c, anna, now)
    with pytest.raises(Refused, match="Later edits") as refused:
        undoing.undo(split, anna, now)
    assert refused.value.edits == (said_of_them,)
    undoing.undo(said_of_them, anna, now)
    undoing.undo(split, anna, now)
    assert said() == {}


def test_a_later_word_outlives_the_undo_of_an_earlier_one(now, anna):
    (story, (a, b)), (other, (c,)) = story_of(now, 2), story_of(now, 1)
    apart = curation.apart(a, c, anna, now)
    curation.merge(story, other, anna, now)
    undoing.undo(apart, anna, now)
    assert said() == {(a, c): Bond.TOGETHER}
    assert members(story) == {a, b, c}


@pytest.mark.parametrize("act", ["merge", "split", "move"])
def test_an_undone_act_leaves_nothing_but_its_edits(now, anna, act):
    (story, (a, b, c)), (other, (d, e)) = story_of(now, 3), story_of(now, 2)
    acts = {
        "merge": lambda: curation.merge(story, other, anna, now),
        "split": lambda: curation.split(story, [b, c], anna, now),
        "move": lambda: curation.move([b], other, anna, now),
    }
    edit = acts[act]()
    assert said()
    undo = undoing.undo(edit, anna, now)
    assert (members(story), members(other)) == ({a, b, c}, {d, e})
    assert said() == {}
    other.refresh_from_db()
    assert (other.merged_into, undo.undoes, undo.act, edit.undone_by) == (None, edit, Act.UNDO, undo)
    assert undo.moves == [[article, after, before] for article, before, after in edit.moves]
    assert Article.objects.get(pk=b).story_reasons == ([] if act == "merge" else ["an editor put it back here"])
    assert Article.objects.filter(stage=Stage.GROUPED).exists()


def test_what_an_editor_took_back_grouping_does_not_do_again(now, anna):
    (story, (a, b, c)), (other, (d,)) = story_of(now, 3), story_of(now, 1)
    acts = [
        lambda: curation.merge(story, other, SURE, now),
        lambda: curation.split(story, [c], SURE, now),
        lambda: curation.move([b], other, SURE, now),
    ]
    for act in acts:
        undoing.undo(act(), anna, now)
        with pytest.raises(Refused, match="An editor keeps"):
            act()
    assert (members(story), members(other)) == ({a, b, c}, {d})
    assert said() == {(a, d): Bond.APART, (a, c): Bond.TOGETHER, (a, b): Bond.TOGETHER}
    assert consistent()


def test_the_address_of_an_undone_split_leads_to_where_its_reports_are(now, anna, client):
    story, (_, b) = story_of(now, 2)
    new = curation.split(story, [b], SURE, now)
    undoing.undo(new, anna, now)
    assert members(new.other) == set()
    assert new.other.merged_into == story
    assert client.get(new.other.get_absolute_url()).headers["Location"] == story.get_absolute_url()


def test_a_story_that_got_reports_of_its_own_meanwhile_stays(now, anna):
    story, (_, b) = story_of(now, 2)
    split = curation.split(story, [b], anna, now)
    late = factories.article(story=split.other)
    Recent.objects.create(article=late, story=split.other, lang="en", reported_at=now)
    undoing.undo(split, anna, now)
    assert members(split.other) == {late.pk}
    assert split.other.merged_into is None


def test_addresses_given_up_by_an_undo_go_back_with_a_later_merge(now, anna):
    (story, (_, b)), (other, _) = story_of(now, 2), story_of(now, 1)
    split = curation.split(story, [b], anna, now)
    undoing.undo(split, anna, now)
    merge = curation.merge(other, story, anna, now)
    split.other.refresh_from_db()
    assert split.other.merged_into == other
    undoing.undo(merge, anna, now)
    split.other.refresh_from_db()
    assert split.other.merged_into == story


def test_what_a_later_edit_moved_on_keeps_an_edit_from_being_undone(now, anna):
    (story, (a, b, c)), (other, (d,)) = story_of(now, 3), story_of(now, 1)
    split = curation.split(story, [b, c], anna, now)
    move = curation.move([c], other, anna, now)
    with pytest.raises(Refused, match="Later edits") as refused:
        undoing.undo(split, anna, now)
    assert refused.value.edits == (move,)
    assert undoing.obstacles(split) == [move]
    undoing.undo(move, anna, now)
    undoing.undo(split, anna, now)
    assert (members(story), members(other)) == ({a, b, c}, {d})
    assert said() == {}


def test_an_old_edit_that_nothing_stands_on_is_undone(now, anna):
    (story, (a, b, c)), (other, (d,)) = story_of(now, 3), story_of(now, 1)
    old = curation.split(story, [b], anna, now)
    curation.move([c], other, anna, now)
    marking.rename(story, "Ferry aground", anna, now)
    undoing.undo(old, anna, now)
    assert (members(story), members(other)) == ({a, b}, {c, d})
    story.refresh_from_db()
    assert story.title == "Ferry aground"
    assert consistent()


def test_a_report_that_is_no_more_keeps_no_edit_from_being_undone(now, anna):
    story, (a, b, c) = story_of(now, 3)
    split = curation.split(story, [b, c], anna, now)
    Article.objects.filter(pk=c).delete()
    undo = undoing.undo(split, anna, now)
    assert members(story) == {a, b}
    assert undo.moves == [[b, split.other_id, story.pk]]


@pytest.mark.parametrize(
    ("act", "field", "value"),
    [
        (marking.pin, "pinned_at", None),
        (marking.hide, "hidden", False),
        (marking.close, "closing", ""),
        (marking.reopen, "closing", ""),
        (lambda story, by, now: marking.rename(story, "Another title", by, now), "named", ""),
    ],
)
def test_what_was_said_of_a_story_as_a_whole_is_taken_back(now, anna, act, field, value):
    story, _ = story_of(now, 2, closed_at=now if act is marking.reopen else None)
    before = Story.objects.values("title", "closed_at", field).get(pk=story.pk)
    edit = act(story, anna, now)
    story.refresh_from_db()
    assert getattr(story, field) != value
    with pytest.raises(Refused):
        act(story, anna, now)
    undo = undoing.undo(edit, anna, now)
    story.refresh_from_db()
    assert getattr(story, field) == value
    assert Story.objects.values("title", "closed_at", field).get(pk=story.pk) == before
    assert (undo.before[field], undo.after[field]) == (edit.after[field], edit.before[field])


def test_a_lead_counts_while_it_is_in_the_story(now, anna):
    (story, (a, b)), (other, _) = story_of(now, 2), story_of(now, 1)
    lead = marking.choose_lead(story, b, anna, now)
    story.refresh_from_db()
    assert story.headline_of_id == b
    move = curation.move([b], other, anna, now)
    story.refresh_from_db()
    assert (story.headline_of_id, story.lead_id) == (a, b)
    undoing.undo(move, anna, now)
    story.refresh_from_db()
    assert story.headline_of_id == b
    undoing.undo(lead, anna, now)
    story.refresh_from_db()
    assert story.lead_id is None


def test_nothing_is_undone_twice_or_behind_a_later_edit(now, anna):
    (story, _), (other, _), (third, theirs) = story_of(now, 2), story_of(now, 1), story_of(now, 1)
    first = curation.merge(story, other, anna, now)
    second = curation.merge(third, story, anna, now)
    for edit, word in ((first, "Later edits"), (second, ""), (second, "already"), (first, ""), (first, "already")):
        if word:
            with pytest.raises(Refused, match=word):
                undoing.undo(edit, anna, now)
        else:
            undo = undoing.undo(edit, anna, now)
    with pytest.raises(Refused, match="not undone itself"):
        undoing.undo(undo, anna, now)
    assert members(third) == set(theirs)
    assert said() == {}


def test_reports_do_not_go_back_into_a_story_that_was_merged_since(now, anna):
    (story, (a, b)), (other, (c,)), (third, (d,)) = story_of(now, 2), story_of(now, 1), story_of(now, 1)
    move = curation.move([b], other, anna, now)
    merge = curation.merge(third, story, SURE, now)
    with pytest.raises(Refused) as refused:
        undoing.undo(move, anna, now)
    assert refused.value.edits == (merge,)
    undoing.undo(merge, anna, now)
    undoing.undo(move, anna, now)
    assert (members(story), members(other), members(third)) == ({a, b}, {c}, {d})


def places():
    """Where every report is, and where every address leads."""
    return dict(Article.objects.values_list("pk", "story")), dict(Story.objects.values_list("pk", "merged_into"))


def act(dice, by, now):
    """Any act on any stories; None where it is refused, or would only say again what was said of a pair."""
    one, two = (dice.choice(Story.objects.filter(merged_into=None).order_by("pk")) for _ in range(2))
    inside = list(one.articles.order_by("pk").values_list("pk", flat=True))
    some = dice.sample(inside, dice.randint(0, len(inside)))
    a, b = dice.sample(list(Article.objects.order_by("pk").values_list("pk", flat=True)), 2)
    acts = [
        lambda: curation.merge(one, two, by, now),
        lambda: curation.split(one, some, by, now),
        lambda: curation.move(some, two, by, now),
        lambda: None if bonds.pair(a, b) in said() else curation.together(a, b, by, now),
        lambda: None if bonds.pair(a, b) in said() else curation.apart(a, b, by, now),
    ]
    try:
        return dice.choices(acts, weights=(1, 3, 3, 1, 1))[0]()
    except Refused:
        return None


def sound():
    """Rows that agree with each other, bonds that agree with the rows, addresses that lead straight on."""
    for story in Story.objects.select_related("merged_into"):
        assert not members(story) or story.merged_into is None
        assert story.merged_into is None or story.merged_into.merged_into_id is None
    return consistent()


@pytest.mark.parametrize("seed", range(3))
def test_any_run_of_acts_undone_from_the_last_on_leaves_everything_as_it_was(now, anna, seed):
    dice, done = random.Random(seed), []
    for _ in range(3):
        story_of(now, 3)
    for _ in range(25):
        before = (*places(), said())
        edit = act(dice, anna, now)
        assert sound()
        if edit is not None:
            done.append((edit, before))
    assert len(done) >= 5
    for edit, (articles, addresses, bonds_then) in reversed(done):
        undoing.undo(edit, anna, now)
        assert (places()[0], said()) == (articles, bonds_then)
        assert addresses.items() <= places()[1].items()


@pytest.mark.parametrize("seed", range(3))
def test_acts_and_undos_in_any_order_leave_nothing_that_contradicts_itself(now, anna, seed):
    dice, done = random.Random(seed), []
    for _ in range(3):
        story_of(now, 3)
    for _ in range(20):
        if done and dice.random() < 0.3:
            with suppress(Refused):
                undoing.undo(done.pop(dice.randrange(len(done))), anna, now)
        elif edit := act(dice, dice.choice((anna, SURE)), now):
            done.append(edit)
        assert sound()
