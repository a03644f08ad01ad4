"""Invitations: a link by which one person makes an account, becomes an editor, or joins a team. It works once.

The token is shown or mailed once; only its digest is kept. An invitation stands only as long as who made it may still
make it: one whom they put out, or whose account is closed, leaves no door open behind.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from stories.models import Invitation, Team, TeamMember, TeamRole, User
from stories.services import auditing, teams
from stories.services.teams import Refused

# Callers catch it where they call.
__all__ = ["Refused"]

LASTS = timedelta(days=14)
# Of one person who is no admin, open ones as well as letters in a day: enough for a newsroom, too few to send
# advertising by our mail.
MOST = 50
# 256 random bits; a guess has no chance, so that a quick digest is enough.
_BYTES = 32
# Any number that no other advisory lock of this database uses; the second part of the lock is the address.
LOCK = 0x1A71


def invite(
    email: str, by: User, now: datetime, editor: bool = False, team: Team | None = None
) -> tuple[Invitation, str]:
    """An invitation of this address, and the token of its link. Asked again it is renewed: the older link is dead.

    Raises Refused where `by` may not invite to this, where there is nothing to invite to, or MOST are open.
    """
    email = email.strip().lower()
    token = secrets.token_urlsafe(_BYTES)
    with transaction.atomic():
        # Two requests at once would both find room, or make two invitations; each waits for its turn here.
        User.objects.select_for_update().get(pk=by.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, zlib.crc32(email.encode()) & 0x7FFFFFFF])
        _must_be_allowed(by, editor, team)
        _must_be_of_use(email, editor, team)
        before = Invitation.objects.filter(email=email, team=team, accepted_at=None).first()
        if not by.is_superuser:
            _must_have_room(by, before, now)
        row = before or Invitation(email=email, team=team)
        row.editor, row.digest, row.made_by = editor, _digest(token), by
        row.made_at, row.expires_at = now, now + LASTS
        row.save()
    auditing.note("invited", by, invitation=row.pk, editor=editor or None, team=team.pk if team else None)
    return row, token


def standing(now: datetime) -> QuerySet[Invitation]:
    """The invitations that can be accepted: not yet, not too late, and by somebody who may still invite to that."""
    maker = Q(made_by__is_active=True)
    may = Q(team=None, made_by__is_superuser=True) | Q(team__memberships__user=F("made_by"))
    editors = Q(editor=False) | Q(made_by__is_superuser=True)
    return Invitation.objects.filter(maker, may, editors, accepted_at=None, expires_at__gt=now)


def find(token: str, now: datetime) -> Invitation | None:
    """The invitation of this token, if it stands; with its team and who made it."""
    return standing(now).select_related("team", "made_by").filter(digest=_digest(token)).first()


def open_invitation(pk: int, now: datetime) -> Invitation | None:
    """The invitation, if it stands and lets its holder make an account (`opens_sign_up`)."""
    found = standing(now).select_related("team", "made_by").filter(pk=pk).first()
    return found if found is not None and opens_sign_up(found) else None


def opens_sign_up(invitation: Invitation) -> bool:
    """Whether its holder may make an account by it.

    Where sign-up is by invitation, only an editor's or an admin's lets anybody in: not everybody who owns a team hands
    out accounts. Where it is closed, none does.
    """
    if settings.SIGN_UP != "invite":
        return bool(settings.SIGN_UP == "open")
    if invitation.team_id is None:
        return True
    return invitation.made_by is not None and invitation.made_by.is_staff


def of_person(user: User, now: datetime) -> QuerySet[Invitation]:
    """Invitations into teams that went to an address which is proven to be this person's."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return standing(now).filter(team__isnull=False, email__in=proven).select_related("team", "made_by")


def accept(invitation: Invitation, user: User, now: datetime) -> None:
    """Take the invitation up for this person, whose account is saved already. Raises Refused where it no longer stands.

    Of two people at once with the same link one is too late.
    """
    with transaction.atomic():
        held = standing(now).select_for_update(of=("self",)).filter(pk=invitation.pk).first()
        if held is None:
            raise Refused(gettext("This invitation does not work any more: ask for another."))
        held.accepted_at, held.accepted_by = now, user
        held.save(update_fields=["accepted_at", "accepted_by"])
        if held.editor and not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
        if held.team is not None:
            teams.join(held.team, user)
    by, editor = held.made_by_id, held.editor or None
    auditing.note("invitation accepted", user, invitation=held.pk, editor=editor, team=held.team_id, by=by)


def withdraw(invitation: Invitation, by: User) -> bool:
    """Make the link worthless, or turn the invitation down; False where it was accepted meanwhile."""
    gone, _ = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()
    if gone:
        auditing.note("invitation withdrawn", by, invitation=invitation.pk)
    return bool(gone)


def _must_be_allowed(by: User, editor: bool, team: Team | None) -> None:
    if (team is None or editor) and not by.is_superuser:
        raise Refused(gettext("Only admins invite people to this server."))
    owners = TeamMember.objects.filter(team=team, user=by, role=TeamRole.OWNER)
    if team is not None and not owners.exists():
        raise Refused(gettext("Only the team’s owner invites people into it."))


def _must_be_of_use(email: str, editor: bool, team: Team | None) -> None:
    """Somebody who has all of it already needs no invitation."""
    held = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    if held is None:
        return
    if team is not None:
        if team.memberships.filter(user=held.user).exists():
            raise Refused(gettext("They are in the team already."))
    elif not editor:
        raise Refused(gettext("This address has an account already."))
    if editor and held.user.is_staff and team is None:
        raise Refused(gettext("This address has an editor’s account already."))


def _must_have_room(by: User, before: Invitation | None, now: datetime) -> None:
    """A renewed one counts no second time among the open ones, but is a letter more."""
    made = Invitation.objects.filter(made_by=by, accepted_at=None, made_at__gt=now - LASTS)
    if before is None and made.count() >= MOST:
        reason = gettext("You have %(most)d open invitations, the most that one person may have: withdraw one first.")
        raise Refused(reason % {"most": MOST})
    key = f"invited:{by.pk}:{now:%Y-%m-%d}"
    cache.add(key, 0, timeout=2 * 86400)
    if cache.incr(key) > MOST:
        reason = gettext("You have written %(most)d invitations today, the most that one person may write in a day.")
        raise Refused(reason % {"most": MOST})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
