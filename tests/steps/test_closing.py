"""Stories close when quiet and open again; what new reports are compared with is kept no longer than it serves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stories.models import Article, Recent, Story
from stories.nlp.grouping import WINDOW
from stories.services import closing
from tests import factories

pytestmark = pytest.mark.django_db


def story(at, **kw):
    return factories.story([factories.article(reported_at=at)], **kw)


def test_a_quiet_story_closes_and_a_live_one_stays_open(now):
    quiet, live = story(now - timedelta(hours=73)), story(now - timedelta(hours=71))
    assert closing.close_quiet(now) == 1
    quiet.refresh_from_db()
    live.refresh_from_db()
    assert (quiet.closed_at, live.closed_at) == (now, None)


def test_closing_twice_closes_once(now):
    quiet = story(now - timedelta(hours=80))
    closing.close_quiet(now)
    assert closing.close_quiet(now + timedelta(hours=1)) == 0
    quiet.refresh_from_db()
    assert quiet.closed_at == now


def test_merged_and_empty_stories_are_left_alone(now):
    kept = story(now)
    story(now - timedelta(days=9), merged_into=kept)
    story(now - timedelta(days=9), article_count=0)
    assert closing.close_quiet(now) == 0


def test_however_many_close_it_takes_as_many_statements(now):
    taken = []
    for times in range(1, 4):
        for days in range(4, 4 + times):
            story(now - timedelta(days=days))
        with CaptureQueriesContext(connection) as seen:
            assert closing.close_quiet(now) == times
        taken.append(len(seen))
    assert len(set(taken)) == 1


def test_a_closed_story_is_taken_up_again_and_an_open_one_is_not(now):
    quiet, live = story(now - timedelta(hours=80)), story(now)
    closing.close_quiet(now)
    quiet.refresh_from_db()
    later = now + timedelta(hours=2)
    assert closing.take_up(quiet, later)
    assert (quiet.closed_at, quiet.reopened_at) == (None, later)
    assert not closing.take_up(quiet, later + timedelta(hours=1))
    assert quiet.reopened_at == later
    assert not closing.take_up(live, later)
    assert live.reopened_at is None


def test_taking_up_writes_nothing(now, django_assert_num_queries):
    quiet = story(now - timedelta(hours=80), closed_at=now)
    with django_assert_num_queries(0):
        closing.take_up(quiet, now)


def test_what_an_old_report_took_up_stays_open_as_long_as_any_other(now):
    row = story(now - timedelta(hours=80), closed_at=now - timedelta(hours=8))
    closing.take_up(row, now)
    row.save()
    assert closing.close_quiet(now + timedelta(hours=71)) == 0
    assert closing.close_quiet(now + timedelta(hours=73)) == 1
    assert Story.objects.get(pk=row.pk).reopened_at == now


def recent(at):
    """An article that was grouped at this time; when it was reported does not matter."""
    article = factories.article(reported_at=at - timedelta(days=30))
    kept = {"lang": "en", "reported_at": article.reported_at, "grouped_at": at}
    return Recent.objects.create(article=article, story=factories.story([article]), **kept)


def test_only_what_was_grouped_too_long_ago_to_be_joined_is_forgotten(now):
    old, fresh = recent(now - timedelta(hours=97)), recent(now - timedelta(hours=95))
    assert closing.prune_recent(now) == 1
    assert list(Recent.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert Article.objects.filter(pk=old.pk).exists()
    assert closing.RECENT_FOR > WINDOW


def test_it_forgets_batch_by_batch(now, monkeypatch):
    monkeypatch.setattr(closing, "BATCH", 2)
    for hours in range(100, 105):
        recent(now - timedelta(hours=hours))
    assert closing.prune_recent(now) == 5
    assert closing.prune_recent(now) == 0
    assert not Recent.objects.exists()
