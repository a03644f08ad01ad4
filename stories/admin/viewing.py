"""Who may do what at the desk. Decided here, by role, not by permissions that somebody has to hand out.

Editors (`is_staff`) see and curate; what the program or an act has written is to be looked at, never typed over, never
destroyed. Tables of people, and deleting anything, are for admins (`is_superuser`) alone. No list can be narrowed to
what another did: that is their history, and theirs alone.

What is done at the desk and leaves no Edit is noted in Django's own log (`noted`), with who did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from stories.models import User
from stories.services import journal

# The names under which the makers of edits are kept, besides the accounts themselves.
_MAKERS = ("by",)


class EditorsMay:
    """Mixed into an admin or an inline before all others: editors see, add and change; only admins delete."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the desk's first page names the table."""
        return is_editor(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether its rows may be seen."""
        return is_editor(request)

    def has_add_permission(self, request: HttpRequest, *obj: Any) -> bool:
        """Whether rows may be added; an inline is asked for its `obj` besides."""
        return is_editor(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether rows may be changed."""
        return is_editor(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deleting is for admins."""
        return is_admin(request)

    def has_curate_permission(self, request: HttpRequest) -> bool:
        """For actions with `permissions=["curate"]`."""
        return is_editor(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether the list may be narrowed so by its address: by people only for admins."""
        if not is_admin(request) and _names_people(self.model, lookup):  # type: ignore[attr-defined]
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]


class ViewOnly(EditorsMay):
    """Mixed into an admin or an inline: no adding, no changing, no deleting; actions call services all the same."""

    def has_add_permission(self, request: HttpRequest, *obj: Any) -> bool:
        """The program makes these rows, or an act does."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was found stays as it was found."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is destroyed."""
        return False


class AdminsOnly:
    """Mixed in before all others: to whoever is no admin the table is not there."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the desk's first page names the table."""
        return is_admin(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether its rows may be seen."""
        return is_admin(request)

    def has_add_permission(self, request: HttpRequest, *obj: Any) -> bool:
        """As the table has it otherwise, for admins; an inline is asked for its `obj` besides."""
        return is_admin(request) and bool(super().has_add_permission(request, *obj))  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the table has it otherwise, for admins."""
        return is_admin(request) and bool(super().has_change_permission(request, obj))  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the table has it otherwise, for admins."""
        return is_admin(request) and bool(super().has_delete_permission(request, obj))  # type: ignore[misc]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """For actions with `permissions=["decide"]`: what they do to people is no editor's."""
        return is_admin(request)


def is_editor(request: HttpRequest) -> bool:
    """Whether an editor asks, or an admin."""
    return bool(request.user.is_active and getattr(request.user, "is_staff", False))


def is_admin(request: HttpRequest) -> bool:
    """Whether an admin asks: not an editor with permissions."""
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def noted(request: HttpRequest, rows: Iterable[Model], words: str) -> None:
    """Leave a line in the log for each row that an action was done to. Call it before rows are deleted."""
    journal.note(acting(request), rows, words)


def _names_people(model: type[Model], lookup: str) -> bool:
    """Whether a lookup leads to an account, or to the name of who made something."""
    for part in lookup.split("__"):
        if part in _MAKERS:
            return True
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        if field.related_model is None:
            return False
        model = field.related_model
        if model is get_user_model():
            return True
    return False


def acting(request: HttpRequest) -> User:
    """Who acts, behind a door that lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
