"""The first start: one account, and which outlets to begin with."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from allauth.account.models import EmailAddress
from django.db import connection, transaction

from stories.models import User
from stories.services import demo, seeding

StartWith = Literal["known", "demo", "none"]
LOCK = 0x5E70


def needs_setup() -> bool:
    """Whether nobody has an account yet."""
    return not User.objects.exists()


@transaction.atomic
def first_account(*, email: str, password: str, start_with: StartWith, now: datetime) -> User:
    """Make the first editor's account and load what it wants to start with.

    Raises PermissionError when somebody else was first; two requests at once make one account.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if not needs_setup():
        raise PermissionError("The first account exists already.")
    user = User.objects.create_superuser(username=email[:150], email=email, password=password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if start_with == "known":
        seeding.load_known(now)
    elif start_with == "demo":
        demo.start(now)
    return user
