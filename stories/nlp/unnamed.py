"""The unnamed sources of a story: in whose words, whose they are, who carries them, and who rests on nothing else.

One unnamed source that is carried along a chain of credits is one source, however each outlet puts it: it is matched to
those of the report that it came by way of, the most alike in words first, and to none twice in one report. What two
newsrooms call "people familiar with the matter" of their own accord stays two, as nobody can tell. It lists those who
ask for anonymity; officials and police who speak by their role are no secret, but are no name either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stories.nlp.findings import Sourced, SourceKind, Spans
from stories.nlp.footing import AFFIRMING, TOLD_APART, Grounds, own_of
from stories.nlp.leads import overlap, telling
from stories.nlp.lineage import UNTOLD, Carrier, Edge, EdgeKind, Report, UnnamedSource
from stories.nlp.repeats import main_of
from stories.nlp.shelf import Shelf, named
from stories.nlp.voices import Voices, depths

# Two descriptions by one newsroom are of one source where half of the shorter one's telling words are the other's.
ALIKE = 0.5
_PART = re.compile(r"(?:\w+ )?\w+ of (?:the|these|those|them)\b", re.IGNORECASE)
# What a report or an outlet without one is filed under.
Node = int | str


@dataclass(slots=True, eq=False)
class _Draft:
    """An unnamed source while its carriers are gathered."""

    described: str
    article: int
    spans: Spans
    outlet: str
    voice: str
    words: frozenset[str]
    carriers: list[Carrier] = field(default_factory=list)
    only: list[int] = field(default_factory=list)


def unnamed(
    shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds], voices: Voices
) -> tuple[tuple[UnnamedSource, ...], tuple[int, ...]]:
    """The story's unnamed sources in the order in which they came up, and the reports that rest on such alone."""
    book, order = _Book(edges, voices), depths(shelf, edges)
    for report in order:
        book.enter(report)
    bases = _bases(book, order)
    only = [
        one.article
        for one in shelf.reports
        if SourceKind.ANONYMOUS in bases[one.article]
        and not bases[one.article] & TOLD_APART
        and grounds[one.article].footing not in UNTOLD
    ]
    for article in only:
        for draft in book.rests[article]:
            draft.only.append(article)
    drafts = sorted(book.drafts, key=lambda one: (shelf.place[one.article], one.spans))
    return tuple(_closed(shelf, draft) for draft in drafts), tuple(only)


class _Book:
    """Who holds which unnamed source, filled in report by report, each after all that it rests on."""

    def __init__(self, edges: Sequence[Edge], voices: Voices) -> None:
        self.voices = voices
        self.drafts: list[_Draft] = []
        self.held: dict[Node, list[_Draft]] = defaultdict(list)
        # Also those that a report rests on without a word of them, as it credits who has them.
        self.rests: dict[int, list[_Draft]] = {}
        self.kinds: dict[Node, set[SourceKind]] = defaultdict(set)
        self._by_voice: dict[str, list[_Draft]] = defaultdict(list)
        self._edges: dict[int, list[Edge]] = defaultdict(list)
        for edge in edges:
            self._edges[edge.article].append(edge)
        # What is only inferred, that a report repeats another, is not enough to say whom it rests on.
        self.main = main_of(edge for edge in edges if edge.certain)

    def enter(self, report: Report) -> None:
        """Take up one report."""
        taken: list[_Draft] = []
        came = [(said, self._way(report, said)) for said in _by_key(report)]
        # Who is described as before is recognised first, so that another wording takes what is left.
        for said, way in sorted(came, key=lambda one: -self._likest(report, *one)):
            draft = self._own(report, said, taken) if way is None else self._carried(report, said, way, taken)
            draft.carriers.append(Carrier(report.article, _places(said), way.outlet if way else ""))
            taken.append(draft)
        self.held[report.article] += taken
        beneath = [draft for edge in self.main.get(report.article, ()) for draft in self.held[_node(edge)]]
        self.rests[report.article] = list(dict.fromkeys(taken or beneath))
        self._note_kinds(report)
        if not taken:
            # So that who repeats this report in turn, with more words, is led to the same sources.
            self.held[report.article] += self.rests[report.article]

    def _way(self, report: Report, said: Sequence[Sourced]) -> Edge | None:
        """The edge along which a source came; None for a report's own."""
        edges = self._edges.get(report.article, [])
        via = next((one.via for one in said if one.via), "")
        if via:
            along = [edge for edge in edges if named(edge.outlet) == named(via)]
            return along[0] if along else Edge(report.article, None, via, EdgeKind.CREDITS)
        main = self.main.get(report.article, [])
        copies = [edge for edge in edges if edge.kind is EdgeKind.COPIES]
        if copies:
            return copies[0]
        is_own = any(one in said for one in own_of(report))
        credited = [edge for edge in main if edge.kind is EdgeKind.CREDITS]
        return None if is_own or not credited else credited[0]

    def _own(self, report: Report, said: Sequence[Sourced], taken: Sequence[_Draft]) -> _Draft:
        """A source of the report's own: known already if the same newsroom described it alike before."""
        voice, words = self.voices.of(report), _words(report, said)
        for draft in self._by_voice[voice]:
            if draft not in taken and overlap(words, draft.words) >= ALIKE:
                return draft
        return self._new(report, said, report.outlet, voice)

    def _carried(self, report: Report, said: Sequence[Sourced], way: Edge, taken: Sequence[_Draft]) -> _Draft:
        """A source that came along an edge: the most alike of those that stand there, else one not heard of before."""
        words = _words(report, said)
        there = [one for one in self.held[_node(way)] if one not in taken]
        if there:
            return max(there, key=lambda one: overlap(words, one.words))
        draft = self._new(report, said, way.outlet, self.voices.of_end(way))
        self.held[_node(way)].append(draft)
        return draft

    def _new(self, report: Report, said: Sequence[Sourced], outlet: str, voice: str) -> _Draft:
        spans = said[0].attribution.source
        described = " ".join(report.whole[start:end] for start, end in spans) or said[0].name
        draft = _Draft(described, report.article, spans, outlet, voice, _words(report, said))
        self.drafts.append(draft)
        self._by_voice[voice].append(draft)
        return draft

    def _likest(self, report: Report, said: Sequence[Sourced], way: Edge | None) -> float:
        """How like a source's description is to the likest one where it came from, 0..1."""
        words = _words(report, said)
        return max((overlap(words, one.words) for one in self.held[_node(way)]), default=0.0) if way else 0.0

    def _note_kinds(self, report: Report) -> None:
        """Which kinds of sources a report rests on, and which the outlets without a report that it credits."""
        own = set(report.findings.own) if report.findings else set()
        for index, one in enumerate(report.findings.sourced if report.findings else ()):
            if one.stance not in AFFIRMING or not (one.via or index in own):
                continue
            self.kinds[report.article].add(one.kind)
            if one.via:
                self.kinds[named(one.via)].add(one.kind)


