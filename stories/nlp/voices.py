"""Whose voice speaks through a report, and in which order reports rest on each other.

All outlets of one owner are one voice; agency copy speaks with the agency's voice, a copy with that of what it copies.
It counts nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from graphlib import TopologicalSorter

from stories.nlp.lineage import Edge, EdgeKind, Report
from stories.nlp.shelf import Shelf, named


class Voices:
    """Who speaks through each report and each outlet: owners' outlets as one, copies with what they copy.

    `own` are the reports that an editor calls reports of their own: they speak for themselves, whatever they carry.
    """

    def __init__(self, shelf: Shelf, edges: Sequence[Edge], own: Container[int] = ()) -> None:
        self._shelf = shelf
        owned = sorted((named(one.outlet), one.owner) for one in shelf.reports if one.owner)
        self._owner = dict(reversed(owned))
        self._names: dict[str, str] = {}
        for name in sorted([*self._owner.values(), *(one.outlet for one in shelf.reports)]):
            self._names.setdefault(named(name), name)
        self._copies = {
            edge.article: edge
            for edge in edges
            if edge.kind is EdgeKind.COPIES and (edge.target or edge.outlet) and edge.article not in own
        }

    def of_outlet(self, outlet: str) -> str:
        """The voice of an outlet: its owner's, where one is known."""
        name = self._owner.get(named(outlet), outlet)
        return self._names.setdefault(named(name), name)

    def of_end(self, edge: Edge) -> str:
        """The voice of what an edge leads to where we don't have it in the story."""
        return self.of_outlet(edge.outlet) if edge.outlet else f"article {edge.target}"

    def of(self, report: Report) -> str:
        """The voice that speaks through a report."""
        at = report
        while (copy := self._copies.get(at.article)) is not None:
            agency = self._shelf.agency(at)
            if agency:
                return self.of_outlet(agency)
            root = self._shelf.by_article.get(copy.target or 0)
            if root is None:
                return self.of_end(copy)
            at = root
        return self.of_outlet(at.outlet)


def depths(shelf: Shelf, edges: Iterable[Edge]) -> list[Report]:
    """The reports, each after all that it rests on; else by time."""
    leads: dict[int, set[int]] = {one.article: set() for one in shelf.reports}
    for edge in edges:
        if edge.main and edge.target in leads:
            leads[edge.article].add(edge.target)
    depth: dict[int, int] = {}
    for article in TopologicalSorter(leads).static_order():
        depth[article] = max((depth[target] + 1 for target in leads[article]), default=0)
    return sorted(shelf.reports, key=lambda one: (depth[one.article], shelf.place[one.article]))
