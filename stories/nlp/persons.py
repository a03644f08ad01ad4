"""Whether sources named in different reports are the same: by name alone, and rather one too few than one too many.

Two names that may be one person's are taken for one, and so are a spokesman and the body that he is introduced with:
to count one source twice would claim a corroboration that is none. It looks at names, never at what was said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from stories.nlp.findings import Sourced, SourceKind
from stories.nlp.lineage import Report

_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
# Forms of address, which one outlet prints and another doesn't.
_ADDRESS = frozenset(["mr", "mrs", "ms", "miss", "dr", "sir", "dame", "lord", "lady", "prof", "professor"])
_ARTICLES = frozenset(["a", "an", "the"])


@dataclass(frozen=True, slots=True)
class Said:
    """A source as a report names it: its kind, its fullest name, and the words that introduce it, lower-case."""

    kind: SourceKind
    name: str
    introduced: str = ""

    @classmethod
    def of(cls, report: Report, one: Sourced) -> Self:
        """The source of one attribution."""
        introduced = " ".join(report.whole[start:end] for start, end in one.attribution.source)
        return cls(one.kind, one.name, " ".join(_WORD.findall(introduced.casefold())))


def plain(name: str) -> str:
    """A name as it is compared: lower-case words without articles, forms of address and genitives."""
    words = (word.removesuffix("'s").removesuffix("’s") for word in _WORD.findall(name.casefold()))
    return " ".join(word for word in words if word not in _ADDRESS and word not in _ARTICLES)


def same_sources(said: Sequence[Said]) -> dict[Said, int]:
    """A number for each source; the same for those that are or may be the same. Numbers mean nothing else."""
    names = sorted({(one.kind is SourceKind.NAMED, plain(one.name)) for one in said})
    group = {name: name for name in names}

    def lead(name: tuple[bool, str]) -> tuple[bool, str]:
        while group[name] != name:
            group[name] = group[group[name]]
            name = group[name]
        return name

    for one, other in _pairs(name for is_person, name in names if is_person):
        group[lead((True, other))] = lead((True, one))
    bodies = [name for is_person, name in names if not is_person and name]
    introduced = {(plain(one.name), one.introduced) for one in said if one.kind is SourceKind.NAMED and one.introduced}
    for person, words in sorted(introduced):
        for body in bodies:
            if f" {body} " in f" {words} ":
                group[lead((False, body))] = lead((True, person))
    number = {name: index for index, name in enumerate(names)}
    return {one: number[lead((one.kind is SourceKind.NAMED, plain(one.name)))] for one in said}


def _pairs(persons: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Names that may be one person's: the same last word, and the same first one or its initial, or none."""
    families: dict[str, list[list[str]]] = defaultdict(list)
    for name in persons:
        families[name.split(" ")[-1]].append(name.split(" "))
    for family in families.values():
        for place, one in enumerate(family):
            for other in family[place + 1 :]:
                if len(one) == 1 or len(other) == 1 or _alike(one[0], other[0]):
                    yield " ".join(one), " ".join(other)


def _alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
