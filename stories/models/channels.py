"""The ways out: a person's channels, what is to go by them, and how each attempt went."""

from __future__ import annotations

from datetime import datetime, time
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stories.models.accounts import User
from stories.models.alerts import Alert


class ChannelKind(models.TextChoices):
    """A way out. The private Atom feed needs no channel: it shows a person's alerts to whoever holds its address."""

    EMAIL = "email", _("e-mail")
    PUSH = "push", _("browser")
    WEBHOOK = "webhook", _("webhook")
    SERVICE = "service", _("another service")


class Pace(models.TextChoices):
    """When what is to be told goes out: as it comes, or gathered."""

    NOW = "now", _("as it comes")
    HOURLY = "hourly", _("every hour")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Narrowing channels."""

    def usable(self) -> Self:
        """Those that are on and whose address was proven to be the person's, where it has to be."""
        return self.filter(off_at=None).exclude(verified_at=None)


class Channel(models.Model):
    """A way by which a person is told. `sealed` holds what must stay secret (services.sealing), as JSON.

    E-mail: `address`. Browser: `address` is the endpoint's host, sealed the subscription. Webhook: `address` the URL,
    sealed the signing secrets. Another service: `address` its kind and host, sealed the Apprise URL.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=2000, blank=True)
    # What makes two of a kind the same: a digest of address or endpoint.
    key = models.CharField(max_length=64, editable=False)
    sealed = models.TextField(blank=True, editable=False)
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.NOW)
    # Of digests, in the person's time zone; Monday is 0.
    digest_at = models.TimeField(default=time(7, 30))
    digest_day = models.PositiveSmallIntegerField(default=0)
    # Whether the person's quiet hours hold it back; a program never sleeps.
    heeds_quiet = models.BooleanField("kept back in quiet hours", default=True)
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField("last worked", null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField("failures in a row", default=0)
    off_at = models.DateTimeField("switched off", null=True, blank=True)
    off_why = models.CharField(max_length=500, blank=True)
    # Whether the person was told that it was switched off for them.
    off_seen = models.BooleanField(default=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "kind", "key"], name="channel_once")]

    def __str__(self) -> str:
        return f"{self.kind} of user {self.user_id}"


class DeliveryState(models.TextChoices):
    """What became of a delivery."""

    WAITING = "waiting", _("waits")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed for good")
    DROPPED = "dropped", _("not sent")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Narrowing deliveries."""

    def due(self, now: datetime) -> Self:
        """What waits, whose time has come and that nobody is sending."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now), state=DeliveryState.WAITING, due_at__lte=now)


class Delivery(models.Model):
    """One alert by one channel: the queue of what goes out. `number` is what a receiver knows a webhook's message by.

    `lane`: alerts that woke many go in lane 1, so that a story with ten thousand followers holds nobody else up.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    number = models.UUIDField(default=uuid4, editable=False, unique=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    lane = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField("why it is as it is", max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-queued_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["alert", "channel"], name="delivery_once")]
        indexes = [
            models.Index(fields=["lane", "due_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["channel", "due_at"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["-sent_at"], name="delivery_sent"),
            models.Index(fields=["-due_at"], name="delivery_ended", condition=Q(state__in=("failed", "dropped"))),
        ]

    def __str__(self) -> str:
        return f"alert {self.alert_id} by channel {self.channel_id}: {self.state}"


class Attempt(models.Model):
    """One try to send something by a channel, or a test of it (`delivery` is None): the channel's log."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="tries")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, blank=True, related_name="tries")
    at = models.DateTimeField()
    ok = models.BooleanField()
    status = models.PositiveSmallIntegerField("HTTP status or SMTP code", null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["channel", "-at"], name="attempt_of_channel"),
            models.Index(fields=["-at"], name="attempt_failed", condition=Q(ok=False)),
        ]

    def __str__(self) -> str:
        return f"channel {self.channel_id}: {'ok' if self.ok else self.reason}"
