"""Following: begin, end, change. What is followed already stays as it is.

Each is one short transaction that holds the row of the person or team, so that two clicks at once are one follow. It
tells nobody of anything: services.alerting does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext

from stories.models import (
    DEFAULT_WAKES,
    POSSIBLE_WAKES,
    STEPS,
    Channel,
    Follow,
    FollowKind,
    Mute,
    Outlet,
    Story,
    Team,
    User,
)
from stories.models.alerts import FollowQuerySet
from stories.selectors import following as selector
from stories.services import muting, targets, ways
from stories.services.targets import MOST, Refused, Wanted, hold, member, theirs


@dataclass(frozen=True, slots=True)
class Settings:
    """What a follow wakes its people by. `channels`: numbers of the person's ways, none: all; `query` of a search."""

    wakes: Collection[str]
    dropped_from: int
    reached_from: int
    until_closed: bool = False
    channels: Collection[int] = ()
    query: str = ""


def follow(  # noqa: PLR0913 (one argument for each thing that can be followed, all by name)
    kind: str,
    *,
    by: User,
    team: Team | None = None,
    story: Story | None = None,
    outlet: Outlet | None = None,
    name: str = "",
    query: str = "",
    now: datetime,
) -> Follow:
    """Follow something from now on, for oneself or for a team that one is in; what is followed already stays as it is.

    A merged story is followed as the one that it leads to. One that was stopped is taken up with the settings that it
    had. Raises Refused: no member, nothing to go by, an unclear query, or MOST follows already.
    """
    if team is not None:
        member(team, by)
    wanted = targets.wanted(FollowKind(kind), story, outlet, name, query)
    ways.ensure_default(by, now)
    with transaction.atomic():
        hold(by, team)
        mine = Follow.objects.filter(team=team) if team is not None else Follow.objects.filter(user=by)
        found = _known(mine, wanted)
        if found is None or found.ended_at is not None:
            if mine.live().count() >= MOST:
                reason = gettext("Nobody can follow more than %(most)d things at once: stop following some first.")
                raise Refused(reason % {"most": MOST})
            found = _begin(wanted, by, team, now) if found is None else _resume(found, wanted, now)
        if team is None and wanted.kind == FollowKind.STORY and wanted.story is not None:
            muting.unmute(by, wanted.story)
    return found


def end(follow: Follow, by: User, now: datetime) -> None:
    """Stop following, for all whom it is for; its settings are kept. Raises Refused where it is not theirs.

    Other follows of the same holder that lead to the same story by now end with it.
    """
    theirs(follow, by)
    ended = _holders(follow).filter(target=follow.target)
    if follow.kind == FollowKind.STORY and follow.story is not None:
        root = selector.leading(follow.story).pk
        ended = _holders(follow).filter(selector.of_story(root), kind=FollowKind.STORY)
    with transaction.atomic():
        ids = list(ended.live().values_list("pk", flat=True))
        Follow.objects.filter(pk__in=ids).update(ended_at=now, ended_why=selector.STOPPED)
        Mute.objects.filter(follow__in=ids).delete()


def leave(follow: Follow, user: User, now: datetime) -> None:
    """One person hears no more of a follow: their own ends, a team's goes on for the others. For links in letters."""
    if follow.user_id is not None:
        end(follow, user, now)
        return
    theirs(follow, user)
    Mute.objects.update_or_create(user=user, follow=follow, defaults={"until": None, "made_at": now})


def change(follow: Follow, by: User, settings: Settings) -> Follow:
    """Give a follow other settings. Of its ways, those of other members of a team stay as they are.

    Raises Refused: not theirs, nothing that wakes, an unclear query, or one that is followed already.
    """
    theirs(follow, by)
    possible = {wake.value for wake in POSSIBLE_WAKES[follow.kind]}
    wakes = [wake.value for wake in POSSIBLE_WAKES[follow.kind] if wake.value in set(settings.wakes)]
    if not wakes or not set(settings.wakes) <= possible:
        raise Refused(gettext("Tick at least one thing that is to wake you, or stop following."))
    if settings.dropped_from not in STEPS or settings.reached_from not in STEPS:
        raise Refused(gettext("Choose one of the numbers of outlets that are offered."))
    follow.wakes = wakes
    follow.dropped_from, follow.reached_from = settings.dropped_from, settings.reached_from
    follow.until_closed = settings.until_closed and follow.kind == FollowKind.STORY
    if follow.kind == FollowKind.SEARCH and settings.query.strip() != follow.query:
        follow.query = targets.line(settings.query)
        follow.target = targets.search_target(follow.query)
    try:
        with transaction.atomic():
            fields = ("wakes", "dropped_from", "reached_from", "until_closed", "query", "target")
            follow.save(update_fields=fields)
            others = follow.channels.exclude(user=by)
            follow.channels.set([*others, *Channel.objects.filter(user=by, pk__in=settings.channels)])
    except IntegrityError as error:
        raise Refused(gettext("This search is followed already.")) from error
    return follow


def end_closed(stories: Collection[int], now: datetime) -> int:
    """End the follows that were to last until their story closes, as these have; how many they were. One statement."""
    closed = Q(story__in=stories) | Q(story__merged_into__in=stories)
    going = Follow.objects.live().filter(closed, kind=FollowKind.STORY, until_closed=True)
    return Follow.objects.filter(pk__in=going.values("pk")).update(ended_at=now, ended_why=selector.CLOSED)


def _holders(follow: Follow) -> FollowQuerySet:
    """All follows of the person or team that has this one."""
    return Follow.objects.filter(user=follow.user_id, team=follow.team_id)


def _known(mine: FollowQuerySet, wanted: Wanted) -> Follow | None:
    """The follow of this that is there already: a live one, or one that has ended."""
    if wanted.kind == FollowKind.STORY and wanted.story is not None:
        merged = mine.live().filter(kind=FollowKind.STORY, story__merged_into=wanted.story.pk).first()
        if merged is not None:
            return merged
    return mine.filter(target=wanted.target).first()


def _begin(wanted: Wanted, by: User, team: Team | None, now: datetime) -> Follow:
    return Follow.objects.create(
        user=None if team is not None else by,
        team=team,
        kind=wanted.kind,
        target=wanted.target,
        story=wanted.story,
        outlet=wanted.outlet,
        vector=wanted.vector,
        wakes=[wake.value for wake in DEFAULT_WAKES[wanted.kind]],
        created_at=now,
        **wanted.words,
    )


def _resume(found: Follow, wanted: Wanted, now: datetime) -> Follow:
    """From now on: what happened in between is not told."""
    found.created_at, found.ended_at, found.ended_why = now, None, ""
    if wanted.vector is not None:
        found.vector = wanted.vector
    found.save(update_fields=["created_at", "ended_at", "ended_why", "vector"])
    Mute.objects.filter(follow=found).delete()
    return found
