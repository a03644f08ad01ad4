"""How many people follow a story, and how many of them are told of an act on it. Counts only; who they are is not read.

Members of a team that follows count; whoever follows twice counts once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from stories.models import Follow, FollowKind, Mute, Story, TeamMember, User, Wake


def people(stories: Collection[Story]) -> int:
    """How many people follow any of these stories, or one that was merged into them. One query."""
    return User.objects.filter(is_active=True, pk__in=_users(_follows(stories))).count()


def woken(stories: Collection[Story], wake: Wake, now: datetime) -> int:
    """How many of them would be told of this now: those who ask for it and have not muted the story. One query."""
    follows = _follows(stories).filter(wakes__contains=[wake.value])
    muted = Mute.objects.filter(Q(until=None) | Q(until__gt=now), _of("story", stories)).values("user")
    asleep = Mute.objects.filter(Q(until=None) | Q(until__gt=now), follow__in=follows).values("user")
    active = User.objects.filter(is_active=True, pk__in=_users(follows))
    return active.exclude(pk__in=muted).exclude(pk__in=asleep).count()


def _follows(stories: Collection[Story]) -> QuerySet[Follow]:
    return Follow.objects.live().filter(_of("story", stories), kind=FollowKind.STORY)


def _of(name: str, stories: Collection[Story]) -> Q:
    numbers = [story.pk for story in stories]
    return Q(**{f"{name}__in": numbers}) | Q(**{f"{name}__merged_into__in": numbers})


def _users(follows: QuerySet[Follow]) -> QuerySet[TeamMember, int | None]:
    """The numbers of those who follow themselves or by a team."""
    members = TeamMember.objects.filter(team__in=follows.values("team")).order_by().values_list("user", flat=True)
    own = follows.exclude(user=None).order_by().values_list("user", flat=True)
    return members.union(own)
