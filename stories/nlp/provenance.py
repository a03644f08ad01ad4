"""Where a story's news comes from: START HERE; each step is told in the module that it is taken from.

repeats    whom each report credits or copies, resolved to articles and outlets
footing    what each report shows of its own
repeats    who tells the same as an earlier report without naming anybody
chains     where it all ends: the origins
origins    how many of them are independent, as a range
unnamed    the unnamed sources, and who rests on them alone
drift      what became of attributions on the way

A pure function of the story's reports and the editors' decisions: the order in which reports come makes no difference.
It saves nothing, and what it can't tell it says.

Cost: linear in the reports and their findings, but for reports that name nobody, each of which is held against those
that stand on something, by the words of two openings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from stories.nlp import drift, footing
from stories.nlp.chains import origins
from stories.nlp.findings import SourceKind
from stories.nlp.footing import Grounds
from stories.nlp.lineage import (
    KNOWN,
    POSSIBLE,
    Decided,
    Edge,
    EdgeKind,
    First,
    Footing,
    Provenance,
    Report,
    Standing,
)
from stories.nlp.origins import independent
from stories.nlp.repeats import acyclic, found, passages, shared
from stories.nlp.shelf import Shelf
from stories.nlp.unnamed import unnamed
from stories.nlp.voices import Voices

_NOTHING_DECIDED = Decided()


def trace(reports: Sequence[Report], decided: Decided = _NOTHING_DECIDED) -> Provenance:
    """The provenance of a story. Article numbers must differ; spans are not checked against the texts."""
    if not reports:
        return Provenance()
    shelf = Shelf(as_decided(reports, decided))
    credits = found(shelf, decided)
    grounds = _grounds(shelf, credits, decided)
    retold = shared(shelf, _unsourced(credits, grounds), _grounded(credits, grounds), decided)
    edges = drift.along(shelf, acyclic(shelf, [*credits, *retold]))
    voices = Voices(shelf, edges, {pk for pk, one in grounds.items() if one.footing is Footing.DECIDED})
    standings = _standings(shelf, edges, grounds, voices, decided)
    made, ending = origins(shelf, edges, grounds, voices)
    sources, only = unnamed(shelf, edges, grounds, voices)
    in_body, in_headline = (drift.tally(shelf, edges, headline=headline) for headline in (False, True))
    return Provenance(
        standings=tuple(replace(one, origins=ending[one.article]) for one in standings),
        edges=edges,
        origins=made,
        independent=independent(shelf, edges, grounds, voices),
        unnamed=sources,
        only_unnamed=only,
        in_body=in_body,
        in_headline=in_headline,
        dropped=tuple(sorted({*in_body.dropped, *in_headline.dropped})),
        first=_first(shelf),
    )


def as_decided(reports: Iterable[Report], decided: Decided) -> list[Report]:
    """The reports with the kinds of sources that editors gave: whatever else is told of them goes by these too."""
    kinds: dict[int, dict[str, SourceKind]] = defaultdict(dict)
    for (article, key), kind in decided.kinds.items():
        kinds[article][key] = kind
    return [_with_kinds(report, kinds[report.article]) if report.article in kinds else report for report in reports]


def _with_kinds(report: Report, kinds: Mapping[str, SourceKind]) -> Report:
    if report.findings is None:
        return report
    sourced = tuple(replace(one, kind=kinds.get(one.key, one.kind)) for one in report.findings.sourced)
    return replace(report, findings=replace(report.findings, sourced=sourced))


def _grounds(shelf: Shelf, edges: Sequence[Edge], decided: Decided) -> dict[int, Grounds]:
    """What each report stands on; denials stand for themselves where nothing else stands for anything."""
    by_article: dict[int, list[Edge]] = {one.article: [] for one in shelf.reports}
    for edge in edges:
        by_article[edge.article].append(edge)
    grounds = {
        one.article: footing.stand(one, by_article[one.article], shelf.agency(one), decided.roles.get(one.article))
        for one in shelf.reports
    }
    unseen = any(edge.main and edge.target not in shelf.by_article for edge in edges)
    if unseen or any(ground.footing in (*KNOWN, *POSSIBLE) for ground in grounds.values()):
        return grounds
    return {article: footing.for_want_of_others(shelf.by_article[article], one) for article, one in grounds.items()}


def _unsourced(edges: Sequence[Edge], grounds: Mapping[int, Grounds]) -> list[int]:
    """The reports that were read, name no source of their own, and neither credit nor copy anybody."""
    naming = {edge.article for edge in edges}
    return [
        article
        for article, one in grounds.items()
        if one.footing in (Footing.BARE, Footing.REPEATS) and article not in naming
    ]


def _grounded(edges: Sequence[Edge], grounds: Mapping[int, Grounds]) -> set[int]:
    """The reports whose claim others may repeat: those that stand on something, and the first to credit an outlet that
    we have no report of.
    """
    standing = {article for article, one in grounds.items() if one.footing in (*KNOWN, Footing.PERHAPS)}
    first: dict[str, int] = {}
    for edge in edges:
        if edge.main and edge.target is None and edge.kind is EdgeKind.CREDITS:
            first.setdefault(edge.outlet, edge.article)
    return standing | set(first.values())


def _standings(
    shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds], voices: Voices, decided: Decided
) -> tuple[Standing, ...]:
    """Each report's place in the story, in order of time, as yet without its origins."""
    by_article: dict[int, list[Edge]] = {one.article: [] for one in shelf.reports}
    for edge in edges:
        by_article[edge.article].append(edge)
    made = []
    for one in shelf.reports:
        own, ground = by_article[one.article], grounds[one.article]
        role = footing.role(one, own, shelf.agency(one), decided.roles.get(one.article))
        evidence = ground.evidence or passages(edge for edge in own if edge.main)
        made.append(Standing(one.article, role, ground.footing, evidence, voices.of(one)))
    return tuple(made)


def _first(shelf: Shelf) -> First:
    """The first report, and those that may have been out before it, as we only know when we saw them."""
    first = shelf.reports[0]
    perhaps = tuple(one.article for one in shelf.reports[1:] if one.since <= first.at)
    return First(first.article, first.at, first.earliest, first.claimed, perhaps)
