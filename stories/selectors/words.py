"""The words of enumerations, counts with their nouns, and moments, in the language of the page.

The database and nlp hold English words: they are translated where they are shown, never where they are kept. All of
them are declared here, for the catalogue to find; tests/views/test_languages.py fails where one is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from babel import Locale
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy, to_locale

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def word(value: str, kind: str = "") -> str:
    """A value of an enumeration as a reader reads it; of a plain string, `kind` names the enumeration."""
    kind = kind or (type(value).__name__ if isinstance(value, StrEnum) else "")
    return pgettext(kind, str(value)) if kind and value else str(value)


# The name of the enumeration is the context that translators see.
WORDS = (
    # Not enumerations: units of ingest.schedule.spoken, what selectors.evidence has no passage for, and acts as nouns.
    pgettext_lazy("unit", "s"),
    pgettext_lazy("unit", "days"),
    pgettext_lazy("Missing", "article text not available"),
    pgettext_lazy("Missing", "its text has changed since; it is being read again"),
    pgettext_lazy("Act", "merge"),
    pgettext_lazy("Act", "split"),
    pgettext_lazy("Act", "move"),
    pgettext_lazy("Act", "together"),
    pgettext_lazy("Act", "apart"),
    pgettext_lazy("Act", "undo"),
    pgettext_lazy("Form", "direct"),
    pgettext_lazy("Form", "indirect"),
    pgettext_lazy("Form", "mixed"),
    pgettext_lazy("EntityKind", "person"),
    pgettext_lazy("EntityKind", "organisation"),
    pgettext_lazy("EntityKind", "place"),
    pgettext_lazy("EntityKind", "group"),
    pgettext_lazy("SourceKind", "named"),
    pgettext_lazy("SourceKind", "anonymous"),
    pgettext_lazy("SourceKind", "role"),
    pgettext_lazy("SourceKind", "organisation"),
    pgettext_lazy("SourceKind", "document"),
    pgettext_lazy("SourceKind", "outlet"),
    pgettext_lazy("SourceKind", "poll"),
    pgettext_lazy("SourceKind", "social"),
    pgettext_lazy("SourceKind", "other"),
    pgettext_lazy("Stance", "says"),
    pgettext_lazy("Stance", "denies"),
    pgettext_lazy("Stance", "confirms"),
    pgettext_lazy("Stance", "no answer"),
    pgettext_lazy("Relation", "reported"),
    pgettext_lazy("Relation", "told"),
    pgettext_lazy("Relation", "poll"),
    pgettext_lazy("Relation", "photo"),
    pgettext_lazy("Relation", "self"),
    pgettext_lazy("Relation", "mention"),
    pgettext_lazy("Role", "original"),
    pgettext_lazy("Role", "re-report"),
    pgettext_lazy("Role", "wire"),
    pgettext_lazy("Role", "mixed"),
    pgettext_lazy("Role", "other"),
    pgettext_lazy("Role", "unknown"),
    pgettext_lazy("Role", "copy"),
    pgettext_lazy("Role", "wire copy"),
    pgettext_lazy("EdgeKind", "credits"),
    pgettext_lazy("EdgeKind", "copies"),
    pgettext_lazy("EdgeKind", "shares text"),
    pgettext_lazy("Keep", "kept"),
    pgettext_lazy("Keep", "weakened"),
    pgettext_lazy("Keep", "dropped"),
    pgettext_lazy("Keep", "nothing to keep"),
    pgettext_lazy("Keep", "cannot tell"),
    pgettext_lazy("Footing", "an editor says that it reports on its own"),
    pgettext_lazy("Footing", "own sources that can be told apart"),
    pgettext_lazy("Footing", "own sources, none of them named"),
    pgettext_lazy("Footing", "credited by others; its own report is not at hand"),
    pgettext_lazy("Footing", "repeats another, with own sources that may speak to the news"),
    pgettext_lazy("Footing", "names no source and credits nobody"),
    pgettext_lazy("Footing", "article text not available"),
    pgettext_lazy("Footing", "in a language that is not read"),
    pgettext_lazy("Footing", "its role cannot be told"),
    pgettext_lazy("Footing", "agency copy; which agency cannot be told"),
    pgettext_lazy("Footing", "carries a denial on its own"),
    pgettext_lazy("Footing", "repeats another"),
    pgettext_lazy("Footing", "no report of the news"),
    pgettext_lazy("Why", "an editor says so"),
    pgettext_lazy("Why", "a source of its own that no other counted one needs"),
    pgettext_lazy("Why", "the first known; there was nobody to repeat"),
    pgettext_lazy("Why", "own reporting, yet its sources are those of others"),
    pgettext_lazy("Why", "own sources, all unnamed: may be those of others"),
    pgettext_lazy("Why", "credited, but its own report is not at hand"),
    pgettext_lazy("Why", "repeats another and adds sources of its own"),
    pgettext_lazy("Why", "names no source and credits nobody"),
    pgettext_lazy("Why", "cannot tell"),
    pgettext_lazy("HappeningKind", "first independent confirmation"),
    pgettext_lazy("HappeningKind", "denial"),
    pgettext_lazy("HappeningKind", "correction"),
    pgettext_lazy("HappeningKind", "retraction"),
    pgettext_lazy("HappeningKind", "new origin"),
    pgettext_lazy("HappeningKind", "first source on record"),
    pgettext_lazy("HappeningKind", "attribution dropped"),
    pgettext_lazy("HappeningKind", "headline changed"),
    pgettext_lazy("State", "same"),
    pgettext_lazy("State", "partly"),
    pgettext_lazy("State", "conflicting"),
    pgettext_lazy("State", "not found"),
    pgettext_lazy("State", "text not available"),
    pgettext_lazy("Difference", "number"),
    pgettext_lazy("Difference", "time"),
    pgettext_lazy("Difference", "negation"),
    pgettext_lazy("Difference", "outcome"),
    pgettext_lazy("Place", "headline"),
    pgettext_lazy("Place", "opening"),
    pgettext_lazy("Place", "middle"),
    pgettext_lazy("Place", "end"),
    pgettext_lazy("RenderingKind", "full"),
    pgettext_lazy("RenderingKind", "trimmed"),
    pgettext_lazy("RenderingKind", "paraphrased"),
    pgettext_lazy("OwnKind", "source"),
    pgettext_lazy("OwnKind", "quote"),
    pgettext_lazy("OwnKind", "document"),
    pgettext_lazy("OwnKind", "fact"),
)


# "story,stories" where the plural is not made with s; a verb may stand behind the noun.
NOUNS: dict[str, Callable[[int], str]] = {
    "alert": lambda n: ngettext("%(count)s alert", "%(count)s alerts", n),
    "article": lambda n: ngettext("%(count)s article", "%(count)s articles", n),
    "attempt": lambda n: ngettext("%(count)s attempt", "%(count)s attempts", n),
    "browser": lambda n: ngettext("%(count)s browser", "%(count)s browsers", n),
    "day": lambda n: ngettext("%(count)s day", "%(count)s days", n),
    "delivery,deliveries": lambda n: ngettext("%(count)s delivery", "%(count)s deliveries", n),
    "earlier chapter": lambda n: ngettext("%(count)s earlier chapter", "%(count)s earlier chapters", n),
    "edit": lambda n: ngettext("%(count)s edit", "%(count)s edits", n),
    "entry,entries": lambda n: ngettext("%(count)s entry", "%(count)s entries", n),
    "failure": lambda n: ngettext("%(count)s failure", "%(count)s failures", n),
    "feed": lambda n: ngettext("%(count)s feed", "%(count)s feeds", n),
    "feed was,feeds were": lambda n: ngettext("%(count)s feed was", "%(count)s feeds were", n),
    "further source": lambda n: ngettext("%(count)s further source", "%(count)s further sources", n),
    "hour": lambda n: ngettext("%(count)s hour", "%(count)s hours", n),
    "invitation": lambda n: ngettext("%(count)s invitation", "%(count)s invitations", n),
    "later chapter": lambda n: ngettext("%(count)s later chapter", "%(count)s later chapters", n),
    "later outlet": lambda n: ngettext("%(count)s later outlet", "%(count)s later outlets", n),
    "later report": lambda n: ngettext("%(count)s later report", "%(count)s later reports", n),
    "line": lambda n: ngettext("%(count)s line", "%(count)s lines", n),
    "link": lambda n: ngettext("%(count)s link", "%(count)s links", n),
    "member": lambda n: ngettext("%(count)s member", "%(count)s members", n),
    "merged story,merged stories": lambda n: ngettext("%(count)s merged story", "%(count)s merged stories", n),
    "more passage": lambda n: ngettext("%(count)s more passage", "%(count)s more passages", n),
    "more related story,more related stories": lambda n: ngettext(
        "%(count)s more related story", "%(count)s more related stories", n
    ),
    "more report": lambda n: ngettext("%(count)s more report", "%(count)s more reports", n),
    "more source": lambda n: ngettext("%(count)s more source", "%(count)s more sources", n),
    "new article": lambda n: ngettext("%(count)s new article", "%(count)s new articles", n),
    "notice": lambda n: ngettext("%(count)s notice", "%(count)s notices", n),
    "other headline": lambda n: ngettext("%(count)s other headline", "%(count)s other headlines", n),
    "other outlet": lambda n: ngettext("%(count)s other outlet", "%(count)s other outlets", n),
    "other report goes,other reports go": lambda n: ngettext(
        "%(count)s other report goes", "%(count)s other reports go", n
    ),
    "outlet": lambda n: ngettext("%(count)s outlet", "%(count)s outlets", n),
    "passkey": lambda n: ngettext("%(count)s passkey", "%(count)s passkeys", n),
    "passage where an answer was not given,passages where an answer was not given": lambda n: ngettext(
        "%(count)s passage where an answer was not given", "%(count)s passages where an answer was not given", n
    ),
    "passage where the outlet hedges,passages where the outlet hedges": lambda n: ngettext(
        "%(count)s passage where the outlet hedges", "%(count)s passages where the outlet hedges", n
    ),
    "passage with a denial,passages with a denial": lambda n: ngettext(
        "%(count)s passage with a denial", "%(count)s passages with a denial", n
    ),
    "poll": lambda n: ngettext("%(count)s poll", "%(count)s polls", n),
    "question": lambda n: ngettext("%(count)s question", "%(count)s questions", n),
    "recovery code": lambda n: ngettext("%(count)s recovery code", "%(count)s recovery codes", n),
    "report": lambda n: ngettext("%(count)s report", "%(count)s reports", n),
    "report carries,reports carry": lambda n: ngettext("%(count)s report carries", "%(count)s reports carry", n),
    "report rests,reports rest": lambda n: ngettext("%(count)s report rests", "%(count)s reports rest", n),
    "set": lambda n: ngettext("%(count)s set", "%(count)s sets", n),
    "team": lambda n: ngettext("%(count)s team", "%(count)s teams", n),
    "thing": lambda n: ngettext("%(count)s thing", "%(count)s things", n),
    "source": lambda n: ngettext("%(count)s source", "%(count)s sources", n),
    "story,stories": lambda n: ngettext("%(count)s story", "%(count)s stories", n),
    "token": lambda n: ngettext("%(count)s token", "%(count)s tokens", n),
    "time": lambda n: ngettext("%(count)s time", "%(count)s times", n),
    "voice": lambda n: ngettext("%(count)s voice", "%(count)s voices", n),
    "way": lambda n: ngettext("%(count)s way", "%(count)s ways", n),
    "word": lambda n: ngettext("%(count)s word", "%(count)s words", n),
}


def counted(count: int, noun: str) -> str:
    """A count with its noun in the right number: "1 report", "1,204 reports"; English where NOUNS lacks the noun."""
    if noun in NOUNS:
        return NOUNS[noun](count) % {"count": intcomma(count)}
    one, _, many = noun.partition(",")
    return f"{intcomma(count)} {one if count == 1 else many or one + 's'}"


def locale() -> Locale:
    """What Babel knows of the page's language."""
    return Locale.parse(to_locale(get_language() or "en-gb"))


