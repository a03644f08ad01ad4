"""What grouping works with: the articles that a new report is compared with, and the ties between stories."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex

from stories.models.articles import Article
from stories.models.stories import Story


class Recent(models.Model):
    """An article that new reports are compared with. A row goes some days after its article was grouped.

    Apart from the articles, so that looking up the nearest costs the same however many articles there are.
    """

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="recent")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="recent")
    lang = models.CharField(max_length=8, blank=True)
    demo = models.BooleanField(default=False)
    reported_at = models.DateTimeField()
    # Only where the encoder knows the language.
    vector = HalfVectorField(dimensions=384, null=True)
    # The most telling names, numbers and words: how the nearest are found without an encoder.
    keys = ArrayField(models.CharField(max_length=100), default=list)
    # Its words, names and numbers, weighed by how rare they were when it was grouped (nlp.likeness.Marks).
    marks = models.JSONField(default=dict)
    grouped_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "recent"
        indexes = [
            HnswIndex(
                name="recent_vector", fields=["vector"], m=16, ef_construction=64, opclasses=["halfvec_cosine_ops"]
            ),
            GinIndex(fields=["keys"], name="recent_keys"),
            models.Index(fields=["reported_at"], name="recent_time"),
            models.Index(fields=["grouped_at"], name="recent_age"),
        ]

    def __str__(self) -> str:
        return f"article {self.article_id} in story {self.story_id}"


class Tie(models.TextChoices):
    """How two stories belong together without being one."""

    CHAPTER = "chapter", _("next chapter")
    RELATED = "related", _("related")
    TRANSLATION = "translation", _("the same event in another language")


class StoryLink(models.Model):
    """Two stories that belong together: `first` began before `second`. Found by the program, or tied by a curator."""

    first = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="later_links")
    second = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="earlier_links")
    kind = models.CharField(max_length=12, choices=Tie.choices)
    probability = models.FloatField(null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    by_curator = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["first_id", "second_id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="story_link_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="story_link_two_stories"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} → {self.second_id} ({self.kind})"
