"""Teams as their pages show them: one's own, and one team with its people, what it follows and who is asked in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from stories.models import Follow, Invitation, Team, TeamMember, TeamRole, User


@dataclass(frozen=True, slots=True)
class Mine:
    """One of a person's teams in the list of them."""

    team: Team
    owner: bool
    members: int
    follows: int


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that a team follows, by a name to call it by; `url` leads to it, "" where it has no page."""

    follow: Follow
    name: str
    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A team's page for one of its members. `invitations` are those that nobody took up, the dead ones among them."""

    team: Team
    owner: bool
    members: Sequence[TeamMember]
    follows: Sequence[Followed]
    invitations: Sequence[Invitation]


def of_person(user: User) -> list[Mine]:
    """The teams that somebody is in, by name."""
    owned = set(user.memberships.filter(role=TeamRole.OWNER).values_list("team_id", flat=True))
    rows = Team.objects.filter(pk__in=user.memberships.values("team_id")).annotate(
        people=Count("memberships", distinct=True),
        followed=Count("follows", filter=Q(follows__ended_at=None), distinct=True),
    )
    return [Mine(team, team.pk in owned, team.people, team.followed) for team in rows]


def find(pk: int, user: User) -> Team | None:
    """The team, if this person is in it; for all others there is none."""
    return Team.objects.filter(pk=pk, memberships__user=user).first()


def shown(team: Team, user: User, now: datetime) -> Shown:
    """A team's page as one of its members sees it."""
    members = list(team.memberships.select_related("user").order_by("joined_at", "pk"))
    owner = any(member.user_id == user.pk and member.role == TeamRole.OWNER for member in members)
    follows = team.follows.live().select_related("story", "outlet").defer("vector", "story__vector")
    open_ones = Invitation.objects.filter(team=team, accepted_at=None, expires_at__gt=now).select_related("made_by")
    return Shown(team, owner, members, [_followed(one) for one in follows], list(open_ones) if owner else [])


def _followed(follow: Follow) -> Followed:
    if follow.story is not None:
        return Followed(follow, follow.story.title, follow.story.lang, follow.story.get_absolute_url())
    if follow.outlet is not None:
        return Followed(follow, follow.outlet.name, "", follow.outlet.get_absolute_url())
    if follow.query:
        return Followed(follow, follow.query, "", f"{reverse('search')}?{urlencode({'q': follow.query})}")
    return Followed(follow, follow.name, "", "")
