"""What the tests of curation share: stories that grouping may work on, and what must hold of them after every act."""

from __future__ import annotations

from datetime import timedelta

from stories.models import Article, Bond, Constraint, Recent
from stories.services.acts import By
from tests import factories

SURE = By.grouping(0.97, ["same quote", "5 shared names"])


def story_of(now, count, hour=0, **kw):
    """A story of so many reports, an hour apart; the first is its headline's."""
    rows = [factories.article(reported_at=now + timedelta(hours=hour + n)) for n in range(count)]
    story = factories.story(rows, **kw)
    for row in rows:
        Recent.objects.create(article=row, story=story, lang=row.lang, reported_at=row.reported_at)
    return story, [row.pk for row in rows]


def members(story):
    """The articles of a story; fails unless the counts and `Recent` say the same."""
    story.refresh_from_db()
    pks = set(Article.objects.filter(story=story).values_list("pk", flat=True))
    assert story.article_count == len(pks)
    assert set(Recent.objects.filter(story=story).values_list("article", flat=True)) == pks
    return pks


def said():
    """Every bond, by its pair."""
    return {(row.first_id, row.second_id): row.bond for row in Constraint.objects.all()}


def consistent():
    """Every bond agrees with where its articles are."""
    return all(
        (row.first.story_id == row.second.story_id) == (row.bond == Bond.TOGETHER)
        for row in Constraint.objects.select_related("first", "second")
    )
