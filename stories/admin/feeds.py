"""Feeds at the desk: how each fares and why it is asked when, and what editors do with one or with many.

A new feed comes in by its site's address, where it is looked at before it is taken; or as a row of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from stories.admin.feedfile import FeedResource
from stories.admin.feedpages import FeedPages
from stories.admin.importing import Planned, Trade
from stories.admin.paging import Paged
from stories.admin.viewing import EditorsMay, ViewOnly, acting
from stories.models import Feed, FeedEntry
from stories.selectors import columns
from stories.selectors import feeds as selector
from stories.services import journal
from stories.templatetags.firsthand import ago
from stories.templatetags.polling import spoken


class FaresFilter(admin.SimpleListFilter):
    """How feeds fare, as the feeds page has it: failing, overdue, paused and so on."""

    title = gettext_lazy("how it fares")
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every state, as the feeds page names it."""
        return [(name, each.label) for name, each in selector.FILTERS.items() if name != "all"]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        """Narrow the feeds."""
        chosen = selector.FILTERS.get(self.value() or "all")
        return queryset.filter(chosen.condition(timezone.now())) if chosen else queryset


class QuietOutletFilter(admin.SimpleListFilter):
    """Feeds of outlets that report much less than they usually do."""

    title = pgettext_lazy("column", "outlet")
    parameter_name = "outlet_quiet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Those alone."""
        return [("yes", gettext_lazy("much quieter than usual"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        """Narrow the feeds."""
        return queryset.exclude(outlet__quiet_since=None) if self.value() == "yes" else queryset


class PaceFilter(admin.SimpleListFilter):
    """Feeds that an editor has given a fixed interval."""

    title = gettext_lazy("interval")
    parameter_name = "pace"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Fixed, or not."""
        return [("fixed", gettext_lazy("fixed by an editor")), ("free", gettext_lazy("adapted to the news"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        """Narrow the feeds."""
        if self.value() in ("fixed", "free"):
            return queryset.filter(fixed_interval_s__isnull=self.value() == "free")
        return queryset


@admin.register(Feed)
class FeedAdmin(EditorsMay, FeedPages, Trade[Feed]):
    """Feeds, how their last poll ended, and when the next comes and why."""

    list_display = ("title_or_url", "fares", "failures", "last_polled", "next_poll", "pace")
    list_filter = (FaresFilter, QuietOutletFilter, PaceFilter, "last_result", "validators_lie", "outlet__demo")
    search_fields = ("url", "title", "outlet__name", "last_error", "stopped_reason")
    list_select_related = ("outlet", "subscription")
    list_per_page = 50
    actions = ("poll_now", "pause", "take_up", "set_interval", "move")
    resource_classes = (FeedResource,)
    import_export_change_list_template = "admin/stories/feed/change_list.html"

    class Media:
        css = {"all": ["stories/desk-outlets.css"]}

    def get_urls(self) -> list[URLPattern]:
        """What is done with many feeds besides Django's own."""
        return [*self.bulk_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        """With the rest of each feed's server."""
        return selector.rows(super().get_queryset(request), timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Feeds come in by site address or as files, where they are checked."""
        return False

    def view_on_site(self, obj: Feed) -> str:
        """Its public page."""
        return reverse("feed", args=[obj.pk])

    def log_done(self, request: HttpRequest, resource: Planned, now: datetime) -> None:
        """What a file did to feeds is no edit: it stands in the log."""
        if isinstance(resource, FeedResource):
            journal.note(acting(request), resource.made, "Added by a file.", journal.ADDITION)
            journal.note(acting(request), resource.changed, "Changed by a file.")

    @admin.display(description=gettext_lazy("feed"), ordering="outlet__name")
    def title_or_url(self, feed: Feed) -> SafeString:
        """Its outlet and what to call it."""
        return format_html('{} <span class="beside">{}</span>', feed.outlet.name, feed.title or feed.url)

    @admin.display(description=gettext_lazy("last result"), ordering="last_result")
    def fares(self, feed: Feed) -> SafeString:
        """Its state, and its error in words."""
        return _part("admin/stories/feed/_fares.html", feed)

    @admin.display(description=gettext_lazy("last poll"), ordering="last_polled_at")
    def last_polled(self, feed: Feed) -> str:
        """How long ago."""
        return _ago(feed.last_polled_at)

    @admin.display(description=gettext_lazy("next poll, and why"), ordering="next_poll_at")
    def next_poll(self, feed: Feed) -> SafeString:
        """When, and why then."""
        return _part("admin/stories/feed/_next.html", feed)

    @admin.display(description=gettext_lazy("interval"), ordering="interval_s")
    def pace(self, feed: Feed) -> str:
        """How often it is asked while all is well."""
        return spoken(feed.fixed_interval_s or feed.interval_s)

    @admin.action(description=gettext_lazy("Poll now"), permissions=["change"])
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> HttpResponse | None:
        """Make the chosen feeds due."""
        return self.polled(request, queryset)

    @admin.action(description=gettext_lazy("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Feed]) -> HttpResponse | None:
        """Stop polling the chosen feeds."""
        return self.switched(request, queryset, active=False)

    @admin.action(description=gettext_lazy("Take up again"), permissions=["change"])
    def take_up(self, request: HttpRequest, queryset: QuerySet[Feed]) -> HttpResponse | None:
        """Poll the chosen feeds again."""
        return self.switched(request, queryset, active=True)

    @admin.action(description=gettext_lazy("Set a fixed interval …"), permissions=["change"])
    def set_interval(self, request: HttpRequest, queryset: QuerySet[Feed]) -> HttpResponse:
        """Ask for the interval first."""
        return self.ask_interval(request, queryset)

    @admin.action(description=gettext_lazy("Move to another outlet …"), permissions=["change"])
    def move(self, request: HttpRequest, queryset: QuerySet[Feed]) -> HttpResponse:
        """Ask for the outlet first."""
        return self.ask_outlet(request, queryset)


def _part(template: str, feed: Feed) -> SafeString:
    return render_to_string(template, {"feed": feed, "now": timezone.now()})


def _ago(at: datetime | None) -> str:
    return ago(at, timezone.now()) if at else "—"


@admin.register(FeedEntry)
class FeedEntryAdmin(ViewOnly, Paged[FeedEntry]):
    """What each feed has shown; to be looked at, not to be changed."""

    list_display = ("guid", "feed", "article", "first_seen_at")
    search_fields = ("article__title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedEntry]:
        """With feed and article, in one query; without what weighs most."""
        rows = super().get_queryset(request).select_related("feed", "article")
        return rows.defer(*columns.of_article("article__"))
