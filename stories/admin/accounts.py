"""Accounts and their API tokens at the desk, for admins alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from stories.admin.viewing import AdminsOnly, ViewOnly, noted
from stories.models import ApiToken, User
from stories.services import accounts, tokens


@admin.register(User)
class FirsthandUserAdmin(AdminsOnly, UserAdmin[User]):
    """Django's own user pages, by e-mail address. Deleting an account is what its person could do themself."""

    list_display = ("email", "role", "is_active", "last_login", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("email", "username", "first_name", "last_name")
    ordering = ("email",)
    # Roles decide what people may do (admin.viewing); permissions and groups would promise what nobody heeds.
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Role"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("When"), {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")

    @admin.display(description=_("role"))
    def role(self, user: User) -> str:
        """What they may do, in one word."""
        if user.is_superuser:
            return gettext("admin")
        return gettext("editor") if user.is_staff else gettext("reader")

    def get_deleted_objects(
        self, objs: Iterable[User], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """The accounts alone: with thousands of alerts nobody reads a list, and services.accounts says what goes."""
        told = [str(user) for user in objs]
        return told, {"accounts": len(told)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """End an account, all of it."""
        self._end(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End several accounts, each on its own."""
        for user in queryset:
            self._end(request, user)

    def _end(self, request: HttpRequest, user: User) -> None:
        by = request.user
        assert isinstance(by, User)  # noqa: S101 - AdminsOnly lets nobody else in
        try:
            accounts.delete(user, timezone.now(), by=by)
        except accounts.Refused as refusal:
            raise PermissionDenied(refusal.reason) from refusal


@admin.register(ApiToken)
class ApiTokenAdmin(AdminsOnly, ViewOnly, admin.ModelAdmin[ApiToken]):
    """Whose programs read the API, and when they last did. Tokens are made by their people; an admin may revoke any."""

    list_display = ("name", "user", "prefix", "created_at", "used_on")
    list_select_related = ("user",)
    list_filter = ("used_on",)
    search_fields = ("name", "prefix", "user__email")
    fields = ("name", "user", "prefix", "created_at", "used_on")
    actions = ("revoke",)

    @admin.action(description=_("Revoke the selected tokens"), permissions=["decide"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Make the chosen tokens worthless."""
        found = list(queryset)
        noted(request, found, "Revoked.")
        for token in found:
            tokens.revoke(token)
        said = ngettext("%(count)d token is revoked.", "%(count)d tokens are revoked.", len(found))
        self.message_user(request, said % {"count": len(found)}, messages.SUCCESS)
