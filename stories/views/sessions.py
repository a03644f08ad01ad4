"""Where a person is signed in: a list with what is known of each, and a way to end one or all others.

Ending asks first who is there (ASVS 5.0, 7.5.2). Of others' sessions nobody here sees anything.
"""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stories.models import User
from stories.services import auditing
from stories.views import lasting
from stories.views.pages import page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """The list, the one in use first; a POST ends all others."""
    if request.method == "POST":
        ended: HttpResponse = _end_others(request)
        return ended
    user = _user(request)
    rows = UserSession.objects.purge_and_list(user)
    rows.sort(key=lambda row: (row.is_current(), row.last_seen_at), reverse=True)
    idle, longest = lasting.ends_after(user)
    return page(request, "usersessions/usersession_list.html", {"sessions": rows, "idle": idle, "longest": longest})


@never_cache
@login_required
@require_POST
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; the one in use by signing out."""
    user = _user(request)
    row = get_object_or_404(UserSession, pk=pk, user=user)
    if row.is_current():
        return redirect("account_logout")
    row.end()
    auditing.note("session ended", user)
    messages.success(request, gettext("That session is ended: whoever used it is signed out."))
    return redirect("usersessions_list")


@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
def _end_others(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    others = [row for row in UserSession.objects.purge_and_list(user) if not row.is_current()]
    for row in others:
        row.end()
    auditing.note("other sessions ended", user, count=len(others))
    said = ngettext("%(count)d other session is ended.", "%(count)d other sessions are ended.", len(others))
    messages.success(request, said % {"count": len(others)})
    return redirect("usersessions_list")


def _user(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user
