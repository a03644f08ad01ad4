"""A person's hours: when they are left in peace, and the zone and language that they are told in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stories.services import hours as service
from stories.views.pages import page, person
from stories.wayforms import HoursForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The form; a POST keeps it, and what waits is due by the new hours."""
    user, now = person(request), timezone.now()
    form = HoursForm(request.POST if request.method == "POST" else None, user=user, now=now)
    if form.is_valid():
        service.change(user, now, **form.cleaned_data)
        messages.success(request, gettext("Kept; it holds for what already waits, too."))
        return redirect("hours")
    context = {"form": form, "server_zone": settings.TIME_ZONE}
    return page(request, "stories/way_hours.html", context, status=422 if form.errors else 200)
