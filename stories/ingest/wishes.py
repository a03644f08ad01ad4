"""How long a server asks us to stay away after an answer, each wish with the word that it came from.

Pure: headers and the feed's own numbers in, wishes out. Which of them rules is schedule.py's to decide.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .replies import retry_after_s

# A day is the longest that any wish keeps us away: a mistyped ttl or a far Expires must not freeze a feed.
MAX_ASK_S = 86400

CACHE_CONTROL, EXPIRES, RETRY_AFTER = "Cache-Control", "Expires", "Retry-After"
TTL, UPDATE_PERIOD = "the feed's ttl", "sy:updatePeriod"

_MAX_AGE = re.compile(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Ask:
    """One wish: at least so many seconds between polls, and by which word the server said so."""

    seconds: int
    by: str


def asks(headers: Mapping[str, str], ttl_s: int | None, period_s: int | None, now: datetime) -> tuple[Ask, ...]:
    """All that the server and the feed ask for after a success, each over 0 and at most MAX_ASK_S seconds.

    Header names are lower-case. As in HTTP itself max-age goes before Expires, the time that a cache on the way held
    the answer (Age) is taken off, and no-cache or no-store make both void.
    """
    found = [*_fresh_for(headers, now), Ask(ttl_s or 0, TTL), Ask(period_s or 0, UPDATE_PERIOD)]
    found.append(Ask(int(retry_after_s(headers.get("retry-after", ""), now) or 0), RETRY_AFTER))
    return tuple(Ask(min(ask.seconds, MAX_ASK_S), ask.by) for ask in found if ask.seconds > 0)


def longest(wishes: tuple[Ask, ...]) -> Ask | None:
    """The wish that keeps us away longest, or None where there is none."""
    return max(wishes, key=lambda ask: ask.seconds, default=None)


def _fresh_for(headers: Mapping[str, str], now: datetime) -> list[Ask]:
    control = headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return []
    max_age = _MAX_AGE.search(control)
    if max_age:
        return [Ask(int(max_age[1]) - _age(headers), CACHE_CONTROL)]
    return [Ask(_expires_in(headers, now), EXPIRES)]


def _age(headers: Mapping[str, str]) -> int:
    """Seconds that a cache on the way has already held the answer."""
    value = headers.get("age", "").strip()
    return int(value[:9]) if value.isascii() and value.isdigit() else 0


def _expires_in(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds until Expires, counted from the server's own Date where it gives one, since its clock may be off."""
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return 0
    return int((expires - (_http_date(headers.get("date", "")) or now)).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
