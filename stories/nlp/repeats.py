"""Who repeats whom: the credits and copies of each report, resolved to articles of the story, and made to run one way.

A credit goes to the earliest article of the outlet that was out by then, as far as our polls can tell; the outlet's own
texts come before what it carries of others. Where there is none, the edge keeps the outlet alone. What editors decided
comes first. It says nothing of what an edge means for the news.

Cost: n reports with c credits take O(n c) for credits and copies, whatever the outlets; `shared` compares each report
that names nobody with each earlier one that stands on something, by a set of some thirty words each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from stories.nlp.findings import CREDITING, Credit, Role, Spans
from stories.nlp.leads import lead_spans, lead_terms, overlap
from stories.nlp.lineage import Added, Decided, Edge, EdgeKind, Report
from stories.nlp.shelf import AGENCY_DELAY, Shelf, named

# When two openings tell the same. Of pairs of separate reports on one event (no copies; giveme5w1h 1,264 pairs,
# wikinews 1,321) 25 pass; by their headlines 23 of these tell one claim. At .6 it is 39 of 45, at .5 150 pass.
SAME_CLAIM, SAME_WORDS = 0.65, 8

T = TypeVar("T")


def found(shelf: Shelf, decided: Decided) -> list[Edge]:
    """All credits and copies, resolved, editors' decisions among them; in order of time. There may be circles yet."""
    said = _Said(shelf, decided)
    edges = [edge for report in shelf.reports for edge in said.of(report)]
    return [_side(edge) if _stands_alone(edge, decided.roles) else edge for edge in edges]


class _Said:
    """What editors said of credits and copies, by the outlets' names as they are compared."""

    def __init__(self, shelf: Shelf, decided: Decided) -> None:
        self._shelf = shelf
        self._removed = _removed(decided)
        self._targets = _by_name(decided.retargeted)
        self._relations = _by_name(decided.relations)
        self._added: dict[int, dict[str, Added]] = defaultdict(dict)
        for one in sorted(decided.added, key=lambda one: (one.article, one.outlet)):
            self._added[one.article][named(one.outlet)] = one

    def of(self, report: Report) -> list[Edge]:
        """A report's edges as its text has them, set right by what was said of them."""
        added = dict(self._added.get(report.article, {}))
        copy = _copy(self._shelf, report)
        if copy is not None and (named(copy.outlet) in added or (report.article, named(copy.outlet)) in self._removed):
            copy = None
        edges = []
        for edge in _of_report(self._shelf, report, copy):
            if named(edge.outlet) in added:
                edges += _added(self._shelf, report, added.pop(named(edge.outlet)), edge)
            else:
                edges += self._settled(edge)
        for one in added.values():
            edges += _added(self._shelf, report, one)
        return edges

    def _settled(self, edge: Edge) -> list[Edge]:
        """An edge that was found, as an editor left it: gone, as it was, or pointed elsewhere."""
        key = edge.article, named(edge.outlet)
        if key in self._removed:
            return []
        if key not in self._targets:
            return [edge]
        edge = replace(edge, relation=self._relations.get(key, edge.relation))
        return _pointed(self._shelf, edge, self._targets[key])


def shared(shelf: Shelf, unsourced: Iterable[int], grounded: Iterable[int], decided: Decided) -> list[Edge]:
    """For reports that name nobody: the earlier one with a standing that opens with the same claim; never certain."""
    standing = [(shelf.by_article[article], lead_terms(shelf.by_article[article])) for article in sorted(grounded)]
    removed = _removed(decided)
    edges: list[Edge] = []
    for article in sorted(unsourced):
        report = shelf.by_article[article]
        terms = lead_terms(report)
        alike = [
            (-overlap(terms, theirs), other.at, other.article)
            for other, theirs in standing
            if len(terms & theirs) >= SAME_WORDS
            and overlap(terms, theirs) >= SAME_CLAIM
            and other.at <= report.since
            and other.article != article
            and named(other.outlet) != named(report.outlet)
            and (article, named(other.outlet)) not in removed
        ]
        if alike:
            other = shelf.by_article[min(alike)[2]]
            evidence = lead_spans(report)
            edges.append(Edge(article, other.article, other.outlet, EdgeKind.SHARES, evidence=evidence, certain=False))
    return edges


