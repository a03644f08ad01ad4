"""How long a sign-in lasts: so many hours without being used, and so many at all; fewer for those who edit.

The numbers are settings (SESSION_IDLE_HOURS and its neighbours). It also gives the session another key whenever people
showed anew who they are, so that a key which somebody saw before opens nothing after.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from stories.models import User

# When the sign-in began and when it was last used, in seconds since 1970.
BEGAN, USED = "began", "used"
# The session is written no more often than this for being used.
STEP = timedelta(minutes=5)


class LastingMiddleware:
    """Ends a session that lasted too long, and keeps the list of a person's sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page asked for, of somebody who is signed in for as long as they may be."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            _keep_or_end(request, timezone.now())
        before = _shown_anew(request)
        response = self.get_response(request)
        if before is not None and _shown_anew(request) not in (None, before):
            _give_another_key(request)
        return response


def ends_after(user: User) -> tuple[timedelta, timedelta]:
    """How long the person's sessions last without being used, and at all."""
    if user.is_staff:
        return timedelta(hours=settings.DESK_IDLE_HOURS), timedelta(hours=settings.DESK_LONGEST_HOURS)
    return timedelta(hours=settings.SESSION_IDLE_HOURS), timedelta(hours=settings.SESSION_LONGEST_HOURS)


def _keep_or_end(request: HttpRequest, now: datetime) -> None:
    user = request.user
    if not isinstance(user, User):
        return
    session, stamp = request.session, now.timestamp()
    began, used = session.get(BEGAN, stamp), session.get(USED, stamp)
    idle, longest = ends_after(user)
    if stamp - used > idle.total_seconds() or stamp - began > longest.total_seconds():
        UserSession.objects.filter(session_key=session.session_key).delete()
        logout(request)
        messages.info(request, gettext("You were signed out because some time has passed. Sign in again to go on."))
    elif BEGAN not in session or stamp - used > STEP.total_seconds():
        session[BEGAN], session[USED] = began, stamp
        UserSession.objects.create_from_request(request)


def _shown_anew(request: HttpRequest) -> int | None:
    """How often the person showed again in this session who they are; None where nobody is signed in."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
        return None
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ())
    return sum(1 for record in records if record.get("reauthenticated"))


def _give_another_key(request: HttpRequest) -> None:
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
