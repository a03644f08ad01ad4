"""Which story an article is in: rows that agree, stories that are reckoned anew and traced again."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import transaction

from stories.ingest.errors import Permanent
from stories.models import Act, Article, Doubt, DoubtState, Edit, Recent, Stage, Story, StoryLink, Tie
from stories.services import leases, membership, tracing
from tests import factories
from tests.steps.curating import story_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def article(now, hours=0, **kw):
    """An article with a vector along one axis."""
    axis = kw.pop("axis", 0)
    vector = np.eye(1, 384, axis)[0]
    return factories.article(reported_at=now + timedelta(hours=hours), vector=vector, **kw)


def recent(row, **kw):
    return Recent.objects.create(article=row, story=row.story, lang=row.lang, reported_at=row.reported_at, **kw)


def shift(articles, to, now, **kw):
    membership.shift([row.pk for row in articles], to, now, **({"score": 0.9, "reasons": ["same names"]} | kw))


def test_an_article_its_recent_row_and_its_reasons_go_together(now):
    one, two = article(now), article(now)
    old, new = factories.story([one, two]), factories.story(lang="nb")
    recent(one)
    recent(two)
    shift([one], new, now, score=0.93, reasons=["same quote", "x" * 400])
    one.refresh_from_db()
    assert (one.story, one.story_score, one.story_reasons) == (new, 0.93, ["same quote", "x" * 300])
    assert Recent.objects.get(article=one).story == new
    assert Recent.objects.get(article=one).lang == "nb"
    assert Recent.objects.get(article=two).story == old


def test_a_question_about_an_article_that_left_is_no_longer_one(now):
    one, two = article(now), article(now)
    story, other = factories.story([one, two]), factories.story()
    about = {"story": story, "other": other, "probability": 0.5, "found_at": now}
    gone = Doubt.objects.create(key="a", act=Act.MOVE, articles=[one.pk], **about)
    stays = Doubt.objects.create(key="b", act=Act.MOVE, articles=[two.pk], **about)
    merge = Doubt.objects.create(key="c", act=Act.MERGE, **about)
    shift([one], other, now)
    assert Doubt.objects.get(pk=gone.pk).state == DoubtState.OUTDATED
    assert set(Doubt.objects.filter(state=DoubtState.OPEN)) == {stays, merge}


def test_a_founded_story_takes_the_earliest_headline_and_the_world_of_the_old_one(now):
    late, early = article(now, 2, title="Later on"), article(now, 1, title="Ferry «Nordstern» aground!")
    source = factories.story([late, early, article(now)], lang="en", demo=True, closed_at=now + DAY)
    new = membership.found([late.pk, early.pk], source, now, score=None, reasons=["split"])
    membership.refresh(new, now)
    new.refresh_from_db()
    assert (new.title, new.slug, new.lang, new.demo) == (early.title, "ferry-nordstern-aground", "en", True)
    assert (new.headline_of, new.article_count, new.first_at, new.last_at) == (
        early,
        2,
        early.reported_at,
        late.reported_at,
    )
    assert (new.closed_at, new.revision) == (now + DAY, 1)


def test_a_slug_is_never_empty_or_too_long(now):
    for title, slug in (("火事", "story"), ("word " * 60, ("word-" * 16).strip("-"))):
        row = article(now, title=title)
        source = factories.story([row, article(now)])
        assert membership.found([row.pk], source, now, score=None, reasons=[]).slug == slug


def test_a_story_is_reckoned_from_its_members(now):
    outlet = factories.outlet()
    rows = [
        article(now, 3, outlet=outlet, axis=0),
        article(now, 1, outlet=outlet, axis=1),
        article(now, 2, axis=1),
        factories.article(reported_at=now + timedelta(hours=2)),
    ]
    story = factories.story(rows, article_count=9, outlet_count=9, first_at=now, last_at=now, revision=4)
    membership.refresh(story, now)
    story.refresh_from_db()
    assert (story.article_count, story.outlet_count, story.revision) == (4, 3, 5)
    assert (story.first_at, story.last_at) == (now + timedelta(hours=1), now + timedelta(hours=3))
    assert list(story.vector[:3]) == [1.0, 2.0, 0.0]


def test_a_headline_is_one_of_a_member(now):
    one, two, three = article(now, 1), article(now, 2), article(now)
    story, other = factories.story([one, two], headline_of=one), factories.story([three])
    shift([one], other, now)
    membership.refresh(story, now)
    membership.refresh(other, now)
    story.refresh_from_db()
    other.refresh_from_db()
    assert (story.headline_of, story.title) == (two, two.title)
    assert (other.headline_of, other.title) == (three, three.title)


def test_an_empty_story_keeps_its_address_and_times(now):
    one = article(now)
    story = factories.story([one], voice_count=1, slug="kept")
    shift([one], factories.story(), now)
    membership.refresh(story, now)
    story.refresh_from_db()
    assert (story.slug, story.article_count, story.outlet_count, story.voice_count) == ("kept", 0, 0, 0)
    assert (story.first_at, story.last_at) == (one.reported_at, one.reported_at)
    assert not any(story.vector)
    assert story not in Story.objects.live()


def test_a_report_after_its_closing_opens_a_story(now):
    late = article(now, 5)
    closed = factories.story([article(now)], closed_at=now + timedelta(hours=3))
    membership.refresh(closed, now)
    assert closed.closed_at is not None
    late.story = closed
    late.save()
    membership.refresh(closed, now)
    closed.refresh_from_db()
    assert closed.closed_at is None


@pytest.mark.parametrize("stage", [Stage.DONE, Stage.TRACED])
def test_one_member_at_rest_has_the_story_traced(now, stage):
    rows = [article(now, hour, stage=stage) for hour in range(3)]
    membership.refresh(factories.story(rows), now)
    stages = [type(row).objects.get(pk=row.pk).stage for row in rows]
    assert stages == [Stage.GROUPED, stage, stage]


def test_a_trace_in_flight_is_made_to_look_again(now):
    row = article(now, stage=Stage.GROUPED)
    story = factories.story([row])
    flying = leases.claim(Stage.GROUPED, batch=1, seconds=60, now=now)
    stale = tracing.compute(flying.articles, now)[row.pk]
    membership.refresh(story, now)
    assert not leases.finish(flying, flying.articles[0], Stage.DONE, lambda held: tracing.save(held, stale, now))
    assert [held.pk for held in leases.claim(Stage.GROUPED, batch=1, seconds=60, now=now).articles] == [row.pk]


def test_a_trace_of_the_story_that_an_article_has_left_is_void(now):
    row, other = article(now, 1, stage=Stage.GROUPED), article(now)
    factories.story([row, article(now)], revision=7)
    new = factories.story([other], revision=6)
    flying = leases.claim(Stage.GROUPED, batch=1, seconds=60, now=now)
    shift([row], new, now)
    membership.refresh(new, now)
    assert not leases.finish(flying, flying.articles[0], Stage.DONE, lambda held: pytest.fail("was written"))
    leases.fail(flying, flying.articles[0], Permanent("The story is empty."), now=now)
    row.refresh_from_db()
    assert (row.stage, row.lease_token, new.revision) == (Stage.GROUPED, None, 7)


def test_a_member_on_its_way_is_left_alone_and_a_failed_trace_tried_again(now):
    way, failed = article(now, stage=Stage.EXTRACTED), article(now, 1, stage=Stage.FAILED, failed_stage=Stage.FOUND)
    untraced = article(now, 2, stage=Stage.FAILED, failed_stage=Stage.GROUPED, failure="x", attempts=6)
    membership.refresh(factories.story([way, failed]), now)
    membership.refresh(factories.story([failed, untraced]), now)
    for row in (way, failed, untraced):
        row.refresh_from_db()
    assert (way.stage, failed.stage, failed.failed_stage) == (Stage.EXTRACTED, Stage.FAILED, Stage.FOUND)
    assert (untraced.stage, untraced.failed_stage, untraced.failure, untraced.attempts) == (Stage.GROUPED, "", "", 0)


def test_ties_go_along_and_none_is_doubled_or_to_itself(now):
    kept, gone, first, second, third = (
        factories.story([article(now, hour)], title=f"Story {hour}") for hour in (3, 1, 0, 2, 4)
    )
    StoryLink.objects.create(first=gone, second=kept, kind=Tie.RELATED)
    StoryLink.objects.create(first=first, second=gone, kind=Tie.CHAPTER, by_curator=True)
    StoryLink.objects.create(first=first, second=kept, kind=Tie.RELATED, probability=0.99)
    StoryLink.objects.create(first=second, second=kept, kind=Tie.RELATED, probability=0.6)
    StoryLink.objects.create(first=gone, second=second, kind=Tie.CHAPTER, probability=0.8)
    StoryLink.objects.create(first=gone, second=third, kind=Tie.RELATED)
    far = StoryLink.objects.create(first=first, second=third, kind=Tie.RELATED)
    membership.retire(gone, kept, now)
    ties = set(StoryLink.objects.exclude(pk=far.pk).values_list("first", "second", "kind"))
    assert ties == {
        (first.pk, kept.pk, Tie.CHAPTER),
        # The two are one now, which began before the second story.
        (kept.pk, second.pk, Tie.CHAPTER),
        (kept.pk, third.pk, Tie.RELATED),
    }


def test_addresses_lead_straight_to_the_story_and_back(now):
    far, gone, kept, other = (factories.story() for _ in range(4))

    def merge(into, out):
        membership.retire(out, into, now)
        membership.refresh(out, now)
        Edit.objects.create(act=Act.MERGE, by="x", story=into, other=out, at=now)

    merge(gone, far)
    merge(kept, gone)
    merge(kept, other)
    assert set(Story.objects.filter(merged_into=kept)) == {far, gone, other}
    gone.refresh_from_db()
    membership.restore(gone, kept)
    for row, into in ((far, gone), (gone, None), (other, kept)):
        row.refresh_from_db()
        assert row.merged_into == into


def test_held_articles_are_in_the_order_of_their_reports(now):
    late, early = article(now, 2), article(now, 1)
    story, other = factories.story([late, early], headline_of=late), factories.story([article(now)])
    with transaction.atomic():
        held = membership.hold([story, other])
    assert held.members(story) == [early.pk, late.pk]
    assert (held.face(story), held.face(story, without=[late.pk])) == (late.pk, early.pk)
    assert held.face(story, without=[late.pk, early.pk]) is None


def test_many_stories_are_traced_again_at_once(now, django_assert_max_num_queries):
    stories = [story_of(now, 2)[0] for _ in range(5)]
    empty = factories.story()
    Article.objects.filter(story=empty).update(stage=Stage.READ)
    Article.objects.filter(story=stories[0]).update(stage=Stage.FAILED, failed_stage=Stage.GROUPED, failure="x")
    before = dict(Story.objects.values_list("pk", "revision"))
    with django_assert_max_num_queries(8):
        assert membership.trace_again([story.pk for story in [*stories, empty]]) == 6
    assert dict(Story.objects.values_list("pk", "revision")) == {pk: number + 1 for pk, number in before.items()}
    waiting = Article.objects.filter(stage=Stage.GROUPED)
    assert sorted(waiting.values_list("story", flat=True)) == [story.pk for story in stories]
    assert not waiting.exclude(failure="").exists()
