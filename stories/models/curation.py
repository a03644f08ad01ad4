"""What was decided about stories: edits, the constraints that they leave behind, and what waits for a decision.

A person's decision outranks the program's and survives every re-run: it is kept as constraints between articles, since
articles stay what they are while stories come and go.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stories.models.articles import Article
from stories.models.feeds import Outlet
from stories.models.findings import Proposal
from stories.models.stories import Story

# Who an edit is by when no person made it.
GROUPING = "grouping"


class Act(models.TextChoices):
    """What an edit did."""

    MERGE = "merge", _("merged")
    SPLIT = "split", _("split")
    MOVE = "move", _("moved")
    REMOVE = "remove", _("removed")
    ADD = "add", _("added")
    TOGETHER = "together", _("kept together")
    APART = "apart", _("kept apart")
    LOCK = "lock", _("locked")
    UNLOCK = "unlock", _("unlocked")
    PIN = "pin", _("pinned")
    UNPIN = "unpin", _("unpinned")
    HIDE = "hide", _("hidden")
    SHOW = "show", _("shown again")
    RENAME = "rename", _("renamed")
    LEAD = "lead", _("lead chosen")
    CLOSE = "close", _("closed")
    REOPEN = "reopen", _("reopened")
    RELEASE = "release", _("left to close by itself")
    CREDIT = "credit", _("credit corrected")
    ROLE = "role", _("role corrected")
    SOURCE = "source", _("kind of source corrected")
    OUTLET = "outlet", _("outlet corrected")
    UNDO = "undo", _("undone")


class EditQuerySet(models.QuerySet["Edit"]):
    """Narrowing edits."""

    def standing(self) -> Self:
        """Those that were not undone; an undo itself is none."""
        return self.exclude(act=Act.UNDO).filter(undone_by__isnull=True)

    def by_people(self) -> Self:
        """Those that a person made."""
        return self.exclude(by=GROUPING)

    def of_story(self, story: Story) -> Self:
        """All that a story was in, from either side."""
        return self.filter(Q(story=story) | Q(other=story))


class Edit(models.Model):
    """One act on stories, articles or an outlet, by a curator or by "grouping". An undo is an edit too.

    Rows are never changed or deleted. `moves` says for every article that changed its story: [article, story before,
    story after], by number; None is no story. `before` and `after` hold what else changed, by field. `changed` names
    all that was changed, `touched` this and what the act presupposed (services.footprints).
    """

    act = models.CharField(max_length=10, choices=Act.choices)
    by = models.CharField(max_length=150)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    story = models.ForeignKey(Story, on_delete=models.PROTECT, null=True, blank=True, related_name="edits")
    other = models.ForeignKey(Story, on_delete=models.PROTECT, null=True, blank=True, related_name="edits_as_other")
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="edits")
    outlet = models.ForeignKey(Outlet, on_delete=models.SET_NULL, null=True, blank=True, related_name="edits")
    moves = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    changed = ArrayField(models.CharField(max_length=400), default=list, blank=True, editable=False)
    touched = ArrayField(models.CharField(max_length=400), default=list, blank=True, editable=False)
    probability = models.FloatField(null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    note = models.TextField(blank=True)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    at = models.DateTimeField()

    objects = EditQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            GinIndex(fields=["changed"], name="edit_changed"),
            GinIndex(fields=["touched"], name="edit_touched"),
            models.Index(fields=["-at", "-id"], name="edit_time"),
            models.Index(fields=["user", "-at"], name="edit_user"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} by {self.by}"


class Correction(models.TextChoices):
    """What of an article an editor can set right."""

    ROLE = "role", _("role")
    SOURCE = "source", _("kind of a source")
    CREDIT = "credit", _("credit")


class Override(models.Model):
    """What an editor says of an article against what was found; tracing obeys it, whatever is found later.

    `about` tells it apart from others of its kind: "" for the role, the source's key, the credited outlet's name.
    `value`: {"role": Role}; {"kind": SourceKind}; for a credit {"how": "added" | "removed" | "retargeted",
    "relation": Relation, "target": article or None, "evidence": spans}.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="overrides")
    what = models.CharField(max_length=10, choices=Correction.choices)
    about = models.CharField(max_length=300, blank=True)
    value = models.JSONField()
    edit = models.ForeignKey(Edit, on_delete=models.PROTECT, related_name="overrides")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "what", "about"], name="override_once")]

    def __str__(self) -> str:
        return f"article {self.article_id}: {self.what} {self.about}".strip()


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


class Ask(models.TextChoices):
    """What the review queue asks an editor."""

    MERGE = Act.MERGE.value, _("Are these one story?")
    SPLIT = Act.SPLIT.value, _("Are these two stories?")
    MOVE = Act.MOVE.value, _("Does this belong to another story?")
    MEMBER = "member", _("Does this report belong here?")
    READER = "reader", _("A reader says that this is in the wrong story.")
    ORIGINS = "origins", _("Did they really report on their own?")
    OUTLET = "outlet", _("Is this an outlet?")


# Questions of grouping, whose probability is a measured one.
MEASURED = frozenset({Ask.MERGE, Ask.SPLIT, Ask.MOVE, Ask.MEMBER})


class Doubt(models.Model):
    """A question for an editor. Of grouping, what it would do but is not sure of: merge `other` into `story`, split
    `articles` off, or move them; of anybody, whether `articles` belong to `story` (MEMBER, READER: the readers' word);
    whether the origins `articles` are independent; whether `proposal` is an outlet.

    One open row per question: `key` names it (act and story or article numbers), and a question that an editor has
    answered is not asked again. `priority` is how doubtful it is (0 to 1) times its reach (services.asking).
    """

    key = models.CharField(max_length=200, unique=True)
    act = models.CharField(max_length=10, choices=Ask.choices)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="doubts")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="doubts_as_other")
    proposal = models.OneToOneField(Proposal, on_delete=models.SET_NULL, null=True, blank=True, related_name="doubt")
    articles = ArrayField(models.BigIntegerField(), default=list, blank=True)
    probability = models.FloatField()
    reach = models.PositiveIntegerField(default=1)
    priority = models.FloatField(default=0.0)
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DoubtState.choices, default=DoubtState.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    edit = models.ForeignKey(Edit, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Why it was answered so, where the answer left no edit that says it.
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        indexes = [
            models.Index(fields=["-probability"], name="doubt_open", condition=Q(state="open")),
            models.Index(fields=["-priority", "-id"], name="doubt_queue", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.get_act_display()}"

    @property
    def measured(self) -> float | None:
        """How probable it is that the answer is yes, 0 to 1; None of a question of which nobody has measured that."""
        return self.probability if self.act in MEASURED else None


class Objection(models.Model):
    """A reader's word that a report, or a whole story (no article), is wrong as it is grouped. Once a reader.

    `sender` is a digest that tells readers of one day apart and says nothing else of them.
    """

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="objections")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="objections")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    sender = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField()
    doubt = models.ForeignKey(Doubt, on_delete=models.SET_NULL, null=True, blank=True, related_name="objections")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["story", "article", "sender"], name="objection_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"story {self.story_id}, article {self.article_id or 'none'}"
