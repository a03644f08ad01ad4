"""What polling remembers besides the feeds: servers and their turns, past fetches, subscriptions to hubs, pushes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stories.models.feeds import Feed, PollResult


class Host(models.Model):
    """A server that we ask for feeds or pages: whose turn it is, whether it rests, what its robots.txt says.

    One batch holds a host at a time, so that its limits hold across all workers. The rows come by themselves.
    """

    class Robots(models.TextChoices):
        """What became of asking for robots.txt (RFC 9309)."""

        UNKNOWN = "unknown", _("not asked for yet")
        NONE = "none", _("has none: everything is allowed")
        RULES = "rules", _("has rules")
        UNREACHABLE = "unreachable", _("could not be read: pages wait")

    name = models.CharField(max_length=260, unique=True)

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    # No request to this host begins before this.
    next_start_at = models.DateTimeField(null=True, blank=True)

    # After a 429 or 503, or when it gave no answer several times: nobody asks it for anything until then.
    rest_until = models.DateTimeField(null=True, blank=True)
    rest_reason = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField("requests without an answer in a row", default=0)
    slowed = models.PositiveIntegerField("times in a row that it asked for less", default=0)

    robots = models.TextField("robots.txt", blank=True)
    robots_state = models.CharField(max_length=12, choices=Robots.choices, default=Robots.UNKNOWN)
    # When that was settled, or first found out of reach; and when it was last asked for.
    robots_at = models.DateTimeField("robots.txt read", null=True, blank=True)
    robots_tried_at = models.DateTimeField("robots.txt asked for", null=True, blank=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["rest_until"], name="host_resting", condition=Q(rest_until__isnull=False))]

    def __str__(self) -> str:
        return self.name


class Fetch(models.Model):
    """One poll of a feed, or one push from its hub, and how it ended. The last KEPT of each feed are kept."""

    KEPT = 30

    class How(models.TextChoices):
        """Who began it."""

        POLL = "poll", _("poll")
        PUSH = "push", _("push")

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="fetches")
    at = models.DateTimeField()
    how = models.CharField(max_length=4, choices=How.choices, default=How.POLL)
    result = models.CharField(max_length=20, choices=PollResult.choices)
    status = models.PositiveIntegerField("HTTP status", null=True, blank=True)
    reason = models.CharField("what went wrong", max_length=500, blank=True)
    new = models.PositiveIntegerField("new articles", default=0)
    seen = models.PositiveIntegerField("entries", default=0)
    size = models.PositiveIntegerField("bytes", default=0)
    took_ms = models.PositiveIntegerField("milliseconds", default=0)
    conditional = models.BooleanField("with validators", default=False)

    class Meta:
        verbose_name_plural = "fetches"
        ordering = ["-id"]
        indexes = [models.Index(fields=["feed", "-id"], name="fetch_feed")]

    def __str__(self) -> str:
        return f"{self.get_result_display()}"


class Subscription(models.Model):
    """Our request to a feed's hub to be told what is new (WebSub), and how it fares."""

    class State(models.TextChoices):
        """How far it has come."""

        WANTED = "wanted", _("to be asked for")
        ASKED = "asked", _("asked for, not confirmed yet")
        ACTIVE = "active", _("active")
        FAILED = "failed", _("failed")
        DENIED = "denied", _("denied by the hub")
        UNRELIABLE = "unreliable", _("given up: the hub missed articles")

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, related_name="subscription")
    hub = models.URLField(max_length=2000)
    topic = models.URLField(max_length=2000)
    # The path of our callback: who knows it may speak as the hub, so it can't be guessed.
    token = models.CharField(max_length=64, unique=True, editable=False)
    secret = models.CharField(max_length=200, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WANTED)
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="When to ask, or to renew.")
    asked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    last_push_at = models.DateTimeField(null=True, blank=True)
    pushes = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField("pushes with a wrong signature", default=0)
    missed = models.PositiveSmallIntegerField("polls in a row that found what was not pushed", default=0)

    class Meta:
        indexes = [models.Index(fields=["next_try_at"], name="subscription_due")]

    def __str__(self) -> str:
        return f"{self.feed} at {self.hub}"


class Push(models.Model):
    """What a hub sent, signature checked, until a worker has kept its entries. The row is the queue."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="waiting")
    received_at = models.DateTimeField()
    content_type = models.CharField(max_length=300, blank=True)
    body = models.BinaryField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "pushes"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"push of {self.received_at:%Y-%m-%d %H:%M}"
