"""The page of one feed with its history, and its two forms: to change it, to remove it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from stories.forms import FeedForm
from stories.ingest import moves, validators
from stories.ingest.errors import Failure
from stories.models import Feed
from stories.selectors import feed as selector
from stories.services import hubs, journal, tending
from stories.services.tending import KnownAlready, Wanted
from stories.templatetags.firsthand import counted, english
from stories.views.pages import page, person

View = Callable[..., HttpResponse]


def _for_editors(view: View) -> View:
    """A page with a form that only editors may see or send."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied("This is for editors.")
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "POST"])(login_required(guarded))


@require_safe
def feed(request: HttpRequest, pk: int) -> HttpResponse:
    """One feed: how it fares, when it is asked next and why, its server, and its last fetches."""
    now = timezone.now()
    shown = selector.feed_page(_found(pk))
    hub = hubs.told(shown.subscription, now) if shown.subscription else ""
    row = shown.feed
    moved = (
        moves.sentence(row.url, moves.Move(row.moved_to, row.moved_since, row.moved_polls)) if row.moved_since else ""
    )
    context = {"page": shown, "feed": row, "hub": hub, "moved": moved, "now": now, "lie_note": validators.NOTE}
    return page(request, "stories/feed.html", context)


@_for_editors
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a feed's title, outlet, address, interval and language; a new address is asked before it is taken."""
    found = _found(pk)
    if found.outlet.demo:
        messages.warning(request, gettext("Feeds of the demo world are invented; they can’t be changed."))
        return redirect("feed", pk)
    form = FeedForm(request.POST or None, initial=_as_typed(found))
    if form.is_valid() and _edited(request, found, form):
        return redirect("feed", pk)
    return page(request, "stories/feed_edit.html", {"feed": found, "form": form}, status=422 if form.errors else 200)


def _as_typed(found: Feed) -> dict[str, Any]:
    minutes = found.fixed_interval_s // 60 if found.fixed_interval_s else None
    return {
        "title": found.title, "outlet": found.outlet_id, "url": found.url, "minutes": minutes, "lang": found.lang
    }  # fmt: skip


def _edited(request: HttpRequest, found: Feed, form: FeedForm) -> bool:
    """Change the feed; False where the address was refused, which the form then says."""
    data = form.cleaned_data
    interval = data["minutes"] * 60 if data["minutes"] else None
    wanted = Wanted(data["title"].strip(), data["lang"], interval, data["outlet"], data["url"].strip())
    try:
        moved = tending.edit(found, wanted, now=timezone.now())
    except KnownAlready as refusal:
        other = format_html('<a href="{}">{}</a>', reverse("feed", args=[refusal.feed.pk]), refusal.feed)
        form.add_error("url", format_html("{} {}", english(refusal.reason), other))
        return False
    except Failure as failure:
        form.add_error("url", english(failure.reason))
        return False
    journal.note(person(request), [found], "Feed edited.")
    messages.success(
        request, gettext("Changed; it is asked at its new address in a moment.") if moved else gettext("Changed.")
    )
    return True


@_for_editors
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to remove a feed; on POST, remove it. Its articles stay."""
    found = _found(pk)
    if request.method == "POST":
        journal.note(person(request), [found], "Feed removed; its articles stay.", journal.DELETION)
        tending.remove(found)
        said = gettext("%(feed)s is removed and no longer polled. Its articles stay.")
        messages.success(request, said % {"feed": found})
        return redirect(found.outlet)
    count = selector.feed_page(found).articles
    return page(request, "stories/feed_remove.html", {"feed": found, "articles": counted(count, "article")})


def _found(pk: int) -> Feed:
    found = selector.find(pk, timezone.now())
    if found is None:
        raise Http404("There is no such feed.")
    return found
