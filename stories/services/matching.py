"""Whom a notice wakes: the follows that it matches, and the people behind them who want to hear of it now.

Reads only. services.alerting writes what comes of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Q, QuerySet
from pgvector.django import CosineDistance

from stories.models import AlertPart, Credit, Follow, FollowKind, Mute, Notice, Story, TeamMember, User, Wake
from stories.nlp.findings import CREDITING
from stories.selectors import percolating

# Of several follows that a notice matches, the one that says most plainly why: by kind in this order, one's own first.
_PLAINEST = (FollowKind.STORY, FollowKind.OUTLET, FollowKind.NAME, FollowKind.SEARCH, FollowKind.LIKE)
_RANK = {kind.value: place for place, kind in enumerate(_PLAINEST)}
# Cosine of a followed story's direction and another's. Of some 200 pairs of stories (wikinews, one reader) 77 in 100 of
# those from .50 on are like each other, 86 from .55 on; held against a first report alone 82 and 89.
LIKE_FROM = 0.52
# What is said of the news itself, and so concerns whoever had it, in whosever report it shows.
_OF_THE_NEWS = frozenset({Wake.CONFIRMED, Wake.DENIED, Wake.ON_RECORD, Wake.ORIGIN, Wake.REACHED, Wake.STORY})
_STEPPED = {Wake.DROPPED.value: "dropped_from", Wake.REACHED.value: "reached_from"}


@dataclass(frozen=True, slots=True)
class Why:
    """A notice that one person is to be told of, and the follow that asks for it."""

    notice: Notice
    follow: Follow


@dataclass(frozen=True, slots=True)
class Family:
    """A story, and the stories that were merged into it: what was told of one was told of all."""

    root: Story
    members: frozenset[int]


def family(story: Story) -> Family:
    """The family of the story that an address leads to by now."""
    while story.merged_into_id is not None:
        story = Story.objects.get(pk=story.merged_into_id)
    merged = Story.objects.filter(merged_into=story).values_list("pk", flat=True)
    return Family(story, frozenset([story.pk, *merged]))


def woken(kin: Family, notices: Sequence[Notice], now: datetime) -> dict[int, list[Why]]:
    """By person's number, what each is to be told of these notices, in their order.

    Left out: who has muted the story or snoozed the follow, who may not sign in, who was told of it before - in this
    story or in one that was merged into it, or of the same report.
    """
    follows = _matched(kin, notices)
    members = _members(follows.values())
    snoozed = _snoozed(follow.pk for found in follows.values() for follow in found)
    people: dict[int, list[Why]] = defaultdict(list)
    for notice in notices:
        chosen: dict[int, Follow] = {}
        # Backwards, so that the plainest is the last to be written.
        for follow in sorted(follows[notice.pk], key=_plainness, reverse=True):
            for user in [follow.user_id] if follow.user_id else members.get(follow.team_id or 0, ()):
                if user is not None and not _sleeps(snoozed.get((user, follow.pk)), now):
                    chosen[user] = follow
        for user, follow in chosen.items():
            people[user].append(Why(notice, follow))
    return _wanting(kin, people, now)


def _plainness(follow: Follow) -> tuple[int, bool, int]:
    return _RANK[follow.kind], follow.user_id is None, follow.pk


def _matched(kin: Family, notices: Sequence[Notice]) -> dict[int, list[Follow]]:
    """By notice, the live follows that match it and ask for its kind."""
    found: dict[int, list[Follow]] = {notice.pk: [] for notice in notices}
    wakes = {notice.wake for notice in notices}
    live = Follow.objects.live().filter(wakes__overlap=list(wakes)).defer("vector")
    of_story = live.filter(kind=FollowKind.STORY, story__in=kin.members)
    by_outlet = _by_outlet(live, kin, notices)
    by_words = _by_words(live, notices)
    alike = _alike(live, kin) if any(_is_of(notice, kin) for notice in notices) else []
    same = list(of_story)
    parted = _parted(live, kin, notices)
    for notice in notices:
        for follow in (*same, *parted[notice.other_id or 0], *by_outlet[notice.pk], *by_words[notice.pk], *alike):
            if _asks(follow, notice):
                found[notice.pk].append(follow)
    return found


def _parted(live: QuerySet[Follow], kin: Family, notices: Sequence[Notice]) -> dict[int, list[Follow]]:
    """By story, the follows of one that is a story of its own again: they hear of the end of the merge."""
    others = {notice.other_id for notice in notices if notice.wake == Wake.SPLIT} - kin.members - {None}
    found: dict[int, list[Follow]] = defaultdict(list)
    for follow in live.filter(kind=FollowKind.STORY, story__in=others) if others else ():
        found[follow.story_id or 0].append(follow)
    return found


def _is_of(notice: Notice, kin: Family) -> bool:
    return notice.story_id in kin.members


def _asks(follow: Follow, notice: Notice) -> bool:
    """Whether the follow asks for this kind of notice, at this number of outlets, and was there when it was noted."""
    field = _STEPPED.get(notice.wake)
    return (
        notice.wake in follow.wakes
        and follow.created_at <= notice.noted_at
        and (field is None or getattr(follow, field) == notice.step)
    )


def _by_outlet(live: QuerySet[Follow], kin: Family, notices: Sequence[Notice]) -> dict[int, list[Follow]]:
    """Follows of the outlet whose report shows it, whose report it is about, or whose news the story is."""
    credited = _credited(kin) if any(notice.wake in _OF_THE_NEWS for notice in notices) else frozenset()
    outlets = {notice.pk: _outlets(notice) | (credited if notice.wake in _OF_THE_NEWS else set()) for notice in notices}
    wanted = {outlet for some in outlets.values() for outlet in some}
    follows: dict[int, list[Follow]] = defaultdict(list)
    for follow in live.filter(kind=FollowKind.OUTLET, outlet__in=wanted) if wanted else ():
        follows[follow.outlet_id or 0].append(follow)
    return {pk: [follow for outlet in some for follow in follows[outlet]] for pk, some in outlets.items()}


def _credited(kin: Family) -> frozenset[int]:
    """The outlets that the story's reports credit for its main news: of many an origin no report of its own is here."""
    credits = Credit.objects.filter(article__story=kin.root, main=True, relation__in=CREDITING, outlet__isnull=False)
    return frozenset(credits.values_list("outlet", flat=True).distinct())


