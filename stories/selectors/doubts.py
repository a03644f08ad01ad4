"""The review queue: what grouping would do but is not sure of, with both sides, and what editors decided lately.

A question is shown as far as it can be judged at a glance: a few headlines with their outlets and the times on each
side. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, F, Q, QuerySet, Window
from django.db.models.functions import Cast, Floor, RowNumber

from stories.models import Act, Article, Doubt, DoubtState, Story
from stories.selectors import columns, paging

# Questions on a page: each takes half a screen.
PAGE = 10
DECIDED = 30
# Headlines and outlets named on a side; a question that these don't settle needs the stories themselves.
HEADLINES = 4
NAMES = 6
# Members of a story that are looked at for its headlines and outlets, the earliest; counts are of all.
_MEMBERS = 300
# Cursors hold whole numbers: probabilities are sorted by their millionths.
_MILLION = 1_000_000
_ORDER = ("millionths", "found_at", "pk")
_DECIDED_ORDER = ("decided_at", "pk")


@dataclass(frozen=True, slots=True)
class Member:
    """A report as a side needs it."""

    pk: int
    story: int
    title: str
    lang: str
    outlet: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline with the outlets that carried it; `report` is the first of its reports."""

    report: int
    title: str
    lang: str
    at: datetime
    outlets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a question. `story` is None for reports that would found a story of their own."""

    story: Story | None
    reports: int
    outlets: Sequence[str]
    more_outlets: int
    first_at: datetime | None
    last_at: datetime | None
    headlines: Sequence[Headline]
    more_headlines: int


@dataclass(frozen=True, slots=True)
class Question:
    """An open doubt. `moving` are the reports in question, None for a merge, where all of a story are.

    `then` is the doubt to show when this one is decided: the next on the page, or else the one before.
    """

    doubt: Doubt
    left: Side
    right: Side
    moving: Side | None
    then: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of questions, the most certain first, `open` in all; `older` is the cursor of the next page."""

    questions: Sequence[Question]
    open: int
    older: str


@dataclass(frozen=True, slots=True)
class DecidedPage:
    """A page of decided doubts, the latest first."""

    doubts: Sequence[Doubt]
    older: str


def open_count() -> int:
    """How many questions wait for an editor. One query over an index of these alone."""
    return Doubt.objects.filter(state=DoubtState.OPEN).count()


def queue(before: str = "") -> Queue:
    """The open questions, the most certain first. Four queries."""
    millionths = Cast(Floor(F("probability") * _MILLION), BigIntegerField())
    rows = _doubts().filter(state=DoubtState.OPEN).annotate(millionths=millionths)
    key = paging.decode(before, len(_ORDER) - 1)
    if key:
        at, *numbers = key
        rows = rows.filter(paging.older(_ORDER, (numbers[0], at, numbers[1])))
    page = list(rows.order_by(*(f"-{name}" for name in _ORDER))[: PAGE + 1])
    older = ""
    if len(page) > PAGE:
        page = page[:PAGE]
        last = page[-1]
        older = paging.encode(last.found_at, last.millionths, last.pk)
    members = _members(page)
    numbers = [doubt.pk for doubt in page]
    questions = [_question(doubt, members, _then(numbers, place)) for place, doubt in enumerate(page)]
    return Queue(questions, open_count(), older)


def _then(numbers: Sequence[int], place: int) -> int | None:
    others = [*numbers[place + 1 : place + 2], *numbers[max(0, place - 1) : place]]
    return others[0] if others else None


def decided(before: str = "") -> DecidedPage:
    """What editors decided, the latest first. One query."""
    rows = _doubts().filter(state__in=[DoubtState.DONE, DoubtState.DISMISSED], decided_at__isnull=False)
    key = paging.decode(before, len(_DECIDED_ORDER) - 1)
    if key:
        rows = rows.filter(paging.older(_DECIDED_ORDER, key))
    page = list(rows.order_by("-decided_at", "-pk")[: DECIDED + 1])
    older = ""
    if len(page) > DECIDED:
        page = page[:DECIDED]
        older = paging.encode(page[-1].decided_at or page[-1].found_at, page[-1].pk)
    return DecidedPage(page, older)


