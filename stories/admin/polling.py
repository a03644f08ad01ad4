"""What polling remembers, at the desk: servers, past fetches, subscriptions to hubs, pushes. Secrets are not shown."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from stories.admin.viewing import ViewOnly
from stories.models import Fetch, Host, Push, Subscription
from stories.services import tending


@admin.register(Host)
class HostAdmin(ViewOnly, admin.ModelAdmin[Host]):
    """Servers: who rests and why, and what robots.txt says."""

    list_display = ("name", "rest_until", "rest_reason", "failures", "slowed", "robots_state", "robots_at")
    list_filter = ("robots_state", ("rest_until", admin.EmptyFieldListFilter))
    search_fields = ("name", "rest_reason")
    exclude = ("lease_token",)
    actions = ("end_rest", "read_robots_again")

    @admin.action(description="End the rest: ask again now")
    def end_rest(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """Let the chosen hosts be asked again at once."""
        ended = tending.end_rest(queryset, now=timezone.now())
        self.message_user(request, f"{ended} of {len(queryset)} hosts rested and are asked again.", messages.SUCCESS)

    @admin.action(description="Read robots.txt again")
    def read_robots_again(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """Have the chosen hosts' robots.txt fetched before their next article page."""
        count = tending.read_robots_again(queryset)
        self.message_user(request, f"robots.txt of {count} hosts is read again before the next page.", messages.SUCCESS)


@admin.register(Fetch)
class FetchAdmin(ViewOnly, admin.ModelAdmin[Fetch]):
    """The last polls and pushes of each feed."""

    list_display = ("at", "feed", "how", "result", "status", "new", "seen", "size", "took_ms", "conditional")
    list_filter = ("result", "how", "conditional", "status")
    search_fields = ("feed__url", "feed__title", "feed__outlet__name", "reason")
    list_select_related = ("feed",)
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(Subscription)
class SubscriptionAdmin(ViewOnly, admin.ModelAdmin[Subscription]):
    """Subscriptions to hubs and how they fare."""

    list_display = ("feed", "hub", "state", "confirmed_at", "expires_at", "pushes", "refused", "missed", "error")
    list_filter = ("state",)
    search_fields = ("feed__url", "feed__title", "feed__outlet__name", "hub", "topic", "error")
    list_select_related = ("feed",)
    exclude = ("token", "secret")


@admin.register(Push)
class PushAdmin(ViewOnly, admin.ModelAdmin[Push]):
    """What hubs sent and no worker has kept yet."""

    list_display = ("received_at", "subscription", "content_type", "attempts", "lease_until")
    search_fields = ("subscription__feed__url", "subscription__hub")
    list_select_related = ("subscription__feed",)
    exclude = ("body",)
