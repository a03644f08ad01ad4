"""What was decided about stories: edits, the constraints that they leave behind, and what waits for a decision.

A person's decision outranks the program's and survives every re-run: it is kept as constraints between articles, since
articles stay what they are while stories come and go.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stories.models.articles import Article
from stories.models.stories import Story

# Who an edit is by when no person made it.
GROUPING = "grouping"


class Act(models.TextChoices):
    """What an edit did."""

    MERGE = "merge", _("merged")
    SPLIT = "split", _("split")
    MOVE = "move", _("moved")
    TOGETHER = "together", _("kept together")
    APART = "apart", _("kept apart")
    LOCK = "lock", _("locked")
    UNLOCK = "unlock", _("unlocked")
    UNDO = "undo", _("undone")


class Edit(models.Model):
    """One act on stories, by a curator or by "grouping". Rows are never changed or deleted; an undo is an edit too.

    `moves` says for every article that changed its story: [article, story before, story after], by number.
    """

    act = models.CharField(max_length=10, choices=Act.choices)
    by = models.CharField(max_length=150)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="edits")
    other = models.ForeignKey(Story, on_delete=models.PROTECT, null=True, blank=True, related_name="edits_as_other")
    moves = models.JSONField(default=list)
    probability = models.FloatField(null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    note = models.TextField(blank=True)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} by {self.by}"


class Bond(models.TextChoices):
    """What a curator said of two articles."""

    TOGETHER = "together", _("belong together")
    APART = "apart", _("never together")


class ConstraintQuerySet(models.QuerySet["Constraint"]):
    """Narrowing constraints."""

    def touching(self, articles: list[int]) -> Self:
        """Those with any of these articles."""
        return self.filter(Q(first__in=articles) | Q(second__in=articles))


class Constraint(models.Model):
    """Two articles that belong together, or never come together, whatever grouping thinks; `first` is the lower."""

    first = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    bond = models.CharField(max_length=10, choices=Bond.choices)
    edit = models.ForeignKey(Edit, on_delete=models.CASCADE, related_name="constraints")

    objects = ConstraintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="constraint_once_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="constraint_in_order"),
        ]
        indexes = [models.Index(fields=["second"], name="constraint_second")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id} {self.get_bond_display()}"


class DoubtState(models.TextChoices):
    """What became of a doubt."""

    OPEN = "open", _("waits for an editor")
    DONE = "done", _("done by an editor")
    DISMISSED = "dismissed", _("dismissed by an editor")
    OUTDATED = "outdated", _("no longer in question")


class Doubt(models.Model):
    """What grouping would do but is not sure of: merge `other` into `story`, split `articles` off, or move them.

    One open row per question: `key` names it (act and story or article numbers), and a question that an editor has
    answered is not asked again.
    """

    key = models.CharField(max_length=200, unique=True)
    act = models.CharField(max_length=10, choices=[(Act.MERGE, "merge"), (Act.SPLIT, "split"), (Act.MOVE, "move")])
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="doubts")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="doubts_as_other")
    articles = ArrayField(models.BigIntegerField(), default=list, blank=True)
    probability = models.FloatField()
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DoubtState.choices, default=DoubtState.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    edit = models.ForeignKey(Edit, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-found_at", "-id"]
        indexes = [models.Index(fields=["-probability"], name="doubt_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.get_state_display()}"
