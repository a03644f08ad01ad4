"""The ways by which a person is reached, as their pages show them. Changes nothing and never tells a secret."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from stories.models import Attempt, Channel, Delivery, DeliveryState, User


@dataclass(frozen=True, slots=True)
class WayRow:
    """A way with why it fails, where it does: the reason of its last attempt; and how much waits for it.

    `lost`: it was switched off for the person, and not by them.
    """

    channel: Channel
    failing: str
    waiting: int
    next_at: datetime | None
    lost: bool

    @property
    def state(self) -> str:
        """ "off", "unverified", "failing", "fine" or "new": which sentence tells how it is."""
        if self.channel.off_at:
            return "off"
        if self.channel.verified_at is None:
            return "unverified"
        if self.channel.failing_since:
            return "failing"
        return "fine" if self.channel.last_ok_at else "new"


def rows(channels: QuerySet[Channel], by_person: Collection[str]) -> list[WayRow]:
    """These ways with their state, the oldest first; two queries for any number.

    `by_person`: the reasons for being off that are the person's own doing.
    """
    last = Attempt.objects.filter(channel=OuterRef("pk"), ok=False).order_by("-at", "-id").values("reason")[:1]
    found = list(channels.annotate(failing_why=Subquery(last)).order_by("created_at", "pk"))
    waiting = _waiting([channel.pk for channel in found])
    return [
        WayRow(
            channel,
            channel.failing_why or "",
            *waiting.get(channel.pk, (0, None)),
            lost=channel.off_at is not None and channel.off_why not in by_person,
        )
        for channel in found
    ]


def _waiting(pks: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
    """For each way that has something waiting: how much, and when the next goes out."""
    asked = Delivery.objects.filter(channel__in=pks, state=DeliveryState.WAITING).order_by()
    counted = asked.values("channel").annotate(number=Count("pk"), first=Min("due_at"))
    return {row["channel"]: (row["number"], row["first"]) for row in counted}


def log(channel: Channel) -> QuerySet[Attempt]:
    """A way's attempts and tests, the newest first, each with the story that it was about."""
    return channel.tries.select_related("delivery__alert__story").order_by("-at", "-id")


def unseen(user: User) -> list[Channel]:
    """A person's ways that were switched off for them and of which they have not been told yet."""
    return list(user.channels.filter(Q(off_seen=False), off_at__isnull=False).order_by("off_at"))