def _doubts() -> QuerySet[Doubt]:
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    return Doubt.objects.select_related("story", "other", "edit", "edit__undone_by").defer(*heavy)


def _members(doubts: Sequence[Doubt]) -> dict[int, list[Member]]:
    """The earliest members of the stories in question, and every report in question, by story. One query.

    A report in question counts with its story, wherever it stands in the order of that.
    """
    stories = {pk for doubt in doubts for pk in (doubt.story_id, doubt.other_id) if pk is not None}
    moving = {pk for doubt in doubts for pk in doubt.articles}
    place = Window(RowNumber(), partition_by=F("story"), order_by=["reported_at", "pk"])
    rows = (
        Article.objects.filter(Q(story__in=stories))
        .annotate(place=place)
        .filter(Q(place__lte=_MEMBERS) | Q(pk__in=moving))
        .order_by("story", "reported_at", "pk")
        .values_list("pk", "story_id", "title", "lang", "outlet__name", "reported_at")
    )
    found: dict[int, list[Member]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(Member(*row))
    return found


def _question(doubt: Doubt, members: Mapping[int, Sequence[Member]], then: int | None) -> Question:
    """Merge: the two stories. Split: what would leave and what would stay. Move: where it is and where it would go."""
    home = members.get(doubt.story_id, ())
    away = members.get(doubt.other_id or 0, ())
    if doubt.act == Act.MERGE:
        return Question(doubt, _whole(doubt.story, home), _whole(doubt.other, away), None, then)
    leaving = set(doubt.articles)
    moving = _part(home, lambda member: member.pk in leaving)
    staying = _part(home, lambda member: member.pk not in leaving, doubt.story, doubt.story.article_count)
    if doubt.act == Act.SPLIT:
        return Question(doubt, moving, staying, moving, then)
    return Question(doubt, staying, _whole(doubt.other, away), moving, then)


def _whole(story: Story | None, members: Sequence[Member]) -> Side:
    """A story as it is."""
    if story is None:
        return _side(None, members, 0)
    return _side(story, members, story.article_count, story.outlet_count)


def _part(
    members: Sequence[Member], belongs: Callable[[Member], bool], story: Story | None = None, whole: int | None = None
) -> Side:
    """Some of a story's members; with `whole`, the number of all, those that were not looked at count as well."""
    part = [member for member in members if belongs(member)]
    return _side(story, part, len(part) if whole is None else max(len(part), whole - len(members) + len(part)))


def _side(story: Story | None, members: Sequence[Member], reports: int, outlets: int = 0) -> Side:
    headlines = _headlines(members)
    names = list(dict.fromkeys(member.outlet for member in members))
    shown = names[:NAMES]
    whole = story is not None and reports == story.article_count
    return Side(
        story=story,
        reports=reports,
        outlets=shown,
        more_outlets=max(len(names), outlets) - len(shown),
        first_at=members[0].at if members else None,
        last_at=story.last_at if story is not None and whole else members[-1].at if members else None,
        headlines=headlines[:HEADLINES],
        more_headlines=max(0, len(headlines) - HEADLINES),
    )


def _headlines(members: Iterable[Member]) -> list[Headline]:
    """The different headlines: those of most outlets first, of equals the earlier."""
    same: dict[str, list[Member]] = {}
    for member in members:
        same.setdefault(" ".join(member.title.casefold().split()), []).append(member)
    rows = [
        Headline(group[0].pk, group[0].title, group[0].lang, group[0].at, list(dict.fromkeys(m.outlet for m in group)))
        for group in same.values()
    ]
    return sorted(rows, key=lambda row: (-len(row.outlets), row.at, row.report))
