"""How the pages spell times, counts, shares and languages. Formatting only: decides nothing.

It reads one table, for the number that the frame of every page shows to editors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext, to_locale

from stories.models import Article
from stories.nlp import grouping
from stories.selectors import doubts, search, voices, words

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# How nlp.grouping and nlp.secondlook begin their reasons.
_SURE = re.compile(r"\d{1,2} % sure\b")


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], at: datetime | None, *flags: str) -> str:
    """A time in the zone of the page (views.zone): the clock alone for today, else with its date. Nothing for None.

    Flags: "ago" adds relative words, "clock" leaves the date to the heading above.
    """
    if at is None:
        return ""
    now = context.get("now") or timezone.now()
    local = timezone.localtime(at)
    full = words.moment(local, words.day(local, "LONG_DAY_FORMAT"))
    shown = words.clock(local) if "clock" in flags else spelt(at, now)
    tag = format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, shown)
    if "ago" not in flags:
        return tag
    return format_html('{}<span class="ago"><span class="comma">, </span>{}</span>', tag, ago(at, now))


def spelt(at: datetime, now: datetime) -> str:
    """A time as short as it can be read without doubt at `now`: "9:00", "21 Nov, 9:00", "21 Nov 2024, 9:00"."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return words.moment(local)
    return words.moment(local, words.day(local, "DAY_FORMAT" if local.year == today.year else "DAY_OF_YEAR_FORMAT"))


def ago(at: datetime, now: datetime) -> str:
    """A time in words beside its clock: "11 minutes ago", "in 3 hours"."""
    return words.ago((now - at).total_seconds())


@register.simple_tag
def public_url() -> str:
    """Where readers reach this server, for addresses that leave it on paper."""
    return str(settings.PUBLIC_URL)


@register.filter
def span(length: timedelta | None) -> str:
    """A length of time: "4 h 22 min", "2 d 3 h", "under a minute"."""
    seconds = int(length.total_seconds()) if length else 0
    parts = [
        (seconds // _DAY, pgettext("unit", "d")),
        (seconds % _DAY // _HOUR, pgettext("unit", "h")),
        (seconds % _HOUR // _MINUTE, pgettext("unit", "min")),
    ]
    # No-break spaces: a line must not end between a number and its unit.
    shown = [f"{count}\u00a0{unit}" for count, unit in parts if count][:2]
    return "\u00a0".join(shown) or gettext("under a minute")


@register.filter
def since(at: datetime, before: datetime) -> timedelta:
    """The time from `before` to `at`."""
    return at - before


@register.filter
def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 report", "1,204 reports"; "story,stories" where s won't do (see selectors.words)."""
    return words.counted(count, noun)


@register.filter
def word(value: str, kind: str = "") -> str:
    """A value of an enumeration in the page's language; of a plain string, `kind` names the enumeration: "Role"."""
    return words.word(value, kind)


@register.filter
def percent(share: float) -> str:
    """A share between 0 and 1 as people say it: "88 %". What is neither none nor all is never rounded to it."""
    hundredths = round(share * 100)
    if hundredths == 0 and share > 0:
        return gettext("under %(share)s") % {"share": "1\u00a0%"}
    if hundredths == 100 and share < 1:
        return gettext("over %(share)s") % {"share": "99\u00a0%"}
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
    said = gettext("%(share)s sure") if probability >= 0.5 else gettext("only %(share)s likely")
    return said % {"share": share}


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
        return gettext("word for word")
    if share >= 0.9:
        return gettext("nearly word for word")
    return gettext("with changes: %(share)s the same") % {"share": percent(share)}


@register.filter
def agency(article: Article) -> str:
    """The agency whose text an outlet carries, if it is not that agency itself."""
    return voices.agency_of(article)


@register.simple_tag
def open_doubts() -> int:
    """How many questions wait for an editor."""
    return doubts.open_count()


@register.filter
def moment(text: str) -> datetime | None:
    """A time written in ISO 8601; None where there is none."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def language(code: str) -> str:
    """The name of a language by its ISO 639-1 code; the code itself where it has none."""
    return str(words.locale().languages.get(code, code))


@register.filter
def host(url: str) -> str:
    """The host of an address as a person names it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.simple_tag
def zone() -> str:
    """The zone that times are shown in, by the name that it has just now: the server's, or the person's own."""
    name = timezone.get_current_timezone_name()
    now = timezone.localtime()
    return name if name == "UTC" else f"{name} (UTC{now:%z})"


@register.simple_tag
def lang(code: str) -> str:
    """The attributes of a text in another language than the page's: its language, and its own direction."""
    if not code or code.partition("-")[0] == (get_language() or "en").partition("-")[0]:
        return ""
    return format_html(' lang="{}" dir="auto"', code)


@register.simple_tag
def page_language() -> str:
    """The language that the page is in, as HTML names it: "en-GB"."""
    return to_locale(get_language() or settings.LANGUAGE_CODE).replace("_", "-")


@register.simple_tag
def languages() -> list[tuple[str, str, bool]]:
    """The languages that pages can be read in: code, own name, and whether this page is in it."""
    return [(code, str(name), code == get_language()) for code, name in settings.LANGUAGES]


@register.simple_block_tag
def held(content: str) -> str:
    """What stands in it, held under a name ("{% held as who %}") for a sentence that must be translated as a whole."""
    return content


@register.simple_tag
def english(text: str) -> str:
    """A sentence that is kept in English, as reasons and errors are, marked as such on a page in another language."""
    attributes = lang("en-GB")
    return format_html("<span{}>{}</span>", attributes, text) if attributes else text


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
