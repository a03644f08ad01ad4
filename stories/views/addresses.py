"""When a person takes an address off their account, their alerts stop going there.

allauth tells of it by a signal alone; stories.apps connects it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_removed
from django.utils import timezone

from stories.models import User
from stories.services import ways


def connect() -> None:
    """Receive the signal; once, when the app is ready."""
    email_removed.connect(_removed, dispatch_uid="stories.addresses removed")


def _removed(sender: object, user: User, email_address: EmailAddress, **told: Any) -> None:
    ways.address_left(user, email_address.email, timezone.now())
