"""The end of an account: what goes, what stays, and who can't go yet. All of it in one transaction.

What the person did as an editor stays, because others built on it, under "a former editor" in place of their name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext

from stories.models import Channel, Edit, Invitation, Team, TeamRole, User
from stories.services import auditing, teams
from stories.services.teams import Refused

__all__ = ["FORMER", "Farewell", "Refused", "delete", "farewell"]

# Whom an edit is by when its editor's account is gone; templates say it in the page's language.
FORMER = "a former editor"
# Any number that no other advisory lock of this database uses: two admins at once must not both be the last but one.
LOCK = 0xADD1
# A delivery under way may hold rows in another order than we do; PostgreSQL then ends one of the two.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Farewell:
    """What the end of an account would mean. With `owned` or as the `last_admin` it can't end yet.

    `edits` stay without the name; `lonely` are the teams without another member, which go along; `owned` those with
    others, which need another owner first.
    """

    edits: int
    lonely: Sequence[Team]
    owned: Sequence[Team]
    last_admin: bool

    @property
    def possible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.owned and not self.last_admin


def farewell(user: User) -> Farewell:
    """What the end of this account would mean now."""
    mine = Team.objects.filter(memberships__user=user, memberships__role=TeamRole.OWNER)
    # A query of its own: the joins above would count nobody but the owner.
    sized = list(Team.objects.filter(pk__in=mine.values("pk")).annotate(people=Count("memberships")))
    return Farewell(
        edits=Edit.objects.filter(user=user).count(),
        lonely=[team for team in sized if team.people == 1],
        owned=[team for team in sized if team.people > 1],
        last_admin=_is_last_admin(user),
    )


def delete(user: User, now: datetime, *, by: User | None = None) -> None:
    """End the account with all that is the person's own, and sign it out everywhere.

    `by` is the admin who does it for them; teams with other members then pass to the longest-standing one. Raises
    Refused for the last admin, and where the person still owns a team that others are in.
    """
    number = user.pk
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                edits = _delete(number, by)
            break
        except (OperationalError, IntegrityError):
            if not left:
                raise
    auditing.note("account deleted", number, by=by.pk if by else number, edits_kept=edits or None)


def _delete(number: int, by: User | None) -> int:
    """The work of `delete`, in its transaction; how many edits stay behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    # Whoever would write an alert or a delivery for them waits here, and then finds them gone.
    user = User.objects.select_for_update().get(pk=number)
    list(Channel.objects.select_for_update().filter(user=user).order_by("pk").values_list("pk"))
    list(Team.objects.select_for_update().filter(memberships__user=user).order_by("pk").values_list("pk"))
    told = farewell(user)
    if told.last_admin:
        raise Refused(gettext("This is the only admin’s account: make somebody else an admin first."))
    if told.owned and by is None:
        names = ", ".join(f"“{team.name}”" for team in told.owned)
        raise Refused(gettext("Hand over first what others share with you: %(teams)s.") % {"teams": names})
    for team in told.lonely:
        team.delete()
    edits = Edit.objects.filter(user=user).update(by=FORMER)
    addresses = [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]
    theirs = Q(email__in=addresses) | Q(accepted_by=user) | Q(made_by=user, accepted_at=None)
    Invitation.objects.filter(theirs).delete()
    # Any other is worth nothing without its account.
    for session in UserSession.objects.filter(user=user):
        session.end()
    owned = list(told.owned)
    user.delete()
    for team in owned:
        teams.pass_on(team)
    return edits


def _is_last_admin(user: User) -> bool:
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()
