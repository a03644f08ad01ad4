"""API tokens: make one, find whose it is, take it back. A token is shown once; only its digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from django.db import transaction
from django.utils.translation import gettext

from stories.models import ApiToken, User

# More than anybody has programs; it keeps a stolen session from filling the table.
MOST = 20
# Says at a glance, in a log or a repository, whose token it is.
_MARK = "fh_"
# 256 random bits; a guess has no chance, so that a quick digest is enough.
_BYTES = 32
_PREFIX = 9


class Refused(Exception):
    """A token is not made; `reason` is for the person who asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def make(user: User, name: str) -> tuple[ApiToken, str]:
    """A new token of a person, and the secret itself, which nobody can show again.

    Raises Refused where the name is taken or the person has MOST already.
    """
    secret = _MARK + secrets.token_urlsafe(_BYTES)
    with transaction.atomic():
        # Two requests at once would both find room; the person's row makes them come one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        names = set(user.api_tokens.values_list("name", flat=True))
        if name in names:
            raise Refused(gettext("You have a token of this name already."))
        if len(names) >= MOST:
            reason = gettext("No account may have more than %(most)d tokens: revoke one first.")
            raise Refused(reason % {"most": MOST})
        token = ApiToken.objects.create(user=user, name=name, digest=_digest(secret), prefix=secret[:_PREFIX])
    return token, secret


def find(secret: str, today: date) -> ApiToken | None:
    """The token of this secret, noted as used today; None where there is none or its person may not sign in."""
    token = ApiToken.objects.filter(digest=_digest(secret), user__is_active=True).first()
    if token is not None and token.used_on != today:
        # One write a day, however often it is used.
        ApiToken.objects.filter(pk=token.pk).update(used_on=today)
    return token


def revoke(token: ApiToken) -> None:
    """Make the token worthless, from the next request on."""
    token.delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
