"""Private Atom feeds: what one person was told, or was told for one of their follows. The address is the key.

A reader has no account, so that whoever holds the address reads along: nothing here is for caches, search engines or
the pages that its links lead to. It tells nobody anything; an alert stands here from when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stories.models import AlertPart, Follow, User
from stories.selectors import alerts, following, privatefeeds
from stories.selectors.alerts import AlertRecord, PartRecord
from stories.selectors.extracts import absolute
from stories.services import newaddresses
from stories.views import feedwriting
from stories.views.feedwriting import Feed, clean, tag
from stories.views.pages import back, people_only, person

# Whoever's reader asks once a week misses nothing of ordinary weeks; the rest stands on the page of alerts.
LISTED = 100


@require_safe
def alerts_feed(request: HttpRequest, token: str) -> HttpResponse:
    """All that a person was told, the latest first."""
    opened = privatefeeds.alerts_feed(token)
    if opened is None:
        raise Http404
    user = opened.user
    with translation.override(user.language or settings.LANGUAGE_CODE):
        title = gettext("Your alerts")
        feed = feedwriting.begun(request, title, reverse("alerts"), f"alerts/{user.pk}", user.date_joined)
        return _private(request, feed, alerts.records(list(alerts.of_user(user)[:LISTED])))


@require_safe
def follow_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a person was told for one of their follows, the latest first; nothing else that the same alerts told."""
    opened = privatefeeds.follow_feed(token)
    if opened is None or opened.follow is None:
        raise Http404
    user, follow = opened.user, opened.follow
    with translation.override(user.language or settings.LANGUAGE_CODE):
        title = gettext("Alerts: %(followed)s") % {"followed": following.called(follow)}
        path = reverse("follow_edit", args=[follow.pk])
        feed = feedwriting.begun(request, title, path, f"alerts/{user.pk}/{follow.pk}", follow.created_at)
        return _private(request, feed, _of_follow(user, follow))


@people_only
def new(request: HttpRequest) -> HttpResponse:
    """POST: give all feeds of the person new addresses."""
    newaddresses.renew(person(request))
    messages.success(
        request, gettext("Your private feeds have new addresses. The old ones open nothing any more: subscribe again.")
    )
    return back(request, "ways")


def _of_follow(user: User, follow: Follow) -> list[AlertRecord]:
    told = AlertPart.objects.filter(follow=follow, user=user).order_by("-alert").values("alert")
    found = alerts.of_user(user).filter(pk__in=told)[:LISTED]
    return [
        AlertRecord(one.pk, one.at, one.story, [part for part in one.parts if part.follow == follow.pk], ())
        for one in alerts.records(list(found))
    ]


def _private(request: HttpRequest, feed: Feed, told: Sequence[AlertRecord]) -> HttpResponse:
    """The feed with an entry for each alert, kept by the reader alone."""
    feed.feed["language"] = translation.to_locale(translation.get_language() or "en").replace("_", "-")
    for one in told:
        feed.add_item(
            title=clean(_title(one)),
            link=_link(one),
            description=clean(_summary(one)),
            unique_id=tag(f"alert/{one.pk}"),
            pubdate=one.at,
            updateddate=one.at,
            author_name="Firsthand",
            categories=list(dict.fromkeys(part.wake.value for part in one.parts)),
            language="",
            at_outlet=clean(one.parts[0].at_outlet) if len(one.parts) == 1 else "",
        )
    response = feedwriting.sent(request, feed)
    patch_cache_control(response, private=True, no_cache=True)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _title(one: AlertRecord) -> str:
    """The story, and what changed; of several things the first, and how many more."""
    if not one.parts:
        return one.story.title
    more = len(one.parts) - 1
    told = {"story": one.story.title, "said": one.parts[0].said, "more": more}
    return (gettext("%(story)s: %(said)s And %(more)d more") if more else gettext("%(story)s: %(said)s")) % told


def _link(one: AlertRecord) -> str:
    """Where the passage is shown; of several, the story."""
    if len(one.parts) == 1 and one.parts[0].link:
        return clean(one.parts[0].link)
    return absolute(one.story.get_absolute_url())


def _summary(one: AlertRecord) -> str:
    """A few words of HTML; everything that others wrote is escaped."""
    return format_html_join("", "{}", ((_part(part),) for part in one.parts))


def _part(part: PartRecord) -> SafeString:
    """What changed, the words that show it, where they stand, and why it is told."""
    written = [format_html("<p>{}</p>", part.said)]
    if part.words:
        written.append(format_html('<blockquote lang="{}">{}</blockquote>', part.lang, part.words))
    links = [(part.link, part.place), (part.at_outlet, gettext("Read it at the outlet"))]
    shown = [(address, label) for address, label in links if address]
    if shown:
        written.append(format_html("<p>{}</p>", format_html_join(" · ", '<a href="{}">{}</a>', shown)))
    written.append(format_html("<p><small>{}</small></p>", part.why))
    return format_html_join("", "{}", ((one,) for one in written))
