"""When a page is looked at again: a pure function of the article's age and a die. Whether to look others know."""

from __future__ import annotations

from datetime import datetime, timedelta

# After we first saw the article: corrections come within hours, most of the rest within a day.
STEPS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))
# Pages that were found together are not asked for together again.
JITTER = 0.1
# A step this near is skipped: the page has just been looked at. More than JITTER, or a look that comes early would be
# followed by the same one.
MARGIN = 1.2


def next_look(first_seen_at: datetime, now: datetime, die: float) -> datetime | None:
    """When to look again at a page that was looked at `now`; None after the last step. `die` lies between -1 and 1."""
    age = now - first_seen_at
    return next((first_seen_at + step * (1 + JITTER * die) for step in STEPS if step > age * MARGIN), None)
