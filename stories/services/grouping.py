"""The group step: the article joins a story or founds one. Serial per language, by one advisory lock.

nlp.grouping decides; here the candidates are fetched and what was decided is written. Articles that wait together are
placed one after the other in one transaction, as if each had come alone: to ask and to write once for all of them costs
a fraction. An article that has a story keeps it, whatever its text says now: to move it is the second look's business
(regrouping).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

import numpy as np
from django.db import connection
from django.utils.text import slugify
from numpy.typing import NDArray

from stories.models import Article, Outlet, Recent, Story, TermCount
from stories.nlp import grouping, likeness, terms, traits
from stories.services import closing, surroundings
from stories.services.incoming import Incoming
from stories.services.serial import take_turn

# What the step changes in an article's row.
WRITES = ("story", "story_score", "story_reasons")
# Articles placed in one transaction: a third of a second at 50,000 live stories, and so long others wait for the turn.
TOGETHER = 32

# These statements are written out because they run while others wait.
_CHANGED = ("first_at", "last_at", "article_count", "revision", "closed_at", "reopened_at")
_STORIES = f"""
SELECT id, lang, {", ".join(_CHANGED)} FROM stories_story
WHERE id = ANY(%s) AND merged_into_id IS NULL AND closing <> 'closed'
"""  # noqa: S608 (the columns' names are ours)
# The vectors are added up where they are: to fetch those of all candidates took as long as to find them.
_JOIN = f"""
UPDATE stories_story AS s
SET vector = s.vector + g.vector::vector, {", ".join(f"{name} = g.{name}" for name in _CHANGED)}
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::int[], %s::timestamptz[],
            %s::timestamptz[]) AS g(id, vector, {", ".join(_CHANGED)})
WHERE s.id = g.id
"""  # noqa: S608 (the columns' names are ours)
_COUNT = """
INSERT INTO stories_termcount AS t (lang, term, articles)
SELECT %s, counted.term, counted.articles FROM unnest(%s::text[], %s::int[]) AS counted(term, articles)
ON CONFLICT (lang, term) DO UPDATE SET articles = t.articles + excluded.articles
"""
_NUMBERS = "SELECT nextval(pg_get_serial_sequence('stories_story', 'id')) FROM generate_series(1, %s)"
# Others wait for their turn until it is committed: to wait for the disk as well takes longer than all the rest. Should
# the machine stop within that second the articles are as they were before, and go again.
_HURRY = "SET LOCAL synchronous_commit = off"


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Outlet]:
    """The outlets, at hand with a claim. What an article may join is only known when it has the turn, in `save`."""
    return {article.pk: article.outlet for article in articles}


def together(articles: Sequence[Article]) -> list[list[Article]]:
    """The articles in parts, each of which goes in one transaction; the order within a language stays.

    What has a story goes alone: others may hold its row while they wait for the turn that the rest takes first.
    """
    placed = [[article] for article in articles if article.story_id is not None]
    # Sorting keeps the order of those of one language.
    waiting = sorted((article for article in articles if article.story_id is None), key=lambda article: article.lang)
    parts = []
    for _, group in groupby(waiting, key=lambda article: article.lang):
        same = list(group)
        parts += [same[start : start + TOGETHER] for start in range(0, len(same), TOGETHER)]
    return placed + parts


def begin(articles: Sequence[Article]) -> None:
    """Take the turn of the language of a part. Whoever changes stories takes the turn first and then articles' rows."""
    with connection.cursor() as cursor:
        cursor.execute(_HURRY)
    if articles[0].story_id is None:
        take_turn(articles[0].lang)


def save(article: Article, result: Outlet | None, now: datetime) -> None:
    """Find one article's story while it is its language's turn. One that has a story waits for nobody."""
    if result is not None:
        article.outlet = result
    # Its row is held already. Nobody who has the turn wants it: it is in no story.
    begin([article])
    save_all([article], now)


def save_all(articles: Sequence[Article], now: datetime) -> None:
    """Place a part of `together`, in its order; every row is held, and the turn taken by `begin`."""
    reports = _marks(articles)
    recents = {article.pk: surroundings.as_recent(article, reports[article.pk], now) for article in articles}
    placing = _Placing([recents[article.pk] for article in articles if article.story_id is None], now)
    for article in articles:
        recent, report = recents[article.pk], reports[article.pk]
        if article.story is None:
            article.story = placing.place(article, report, recent)
            recent.story = article.story
            placing.incoming.add(recent, report)
        # A person may have put it into a story of a language of its own: what joins that story waits for its turn.
        recent.story, recent.lang = article.story, article.story.lang
    placing.write()
    surroundings.keep(list(recents.values()))


