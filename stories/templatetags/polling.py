"""How the pages of feeds spell intervals, states and fetches. Formatting only: decides nothing."""

from __future__ import annotations

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext

from stories.ingest import schedule
from stories.models import Feed, PollResult
from stories.selectors.feeds import State, state_of

register = template.Library()

_HOUR, _DAY = 3600, 86400


@register.filter
def spoken(seconds: float) -> str:
    """A length of time in seconds as the schedule says it: "40 min", "1 h 30 min", "2 days"."""
    return "\u00a0".join(
        pgettext("unit", part) if part.isalpha() else part for part in schedule.spoken(seconds).split(" ")
    )


@register.filter
def often(every_s: int | None) -> str:
    """How often something comes that comes every so many seconds: "about 36 a day", "about 2 a month"."""
    if not every_s:
        return ""
    for seconds, said in (
        (_HOUR, gettext("about %(count)s an hour")),
        (_DAY, gettext("about %(count)s a day")),
        (7 * _DAY, gettext("about %(count)s a week")),
        (30 * _DAY, gettext("about %(count)s a month")),
    ):
        if seconds >= 2 * every_s:
            return said % {"count": intcomma(round(seconds / every_s))}
    return gettext("less than two a month")


@register.filter
def state(feed: Feed) -> State:
    """How a feed fares, in one word."""
    return state_of(feed)


# A mark says by its sign what its colour says, and by the words behind it what the sign means.
_MARKS = {
    PollResult.NEW: ("new", ""),
    PollResult.UNCHANGED: ("same", "="),
    PollResult.NOT_MODIFIED: ("same", "·"),
    PollResult.EMPTY: ("empty", "○"),
    PollResult.TEMPORARY: ("bad", "!"),
    PollResult.BLOCKED: ("bad", "⊘"),
    PollResult.PERMANENT: ("bad", "×"),
    PollResult.GONE: ("bad", "†"),
}


@register.simple_tag
def mark(result: str, new: int = 0) -> str:
    """A fetch in the strip of fetches: new articles by their number, all else by a sign."""
    kind, sign = _MARKS.get(PollResult(result), ("same", "?"))
    return format_html(
        '<span class="mark-{}" aria-hidden="true">{}</span>', kind, sign or (new if new < 100 else "99+")
    )
