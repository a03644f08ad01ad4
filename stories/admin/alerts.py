"""What is told and how it goes out, at the desk: for admins alone, to be looked at. No secret is shown, even sealed.

Lists are by number, the latest first: there may be millions of rows, and no other order has an index for all of them.
They are searched by person or by story, which are looked up first.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stories.admin.paging import Paged
from stories.admin.viewing import AdminsOnly, ViewOnly
from stories.models import Alert, AlertPart, Attempt, Channel, ChannelKind, Delivery, Notice
from stories.selectors import columns


@admin.register(Notice)
class NoticeAdmin(AdminsOnly, ViewOnly, Paged[Notice]):
    """What people may want to hear of: told, or waiting to be."""

    list_display = ("noted_at", "wake", "story", "told_at", "people", "attempts", "failure")
    list_filter = ("wake", ("told_at", admin.EmptyFieldListFilter))
    search_fields = ("story__title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        """With the story's title."""
        return super().get_queryset(request).select_related("story").defer(*columns.of_story("story__"))


class PartInline(AdminsOnly, ViewOnly, admin.TabularInline[AlertPart, Alert]):
    """What an alert tells."""

    model = AlertPart
    extra = 0
    fields = ("notice", "follow", "why")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlertPart]:
        """With notices and follows, whose names are shown."""
        return super().get_queryset(request).select_related("notice", "follow").defer("follow__vector")


@admin.register(Alert)
class AlertAdmin(AdminsOnly, ViewOnly, Paged[Alert]):
    """What each person was told."""

    list_display = ("at", "user", "story")
    search_fields = ("user__email",)
    inlines = (PartInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        """With person and story."""
        return super().get_queryset(request).select_related("user", "story").defer(*columns.of_story("story__"))


@admin.register(Channel)
class ChannelAdmin(AdminsOnly, ViewOnly, Paged[Channel]):
    """Ways out and how they fare. Of a webhook only the host is shown: its address may be a secret by itself."""

    list_display = ("name", "kind", "user", "where", "last_ok_at", "failures", "failing_since", "off_at", "off_why")
    list_filter = (
        "kind",
        "pace",
        ("off_at", admin.EmptyFieldListFilter),
        ("failing_since", admin.EmptyFieldListFilter),
    )
    search_fields = ("user__email", "off_why")
    list_select_related = ("user",)
    fields = (
        *(
            "user",
            "kind",
            "name",
            "where",
            "pace",
            "digest_at",
            "digest_day",
            "heeds_quiet",
            "created_at",
            "verified_at",
        ),
        *("last_ok_at", "failing_since", "failures", "off_at", "off_why", "off_seen"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        """Without what is sealed."""
        return super().get_queryset(request).defer("sealed")

    @admin.display(description="where")
    def where(self, channel: Channel) -> str:
        """Whom or what it reaches."""
        return (urlsplit(channel.address).hostname or "") if channel.kind == ChannelKind.WEBHOOK else channel.address


@admin.register(Delivery)
class DeliveryAdmin(AdminsOnly, ViewOnly, Paged[Delivery]):
    """What goes out and what became of it."""

    list_display = ("queued_at", "state", "channel", "alert", "lane", "due_at", "attempts", "sent_at", "reason")
    list_filter = ("state", "channel__kind", "lane")
    search_fields = ("channel__user__email",)
    list_select_related = ("channel", "alert")
    exclude = ("lease_token",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without what is sealed."""
        return super().get_queryset(request).select_related("channel", "alert").defer("channel__sealed")


@admin.register(Attempt)
class AttemptAdmin(AdminsOnly, ViewOnly, Paged[Attempt]):
    """Each try to send something."""

    list_display = ("at", "channel", "ok", "status", "took_ms", "reason")
    list_filter = ("ok", "channel__kind")
    search_fields = ("channel__user__email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        """Without what is sealed."""
        rows = super().get_queryset(request).select_related("channel", "delivery")
        return rows.defer("channel__sealed")
