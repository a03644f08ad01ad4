"""Outlets, their feeds, and what each feed has shown us. Decides nothing about when to poll: ingest.schedule does."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse


class OutletQuerySet(models.QuerySet["Outlet"]):
    """Finding outlets."""

    def publishing_at(self, host: str) -> Outlet | None:
        """The outlet that publishes on this host or on a domain above it; the narrowest domain wins."""
        parts = host.split(".")
        above = [".".join(parts[n:]) for n in range(len(parts) - 1)]
        found = self.filter(domains__overlap=above) if above else self.none()
        return max(found, key=lambda outlet: max(len(d) for d in outlet.domains if d in above), default=None)


class Outlet(models.Model):
    """A newsroom, polled by us or only credited by others."""

    class Kind(models.TextChoices):
        """What sort of newsroom; empty where we are not sure."""

        NEWSPAPER = "newspaper", "newspaper"
        AGENCY = "agency", "agency"
        BROADCASTER = "broadcaster", "broadcaster"
        AGGREGATOR = "aggregator", "aggregator"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    aliases = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text="Names used in running text."
    )
    ambiguous_aliases = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="Names that more than one outlet goes by, such as “the Times”.",
    )
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    owner_group = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code; empty when unknown.")
    homepage = models.URLField(max_length=2000, blank=True)
    lang = models.CharField(max_length=8, blank=True)
    demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OutletQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The outlet's page."""
        return reverse("outlet", args=[self.slug])


class PollResult(models.TextChoices):
    """How the last poll of a feed ended, in the words of the feeds page."""

    NEVER = "never", "not polled yet"
    NEW = "new", "new articles"
    UNCHANGED = "unchanged", "nothing new"
    NOT_MODIFIED = "not_modified", "not modified (304)"
    TEMPORARY = "temporary", "temporary failure"
    PERMANENT = "permanent", "failure"


class FeedQuerySet(models.QuerySet["Feed"]):
    """Narrowing to feeds that are due."""

    def due(self, now: datetime) -> Self:
        """Active feeds whose time has come and which nobody holds."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=now), active=True, next_poll_at__lte=now)


class Feed(models.Model):
    """One address that an outlet publishes entries at, with the state of polling it."""

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="feeds")
    url = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=300, blank=True)
    lang = models.CharField(max_length=8, blank=True)
    active = models.BooleanField(default=True, db_index=True)
    fixed_interval_s = models.PositiveIntegerField(
        "fixed interval", null=True, blank=True, help_text="Seconds between polls; empty: adapted to how much is new."
    )

    # Validators go back byte for byte; a body hash catches servers that send none.
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)

    next_poll_at = models.DateTimeField(db_index=True)
    next_poll_reason = models.CharField(max_length=300, blank=True)
    interval_s = models.PositiveIntegerField("interval", default=1800)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_polled_at = models.DateTimeField(null=True, blank=True)
    last_good_at = models.DateTimeField("last good poll", null=True, blank=True)
    last_new_at = models.DateTimeField("last new article", null=True, blank=True)
    last_result = models.CharField(max_length=20, choices=PollResult.choices, default=PollResult.NEVER)
    last_status = models.PositiveIntegerField("last HTTP status", null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_entries = models.PositiveIntegerField("entries in the last good answer", default=0)
    failures = models.PositiveIntegerField("failures in a row", default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = [Lower("outlet__name"), "url"]
        indexes = [models.Index(F("next_poll_at"), condition=Q(active=True), name="feed_due")]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def failing(self) -> bool:
        """Whether the last poll failed."""
        return self.last_result in (PollResult.TEMPORARY, PollResult.PERMANENT)


class FeedEntry(models.Model):
    """An entry that a feed has shown: which article it is, and what it looked like when last read.

    Keeps an entry that stays in a feed for weeks from being taken for news, whatever its guid does.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    guid = models.CharField(max_length=500)
    article = models.ForeignKey("Article", on_delete=models.CASCADE, related_name="entries")
    content_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "feed entries"
        constraints = [models.UniqueConstraint(fields=["feed", "guid"], name="entry_once_per_feed")]

    def __str__(self) -> str:
        return self.guid
