"""What the program asks editors besides grouping's own doubts, and how urgent all questions are from time to time.

    MEMBER    a report that joined its story though it was barely sure to belong there      found by `refresh`
    ORIGINS   origins that look odd (nlp.oddities)                                          found when a story is traced
    OUTLET    a name that reads like an outlet's, in so many articles                       found by `refresh`

Each is asked once (services.doubts) and lapses when it is in question no longer. `refresh` is run every two minutes; it
costs a handful of queries however many stories there are, and leaves alone what somebody else holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from stories.models import Article, Ask, Closing, Constraint, Doubt, DoubtState, Proposal, Story
from stories.nlp.oddities import Odd
from stories.selectors import columns, reach
from stories.services import doubts, membership, priorities
from stories.services.doubts import Question

# A report that joined with less than this is asked about. Of 1,994 that joined and stayed in four labelled sets
# (giveme5w1h, og2021, wikinews, ecbplus) 225 are under it, one in eight of them wrong; of those over .8 one in thirty.
LEAST_SURE = 0.7
# What is older than grouping's window is rarely joined by anything, and readers have gone on.
RECENT = timedelta(hours=72)
# Of 1,201 articles (provenance, giveme5w1h, wikinews) 160 names were credited that no list knows, 12 in three articles
# or more, 4 in five: half of the 12 are outlets, the others "Syrian state television" and the like.
LEAST_ARTICLES = 5
# New questions of a kind in one run: a first run over a large house must not take long, and the next is soon.
MOST_ASKED = 50
# Open questions that are weighed anew in one run, the most urgent ones: the order of the rest does not matter yet, and
# what a story's growth puts in question is asked, and so weighed, anew anyway.
MOST_WEIGHED = 2000
# How a report's first reason begins that joined a story by grouping; what founded one says something else.
_JOINED = r"^[0-9]{1,2} % sure"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run of `refresh` did: questions asked, closed as no longer in question, and weighed differently."""

    asked: int = 0
    lapsed: int = 0
    weighed: int = 0


def of_origins(story: Story, odd: Sequence[Odd], now: datetime) -> int:
    """Ask about what is odd in a story just traced, close what is odd no longer; how many are asked.

    Called in the transaction of the trace, which holds the story's row. One query where nothing is odd.
    """
    asked = [
        doubts.put(Question(Ask.ORIGINS, story, articles=one.articles, reasons=[one.reason]), now).key for one in odd
    ]
    membership.lapse(Q(story=story, act=Ask.ORIGINS) & ~Q(key__in=asked), now)
    return len(asked)


def refresh(now: datetime) -> Refreshed:
    """Ask what is new in question, close what is so no longer, and weigh the open questions anew."""
    asked = _ask_members(now) + _ask_outlets(now)
    lapsed, weighed = _weigh(now)
    return Refreshed(asked, lapsed, weighed)


def _ask_members(now: datetime) -> int:
    """Ask about reports that barely joined, the least sure first; how many. Not of those that may be moved anyway."""
    parting = Doubt.objects.filter(state=DoubtState.OPEN, act__in=(Ask.SPLIT, Ask.MOVE))
    parted = {article for articles in parting.values_list("articles", flat=True) for article in articles}
    key = Concat(Value("member:"), Cast("pk", CharField()), Value(":"), Cast("story_id", CharField()))
    known = Doubt.objects.filter(key=OuterRef("question")).exclude(state=DoubtState.OUTDATED)
    rows = _doubtful_members(now).annotate(question=key).exclude(Exists(known)).exclude(pk__in=parted)
    rows = (
        rows.order_by("story_score", "pk")
        .select_related("story")
        .defer(*columns.of_article(), *columns.of_story("story__"))[:MOST_ASKED]
    )
    for article in rows:
        sure = article.story_score or 0.0
        doubts.put(Question(Ask.MEMBER, article.story, None, [article.pk], sure, article.story_reasons), now)
    return len(rows)


