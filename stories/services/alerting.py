"""Telling people: notices become alerts, and alerts deliveries, once for each person.

All that is untold of a story goes in one transaction: what was noted, the alerts, what is to go out by which channel
and when. A process that dies in it has told nobody; unique keys stand against two that tell at once. Nothing is sent
here: that is services.delivering's work.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from stories.channels import slots
from stories.models import Channel, Follow, Notice, Outlet, Story, User
from stories.selectors import alerts as selector
from stories.services import matching

log = logging.getLogger(__name__)

# Stories of one run: a second's work where few follow them.
BATCH = 100
# A notice waits for its story's next trace, so that all that came of a merge is one alert; but not for longer.
TRACED_WITHIN = timedelta(seconds=60)
# An alert that woke more people than this goes in the second lane.
CROWD = 100
# The first part of the advisory lock that tells of a story; the second is the story.
_LOCK = 0xA1E7
_LABEL = 300
# After a fault of ours a notice is tried again, later each time; then it rests with its reason.
_RETRY = timedelta(seconds=30)
MOST_ATTEMPTS = 8

_CHANNELS_PLAN = attrgetter("pace", "digest_at", "digest_day", "heeds_quiet")
_PERSONS_PLAN = attrgetter("time_zone", "quiet_from", "quiet_to")
_PLAN = ("pace", "digest_at", "digest_day", "heeds_quiet", "user__time_zone", "user__quiet_from", "user__quiet_to")
# A story may have ten thousand followers: as rows of their own these took twice as long.
_ALERTS = """
INSERT INTO stories_alert (story_id, at, user_id) SELECT %s, %s, unnest(%s::bigint[]) RETURNING id, user_id
"""
_PARTS = """
INSERT INTO stories_alertpart (alert_id, user_id, notice_id, follow_id, why)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
"""
_DELIVERIES = """
INSERT INTO stories_delivery (number, state, attempts, reason, lane, queued_at, alert_id, channel_id, due_at)
SELECT gen_random_uuid(), 'waiting', 0, '', %s, %s, of.alert, of.channel, of.due
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS of(alert, channel, due)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """How many people were told in a run, how many deliveries wait for it, and whether more is to be told."""

    people: int
    deliveries: int
    more: bool


def tell(clock: Callable[[], datetime]) -> Told:
    """Tell people of what was noted, story by story, the oldest first."""
    now = clock()
    waiting = Notice.objects.untold(now).filter(
        Q(story__traced_revision__gte=F("story__revision")) | Q(tell_at__lte=now - TRACED_WITHIN)
    )
    rows = waiting.filter(attempts__lt=MOST_ATTEMPTS).order_by("tell_at", "pk").values_list("story", flat=True)
    stories = list(islice(dict.fromkeys(rows[: BATCH * 5]), BATCH))
    people = deliveries = 0
    for pk in stories:
        try:
            told = _tell_of(pk, clock())
        except Exception as error:
            log.exception("could not tell of story %d", pk)
            _put_off(pk, error, clock())
            continue
        people, deliveries = people + told.people, deliveries + told.deliveries
    return Told(people, deliveries, more=len(stories) == BATCH)


@transaction.atomic
def _tell_of(pk: int, now: datetime) -> Told:
    """Tell of all that is untold of one story, unless somebody else does just now."""
    if not _take(pk):
        return Told(0, 0, more=False)
    related = Notice.objects.untold(now).filter(story=pk, attempts__lt=MOST_ATTEMPTS)
    notices = list(related.select_related("happening__other", "article", "other").order_by("pk"))
    if not notices:
        return Told(0, 0, more=False)
    kin = matching.family(Story.objects.get(pk=pk))
    people = matching.woken(kin, _still_told(kin, notices), now)
    if people:
        _write_passages(kin.root, {why.notice.pk: why.notice for some in people.values() for why in some}.values())
    deliveries = _write(kin.root, people, now)
    for notice in notices:
        notice.told_at, notice.failure = now, ""
        notice.people = sum(notice.pk in {why.notice.pk for why in some} for some in people.values())
    Notice.objects.bulk_update(notices, ["told_at", "people", "failure"])
    return Told(len(people), deliveries, more=False)


def _still_told(kin: matching.Family, notices: Sequence[Notice]) -> list[Notice]:
    """The notices that are still so: nothing of a story that an editor has hidden since, nothing that fell since."""
    if kin.root.hidden:
        return []
    return [notice for notice in notices if notice.happening is None or notice.happening.stands]


