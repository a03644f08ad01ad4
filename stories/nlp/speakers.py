"""Who speaks across a story's reports: the same number for sources that are one person or one body by their names.

"Holm" is Ida Holm where no other Holm speaks. Unlike stories.nlp.persons, whose caution is to count too few sources, a
spokesman is not taken for his house here: their words are told apart. It looks at names only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from stories.nlp.findings import Sourced, SourceKind
from stories.nlp.lineage import Report
from stories.nlp.persons import Said, plain, same_sources

# Kinds by which a speaker is known again in another report.
KNOWN = frozenset({SourceKind.NAMED, SourceKind.ORGANISATION, SourceKind.ROLE, SourceKind.DOCUMENT})


class Speakers:
    """The speakers of a story's reports."""

    def __init__(self, reports: Sequence[Report]) -> None:
        names = {
            one.name for report in reports for one in _sourced(report) if one.kind is SourceKind.NAMED and one.name
        }
        self._persons = same_sources([Said(SourceKind.NAMED, name) for name in sorted(names)])
        # The reader takes a firm for a person now and then; elsewhere it is known for what it is.
        self._bodies = {
            plain(one.name) for report in reports for one in _sourced(report) if one.kind is SourceKind.ORGANISATION
        }
        firsts: dict[int, set[str]] = defaultdict(set)
        for person, number in self._persons.items():
            words = plain(person.name).split()
            if len(words) > 1:
                firsts[number].add(words[0][:1])
        # "Kim" where there are two Kims may be either.
        self._several = {number for number, letters in firsts.items() if len(letters) > 1}

    def key(self, one: Sourced | None) -> str:
        """The same for the same speaker; "" where nobody is named, or it can't be told who of two is meant."""
        if one is None or not one.name or one.kind not in KNOWN:
            return ""
        name = plain(one.name)
        if name in self._bodies:
            return f"{SourceKind.ORGANISATION.value}:{name}"
        if one.kind is not SourceKind.NAMED:
            return f"{one.kind.value}:{name}" if name else ""
        number = self._persons[Said(SourceKind.NAMED, one.name)]
        return f"named:{name}" if number in self._several else f"named:{number}"

    def differ(self, one: Sourced | None, other: Sourced | None) -> bool:
        """Whether two sources are two persons, both named and known to be different."""
        if one is None or other is None or not (one.name and other.name):
            return False
        both = one.kind is SourceKind.NAMED and other.kind is SourceKind.NAMED
        return both and self.key(one) != self.key(other)


def _sourced(report: Report) -> tuple[Sourced, ...]:
    return report.findings.sourced if report.findings else ()
