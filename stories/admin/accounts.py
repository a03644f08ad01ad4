"""Accounts and their API tokens at the desk."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stories.admin.viewing import ViewOnly
from stories.models import ApiToken, User
from stories.services import tokens


@admin.register(User)
class FirsthandUserAdmin(UserAdmin[User]):
    """Django's own user pages, by e-mail address."""

    list_display = ("email", "is_staff", "is_superuser", "is_active", "last_login", "date_joined")
    search_fields = ("email", "username", "first_name", "last_name")
    ordering = ("email",)


@admin.register(ApiToken)
class ApiTokenAdmin(ViewOnly, admin.ModelAdmin[ApiToken]):
    """Whose programs read the API, and when they last did. Tokens are made by their people; an admin may revoke any."""

    list_display = ("name", "user", "prefix", "created_at", "used_on")
    list_select_related = ("user",)
    list_filter = ("used_on",)
    search_fields = ("name", "prefix", "user__email")
    fields = ("name", "user", "prefix", "created_at", "used_on")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Taking a token away stops somebody's program."""
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    @admin.action(description=_("Revoke the selected tokens"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Make the chosen tokens worthless."""
        found = list(queryset)
        for token in found:
            tokens.revoke(token)
        said = ngettext("%(count)d token is revoked.", "%(count)d tokens are revoked.", len(found))
        self.message_user(request, said % {"count": len(found)}, messages.SUCCESS)