def _marks(articles: Sequence[Article]) -> dict[int, likeness.Marks]:
    """What articles of one language are compared by. Words count when an article is grouped for the first time."""
    lang = articles[0].lang
    found = {
        one.pk: traits.Traits.from_json(one.traits) if one.traits else traits.traits(one.title, "") for one in articles
    }
    asked = {one.pk: likeness.asked_terms(one.terms or {}, found[one.pk]) for one in articles}
    live = TermCount.objects.counts(lang, set().union(*asked.values()))
    frequencies = terms.Frequencies.with_live(lang, live, live.pop("", 0))
    reports: dict[int, likeness.Marks] = {}
    counted: Counter[str] = Counter()
    for one in articles:
        vector = as_vector(one.vector) if terms.is_english(lang) else None
        reports[one.pk] = likeness.marks(vector, one.terms or {}, found[one.pk], frequencies, one.reported_at)
        if one.story_id is None:
            frequencies.add(asked[one.pk])
            counted.update(["", *asked[one.pk]])
    if counted:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [lang, list(counted), list(counted.values())])
    return reports


class _Placing:
    """Decides on one article after the other, and at the end writes what was decided: the stories joined or founded."""

    def __init__(self, recents: Sequence[Recent], now: datetime) -> None:
        self.incoming = Incoming(recents)
        self.now = now
        self.stories = {story.pk: story for story in Story.objects.raw(_STORIES, [list(self.incoming.stories)])}
        self.founded: dict[int, Story] = {}
        self.joined: dict[int, NDArray[np.float32]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_NUMBERS, [len(recents)])
            self._numbers = [number for (number,) in cursor.fetchall()]

    def place(self, article: Article, report: likeness.Marks, recent: Recent) -> Story:
        """The story that the article joins or founds, counted there."""
        near = self.incoming.nearest(recent, report)
        members = {pk: [one.marks for one in self.incoming.members(pk)] for pk in near if pk in self.stories}
        candidates = [
            grouping.Candidate(pk, marks, self.stories[pk].first_at, self.stories[pk].last_at)
            for pk, marks in members.items()
            if marks
        ]
        decision = grouping.decide(report, candidates)
        article.story_score, article.story_reasons = decision.probability, [why[:300] for why in decision.reasons]
        return self._found(article) if decision.story is None else self._join(self.stories[decision.story], article)

    def _found(self, article: Article) -> Story:
        """A new story; its slug is made of its first headline and never changes."""
        story = Story(
            pk=self._numbers.pop(),
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
            vector=as_vector(article.vector),
            revision=1,
        )
        self.stories[story.pk] = self.founded[story.pk] = story
        return story

    def _join(self, story: Story, article: Article) -> Story:
        """The story with one more member; its headline and counts follow in tracing."""
        story.article_count += 1
        story.first_at = min(story.first_at, article.reported_at)
        story.last_at = max(story.last_at, article.reported_at)
        story.revision += 1
        closing.take_up(story, self.now)
        vector = as_vector(article.vector)
        if story.pk in self.founded:
            story.vector = story.vector + vector
        else:
            self.joined[story.pk] = self.joined.get(story.pk, np.zeros_like(vector)) + vector
        return story

    def write(self) -> None:
        """Write the stories founded and joined."""
        if self.founded:
            Story.objects.bulk_create(self.founded.values())
        if self.joined:
            stories = [self.stories[pk] for pk in self.joined]
            changed = [[getattr(story, name) for story in stories] for name in _CHANGED]
            vectors = [surroundings.as_text(vector.tolist(), digits=9) for vector in self.joined.values()]
            with connection.cursor() as cursor:
                cursor.execute(_JOIN, [list(self.joined), vectors, *changed])


def as_vector(stored: Sequence[float]) -> NDArray[np.float32]:
    """A vector as the decision reckons with it; the database hands out plain numbers."""
    return np.asarray(stored, dtype=np.float32)
