"""Who wants to hear of what, and what they were told: follows, notices, alerts.

A notice is the outbox: it is written in the transaction in which the thing happened, and told to people afterwards.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgvector.django import VectorField

from stories.models.accounts import User
from stories.models.articles import Article
from stories.models.feeds import Outlet
from stories.models.findings import Happening
from stories.models.stories import Story
from stories.models.teams import Team

if TYPE_CHECKING:
    from stories.models.channels import Channel


class Wake(models.TextChoices):
    """What wakes a person: what a notice is of."""

    CONFIRMED = "confirmed", _("first independent confirmation")
    DENIED = "denied", _("denial")
    CORRECTED = "corrected", _("correction or retraction")
    HEADLINE = "headline", _("headline of the original changed")
    ON_RECORD = "on record", _("first source on record")
    ORIGIN = "origin", _("another origin")
    DROPPED = "dropped", _("attribution dropped by several outlets")
    REACHED = "reached", _("so many outlets reached")
    SILENCE = "silence", _("a report after a silence")
    MERGED = "merged", _("merged with another story")
    SPLIT = "split", _("split")
    STORY = "story", _("a new story")
    ARTICLE = "article", _("a new report")


class FollowKind(models.TextChoices):
    """What can be followed."""

    STORY = "story", pgettext_lazy("FollowKind", "story")
    OUTLET = "outlet", pgettext_lazy("FollowKind", "outlet")
    NAME = "name", pgettext_lazy("FollowKind", "person or organisation")
    SEARCH = "search", pgettext_lazy("FollowKind", "saved search")
    LIKE = "like", pgettext_lazy("FollowKind", "stories like this")


# What wakes by default: what changes a story's state. A story of its own brings no news to who follows it already.
STATE = (Wake.CONFIRMED, Wake.DENIED, Wake.CORRECTED, Wake.HEADLINE, Wake.ON_RECORD, Wake.DROPPED, Wake.REACHED)
DEFAULT_WAKES: dict[str, tuple[Wake, ...]] = {
    FollowKind.STORY: (*STATE, Wake.SILENCE, Wake.MERGED, Wake.SPLIT),
    FollowKind.OUTLET: (Wake.CONFIRMED, Wake.DENIED, Wake.CORRECTED, Wake.HEADLINE, Wake.STORY),
    FollowKind.NAME: (Wake.CONFIRMED, Wake.DENIED, Wake.CORRECTED, Wake.STORY),
    # Who saves a search asks for what it finds.
    FollowKind.SEARCH: (Wake.CONFIRMED, Wake.DENIED, Wake.CORRECTED, Wake.ARTICLE),
    FollowKind.LIKE: (Wake.STORY,),
}
# What a follow of each kind can be woken by at all: a search has no outlets to count.
POSSIBLE_WAKES: dict[str, tuple[Wake, ...]] = {
    FollowKind.STORY: tuple(wake for wake in Wake if wake != Wake.STORY),
    FollowKind.OUTLET: tuple(wake for wake in Wake if wake not in (Wake.DROPPED, Wake.MERGED, Wake.SPLIT)),
    FollowKind.NAME: tuple(wake for wake in Wake if wake not in (Wake.MERGED, Wake.SPLIT)),
    FollowKind.SEARCH: tuple(wake for wake in Wake if wake not in (Wake.MERGED, Wake.SPLIT)),
    FollowKind.LIKE: tuple(wake for wake in Wake if wake not in (Wake.MERGED, Wake.SPLIT)),
}
# At how many outlets DROPPED and REACHED are told of; a follow chooses one of them.
STEPS = (3, 5, 10, 20, 50, 100)


class FollowQuerySet(models.QuerySet["Follow"]):
    """Narrowing follows."""

    def live(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def of(self, user: User) -> Self:
        """A person's own and those of their teams."""
        return self.filter(Q(user=user) | Q(team__members=user)).distinct()


