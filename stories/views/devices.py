"""Which browsers somebody has signed in with before: a signed cookie, so that guessing elsewhere never shuts them out.

The idea is OWASP's device cookie. The cookie opens nothing: it only gives its holder a counter of failed attempts of
their own. It names people by their number and lists no address. Decides nothing about passwords.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

# A year after the last sign-in a browser is a stranger again.
KNOWN_FOR_S = 365 * 24 * 3600
# So many people may share a browser, the latest ones count.
PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Device:
    """A browser by a random name, and the numbers of those who signed in with it, the latest first."""

    name: str
    people: tuple[int, ...]


def cookie_name() -> str:
    """Its name, bound to this host where there is https."""
    return f"{settings.COOKIE_PREFIX}firsthand_device"


def device(request: HttpRequest) -> Device | None:
    """What the browser's cookie says, if it is one that we signed not too long ago."""
    value = request.COOKIES.get(cookie_name(), "")
    try:
        found = TimestampSigner(salt="device").unsign_object(value, max_age=KNOWN_FOR_S)
        return Device(str(found["name"]), tuple(int(pk) for pk in found["people"]))
    except (BadSignature, KeyError, TypeError, ValueError):
        return None


def remember(request: HttpRequest, response: HttpResponse, user_pk: int) -> None:
    """Give the browser a cookie that knows this person, besides those it knew."""
    known = device(request)
    others = [pk for pk in known.people if pk != user_pk] if known else []
    told = {"name": known.name if known else secrets.token_urlsafe(12), "people": [user_pk, *others][:PEOPLE]}
    response.set_cookie(
        cookie_name(),
        TimestampSigner(salt="device").sign_object(told),
        max_age=KNOWN_FOR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
