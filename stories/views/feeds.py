"""The feeds page, and what editors do there: add, import, poll now, pause."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from stories.forms import OpmlForm, SiteForm
from stories.ingest.errors import Failure
from stories.models import Feed
from stories.selectors import feeds as selector
from stories.services import seeding, subscribing
from stories.templatetags.firsthand import counted
from stories.views.pages import back, editors_only, is_fragment, page

PAGE = 50
SHOW = {"all": "All", "failing": "Failing", "paused": "Paused"}
# A message is no place for a list of hundreds.
REFUSED_SHOWN = 10


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Every feed; `show` narrows to failing or paused ones, `q` searches."""
    return _feeds_page(request, SiteForm(), OpmlForm())


def _feeds_page(request: HttpRequest, site: SiteForm, opml: OpmlForm, *, status: int = 200) -> HttpResponse:
    """The page with its forms as they stand: empty, or with what was wrong."""
    show, query = request.GET.get("show", "all"), request.GET.get("q", "").replace("\x00", "").strip()[:200]
    show = show if show in SHOW else "all"
    shown = Paginator(selector.matching(show, query), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "summary": selector.summary(),
        "shown": shown,
        "show": show,
        "shows": SHOW,
        "query": query,
        "site_form": site,
        "opml_form": opml,
    }
    return page(request, "stories/feeds.html", context, status=status)


@editors_only
def add(request: HttpRequest) -> HttpResponse:
    """Find the feeds of a site and poll them from now on; what is wrong is said at the field."""
    form = SiteForm(request.POST)
    if form.is_valid():
        try:
            done = subscribing.add_site(form.cleaned_data["address"], now=timezone.now())
        except Failure as failure:
            form.add_error("address", failure.reason)
        else:
            said = f"{done.outlet}: {counted(len(done.feeds), 'feed')}"
            messages.success(request, f"{said} added, first poll in a moment." if done.created else f"{said}, known.")
            return redirect(done.outlet)
    return _feeds_page(request, form, OpmlForm(), status=422)


@editors_only
def import_opml(request: HttpRequest) -> HttpResponse:
    """Take the feeds of an OPML file; refused ones are named with the reason."""
    form = OpmlForm(request.POST, request.FILES)
    done = _imported(form) if form.is_valid() else None
    if done is None:
        return _feeds_page(request, SiteForm(), form, status=422)
    messages.success(request, f"{counted(done.added, 'feed')} added, {done.known} known already.")
    if done.refused:
        messages.warning(request, refusals(done.refused))
    return redirect("feeds")


def _imported(form: OpmlForm) -> subscribing.Imported | None:
    """What the file brought; None where the form has to say what is wrong with it."""
    try:
        done = subscribing.import_opml(form.cleaned_data["opml"].read(), now=timezone.now())
    except Failure as failure:
        form.add_error("opml", failure.reason)
        return None
    if not (done.added or done.known or done.refused):
        form.add_error("opml", "This file lists no feed.")
        return None
    return done


def refusals(refused: list[tuple[str, str]]) -> str:
    """The refused addresses with their reasons, the first ones by name."""
    rows = format_html_join("", "<li>{}: {}</li>", ((a[:200] or "(no address)", r) for a, r in refused[:REFUSED_SHOWN]))
    more = len(refused) - REFUSED_SHOWN
    rest = format_html("<li>and {} more</li>", more) if more > 0 else ""
    return format_html("{} not taken:<ul>{}{}</ul>", counted(len(refused), "feed"), rows, rest)


@require_safe
def export_opml(_request: HttpRequest) -> HttpResponse:
    """Every feed as OPML: the list is public on the feeds page anyway."""
    body = subscribing.export_opml(timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="firsthand-feeds.opml"'}
    return HttpResponse(body, content_type="text/x-opml; charset=utf-8", headers=headers)


@editors_only
def poll_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a feed due at once."""
    feed = get_object_or_404(Feed, pk=pk)
    subscribing.poll_now(feed, now=timezone.now())
    return _done(request, pk, f"{feed} is polled within a few seconds.")


@editors_only
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a feed (`active=0`) or take it up again (`active=1`)."""
    feed = get_object_or_404(Feed, pk=pk)
    active = request.POST.get("active") == "1"
    subscribing.set_active(feed, active, now=timezone.now())
    return _done(request, pk, f"{feed} is polled again." if active else f"{feed} is paused.")


def _done(request: HttpRequest, pk: int, said: str) -> HttpResponse:
    """The feed's row as it is now where htmx asks, else back to the list with a message."""
    if not is_fragment(request):
        messages.success(request, said)
        return back(request, "feeds")
    feed = Feed.objects.select_related("outlet").get(pk=pk)
    return page(request, "stories/_feed_row.html", {"feed": feed, "said": said})


@editors_only
def load_known(request: HttpRequest) -> HttpResponse:
    """Load the list of well-known outlets; loading it again adds what is missing."""
    done = seeding.load_known(timezone.now())
    messages.success(request, f"{counted(done.outlets, 'outlet')} and {counted(done.feeds, 'feed')} added.")
    return back(request, "front")
