"""The fields of a search: what may stand behind each, and which articles it means. Text is not its business."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from stories.ingest.languages import LANGUAGES
from stories.models import Attribution, Credit, Examined
from stories.nlp.findings import CREDITING, Role, SourceKind
from stories.nlp.persons import plain
from stories.selectors.grammar import Term, Unclear
from stories.selectors.outletnames import Outlets, bare

# What is shown of a long slip of the pen.
_SHOWN = 40
_YEARS = range(1900, 2200)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)
_ROLES = {role.value.replace("-", ""): role.value for role in Role}
_KINDS = {kind.value: kind.value for kind in SourceKind}
_UNNAMED = (SourceKind.ANONYMOUS, SourceKind.OTHER)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a field says of an article: the condition, and the field as it is written at its shortest."""

    condition: Q
    normal: str


def fact(term: Term, outlets: Outlets, zone: tzinfo) -> Fact:
    """What a field means; days are days in `zone`. Raises Unclear. Not for "title", which is text."""
    if not term.text:
        raise no_value(term)
    return _READERS[term.field](term, outlets, zone)


def no_value(term: Term) -> Unclear:
    """That nothing stands behind a field."""
    said = gettext(
        "Behind “%(field)s:” something must stand, without a space: %(example)s. "
        "To search for the word itself, put it in quotation marks."
    )
    return Unclear(said % {"field": term.field, "example": EXAMPLES[term.field]}, term.at)


def unknown(term: Term) -> Unclear:
    """That there is no such field, and which there are."""
    said = gettext(
        "There is no field “%(field)s:”. There are: %(known)s. "
        "To search for the words themselves, put them in quotation marks."
    )
    close = difflib.get_close_matches(term.field, EXAMPLES, n=1)
    known = [*close, *(name for name in EXAMPLES if name not in close)]
    return Unclear(said % {"field": _short(term.field), "known": ", ".join(f"{name}:" for name in known)}, term.at)


def _outlet(term: Term, outlets: Outlets, _zone: tzinfo) -> Fact:
    found = outlets.find(term.text)
    if not found:
        near = outlets.near(term.text)
        said = gettext("There is no outlet “%(name)s” here.")
        if near:
            said = gettext("There is no outlet “%(name)s” here. Near to it: %(near)s.")
        raise Unclear(said % {"name": _short(term.text), "near": ", ".join(near)}, term.at)
    name = outlets.slug(min(found)) if len(found) == 1 else f"the {bare(term.text)}"
    return Fact(Q(outlet__in=sorted(found)), written("outlet", name))


def _source(term: Term, _outlets: Outlets, _zone: tzinfo) -> Fact:
    said = gettext("“source:” takes a kind of source: %(known)s. For a source by name: by:%(given)s.")
    kind = _one_of(term, _KINDS, said)
    return Fact(_of_article(Attribution, kind=kind), written("source", kind))


def _by(term: Term, _outlets: Outlets, _zone: tzinfo) -> Fact:
    key = _key(term.text)
    if not key:
        said = gettext('“%(given)s” is no name: write by:"Ada Quill".')
        raise Unclear(said % {"given": _short(term.text)}, term.at)
    cited = Attribution.objects.filter(article=OuterRef("pk"), name__iregex=_words(key)).exclude(kind__in=_UNNAMED)
    return Fact(Q(Exists(cited)), written("by", key))


def _role(term: Term, _outlets: Outlets, _zone: tzinfo) -> Fact:
    role = _one_of(term, _ROLES, gettext("“role:” takes %(known)s; not %(given)s."))
    return Fact(_of_article(Examined, role=role), written("role", role))


def _lang(term: Term, _outlets: Outlets, _zone: tzinfo) -> Fact:
    code = term.text.lower()
    if code not in LANGUAGES:
        said = gettext("“%(given)s” is no language of two letters that we know: write lang:en or lang:de.")
        raise Unclear(said % {"given": _short(term.text)}, term.at)
    return Fact(Q(lang=code) | Q(lang__startswith=f"{code}-"), written("lang", code))


def _credits(term: Term, outlets: Outlets, _zone: tzinfo) -> Fact:
    found = sorted(outlets.find(term.text))
    names = [outlets.name(pk) for pk in found]
    name = bare(term.text)
    if not re.search(r"\w", name):
        raise Unclear(gettext('Say which outlet is credited: credits:"The Courier".'), term.at)
    # Of outlets that are not among ours the name alone is kept, in full.
    named = Q(outlet__in=found) | Q(outlet_name__in=names) | Q(outlet_name__iregex=_words(name))
    credited = Credit.objects.filter(named, article=OuterRef("pk"), relation__in=CREDITING)
    return Fact(Q(Exists(credited)), written("credits", name))


