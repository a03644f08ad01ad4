"""The feeds page: every feed by its state, and what editors do to one row or to all rows shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stories.forms import BulkForm, OpmlForm, SiteForm
from stories.models import Feed
from stories.selectors import feed as feed_selector
from stories.selectors import feeds as selector
from stories.selectors import outlets
from stories.services import journal, seeding, tending
from stories.templatetags.firsthand import counted, spelt
from stories.views.pages import back, editors_only, is_fragment, page, person

PAGE = 50


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """Every feed; `show` narrows to one of selectors.feeds.FILTERS, `q` searches."""
    return feeds_page(request, SiteForm(), OpmlForm())


def feeds_page(request: HttpRequest, site: SiteForm, opml: OpmlForm, *, status: int = 200) -> HttpResponse:
    """The page with its forms as they stand: empty, or with what was wrong."""
    show, query = _asked(request.GET)
    now = timezone.now()
    summary = selector.summary(now)
    matching = selector.summary(now, query) if query else summary
    found = selector.rows(selector.matching(show, query, now), now)
    context: dict[str, Any] = {
        "summary": summary,
        "matching": matching,
        "filters": [(each, matching.counts[name]) for name, each in selector.FILTERS.items()],
        "chosen": selector.FILTERS[show],
        "count": matching.counts[show],
        "sleeping": selector.matching(show, query, now).filter(active=False).count() if request.user.is_staff else 0,
        "shown": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "quiet": outlets.quiet_count(),
        "query": query,
        "site_form": site,
        "opml_form": opml,
        "now": now,
    }
    return page(request, "stories/feeds.html", context, status=status)


def _asked(given: QueryDict | dict[str, Any]) -> tuple[str, str]:
    """The filter and the search that an address or a form asks for; an unknown filter is all."""
    show, query = given.get("show", "all"), given.get("q", "").replace("\x00", "").strip()[:200]
    return (show if show in selector.FILTERS else "all"), query


@editors_only
def poll_all(request: HttpRequest) -> HttpResponse:
    """Make the feeds of a filter and a search due at once; paused and stopped ones only where `take_up` says so."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Nothing was polled: this search can’t be used."))
        return redirect("feeds")
    show, query = _asked(form.cleaned_data)
    now = timezone.now()
    chosen = selector.matching(show, query, now)
    done = tending.poll_all(chosen, take_up=form.cleaned_data["take_up"], now=now)
    if done:
        journal.note_many(person(request), f"{done} feeds", "Made due at once.")
        said = gettext("%(feeds)s asked for: each as soon as its host’s turn comes.")
        messages.success(request, said % {"feeds": counted(done, "feed")})
    else:
        messages.warning(request, gettext("No feed was asked for: none that is polled matches any more."))
    wanted = QueryDict(mutable=True)
    wanted.update({name: value for name, value in (("show", show), ("q", query)) if value})
    return redirect(f"{reverse('feeds')}?{wanted.urlencode()}")


@editors_only
def poll_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a feed due at once."""
    feed = get_object_or_404(Feed.objects.select_related("outlet"), pk=pk)
    now = timezone.now()
    host = tending.poll_now(feed, now=now)
    journal.note(person(request), [feed], "Made due at once.")
    if host and host.rest_until:
        said = gettext("%(feed)s is polled when %(host)s no longer rests, at %(at)s.")
        return _done(request, pk, said % {"feed": feed, "host": host, "at": spelt(host.rest_until, now)})
    return _done(request, pk, gettext("%(feed)s is polled within a few seconds.") % {"feed": feed})


@editors_only
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a feed (`active=0`) or take it up again (`active=1`)."""
    feed = get_object_or_404(Feed, pk=pk)
    active = request.POST.get("active") == "1"
    tending.set_active(feed, active, now=timezone.now())
    journal.note(person(request), [feed], "Taken up again." if active else "Paused.")
    return _done(
        request,
        pk,
        (gettext("%(feed)s is polled again.") if active else gettext("%(feed)s is paused.")) % {"feed": feed},
    )


def _done(request: HttpRequest, pk: int, said: str) -> HttpResponse:
    """The feed's row as it is now where htmx asks, else back to the list with a message."""
    if not is_fragment(request):
        messages.success(request, said)
        return back(request, "feeds")
    feed = feed_selector.find(pk, timezone.now())
    return page(request, "stories/_feed_row.html", {"feed": feed, "said": said})


@editors_only
def load_known(request: HttpRequest) -> HttpResponse:
    """Load the list of well-known outlets; loading it again adds what is missing."""
    done = seeding.load_known(timezone.now())
    told = f"{done.outlets} outlets and {done.feeds} feeds"
    journal.note_many(person(request), told, "Loaded from the list of well-known outlets.", journal.ADDITION)
    said = gettext("%(outlets)s and %(feeds)s added.")
    messages.success(request, said % {"outlets": counted(done.outlets, "outlet"), "feeds": counted(done.feeds, "feed")})
    return back(request, "front")
