"""How the pages spell times, counts and languages. Formatting only: reads no table, decides nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from stories.selectors import search

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


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
