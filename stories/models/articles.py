"""Articles, their versions, and where each stands in the pipeline."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from stories.models.feeds import Feed, Outlet


class Stage(models.TextChoices):
    """How far an article has come; pipeline.STEPS says what leads from one to the next."""

    FOUND = "FOUND", _("found")
    EXTRACTED = "EXTRACTED", _("extracted")
    READ = "READ", _("read")
    GROUPED = "GROUPED", _("grouped")
    TRACED = "TRACED", _("traced")
    DONE = "DONE", _("done")
    FAILED = "FAILED", _("failed")


class TextState(models.TextChoices):
    """Where the text that we judge an article by comes from."""

    PENDING = "pending", _("text not fetched yet")
    PAGE = "page", _("text from the article's page")
    FEED = "feed", _("text from the feed")
    NONE = "none", _("article text not available")


class ArticleQuerySet(models.QuerySet["Article"]):
    """Narrowing articles by where they stand."""

    def waiting(self, stage: str, now: datetime) -> Self:
        """Rows at `stage` that nobody holds and whose time to be tried (again) has come."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now), Q(retry_at=None) | Q(retry_at__lte=now), stage=stage
        )


@lru_cache(maxsize=20_000)
def _address(pk: int) -> str:
    """A story's page names each of its articles some thirty times."""
    return reverse("article", args=[pk])


class Article(models.Model):
    """One report by one outlet: its identity, its three times, its text's state, its story, its stage."""

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="articles")
    feed = models.ForeignKey(Feed, on_delete=models.SET_NULL, null=True, blank=True, related_name="articles")
    url = models.URLField(max_length=2000, blank=True)
    url_key = models.CharField("identity", max_length=500, unique=True)
    title = models.CharField(max_length=500)
    byline = models.CharField(max_length=300, blank=True)
    dateline = models.CharField(max_length=200, blank=True)
    source_name = models.CharField("RSS source", max_length=200, blank=True)
    source_url = models.URLField("RSS source address", max_length=2000, blank=True)
    lang = models.CharField(max_length=8, blank=True)
    summary = models.TextField(blank=True)
    feed_text = models.TextField(blank=True)

    # The three times, and the one that stories are ordered by (see `reported`).
    claimed_at = models.DateTimeField("claimed by the outlet", null=True, blank=True)
    first_seen_at = models.DateTimeField("first seen by us")
    polled_before_at = models.DateTimeField("our poll before that", null=True, blank=True)
    reported_at = models.DateTimeField("reported", db_index=True)

    text_state = models.CharField(max_length=10, choices=TextState.choices, default=TextState.PENDING)
    text_reason = models.CharField("why the text is as it is", max_length=300, blank=True)
    version = models.ForeignKey("Version", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    # Looking at the page again while its story lives: when next, how often so far, with which validators.
    recheck_at = models.DateTimeField(null=True, blank=True)
    rechecks = models.PositiveSmallIntegerField(default=0)
    rechecked_at = models.DateTimeField("page last looked at again", null=True, blank=True)
    page_etag = models.TextField(blank=True, editable=False)
    page_last_modified = models.TextField(blank=True, editable=False)
    page_gone_at = models.DateTimeField("page found gone", null=True, blank=True)

    # What the read step finds: a vector, counts of words, and what else tells events apart (nlp.traits).
    vector = VectorField(dimensions=384, null=True, blank=True, editable=False)
    terms = models.JSONField(null=True, blank=True, editable=False)
    traits = models.JSONField(null=True, blank=True, editable=False)

    # Copies point at the earliest one, never at another copy. `bands` are keys under which near duplicates meet.
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies")
    copy_share = models.FloatField("share of its text that the other holds", null=True, blank=True)
    wire = models.CharField("agency whose text it carries", max_length=60, blank=True)
    signature = models.BinaryField(null=True, blank=True, editable=False)
    bands = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)

    story = models.ForeignKey("Story", on_delete=models.SET_NULL, null=True, blank=True, related_name="articles")
    # The probability that it belongs to its story, as grouping put it when the article joined; and why, in words.
    story_score = models.FloatField("probability that it belongs", null=True, blank=True)
    story_reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)

    # The row is the queue: stage says what is to be done, the lease who does it, retry_at when to try again.
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.FOUND)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    failed_stage = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    failure = models.TextField("reason of failure", blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at", "-id"]
        indexes = [
            models.Index(fields=["stage", "reported_at"], name="article_stage", condition=~Q(stage="DONE")),
            models.Index(fields=["outlet", "-reported_at"], name="article_outlet_time"),
            models.Index(fields=["story", "reported_at"], name="article_story_time"),
            models.Index(fields=["recheck_at"], name="article_recheck", condition=Q(recheck_at__isnull=False)),
            GinIndex(fields=["bands"], name="article_bands"),
            # The desk looks for any part of a headline among all of them.
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="article_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The article's page with us."""
        return _address(self.pk)

    @staticmethod
    def reported(claimed: datetime | None, first_seen: datetime) -> datetime:
        """The time that an article counts with: the outlet's claim, unless it lies after we saw the article.

        Outlets control their claim; `first_seen_at` bounds it from above, and the page always shows both.
        """
        return claimed if claimed and claimed < first_seen else first_seen


class ArticleKey(models.Model):
    """Another address that leads to an article: its canonical one, its AMP page, what a second feed calls it."""

    key = models.CharField(max_length=500, unique=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="keys")

    def __str__(self) -> str:
        return self.key


class Version(models.Model):
    """An article's headline and text at a time. A new one is kept only when something differs."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    hash = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    text_state = models.CharField(max_length=10, choices=TextState.choices)
    seen_at = models.DateTimeField()
    # English stems where most of our outlets write English; other languages match too, only without stemming quirks.
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="english")
        + SearchVector("summary", weight="B", config="english")
        + SearchVector("text", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["seen_at", "id"]
        constraints = [models.UniqueConstraint(fields=["article", "hash"], name="version_once_per_text")]
        indexes = [GinIndex(fields=["search"], name="version_search")]

    def __str__(self) -> str:
        return self.title
