"""Atom feeds: of a story, of an outlet, of a search. No account and no cookie; asking again costs little.

A feed has excerpts alone, and names that stay, so that no reader shows an entry twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.http import http_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from stories.forms import SearchForm
from stories.models import Outlet
from stories.selectors import entries
from stories.selectors import story as stories
from stories.selectors.entries import Entry
from stories.selectors.extracts import absolute

# What XML 1.0 has no room for; a feed that holds one of these can't be read at all.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Names begin with a host and a year in which it was ours (RFC 4151); the year is fixed, so that they stay.
_YEAR = 2026


class Feed(Atom1Feed):
    """Django's Atom with the entry's language, the report's address, and a time that stands while nothing is new."""

    def latest_post_date(self) -> datetime:
        """The newest entry's time; of an empty feed the one that it was given."""
        newest = max((item["updateddate"] for item in self.items), default=None)
        given: datetime = self.feed["since"]
        return newest or given

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """The entry's language, where it is known."""
        return {"xml:lang": item["language"]} if item["language"] else {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """What Django writes, and where the report itself is."""
        super().add_item_elements(handler, item)
        if item["at_outlet"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["at_outlet"]})


@require_safe
def story(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """What happens to a story, and its new reports."""
    found = stories.find(pk)
    if found is None:
        raise Http404("There is no story at this address.")
    if (found.pk, found.slug) != (pk, slug):
        return redirect("story_feed", pk=found.pk, slug=found.slug, permanent=True)
    feed = _feed(request, found.title, found.get_absolute_url(), f"story/{found.pk}", found.created_at)
    return _sent(request, feed, entries.of_story(found))


@require_safe
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """An outlet's newest reports."""
    found = get_object_or_404(Outlet, slug=slug)
    feed = _feed(request, found.name, found.get_absolute_url(), f"outlet/{found.pk}", found.created_at)
    return _sent(request, feed, entries.of_outlet(found))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The newest reports that match a search, with the filters of its page."""
    form = SearchForm(request.GET)
    if not form.is_valid() or not form.cleaned_data["q"]:
        reasons = [str(error) for errors in form.errors.values() for error in errors]
        said = " ".join(reasons) or gettext("Say what to search for: ?q=…")
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    text, chosen, days = (form.cleaned_data[name] for name in ("q", "outlet", "since"))
    since = timezone.now() - timedelta(days=int(days)) if days else None
    query = request.GET.copy()
    query.pop("page", None)
    title = gettext("Search: %(query)s") % {"query": text}
    began = datetime(_YEAR, 1, 1, tzinfo=timezone.get_current_timezone())
    feed = _feed(request, title, f"/search/?{query.urlencode()}", f"search?{query.urlencode()}", began)
    return _sent(request, feed, entries.of_search(text, chosen.pk if chosen else None, since))


def _feed(request: HttpRequest, title: str, path: str, name: str, since: datetime) -> Feed:
    """An empty feed; `since` is its time while nothing is in it."""
    return Feed(
        title=_clean(title),
        link=absolute(path),
        description=None,
        author_name="Firsthand",
        feed_url=absolute(request.get_full_path()),
        feed_guid=_tag(name),
        feed_copyright=gettext("Headlines and excerpts belong to their outlets."),
        since=since,
    )


def _sent(request: HttpRequest, feed: Feed, told: Sequence[Entry]) -> HttpResponse:
    """The feed with these entries, or 304 where the reader has it."""
    for entry in told:
        feed.add_item(
            title=_clean(_title(entry)),
            link=entry.link,
            description=_clean(_summary(entry)),
            unique_id=_tag(entry.name),
            pubdate=entry.published,
            updateddate=entry.updated,
            author_name=_clean(entry.outlet),
            categories=[entry.kind],
            language=entry.language,
            at_outlet=_clean(entry.at_outlet),
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=Feed.content_type)
    changed = int(feed.latest_post_date().timestamp())
    response["Last-Modified"] = http_date(changed)
    set_response_etag(response)
    kept = get_conditional_response(request, etag=response["ETag"], last_modified=changed, response=response)
    return kept or response


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


def _tag(name: str) -> str:
    """A name that stays (RFC 4151)."""
    return f"tag:{urlsplit(settings.PUBLIC_URL).hostname},{_YEAR}:{name}"


def _clean(text: str) -> str:
    """Text without what XML can't hold."""
    return _NO_XML.sub("", text)
