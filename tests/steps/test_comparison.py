"""The trace step compares a story's reports and keeps what it found, for as long as the story stays as it was."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from stories.models import Article, Story, StoryComparison
from stories.nlp.comparison import Difference, State
from stories.nlp.findings import Findings, Role
from stories.services import tracing
from tests import factories
from tests.nlp.comparing import LANDSLIDE

pytestmark = pytest.mark.django_db
NONE = Findings(Role.ORIGINAL)


@pytest.fixture
def story(now: datetime) -> Story:
    rows = []
    for number, (outlet, title, *sentences) in enumerate(LANDSLIDE):
        row = factories.article(
            outlet=factories.outlet(name=outlet),
            title=title,
            text=" ".join(sentences),
            first_seen_at=now + timedelta(minutes=number),
            claimed_at=None,
            vector=[0.05] * 384,
        )
        factories.examined(row, NONE)
        rows.append(row)
    return factories.story(rows)


def trace(story: Story, now: datetime) -> None:
    article = story.articles.earliest("pk")
    found = tracing.compute([article], now)[article.pk]
    with transaction.atomic():
        tracing.save(article, found, now)


def told(story: Story):
    return StoryComparison.objects.get(story=story).told()


def test_claims_and_conflicts_are_kept_with_the_revision_that_they_are_of(story, now):
    trace(story, now)
    row = StoryComparison.objects.get(story=story)
    assert row.revision == story.revision
    found = row.told()
    assert found is not None
    (toll,) = (one for one in found.conflicts if one.difference is Difference.NUMBER)
    assert sorted(side.value for side in toll.sides) == ["14", "41"]
    whole = {
        article.pk: f"{article.title}\n{article.version.text}" for article in story.articles.select_related("version")
    }
    for claim in found.claims:
        assert whole[claim.article][slice(*claim.span)]
        assert any(cell.article == claim.article and cell.state is State.SAME for cell in claim.cells)


def test_an_article_without_text_is_named_as_such(story, now):
    trace(story, now)
    silent = story.articles.get(outlet__name="Wire")
    assert told(story).without_text == (silent.pk,)
    assert silent.pk not in told(story).compared


def test_run_twice_it_says_the_same(story, now):
    trace(story, now)
    before = told(story)
    trace(story, now + timedelta(minutes=5))
    assert told(story) == before
    assert StoryComparison.objects.count() == 1


def test_what_came_since_is_not_overwritten_by_an_older_look(story, now):
    article = story.articles.earliest("pk")
    found = tracing.compute([article], now)[article.pk]
    Story.objects.filter(pk=story.pk).update(revision=story.revision + 1)
    with transaction.atomic():
        tracing.save(article, found, now)
    assert not StoryComparison.objects.exists()


def test_a_wording_that_was_not_read_is_not_compared(story, now):
    article = story.articles.get(outlet__name="Mirror")
    article.version.text = "A text that came since and that nobody has read."
    article.version.save()
    trace(story, now)
    assert article.pk not in told(story).compared
    assert not told(story).conflicts


def test_what_is_kept_in_a_form_that_is_no_longer_read_is_none(story, now):
    trace(story, now)
    StoryComparison.objects.update(compared={"claims": "many"})
    assert told(story) is None


def test_reports_in_another_language_are_not_held_against_english_ones(story, now):
    Article.objects.filter(outlet__name="Mirror").update(lang="de")
    trace(story, now)
    assert Article.objects.get(outlet__name="Mirror").pk not in told(story).compared
