"""All that a person and their teams follow, as the page that lists it and the page of one need it. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Max, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext

from stories.models import AlertPart, Channel, Follow, FollowKind, Mute, Story, User, Wake
from stories.selectors import columns
from stories.selectors.following import leading

# Follows on a page of the list, and those that have ended, the latest.
PAGE = 50
ENDED = 50
# The order of the list: what is followed most deliberately first.
KINDS = (FollowKind.STORY, FollowKind.OUTLET, FollowKind.NAME, FollowKind.SEARCH, FollowKind.LIKE)


@dataclass(frozen=True, slots=True)
class Row:
    """A follow in the list. `channels` are the person's ways that it is bound to, none: all; `story` as it is by now.

    `alerts` counts what the person was told for it, `last` is when that was last. `quiet`: their snooze of it.
    """

    follow: Follow
    story: Story | None
    wakes: Sequence[str]
    channels: Sequence[Channel]
    quiet: Mute | None
    alerts: int
    last: datetime | None


def matching(user: User, *, kind: str = "", words: str = "") -> QuerySet[Follow]:
    """The live follows of a person and their teams, by kind, the newest first; a lazy query for a paginator."""
    order = Case(*(When(kind=one, then=Value(place)) for place, one in enumerate(KINDS)), output_field=IntegerField())
    follows = _light(Follow.objects.live().of(user)).annotate(place=order).order_by("place", "-created_at", "-pk")
    if words:
        places = ("name", "query", "story__title", "outlet__name", "team__name")
        found = Q()
        for place in places:
            found |= Q(**{f"{place}__icontains": words})
        follows = follows.filter(found)
    return follows.filter(kind=kind) if kind else follows


def kind_counts(user: User) -> dict[str, int]:
    """How many live follows of each kind there are, of the person and their teams."""
    ids = Follow.objects.live().of(user).values("pk")
    return dict(Follow.objects.filter(pk__in=ids).order_by().values_list("kind").annotate(total=Count("pk")))


def rows(user: User, follows: Collection[Follow], now: datetime) -> list[Row]:
    """What the list says of a page of follows. Two queries, whatever their number."""
    ids = [follow.pk for follow in follows]
    quiet = {mute.follow_id: mute for mute in sleeping(now).filter(user=user, follow__in=ids)}
    told = {
        pk: (count, last)
        for pk, count, last in AlertPart.objects.filter(user=user, follow__in=ids)
        .order_by()
        .values_list("follow")
        .annotate(count=Count("alert", distinct=True), last=Max("alert__at"))
    }
    return [
        Row(
            follow=follow,
            story=leading(follow.story) if follow.story else None,
            wakes=wakes_of(follow),
            channels=list(follow.channels.all()),
            quiet=quiet.get(follow.pk),
            alerts=told.get(follow.pk, (0, None))[0],
            last=told.get(follow.pk, (0, None))[1],
        )
        for follow in follows
    ]


def with_ways(follows: QuerySet[Follow], user: User) -> QuerySet[Follow]:
    """The same follows, each with those of its ways that are the person's."""
    return follows.prefetch_related(Prefetch("channels", queryset=Channel.objects.filter(user=user)))


def ended(user: User) -> list[Follow]:
    """What the person and their teams follow no longer, the latest first."""
    return list(_light(Follow.objects.exclude(ended_at=None).of(user)).order_by("-ended_at", "-pk")[:ENDED])


def muted(user: User, now: datetime) -> list[Mute]:
    """The stories that a person does not want to hear of."""
    mutes = sleeping(now).filter(user=user, follow=None).select_related("story__merged_into")
    return list(mutes.defer(*columns.of_story("story__"), *columns.of_story("story__merged_into__")))


def sleeping(now: datetime) -> QuerySet[Mute]:
    """Mutes and snoozes that have not run out."""
    return Mute.objects.filter(Q(until=None) | Q(until__gt=now))


def ways(user: User) -> list[Channel]:
    """A person's ways, the oldest first."""
    return list(user.channels.defer("sealed").order_by("created_at", "pk"))


def find(user: User, pk: int) -> Follow | None:
    """One of the follows of a person or their teams, live or ended, with the ways of theirs that it is bound to."""
    return with_ways(_light(Follow.objects.of(user)), user).filter(pk=pk).first()


def _light(follows: QuerySet[Follow]) -> QuerySet[Follow]:
    related = follows.select_related("story__merged_into", "outlet", "team")
    return related.defer("vector", *columns.of_story("story__"), *columns.of_story("story__merged_into__"))


def wakes_of(follow: Follow) -> list[str]:
    """What wakes a person by a follow, each in words, with the number of outlets where there is one."""
    return [said(Wake(wake), follow) for wake in Wake.values if wake in follow.wakes]


def said(wake: Wake, follow: Follow) -> str:
    """A kind of notice, with the number of outlets that this follow asks for."""
    if wake == Wake.DROPPED:
        return gettext("attribution dropped by %(count)s outlets") % {"count": follow.dropped_from}
    if wake == Wake.REACHED:
        return gettext("%(count)s outlets reached") % {"count": follow.reached_from}
    return str(wake.label)