def acyclic(shelf: Shelf, edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """The edges without a way round: a circle is cut at what points to a later report, the least certain first.

    Every circle has such an edge. One that is cut keeps its outlet and its passage, and leads nowhere.
    """
    kept: dict[int, list[int]] = defaultdict(list)
    guarded, done = False, []
    for edge in sorted(edges, key=lambda edge: _strength(shelf, edge)):
        if edge.target is None:
            done.append(edge)
            continue
        back = _points_later(shelf, edge)
        if (back or guarded) and _reaches(kept, edge.target, edge.article):
            done.append(replace(edge, target=None, main=False, certain=False))
            continue
        guarded = guarded or back
        kept[edge.article].append(edge.target)
        done.append(edge)
    return tuple(sorted(done, key=lambda edge: _order(shelf, edge)))


def main_of(edges: Iterable[Edge]) -> dict[int, list[Edge]]:
    """The edges that each article rests on."""
    grouped: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.main:
            grouped[edge.article].append(edge)
    return grouped


def passages(edges: Iterable[Edge]) -> Spans:
    """The passages of several edges of one article, in order."""
    return tuple(sorted({span for edge in edges for span in edge.evidence}))


def _of_report(shelf: Shelf, report: Report, copy: Edge | None) -> list[Edge]:
    """A report's edges as its text has them: whose copy it is, then whom it credits."""
    credits = _credits(shelf, report, skip=named(copy.outlet) if copy else "")
    if copy is None:
        return credits
    if copy.target is not None:
        # The text that it carries has these credits itself; to count them here again would make two ways of one.
        return [copy, *map(_side, credits)]
    # Nothing of the agency's is at hand but this copy, so its credits are the agency's.
    return [replace(copy, main=not any(edge.main for edge in credits)), *credits]


def _copy(shelf: Shelf, report: Report) -> Edge | None:
    """Whose copy a report is, if any: an agency's before all others."""
    agency = shelf.agency(report)
    if agency:
        root = shelf.by_article.get(report.copy_of or 0)
        if root is None or not root.agency:
            root = shelf.earliest(agency, report, report.at + AGENCY_DELAY)
        shown = tuple(span for _, span in report.findings.why if span) if report.findings else ()
        evidence = shown if report.findings and report.findings.role is Role.WIRE else ()
        return Edge(report.article, root.article if root else None, agency, EdgeKind.COPIES, evidence=evidence)
    if report.copy_of is None or report.copy_of == report.article:
        return None
    if report.agency and named(shelf.wires.get(report.copy_of, "")) in {named(report.outlet), named(report.wire)} - {
        ""
    }:
        return None  # a client had the agency's text out before the agency's own page
    root = shelf.by_article.get(report.copy_of)
    return Edge(report.article, report.copy_of, root.outlet if root else "", EdgeKind.COPIES)


def _credits(shelf: Shelf, report: Report, skip: str) -> list[Edge]:
    """One edge for each outlet that is credited, with all its passages."""
    grouped: dict[str, list[Credit]] = {}
    for credit in report.findings.credits if report.findings else ():
        name = named(credit.outlet)
        if credit.relation in CREDITING and name not in {named(report.outlet), skip, ""}:
            grouped.setdefault(name, []).append(credit)
    return [_credited(shelf, report, credits) for credits in grouped.values()]


def _credited(shelf: Shelf, report: Report, credits: Sequence[Credit]) -> Edge:
    best = min(credits, key=lambda one: (not one.main, CREDITING.index(one.relation), one.evidence))
    target = shelf.earliest(best.outlet, report, report.at)
    return Edge(
        report.article,
        target.article if target else None,
        best.outlet,
        EdgeKind.CREDITS,
        best.relation,
        tuple(sorted({one.evidence for one in credits})),
        main=best.main,
    )


def _added(shelf: Shelf, report: Report, one: Added, known: Edge | None = None) -> list[Edge]:
    """A credit that an editor says there is; `known` is what was found of it."""
    earliest = None if one.target is not None else shelf.earliest(one.outlet, report, report.at)
    evidence = said_in(report.whole, one) or (known.evidence if known else ())
    edge = Edge(report.article, None, one.outlet, EdgeKind.CREDITS, one.relation, evidence)
    return _pointed(shelf, edge, earliest.article if earliest else one.target)


def _pointed(shelf: Shelf, edge: Edge, target: int | None) -> list[Edge]:
    """An edge that an editor pointed somewhere: at itself is nowhere, and at a report of another story is none here."""
    if target is not None and target not in shelf.by_article:
        return []
    return [replace(edge, target=None if target == edge.article else target, decided=True)]


def said_in(whole: str, one: Added) -> Spans:
    """Where an editor's passages stand now: as they were given, else where their words are; () where they are gone."""
    if not one.words:
        return tuple(span for span in one.evidence if 0 <= span[0] < span[1] <= len(whole))
    found = []
    for words, (start, end) in zip(one.words, one.evidence, strict=False):
        at = start if whole[start:end] == words else whole.find(words)
        if words and at >= 0:
            found.append((at, at + len(words)))
    return tuple(sorted(set(found)))


def _side(edge: Edge) -> Edge:
    return replace(edge, main=False)


def _stands_alone(edge: Edge, roles: Mapping[int, Role]) -> bool:
    """An editor calls the report original: then it rests on nobody, unless an editor says that too."""
    return roles.get(edge.article) is Role.ORIGINAL and not edge.decided


def _by_name(said: Mapping[tuple[int, str], T]) -> dict[tuple[int, str], T]:
    return {(article, named(outlet)): said[article, outlet] for article, outlet in sorted(said)}


def _removed(decided: Decided) -> set[tuple[int, str]]:
    return {(article, named(outlet)) for article, outlet in decided.removed}


def _points_later(shelf: Shelf, edge: Edge) -> bool:
    target = shelf.place.get(edge.target or 0)
    return target is not None and target >= shelf.place[edge.article]


def _strength(shelf: Shelf, edge: Edge) -> tuple[bool, bool, bool, bool, tuple[int, str, int]]:
    """What is put in first and so is cut last."""
    return not edge.decided, _points_later(shelf, edge), not edge.certain, not edge.main, _order(shelf, edge)


def _order(shelf: Shelf, edge: Edge) -> tuple[int, str, int]:
    return shelf.place[edge.article], f"{edge.kind} {named(edge.outlet)}", edge.target or 0


def _reaches(kept: Mapping[int, Sequence[int]], start: int, end: int) -> bool:
    """Whether the edges put in so far lead from one article to another."""
    waiting, seen = [start], {start}
    while waiting:
        at = waiting.pop()
        if at == end:
            return True
        for target in kept.get(at, ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return False
