"""What editors did that left no Edit, in Django's own log: which admins look at (admin/audit.py) and nobody changes."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models import Model

from stories.models import User

__all__ = ["ADDITION", "CHANGE", "DELETION", "note", "note_many"]


def note(user: User, rows: Iterable[Model], words: str, flag: int = CHANGE) -> None:
    """A line for each row that something was done to. Call it before rows are deleted."""
    LogEntry.objects.log_actions(user.pk, list(rows), flag, change_message=words)


def note_many(user: User, what: str, words: str, flag: int = CHANGE) -> None:
    """One line for what was done to more rows than anybody would read; `what` says how many of which."""
    LogEntry.objects.create(user=user, action_flag=flag, object_repr=what[:200], change_message=words)
