"""What all pages share: a page and its fragment are one view and one template; some doors are for editors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from stories.models import User
from stories.selectors import kept

View = Callable[..., HttpResponse]


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; not when it restores a whole one from history."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The template in its frame, or bare where htmx asks; `now` is the clock of all its times."""
    frame = "fragment.html" if is_fragment(request) else "base.html"
    response = render(request, template, {"now": timezone.now(), "frame": frame, **context}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def kept_for_readers(request: HttpRequest, state: Iterable[object], make: Callable[[], HttpResponse]) -> HttpResponse:
    """A page that takes long to make, for those who are not signed in kept for PAGE_CACHE_S seconds.

    `state` is all that it tells of as it changes: with another state it is made anew. Only for pages that hold nothing
    of the person who asks: no token, no message.
    """
    if request.method != "GET" or not settings.PAGE_CACHE_S or request.user.is_authenticated or get_messages(request):
        return make()
    asked = (request.get_full_path(), is_fragment(request), get_language(), *state)
    key = "page:" + hashlib.sha256(repr(asked).encode()).hexdigest()
    if content := kept.get(key):
        response = HttpResponse(content)
    else:
        response = make()
        if response.status_code == 200:
            kept.put(key, response.content, settings.PAGE_CACHE_S)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def editors_only(view: View) -> View:
    """A POST that only editors may send: others are asked to sign in, or told that they may not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            # Signing in can't repeat the POST, so it leads back to the page that the button was on.
            return redirect_to_login(_came_from(request))
        if not request.user.is_staff:
            raise PermissionDenied("This is for editors.")
        return view(request, *args, **kwargs)

    return require_POST(guarded)


def people_only(view: View) -> View:
    """A POST that only people with an account may send; others are asked to sign in, and lose nothing by it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        to = redirect_to_login(_came_from(request))
        # A redirect would be swapped into the page: htmx is told to leave it.
        return HttpResponse(headers={"HX-Redirect": to.url}) if is_fragment(request) else to

    return require_POST(guarded)


def person(request: HttpRequest) -> User:
    """Who is signed in, behind a door that lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def back(request: HttpRequest, fallback: str) -> HttpResponseRedirect:
    """To where the form's `next` says, if that is on this server."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return redirect(target)
    return redirect(fallback)


def _came_from(request: HttpRequest) -> str:
    """The `next` of the form, or the front page."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/"
