"""A question of the review queue in full: both sides of it, as far as they can be judged at a glance. Decides nothing.

A side is a few headlines with their outlets, times and first words; the reports behind two origins are shown by their
openings, a name that may be an outlet's by the sentences that it stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from stories.models import Article, Ask, Doubt, DoubtState, Story, Wake
from stories.selectors import excerpts, followers, reach
from stories.selectors.naming import Naming, naming
from stories.selectors.openings import Openings, openings

# Headlines and outlets named on a side; a question that these don't settle needs the stories themselves.
HEADLINES = 4
NAMES = 6
# The first words of each: who, what, where and when stand in them.
WORDS = 48
# Members of a story that are looked at for its headlines and outlets, the earliest; counts are of all.
_MEMBERS = 300


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
    """A headline with the outlets that carried it and the first words of its first report, `report`.

    `lead`: it stands for its story.
    """

    report: int
    title: str
    lang: str
    at: datetime
    outlets: Sequence[str]
    excerpt: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a question. `story` is None for reports that would found a story of their own, or leave theirs.

    `followers` is how many people follow the story.
    """

    story: Story | None
    reports: int
    outlets: Sequence[str]
    more_outlets: int
    first_at: datetime | None
    last_at: datetime | None
    headlines: Sequence[Headline]
    more_headlines: int
    followers: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt with what it is judged by. `objections` is how many readers have said so, `told` how many people are
    told if stories become one or reports leave one.

    Merge: `left` is the story that would stay, `right` the one that would become part of it. Otherwise `moving` are the
    reports in question, `left` is the story that they are in, without them, `right` the one that they would go to.
    """

    doubt: Doubt
    left: Side | None = None
    right: Side | None = None
    moving: Side | None = None
    openings: Openings | None = None
    name: Naming | None = None
    objections: int = 0
    told: int = 0

    @property
    def one(self) -> Headline | None:
        """The one report in question, where it is one."""
        return self.moving.headlines[0] if self.moving and self.moving.reports == 1 else None


def open_count() -> int:
    """How many questions wait for an editor. One query over an index of these alone."""
    return Doubt.objects.filter(state=DoubtState.OPEN).count()


def question(doubt: Doubt, now: datetime) -> Question:
    """A question in full; `doubt` comes with its stories and its proposal. Seven queries at most."""
    if doubt.act == Ask.OUTLET:
        return Question(doubt, name=naming(doubt.proposal) if doubt.proposal else None)
    if doubt.act == Ask.ORIGINS:
        reports = openings(doubt.story, doubt.articles) if doubt.story else None
        return Question(doubt, left=_side(doubt.story, (), _count(doubt.story)), openings=reports)
    members = _members(doubt)
    home, away = members.get(doubt.story_id or 0, ()), members.get(doubt.other_id or 0, ())
    if doubt.act == Ask.MERGE:
        sides = {"left": _whole(doubt.story, home), "right": _whole(doubt.other, away)}
    else:
        leaving = set(doubt.articles)
        moving = _part(home, lambda member: member.pk in leaving)
        sides = {"moving": moving} if leaving else {}
        sides["left"] = _staying(doubt, home, near=moving.first_at)
        if doubt.act == Ask.MOVE:
            sides["right"] = _whole(doubt.other, away)
    objections = doubt.objections.count() if doubt.act == Ask.READER else 0
    shown = _in_full(sides)
    return Question(
        doubt,
        left=shown.get("left"),
        right=shown.get("right"),
        moving=shown.get("moving"),
        objections=objections,
        told=_woken(doubt, now),
    )


def _in_full(sides: Mapping[str, Side]) -> dict[str, Side]:
    """The sides with the first words of their reports and the followers of their stories. Two queries."""
    followed = reach.followers([side.story.pk for side in sides.values() if side.story])
    words = excerpts.of_articles([line.report for side in sides.values() for line in side.headlines], WORDS)
    return {
        name: replace(
            side,
            headlines=[replace(line, excerpt=words.get(line.report, "")) for line in side.headlines],
            followers=followed.get(side.story.pk, 0) if side.story else 0,
        )
        for name, side in sides.items()
    }


def _woken(doubt: Doubt, now: datetime) -> int:
    """How many people are told if reports leave a story or stories become one. A move is told to nobody. One query."""
    if doubt.act == Ask.MERGE:
        return followers.woken([one for one in (doubt.story, doubt.other) if one], Wake.MERGED, now)
    if doubt.act in (Ask.SPLIT, Ask.READER, Ask.MEMBER) and doubt.story and doubt.articles:
        return followers.woken([doubt.story], Wake.SPLIT, now)
    return 0


def _members(doubt: Doubt) -> dict[int, list[Member]]:
    """The earliest members of the stories in question, and every report in question, by story. One query.

    A report in question counts with its story, wherever it stands in the order of that.
    """
    stories = {pk for pk in (doubt.story_id, doubt.other_id) if pk is not None}
    leads = {pk for story in (doubt.story, doubt.other) if story for pk in (story.lead_id, story.headline_of_id) if pk}
    place = Window(RowNumber(), partition_by=F("story"), order_by=["reported_at", "pk"])
    rows = (
        Article.objects.filter(story__in=stories)
        .annotate(place=place)
        .filter(Q(place__lte=_MEMBERS) | Q(pk__in=leads.union(doubt.articles)))
        .order_by("story", "reported_at", "pk")
        .values_list("pk", "story_id", "title", "lang", "outlet__name", "reported_at")
    )
    found: dict[int, list[Member]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(Member(*row))
    return found


def _staying(doubt: Doubt, home: Sequence[Member], near: datetime | None) -> Side:
    """What the reports in question are with: of readers' and of doubtful ones the lead and the nearest in time."""
    leaving = set(doubt.articles)
    staying = _part(home, lambda member: member.pk not in leaving, doubt.story, _count(doubt.story))
    if doubt.act not in (Ask.MEMBER, Ask.READER) or near is None:
        return staying
    rest = [member for member in home if member.pk not in leaving]
    nearest = sorted(_headlines(rest, _lead(doubt.story)), key=lambda line: (not line.lead, abs(line.at - near)))
    return replace(staying, headlines=nearest[:HEADLINES])


