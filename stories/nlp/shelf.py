"""A story's reports, in order of time, found by number, by outlet and by the agency whose text they carry.

It orders and finds; what one report is to another is told elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from stories.nlp.findings import Role
from stories.nlp.lineage import Report

# As in copies.py: an agency's page may come after those of its clients.
AGENCY_DELAY = timedelta(hours=1)


class Shelf:
    """One story's reports; `place` is each one's rank by (time, number), `wires` the agency of a text by its root."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self.reports = sorted(reports, key=lambda one: (one.at, one.article))
        self.by_article = {one.article: one for one in self.reports}
        self.place = {one.article: place for place, one in enumerate(self.reports)}
        self.outlets: dict[str, list[Report]] = defaultdict(list)
        # One client that names the agency speaks for all copies of the text.
        self.wires: dict[int, str] = {}
        for one in self.reports:
            for name in {named(one.outlet)} | ({named(one.wire)} if one.agency and one.wire else set()):
                self.outlets[name].append(one)
            agency = _by_its_word(one)
            if agency:
                self.wires.setdefault(one.article if one.copy_of is None else one.copy_of, agency)

    def agency(self, report: Report) -> str:
        """The agency whose text a report carries, by its own word or that of another copy; "" for none."""
        if report.agency:
            return ""
        root = report.article if report.copy_of is None else report.copy_of
        whole = self.by_article.get(root)
        of_root = whole.outlet if whole is not None and whole.agency and whole is not report else ""
        return _by_its_word(report) or self.wires.get(root, "") or of_root

    def earliest(self, outlet: str, report: Report, by: datetime) -> Report | None:
        """The outlet's article that a credit means: the earliest that may have been out by then, its own text first."""
        out = [one for one in self.outlets.get(named(outlet), ()) if one.article != report.article and one.since <= by]
        own = [one for one in out if not self.agency(one) and one.copy_of is None and not _is_aside(one)]
        return next(iter(own or out), None)


def named(outlet: str) -> str:
    """An outlet's name as it is compared."""
    return " ".join(outlet.casefold().split()).removeprefix("the ")


def _by_its_word(report: Report) -> str:
    wire = report.wire or (report.findings.wire if report.findings else "")
    return "" if report.agency or named(wire) == named(report.outlet) else wire


def _is_aside(report: Report) -> bool:
    return report.findings is not None and report.findings.role is Role.OTHER
