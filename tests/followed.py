"""Rows that tests of following share: follows as the service makes them, alerts as services.alerting writes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stories.models import (
    Alert,
    AlertPart,
    Channel,
    Delivery,
    Follow,
    FollowKind,
    Notice,
    Outlet,
    Story,
    Team,
    TeamMember,
    User,
    Wake,
)
from stories.services import following
from tests import factories
from tests.factories import MORNING


def team(name: str, *members: User) -> Team:
    row = Team.objects.create(name=name)
    TeamMember.objects.bulk_create([TeamMember(team=row, user=user) for user in members])
    return row


def channel(user: User, name: str = "ada@isles.example", **kw: Any) -> Channel:
    kw.setdefault("kind", "email")
    kw.setdefault("created_at", MORNING)
    kw.setdefault("verified_at", MORNING)
    return Channel.objects.create(user=user, name=name, address=name, key=name[:64], **kw)


def follow(user: User, what: Story | Outlet | str, *, now: datetime = MORNING, **kw: Any) -> Follow:
    """A follow of a story, of an outlet, or of a name; a search with `kind`."""
    kind = kw.pop("kind", None)
    if isinstance(what, Story):
        return following.follow(kind or FollowKind.STORY, by=user, story=what, now=now, **kw)
    if isinstance(what, Outlet):
        return following.follow(FollowKind.OUTLET, by=user, outlet=what, now=now, **kw)
    if kind == FollowKind.SEARCH:
        return following.follow(kind, by=user, query=what, now=now, **kw)
    return following.follow(FollowKind.NAME, by=user, name=what, now=now, **kw)


def alert(user: User, story: Story, follow: Follow | None = None, *, at: datetime = MORNING, **kw: Any) -> Alert:
    """An alert with one part: a new report, told because of the follow, unless `wake`, `words` or `key` say otherwise."""
    article = kw.pop("article", None) or story.headline_of
    wake = kw.pop("wake", Wake.ARTICLE)
    key = kw.pop("key", "1")
    notice, _ = Notice.objects.get_or_create(
        story=story,
        wake=wake,
        key=key,
        defaults={
            "article": article,
            "passage": kw.pop("words", "The second bid had never been opened."),
            "passage_url": kw.pop("link", "http://testserver/article/1/"),
            "at": at,
            "noted_at": at,
            "tell_at": at,
            "told_at": at,
            **kw,
        },
    )
    row = Alert.objects.create(user=user, story=story, at=at)
    why = f"{follow.kind}:{follow.name or follow.outlet or ''}" if follow else "story:"
    AlertPart.objects.create(alert=row, user=user, notice=notice, follow=follow, why=why)
    return row


def delivery(alert: Alert, by: Channel, **kw: Any) -> Delivery:
    kw.setdefault("queued_at", alert.at)
    kw.setdefault("due_at", alert.at)
    return Delivery.objects.create(alert=alert, channel=by, **kw)


def with_direction(**kw: Any) -> Story:
    """A story whose vector points somewhere, as those in English have."""
    row = factories.story(**kw)
    row.vector = [3.0, 4.0, *[0.0] * 382]
    row.save(update_fields=["vector"])
    return row
