"""Watching over outlets: which of them report much less than they usually do, although their feeds answer.

ingest.quiet decides; here the articles are counted and the alarm is written to the outlet. An outlet whose feeds fail
is not quiet but failing, which the feeds page says; and where half of all outlets seem quiet, it was us who slept.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from stories.ingest import quiet
from stories.models import Feed, Outlet

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
SPAN = quiet.RECENT_DAYS + quiet.MAX_WEEKS * quiet.WEEK
# A feed that answered within this shows that silence is the outlet's own.
ANSWERED_WITHIN = DAY
# More than this share quiet at once is no chance: we were down, or offline.
SHARE_OF_ALL = 0.5
FEW = 3


def watch(now: datetime) -> int:
    """Set and end the alarms; returns how many outlets are quiet now. Run twice, it changes nothing."""
    counts = _counts(now)
    answering = set(
        Feed.objects.filter(active=True, last_good_at__gte=now - ANSWERED_WITHIN, outlet__demo=False).values_list(
            "outlet_id", flat=True
        )
    )
    judged = found = 0
    alarms: dict[int, str] = {}
    for outlet in Outlet.objects.filter(Q(pk__in=counts.keys() & answering) | Q(quiet_since__isnull=False)):
        days = _days(counts.get(outlet.pk, {}), outlet, now)
        judged += len(days) >= quiet.MIN_DAYS
        recent = sum(counts.get(outlet.pk, {}).get(back, 0) for back in range(quiet.RECENT_DAYS))
        alarm = quiet.quiet(days, recent, alarmed=outlet.quiet_since is not None) if outlet.pk in answering else None
        if alarm:
            alarms[outlet.pk] = alarm.sentence
            found += 1
    if found > max(FEW, SHARE_OF_ALL * judged):
        log.warning("watch: %d of %d outlets seem quiet at once; it was us", found, judged)
        alarms = {}
    _write(alarms, now)
    return len(alarms)


def _counts(now: datetime) -> dict[int, dict[int, int]]:
    """For each outlet, how many of its articles were reported so many times 24 hours ago."""
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outlet_id, floor(extract(epoch FROM %s - reported_at) / 86400)::int AS back, count(*)"
            " FROM stories_article WHERE reported_at > %s AND reported_at <= %s GROUP BY 1, 2",
            [now, now - SPAN * DAY, now],
        )
        for outlet, back, articles in cursor.fetchall():
            counts[outlet][back] = articles
    return counts


def _days(counts: Mapping[int, int], outlet: Outlet, now: datetime) -> list[int]:
    """Articles per day before the recent ones, oldest first, from the day after we began to follow the outlet."""
    # The day on which it was added holds its feeds' backlog.
    followed = int((now - outlet.created_at) / DAY)
    return [counts.get(back, 0) for back in range(min(SPAN, followed) - 1, quiet.RECENT_DAYS - 1, -1)]


def _write(alarms: Mapping[int, str], now: datetime) -> None:
    """Begin the new alarms, keep the standing ones' begin, end the others."""
    Outlet.objects.filter(quiet_since__isnull=False).exclude(pk__in=alarms).update(quiet_since=None, quiet_note="")
    for pk, note in alarms.items():
        Outlet.objects.filter(pk=pk, quiet_since=None).update(quiet_since=now)
        Outlet.objects.filter(pk=pk).update(quiet_note=note)
