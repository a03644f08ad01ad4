"""How far stories reach: the outlets that carry them and the people who follow them. What a question weighs by."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from stories.models import Follow, FollowKind


def followers(stories: Collection[int]) -> dict[int, int]:
    """How many people follow each of these stories, by itself, by an address that leads to it, or as a team. One query.

    Whoever follows twice counts once. Stories that nobody follows are left out.
    """
    if not stories:
        return {}
    of_them = Q(story__in=stories) | Q(story__merged_into__in=stories)
    active = Q(user__is_active=True) | Q(team__members__is_active=True)
    rows = (
        Follow.objects.live()
        .filter(of_them, active, kind=FollowKind.STORY)
        .order_by()
        .values(leads_to=Coalesce("story__merged_into", "story"))
        .annotate(people=Count(Coalesce("user", "team__members"), distinct=True))
    )
    return {row["leads_to"]: row["people"] for row in rows}
