"""Whom a notice wakes, and that each is told once: alerts, their parts, and a delivery for each channel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from django.db import connection

from stories.models import Alert, AlertPart, Credit, Delivery, Follow, FollowKind, Mute, Notice, Story, TeamMember, Wake
from stories.nlp.findings import Relation
from stories.services import alerting, curation
from stories.services.acts import By
from tests import factories
from tests.noted import channel, follow, notice, story_of, team, tell, told, wakes
from tests.steps import curating

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def story():
    return story_of(3)


@pytest.fixture
def reader():
    return factories.user()


def before(now):
    """When a follow was made that is there already."""
    return now - HOUR


def test_who_follows_a_story_is_told_of_what_changes_its_state(story, reader, now):
    follow(reader, before(now), story=story)
    other = factories.user()
    notice(story, Wake.CONFIRMED, now)
    notice(story, Wake.ARTICLE, now)
    assert tell(now).people == 1
    assert wakes(reader) == [[Wake.CONFIRMED]]
    assert wakes(other) == []


def test_all_that_is_noted_at_a_time_is_one_alert(story, reader, now):
    follow(reader, before(now), story=story)
    for wake in (Wake.CONFIRMED, Wake.DENIED, Wake.ON_RECORD):
        notice(story, wake, now)
    tell(now)
    assert wakes(reader) == [[Wake.CONFIRMED, Wake.DENIED, Wake.ON_RECORD]]
    assert Alert.objects.get().story == story


def test_telling_again_tells_nobody(story, reader, now):
    follow(reader, before(now), story=story)
    notice(story, Wake.DENIED, now)
    assert [tell(now).people for _ in range(3)] == [1, 0, 0]
    assert Notice.objects.get().people == 1


def test_what_was_noted_before_one_followed_is_not_told(story, reader, now):
    follow(reader, now + MINUTE, story=story)
    notice(story, Wake.DENIED, now)
    tell(now)
    assert wakes(reader) == []


def test_a_follow_that_has_ended_wakes_nobody(story, reader, now):
    follow(reader, before(now), story=story, ended_at=now)
    notice(story, Wake.DENIED, now)
    assert tell(now).people == 0


@pytest.mark.parametrize("wake", [Wake.REACHED, Wake.DROPPED])
def test_a_number_of_outlets_wakes_whoever_asked_for_it(story, now, wake):
    three, ten = factories.user(), factories.user()
    follow(three, before(now), story=story, reached_from=3, dropped_from=3)
    follow(ten, before(now), story=story, reached_from=10, dropped_from=10)
    for step in (3, 5, 10):
        notice(story, wake, now, step=step, key=str(step))
    tell(now)
    assert told(three) == [[(wake, "3")]]
    assert told(ten) == [[(wake, "10")]]


def test_a_muted_story_is_silent_until_its_time(story, now):
    ever, for_now, over = (factories.user() for _ in range(3))
    for user, until in ((ever, None), (for_now, now + HOUR), (over, now)):
        follow(user, before(now), story=story)
        Mute.objects.create(user=user, story=story, until=until, made_at=before(now))
    notice(story, Wake.DENIED, now)
    tell(now)
    assert [len(told(user)) for user in (ever, for_now, over)] == [0, 0, 1]


def test_a_snoozed_follow_is_silent_and_another_of_the_same_person_is_not(story, reader, now):
    snoozed = follow(reader, before(now), story=story)
    Mute.objects.create(user=reader, follow=snoozed, until=now + HOUR, made_at=now)
    outlet = follow(reader, before(now), outlet=story.headline_of.outlet)
    notice(story, Wake.DENIED, now)
    tell(now)
    assert AlertPart.objects.get().follow == outlet


def test_who_may_not_sign_in_is_told_nothing(story, now):
    gone = factories.user(is_active=False)
    follow(gone, before(now), story=story)
    notice(story, Wake.DENIED, now)
    assert tell(now).people == 0


def test_every_member_hears_of_what_the_team_follows_once(story, now):
    owner, member, away = (factories.user() for _ in range(3))
    desk = team(owner, member, away)
    TeamMember.objects.filter(user=away).delete()
    of_team = follow(None, before(now), team=desk, story=story)
    own = follow(owner, before(now), story=story)
    Mute.objects.create(user=member, follow=own, made_at=now)
    notice(story, Wake.DENIED, now)
    tell(now)
    assert {part.user: part.follow for part in AlertPart.objects.all()} == {owner: own, member: of_team}
    Mute.objects.create(user=member, follow=of_team, made_at=now)
    notice(story, Wake.CONFIRMED, now)
    tell(now)
    assert (len(told(owner)), len(told(member))) == (2, 1)


def test_an_outlet_is_followed_through_its_reports_and_what_they_are_about(story, reader, now):
    reports = list(story.articles.order_by("pk"))
    follow(reader, before(now), outlet=reports[1].outlet)
    notice(story, Wake.DENIED, now, article=reports[0])
    tell(now)
    assert told(reader) == []
    about = factories.Story.objects.get(pk=story.pk).happenings.create(
        kind="denial", key="x", article=reports[0], other=reports[1], at=now, noted_at=now
    )
    notice(story, Wake.DENIED, now, article=reports[0], happening=about, key="about")
    notice(story, Wake.CORRECTED, now, article=reports[1], key="own")
    tell(now)
    assert told(reader) == [[(Wake.DENIED, "about"), (Wake.CORRECTED, "own")]]


def test_the_outlet_whose_news_it_is_need_have_no_report_here(now):
    """A daily repeats the Post, which nobody polls; another outlet repeats the daily; the ministry denies it there."""
    post, bystander = factories.outlet(name="The Washport Post"), factories.outlet(name="The Bystander")
    daily, second = factories.article(), factories.article()
    story = factories.story([daily, second])
    given = {"relation": Relation.REPORTED, "evidence": [0, 4]}
    Credit.objects.create(article=daily, outlet=post, outlet_name=post.name, main=True, **given)
    Credit.objects.create(article=second, outlet=daily.outlet, outlet_name=daily.outlet.name, main=True, **given)
    Credit.objects.create(article=second, outlet=bystander, outlet_name=bystander.name, main=False, **given)
    readers = {outlet: factories.user() for outlet in (post, daily.outlet, bystander)}
    for outlet, user in readers.items():
        follow(user, before(now), outlet=outlet, wakes=[Wake.DENIED, Wake.CORRECTED, Wake.ARTICLE])
    for wake in (Wake.DENIED, Wake.CORRECTED, Wake.ARTICLE):
        notice(story, wake, now, article=second)
    tell(now)
    # A correction of a repeat, or one more repeat, is no news of whoever had it first.
    assert {outlet: wakes(user) for outlet, user in readers.items()} == {
        post: [[Wake.DENIED]],
        daily.outlet: [[Wake.DENIED]],
        bystander: [],
    }


def test_stories_like_one_are_told_of_and_that_one_is_not(story, reader, now):
    direction = [1.0] + [0.0] * 383
    like, other = story_of(2), story_of(2)
    Story.objects.filter(pk=story.pk).update(vector=direction)
    Story.objects.filter(pk=like.pk).update(vector=[3.0, 0.5] + [0.0] * 382)
    Story.objects.filter(pk=other.pk).update(vector=[0.0, 1.0] + [0.0] * 382)
    follow(reader, before(now), kind=FollowKind.LIKE, story=story, vector=direction)
    for one in (story, like, other, story_of(2)):
        notice(one, Wake.STORY, now)
    tell(now)
    assert list(Alert.objects.values_list("story", flat=True)) == [like.pk]


def test_searches_and_names_are_matched_by_the_words_of_the_report(reader, now):
    article = factories.article(title="Ferry Lady Imrie runs aground", text="Oskar Brandeel was the captain.")
    story = factories.story([article])
    name = follow(reader, before(now), name="Oskar Brandeel", wakes=[Wake.ARTICLE])
    search = follow(factories.user(), before(now), query="ferry NOT strike")
    follow(factories.user(), before(now), query="strike")
    follow(factories.user(), before(now), name="Oskar", wakes=[Wake.DENIED])
    notice(story, Wake.ARTICLE, now, article=article)
    tell(now)
    assert {part.follow for part in AlertPart.objects.all()} == {name, search}


def test_the_plainest_follow_is_the_reason(story, reader, now):
    follow(reader, before(now), outlet=story.headline_of.outlet)
    plain = follow(reader, before(now), story=story)
    notice(story, Wake.DENIED, now)
    tell(now)
    part = AlertPart.objects.get()
    assert part.follow == plain
    assert part.why == f"story:{story.title}"


# --- Merges ----------------------------------------------------------------------------------------------------------


def merged(now, outlets=2):
    kept, _ = curating.story_of(now, outlets)
    gone, _ = curating.story_of(now, outlets, hour=1)
    return kept, gone


def traced():
    """As if every story had been traced since."""
    for story in Story.objects.all():
        Story.objects.filter(pk=story.pk).update(traced_revision=story.revision)


def test_a_merge_is_told_once_to_each_follower_of_either_story_with_all_that_came_of_it(now):
    kept, gone = merged(now)
    one, two, both = (factories.user() for _ in range(3))
    for user, stories in ((one, [kept]), (two, [gone]), (both, [kept, gone])):
        for story in stories:
            follow(user, before(now), story=story)
    curation.merge(kept, gone, By.person(factories.editor()), now)
    notice(kept, Wake.CONFIRMED, now)
    assert tell(now).people == 0, "the merged story is traced first"
    traced()
    assert tell(now).people == 3
    assert [wakes(user) for user in (one, two, both)] == [[[Wake.MERGED, Wake.CONFIRMED]]] * 3
    assert set(Alert.objects.values_list("story", flat=True)) == {kept.pk}


def test_what_was_told_of_a_story_is_not_told_again_of_the_one_that_it_became(now):
    kept, gone = merged(now)
    knows, new = factories.user(), factories.user()
    follow(knows, before(now), story=gone)
    follow(new, before(now), story=kept)
    notice(gone, Wake.DENIED, now, key="holm")
    notice(gone, Wake.REACHED, now, key="10", step=10)
    tell(now)
    assert told(knows) == [[(Wake.DENIED, "holm"), (Wake.REACHED, "10")]]
    curation.merge(kept, gone, By.person(factories.editor()), now)
    Notice.objects.filter(wake=Wake.MERGED).delete()
    notice(kept, Wake.DENIED, now, key="holm")
    notice(kept, Wake.REACHED, now, key="10", step=10)
    traced()
    tell(now)
    assert len(told(knows)) == 1
    assert told(new) == [[(Wake.DENIED, "holm"), (Wake.REACHED, "10")]]


def test_a_report_that_was_split_off_is_not_told_of_again(now, reader):
    story, rows = curating.story_of(now, 3)
    article = story.articles.get(pk=rows[2])
    follow(reader, before(now), outlet=article.outlet)
    notice(story, Wake.CORRECTED, now, article=article, key="of the report")
    tell(now)
    edit = curation.split(story, rows[2:], By.person(factories.editor()), now)
    notice(edit.other, Wake.CORRECTED, now, article=article, key="of the report")
    traced()
    tell(now)
    assert wakes(reader) == [[Wake.CORRECTED]]


def test_a_story_that_is_never_traced_is_told_of_after_a_minute(now, reader):
    story = story_of(2, revision=4)
    follow(reader, before(now), story=story)
    notice(story, Wake.DENIED, now)
    assert tell(now).people == 0
    assert tell(now + alerting.TRACED_WITHIN).people == 1


# --- Deliveries ------------------------------------------------------------------------------------------------------


def test_each_channel_gets_a_delivery_when_it_may(story, reader, now):
    reader.time_zone, reader.quiet_from, reader.quiet_to = "Europe/Berlin", time(12), time(14)
    reader.save()
    mail = channel(reader, now, digest_at=time(16), pace="daily")
    phone = channel(reader, now, kind="push")
    hook = channel(reader, now, kind="webhook", heeds_quiet=False)
    channel(reader, now, off_at=now)
    channel(reader, now, verified_at=None)
    follow(reader, before(now), story=story)
    notice(story, Wake.DENIED, now)
    told_at = now + timedelta(seconds=6)
    assert tell(now).deliveries == 3
    # Noon in UTC is one o'clock in Berlin.
    due = {row.channel: row.due_at for row in Delivery.objects.all()}
    assert due == {mail: now.replace(hour=15), phone: now.replace(hour=13), hook: told_at}


def test_a_follow_may_name_its_channels(story, reader, now):
    mail, phone = channel(reader, now), channel(reader, now, kind="push")
    chosen = follow(reader, before(now), story=story)
    chosen.channels.add(phone)
    notice(story, Wake.DENIED, now)
    tell(now)
    assert [row.channel for row in Delivery.objects.all()] == [phone]
    follow(reader, before(now), outlet=story.headline_of.outlet)
    notice(story, Wake.STORY, now)
    tell(now)
    assert {row.channel for row in Delivery.objects.all()} == {mail, phone}


def test_a_team_s_follow_may_name_channels_of_some_members_only(story, reader, now):
    other = factories.user()
    phone, _mail = channel(reader, now, kind="push"), channel(reader, now)
    others = channel(other, now)
    shared = follow(None, before(now), team=team(reader, other), story=story)
    shared.channels.add(phone)
    notice(story, Wake.DENIED, now)
    tell(now)
    assert {row.channel for row in Delivery.objects.all()} == {phone, others}


def test_what_wakes_a_crowd_goes_in_a_lane_of_its_own(now, monkeypatch):
    monkeypatch.setattr(alerting, "CROWD", 2)
    many, few = story_of(2), story_of(2)
    for story, people in ((many, 3), (few, 2)):
        for _ in range(people):
            user = factories.user()
            channel(user, now)
            follow(user, before(now), story=story)
        notice(story, Wake.DENIED, now)
    tell(now)
    assert sorted(Delivery.objects.values_list("alert__story", "lane")) == sorted(
        [(many.pk, 1)] * 3 + [(few.pk, 0)] * 2
    )


def test_the_words_that_show_it_are_kept_as_they_stood(reader, now):
    article = factories.article(text="The captain was asleep. Nobody was hurt.")
    story = factories.story([article])
    follow(reader, before(now), story=story, wakes=[Wake.ARTICLE])
    notice(story, Wake.ARTICLE, now, article=article)
    tell(now)
    article.version.text = "Nothing of the kind."
    article.version.save()
    row = Notice.objects.get()
    assert row.passage == "The captain was asleep. Nobody was hurt."
    assert row.passage_url.endswith(article.get_absolute_url())


# --- Faults ----------------------------------------------------------------------------------------------------------


def test_a_fault_in_one_story_keeps_no_other_waiting_and_is_tried_again(reader, now, monkeypatch):
    bad, good = story_of(2), story_of(2)
    for story in (bad, good):
        follow(reader, before(now), story=story)
        notice(story, Wake.DENIED, now)
    honest = alerting._write

    def failing(story, people, at):
        if story == bad:
            raise ZeroDivisionError
        return honest(story, people, at)

    monkeypatch.setattr(alerting, "_write", failing)
    assert tell(now).people == 1
    waiting = Notice.objects.get(story=bad)
    assert (waiting.attempts, waiting.told_at) == (1, None)
    assert "ZeroDivisionError" in waiting.failure
    assert waiting.tell_at > now + MINUTE
    monkeypatch.undo()
    tell(now + HOUR)
    assert len(told(reader)) == 2


@pytest.mark.django_db(transaction=True)
def test_workers_that_tell_at_once_tell_each_person_once(now):
    stories = [story_of(2) for _ in range(4)]
    people = [factories.user() for _ in range(5)]
    for story in stories:
        for user in people:
            channel(user, now)
            follow(user, before(now), story=story)
        notice(story, Wake.DENIED, now)

    def work():
        try:
            return [tell(now).people for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    assert sum(map(sum, counts)) == 20
    assert AlertPart.objects.count() == 20
    assert Delivery.objects.count() == 4 * 5 * 4


def test_an_alert_outlives_its_follow(story, reader, now):
    gone = follow(reader, before(now), story=story)
    notice(story, Wake.DENIED, now)
    tell(now)
    Follow.objects.filter(pk=gone.pk).delete()
    assert AlertPart.objects.get().why == f"story:{story.title}"
