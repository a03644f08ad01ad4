"""What a correction would make of its story: where the news comes from before and after, which roles change, what would
be known to have happened. Pure: the same tracing as the story's own, with what an editor would have said; kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stories.nlp import happenings, provenance
from stories.nlp.findings import Role
from stories.nlp.lineage import Decided, Happening, HappeningKind, Provenance, Report, Why

# Of a longer story it is not worked out while somebody waits.
MOST = 120
# What an editor wants to know of before it is gone; a changed headline is none of it.
_TOLD = frozenset(HappeningKind) - {HappeningKind.HEADLINE, HappeningKind.CORRECTED, HappeningKind.RETRACTED}


@dataclass(frozen=True, slots=True)
class Count:
    """A range of independent origins."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Voice:
    """Who counts as an origin, or may (`sure` False), and why."""

    name: str
    why: Why
    sure: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """A report whose role changes."""

    outlet: str
    title: str
    before: Role
    after: Role


@dataclass(frozen=True, slots=True)
class Happened:
    """What would be known to have happened, or no longer: what, and at which outlet's report."""

    kind: HappeningKind
    outlet: str
    note: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What changes. `rests` counts the reports whose news goes back to others than before."""

    before: Count
    after: Count
    lost: Sequence[Voice]
    gained: Sequence[Voice]
    roles: Sequence[Turn]
    rests: int
    falls: Sequence[Happened]
    comes: Sequence[Happened]

    @property
    def nothing(self) -> bool:
        """Whether all stays as it is."""
        return not (self.lost or self.gained or self.roles or self.rests or self.falls or self.comes) and (
            self.before == self.after
        )


def outcome(reports: Sequence[Report], before: Decided, after: Decided) -> Outcome | None:
    """What changes in a story when what editors said becomes `after`; None of a story that is too long."""
    if len(reports) > MOST:
        return None
    by_number = {report.article: report for report in reports}
    then, now = _look(reports, before), _look(reports, after)
    voices = [_voices(traced) for traced, _happened in (then, now)]
    roles = [{one.article: one.role for one in traced.standings} for traced, _happened in (then, now)]
    ends = [_ends(traced) for traced, _happened in (then, now)]
    happened = [{(one.kind, one.key): one for one in told if one.kind in _TOLD} for _traced, told in (then, now)]
    return Outcome(
        before=Count(then[0].independent.least, then[0].independent.most),
        after=Count(now[0].independent.least, now[0].independent.most),
        lost=[one for one in voices[0] if one not in voices[1]],
        gained=[one for one in voices[1] if one not in voices[0]],
        roles=[
            Turn(by_number[pk].outlet, by_number[pk].title, role, roles[1][pk])
            for pk, role in roles[0].items()
            if roles[1][pk] is not role
        ],
        rests=sum(ends[0][pk] != ends[1][pk] for pk in by_number),
        falls=_apart(happened[0], happened[1], by_number),
        comes=_apart(happened[1], happened[0], by_number),
    )


def _look(reports: Sequence[Report], decided: Decided) -> tuple[Provenance, tuple[Happening, ...]]:
    settled = provenance.as_decided(reports, decided)
    traced = provenance.trace(settled, decided)
    return traced, happenings.happenings(settled, traced)


def _voices(traced: Provenance) -> list[Voice]:
    count = traced.independent
    sure = [Voice(voice.name, voice.why, sure=True) for voice in count.proven]
    return [*sure, *(Voice(voice.name, voice.why, sure=False) for voice in count.perhaps)]


def _ends(traced: Provenance) -> dict[int, frozenset[tuple[int | None, str]]]:
    """By report, where its news goes back to."""
    places = [(origin.article, origin.outlet if origin.article is None else "") for origin in traced.origins]
    return {one.article: frozenset(places[index] for index in one.origins) for one in traced.standings}


def _apart(
    some: Mapping[tuple[HappeningKind, str], Happening],
    others: Mapping[tuple[HappeningKind, str], Happening],
    reports: Mapping[int, Report],
) -> list[Happened]:
    """What happened by the one and not by the other; the same by another report is both."""
    return [
        Happened(one.kind, reports[one.article].outlet, one.note)
        for key, one in some.items()
        if key not in others or others[key].article != one.article
    ]
