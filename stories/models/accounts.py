"""The person who signs in, the tokens of their programs, and when they looked at which story.

The user is a table of our own from the first day, because Django can't change it later.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A reader, an editor (`is_staff`: sees the desk) or an admin (`is_superuser`).

    When alerts are held back, and in which zone and language they are written; empty: as the server does.
    """

    time_zone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    # Quiet hours in the person's zone; they may run over midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    # Counted up to make the addresses of their private feeds worthless.
    feed_version = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class ApiToken(models.Model):
    """A key with which a person's program reads the API. Only its digest is kept: it is shown once, when it is made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    # SHA-256 of the token, in hexadecimal digits: it is long and random, so that a slow hash would protect nothing.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # Its first characters, to tell it from others by.
    prefix = models.CharField(max_length=12, editable=False)
    created_at = models.DateTimeField("made", auto_now_add=True)
    # To the day.
    used_on = models.DateField("last used", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="token_name_once_per_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Visit(models.Model):
    """When a person looked at a story: `last_at` the latest time, `before_at` the last time before this visit began."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="visits")
    story = models.ForeignKey("Story", on_delete=models.CASCADE, related_name="visits")
    last_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "story"], name="visit_once_per_story")]

    def __str__(self) -> str:
        return f"user {self.user_id}: story {self.story_id}"
