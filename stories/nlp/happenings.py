"""What happened to a story, told from its reports and its provenance: a pure function of both.

Each happening has a key that tells it apart from others of its kind in the story. Keys name what happened, not which
report showed it first, so that an article that comes late changes a row and never doubles it. It alerts nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from stories.nlp.drift import drops
from stories.nlp.findings import Sourced, SourceKind, Span, Spans, Stance
from stories.nlp.footing import AFFIRMING, own_of, passage
from stories.nlp.leads import lead_end
from stories.nlp.lineage import (
    Edge,
    Footing,
    Happening,
    HappeningKind,
    Keep,
    Provenance,
    Report,
    Standing,
    Voice,
    Why,
)
from stories.nlp.persons import plain
from stories.nlp.shelf import Shelf, named

# At how many outlets a dropped attribution is told of: then each time about twice as many.
STEPS = (3, 5, 10, 20, 50, 100, 200, 500, 1000)
_FIRST = "first"
_ON_RECORD = frozenset({SourceKind.NAMED, SourceKind.ORGANISATION})
_SHOWING = (Why.DECIDED, Why.OWN_SOURCE, Why.FIRST, Why.SAME_SOURCE, Why.UNNAMED)

# A note stands at the head of a line or speaks of the report itself; "the senator corrected himself" is no note.
_NOTE = r"(?:^|\n)[ \t>*\[(]*"
_ITSELF = (
    r"\b(?:this|the|our|an earlier version of (?:this|the)) (?:news )?(?:article|story|report|piece|headline|post)"
)
_CORRECTED = re.compile(
    rf"{_NOTE}(?:corrections?|clarifications?|corrected)\b[^\n:]{{0,60}}:"
    rf"|{_NOTE}CORRECT(?:ED|ION)\b"
    r"|\b(?:an? )?(?:earlier|previous|original) version of (?:this|the) (?:article|story|report|piece|headline|post)\b"
    rf"|{_ITSELF} (?:has been|was) (?:corrected|amended|updated to correct|edited to correct)\b",
    re.IGNORECASE,
)
_RETRACTED = re.compile(
    rf"{_NOTE}(?:retractions?|retracted|withdrawn)\b[^\n:]{{0,60}}:"
    rf"|{_ITSELF}\b[^.\n]{{0,40}}? (?:has been|was|is being|is) (?:retracted|withdrawn)\b"
    r"|\bwe (?:have |are |hereby )?(?:retract(?:ed|ing)?|withdr(?:aw|awn|ew|awing)) (?:this|the|our|it\b)",
    re.IGNORECASE,
)

_SENTENCE_END = re.compile(r"[.!?](?=\s)|(?=\n)")
# With what must occur in a text before the pattern is worth a try: it is five times the cost of all else here.
_NOTES = (
    (HappeningKind.CORRECTED, _CORRECTED, ("correct", "clarif", "version of", "amended")),
    (HappeningKind.RETRACTED, _RETRACTED, ("retract", "withdr")),
)


def happenings(reports: Sequence[Report], provenance: Provenance) -> tuple[Happening, ...]:
    """What happened to the story, in order of time; the same for any order of the reports."""
    shelf = Shelf(reports)
    found = [
        *_confirmed(shelf, provenance),
        *_origins(shelf, provenance),
        *_denials(shelf, provenance),
        *_on_record(shelf, provenance),
        *_dropped(shelf, provenance),
        *_notes(shelf),
        *_headlines(shelf),
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.key)))


def _confirmed(shelf: Shelf, provenance: Provenance) -> Iterable[Happening]:
    """The first proven origin after the first one."""
    first, second = (*_by_time(shelf, provenance.independent.proven), None, None)[:2]
    if first is not None and second is not None and second.articles:
        yield _of_voice(shelf, HappeningKind.CONFIRMED, _FIRST, second, _article(first))


def _origins(shelf: Shelf, provenance: Provenance) -> Iterable[Happening]:
    """Each further voice that shows reporting of its own, by its name."""
    voices = [*provenance.independent.proven, *provenance.independent.perhaps]
    showing = _by_time(shelf, [voice for voice in voices if voice.why in _SHOWING])
    for voice in showing[1:]:
        if voice.articles:
            yield _of_voice(shelf, HappeningKind.NEW_ORIGIN, named(voice.name), voice, _article(showing[0]))


def _by_time(shelf: Shelf, voices: Iterable[Voice]) -> list[Voice]:
    """Voices by when they are first heard of; an outlet without a report before the one that credits it."""
    return sorted(voices, key=lambda voice: (shelf.place[_heard(voice)], bool(voice.articles), voice.name))


def _heard(voice: Voice) -> int:
    """The article that shows a voice; each has one."""
    return voice.shown_in if voice.shown_in is not None else voice.articles[0]


def _article(voice: Voice) -> int | None:
    return voice.shown_in if voice.articles else None


def _of_voice(shelf: Shelf, kind: HappeningKind, key: str, voice: Voice, other: int | None) -> Happening:
    article = _heard(voice)
    return Happening(kind, key, article, shelf.by_article[article].at, other, voice.evidence, voice.name)


def _denials(shelf: Shelf, provenance: Provenance) -> Iterable[Happening]:
    """Who denies the news, each once, where it is first told in a headline or a first sentence."""
    seen: list[str] = []
    for standing in provenance.standings:
        report = shelf.by_article[standing.article]
        denying = _denying(report, standing)
        for one in denying[_in_headline(report, denying) :]:
            key = _key(one)
            if not any(_may_be_one(key, other) for other in seen):
                other = _target(provenance, report.article) or _first_origin(provenance)
                evidence = (passage(one),)
                yield Happening(HappeningKind.DENIED, key, report.article, report.at, other, evidence, one.name)
            seen.append(key)


def _in_headline(report: Report, denying: Sequence[Sourced]) -> int:
    """How many of those who deny stand in the headline alone: whom the text names again, more fully, counts there."""
    count = sum(one.attribution.cue[0] < len(report.title) for one in denying)
    return count if count < len(denying) else 0


def _may_be_one(one: str, other: str) -> bool:
    """Whether two keys may be one denier's: "ministry" and "transport ministry" are."""
    return set(one.split()) <= set(other.split()) or set(other.split()) <= set(one.split())