def _bases(book: _Book, deepest_first: Iterable[Report]) -> dict[Node, set[SourceKind]]:
    """The kinds of sources that each report shows; of one that shows none, those of what it repeats."""
    bases: dict[Node, set[SourceKind]] = dict(book.kinds)
    for report in deepest_first:
        beneath = [bases.get(_node(edge), set()) for edge in book.main.get(report.article, ())]
        bases[report.article] = book.kinds.get(report.article) or set().union(*beneath)
    return bases


def _by_key(report: Report) -> list[list[Sourced]]:
    """The unnamed sources of a report, with all that is attributed to each, as they stand.

    "Two of the people" are of the people named before: who speaks for some of a source is no further one.
    """
    grouped: dict[str, list[Sourced]] = {}
    for one in report.findings.sourced if report.findings else ():
        if one.kind is SourceKind.ANONYMOUS and one.stance in AFFIRMING:
            key = one.key if one.key in grouped else _whole_of(report, one, grouped)
            grouped.setdefault(key or one.key, []).append(one)
    return list(grouped.values())


def _whole_of(report: Report, one: Sourced, before: Mapping[str, Sequence[Sourced]]) -> str:
    """The key of the source that this one is a part of, the last that is described alike; "" where it is none."""
    spans = one.attribution.source
    part = _PART.match(report.whole, spans[0][0]) if spans else None
    if part is None:
        return ""
    words = telling(report.whole[part.end() : spans[0][1]])
    alike = [key for key, said in before.items() if not words or overlap(words, _words(report, said)) >= ALIKE]
    return alike[-1] if alike else ""


def _node(edge: Edge) -> Node:
    return named(edge.outlet) if edge.target is None else edge.target


def _words(report: Report, said: Iterable[Sourced]) -> frozenset[str]:
    return telling(" ".join(report.whole[start:end] for one in said for start, end in one.attribution.source))


def _places(said: Iterable[Sourced]) -> Spans:
    return tuple(sorted({span for one in said for span in (one.attribution.source or (one.attribution.cue,))}))


def _closed(shelf: Shelf, draft: _Draft) -> UnnamedSource:
    carriers = sorted(draft.carriers, key=lambda one: (shelf.place[one.article], one.spans))
    only = sorted(draft.only, key=lambda article: shelf.place[article])
    return UnnamedSource(draft.described, draft.article, draft.spans, draft.outlet, tuple(carriers), tuple(only))