def _outlets(notice: Notice) -> set[int]:
    other = notice.happening.other if notice.happening else None
    return {article.outlet_id for article in (notice.article, other) if article is not None}


def _by_words(live: QuerySet[Follow], notices: Sequence[Notice]) -> dict[int, list[Follow]]:
    """Saved searches that find the report which shows it, and names that stand in it."""
    articles = {notice.article_id for notice in notices if notice.article_id is not None}
    follows = {follow.pk: follow for follow in live.filter(kind__in=(FollowKind.SEARCH, FollowKind.NAME))}
    hits = percolating.matching(articles, {pk: query_of(one) for pk, one in follows.items()}) if follows else {}
    return {notice.pk: [follows[pk] for pk in sorted(hits.get(notice.article_id or 0, ()))] for notice in notices}


def query_of(follow: Follow) -> str:
    """What a follow of words searches for: its query, or the name as it is written."""
    return follow.query if follow.kind == FollowKind.SEARCH else '"' + follow.name.replace('"', " ") + '"'


def _alike(live: QuerySet[Follow], kin: Family) -> list[Follow]:
    """Follows of stories like this one; not of this one itself."""
    # Of a language that is not read, nothing can be like anything.
    if not np.any(kin.root.vector):
        return []
    near = live.filter(kind=FollowKind.LIKE, vector__isnull=False).exclude(story__in=kin.members)
    distance = CosineDistance("vector", list(kin.root.vector))
    return list(near.annotate(distance=distance).filter(distance__lte=1 - LIKE_FROM))


def _members(found: Iterable[Sequence[Follow]]) -> dict[int, list[int]]:
    """The members of the teams that follow."""
    teams = {follow.team_id for some in found for follow in some if follow.team_id is not None}
    members: dict[int, list[int]] = defaultdict(list)
    for team, user in TeamMember.objects.filter(team__in=teams).values_list("team", "user") if teams else ():
        members[team].append(user)
    return members


def _snoozed(follows: Iterable[int]) -> dict[tuple[int, int], Mute]:
    rows = Mute.objects.filter(follow__in=set(follows))
    return {(row.user_id, row.follow_id): row for row in rows if row.follow_id is not None}


def _sleeps(mute: Mute | None, now: datetime) -> bool:
    return mute is not None and (mute.until is None or mute.until > now)


def _wanting(kin: Family, people: Mapping[int, list[Why]], now: datetime) -> dict[int, list[Why]]:
    """Those of the people who may sign in, have not muted the story, and were not told before."""
    muted = Mute.objects.filter(Q(until=None) | Q(until__gt=now), story__in=kin.members).values("user")
    active = User.objects.filter(pk__in=people, is_active=True).exclude(pk__in=muted)
    told = _told(kin, people)
    wanting: dict[int, list[Why]] = {}
    for user in active.order_by("pk").values_list("pk", flat=True):
        left = [why for why in people[user] if not told.get(user, _NOTHING) & _marks(why.notice)]
        if left:
            wanting[user] = left
    return wanting


Mark = tuple[str, str, int | None]
Marks = frozenset[Mark]
_NOTHING: Marks = frozenset()


def _marks(notice: Notice) -> Marks:
    """What makes two notices one to whoever is told: the same kind and key, in one family or shown by one report."""
    return frozenset([(notice.wake, notice.key, None), (notice.wake, notice.key, notice.article_id)])


def _told(kin: Family, people: Mapping[int, Sequence[Why]]) -> dict[int, Marks]:
    """What each of the people was told before that could be the same: of this family, or of the same reports."""
    notices = {why.notice.pk: why.notice for some in people.values() for why in some}.values()
    reports = {notice.article_id for notice in notices if notice.article_id is not None}
    of_these = Q(notice__story__in=kin.members) | Q(notice__article__in=reports)
    rows = AlertPart.objects.filter(of_these, user__in=people, notice__wake__in={notice.wake for notice in notices})
    told: dict[int, set[Mark]] = defaultdict(set)
    for row in rows.select_related("notice").only(
        "user", "notice__wake", "notice__key", "notice__article", "notice__story"
    ):
        here = row.notice.story_id in kin.members
        told[row.user_id] |= {mark for mark in _marks(row.notice) if here or mark[2] is not None}
    return {user: frozenset(marks) for user, marks in told.items()}
