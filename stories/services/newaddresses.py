"""New addresses for a person's private feeds: the old ones open nothing from then on. It makes no address itself."""

from __future__ import annotations

from django.db import transaction

from stories.models import User

# What the column holds.
_MOST = 32_767


def renew(user: User) -> None:
    """Make all feed addresses of a person worthless; the count begins anew where the column ends."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        row.feed_version = 0 if row.feed_version >= _MOST else row.feed_version + 1
        row.save(update_fields=["feed_version"])
    user.feed_version = row.feed_version