def clock(local: datetime) -> str:
    """The hour without a leading zero, as newsrooms write it."""
    return f"{local.hour}:{local:%M}"


def day(local: date, form: str = "DAY_FORMAT") -> str:
    """A day in one of the forms of tracker.formats, in the language of the page."""
    return _day(get_language(), date(local.year, local.month, local.day), form)


@lru_cache(maxsize=4096)
def _day(_language: str | None, day: date, form: str) -> str:
    """A page names the same few days again and again, and spelling one out takes longer than looking it up."""
    return formats.date_format(day, form)


def moment(local: datetime, day: str = "") -> str:
    """A time of day as it stands in a sentence, behind its day if one is given."""
    if day:
        return pgettext("moment", "%(day)s, %(clock)s") % {"day": day, "clock": clock(local)}
    return pgettext("moment", "%(clock)s") % {"clock": clock(local)}


def ago(seconds: float) -> str:
    """A time that is so many seconds past, or ahead if they are below none: "11 minutes ago", "in 3 hours"."""
    size = int(abs(seconds))
    if size < _MINUTE:
        return gettext("just now") if seconds >= 0 else gettext("in a moment")
    past = seconds > 0
    if size >= _DAY:
        n = size // _DAY
        said = (
            ngettext("%(count)s day ago", "%(count)s days ago", n)
            if past
            else ngettext("in %(count)s day", "in %(count)s days", n)
        )
    elif size >= _HOUR:
        n = size // _HOUR
        said = (
            ngettext("%(count)s hour ago", "%(count)s hours ago", n)
            if past
            else ngettext("in %(count)s hour", "in %(count)s hours", n)
        )
    else:
        n = size // _MINUTE
        said = (
            ngettext("%(count)s minute ago", "%(count)s minutes ago", n)
            if past
            else ngettext("in %(count)s minute", "in %(count)s minutes", n)
        )
    return said % {"count": intcomma(n)}
