"""What was found in articles and about stories: who is cited and credited, where the news comes from, what happened.

The findings are kept whole, as plain values (nlp.findings, nlp.lineage); attributions and credits have rows besides, to
be asked for by source, kind and outlet. Spans are offsets into an article's headline, a line break, and its text.
"""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pydantic import TypeAdapter, ValidationError

from stories.models.articles import Article, Version
from stories.models.feeds import Outlet
from stories.models.stories import Story
from stories.nlp.comparison import Comparison
from stories.nlp.findings import Findings, Form, Relation, Role, SourceKind, Stance
from stories.nlp.lineage import HappeningKind
from stories.nlp.lineage import Provenance as Traced


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """The values of an enumeration as a field's choices; they are written as they are shown."""
    return [(word.value, word.value) for word in words]


FINDINGS = TypeAdapter(Findings)
PROVENANCE = TypeAdapter(Traced)
COMPARISON = TypeAdapter(Comparison)


class Examined(models.Model):
    """What the read step found in an article: its role as it shows by itself, and all findings as they were."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="examined")
    # The text that the spans point into.
    version = models.ForeignKey(Version, on_delete=models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=12, choices=_choices(Role))
    findings = models.JSONField()
    # Of headline and text together: what was found in another wording is not to be shown in this one.
    wording = models.CharField(max_length=64)
    at = models.DateTimeField("examined")

    class Meta:
        verbose_name = "examined article"

    def __str__(self) -> str:
        return f"article {self.article_id}: {self.role}"

    def told(self) -> Findings | None:
        """The findings; None where they were written in a form that is no longer read."""
        try:
            return FINDINGS.validate_python(self.findings)
        except ValidationError:
            return None


class Attribution(models.Model):
    """A cue in an article, whom it leads to, and what is attributed to them."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attributions")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, null=True, related_name="attributions")
    start = models.PositiveIntegerField()
    cue = ArrayField(models.PositiveIntegerField(), size=2)
    source = models.JSONField("source's spans", default=list)
    content = models.JSONField("content's spans", default=list)
    form = models.CharField(max_length=8, choices=_choices(Form))
    kind = models.CharField("kind of source", max_length=12, choices=_choices(SourceKind))
    stance = models.CharField(max_length=10, choices=_choices(Stance))
    # The source's fullest name in the article, and what is the same for all attributions to one source.
    name = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=300, blank=True)
    via = models.CharField("by way of", max_length=200, blank=True)
    own = models.BooleanField("own sourcing of the main news", default=False)

    class Meta:
        ordering = ["article_id", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "version", "start"], name="attribution_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["kind", "article"], name="attribution_kind")]

    def __str__(self) -> str:
        return f"{self.name or '(nobody)'} in article {self.article_id}"


class Credit(models.Model):
    """Another outlet credited by an article for information; `outlet` is empty of one that is not among ours."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="credits")
    outlet = models.ForeignKey(Outlet, on_delete=models.SET_NULL, null=True, blank=True, related_name="credited_in")
    outlet_name = models.CharField(max_length=200)
    relation = models.CharField(max_length=10, choices=_choices(Relation))
    evidence = ArrayField(models.PositiveIntegerField(), size=2)
    main = models.BooleanField("for the main news", default=False)

    class Meta:
        ordering = ["article_id", "outlet_name", "relation"]
        constraints = [
            models.UniqueConstraint(fields=["article", "outlet_name", "relation"], name="credit_once_per_relation")
        ]
        indexes = [models.Index(fields=["outlet_name"], name="credit_outlet_name")]

    def __str__(self) -> str:
        return f"article {self.article_id} credits {self.outlet_name}: {self.relation}"


class Proposal(models.Model):
    """A name that reads like an outlet's and that nobody knows; an editor makes it one, or says that it is none."""

    name = models.CharField(max_length=200, unique=True)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="seen in")
    evidence = ArrayField(models.PositiveIntegerField(), size=2)
    articles = models.PositiveIntegerField("times seen", default=1)
    first_seen_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "unknown outlet"
        ordering = ["-articles", "name"]

    def __str__(self) -> str:
        return self.name


class StoryProvenance(models.Model):
    """Where a story's news comes from, as traced last: how many independent origins, and all that this rests on."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, primary_key=True, related_name="provenance")
    revision = models.PositiveIntegerField()
    least = models.PositiveIntegerField("independent origins, at least")
    most = models.PositiveIntegerField("independent origins, at most")
    traced = models.JSONField()
    at = models.DateTimeField("traced")

    class Meta:
        verbose_name = "provenance"
        verbose_name_plural = "provenances"

    def __str__(self) -> str:
        return f"story {self.story_id}: {self.least} to {self.most}"

    def told(self) -> Traced | None:
        """All of it; None where it was written in a form that is no longer read."""
        try:
            return PROVENANCE.validate_python(self.traced)
        except ValidationError:
            return None


class StoryComparison(models.Model):
    """A story's reports held against each other, as compared last: claims, quotes, wording."""

    story = models.OneToOneField(Story, on_delete=models.CASCADE, primary_key=True, related_name="comparison")
    revision = models.PositiveIntegerField()
    compared = models.JSONField()
    at = models.DateTimeField("compared at")

    class Meta:
        verbose_name = "comparison"

    def __str__(self) -> str:
        return f"story {self.story_id}, revision {self.revision}"

    def told(self) -> Comparison | None:
        """All of it; None where it was written in a form that is no longer read."""
        try:
            return COMPARISON.validate_python(self.compared)
        except ValidationError:
            return None


class Happening(models.Model):
    """Something that happened to a story. The key tells it apart from others of its kind, whatever comes later.

    `at` is when it was reported, `noted_at` when we noted it. What a later look no longer bears out no longer `stands`,
    and stays, since people may have been told.
    """

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="happenings")
    kind = models.CharField(max_length=40, choices=_choices(HappeningKind))
    key = models.CharField(max_length=300)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="happenings")
    other = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    evidence = models.JSONField("passages", default=list)
    note = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["story", "kind", "key"], name="happening_once")]
        indexes = [models.Index(fields=["story", "-at"], name="happening_story", condition=Q(stands=True))]

    def __str__(self) -> str:
        return f"{self.kind}: story {self.story_id}"
