"""Articles that wait together and are placed in one transaction: the same as if each had come alone, only quicker."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories import pipeline
from stories.models import Article, Recent, Stage, Story, TermCount
from stories.services import grouping, leases
from tests import factories
from tests.steps import grouped
from tests.steps.grouped import BUDGET, FERRY, FERRY_AGAIN, at_angle, read

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TEXTS = (
    FERRY,
    BUDGET,
    FERRY_AGAIN,
    ("Budget passes at dawn", BUDGET[1]),
    ("Grounded Northern Star freed at high tide", FERRY[1]),
)
ANGLES = (0, 90, 5, 95, 45, 0, 180, 100, 8, 12)


def waits(articles):
    """The articles, waiting to be grouped."""
    pks = [article.pk for article in articles]
    Article.objects.filter(pk__in=pks).update(stage=Stage.READ)
    return pks


def claimed(now):
    """Whatever waits, leased."""
    return leases.claim(Stage.READ, batch=64, seconds=60, now=now)


def finish(claim, articles, now):
    """The articles through one transaction."""
    return leases.finish_all(
        claim,
        articles,
        Stage.GROUPED,
        begin=grouping.begin,
        save=lambda rows: grouping.save_all(rows, now),
        writes=grouping.WRITES,
    )


def picture():
    """All that grouping leaves behind, but for the numbers of rows: stories numbered by their first article."""
    rows = list(Article.objects.order_by("reported_at", "pk").select_related("story"))
    first = {}
    for place, row in enumerate(rows):
        first.setdefault(row.story_id, place)
    return {
        "articles": [(first[row.story_id], row.story_reasons, round(row.story_score or 0, 6)) for row in rows],
        "stories": sorted(
            (
                first[story.pk],
                story.title,
                story.slug,
                story.article_count,
                story.revision,
                story.first_at,
                story.last_at,
                tuple(round(float(value), 4) for value in story.vector[:4]),
            )
            for story in Story.objects.all()
        ),
        "counts": dict(TermCount.objects.values_list("term", "articles")),
        "recent": [
            (first[recent.story_id], recent.lang, recent.marks, recent.keys)
            for recent in Recent.objects.order_by("reported_at", "article")
        ],
    }


def placed(articles, now, at_once):
    """The picture after the articles went through the step in one transaction or each in its own; all is undone."""
    Article.objects.exclude(pk__in=[one.pk for one in articles]).delete()
    waits(articles)
    claim = claimed(now)
    for part in [claim.articles] if at_once else [[one] for one in claim.articles]:
        assert finish(claim, part, now) == len(part)
    found = picture()
    Recent.objects.all().delete()
    Article.objects.update(story=None, story_score=None, story_reasons=[])
    Story.objects.all().delete()
    TermCount.objects.all().delete()
    return found


@pytest.mark.parametrize("lang", ["en", "de"])
def test_together_comes_out_as_one_after_the_other(now, lang):
    articles = [read(now + place * HOUR, *text, lang=lang) for place, text in enumerate(TEXTS)]
    alone = placed(articles, now, at_once=False)
    assert placed(articles, now, at_once=True) == alone
    assert 1 < len(alone["stories"]) < len(articles)


def test_by_meaning_alone_too(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    articles = [at_angle(now + place * HOUR, angle, story=None) for place, angle in enumerate(ANGLES)]
    alone = placed(articles, now, at_once=False)
    assert placed(articles, now, at_once=True) == alone
    assert 1 < len(alone["stories"]) < len(articles)


def test_of_a_story_that_grows_within_the_batch_the_latest_reports_count(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    monkeypatch.setattr(grouping.grouping, "MEMBERS", 3)
    articles = [at_angle(now + place * HOUR, 8 * place, story=None) for place in range(14)]
    alone = placed(articles, now, at_once=False)
    assert placed(articles, now, at_once=True) == alone


def test_what_lies_out_of_reach_or_in_another_world_is_not_met(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    late, early, demo = (
        at_angle(now, 0, story=None),
        at_angle(now - 200 * HOUR, 0, story=None),
        at_angle(now, 0, story=None, outlet=factories.outlet(demo=True)),
    )
    waits([late, early, demo])
    claim = claimed(now)
    finish(claim, claim.articles, now)
    assert Story.objects.count() == 3


def test_a_part_is_of_one_language_and_what_has_a_story_goes_alone(now):
    english = [factories.article(lang="en", story=None) for _ in range(grouping.TOGETHER + 2)]
    german = factories.article(lang="de", story=None)
    held = factories.article(lang="en", story=factories.story([factories.article()]))
    parts = grouping.together([english[0], german, held, *english[1:]])
    assert parts == [[held], [german], english[: grouping.TOGETHER], english[grouping.TOGETHER :]]


def test_what_is_no_longer_ours_is_left_alone(now):
    ours, theirs = read(now, *FERRY), read(now, *BUDGET)
    waits([ours, theirs])
    claim = claimed(now)
    Article.objects.filter(pk=theirs.pk).update(lease_token=None)
    assert finish(claim, claim.articles, now) == 1
    theirs.refresh_from_db()
    assert (theirs.stage, theirs.story) == (Stage.READ, None)
    assert Article.objects.get(pk=ours.pk).stage == Stage.GROUPED
    assert finish(claim, claim.articles, now) == 0


def test_what_a_person_placed_meanwhile_stays_there(now):
    article, other = read(now, *FERRY), read(now, *FERRY_AGAIN)
    waits([article, other])
    claim = claimed(now)
    story = factories.story([factories.article()])
    Article.objects.filter(pk=other.pk).update(story=story, byline="kept")
    finish(claim, claim.articles, now)
    other.refresh_from_db()
    assert (other.story, other.byline, other.stage) == (story, "kept", Stage.GROUPED)
    assert Recent.objects.get(article=other).story == story
    assert Article.objects.get(pk=article.pk).story not in (None, story)


def test_a_fault_in_one_article_sends_them_singly(now):
    waiting = waits([read(now, *FERRY), read(now + HOUR, *FERRY_AGAIN), read(now, *BUDGET)])
    Article.objects.filter(pk=waiting[2]).update(traits={"names": "no table"})
    advanced = pipeline.advance("group", lambda: now)
    assert (advanced.claimed, advanced.moved) == (3, 2)
    first, second, broken = (Article.objects.get(pk=pk) for pk in waiting)
    assert first.story == second.story != broken.story
    assert (broken.stage, broken.failed_stage) == (Stage.FAILED, Stage.READ)
    assert "Unexpected error" in broken.failure
    assert TermCount.objects.get(lang="en", term="").articles == 2


def test_a_batch_costs_no_more_questions_than_one(now, monkeypatch, django_assert_max_num_queries):
    grouped.by_hand(monkeypatch)
    waits([at_angle(now, angle, story=None) for angle in range(0, 300, 10)])
    claim = claimed(now)
    with django_assert_max_num_queries(18):
        finish(claim, claim.articles, now)
