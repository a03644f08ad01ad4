"""A person's API tokens: make one, see which there are, take one back. The secret is shown once and kept nowhere."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stories.forms import TokenForm
from stories.models import ApiToken, User
from stories.services import tokens as service
from stories.views.pages import page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list with the form; a POST makes a token and shows its secret, this once."""
    user = _user(request)
    form = TokenForm(request.POST) if request.method == "POST" else TokenForm()
    made: tuple[ApiToken, str] | None = None
    if form.is_bound and form.is_valid():
        try:
            made = service.make(user, form.cleaned_data["name"])
        except service.Refused as refusal:
            form.add_error("name", refusal.reason)
        else:
            form = TokenForm()
    context: dict[str, Any] = {"form": form, "tokens": list(user.api_tokens.all()), "most": service.MOST}
    context |= {"made": made[0], "secret": made[1]} if made else {}
    return page(request, "stories/tokens.html", context, status=422 if form.is_bound and form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to revoke one of one's own tokens; on POST, revoke it."""
    found = get_object_or_404(ApiToken, pk=pk, user=_user(request))
    if request.method == "POST":
        service.revoke(found)
        messages.success(request, gettext("“%(name)s” is revoked: it opens nothing any more.") % {"name": found.name})
        return redirect("tokens")
    return page(request, "stories/token_revoke.html", {"token": found})


def _user(request: HttpRequest) -> User:
    """Who is signed in; the decorators above let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user
