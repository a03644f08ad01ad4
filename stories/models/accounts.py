"""The person who signs in. A table of our own from the first day, because Django can't change it later."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A reader, an editor (`is_staff`: sees the desk) or an admin (`is_superuser`)."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
