"""Stories close when they are quiet and are taken up again; what new reports are compared with is kept no longer.

Run by the beat, besides `take_up`, which is for whoever adds a report to a story. It deletes no story and no article.

Counts of terms are left alone. They have no time, so what is worn out can't be told from what was just seen for the
first time, and a count of one that goes and comes again would make yesterday's names look new.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from stories.models import Closing, Recent, Story
from stories.nlp.grouping import WINDOW
from stories.services import following

# What may still be joined lies within the window of a story's latest report; the day more is for reports found late.
RECENT_FOR = WINDOW + timedelta(hours=24)
# So many rows go in one statement, in some tens of milliseconds: whoever groups meanwhile hardly waits.
BATCH = 2_000

_PRUNE = f"""
DELETE FROM {Recent._meta.db_table} WHERE article_id IN (
    SELECT article_id FROM {Recent._meta.db_table} WHERE grouped_at < %s
    ORDER BY grouped_at, article_id LIMIT %s FOR UPDATE SKIP LOCKED
)
"""  # noqa: S608 (the table's name is ours)


def close_quiet(now: datetime) -> int:
    """Close the open stories that had no report for 72 hours, but for those that an editor keeps open; how many.

    One that was taken up again has as long from then on, though the report that did it may be an old one found late.
    """
    quiet_since = now - WINDOW
    rested = Q(reopened_at=None) | Q(reopened_at__lt=quiet_since)
    quiet = Story.objects.live().filter(rested, closed_at=None, last_at__lt=quiet_since).exclude(closing=Closing.OPEN)
    with transaction.atomic():
        # One that somebody holds is not quiet, or closes the next time.
        free = list(quiet.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
        following.end_closed(free, now)
        return Story.objects.filter(pk__in=free).update(closed_at=now)


def take_up(story: Story, at: datetime) -> bool:
    """Open a closed story again, as it got a report at this time; whether it was closed.

    Changes the row's `closed_at` and `reopened_at` and writes nothing: that is the caller's.
    """
    if story.closed_at is None:
        return False
    story.closed_at, story.reopened_at = None, at
    return True


def prune_recent(now: datetime) -> int:
    """Forget the reports that were grouped too long ago to be compared with; how many rows went. Waits for no lock.

    Not by the time of the report: outlets date carelessly, and a report found late must still meet its like.
    """
    pruned = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_PRUNE, [now - RECENT_FOR, BATCH])
            count: int = cursor.rowcount
        pruned += count
        if count < BATCH:
            return pruned
