"""What polling remembers, at the desk: servers, past fetches, subscriptions to hubs, pushes. Secrets are not shown."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.admin.filters import NumberFilter
from stories.admin.paging import Paged
from stories.admin.viewing import ViewOnly, noted
from stories.models import Feed, Fetch, Host, Push, Subscription
from stories.services import tending


@admin.register(Host)
class HostAdmin(ViewOnly, admin.ModelAdmin[Host]):
    """Servers: who rests and why, and what robots.txt says."""

    list_display = ("name", "rest_until", "rest_reason", "failures", "slowed", "robots_state", "robots_at")
    list_filter = ("robots_state", ("rest_until", admin.EmptyFieldListFilter))
    search_fields = ("name", "rest_reason")
    exclude = ("lease_token",)
    actions = ("end_rest", "read_robots_again")

    @admin.action(description=_("End the rest: ask again now"), permissions=["curate"])
    def end_rest(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """Let the chosen hosts be asked again at once."""
        chosen = list(queryset)
        ended = tending.end_rest(queryset, now=timezone.now())
        noted(request, chosen, "Rest ended.")
        said = gettext("%(ended)d of %(chosen)d hosts rested and are asked again.")
        self.message_user(request, said % {"ended": ended, "chosen": len(chosen)}, messages.SUCCESS)

    @admin.action(description=_("Read robots.txt again"), permissions=["curate"])
    def read_robots_again(self, request: HttpRequest, queryset: QuerySet[Host]) -> None:
        """Have the chosen hosts' robots.txt fetched before their next article page."""
        chosen = list(queryset)
        count = tending.read_robots_again(queryset)
        noted(request, chosen, "robots.txt is to be read again.")
        said = gettext("robots.txt of %(count)d hosts is read again before the next page.")
        self.message_user(request, said % {"count": count}, messages.SUCCESS)


class OfFeed(NumberFilter):
    """By feed: a link from the feed sets it."""

    title = _("feed")
    parameter_name = "feed"
    model = Feed
    fields = ("feed",)


@admin.register(Fetch)
class FetchAdmin(ViewOnly, Paged[Fetch]):
    """The last polls and pushes of each feed."""

    list_display = ("at", "feed", "how", "result", "status", "new", "seen", "size", "took_ms", "conditional")
    list_filter = ("result", "how", "conditional", OfFeed)
    search_fields = ("feed__url", "feed__title", "feed__outlet__name")
    list_select_related = ("feed",)


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
