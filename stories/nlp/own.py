"""What only one outlet of a story has: its own sources and documents, words said to it alone, facts of its own.

A credit to the outlet. Something is its own where no other outlet's report has anything like it: no source of that
name, none of the quote, no sentence that says the same even partly, and of a fact, a number or a name that stands in no
other report. It can't tell an exclusive from an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from stories.nlp.claims import Aligned
from stories.nlp.comparison import Own, OwnKind, Place, Quote
from stories.nlp.findings import Role, SourceKind, Span, Stance
from stories.nlp.lineage import Report
from stories.nlp.saying import around
from stories.nlp.units import Unit

# What is listed of one outlet, and of a story.
MOST_OF_ONE = 3
MOST = 60
# A shorter quote is a turn of phrase.
LONG_QUOTE = 8
_SOURCES = {
    SourceKind.NAMED: OwnKind.SOURCE,
    SourceKind.ANONYMOUS: OwnKind.SOURCE,
    SourceKind.DOCUMENT: OwnKind.DOCUMENT,
    SourceKind.POLL: OwnKind.DOCUMENT,
}
_WEIGHT = {OwnKind.SOURCE: 3.0, OwnKind.DOCUMENT: 3.0, OwnKind.QUOTE: 2.0, OwnKind.FACT: 1.0}
_HIGHER = {Place.HEADLINE: 0.5, Place.OPENING: 0.5, Place.MIDDLE: 0.2, Place.END: 0.0}
_NAME = re.compile(r"(?<=[a-z0-9,;:’'”\"] )[A-Z][\w’'-]{2,}")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?![\w])")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The lower-case words and numbers of each outlet's reports."""

    by_outlet: Mapping[str, Set[str]]

    def only(self, outlet: str, word: str) -> bool:
        """Whether no other outlet uses a word."""
        return not any(word in words for other, words in self.by_outlet.items() if other != outlet)


def own(reports: Sequence[Report], found: Aligned, quotes: Sequence[Quote]) -> list[Own]:
    """What only one outlet has, what matters most first; [] of a story with one outlet. Reports in order of time."""
    read = [report for report in reports if report.findings is not None and report.has_text]
    if len({report.outlet for report in read}) < 2:
        return []
    words = _vocabulary(read)
    originals = [report for report in read if report.copy_of is None]
    candidates = [
        *_sources(originals, words),
        *_quotes(originals, quotes),
        *_facts(reports, found.units, found.near, words),
    ]
    return _best(candidates, {report.article: report.outlet for report in reports})


def _vocabulary(reports: Sequence[Report]) -> Vocabulary:
    by_outlet: dict[str, set[str]] = defaultdict(set)
    for report in reports:
        by_outlet[report.outlet] |= {word.casefold() for word in _WORD.findall(report.whole)}
        by_outlet[report.outlet] |= {number.rstrip(".,") for number in _NUMBER.findall(report.whole)}
    return Vocabulary(by_outlet)


def _sources(reports: Sequence[Report], words: Vocabulary) -> Iterator[Own]:
    """Sources that a report has of its own, and whom no other outlet names; of unnamed ones those of the main news."""
    seen: set[tuple[str, str]] = set()
    for report in reports:
        findings = report.findings
        for index, one in enumerate(findings.sourced if findings else ()):
            kind = _SOURCES.get(one.kind)
            if kind is None or one.via or one.stance is Stance.NO_ANSWER or (report.outlet, one.key) in seen:
                continue
            if one.kind is SourceKind.ANONYMOUS and not _speaks_to_the_news(report, index):
                continue
            if one.kind is not SourceKind.ANONYMOUS and not _is_own_name(one.name, report.outlet, words):
                continue
            seen.add((report.outlet, one.key))
            span = around(report.whole, one.attribution.cue)
            yield _own(report, kind, span, words=one.attribution.source, name=one.name)