def _denying(report: Report, standing: Standing) -> list[Sourced]:
    sourced = report.findings.sourced if report.findings else ()
    end = len(report.whole) if standing.footing is Footing.DENIES else lead_end(report)
    return [one for one in sourced if one.stance is Stance.DENIES and one.attribution.cue[0] < end]


def _key(one: Sourced) -> str:
    """A source's key in a story: a person's last name, as not every outlet gives the first."""
    name = plain(one.name) or "unnamed"
    return name.split(" ")[-1] if one.kind is SourceKind.NAMED else name


def _target(provenance: Provenance, article: int) -> int | None:
    targets = [edge.target for edge in provenance.edges if edge.article == article and edge.target is not None]
    return targets[0] if targets else None


def _first_origin(provenance: Provenance) -> int | None:
    return next((_article(voice) for voice in provenance.independent.proven), None)


def _on_record(shelf: Shelf, provenance: Provenance) -> Iterable[Happening]:
    """The first source with a name, where all who stood for the news before it were unnamed."""
    unnamed_in: int | None = None
    for standing in provenance.standings:
        report = shelf.by_article[standing.article]
        sourced = report.findings.sourced if report.findings else ()
        spoken = [one for one in own_of(report) if one.kind in _ON_RECORD and one.stance in AFFIRMING]
        if standing.footing in (Footing.NAMED, Footing.DECIDED) and spoken:
            if unnamed_in is not None:
                evidence = tuple(sorted({passage(one) for one in spoken}))
                name = spoken[0].name
                kind = HappeningKind.ON_RECORD
                yield Happening(kind, _FIRST, report.article, report.at, unnamed_in, evidence, name)
            return
        if unnamed_in is None and any(one.kind is SourceKind.ANONYMOUS for one in sourced):
            unnamed_in = report.article


def _dropped(shelf: Shelf, provenance: Provenance) -> Iterable[Happening]:
    """The outlets that dropped the attribution, told of at each step of their number."""
    first: dict[str, Edge] = {}
    for edge in sorted(provenance.edges, key=lambda edge: shelf.place[edge.article]):
        if drops(edge):
            first.setdefault(named(shelf.by_article[edge.article].outlet), edge)
    edges = list(first.values())
    for step in STEPS:
        if len(edges) < step:
            return
        edge = edges[step - 1]
        report = shelf.by_article[edge.article]
        evidence = _without(edge)
        kind = HappeningKind.DROPPED
        yield Happening(kind, str(step), report.article, report.at, edge.target, evidence, f"{step} outlets")


def _without(edge: Edge) -> Spans:
    drift = edge.drift
    if drift is None:
        return ()
    places = ((drift.headline, drift.headline_here), (drift.body, drift.body_here))
    return tuple(sorted(span for keep, spans in places if keep is Keep.DROPPED for span in spans))


def _notes(shelf: Shelf) -> Iterable[Happening]:
    """Corrections and retractions that an article carries in its text or headline, one of a kind for each article."""
    for report in shelf.reports:
        for kind, pattern, hints in _NOTES:
            plain_text = report.whole.lower()
            if not any(hint in plain_text for hint in hints):
                continue
            spans = tuple(_line(report.whole, match) for match in pattern.finditer(report.whole))
            spans = tuple(dict.fromkeys(span for span in spans if not _is_told(report, span)))
            if spans:
                yield Happening(kind, str(report.article), report.article, report.changed or report.at, None, spans)


def _line(text: str, match: re.Match[str]) -> Span:
    """From where the note begins to the end of its sentence or line."""
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    end = _SENTENCE_END.search(text, match.end())
    return start, end.end() if end else len(text)


def _is_told(report: Report, span: Span) -> bool:
    """Whether somebody says so of another's report, as in "the minister said that the report was withdrawn"."""
    sourced = report.findings.sourced if report.findings else ()
    return any(
        start <= span[0] < end
        for one in sourced
        if one.kind is not SourceKind.OUTLET
        for start, end in one.attribution.content
    )


def _headlines(shelf: Shelf) -> Iterable[Happening]:
    """Each change of an article's headline, by when it was seen; a change of spaces is none."""
    for report in shelf.reports:
        versions = sorted(report.headlines, key=lambda one: one.at)
        for before, after in pairwise(versions):
            if before.title.split() != after.title.split():
                key = f"{report.article} {after.at.isoformat()}"
                yield Happening(HappeningKind.HEADLINE, key, report.article, after.at, note=before.title)
