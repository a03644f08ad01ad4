"""Outlets and feeds at the desk."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from stories.admin.viewing import ViewOnly
from stories.models import Feed, FeedEntry, Outlet
from stories.services import proposals, tending


class FeedInline(admin.TabularInline[Feed, Outlet]):
    """An outlet's feeds, with how each fares."""

    model = Feed
    extra = 0
    fields = ("url", "title", "active", "fixed_interval_s", "last_result", "last_polled_at", "next_poll_at")
    readonly_fields = ("last_result", "last_polled_at", "next_poll_at")
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Outlet | None = None) -> bool:
        """Feeds come in by site address or OPML, where they are checked."""
        return False


@admin.register(Outlet)
class OutletAdmin(admin.ModelAdmin[Outlet]):
    """Newsrooms, their names in running text and their owners."""

    list_display = ("name", "kind", "country", "owner_group", "feed_count", "quiet_since", "demo")
    list_filter = ("kind", "country", "demo", "lang")
    search_fields = ("name", "slug", "aliases", "domains", "owner_group")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("quiet_since", "quiet_note")
    inlines = (FeedInline,)
    actions = ("read_name_anew",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outlet]:
        """With the number of feeds, in one query."""
        return super().get_queryset(request).annotate(feed_total=Count("feeds"))

    @admin.display(description="feeds", ordering="feed_total")
    def feed_count(self, outlet: Outlet) -> int:
        """Feeds of this outlet."""
        return getattr(outlet, "feed_total", 0)

    @admin.action(description="Read its name anew: after its aliases were changed", permissions=["change"])
    def read_name_anew(self, request: HttpRequest, queryset: QuerySet[Outlet]) -> None:
        """Have the articles of the last days read again in which the chosen outlets are named."""
        now = timezone.now()
        count = sum(proposals.read_name_anew(outlet, now) for outlet in queryset)
        words = f"Articles of the last {proposals.READ_ANEW.days} days that are read again: {count}."
        self.message_user(request, words, messages.SUCCESS if count else messages.INFO)


POLLING_FIELDS = (
    "host",
    "stopped_reason",
    "last_result",
    "last_status",
    "last_error",
    "last_polled_at",
    "last_good_at",
    "last_new_at",
    "last_entries",
    "failures",
    "next_poll_at",
    "next_poll_reason",
    "interval_s",
    "turn_at",
    "lease_until",
    "etag",
    "last_modified",
    "body_hash",
    "last_body_at",
    "validators_lie",
    "moved_to",
    "moved_since",
    "moved_polls",
    "moved_from",
    "gone_since",
    "hub",
    "topic",
    "ttl_s",
    "period_s",
    "created_at",
)


@admin.register(Feed)
class FeedAdmin(admin.ModelAdmin[Feed]):
    """Feeds, how their last poll ended, and when the next comes and why."""

    list_display = ("title_or_url", "outlet", "active", "last_result", "failures", "last_polled_at", "next_poll_at")
    list_filter = ("active", "last_result", "validators_lie", "outlet__demo")
    search_fields = ("url", "title", "outlet__name", "last_error", "stopped_reason")
    list_select_related = ("outlet",)
    autocomplete_fields = ("outlet",)
    readonly_fields = POLLING_FIELDS
    actions = ("poll_now", "pause", "take_up")

    def view_on_site(self, obj: Feed) -> str:
        """Its page, with its history."""
        return reverse("feed", args=[obj.pk])

    @admin.display(description="feed", ordering="title")
    def title_or_url(self, feed: Feed) -> str:
        """What to call it."""
        return str(feed)

    def save_model(self, request: HttpRequest, obj: Feed, form: ModelForm[Feed], change: bool) -> None:
        """A feed that is new, or polled at another address or pace from now on, is due at once."""
        if not change:
            obj.next_poll_at = timezone.now()
        super().save_model(request, obj, form, change)
        if obj.active and {"url", "fixed_interval_s"} & set(form.changed_data):
            tending.poll_now(obj, now=timezone.now())

    @admin.action(description="Poll now")
    def poll_now(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        """Make the chosen feeds due."""
        done = tending.poll_all(queryset, take_up=True, now=timezone.now())
        self.message_user(request, f"{done} feeds are due now.", messages.SUCCESS)

    @admin.action(description="Pause")
    def pause(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        """Stop polling the chosen feeds."""
        self._set_active(request, queryset, active=False)

    @admin.action(description="Take up again")
    def take_up(self, request: HttpRequest, queryset: QuerySet[Feed]) -> None:
        """Poll the chosen feeds again."""
        self._set_active(request, queryset, active=True)

    def _set_active(self, request: HttpRequest, queryset: QuerySet[Feed], *, active: bool) -> None:
        for feed in queryset:
            tending.set_active(feed, active, now=timezone.now())
        word = "polled again" if active else "paused"
        self.message_user(request, f"{len(queryset)} feeds are {word}.", messages.SUCCESS)


@admin.register(FeedEntry)
class FeedEntryAdmin(ViewOnly, admin.ModelAdmin[FeedEntry]):
    """What each feed has shown; to be looked at, not to be changed."""

    list_display = ("guid", "feed", "article", "first_seen_at")
    search_fields = ("guid", "article__title")
    list_select_related = ("feed", "article")
    date_hierarchy = "first_seen_at"
