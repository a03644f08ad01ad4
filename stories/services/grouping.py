"""The group step: the article joins a story or founds one. Serial per language, by one advisory lock.

nlp.grouping decides; here the candidates are fetched and what was decided is written, in one transaction.
An article that has a story keeps it: what changes when its text changes is tracing's business.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from django.db import connection
from django.utils.text import slugify
from numpy.typing import NDArray
from pgvector.django import CosineDistance

from stories.models import Article, Story, TermCount
from stories.nlp import grouping, terms

# Any two numbers no other advisory lock of this database uses; the second part is the language.
LOCK = 0x5107


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, None]:
    """Nothing to prepare: what an article may join is only known under the lock, in `save`."""
    return {article.pk: None for article in articles}


def save(article: Article, result: None, now: datetime) -> None:
    """Find the article's story under its language's lock."""
    if article.story_id is not None:
        return
    _lock(article.lang)
    counts: dict[str, int] = article.terms or {}
    live = TermCount.objects.counts(article.lang, counts)
    frequencies = terms.Frequencies.with_live(article.lang, live, live.pop("", 0))
    item = grouping.Item(as_vector(article.vector), terms.weigh(counts, frequencies), article.reported_at)
    setting = grouping.setting_for(article.lang)
    candidates = {story.pk: story for story in _nearest(article)}
    decision = grouping.decide(item, [as_candidate(story) for story in candidates.values()], setting)
    story = candidates.get(decision.story) if decision.story is not None else None
    article.story = _found(article, item) if story is None else _join(story, item, article.reported_at)
    article.story_score, article.story_reasons = decision.score, list(decision.reasons)
    TermCount.objects.add(article.lang, counts)


def _lock(lang: str) -> None:
    """Wait for the language's turn; given back when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, zlib.crc32(lang.encode()) & 0x7FFFFFFF])


def _nearest(article: Article) -> list[Story]:
    """The nearest stories within the window, by the cosine of their vectors."""
    near = Story.objects.near(article.reported_at, grouping.WINDOW, lang=article.lang, demo=article.outlet.demo)
    return list(near.order_by(CosineDistance("vector", article.vector))[: grouping.CANDIDATES])


def as_vector(stored: Sequence[float]) -> NDArray[np.float32]:
    """A vector as the decision reckons with it; the database hands out plain numbers."""
    return np.asarray(stored, dtype=np.float32)


def as_candidate(story: Story) -> grouping.Candidate:
    """A story as the decision sees it."""
    return grouping.Candidate(
        story=story.pk,
        vector=as_vector(story.vector),
        terms=story.terms,
        size=story.article_count,
        first_at=story.first_at,
        last_at=story.last_at,
    )


def _found(article: Article, item: grouping.Item) -> Story:
    """A new story; its slug is made of its first headline and never changes."""
    core = grouping.found(0, item)
    return Story.objects.create(
        title=article.title,
        slug=slugify(article.title)[:80].strip("-") or "story",
        lang=article.lang,
        demo=article.outlet.demo,
        headline_of=article,
        article_count=1,
        outlet_count=1,
        first_at=article.reported_at,
        last_at=article.reported_at,
        vector=core.vector,
        terms=dict(core.terms),
        revision=1,
    )


def _join(story: Story, item: grouping.Item, at: datetime) -> Story:
    """The story with one more member; its headline and counts follow in tracing."""
    core = grouping.join(as_candidate(story), item)
    story.vector, story.terms = core.vector, dict(core.terms)
    story.article_count = core.size
    story.first_at, story.last_at = min(story.first_at, at), max(story.last_at, at)
    story.revision += 1
    story.save(update_fields=["vector", "terms", "article_count", "first_at", "last_at", "revision"])
    return story
