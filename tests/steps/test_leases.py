"""The row is the queue: claims, lost leases, failures that wait and failures that rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from stories.ingest.errors import Permanent, Temporary
from stories.models import Article, Stage, Story
from stories.services import leases
from tests import factories

pytestmark = pytest.mark.django_db


def found(**kw):
    return factories.article(stage=Stage.FOUND, **kw)


def claim(now, batch=10):
    return leases.claim(Stage.FOUND, batch=batch, seconds=60, now=now)


def test_a_claimed_row_is_not_claimed_again_until_its_lease_runs_out(now):
    article = found()
    assert [a.pk for a in claim(now).articles] == [article.pk]
    assert claim(now + timedelta(seconds=59)).articles == []
    assert [a.pk for a in claim(now + timedelta(seconds=61)).articles] == [article.pk]


def test_claims_are_bounded_and_take_the_earliest_report_first(now):
    late, early = found(reported_at=now), found(reported_at=now - timedelta(hours=1))
    assert [a.pk for a in claim(now, batch=1).articles] == [early.pk]
    assert [a.pk for a in claim(now, batch=1).articles] == [late.pk]


def test_finish_moves_the_row_on_and_forgets_the_attempts(now):
    article = found()
    held = claim(now)

    def save(row: Article) -> None:
        row.dateline = "OSLO"

    assert leases.finish(held, article, Stage.EXTRACTED, save)
    article.refresh_from_db()
    assert (article.stage, article.dateline, article.attempts, article.lease_token) == (
        Stage.EXTRACTED,
        "OSLO",
        0,
        None,
    )


def test_a_worker_whose_lease_ran_out_writes_nothing(now):
    article = found()
    slow = claim(now)
    quick = claim(now + timedelta(seconds=61))
    assert leases.finish(quick, article, Stage.EXTRACTED, lambda row: None)
    assert not leases.finish(slow, article, Stage.EXTRACTED, lambda row: setattr(row, "title", "stale"))
    article.refresh_from_db()
    assert article.title != "stale"


def test_save_and_stage_stand_or_fall_together(now):
    article = found()
    held = claim(now)

    def save(row: Article) -> None:
        Article.objects.filter(pk=row.pk).update(dateline="half done")
        raise ValueError("the disk of the mind is full")

    with pytest.raises(ValueError, match="disk of the mind"):
        leases.finish(held, article, Stage.EXTRACTED, save)
    article.refresh_from_db()
    assert (article.stage, article.dateline) == (Stage.FOUND, "")


def test_a_temporary_failure_waits_longer_each_time_and_then_rests(now):
    article = found()
    waits = []
    for _ in range(leases.MAX_ATTEMPTS):
        leases.fail(claim(now), article, Temporary("The server is busy."), now=now)
        article.refresh_from_db()
        if article.retry_at:
            waits.append((article.retry_at - now).total_seconds())
            now = article.retry_at
    assert waits == [20, 40, 80, 160, 320]
    assert (article.stage, article.failed_stage, article.failure) == (Stage.FAILED, Stage.FOUND, "The server is busy.")


def test_a_servers_wish_to_wait_is_obeyed(now):
    article = found()
    leases.fail(claim(now), article, Temporary("Slow down.", retry_after_s=600), now=now)
    article.refresh_from_db()
    assert article.retry_at == now + timedelta(seconds=600)


def test_a_permanent_failure_rests_at_once_with_its_reason(now):
    article = found()
    leases.fail(claim(now), article, Permanent("Not an article."), now=now)
    article.refresh_from_db()
    assert (article.stage, article.failed_stage, article.failure) == (Stage.FAILED, Stage.FOUND, "Not an article.")


def test_a_row_that_kills_its_workers_is_put_aside(now):
    article = found()
    for _ in range(leases.MAX_ATTEMPTS):
        assert claim(now).articles
        now += timedelta(seconds=61)
    assert claim(now).articles == []
    article.refresh_from_db()
    assert article.stage == Stage.FAILED
    assert "did not end" in article.failure


@pytest.mark.django_db(transaction=True)
def test_while_a_row_is_being_saved_a_story_may_take_its_headline(now):
    article = found()
    story = factories.story(articles=[factories.article()])

    def point_at_it():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                Story.objects.filter(pk=story.pk).update(headline_of=article)
        finally:
            connection.close()

    def save(row: Article) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(point_at_it).result()

    assert leases.finish(claim(now), article, Stage.EXTRACTED, save)