def _count(story: Story | None) -> int:
    return story.article_count if story else 0


def _lead(story: Story | None) -> int:
    """The report that stands for a story."""
    return (story.lead_id or story.headline_of_id or 0) if story else 0


def _whole(story: Story | None, members: Sequence[Member]) -> Side:
    """A story as it is."""
    return _side(story, members, _count(story), story.outlet_count if story else 0)


def _part(
    members: Sequence[Member], belongs: Callable[[Member], bool], story: Story | None = None, whole: int | None = None
) -> Side:
    """Some of a story's members; with `whole`, the number of all, those that were not looked at count as well."""
    part = [member for member in members if belongs(member)]
    return _side(story, part, len(part) if whole is None else max(len(part), whole - len(members) + len(part)))


def _side(story: Story | None, members: Sequence[Member], reports: int, outlets: int = 0) -> Side:
    headlines = _headlines(members, _lead(story))
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


def _headlines(members: Iterable[Member], lead: int = 0) -> list[Headline]:
    """The different headlines: the lead's, then those of most outlets, of equals the earlier."""
    same: dict[str, list[Member]] = {}
    for member in members:
        same.setdefault(" ".join(member.title.casefold().split()), []).append(member)
    rows = []
    for group in same.values():
        first = next((member for member in group if member.pk == lead), group[0])
        outlets = list(dict.fromkeys(member.outlet for member in (first, *group)))
        rows.append(Headline(first.pk, first.title, first.lang, group[0].at, outlets, lead=first.pk == lead))
    return sorted(rows, key=lambda row: (not row.lead, -len(row.outlets), row.at, row.report))