class Follow(models.Model):
    """A person's or a team's subscription. `target` names what is followed, so that nothing is followed twice.

    A story's follow stays with the address that was followed: after a merge it counts for the story that it leads to.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    kind = models.CharField(max_length=10, choices=FollowKind.choices)
    target = models.CharField(max_length=300, editable=False)
    # The story that is followed, or that others are to be like.
    story = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    # A person or organisation as it is written, and the key that it is found by (nlp.persons.plain).
    name = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=200, blank=True, editable=False)
    query = models.CharField(max_length=500, blank=True)
    # What stories like this one are like: its direction when the follow was made, of length 1.
    vector = VectorField(dimensions=384, null=True, blank=True, editable=False)

    wakes = ArrayField(models.CharField(max_length=12, choices=Wake.choices), default=list, blank=True)
    dropped_from = models.PositiveSmallIntegerField("attribution dropped by so many outlets", default=3)
    reached_from = models.PositiveSmallIntegerField("so many outlets reached", default=10)
    until_closed = models.BooleanField("stop when the story closes", default=False)
    # By these ways only; none: by all that the person has on.
    channels: models.ManyToManyField[Channel, Any] = models.ManyToManyField(
        "Channel", blank=True, related_name="follows"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "target"], name="follow_once_per_person"),
            models.UniqueConstraint(fields=["team", "target"], name="follow_once_per_team"),
            models.CheckConstraint(condition=Q(user=None) ^ Q(team=None), name="follow_of_person_or_team"),
        ]
        indexes = [
            models.Index(fields=["key"], name="follow_name", condition=Q(kind="name", ended_at=None)),
            models.Index(fields=["kind"], name="follow_kind", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Mute(models.Model):
    """What a person does not want to hear of, for good or `until` a time: a story, or one follow (a snooze)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mutes")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="mutes")
    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, null=True, blank=True, related_name="mutes")
    until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "story"], name="mute_once_per_story"),
            models.UniqueConstraint(fields=["user", "follow"], name="mute_once_per_follow"),
            models.CheckConstraint(condition=Q(story=None) ^ Q(follow=None), name="mute_of_story_or_follow"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id}: {'story' if self.story_id else 'follow'} {self.story_id or self.follow_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Narrowing notices."""

    def untold(self, now: datetime) -> Self:
        """Those that nobody was told of yet, and whose time to be tried (again) has come."""
        return self.filter(told_at=None, tell_at__lte=now)


class Notice(models.Model):
    """Something that people may want to hear of, written once in the transaction in which it happened: the outbox.

    `key` tells it apart from others of its kind in the story. `article` shows it; `other` is the second story of a
    merge or split; `step` the number of outlets that DROPPED and REACHED are of. It is told by `told_at`, whoever of
    how many it woke (`people`).
    """

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="notices")
    wake = models.CharField(max_length=12, choices=Wake.choices)
    key = models.CharField(max_length=300)
    happening = models.ForeignKey(Happening, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    step = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=600, blank=True)
    # The words that show it, an excerpt as it stood when people were told, and where they stand on our pages.
    passage = models.TextField(blank=True)
    passage_url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField("reported")
    noted_at = models.DateTimeField("noted")
    tell_at = models.DateTimeField("to be told from")
    told_at = models.DateTimeField("told", null=True, blank=True)
    people = models.PositiveIntegerField("people woken", default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["story", "wake", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["tell_at", "id"], name="notice_untold", condition=Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.wake}: story {self.story_id}"


class Alert(models.Model):
    """What one person was told of one story at one time: one or more notices, together."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="alerts")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="alerts")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["user", "-at"], name="alert_of_person")]

    def __str__(self) -> str:
        return f"user {self.user_id}: story {self.story_id}"


class AlertPart(models.Model):
    """One notice in an alert, and the follow that it was told for. A person is told of a notice once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="parts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="parts")
    # Which follow; its words stay when it is gone.
    follow = models.ForeignKey(Follow, on_delete=models.SET_NULL, null=True, related_name="parts")
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "notice"], name="told_once")]

    def __str__(self) -> str:
        return f"notice {self.notice_id} in alert {self.alert_id}"
