"""One way by which a person is reached: its settings, its log, its secret, on and off, and removing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stories.models import Channel, ChannelKind
from stories.selectors import ways as selector
from stories.services import ways as service
from stories.views.pages import back, page
from stories.views.ways import BY_PERSON, own
from stories.wayforms import WayForm

# Attempts on a page of the log.
PER_PAGE = 50


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def way(request: HttpRequest, pk: int) -> HttpResponse:
    """How it fares, its settings and its log; a POST changes the settings."""
    found = own(request, pk)
    form = WayForm(request.POST) if request.method == "POST" else WayForm.of(found)
    if form.is_bound and form.is_valid() and _changed(found, form):
        messages.success(request, gettext("Changed; it holds for what already waits, too."))
        return redirect("way", found.pk)
    return page(request, "stories/way.html", _context(request, found, form), status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on again (`on` is 1) or off."""
    found, now = own(request, pk), timezone.now()
    try:
        if request.POST.get("on") == "1":
            service.switch_on(found, now)
            said = gettext("“%(name)s” is on again.")
        else:
            service.switch_off(found, "", now, by_person=True)
            said = gettext("“%(name)s” is off: nothing goes out by it.")
    except service.Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, said % {"name": found.name})
    return back(request, reverse("way", args=[found.pk]))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a webhook shall have a new secret; on POST, make it and show it, this once."""
    found = own(request, pk)
    if found.kind != ChannelKind.WEBHOOK:
        raise Http404("Only webhooks have a secret.")
    if request.method != "POST":
        return page(request, "stories/way_rotate.html", {"way": found})
    try:
        secret = service.rotate(found, timezone.now())
    except service.Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("way", found.pk)
    return page(request, "stories/way_secret.html", {"way": found, "secret": secret})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to remove it; on POST, remove it with its log."""
    found = own(request, pk)
    if request.method == "POST":
        service.remove(found)
        messages.success(request, gettext("“%(name)s” is removed.") % {"name": found.name})
        return redirect("ways")
    return page(request, "stories/way_remove.html", {"way": found})


def _changed(found: Channel, form: WayForm) -> bool:
    """Change the way; False where that was refused, which the form then says."""
    data = form.cleaned_data
    try:
        service.change(
            found,
            timezone.now(),
            name=data["name"],
            pace=data["pace"],
            digest_at=data["digest_at"] or found.digest_at,
            digest_day=data["digest_day"],
            heeds_quiet=data["heeds_quiet"],
        )
    except service.Refused as refusal:
        form.add_error("name", refusal.reason)
        return False
    return True


def _context(request: HttpRequest, found: Channel, form: WayForm) -> dict[str, Any]:
    shown = Paginator(selector.log(found), PER_PAGE).get_page(request.GET.get("page"))
    [row] = selector.rows(Channel.objects.filter(pk=found.pk), BY_PERSON)
    return {"way": found, "row": row, "form": form, "shown": shown, "attempts": list(shown)}
