"""What was done at the desk and left no Edit, for admins to look at: Django's own log. Nobody changes it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stories.admin.filters import lately
from stories.admin.paging import Paged
from stories.admin.viewing import AdminsOnly, ViewOnly


@admin.register(LogEntry)
class LogEntryAdmin(AdminsOnly, ViewOnly, Paged[LogEntry]):
    """Who did what to which row, and when; the latest first."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag", "told")
    list_filter = ("action_flag", lately("action_time", _("when")))
    search_fields = ("object_repr", "user__email")
    search_help_text = _("Any part of a row’s name, or of the address of whoever did it")
    fields = ("action_time", "user", "content_type", "object_id", "object_repr", "action_flag", "told")
    readonly_fields = ("told",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """With who and what sort of row, in one query."""
        return super().get_queryset(request).select_related("user", "content_type")

    @admin.display(description=_("in words"))
    def told(self, entry: LogEntry) -> str:
        """What was done, as the page says it."""
        return entry.get_change_message()
