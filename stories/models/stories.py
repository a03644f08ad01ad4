"""Stories, and the counts of words that grouping weighs headlines and texts by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField


class Closing(models.TextChoices):
    """Whether a story closes by itself, or stays as an editor has it."""

    ITSELF = "", _("closes when it is quiet")
    CLOSED = "closed", _("closed by an editor: takes no new reports")
    OPEN = "open", _("kept open by an editor")


class StoryQuerySet(models.QuerySet["Story"]):
    """Narrowing stories."""

    def live(self) -> Self:
        """Stories that were not merged into another and hold at least one article."""
        return self.filter(merged_into=None, article_count__gt=0)

    def shown(self) -> Self:
        """Of the live ones those that no editor has hidden: what readers' lists are made of."""
        return self.live().filter(hidden=False)


class Story(models.Model):
    """The cluster of articles on one event. Its address never dies: `slug` is set once, a merged story redirects."""

    title = models.CharField(max_length=500)
    slug = models.SlugField(max_length=100)
    lang = models.CharField(max_length=8, blank=True)
    headline_of = models.ForeignKey(
        "Article",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="headline taken from",
    )
    article_count = models.PositiveIntegerField("articles", default=0)
    outlet_count = models.PositiveIntegerField("outlets", default=0)
    first_at = models.DateTimeField("first report")
    last_at = models.DateTimeField("latest report")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")

    # Copies of one text are one voice, however many outlets carry it.
    voice_count = models.PositiveIntegerField("voices", default=0)
    # A story closes when it has been quiet; a later report may take it up again.
    closed_at = models.DateTimeField("closed", null=True, blank=True)
    reopened_at = models.DateTimeField("taken up again", null=True, blank=True)
    # A curator's lock: the program takes no report out of it and merges it with nothing. New reports may join.
    locked = models.BooleanField(default=False)
    # What else curators say of it, which outranks what tracing finds: on no list; above the others; its title; the
    # report whose headline stands for it (heeded while it is in the story); whether it stays closed or open.
    hidden = models.BooleanField(default=False)
    pinned_at = models.DateTimeField("pinned", null=True, blank=True)
    named = models.CharField("an editor’s title", max_length=500, blank=True)
    lead = models.ForeignKey(
        "Article", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="lead"
    )
    closing = models.CharField("kept", max_length=6, choices=Closing.choices, blank=True, default=Closing.ITSELF)

    demo = models.BooleanField("of the demo world", default=False, editable=False)

    # The sum of the members' vectors, and the names and numbers that tell it apart: how related stories are found.
    vector = VectorField(dimensions=384, editable=False)
    keys = ArrayField(models.CharField(max_length=100), default=list, blank=True, editable=False)
    # Whatever changes the members counts `revision` up; tracing and the second look note the one that they have seen,
    # so that the last word is never lost.
    revision = models.PositiveIntegerField(default=0, editable=False)
    traced_revision = models.PositiveIntegerField(default=0, editable=False)
    looked_revision = models.PositiveIntegerField("revision of the second look", default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-last_at", "-id"]
        indexes = [
            models.Index(fields=["lang", "last_at"], name="story_window", condition=Q(merged_into=None)),
            models.Index(fields=["-last_at", "-outlet_count"], name="story_front", condition=Q(merged_into=None)),
            models.Index(
                fields=["last_at"],
                name="story_second_look",
                condition=Q(merged_into=None, looked_revision__lt=F("revision")),
            ),
            models.Index(fields=["last_at"], name="story_open", condition=Q(merged_into=None, closed_at=None)),
            GinIndex(fields=["keys"], name="story_keys"),
            # The desk looks for any part of a title among all of them.
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="story_title"),
            models.Index(fields=["-pinned_at"], name="story_pinned", condition=Q(pinned_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The story's permanent address."""
        return reverse("story", args=[self.pk, self.slug])

    @property
    def takes(self) -> bool:
        """Whether the program may move reports of other stories into it."""
        return not self.hidden and self.closing != Closing.CLOSED

    @property
    def fixed(self) -> bool:
        """Whether the program is to merge it with nothing and to move nothing into or out of it."""
        return self.locked or not self.takes


class TermCountQuerySet(models.QuerySet["TermCount"]):
    """Reading counts, in one statement; services.grouping adds them up."""

    def counts(self, lang: str, terms: Iterable[str]) -> dict[str, int]:
        """Counts of the given terms, and of the empty term, as far as any were seen."""
        return dict(self.filter(lang=lang, term__in=["", *terms]).values_list("term", "articles"))


class TermCount(models.Model):
    """In how many articles of a language a term was seen: the live half of the document frequencies.

    The empty term counts the articles themselves. The other half ships with the weights (nlp/terms.py).
    """

    lang = models.CharField(max_length=8)
    term = models.CharField(max_length=100)
    articles = models.PositiveIntegerField(default=0)

    objects = TermCountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lang", "term"], name="term_once_per_language")]

    def __str__(self) -> str:
        return self.term or f"(articles in {self.lang or 'an unknown language'})"
