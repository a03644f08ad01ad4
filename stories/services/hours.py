"""When a person is left in peace, and in which zone and language they are told: kept, and what waits reckoned anew."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction

from stories.models import User
from stories.services import ways as service


def change(
    user: User, now: datetime, *, quiet_from: time | None, quiet_to: time | None, time_zone: str, language: str
) -> None:
    """Keep a person's hours; deliveries that wait are due by the new ones. "" is the server's zone or language.

    The values were checked: both times or neither, and a zone and a language that there are.
    """
    with transaction.atomic():
        user.quiet_from, user.quiet_to = quiet_from, quiet_to
        user.time_zone, user.language = time_zone, language
        user.save(update_fields=["quiet_from", "quiet_to", "time_zone", "language"])
        service.reckon(user, now)