def _doubtful_members(now: datetime) -> QuerySet[Article]:
    """Reports of recent stories that still run which joined with little, and of which no person has said anything."""
    stories = Story.objects.shown().filter(closed_at=None, locked=False, article_count__gt=1)
    stories = stories.exclude(closing=Closing.CLOSED).filter(last_at__gte=now - RECENT)
    joined = Article.objects.filter(
        story__in=stories, story_score__lt=LEAST_SURE, story_reasons__0__regex=_JOINED, copy_of=None
    )
    # Each by an index of its own; with OR all bonds would be gone through for every report.
    first, second = (Constraint.objects.filter(**{side: OuterRef("pk")}) for side in ("first", "second"))
    return joined.exclude(Exists(first)).exclude(Exists(second))


def _ask_outlets(now: datetime) -> int:
    """Ask about names that many articles credit, the most frequent first; how many."""
    rows = Proposal.objects.filter(articles__gte=LEAST_ARTICLES, dismissed_at=None)
    rows = rows.exclude(doubt__state__in=[state for state in DoubtState if state != DoubtState.OUTDATED])
    rows = rows.order_by("-articles", "name")[:MOST_ASKED]
    for row in rows:
        reason = f"“{row.name}” is credited like an outlet in {row.articles} articles, and no list of outlets knows it."
        doubts.put(Question(Ask.OUTLET, reasons=[reason], proposal=row), now)
    return len(rows)


@transaction.atomic
def _weigh(now: datetime) -> tuple[int, int]:
    """Close the open questions that are none any more, weigh the others; how many were closed, and are changed.

    Rows that others hold are passed over: whoever holds one is asking or answering it.
    """
    rows = Doubt.objects.filter(state=DoubtState.OPEN).order_by("-priority", "-pk")
    locked = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    open_ = list(locked.select_related("story", "other", "proposal").defer(*heavy)[:MOST_WEIGHED])
    gone = _gone(open_, now)
    left = [doubt for doubt in open_ if doubt.pk not in gone]
    followed = reach.followers({pk for doubt in left for pk in (doubt.story_id, doubt.other_id) if pk is not None})
    objected = _objected(left)
    changed = []
    for doubt in left:
        weight = priorities.weigh(
            doubt.act,
            doubt.probability,
            followed,
            doubt.story,
            doubt.other,
            proposal=doubt.proposal,
            objections=objected.get(doubt.pk, 0),
        )
        if (doubt.reach, doubt.priority) != (weight.reach, weight.priority):
            doubt.reach, doubt.priority = weight.reach, weight.priority
            changed.append(doubt)
    Doubt.objects.bulk_update(changed, ["reach", "priority"], batch_size=500)
    return membership.lapse(Q(pk__in=gone), now) if gone else 0, len(changed)


def _objected(open_: Iterable[Doubt]) -> dict[int, int]:
    """How many readers stand behind each of their questions. One query, none where there is no such question."""
    pks = [doubt.pk for doubt in open_ if doubt.act == Ask.READER]
    rows = Doubt.objects.filter(pk__in=pks).order_by().annotate(number=Count("objections"))
    return dict(rows.values_list("pk", "number")) if pks else {}


def _gone(open_: Sequence[Doubt], now: datetime) -> set[int]:
    """Which of these are no longer in question: their story is gone, hidden or over, or somebody has decided already.

    An editor's lock says that they have looked at a story and want it as it is. Grouping's own are looked at by it.
    """
    gone = {
        doubt.pk
        for doubt in open_
        if doubt.act == Ask.OUTLET and (doubt.proposal is None or doubt.proposal.dismissed_at is not None)
    }
    members = [doubt for doubt in open_ if doubt.act == Ask.MEMBER]
    if members:
        articles = {article for doubt in members for article in doubt.articles}
        still = dict(_doubtful_members(now).filter(pk__in=articles).values_list("pk", F("story")))
        gone |= {doubt.pk for doubt in members if any(still.get(one) != doubt.story_id for one in doubt.articles)}
    for doubt in open_:
        story = doubt.story
        if doubt.act in (Ask.READER, Ask.ORIGINS) and (
            story is None or story.hidden or story.merged_into_id is not None or not story.article_count
        ):
            gone.add(doubt.pk)
    return gone