def _speaks_to_the_news(report: Report, index: int) -> bool:
    """Whether an unnamed source is one of a report's own main news; what only repeats others has theirs.

    One that is described by a single word ("people") says nothing that another outlet could not say too.
    """
    findings = report.findings
    if findings is None or findings.role not in (Role.ORIGINAL, Role.MIXED) or index not in findings.own:
        return False
    return len(findings.sourced[index].name.split()) > 1


def _is_own_name(name: str, outlet: str, words: Vocabulary) -> bool:
    """Whether the last word of a name, which is what it goes by later, is used by no other outlet."""
    parts = _WORD.findall(name)
    return bool(parts) and words.only(outlet, parts[-1].casefold())


def _quotes(reports: Sequence[Report], quotes: Sequence[Quote]) -> Iterator[Own]:
    """Words that only one outlet has of somebody, at some length and said to it."""
    of_article = {report.article: report for report in reports}
    for quote in quotes:
        report = of_article.get(quote.article)
        if report is None or quote.outlets > 1 or quote.via:
            continue
        length = sum(len(report.whole[slice(*span)].split()) for span in quote.spans)
        if length >= LONG_QUOTE:
            span = around(report.whole, quote.spans[0])
            yield _own(report, OwnKind.QUOTE, span, words=quote.spans, name=quote.speaker)


def _facts(
    reports: Sequence[Report], units: Sequence[Unit], near: Mapping[int, Sequence[int]], words: Vocabulary
) -> Iterator[Own]:
    """Sentences that nothing in another outlet's report is like, with a number or a name that no other has."""
    for index, unit in enumerate(units):
        spots = [spot for spot in unit.spots if reports[spot.report].copy_of is None]
        outlets = {reports[spot.report].outlet for spot in unit.spots}
        if not spots or len(outlets) > 1 or spots[0].place is Place.END:
            continue
        outlet = outlets.pop()
        if any(reports[spot.report].outlet != outlet for other in near.get(index, ()) for spot in units[other].spots):
            continue
        report, spot = reports[spots[0].report], spots[0]
        house = set(_WORD.findall(outlet.casefold()))
        marks = tuple(
            span
            for span in _telling(report.whole, spot.span)
            if report.whole[slice(*span)].casefold() not in house and _is_only(report, span, words)
        )
        if marks:
            yield _own(report, OwnKind.FACT, spot.span, words=marks, more=_HIGHER[spot.place] + min(len(marks), 3) / 10)


def _telling(whole: str, span: Span) -> list[Span]:
    """Where a sentence has names (never its first word) and numbers."""
    found = [match.span() for pattern in (_NAME, _NUMBER) for match in pattern.finditer(whole, *span)]
    return sorted(found)


def _is_only(report: Report, span: Span, words: Vocabulary) -> bool:
    word = report.whole[slice(*span)].casefold().rstrip(".,")
    return all(words.only(report.outlet, part) for part in re.findall(r"[^\W_][\w.,]{2,}|\d+", word) or [word])


def _own(report: Report, kind: OwnKind, span: Span, words: Sequence[Span], name: str = "", more: float = 0.0) -> Own:
    position = span[0] / max(len(report.whole), 1)
    weight = _WEIGHT[kind] + more + (1 - position) / 2
    return Own((report.article, span[0]), report.article, kind, span, tuple(words), name, round(weight, 3))


def _best(candidates: Sequence[Own], outlets: Mapping[int, str]) -> list[Own]:
    """Each passage once, a few of each outlet, those of most weight first."""
    chosen: list[Own] = []
    passages: set[tuple[int, Span]] = set()
    counts: dict[str, int] = defaultdict(int)
    for one in sorted(candidates, key=lambda one: (-one.weight, one.key)):
        outlet = outlets[one.article]
        if (one.article, one.span) in passages or counts[outlet] == MOST_OF_ONE or len(chosen) == MOST:
            continue
        passages.add((one.article, one.span))
        counts[outlet] += 1
        chosen.append(one)
    return chosen
