"""All that is a person's own, to take along, and what their account's page counts of it. Holds no secret.

Each section is a few queries however much it holds, and is read row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet

from stories.models import (
    Alert,
    Attempt,
    Channel,
    Doubt,
    Edit,
    Follow,
    Invitation,
    Mute,
    Objection,
    TeamMember,
    User,
    Visit,
)

Row = Mapping[str, Any]
# Rows of a large section that are in memory at once.
CHUNK = 500

ACCOUNT = (
    *("id", "username", "email", "first_name", "last_name", "is_active", "is_staff", "is_superuser"),
    *("date_joined", "last_login", "time_zone", "language", "quiet_from", "quiet_to"),
)
CHANNEL = (
    *("id", "kind", "name", "address", "pace", "digest_at", "digest_day", "heeds_quiet", "created_at", "verified_at"),
    *("last_ok_at", "failing_since", "failures", "off_at", "off_why"),
)
ATTEMPT = ("channel_id", "delivery__alert_id", "at", "ok", "status", "reason", "took_ms")
INVITATION = ("email", "editor", "team__name", "made_at", "expires_at", "accepted_at")
EDIT = ("id", "act", "by", "story_id", "story__title", "other_id", "other__title", "moves", "note", "undoes_id", "at")
OBJECTION = ("story_id", "story__title", "article_id", "article__title", "at")
DECISION = ("act", "story_id", "story__title", "other_id", "other__title", "articles", "state", "decided_at", "edit_id")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the account's page says beside its links."""

    verified: bool
    passkeys: int
    totp: bool
    codes: int
    sessions: int
    connections: int
    follows: int
    channels: int
    off: int
    tokens: int
    teams: int
    invitations: int


def counts(user: User, invitations: int, now: datetime) -> Counts:
    """The numbers of a person's account; how many `invitations` wait for them the caller knows."""
    factors = list(Authenticator.objects.filter(user=user))
    of_type = [factor.type for factor in factors]
    codes = next((f for f in factors if f.type == Authenticator.Type.RECOVERY_CODES), None)
    channels = list(Channel.objects.filter(user=user).values_list("off_at", flat=True))
    return Counts(
        verified=EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists(),
        passkeys=of_type.count(Authenticator.Type.WEBAUTHN),
        totp=Authenticator.Type.TOTP in of_type,
        codes=len(codes.wrap().get_unused_codes()) if codes else 0,
        sessions=_sessions(user, now),
        connections=SocialAccount.objects.filter(user=user).count(),
        follows=Follow.objects.of(user).live().count(),
        channels=len(channels),
        off=sum(at is not None for at in channels),
        tokens=user.api_tokens.count(),
        teams=user.memberships.count(),
        invitations=invitations,
    )


def _sessions(user: User, now: datetime) -> int:
    """Those that still open something; allauth keeps the rows of others until it next lists them."""
    keys = UserSession.objects.filter(user=user).values("session_key")
    return Session.objects.filter(session_key__in=keys, expire_date__gt=now).count()


def everything(user: User) -> Iterator[tuple[str, Iterable[Row]]]:
    """The sections by name, each as rows of plain values; times as they are, for the JSON to write."""
    yield "account", User.objects.filter(pk=user.pk).values(*ACCOUNT)
    yield "addresses", EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
    named = Authenticator.objects.filter(user=user).annotate(name=F("data__name"))
    yield "second_factors", named.values("type", "name", "created_at", "last_used_at")
    signed = SocialAccount.objects.filter(user=user)
    yield "sign_ons", signed.values("provider", "uid", "date_joined", "last_login", "extra_data")
    yield "sessions", UserSession.objects.filter(user=user).values("created_at", "last_seen_at", "ip", "user_agent")
    yield "tokens", user.api_tokens.values("name", "prefix", "created_at", "used_on")
    yield "teams", _teams(user)
    yield "invitations_made", Invitation.objects.filter(made_by=user).values(*INVITATION)
    yield "invitations_accepted", Invitation.objects.filter(accepted_by=user).values(*INVITATION)
    yield "follows", (_follow(one) for one in _follows(user).iterator(CHUNK))
    yield "mutes", Mute.objects.filter(user=user).values("story_id", "story__title", "follow_id", "until", "made_at")
    yield "channels", Channel.objects.filter(user=user).values(*CHANNEL)
    yield "attempts", Attempt.objects.filter(channel__user=user).values(*ATTEMPT).iterator(CHUNK)
    yield "alerts", (_alert(one) for one in _alerts(user).iterator(CHUNK))
    yield "visits", _visits(user)
    yield "edits", Edit.objects.filter(user=user).values(*EDIT).iterator(CHUNK)
    yield "objections", Objection.objects.filter(user=user).values(*OBJECTION).iterator(CHUNK)
    yield "decisions", Doubt.objects.filter(decided_by=user).values(*DECISION).iterator(CHUNK)
    desk = LogEntry.objects.filter(user=user)
    yield "desk", desk.values("action_time", "content_type__model", "object_id", "object_repr", "change_message")


def _teams(user: User) -> Iterable[Row]:
    return TeamMember.objects.filter(user=user).values("team_id", "team__name", "role", "joined_at")


def _visits(user: User) -> Iterable[Row]:
    rows = Visit.objects.filter(user=user).order_by("last_at", "pk")
    return rows.values("story_id", "story__title", "last_at", "before_at").iterator(CHUNK)


def _follows(user: User) -> QuerySet[Follow]:
    """A person's own, with those that have ended; what a team follows is the team's."""
    rows = Follow.objects.filter(user=user).defer("vector")
    return rows.select_related("story", "outlet").defer("vector", "story__vector").prefetch_related("channels")


def _follow(follow: Follow) -> Row:
    return {
        "id": follow.pk,
        "kind": follow.kind,
        "target": follow.target,
        "story": follow.story.title if follow.story else None,
        "outlet": follow.outlet.name if follow.outlet else None,
        "name": follow.name,
        "query": follow.query,
        "wakes": follow.wakes,
        "dropped_from": follow.dropped_from,
        "reached_from": follow.reached_from,
        "until_closed": follow.until_closed,
        "channels": [channel.pk for channel in follow.channels.all()],
        "created_at": follow.created_at,
        "ended_at": follow.ended_at,
        "ended_why": follow.ended_why,
    }


def _alerts(user: User) -> QuerySet[Alert]:
    rows = Alert.objects.filter(user=user).select_related("story").defer("story__vector")
    return rows.prefetch_related("parts__notice", "deliveries")


def _alert(alert: Alert) -> Row:
    return {
        "id": alert.pk,
        "at": alert.at,
        "story_id": alert.story_id,
        "story": alert.story.title,
        "parts": [
            {
                "what": part.notice.wake,
                "note": part.notice.note,
                "passage": part.notice.passage,
                "reported_at": part.notice.at,
                "follow_id": part.follow_id,
                "why": part.why,
            }
            for part in alert.parts.all()
        ],
        "deliveries": [
            {
                "channel_id": one.channel_id,
                "number": one.number,
                "state": one.state,
                "queued_at": one.queued_at,
                "due_at": one.due_at,
                "sent_at": one.sent_at,
                "attempts": one.attempts,
                "reason": one.reason,
            }
            for one in alert.deliveries.all()
        ],
    }
