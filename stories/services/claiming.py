"""Which deliveries go out next: a fair batch is leased, and what is not wanted any more is left out with the reason.

Fair means: half of a batch is for the first lane while anything waits in it; one channel gets a few places, a failing
one fewer; and what goes by a letter or a chat is taken together, so that no two workers write to one person at once.
Claims come one after the other (an advisory lock, for some milliseconds each): only so can they see each other's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from stories.channels import slots
from stories.models import AlertPart, Channel, Delivery, DeliveryState, Pace, Story
from stories.selectors import followed, following
from stories.services import alerting, ways
from stories.services.composing import GATHERED

BATCH = 100
# Longer than a batch lasts: what it begins within channels.outcomes.BEGIN_WITHIN_S ends some 15 s later, and whoever
# works renews it.
LEASE = timedelta(seconds=60)
# Messages of one channel in a batch; of one that failed last, to see whether it is back.
PER_CHANNEL, PER_FAILING = 20, 2
# Alerts in one letter; a person with more than that waiting gets a second one.
PER_LETTER = 50
_LOCK = 0xDE11
_ROUNDS = 5

# Kept in these words, and translated where they are shown.
UNCONFIRMED = gettext_noop("its address was not confirmed")
NOBODY = gettext_noop("the account is closed")
MUTED = gettext_noop("you muted the story in the meantime")
STOPPED = gettext_noop("you stopped following in the meantime")
HIDDEN = gettext_noop("an editor has hidden the story in the meantime")
FALLEN = gettext_noop("it no longer stands: an editor corrected it, or later reports did")


@dataclass(frozen=True, slots=True)
class Claim:
    """Deliveries leased to us, each with its alert, channel and person at hand, and the token that proves it."""

    token: UUID
    deliveries: Sequence[Delivery]
    more: bool


def claim(now: datetime) -> Claim:
    """Lease what goes out next; never waits for a row that another holds."""
    token = uuid4()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
        picked = _pick(now)
        locked = Delivery.objects.due(now).filter(pk__in=picked).select_for_update(skip_locked=True, no_key=True)
        pks = list(locked.values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=pks).update(lease_until=now + LEASE, lease_token=token)
    rows = Delivery.objects.filter(pk__in=pks).select_related("channel__user", "alert")
    return Claim(token, list(rows.order_by("lane", "due_at", "pk")), more=len(pks) >= BATCH)


def renew(claim: Claim, now: datetime) -> None:
    """What is not settled yet stays ours."""
    Delivery.objects.filter(lease_token=claim.token).update(lease_until=now + LEASE)


def wanted(claim: Claim, now: datetime) -> list[Delivery]:
    """Those that are to be sent now. The others are dropped with the reason, or wait until the quiet hours end."""
    reasons = _unwanted(claim.deliveries, now)
    for reason in set(reasons.values()):
        pks = [pk for pk, why in reasons.items() if why == reason]
        held(claim, pks).update(state=DeliveryState.DROPPED, reason=reason, lease_until=None, lease_token=None)
    kept: list[Delivery] = []
    for delivery in claim.deliveries:
        if delivery.pk in reasons:
            continue
        if (at := after_quiet(delivery.channel, now)) > now:
            held(claim, [delivery.pk]).update(due_at=at, lease_until=None, lease_token=None)
            continue
        kept.append(delivery)
    return kept


def held(claim: Claim, pks: Collection[int]) -> QuerySet[Delivery]:
    """Those of these deliveries that are still ours and not settled."""
    return Delivery.objects.filter(pk__in=pks, lease_token=claim.token, state=DeliveryState.WAITING)


def after_quiet(channel: Channel, at: datetime) -> datetime:
    """The time, or the end of the quiet hours that it falls into; the channel's person at hand."""
    user = channel.user
    return slots.due(
        at,
        pace=Pace.NOW,
        digest_at=channel.digest_at,
        digest_day=channel.digest_day,
        heeds_quiet=channel.heeds_quiet,
        zone=alerting.zone_of(user),
        quiet_from=user.quiet_from,
        quiet_to=user.quiet_to,
    )


@dataclass(slots=True)
class _Places:
    """How many places each channel has in the batch so far, and which get no more."""

    taken: Counter[int]
    full: set[int]


