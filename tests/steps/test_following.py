"""Following: begun once however often one clicks, ended, changed, snoozed, muted; who may, and how much."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from stories.models import DEFAULT_WAKES, Follow, FollowKind, Mute, Story
from stories.selectors import following as selector
from stories.services import closing, following, muting, targets
from stories.services.targets import Refused
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(hours=5)


def merge(story: Story, into: Story) -> Story:
    story.merged_into = into
    story.save(update_fields=["merged_into"])
    return Story.objects.get(pk=story.pk)


def settings(follow: Follow, **kw: object) -> following.Settings:
    told = {"wakes": follow.wakes, "dropped_from": 3, "reached_from": 10, "query": follow.query}
    return following.Settings(**told | kw)


def test_each_kind_is_followed_by_a_target_of_its_own_with_its_usual_wakes():
    user, story, outlet = factories.user(), followed.with_direction(), factories.outlet()
    made = {
        "story": followed.follow(user, story),
        "like": followed.follow(user, story, kind=FollowKind.LIKE),
        "outlet": followed.follow(user, outlet),
        "name": followed.follow(user, "Dr  Ada Quill"),
        "search": followed.follow(user, "harbour dredging", kind=FollowKind.SEARCH),
    }
    assert made["story"].target == f"story:{story.pk}"
    assert made["like"].target == f"like:{story.pk}"
    assert made["outlet"].target == f"outlet:{outlet.pk}"
    assert (made["name"].target, made["name"].name, made["name"].key) == ("name:ada quill", "Dr Ada Quill", "ada quill")
    assert made["search"].target == selector.search_target("harbour dredging")
    for kind, row in made.items():
        assert row.wakes == [wake.value for wake in DEFAULT_WAKES[kind]]
        assert row.created_at == MORNING
    vector = Follow.objects.get(pk=made["like"].pk).vector
    assert sum(part**2 for part in vector) == pytest.approx(1)


def test_following_twice_is_following_once():
    user, story = factories.user(), factories.story()
    first = followed.follow(user, story)
    assert followed.follow(user, story, now=LATER) == first
    assert followed.follow(user, "Ada Quill") == followed.follow(user, "Mrs. ada quill")
    assert Follow.objects.count() == 2
    assert Follow.objects.get(pk=first.pk).created_at == MORNING


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_are_one_follow():
    user, outlet = factories.user(), factories.outlet()

    def click(_n: int) -> int:
        try:
            return followed.follow(user, outlet).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(8)))) == 1
    assert Follow.objects.count() == 1


def test_a_merged_story_is_followed_as_the_one_that_it_leads_to():
    user, kept = factories.user(), factories.story()
    gone = merge(factories.story(), kept)
    assert followed.follow(user, gone).story_id == kept.pk
    other = factories.user()
    early = factories.story()
    before = followed.follow(other, early)
    merge(early, kept)
    assert followed.follow(other, kept) == before, "what leads to the story is followed already"
    following.end(before, other, LATER)
    again = followed.follow(other, kept, now=LATER)
    assert again.target == f"story:{kept.pk}"


def test_ending_one_address_of_a_merged_story_ends_them_all():
    user, one, other = factories.user(), factories.story(), factories.story()
    first, second = followed.follow(user, one), followed.follow(user, other)
    merge(other, one)
    following.end(Follow.objects.get(pk=second.pk), user, LATER)
    assert not Follow.objects.live().exists()
    assert Follow.objects.get(pk=first.pk).ended_why == selector.STOPPED


def test_who_follows_again_gets_their_settings_back_and_nothing_from_between():
    user, story = factories.user(), factories.story()
    follow = followed.follow(user, story)
    following.change(follow, user, settings(follow, wakes=["denied"], dropped_from=20, until_closed=True))
    muting.snooze(follow, user, MORNING + timedelta(days=1), MORNING)
    following.end(follow, user, MORNING + timedelta(hours=1))
    assert not Mute.objects.exists()
    again = followed.follow(user, story, now=LATER)
    assert again.pk == follow.pk
    assert (again.wakes, again.dropped_from, again.until_closed) == (["denied"], 20, True)
    assert (again.created_at, again.ended_at, again.ended_why) == (LATER, None, "")


def test_a_team_is_followed_for_by_its_members_alone():
    ada, tom, stranger, story = factories.user(), factories.user(), factories.user(), factories.story()
    desk = followed.team("Isles desk", ada, tom)
    follow = followed.follow(ada, story, team=desk)
    assert (follow.user_id, follow.team_id) == (None, desk.pk)
    assert followed.follow(tom, story, team=desk) == follow
    assert followed.follow(tom, story) != follow, "for oneself besides"
    with pytest.raises(Refused, match="Only members"):
        followed.follow(stranger, story, team=desk)
    for act in (
        lambda: following.end(follow, stranger, LATER),
        lambda: following.change(follow, stranger, settings(follow)),
        lambda: muting.snooze(follow, stranger, LATER, MORNING),
    ):
        with pytest.raises(Refused, match="Only members"):
            act()
    following.end(follow, tom, LATER)
    assert Follow.objects.get(pk=follow.pk).ended_at == LATER


def test_the_follows_of_others_are_left_alone():
    user, other = factories.user(), factories.user()
    follow = followed.follow(user, "Ada Quill")
    with pytest.raises(Refused, match="somebody else"):
        following.end(follow, other, LATER)
    followed.follow(other, "Ada Quill")
    following.end(follow, user, LATER)
    assert Follow.objects.live().get().user == other


def test_one_member_can_leave_a_follow_of_the_team():
    ada, tom = factories.user(), factories.user()
    follow = followed.follow(ada, factories.story(), team=followed.team("Isles desk", ada, tom))
    following.leave(follow, ada, LATER)
    assert Follow.objects.live().count() == 1
    assert Mute.objects.get().until is None
    own = followed.follow(ada, "Ada Quill")
    following.leave(own, ada, LATER)
    assert Follow.objects.get(pk=own.pk).ended_at == LATER


@pytest.mark.parametrize(
    ("kind", "what", "reason"),
    [
        ("name", {"name": "  "}, "Type the name"),
        ("name", {"name": "the Mrs"}, "Type the name"),
        ("search", {"query": " \x00 "}, "Type what to search for"),
        ("search", {"query": "w " * 300}, "at most|may have 500"),
        ("search", {"query": "-ferry"}, "at least one word"),
        ("search", {"query": "harbour outlet:"}, "."),
        ("story", {}, "Say what to follow"),
        ("outlet", {"name": "Coast Wire"}, "Say what to follow"),
    ],
)
def test_what_says_nothing_is_refused(kind, what, reason):
    with pytest.raises(Refused, match=reason):
        following.follow(kind, by=factories.user(), now=MORNING, **what)
    assert not Follow.objects.exists()


def test_stories_like_one_without_a_direction_can_not_be_told():
    with pytest.raises(Refused, match="like can't be told"):
        followed.follow(factories.user(), factories.story(), kind=FollowKind.LIKE)


def test_there_is_a_bound_for_a_person_and_for_a_team(monkeypatch):
    monkeypatch.setattr(following, "MOST", 2)
    user = factories.user()
    desk = followed.team("Isles desk", user)
    first = followed.follow(user, "Ada Quill")
    followed.follow(user, "Tom Marsh")
    with pytest.raises(Refused, match="more than 2 things"):
        followed.follow(user, "Nobody Else")
    followed.follow(user, "Nobody Else", team=desk)
    following.end(first, user, LATER)
    followed.follow(user, "Nobody Else")
    with pytest.raises(Refused):
        followed.follow(user, "Ada Quill")
    assert followed.follow(user, "Tom Marsh").name == "Tom Marsh", "what is followed already is no further one"


def test_settings_are_checked():
    user, story = factories.user(), factories.story()
    follow = followed.follow(user, story)
    for wrong in ({"wakes": []}, {"wakes": ["story"]}, {"wakes": ["denied", "nonsense"]}):
        with pytest.raises(Refused, match="Tick at least one"):
            following.change(follow, user, settings(follow, **wrong))
    for wrong in ({"dropped_from": 4}, {"reached_from": 0}):
        with pytest.raises(Refused, match="numbers of outlets"):
            following.change(follow, user, settings(follow, **wrong))
    following.change(follow, user, settings(follow, wakes=["reached", "denied"], reached_from=50, until_closed=True))
    kept = Follow.objects.get(pk=follow.pk)
    assert (kept.wakes, kept.reached_from, kept.until_closed) == (["denied", "reached"], 50, True)
    outlet = followed.follow(user, factories.outlet())
    following.change(outlet, user, settings(outlet, until_closed=True))
    assert not Follow.objects.get(pk=outlet.pk).until_closed, "an outlet does not close"


def test_ways_are_the_persons_own_and_those_of_the_team_stay():
    ada, tom = factories.user(), factories.user()
    follow = followed.follow(ada, factories.story(), team=followed.team("Isles desk", ada, tom))
    hers, his = followed.channel(ada, "a@isles.example"), followed.channel(tom, "t@isles.example")
    following.change(follow, tom, settings(follow, channels=[his.pk]))
    following.change(follow, ada, settings(follow, channels=[hers.pk, followed.channel(factories.user(), "x").pk]))
    assert set(follow.channels.all()) == {hers, his}
    following.change(follow, ada, settings(follow))
    assert set(follow.channels.all()) == {his}


def test_a_search_can_be_changed_but_not_into_one_that_is_there():
    user = factories.user()
    first = followed.follow(user, "harbour", kind=FollowKind.SEARCH)
    second = followed.follow(user, "dredging", kind=FollowKind.SEARCH)
    following.change(first, user, settings(first, query="harbour  minister"))
    kept = Follow.objects.get(pk=first.pk)
    assert (kept.query, kept.target) == ("harbour minister", selector.search_target("harbour minister"))
    with pytest.raises(Refused, match="followed already"):
        following.change(second, user, settings(second, query="harbour minister"))
    with pytest.raises(Refused):
        following.change(second, user, settings(second, query=""))
    assert Follow.objects.get(pk=second.pk).query == "dredging"


def test_a_snooze_is_the_persons_own_and_lies_ahead():
    ada, tom = factories.user(), factories.user()
    follow = followed.follow(ada, factories.story(), team=followed.team("Isles desk", ada, tom))
    until = MORNING + timedelta(days=7)
    muting.snooze(follow, ada, MORNING + timedelta(days=1), MORNING)
    muting.snooze(follow, ada, until, MORNING)
    assert [(mute.user, mute.until) for mute in Mute.objects.all()] == [(ada, until)]
    for wrong in (MORNING, MORNING - timedelta(days=1), MORNING + timedelta(days=400)):
        with pytest.raises(Refused, match="Choose a day"):
            muting.snooze(follow, tom, wrong, MORNING)
    muting.unsnooze(follow, tom)
    assert Mute.objects.count() == 1
    muting.unsnooze(follow, ada)
    assert not Mute.objects.exists()


def test_a_story_is_muted_and_heard_of_again_by_any_of_its_addresses():
    user, story = factories.user(), factories.story()
    gone = merge(factories.story(), story)
    assert muting.mute(user, gone, None, MORNING).story == story
    muting.mute(user, story, LATER, MORNING)
    assert Mute.objects.get().until == LATER
    muting.unmute(user, gone)
    assert not Mute.objects.exists()
    with pytest.raises(Refused):
        muting.mute(user, story, MORNING, MORNING)
    muting.mute(user, story, None, MORNING)
    followed.follow(user, story)
    assert not Mute.objects.exists(), "who follows a story wants to hear of it"


def test_mutes_have_a_bound_too(monkeypatch):
    monkeypatch.setattr(muting, "MOST", 1)
    user, story = factories.user(), factories.story()
    muting.mute(user, story, None, MORNING)
    muting.mute(user, story, LATER, MORNING)
    with pytest.raises(Refused, match="more than 1 stories"):
        muting.mute(user, factories.story(), None, MORNING)


def test_follows_end_with_their_story_where_they_were_to(django_assert_num_queries):
    user, other, story, merged = factories.user(), factories.user(), factories.story(), factories.story()
    until, forever = followed.follow(user, story), followed.follow(other, story)
    by_old_address = followed.follow(other, merged)
    for follow, by in ((until, user), (by_old_address, other)):
        following.change(follow, by, settings(follow, until_closed=True))
    merge(merged, story)
    with django_assert_num_queries(1):
        assert following.end_closed([story.pk], LATER) == 2
    assert Follow.objects.get(pk=until.pk).ended_why == selector.CLOSED
    assert Follow.objects.get(pk=forever.pk).ended_at is None
    assert following.end_closed([story.pk], LATER) == 0


def test_the_story_that_closes_ends_them():
    user, story = factories.user(), factories.story()
    follow = followed.follow(user, story)
    following.change(follow, user, settings(follow, until_closed=True))
    assert closing.close_quiet(story.last_at + timedelta(days=4)) == 1
    assert Follow.objects.get(pk=follow.pk).ended_why == selector.CLOSED


def test_standing_is_told_in_two_queries(django_assert_num_queries):
    user, story, outlet = factories.user(), factories.story(), factories.outlet()
    gone = factories.story()
    desk = followed.team("Isles desk", user)
    follow = followed.follow(user, gone)
    merge(gone, story)
    name = followed.follow(user, "Ada Quill", team=desk)
    muting.mute(user, story, None, MORNING)
    with django_assert_num_queries(2):
        told = selector.standing(user, story=story, outlet=outlet, names=["ADA QUILL", "Tom"], query="harbour (")
    assert told is not None
    assert told.own(f"story:{story.pk}") == follow
    assert told.own("name:ada quill") is None
    assert told.of_team("name:ada quill", desk.pk) == name
    assert [team.name for team in told.teams] == ["Isles desk"]
    assert told.muted
    with django_assert_num_queries(0):
        assert selector.standing(None, story=story) is None


def test_it_locks_no_more_than_the_person(django_assert_max_num_queries):
    user, story = factories.user(), factories.story()
    with django_assert_max_num_queries(16):
        followed.follow(user, story)
    assert connection.in_atomic_block
    assert targets.line(" a\x00 b\n") == "a b"