def _after(term: Term, _outlets: Outlets, zone: tzinfo) -> Fact:
    first, _last = _span(term, term.text)
    return Fact(Q(reported_at__gte=_begins(first, zone)), written("after", first.isoformat()))


def _before(term: Term, _outlets: Outlets, zone: tzinfo) -> Fact:
    first, _last = _span(term, term.text)
    return Fact(Q(reported_at__lt=_begins(first, zone)), written("before", first.isoformat()))


def _date(term: Term, _outlets: Outlets, zone: tzinfo) -> Fact:
    """A day, a month, a year, or from one to another, either of which may be missing."""
    start, dots, end = term.text.partition("..")
    if not dots:
        end = start
    if not start and not end:
        raise Unclear(_no_date(term.text), term.at)
    first = _span(term, start)[0] if start else None
    last = _span(term, end)[1] if end else None
    if first and last and last < first:
        said = gettext("“%(given)s” ends before it begins.")
        raise Unclear(said % {"given": _short(term.text)}, term.at)
    condition, normal = Q(), ["", ""]
    if first:
        condition, normal[0] = condition & Q(reported_at__gte=_begins(first, zone)), first.isoformat()
    if last:
        condition &= Q(reported_at__lt=_begins(last + timedelta(days=1), zone))
        normal[1] = last.isoformat()
    return Fact(condition, written("date", normal[0] if normal[0] == normal[1] else "..".join(normal)))


EXAMPLES = {
    "outlet": 'outlet:"The Courier"',
    "source": "source:anonymous",
    "by": 'by:"Ada Quill"',
    "role": "role:original",
    "credits": 'credits:"The Courier"',
    "title": "title:harbour",
    "lang": "lang:en",
    "after": "after:2026-11-01",
    "before": "before:2026-11-20",
    "on": "on:2026-11-05",
    "date": "date:2026-11-01..2026-11-20",
}
_READERS: dict[str, Callable[[Term, Outlets, tzinfo], Fact]] = {
    "outlet": _outlet,
    "source": _source,
    "by": _by,
    "role": _role,
    "credits": _credits,
    "lang": _lang,
    "after": _after,
    "before": _before,
    "on": _date,
    "date": _date,
}


def written(field: str, value: str) -> str:
    """A field as it is typed, its value in quotation marks where it needs them."""
    return f"{field}:{value}" if re.fullmatch(r"[\w.-]+", value) and value[0] != "-" else f'{field}:"{value}"'


def _of_article(model: type[Attribution] | type[Examined], **kw: str) -> Q:
    return Q(Exists(model.objects.filter(article=OuterRef("pk"), **kw)))


def _one_of(term: Term, known: Mapping[str, str], sentence: str) -> str:
    """One of a few words, however its parts are joined."""
    value = known.get(re.sub(r"[\s_-]", "", term.text.lower()))
    if value is None:
        told = {"known": ", ".join(known.values()), "given": f'"{_short(term.text)}"'}
        raise Unclear(sentence % told, term.at)
    return value


def _words(words: str) -> str:
    """A pattern for PostgreSQL of these words in a row, wherever they begin and end as words."""
    parts = [re.sub(r"['’]", "['’]", re.escape(word)) for word in re.findall(r"[\w'’]+", words)]
    joined = r"\W+".join(parts)
    return rf"(^|\W){joined}(\W|$)"


def _key(name: str) -> str:
    """A person's or an organisation's name as it is compared; of its genitives none is left."""
    key, before = plain(name), ""
    while key != before:
        key, before = plain(key), key
    return key


def _span(term: Term, text: str) -> tuple[date, date]:
    """The first and the last day that a date covers: a day, a month or a year."""
    found = _DAY.fullmatch(text)
    try:
        if found is None or int(found[1]) not in _YEARS:
            raise ValueError(text)
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        first = date(year, month, day)
        if found[3]:
            return first, first
        following = date(year + 1, 1, 1) if not found[2] else date(year + month // 12, month % 12 + 1, 1)
    except ValueError as error:
        raise Unclear(_no_date(text), term.at) from error
    return first, following - timedelta(days=1)


def _no_date(text: str) -> str:
    return gettext("“%(given)s” is no date: write it as 2026-11-05.") % {"given": _short(text)}


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
