"""The group step: the article joins a story or founds one. Serial per language, by one advisory lock.

nlp.grouping decides; here the candidates are fetched and what was decided is written, in one transaction. An article
that has a story keeps it, whatever its text says now: to move it is the second look's business (regrouping).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from django.db import connection
from django.utils.text import slugify
from numpy.typing import NDArray

from stories.models import Article, Outlet, Recent, Story, TermCount
from stories.nlp import grouping, likeness, terms, traits
from stories.services import closing, surroundings
from stories.services.serial import take_turn

# These statements are written out because they run for every article while others wait: put together anew each time
# they took half as long again as the whole decision.
_CHANGED = ("first_at", "last_at", "article_count", "revision", "closed_at", "reopened_at")
_VECTOR = Article._meta.get_field("vector")
_STORIES = f"""
SELECT id, lang, {", ".join(_CHANGED)} FROM stories_story WHERE id = ANY(%s) AND merged_into_id IS NULL
"""  # noqa: S608 (the columns' names are ours)
# The vectors are added up where they are: to fetch those of all candidates took as long as to find them.
_JOIN = f"""
UPDATE stories_story SET vector = vector + %s, {", ".join(f"{name} = %s" for name in _CHANGED)} WHERE id = %s
"""  # noqa: S608 (the columns' names are ours)
_COUNT = """
INSERT INTO stories_termcount AS t (lang, term, articles) SELECT %s, unnest(%s::text[]), 1
ON CONFLICT (lang, term) DO UPDATE SET articles = t.articles + 1 RETURNING term, articles - 1
"""
# Each article is a commit, and others wait for their turn until it is done: to wait for the disk as well takes longer
# than all the rest. Should the machine stop within that second the articles are as they were before, and go again.
_HURRY = "SET LOCAL synchronous_commit = off"


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Outlet]:
    """The outlets, at hand with a claim. What an article may join is only known when it has the turn, in `save`."""
    return {article.pk: article.outlet for article in articles}


def save(article: Article, result: Outlet | None, now: datetime) -> None:
    """Find the article's story while it is its language's turn. One that has a story waits for nobody.

    Whoever changes stories takes the turn and then the articles' rows, of which this one is held already.
    """
    if result is not None:
        article.outlet = result
    with connection.cursor() as cursor:
        cursor.execute(_HURRY)
    if article.story_id is None:
        take_turn(article.lang)
    report = _marks(article)
    recent = surroundings.as_recent(article, report, now)
    if article.story is None:
        article.story = _place(article, report, recent, now)
    # A person may have put it into a story of a language of its own: what joins that story waits for its turn.
    recent.story, recent.lang = article.story, article.story.lang
    surroundings.keep(recent)


def _marks(article: Article) -> likeness.Marks:
    """What the article is compared by. Its words are counted when it is grouped for the first time."""
    counts: dict[str, int] = article.terms or {}
    found = traits.Traits.from_json(article.traits) if article.traits else traits.traits(article.title, "")
    asked = likeness.asked_terms(counts, found)
    live = TermCount.objects.counts(article.lang, asked) if article.story_id else _count(article.lang, asked)
    frequencies = terms.Frequencies.with_live(article.lang, live, live.pop("", 0))
    vector = as_vector(article.vector) if terms.is_english(article.lang) else None
    return likeness.marks(vector, counts, found, frequencies, article.reported_at)


def _count(lang: str, asked: Iterable[str]) -> dict[str, int]:
    """Count one more article with these terms; in how many each was seen before."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [lang, ["", *asked]])
        return dict(cursor.fetchall())


def _place(article: Article, report: likeness.Marks, recent: Recent, now: datetime) -> Story:
    """Decide, and write what was decided: the story joined or founded."""
    near = list(dict.fromkeys(hit.story for hit in surroundings.nearest(recent)))[: grouping.CANDIDATES]
    members = surroundings.latest(near, grouping.MEMBERS)
    stories = {story.pk: story for story in Story.objects.raw(_STORIES, [near])}
    candidates = [
        grouping.Candidate(pk, [one.marks for one in members[pk]], stories[pk].first_at, stories[pk].last_at)
        for pk in near
        if pk in stories and pk in members
    ]
    decision = grouping.decide(report, candidates)
    story = stories[decision.story] if decision.story is not None else None
    article.story_score, article.story_reasons = decision.probability, [why[:300] for why in decision.reasons]
    return _found(article) if story is None else _join(story, article, now)


def as_vector(stored: Sequence[float]) -> NDArray[np.float32]:
    """A vector as the decision reckons with it; the database hands out plain numbers."""
    return np.asarray(stored, dtype=np.float32)


def _found(article: Article) -> Story:
    """A new story; its slug is made of its first headline and never changes."""
    return Story.objects.create(
        title=article.title,
        slug=slugify(article.title)[:80].strip("-") or "story",
        lang=article.lang,
        demo=article.outlet.demo,
        headline_of=article,
        article_count=1,
        outlet_count=1,
        voice_count=1,
        first_at=article.reported_at,
        last_at=article.reported_at,
        vector=article.vector,
        revision=1,
    )


def _join(story: Story, article: Article, now: datetime) -> Story:
    """The story with one more member; its headline and counts follow in tracing."""
    story.article_count += 1
    story.first_at = min(story.first_at, article.reported_at)
    story.last_at = max(story.last_at, article.reported_at)
    story.revision += 1
    closing.take_up(story, now)
    changed = {name: getattr(story, name) for name in _CHANGED}
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [_VECTOR.get_prep_value(article.vector), *changed.values(), story.pk])
    return story
