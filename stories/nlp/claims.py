"""Which statements the reports of a story share, and what each of them has of each: claims.

A claim is a star: one sentence, and what the other reports say of the same thing, each held against that sentence alone
(nlp.alignment). So every cell is one comparison that a reader can check, and nothing is chained from like to like. The
sentence that most voices have comes first, the earlier of equals; what says the same as it is spoken for, what says it
partly may still be part of another claim. Where reports contradict each other is told by nlp.conflicts.

Order in which they matter: how many voices carry it, more where it stands in headlines and openings. It says what is
found in the texts, and never why something is not.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from stories.nlp.alignment import Alignment, Label, align
from stories.nlp.comparison import Cell, Claim, Difference, Place, Said, State
from stories.nlp.findings import Span, Spans
from stories.nlp.lineage import Report
from stories.nlp.neighbours import neighbours
from stories.nlp.saying import said
from stories.nlp.statements import Statement, statement
from stories.nlp.terms import Frequencies
from stories.nlp.units import Spot, Unit

# What is kept of a story; beyond it claims are those of two reports deep in their texts.
MOST_CLAIMS = 80
# What a voice brings that has a claim, has it partly, or contradicts it: a claim is known by those who have it.
WEIGHT = {Label.SAME: 1.0, Label.PARTIAL: 0.25, Label.CONFLICT: 0.5}
# From which probability on a part, and a contradiction, is shown. The verdicts' own thresholds are set where every
# second pair says the same thing; in a story nine in ten of those that are near each other don't. Read in 69 stories
# (giveme5w1h): of 21 conflicts shown so 14 are conflicts, of 41 from .5 on 22; times, denials, outcomes below .9 were
# most often of something else. Of 25 parts from .8 on 18 are parts, below it 12; of 30 said to be the same 27 are.
PARTLY, CONTRARY, CONTRARY_IN_WORDS = 0.8, 0.7, 0.9
# Headlines are near every headline by their few words: around one only what is this sure counts as the same.
HEADLINE = 0.985
# What a claim gains where a voice gives it there, in voices.
PLACED = {Place.HEADLINE: 0.5, Place.OPENING: 0.35, Place.MIDDLE: 0.1, Place.END: 0.0}
_STATES = {Label.SAME: State.SAME, Label.PARTIAL: State.PARTLY, Label.CONFLICT: State.CONFLICTING}
# Of several sentences of one article the best: having it outranks contradicting it, and that having a part of it.
_RANK = {State.SAME: 0, State.CONFLICTING: 1, State.PARTLY: 2}


# When a report joins a large story the statements of all others are made already, if this process traced it before.
_statement = lru_cache(maxsize=8_192)(statement)


@dataclass(frozen=True, slots=True)
class Aligned:
    """The units of a story and how those near each other are aligned: (i, j), i < j, to the alignment of i with j.

    `statements` are what those were compared by that are near any other.
    """

    units: Sequence[Unit]
    statements: Mapping[int, Statement]
    pairs: Mapping[tuple[int, int], Alignment]
    near: Mapping[int, Sequence[int]]

    def between(self, one: int, other: int) -> Alignment | None:
        """How one unit is aligned with another, `here` in the one; None where they are not near."""
        if one < other:
            return self.pairs.get((one, other))
        found = self.pairs.get((other, one))
        return turned(found) if found else None


@dataclass(frozen=True, slots=True)
class Speakers:
    """For each report by its index, its outlet, and the voice that speaks through it: copies and owners speak once."""

    outlets: Sequence[str]
    voices: Sequence[str]


@dataclass(frozen=True, slots=True)
class Star:
    """A unit and those that say something of the same thing, with how they do; the unit itself is not among them."""

    core: int
    others: Mapping[int, Alignment]
    weight: float


def turned(one: Alignment) -> Alignment:
    """The same alignment seen from the other sentence."""
    return replace(one, here=one.there, there=one.here)


def aligned(units: Sequence[Unit], frequencies: Frequencies) -> Aligned:
    """Hold the units that are near each other against each other. What differs is left out."""
    pairs = neighbours(units, frequencies)
    made = {
        index: _statement(units[index].text, before=units[index].before, after=units[index].after)
        for index in sorted({index for pair in pairs for index in pair})
    }
    found = align([(made[one], made[other]) for one, other in pairs], frequencies)
    kept = {pair: one for pair, one in zip(pairs, found, strict=True) if _is_shown(one)}
    near: dict[int, list[int]] = defaultdict(list)
    for one, other in kept:
        near[one].append(other)
        near[other].append(one)
    return Aligned(units, made, kept, near)


def _is_shown(one: Alignment) -> bool:
    if one.label is Label.CONFLICT:
        return one.conflict >= (CONTRARY if one.difference is Difference.NUMBER else CONTRARY_IN_WORDS)
    return one.label is Label.SAME or (one.label is Label.PARTIAL and one.same >= PARTLY)


def stars(found: Aligned, speakers: Speakers) -> list[Star]:
    """The claims as stars of units that two outlets speak of, those of most weight first."""
    taken: set[int] = set()
    queue = [(-_star(found, core, speakers, taken).weight, core) for core in range(len(found.units))]
    heapq.heapify(queue)
    made: list[Star] = []
    while queue and len(made) < MOST_CLAIMS:
        weight, core = heapq.heappop(queue)
        if core in taken or not weight:
            continue
        star = _star(found, core, speakers, taken)
        if star.weight < -weight:
            heapq.heappush(queue, (-star.weight, core))
            continue
        made.append(star)
        taken |= {core, *(unit for unit, one in star.others.items() if one.label is not Label.PARTIAL)}
    return made


def _star(found: Aligned, core: int, speakers: Speakers, taken: set[int]) -> Star:
    """The star around a unit without what is spoken for; of weight 0 where no second outlet has or contradicts it."""
    others: dict[int, Alignment] = {}
    bare = all(spot.place is Place.HEADLINE for spot in found.units[core].spots)
    for unit in found.near.get(core, ()):
        if unit not in taken and (one := found.between(unit, core)) and (not bare or _stands(one)):
            others[unit] = one
    best: dict[str, float] = {}
    for voice, weight in _weights(found.units, core, others, speakers.voices):
        best[voice] = max(best.get(voice, 0.0), weight)
    telling = {speakers.outlets[spot.report] for spot in found.units[core].spots}
    for unit, one in others.items():
        if one.label is not Label.PARTIAL:
            telling |= {speakers.outlets[spot.report] for spot in found.units[unit].spots}
    return Star(core, others, sum(best.values()) if len(telling) > 1 else 0.0)


def _stands(one: Alignment) -> bool:
    """Whether an alignment with nothing but a headline holds."""
    return one.label is Label.CONFLICT or (one.label is Label.SAME and one.same >= HEADLINE)


def _weights(
    units: Sequence[Unit], core: int, others: Mapping[int, Alignment], voices: Sequence[str]
) -> Iterator[tuple[str, float]]:
    """What each place of a star brings, with the voice that it brings it for."""
    for spot in units[core].spots:
        yield voices[spot.report], WEIGHT[Label.SAME] + PLACED[spot.place]
    for unit, one in others.items():
        for spot in units[unit].spots:
            yield voices[spot.report], WEIGHT[one.label] * (1 + PLACED[spot.place])


def claims(reports: Sequence[Report], found: Aligned, made: Sequence[Star], speakers: Speakers) -> list[Claim]:
    """The stars as claims, in their order; reports in order of time."""
    return [_claim(reports, found.units, star, speakers.voices) for star in made]


def _claim(reports: Sequence[Report], units: Sequence[Unit], star: Star, voices: Sequence[str]) -> Claim:
    first = units[star.core].spots[0]
    best: dict[int, Cell] = {}
    for one, report in _cells(reports, units, star):
        if report not in best or _order(one) < _order(best[report]):
            best[report] = one
    having = [index for index, one in best.items() if one.state is not State.CONFLICTING]
    return Claim(
        key=(reports[first.report].article, first.span[0]),
        article=reports[first.report].article,
        span=first.span,
        cells=tuple(best[index] for index in sorted(best)),
        outlets=len({reports[index].outlet for index in having}),
        voices=len({voices[index] for index in having}),
        weight=round(star.weight, 3),
    )


def _order(cell: Cell) -> tuple[int, float, Span]:
    return _RANK[cell.state], -cell.score, cell.span


def _cells(reports: Sequence[Report], units: Sequence[Unit], star: Star) -> Iterator[tuple[Cell, int]]:
    """Each place of a star as a cell, with the index of its report."""
    core = units[star.core]
    for spot in core.spots:
        yield cell(reports[spot.report], spot, State.SAME, 1.0), spot.report
    there = reports[core.spots[0].report].whole, core.spots[0].span
    for index, one in star.others.items():
        unit, state = units[index], _STATES[one.label]
        score = one.conflict if state is State.CONFLICTING else one.same
        for spot in unit.spots:
            whole = reports[spot.report].whole
            plain = cell(reports[spot.report], spot, state, round(score, 3))
            here = placed(one.here, whole, spot.span)
            yield replace(plain, difference=one.difference, here=here, there=placed(one.there, *there)), spot.report


def cell(report: Report, spot: Spot, state: State, score: float) -> Cell:
    """A place as a cell in which nothing differs."""
    return Cell(
        article=report.article,
        state=state,
        span=spot.span,
        place=spot.place,
        position=spot.position,
        score=score,
        said=_said(report, spot),
    )


def _said(report: Report, spot: Spot) -> Said | None:
    return said(report.findings, spot.span, report.whole) if report.findings else None


def placed(spans: Spans, whole: str, sentence: Span) -> Spans:
    """Spans of a unit's text, whose white space is even, as spans of the article that the sentence stands in."""
    if not spans:
        return ()
    start, end = sentence
    places = [start + offset for offset in _even(whole[start:end])]
    return tuple((places[one], places[other - 1] + 1) for one, other in spans if one < other <= len(places))


def _even(raw: str) -> Iterator[int]:
    """The offsets of the characters that " ".join(raw.split()) keeps."""
    gap = True
    for offset, letter in enumerate(raw):
        if not letter.isspace():
            gap = False
            yield offset
        elif not gap and raw[offset:].strip():
            gap = True
            yield offset
