"""Outlets, their feeds, and what each feed has shown us. Decides nothing about when to poll: ingest.schedule does."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@lru_cache(maxsize=5_000)
def _address(slug: str) -> str:
    return reverse("outlet", args=[slug])


class Outlet(models.Model):
    """A newsroom, polled by us or only credited by others."""

    class Kind(models.TextChoices):
        """What sort of newsroom; empty where we are not sure."""

        NEWSPAPER = "newspaper", _("newspaper")
        AGENCY = "agency", _("agency")
        BROADCASTER = "broadcaster", _("broadcaster")
        AGGREGATOR = "aggregator", _("aggregator")

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
    # Set by services.watching while the outlet reports much less than it usually does.
    quiet_since = models.DateTimeField(null=True, blank=True, editable=False)
    quiet_note = models.CharField(max_length=300, blank=True, editable=False)
    demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [Lower("name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The outlet's page."""
        return _address(self.slug)


class Logo(models.Model):
    """An outlet's logo, made anew from what was uploaded: a PNG of at most 256 by 256, nothing else of the file."""

    outlet = models.OneToOneField(Outlet, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    image = models.BinaryField()
    # SHA-256 of the image, in hexadecimal digits: its address, so that browsers may keep it for good.
    digest = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"logo of outlet {self.outlet_id}"


class PollResult(models.TextChoices):
    """How the last poll of a feed ended, in the words of the feeds page."""

    NEVER = "never", _("not polled yet")
    NEW = "new", _("new articles")
    UNCHANGED = "unchanged", _("nothing new")
    NOT_MODIFIED = "not_modified", _("not modified (304)")
    EMPTY = "empty", _("empty feed")
    TEMPORARY = "temporary", _("temporary failure")
    BLOCKED = "blocked", _("blocked")
    PERMANENT = "permanent", _("failure")
    GONE = "gone", _("gone (410)")


# An empty feed is no failure: it is asked less often, and says so.
FAILURES = (PollResult.TEMPORARY, PollResult.BLOCKED, PollResult.PERMANENT, PollResult.GONE)


class FeedQuerySet(models.QuerySet["Feed"]):
    """Narrowing to feeds that are due, or in some state."""

    def due(self, now: datetime) -> Self:
        """Active feeds whose time has come, which nobody holds, and which needn't wait for their host's turn."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now),
            Q(turn_at=None) | Q(turn_at__lte=now),
            active=True,
            next_poll_at__lte=now,
        )

    def failing(self) -> Self:
        """Active feeds whose last poll failed."""
        return self.filter(active=True, last_result__in=FAILURES)


class Feed(models.Model):
    """One address that an outlet publishes entries at, with the state of polling it."""

    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="feeds")
    url = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=300, blank=True)
    lang = models.CharField(max_length=8, blank=True)
    # The server it is asked of; the database keeps it in step with the address.
    host = models.GeneratedField(
        expression=Lower(
            Func(F("url"), Value(r"^[A-Za-z]+://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)"), function="substring")
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    active = models.BooleanField(default=True, db_index=True)
    # Why polling stopped by itself; empty while it goes on, and where an editor paused the feed.
    stopped_reason = models.CharField(max_length=300, blank=True, editable=False)
    fixed_interval_s = models.PositiveIntegerField(
        "fixed interval", null=True, blank=True, help_text="Seconds between polls; empty: adapted to how much is new."
    )

    # Validators go back byte for byte; a body hash catches servers that send none.
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    # When the server last sent a whole body; since then it has only said that nothing changed.
    last_body_at = models.DateTimeField("last whole answer", null=True, blank=True)
    # Proven: the body changed although the validators did not.
    validators_lie = models.BooleanField(default=False, editable=False)

    # Where permanent redirects lead, since when and how often in a row; the address is changed only after a while.
    moved_to = models.URLField(max_length=2000, blank=True, editable=False)
    moved_since = models.DateTimeField(null=True, blank=True, editable=False)
    moved_polls = models.PositiveSmallIntegerField(default=0, editable=False)
    moved_from = models.URLField("address before it moved", max_length=2000, blank=True, editable=False)
    gone_since = models.DateTimeField("first answer 410", null=True, blank=True, editable=False)

    # WebSub: where the feed says that it announces what is new, and under which name.
    hub = models.URLField(max_length=2000, blank=True, editable=False)
    topic = models.URLField(max_length=2000, blank=True, editable=False)

    # How often the feed itself asks to be polled at most; a 304 doesn't repeat it.
    ttl_s = models.PositiveIntegerField("its ttl", null=True, blank=True, editable=False)
    period_s = models.PositiveIntegerField("its sy:updatePeriod", null=True, blank=True, editable=False)

    next_poll_at = models.DateTimeField(db_index=True)
    next_poll_reason = models.CharField(max_length=300, blank=True)
    interval_s = models.PositiveIntegerField("interval", default=1800)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    # Due, but its host is busy or rests until then.
    turn_at = models.DateTimeField(null=True, blank=True)
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
        indexes = [
            models.Index(F("next_poll_at"), condition=Q(active=True), name="feed_due"),
            models.Index(fields=["host"], name="feed_host"),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def failing(self) -> bool:
        """Whether the last poll failed."""
        return self.last_result in FAILURES


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
