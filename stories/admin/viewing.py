"""Tables at the desk that the program alone writes: to be looked at, never typed over, never destroyed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class ViewOnly:
    """Mixed into an admin or an inline: no adding, no changing, no deleting; actions call services all the same."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The program makes these rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was found stays as it was found."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is destroyed."""
        return False
