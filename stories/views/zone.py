"""Pages show times in the zone of the person who is signed in, where they have set one; else in the server's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from stories.models import User
from stories.selectors import zones


def own_zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, behind those of sessions and of who is signed in.

    Without a session's cookie nobody is signed in, and the session is left alone: touching it would mark the answer
    as one person's own.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        with timezone.override(zones.known(user.time_zone) if isinstance(user, User) else None):
            return get_response(request)

    return middleware