def _take(pk: int) -> bool:
    """Take the right to tell of a story until the transaction ends; False where another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, pk & 0x7FFFFFFF])
        return bool(cursor.fetchone()[0])


def _put_off(pk: int, error: Exception, now: datetime) -> None:
    """Count a fault of ours against the notices; the longer they fail, the longer they wait."""
    reason = f"Unexpected error: {type(error).__name__}: {error}"[:500]
    for notice in Notice.objects.untold(now).filter(story=pk):
        notice.attempts, notice.failure = notice.attempts + 1, reason
        notice.tell_at = now + _RETRY * 2**notice.attempts
        notice.save(update_fields=["attempts", "failure", "tell_at"])


def _write_passages(story: Story, notices: Iterable[Notice]) -> None:
    """Keep the words that show each thing as they stand now: texts change, and what people were told does not."""
    for notice, passage in selector.passages(story, list(notices)):
        notice.passage, notice.passage_url = passage
        notice.save(update_fields=["passage", "passage_url"])


def _write(story: Story, people: Mapping[int, Sequence[matching.Why]], now: datetime) -> int:
    """The alerts with their parts, and a delivery for each channel; how many deliveries."""
    if not people:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_ALERTS, [story.pk, now, list(people)])
        alerts = {user: alert for alert, user in cursor.fetchall()}
        told = [(user, why) for user, whys in people.items() for why in whys]
        label = labels({why.follow.pk: why.follow for _, why in told}.values())
        cursor.execute(
            _PARTS,
            [
                [alerts[user] for user, _ in told],
                [user for user, _ in told],
                [why.notice.pk for _, why in told],
                [why.follow.pk for _, why in told],
                [label[why.follow.pk] for _, why in told],
            ],
        )
        queued = list(_deliveries(people, now))
        cursor.execute(
            _DELIVERIES,
            [
                int(len(people) > CROWD),
                now,
                [alerts[user] for user, _, _ in queued],
                [channel for _, channel, _ in queued],
                [due for _, _, due in queued],
            ],
        )
    return len(queued)


def labels(follows: Iterable[Follow]) -> dict[int, str]:
    """What each follow is of, in words that stay when it is gone: its kind, a colon, its name. Two queries."""
    follows = list(follows)
    stories = dict(Story.objects.filter(pk__in={one.story_id for one in follows}).values_list("pk", "title"))
    outlets = dict(Outlet.objects.filter(pk__in={one.outlet_id for one in follows}).values_list("pk", "name"))
    names = {
        one.pk: stories.get(one.story_id or 0) or outlets.get(one.outlet_id or 0) or one.query or one.name
        for one in follows
    }
    return {one.pk: f"{one.kind}:{names[one.pk]}"[:_LABEL] for one in follows}


def _deliveries(people: Mapping[int, Sequence[matching.Why]], now: datetime) -> Iterable[tuple[int, int, datetime]]:
    """Person, channel and when, for each channel that a person is to be told by."""
    only = _chosen({why.follow.pk for whys in people.values() for why in whys})
    plans: dict[tuple[object, ...], datetime] = {}
    for channel in Channel.objects.usable().filter(user__in=list(people)).select_related("user").only(*_PLAN):
        wanted = [only.get((why.follow.pk, channel.user_id)) for why in people[channel.user_id]]
        # A follow that names no channel of the person's wants them all.
        if any(chosen is None or channel.pk in chosen for chosen in wanted):
            # Most people leave most as it is, and a time zone is slow to reckon with.
            plan = (*_CHANNELS_PLAN(channel), *_PERSONS_PLAN(channel.user))
            if plan not in plans:
                plans[plan] = due_at(channel, channel.user, now)
            yield channel.user_id, channel.pk, plans[plan]


def _chosen(follows: set[int]) -> dict[tuple[int, int], set[int]]:
    """By follow and person, the person's channels that the follow names; a team's may name some of each member."""
    chosen: dict[tuple[int, int], set[int]] = defaultdict(set)
    rows = Follow.channels.through.objects.filter(follow__in=follows)
    for follow, user, channel in rows.values_list("follow", "channel__user", "channel"):
        chosen[follow, user].add(channel)
    return chosen


def due_at(channel: Channel, user: User, now: datetime) -> datetime:
    """When what is queued now goes out by this channel: at once, in the next digest, or when the quiet hours end."""
    return slots.due(
        now,
        pace=channel.pace,
        digest_at=channel.digest_at,
        digest_day=channel.digest_day,
        heeds_quiet=channel.heeds_quiet,
        zone=zone_of(user),
        quiet_from=user.quiet_from,
        quiet_to=user.quiet_to,
    )


def zone_of(user: User) -> ZoneInfo:
    """The person's time zone, or else the server's."""
    return ZoneInfo(user.time_zone or settings.TIME_ZONE)
