"""When something goes out: at once, in the next digest, or when the quiet hours end. Pure; the clock is an argument.

Times of day are the person's own. One that does not exist on a day, because clocks go forward over it, is the moment at
which the gap ends; one that comes twice, because they go back, is the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = 7


def due(  # noqa: PLR0913 (what decides, all by name)
    now: datetime,
    *,
    pace: str,
    digest_at: time,
    digest_day: int,
    heeds_quiet: bool,
    zone: ZoneInfo,
    quiet_from: time | None,
    quiet_to: time | None,
) -> datetime:
    """When what is queued at `now` (aware) is to go out, in UTC; never before `now`.

    `pace` is a value of models.Pace: "now" is at once, "hourly" the next full hour, "daily" the next `digest_at`,
    "weekly" the next one on `digest_day` (Monday is 0), each after `now`. What then falls into the quiet hours moves to
    their end; the end itself is quiet no more. Raises ValueError for another pace.
    """
    now = now.astimezone(UTC)
    at = _at(now, pace, digest_at, digest_day, zone)
    if not heeds_quiet or quiet_from is None or quiet_to is None:
        return at
    return _after_quiet(at, zone, quiet_from, quiet_to)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which it is so late on that day: the first where it comes twice, or the gap's end."""
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return first
    # In a gap: read with the offset before it the time lies past the change, with the one after it before the change.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change(early, first, zone)


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The second between two moments from which the later one's offset holds."""
    offset = late.astimezone(zone).utcoffset()
    low, high = 0, int((late - early).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (early + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return early + timedelta(seconds=low)


def _at(now: datetime, pace: str, digest_at: time, digest_day: int, zone: ZoneInfo) -> datetime:
    if pace == "now":
        return now
    if pace == "hourly":
        return _full_hour(now, zone)
    if pace not in ("daily", "weekly"):
        raise ValueError(f"no such pace: {pace!r}")
    # A day before and one after: a gap of a whole day (Samoa, 2011) moves a day's digest into the next one.
    today = now.astimezone(zone).date()
    days = [today + number * _DAY for number in range(-1, _WEEK + 2)]
    wanted = [day for day in days if pace == "daily" or day.weekday() == digest_day]
    return next(at for day in wanted if (at := moment(day, digest_at, zone)) > now)


def _full_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """The next moment after `now` at which a clock there shows a full hour."""
    at = _to_full_hour(now, zone)
    # A change of half an hour (Lord Howe) lets the clock show another minute by then.
    return at if at.astimezone(zone).minute == 0 else _to_full_hour(at, zone)


def _to_full_hour(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return now + _HOUR - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def _after_quiet(at: datetime, zone: ZoneInfo, quiet_from: time, quiet_to: time) -> datetime:
    """`at`, or the end of the quiet hours that it falls into. From and to alike: there are none."""
    if quiet_from == quiet_to:
        return at
    over_midnight = _DAY if quiet_to < quiet_from else timedelta()
    today = at.astimezone(zone).date()
    # Where a whole day was left out (Samoa, 2011) the end of one night may lie in the next.
    for number in range(-1, 3):
        day = today + number * _DAY
        begins, ends = moment(day, quiet_from, zone), moment(day + over_midnight, quiet_to, zone)
        if begins <= at < ends:
            at = ends
    return at
