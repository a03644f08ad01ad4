"""Teams: people who share what they follow. One owner lets people in, puts them out and may hand the team over.

Every change holds the team's row, so that no two at once leave a team without an owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Mute, Team, TeamMember, TeamRole, User
from stories.services import auditing

# More than a newsroom has desks, and more than a desk has people; both keep a stolen session from filling the tables.
MOST_TEAMS = 50
MOST_MEMBERS = 200


class Refused(Exception):
    """It is not done; `reason` is a sentence for the person who asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def make(name: str, by: User) -> Team:
    """A new team with its maker as the owner. Raises Refused where they are in MOST_TEAMS already."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        if by.memberships.count() >= MOST_TEAMS:
            reason = gettext("You are in %(most)d teams, the most that one account may be in: leave one first.")
            raise Refused(reason % {"most": MOST_TEAMS})
        team = Team.objects.create(name=name)
        TeamMember.objects.create(team=team, user=by, role=TeamRole.OWNER)
    auditing.note("team made", by, team=team.pk)
    return team


def rename(team: Team, name: str, by: User) -> None:
    """Call it otherwise. Raises Refused unless `by` owns it."""
    with _held(team, by):
        Team.objects.filter(pk=team.pk).update(name=name)


def join(team: Team, user: User) -> None:
    """Make them a member; nothing happens where they are one. Whether they may is for the caller to know."""
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        if team.memberships.count() >= MOST_MEMBERS:
            reason = gettext("A team may have %(most)d members, and this one has them.")
            raise Refused(reason % {"most": MOST_MEMBERS})
        TeamMember.objects.get_or_create(team=team, user=user)


def leave(team: Team, user: User) -> None:
    """End one's own membership. Raises Refused for the owner: they hand the team over or delete it."""
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        member = TeamMember.objects.filter(team=team, user=user).first()
        if member is None:
            return
        if member.role == TeamRole.OWNER:
            raise Refused(gettext("The team is yours: hand it over to another member first, or delete it."))
        _end(member)
    auditing.note("team left", user, team=team.pk)


def put_out(team: Team, user: User, by: User) -> None:
    """End another's membership. Raises Refused unless `by` owns the team, or for the owner themself."""
    with _held(team, by):
        if user.pk == by.pk:
            raise Refused(gettext("The team is yours: hand it over to another member first, or delete it."))
        member = TeamMember.objects.filter(team=team, user=user).first()
        if member is not None:
            _end(member)
    auditing.note("put out of team", user, team=team.pk, by=by.pk)


def hand_over(team: Team, to: User, by: User) -> None:
    """Make another member the owner; the owner before is a member from now on. Raises Refused."""
    with _held(team, by):
        if to.pk == by.pk:
            return
        if not TeamMember.objects.filter(team=team, user=to).update(role=TeamRole.OWNER):
            raise Refused(gettext("They are not in the team any more."))
        TeamMember.objects.filter(team=team, user=by).update(role=TeamRole.MEMBER)
    auditing.note("team handed over", to, team=team.pk, by=by.pk)


def delete(team: Team, by: User) -> None:
    """End the team with what it follows and its invitations; what was told of stays. Raises Refused."""
    number = team.pk
    with _held(team, by):
        team.delete()
    auditing.note("team deleted", by, team=number)


def pass_on(team: Team) -> bool:
    """Give a team that has lost its owner to its longest-standing member; False where it has an owner, or nobody."""
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        if team.memberships.filter(role=TeamRole.OWNER, user__is_active=True).exists():
            return False
        heir = team.memberships.filter(user__is_active=True).order_by("joined_at", "pk").first()
        if heir is None:
            return False
        team.memberships.filter(role=TeamRole.OWNER).update(role=TeamRole.MEMBER)
        TeamMember.objects.filter(pk=heir.pk).update(role=TeamRole.OWNER)
    auditing.note("team passed on", heir.user_id, team=team.pk)
    return True


def _end(member: TeamMember) -> None:
    """Their pauses of the team's follows go with the membership."""
    Mute.objects.filter(user=member.user_id, follow__team=member.team_id).delete()
    member.delete()


@contextmanager
def _held(team: Team, by: User) -> Iterator[None]:
    """The team's row, held until the work is done. Raises Refused unless `by` owns the team."""
    with transaction.atomic():
        Team.objects.select_for_update().filter(pk=team.pk).first()
        if not TeamMember.objects.filter(team=team.pk, user=by, role=TeamRole.OWNER).exists():
            raise Refused(gettext("Only the team’s owner can do this."))
        yield
