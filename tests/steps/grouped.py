"""What the tests of grouping and of the second look share: articles taken through the step, texts, and exact control.

Where a test needs to know what comes out, an article has a vector at an angle, no words, and the forest is made by hand:
reports under `SAME` degrees apart are of one event, over `OTHER` they are of two; of a report that lies between to the
two of a story it can't be told.
"""

from __future__ import annotations

import math
from datetime import timedelta

from stories.models import Article, Story
from stories.nlp import events, likeness, secondlook
from stories.nlp import grouping as deciding
from stories.nlp.traits import traits
from stories.services import grouping, reading, regrouping
from tests import factories
from tests.nlp.reports import stairs

SAME, OTHER = 50, 70
FOREST = stairs(
    (math.cos(math.radians(OTHER)), 5.0 + secondlook.INERTIA / 2),
    (math.cos(math.radians(SAME)), 4.0),
    start=deciding.asked(2) - 5.0,
)

FERRY = (
    "Ferry with 84 aboard runs aground off Skarv",
    "A car ferry of Northern Crossings ran aground in fog outside the harbour of Skarv. Harbour master Ingrid Vale said "
    "nobody was hurt. Divers will look at the hull of the Northern Star before the evening tide.",
)
FERRY_AGAIN = (
    "Nobody hurt as Northern Star ferry grounds near Skarv harbour",
    "The Northern Star, a ferry of Northern Crossings with 84 people aboard, is stuck on rocks outside Skarv harbour. "
    "“Nobody was hurt,” harbour master Ingrid Vale said. Divers are to inspect the hull.",
)
BUDGET = (
    "Parliament passes budget after all-night debate",
    "Lawmakers approved next year's budget by 71 votes to 66 after a debate that lasted until dawn. The finance minister "
    "called the tax on fuel a compromise; the opposition said it would challenge it in court.",
)


def by_hand(monkeypatch):
    """The forest made by hand in the place of the one that ships."""
    monkeypatch.setattr(likeness, "load", lambda: FOREST)


def read(at, title, text, **kw):
    """An article at this time, read and in no story."""
    article = factories.article(title=title, summary=text, reported_at=at, story=None, **kw)
    reading.save(article, reading.compute([article], at)[article.pk], at)
    article.save()
    return article


def at_angle(at, degrees, **kw):
    """An article at this time, in no story unless one is given, read by hand: a direction and no words."""
    vector = [0.0] * events.DIMENSIONS
    vector[0], vector[1] = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return factories.article(reported_at=at, vector=vector, terms={}, traits=traits("", "").as_json(), **kw)


def group(article, now):
    """The article through the group step; as the database has it afterwards."""
    row = Article.objects.get(pk=article.pk)
    grouping.save(row, grouping.compute([row], now)[row.pk], now)
    row.save()
    return Article.objects.get(pk=article.pk)


def arrive(now, *degrees):
    """Articles at these angles, one after the other, a minute apart."""
    times = [now + timedelta(minutes=minute) for minute in range(len(degrees))]
    return [group(at_angle(at, angle), at) for at, angle in zip(times, degrees, strict=True)]


def story_at(now, *degrees, **kw):
    """A story of articles at these angles, however alike they are; due for a second look."""
    rows = [at_angle(now + timedelta(minutes=minute), angle) for minute, angle in enumerate(degrees)]
    story = factories.story(rows, revision=1, **kw)
    for row in rows:
        group(row, now)
    return story, [row.pk for row in rows]


def look(now):
    """Second looks until there is nothing to look at; how many there were. Fails if they never end."""
    looks = 0
    for _ in range(10):
        done = regrouping.look_again(lambda: now)
        if not done:
            return looks
        looks += done
    raise AssertionError("the second look goes on and on")


def turn(article, degrees, now):
    """Another text, as it were: the article says something else now, and was read and grouped again."""
    Article.objects.filter(pk=article).update(vector=at_angle(now, degrees).vector)
    group(Article.objects.get(pk=article), now)
    story = Article.objects.get(pk=article).story
    Story.objects.filter(pk=story.pk).update(revision=story.revision + 1)