def _pick(now: datetime) -> list[int]:
    """The ids of a fair batch, and of whatever else goes into the letters that it begins."""
    places = _Places(Counter(), set())
    second = _of_lane(now, 1, BATCH, _Places(Counter(), set()))
    first = _of_lane(now, 0, max(BATCH // 2, BATCH - len(second)), places)
    rest = _of_lane(now, 1, BATCH - len(first), places) if second else []
    rows = [*first, *rest]
    letters = {channel for _, channel, kind in rows if kind in GATHERED}
    return [*(pk for pk, _, kind in rows if kind not in GATHERED), *_gathered(now, letters)]


def _of_lane(now: datetime, lane: int, room: int, places: _Places) -> list[tuple[int, int, str]]:
    """Up to `room` due deliveries of a lane (id, channel, kind), the longest due first, with few of each channel."""
    found: list[tuple[int, int, str]] = []
    for _ in range(_ROUNDS):
        due = Delivery.objects.due(now).filter(lane=lane).exclude(channel__in=places.full)
        due = due.exclude(pk__in=[pk for pk, _, _ in found]).order_by("due_at", "pk")
        rows = list(due.values_list("pk", "channel", "channel__kind", "channel__failures")[: 2 * BATCH])
        places.full |= _busy({channel for _, channel, kind, _ in rows if kind in GATHERED}, now)
        for pk, channel, kind, failures in rows:
            if len(found) == room:
                return found
            if channel in places.full:
                continue
            found.append((pk, channel, kind))
            places.taken[channel] += 1
            if kind in GATHERED or places.taken[channel] >= (PER_FAILING if failures else PER_CHANNEL):
                places.full.add(channel)
        if len(rows) < 2 * BATCH:
            break
    return found


def _busy(channels: Collection[int], now: datetime) -> set[int]:
    """Those of the channels by which a letter is being written at this moment."""
    leased = Delivery.objects.filter(channel__in=channels, state=DeliveryState.WAITING, lease_until__gte=now)
    return set(leased.values_list("channel", flat=True))


def _gathered(now: datetime, channels: Iterable[int]) -> list[int]:
    """All that is due by these channels, at most PER_LETTER each."""
    due = Delivery.objects.due(now).filter(channel__in=list(channels)).order_by("due_at", "pk")
    count: Counter[int] = Counter()
    pks = []
    for pk, channel in due.values_list("pk", "channel"):
        count[channel] += 1
        if count[channel] <= PER_LETTER:
            pks.append(pk)
    return pks


def _unwanted(deliveries: Sequence[Delivery], now: datetime) -> dict[int, str]:
    """Which of them nobody wants any more, and why."""
    muted = _muted(deliveries, now)
    followed = _still_followed(deliveries)
    hidden, fallen = _hidden(deliveries), _fallen(deliveries)
    reasons: dict[int, str] = {}
    for delivery in deliveries:
        channel = delivery.channel
        if channel.off_at is not None:
            reasons[delivery.pk] = ways.OFF
        elif channel.verified_at is None:
            reasons[delivery.pk] = UNCONFIRMED
        elif not channel.user.is_active:
            reasons[delivery.pk] = NOBODY
        elif delivery.alert_id in muted:
            reasons[delivery.pk] = MUTED
        elif delivery.alert_id not in followed:
            reasons[delivery.pk] = STOPPED
        elif delivery.alert.story_id in hidden:
            reasons[delivery.pk] = HIDDEN
        elif delivery.alert_id in fallen:
            reasons[delivery.pk] = FALLEN
    return reasons


def _hidden(deliveries: Sequence[Delivery]) -> set[int]:
    """The stories that an editor has hidden since, or that became such a one."""
    stories = Story.objects.filter(pk__in={delivery.alert.story_id for delivery in deliveries})
    return set(stories.filter(Q(hidden=True) | Q(merged_into__hidden=True)).values_list("pk", flat=True))


def _fallen(deliveries: Sequence[Delivery]) -> set[int]:
    """The alerts of which nothing stands any more; what falls of one that tells of more is left out of it."""
    parts = AlertPart.objects.filter(alert__in={delivery.alert_id for delivery in deliveries})
    fell = set(parts.filter(notice__happening__stands=False).values_list("alert", flat=True))
    if not fell:
        return fell
    stands = parts.filter(Q(notice__happening=None) | Q(notice__happening__stands=True), alert__in=fell)
    return fell - set(stands.values_list("alert", flat=True))


def _muted(deliveries: Sequence[Delivery], now: datetime) -> set[int]:
    """The alerts whose story, or the one that it became, their person has muted since."""
    alerts = {delivery.alert_id: delivery.alert for delivery in deliveries}
    mutes = followed.sleeping(now).filter(user__in={alert.user_id for alert in alerts.values()}, follow=None)
    pairs = set(mutes.values_list("user", "story"))
    if not pairs:
        return set()
    stories = Story.objects.filter(pk__in={alert.story_id for alert in alerts.values()})
    became = dict(stories.values_list("pk", "merged_into"))
    return {
        pk
        for pk, alert in alerts.items()
        if (alert.user_id, alert.story_id) in pairs or (alert.user_id, became[alert.story_id]) in pairs
    }


def _still_followed(deliveries: Sequence[Delivery]) -> set[int]:
    """The alerts that at least one of the follows they were for still stands behind, for their person."""
    parts = AlertPart.objects.filter(alert__in={delivery.alert_id for delivery in deliveries}).exclude(follow=None)
    stopped = Q(follow__ended_why=following.STOPPED) & ~Q(follow__ended_at=None)
    return set(parts.exclude(stopped).values_list("alert", flat=True))
