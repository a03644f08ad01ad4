"""The first start: whoever holds the one-time address makes the first editor's account, once."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stories.forms import SetupForm
from stories.ingest.errors import Failure
from stories.services import seeding
from stories.services import setup as service
from stories.templatetags.firsthand import english
from stories.views.pages import page


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The form while nobody has an account and the token is right; else how an account is made."""
    token = request.POST.get("token", "") or request.GET.get("token", "")
    open_door = service.needs_setup()
    if not (open_door and settings.SETUP_TOKEN and constant_time_compare(token, settings.SETUP_TOKEN)):
        return page(request, "stories/setup_closed.html", {"needs_setup": open_door}, status=403)
    known = len(seeding.known_outlets())
    form = SetupForm(request.POST or None, demo_world=settings.DEMO_WORLD, known=known)
    if form.is_valid():
        made = _make(request, form)
        if made:
            return made
    return page(request, "stories/setup.html", {"form": form, "token": token}, status=422 if form.errors else 200)


def _make(request: HttpRequest, form: SetupForm) -> HttpResponse | None:
    """The account, signed in, and on to the front page; None where the form has to say why not."""
    data = form.cleaned_data
    try:
        user = service.first_account(
            email=data["email"], password=data["password"], start_with=data["start_with"], now=timezone.now()
        )
    except PermissionError:
        return page(request, "stories/setup_closed.html", {"needs_setup": False}, status=403)
    except Failure as failure:
        form.add_error("start_with", english(failure.reason))
        return None
    login(request, user)
    messages.success(request, gettext("Your account is made, and you are signed in."))
    return redirect("front")
