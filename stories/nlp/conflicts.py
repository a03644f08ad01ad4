"""Where reports contradict each other over a claim: the sides, each with what it says and the passages that say it.

A conflict is between outlets: one that corrects itself later is none. Sides are told apart by the words that differ
("41", "denied"), as nlp.alignment marked them, numbers by their value; what is only against "41" and what is only
against "9" are two conflicts. A passage of the claim that has the words of just one side stands with it. Which side is
right is not asked, and a later number may simply be a newer one: the times are shown with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from stories.nlp.alignment import Alignment, Label
from stories.nlp.claims import Aligned, Star, cell, placed
from stories.nlp.comparison import Cell, Claim, Conflict, Difference, Side, State
from stories.nlp.findings import Spans
from stories.nlp.lineage import Report
from stories.nlp.numbers import Kind

_WORDS = re.compile(r"\w+(?:[.,:]\d+)*")
# Numbers whose value says all; of measures, money, times and shares the words say more.
_BY_VALUE = frozenset({Kind.COUNT, Kind.AGE})
# A conflict with more sides is a count that was told at many moments; the others are in the claim.
MOST_SIDES = 5


def conflicts(
    reports: Sequence[Report], found: Aligned, stars: Sequence[Star], claims: Sequence[Claim]
) -> list[Conflict]:
    """The conflicts within the claims, those of most weight first; the same sides are one conflict, of the first."""
    made: dict[tuple[Difference, frozenset[str]], Conflict] = {}
    for star, claim in zip(stars, claims, strict=True):
        for conflict in _of_claim(reports, found, star, claim):
            made.setdefault((conflict.difference, frozenset(side.value for side in conflict.sides)), conflict)
    return sorted(made.values(), key=lambda one: -one.weight)


def _of_claim(reports: Sequence[Report], found: Aligned, star: Star, claim: Claim) -> Iterator[Conflict]:
    """What the reports contradict each other in, over one claim."""
    for difference in Difference:
        marked: dict[str, dict[int, Spans]] = defaultdict(dict)
        against: dict[str, set[str]] = defaultdict(set)
        for one, other, how in _contradictions(found, star):
            if how.difference is difference:
                value, another = _value(found, one, how.here), _value(found, other, how.there)
                if value != another:
                    marked[value].setdefault(one, how.here)
                    marked[another].setdefault(other, how.there)
                    against[value].add(another)
                    against[another].add(value)
        for values in _joined(against):
            held = {value: dict(marked[value]) for value in sorted(values)}
            _join(found, star, held)
            sides = _against_first(_sides(reports, found, claim, held), against)
            if len(sides) > 1 and _between_outlets(reports, sides):
                yield Conflict(claim.key, difference, tuple(sides[:MOST_SIDES]), claim.weight)


def _against_first(sides: Sequence[Side], against: Mapping[str, set[str]]) -> list[Side]:
    """The first side with those that contradict it; what contradicts only one of these speaks of something else."""
    return [side for side in sides if side is sides[0] or side.value in against[sides[0].value]]


def _contradictions(found: Aligned, star: Star) -> Iterator[tuple[int, int, Alignment]]:
    """Pairs of the star's units that contradict each other."""
    units = [star.core, *star.others]
    inside = set(units)
    for one in units:
        for other in found.near.get(one, ()):
            if other in inside and one < other and (how := found.pairs[one, other]).label is Label.CONFLICT:
                yield one, other, how


def _value(found: Aligned, unit: int, spans: Spans) -> str:
    """What a side says: a number by its value, whether in digits or in words; else the words."""
    for number in found.statements[unit].numbers:
        if spans and number.span[0] < spans[0][1] and spans[0][0] < number.span[1] and not number.vague:
            return f"{number.value:,.10g}" if number.kind in _BY_VALUE else _words(found, unit, spans)
    return _words(found, unit, spans)


def _words(found: Aligned, unit: int, spans: Spans) -> str:
    return " ".join(found.units[unit].text[slice(*span)].casefold() for span in spans)


def _joined(against: Mapping[str, set[str]]) -> list[set[str]]:
    """The values in groups of what is against each other, directly or by others."""
    groups: list[set[str]] = []
    left = set(against)
    for value in against:
        if value not in left:
            continue
        group, reached = set[str](), [value]
        while reached:
            one = reached.pop()
            if one in left:
                left.discard(one)
                group.add(one)
                reached += sorted(against[one])
        groups.append(group)
    return groups


def _join(found: Aligned, star: Star, marked: dict[str, dict[int, Spans]]) -> None:
    """Put the units that say what the claim says on the side whose words they have, if it is one alone."""
    placed = {unit for side in marked.values() for unit in side}
    for unit, how in ((star.core, None), *star.others.items()):
        if unit in placed or (how is not None and how.label is not Label.SAME):
            continue
        text = found.units[unit].text
        spots = {value: spans for value in marked if (spans := _occurrence(value, text))}
        if len(spots) == 1:
            value, spans = spots.popitem()
            marked[value][unit] = spans


def _occurrence(value: str, text: str) -> Spans:
    """Where the words of a side stand in a text, as whole words; () where they don't or there are none."""
    words = [(match[0].casefold(), match.span()) for match in _WORDS.finditer(text)]
    asked = _WORDS.findall(value)
    for start in range(len(words) - len(asked) + 1):
        if asked and [word for word, _ in words[start : start + len(asked)]] == asked:
            return ((words[start][1][0], words[start + len(asked) - 1][1][1]),)
    return ()


def _sides(reports: Sequence[Report], found: Aligned, claim: Claim, marked: dict[str, dict[int, Spans]]) -> list[Side]:
    """The sides with their cells, most outlets first; an article stands on the side where it says it first."""
    of_article = {report.article: report for report in reports}
    cells = {(one.article, one.span): one for one in claim.cells}
    at: dict[int, tuple[float, str, Cell]] = {}
    for value, units in marked.items():
        for unit, spans in units.items():
            for one in _cells(reports, found, unit, spans, cells):
                if one.article not in at or one.position < at[one.article][0]:
                    at[one.article] = one.position, value, one
    by_value: dict[str, list[Cell]] = defaultdict(list)
    for _, value, one in at.values():
        by_value[value].append(one)
    sides = [Side(value, tuple(sorted(there, key=lambda c: _when(c, of_article)))) for value, there in by_value.items()]
    return sorted(sides, key=lambda side: (-len(_outlets(side.cells, of_article)), _when(side.cells[0], of_article)))


def _cells(
    reports: Sequence[Report],
    found: Aligned,
    unit: int,
    spans: Spans,
    known: dict[tuple[int, tuple[int, int]], Cell],
) -> Iterator[Cell]:
    """The places of a unit as cells with the words that differ; what the claim's own cell says is kept."""
    for spot in found.units[unit].spots:
        report = reports[spot.report]
        here = placed(spans, report.whole, spot.span)
        own = known.get((report.article, spot.span)) or cell(report, spot, State.CONFLICTING, 1.0)
        yield replace(own, here=here)


def _when(cell: Cell, of_article: dict[int, Report]) -> tuple[object, int]:
    report = of_article[cell.article]
    return report.at, report.article


def _outlets(cells: Iterable[Cell], of_article: dict[int, Report]) -> set[str]:
    return {of_article[cell.article].outlet for cell in cells}


def _between_outlets(reports: Sequence[Report], sides: Sequence[Side]) -> bool:
    """Whether two sides have an outlet each that the other has not."""
    of_article = {report.article: report for report in reports}
    first = _outlets(sides[0].cells, of_article)
    return any(first - other and other - first for other in (_outlets(side.cells, of_article) for side in sides[1:]))
