"""The trace step: look at the whole story again. A pure function of its articles: run twice, it says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from stories.ingest.errors import Failure, Permanent
from stories.models import Article, Story
from stories.nlp import titles


@dataclass(frozen=True, slots=True)
class Trace:
    """What the articles of a story say together, and the story's revision that this was said of."""

    revision: int
    title: str
    headline_of: int
    articles: int
    outlets: int
    first_at: datetime
    last_at: datetime


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Trace | Failure]:
    """Trace each story once, however many of its articles ask."""
    stories = {story.pk: story for story in Story.objects.filter(pk__in={a.story_id for a in articles})}
    traces = {pk: trace(story) for pk, story in stories.items()}
    gone = Permanent("The article's story no longer exists.")
    return {article.pk: traces.get(article.story_id or 0, gone) for article in articles}


def trace(story: Story) -> Trace:
    """The story's headline, counts and times, from its articles in the order in which they were reported."""
    rows = list(
        story.articles.order_by("reported_at", "pk").values_list("pk", "title", "vector", "outlet_id", "reported_at")
    )
    headlines = [row[1] for row in rows]
    central = titles.most_central(headlines, np.array([row[2] for row in rows], dtype=np.float32))
    return Trace(
        revision=story.revision,
        title=headlines[central],
        headline_of=rows[central][0],
        articles=len(rows),
        outlets=len({row[3] for row in rows}),
        first_at=rows[0][4],
        last_at=rows[-1][4],
    )


def save(article: Article, result: Trace, now: datetime) -> None:
    """Write the trace to the story, unless the story has grown since: whoever made it grow will trace it."""
    story = Story.objects.select_for_update(no_key=True).filter(pk=article.story_id or 0).first()
    if story is None or story.revision != result.revision:
        return
    story.title, story.headline_of_id = result.title, result.headline_of
    story.article_count, story.outlet_count = result.articles, result.outlets
    story.first_at, story.last_at = result.first_at, result.last_at
    story.traced_revision = result.revision
    story.save(
        update_fields=[
            "title",
            "headline_of",
            "article_count",
            "outlet_count",
            "first_at",
            "last_at",
            "traced_revision",
        ]
    )
