"""Atom feeds: of a story, of an outlet, of a search. No account and no cookie; asking again costs little.

A feed has excerpts alone, and names that stay, so that no reader shows an entry twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stories.models import Outlet
from stories.searchform import SearchForm
from stories.selectors import entries
from stories.selectors import story as stories
from stories.selectors.entries import Entry
from stories.views import feedwriting
from stories.views.feedwriting import YEAR, Feed, clean, tag
from stories.views.hidden import SAID


@require_safe
def story(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """What happens to a story, and its new reports."""
    found = stories.find(pk)
    if found is None:
        raise Http404("There is no story at this address.")
    if (found.pk, found.slug) != (pk, slug):
        return redirect("story_feed", pk=found.pk, slug=found.slug, permanent=found.pk == pk)
    # A feed has no sign-in: it is nobody's who may see more.
    if found.hidden:
        return HttpResponseNotFound(SAID, content_type="text/plain; charset=utf-8")
    feed = feedwriting.begun(request, found.title, found.get_absolute_url(), f"story/{found.pk}", found.created_at)
    return _sent(request, feed, entries.of_story(found))


@require_safe
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """An outlet's newest reports."""
    found = get_object_or_404(Outlet, slug=slug)
    feed = feedwriting.begun(request, found.name, found.get_absolute_url(), f"outlet/{found.pk}", found.created_at)
    return _sent(request, feed, entries.of_outlet(found))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The newest reports that match a search, with the filters of its page."""
    form = SearchForm(request.GET)
    if not form.is_valid() or not form.query:
        reasons = [str(error) for errors in form.errors.values() for error in errors]
        said = " ".join(reasons) or gettext("Say what to search for: ?q=…")
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    text, chosen, days = (form.cleaned_data[name] for name in ("q", "outlet", "since"))
    since = timezone.now() - timedelta(days=int(days)) if days else None
    query = request.GET.copy()
    query.pop("page", None)
    title = gettext("Search: %(query)s") % {"query": text}
    began = datetime(YEAR, 1, 1, tzinfo=timezone.get_current_timezone())
    feed = feedwriting.begun(request, title, f"/search/?{query.urlencode()}", f"search?{query.urlencode()}", began)
    return _sent(request, feed, entries.of_search(form.query, chosen.pk if chosen else None, since))


def _sent(request: HttpRequest, feed: Feed, told: Sequence[Entry]) -> HttpResponse:
    """The feed with these entries, or 304 where the reader has it."""
    for entry in told:
        feed.add_item(
            title=clean(_title(entry)),
            link=entry.link,
            description=clean(_summary(entry)),
            unique_id=tag(entry.name),
            pubdate=entry.published,
            updateddate=entry.updated,
            author_name=clean(entry.outlet),
            categories=[entry.kind],
            language=entry.language,
            at_outlet=clean(entry.at_outlet),
        )
    return feedwriting.sent(request, feed)


def _title(entry: Entry) -> str:
    if entry.kind == "report":
        return f"{entry.outlet}: {entry.headline}"
    return f"{entry.kind[:1].upper()}{entry.kind[1:]}: {entry.outlet}: {entry.headline}"


def _summary(entry: Entry) -> str:
    """A few words of HTML; everything that others wrote is escaped."""
    parts: list[SafeString] = []
    if entry.words:
        parts.append(format_html("<blockquote>{}</blockquote>", entry.words))
    if entry.note:
        parts.append(format_html("<p>{}</p>", entry.note))
    if entry.role:
        parts.append(format_html("<p>{}: {}</p>", gettext("Role"), entry.role))
    if entry.story:
        parts.append(format_html('<p>{}: <a href="{}">{}</a></p>', gettext("Story"), entry.story[1], entry.story[0]))
    if entry.at_outlet:
        parts.append(format_html('<p><a href="{}">{}</a></p>', entry.at_outlet, gettext("Read it at the outlet")))
    return format_html_join("", "{}", ((part,) for part in parts))
