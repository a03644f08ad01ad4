"""What the tests of alerts share: follows and channels with the least that a row needs, and a notice of anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from stories.models import (
    DEFAULT_WAKES,
    Alert,
    Channel,
    ChannelKind,
    Follow,
    FollowKind,
    Notice,
    Story,
    Team,
    TeamMember,
    TeamRole,
    User,
    Wake,
)
from stories.services import alerting, noticing
from tests import factories

_numbers = count(1)
LATER = noticing.GATHER + timedelta(seconds=1)


def follow(user: User | None, now: datetime, **kw: Any) -> Follow:
    """A follow of `story` (else `outlet`, `name`, `query`), with the default wakes of its kind, made at `now`."""
    kinds = (("story", FollowKind.STORY), ("outlet", FollowKind.OUTLET), ("name", FollowKind.NAME))
    kind = kw.pop("kind", next((kind for name, kind in kinds if name in kw), FollowKind.SEARCH))
    kw.setdefault("wakes", list(DEFAULT_WAKES[kind]))
    kw.setdefault("target", f"{kind}:{next(_numbers)}")
    return Follow.objects.create(user=user, kind=kind, created_at=now, **kw)


def channel(user: User, now: datetime, kind: str = ChannelKind.EMAIL, **kw: Any) -> Channel:
    """A channel that works; its kind's default address."""
    number = next(_numbers)
    kw.setdefault("address", f"reader{number}@isles.example")
    kw.setdefault("key", f"key {number}")
    kw.setdefault("verified_at", now)
    return Channel.objects.create(user=user, kind=kind, name=f"Channel {number}", created_at=now, **kw)


def team(*members: User) -> Team:
    """A team of these people; the first owns it."""
    made = Team.objects.create(name="The harbour desk")
    for place, user in enumerate(members):
        TeamMember.objects.create(team=made, user=user, role=TeamRole.MEMBER if place else TeamRole.OWNER)
    return made


def notice(story: Story, wake: str, now: datetime, **kw: Any) -> Notice:
    """Something noted at `now`, shown by the report that gives the story its headline unless `article` is given."""
    kw.setdefault("key", f"key {next(_numbers)}")
    kw.setdefault("article", story.headline_of)
    kw.setdefault("at", now)
    return Notice.objects.create(story=story, wake=wake, noted_at=now, tell_at=now + noticing.GATHER, **kw)


def tell(now: datetime) -> alerting.Told:
    """Tell people, when what was noted at `now` may be told."""
    return alerting.tell(lambda: now + LATER)


def told(user: User) -> list[list[tuple[str, str]]]:
    """Each of a person's alerts, oldest first: the wake and the key of each of its parts."""
    alerts = Alert.objects.filter(user=user).order_by("pk")
    return [[(part.notice.wake, part.notice.key) for part in alert.parts.order_by("pk")] for alert in alerts]


def wakes(user: User) -> list[list[Wake]]:
    """Each of a person's alerts, oldest first: what its parts are of."""
    return [[Wake(wake) for wake, _ in parts] for parts in told(user)]


def story_of(outlets: int, **kw: Any) -> Story:
    """A story with so many reports, each of another outlet."""
    return factories.story([factories.article() for _ in range(outlets)], **kw)
