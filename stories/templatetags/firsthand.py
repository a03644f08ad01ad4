"""How the pages spell times, counts, shares and languages. Formatting only: decides nothing.

It reads one table, for the number that the frame of every page shows to editors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from stories.ingest import schedule
from stories.models import Article, Feed, PollResult
from stories.nlp import grouping
from stories.selectors import doubts, search, voices
from stories.selectors.feeds import State, state_of

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# How nlp.grouping and nlp.secondlook begin their reasons.
_SURE = re.compile(r"\d{1,2} % sure\b")
_LANGUAGES = Locale("en", "GB").languages


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], at: datetime | None, *flags: str) -> str:
    """A time in the server's zone: the clock alone for today, else with its date. Nothing for None.

    Flags: "ago" adds relative words, "clock" leaves the date to the heading above.
    """
    if at is None:
        return ""
    now = context.get("now") or timezone.now()
    local = timezone.localtime(at)
    full = f"{local:%A} {local.day} {local:%B %Y}, {_clock(local)}"
    shown = _clock(local) if "clock" in flags else spelt(at, now)
    tag = format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, shown)
    if "ago" not in flags:
        return tag
    return format_html('{}<span class="ago"><span class="comma">, </span>{}</span>', tag, ago(at, now))


def spelt(at: datetime, now: datetime) -> str:
    """A time as short as it can be read without doubt at `now`: "9:00", "21 Nov, 9:00", "21 Nov 2024, 9:00"."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return _clock(local)
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {_clock(local)}"


def _clock(local: datetime) -> str:
    """The hour without a leading zero, as newsrooms write it."""
    return f"{local.hour}:{local:%M}"


def ago(at: datetime, now: datetime) -> str:
    """A time in words beside its clock: "11 minutes ago", "in 3 hours"."""
    seconds = (now - at).total_seconds()
    size = abs(seconds)
    if size < _MINUTE:
        return "just now" if seconds >= 0 else "in a moment"
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if size >= unit:
            words = counted(int(size // unit), name)
            break
    return f"{words} ago" if seconds > 0 else f"in {words}"


@register.filter
def span(length: timedelta | None) -> str:
    """A length of time: "4 h 22 min", "2 d 3 h", "under a minute"."""
    seconds = int(length.total_seconds()) if length else 0
    parts = [(seconds // _DAY, "d"), (seconds % _DAY // _HOUR, "h"), (seconds % _HOUR // _MINUTE, "min")]
    # No-break spaces: a line must not end between a number and its unit.
    shown = [f"{count}\u00a0{unit}" for count, unit in parts if count][:2]
    return "\u00a0".join(shown) or "under a minute"


@register.filter
def since(at: datetime, before: datetime) -> timedelta:
    """The time from `before` to `at`."""
    return at - before


@register.filter
def counted(count: int, noun: str) -> str:
    """A count with its noun in the right number: "1 report", "1,204 reports"; "story,stories" where s won't do."""
    one, _, many = noun.partition(",")
    return f"{intcomma(count)} {one if count == 1 else many or one + 's'}"


@register.filter
def percent(share: float) -> str:
    """A share between 0 and 1 as people say it: "88 %". What is neither none nor all is never rounded to it."""
    hundredths = round(share * 100)
    if hundredths == 0 and share > 0:
        return "under 1\u00a0%"
    if hundredths == 100 and share < 1:
        return "over 99\u00a0%"
    return f"{hundredths}\u00a0%"


@register.filter
def hundredths(share: float) -> int:
    """A share as so many of a hundred."""
    return round(share * 100)


@register.filter
def commas(count: int) -> str:
    """A count with its thousands apart: "1,204"."""
    return str(intcomma(count))


@register.filter
def sure(probability: float) -> str:
    """A probability in words: "88 % sure", "only 31 % likely". Nothing that a program works out is certain."""
    share = grouping.percent(probability).replace(" ", "\u00a0")
    return f"{share} sure" if probability >= 0.5 else f"only {share} likely"


@register.filter
def besides(reasons: Sequence[str], probability: float | None) -> list[str]:
    """Reasons without the one that only says how sure grouping was, where that is said already."""
    return [reason for reason in reasons or () if probability is None or not _SURE.match(reason)]


@register.filter
def copied(share: float | None) -> str:
    """How much of a copy's text stands in what it copies. Nothing where that is not known."""
    if share is None:
        return ""
    # A word in a hundred is a dateline or a corrected slip; in ten, a paragraph cut or added.
    if share >= 0.99:
        return "word for word"
    return "nearly word for word" if share >= 0.9 else f"with changes: {percent(share)} the same"


@register.filter
def agency(article: Article) -> str:
    """The agency whose text an outlet carries, if it is not that agency itself."""
    return voices.agency_of(article)


@register.simple_tag
def open_doubts() -> int:
    """How many questions wait for an editor."""
    return doubts.open_count()


@register.filter
def spoken(seconds: float) -> str:
    """A length of time in seconds as the schedule says it: "40 min", "1 h 30 min", "2 days"."""
    return schedule.spoken(seconds).replace(" ", "\u00a0")


@register.filter
def often(every_s: int | None) -> str:
    """How often something comes that comes every so many seconds: "about 36 a day", "about 2 a month"."""
    if not every_s:
        return ""
    for seconds, unit in ((_HOUR, "an hour"), (_DAY, "a day"), (7 * _DAY, "a week"), (30 * _DAY, "a month")):
        if seconds >= 2 * every_s:
            return f"about {intcomma(round(seconds / every_s))} {unit}"
    return "less than two a month"


@register.filter
def moment(text: str) -> datetime | None:
    """A time written in ISO 8601; None where there is none."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def language(code: str) -> str:
    """The English name of a language by its ISO 639-1 code; the code itself where it has none."""
    return str(_LANGUAGES.get(code, code))


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


@register.filter
def host(url: str) -> str:
    """The host of an address as a person names it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.simple_tag
def zone() -> str:
    """The server's time zone, by the name that it has just now."""
    name = timezone.get_current_timezone_name()
    now = timezone.localtime()
    return name if name == "UTC" else f"{name} (UTC{now:%z})"


@register.simple_tag
def lang(code: str) -> str:
    """The attributes of a text in another language than the page's: its language, and its own direction."""
    if not code or code.partition("-")[0] == "en":
        return ""
    return format_html(' lang="{}" dir="auto"', code)


@register.filter
def marked(text: str) -> SafeString:
    """A search result's text with the matching words in <mark>; everything else is escaped."""
    before, *parts = text.split(search.START)
    out = format_html("{}", before)
    for part in parts:
        word, stop, rest = part.partition(search.STOP)
        out += format_html("<mark>{}</mark>{}", word, rest) if stop else format_html("{}", part)
    return mark_safe(out)  # noqa: S308 - every piece above went through format_html


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changes: Any) -> str:
    """The present address with some parameters changed; empty ones are left out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"
