"""What looks odd about a story's origins, for a person to judge: START HERE are KINDS below, each with its reason.

A count of independent origins claims that newsrooms corroborate each other, so what may be one newsroom counted twice
is worth a look: two reports out together that open alike, an aggregator taken for an origin, an original that is
younger than its copy, a report younger than one that names its outlet as the source. Nothing is changed: tracing says
what it says until an editor answers. A report of which an editor has said what it is is never odd.

A pure function of what was traced. Cost: the origins that count are compared with those within two minutes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from stories.nlp.leads import lead_terms, overlap
from stories.nlp.lineage import KNOWN, EdgeKind, Footing, Provenance, Report
from stories.nlp.repeats import SAME_CLAIM, SAME_WORDS
from stories.nlp.shelf import AGENCY_DELAY, named

# "At the same time": feeds tell times to the minute, and two newsrooms that write by themselves are rarely that close.
TOGETHER = timedelta(minutes=2)
# Questions asked of one story at a time; behind the first few an editor looks at all of it anyway.
MOST = 3


class Oddity(StrEnum):
    """What is odd, the surest first."""

    AT_ONCE = "two origins at once, with openings alike"
    AGGREGATOR = "an aggregator as an origin"
    COPY_FIRST = "a copy before its original"
    CREDITED_LATER = "a credited outlet’s report after the one that credits it"


@dataclass(frozen=True, slots=True)
class Odd:
    """Something odd: the articles in question in order of time, and why, in a sentence for an editor."""

    kind: Oddity
    articles: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Traced:
    """A story as it was traced: its reports by number, and those that count as origins of their own, by time."""

    reports: Mapping[int, Report]
    origins: Sequence[Report]
    voices: Mapping[int, str]
    provenance: Provenance


def found(reports: Sequence[Report], provenance: Provenance) -> tuple[Odd, ...]:
    """What is odd about the origins that count, at most MOST, the surest first; each set of articles once."""
    by_number = {report.article: report for report in reports}
    known = set(KNOWN) - {Footing.DECIDED}
    standings = {one.article: one for one in provenance.standings}
    counted = {
        article
        for voice in provenance.independent.proven
        for article in voice.articles
        if article in by_number and article in standings and standings[article].footing in known
    }
    origins = sorted((by_number[article] for article in counted), key=lambda one: (one.at, one.article))
    voices = {article: one.voice for article, one in standings.items()}
    traced = _Traced(by_number, origins, voices, provenance)
    odd: dict[tuple[int, ...], Odd] = {}
    for kind in KINDS:
        for one in kind(traced):
            odd.setdefault(one.articles, one)
    return tuple(odd.values())[:MOST]


def _at_once(traced: _Traced) -> Iterator[Odd]:
    """Two voices that count, out within two minutes of each other, whose openings tell the same in the same words."""
    openings = {one.article: lead_terms(one) for one in traced.origins}
    for place, one in enumerate(traced.origins):
        for other in traced.origins[place + 1 :]:
            if other.at - one.at > TOGETHER:
                break
            same = openings[one.article], openings[other.article]
            if traced.voices[one.article] == traced.voices[other.article] or len(same[0] & same[1]) < SAME_WORDS:
                continue
            if overlap(*same) >= SAME_CLAIM:
                apart = "in the same minute" if other.at - one.at < timedelta(minutes=1) else "a minute or two apart"
                reason = (
                    f"{one.outlet} and {other.outlet} count as two origins, but came {apart} and open alike: they may "
                    "have the news from one place."
                )
                yield Odd(Oddity.AT_ONCE, (one.article, other.article), reason)


def _aggregator(traced: _Traced) -> Iterator[Odd]:
    """An origin at an outlet that passes on what others report."""
    for one in traced.origins:
        if one.aggregator:
            reason = (
                f"{one.outlet} counts as an origin, but is known as an aggregator, which passes on others’ reports."
            )
            yield Odd(Oddity.AGGREGATOR, (one.article,), reason)


def _copy_first(traced: _Traced) -> Iterator[Odd]:
    """An origin that came after a copy of it; an agency's own page may come that late, its clients having the wire."""
    origins = {one.article: one for one in traced.origins}
    for edge in traced.provenance.edges:
        copy, original = traced.reports.get(edge.article), origins.get(edge.target or 0)
        if edge.kind is not EdgeKind.COPIES or copy is None or original is None:
            continue
        late = original.since - copy.at
        if late > (AGENCY_DELAY if original.agency else TOGETHER):
            reason = (
                f"{original.outlet} counts as the origin of a text that {copy.outlet} had {_span(late)} before it: the "
                "text may be another’s."
            )
            yield Odd(Oddity.COPY_FIRST, (copy.article, original.article), reason)


def _credited_later(traced: _Traced) -> Iterator[Odd]:
    """An origin that came after a report which names its outlet as the source of the main news."""
    own: dict[str, Report] = {}
    for one in reversed(traced.origins):
        own[named(one.outlet)] = one
    for edge in traced.provenance.edges:
        crediting, other = traced.reports.get(edge.article), own.get(named(edge.outlet))
        open_ended = edge.kind is EdgeKind.CREDITS and edge.main and edge.target is None
        if not open_ended or crediting is None or other is None:
            continue
        late = other.since - crediting.at
        if late > TOGETHER:
            reason = (
                f"{crediting.outlet} credits {other.outlet} for the news, whose own report came {_span(late)} later: "
                "an earlier one is missing here, or it has the news from others as well."
            )
            yield Odd(Oddity.CREDITED_LATER, (crediting.article, other.article), reason)


KINDS = (_at_once, _aggregator, _copy_first, _credited_later)


def _span(length: timedelta) -> str:
    """Minutes under two hours, else hours; rounded down."""
    minutes = length // timedelta(minutes=1)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
