"""How many independent origins the news has, as a range.

The rule, in words; it is what the pages explain.

Voices are counted, not articles. All outlets of one owner are one voice; agency copy speaks with the agency's voice,
and a copy with that of what it copies, however many carry it.

At least: the origins that are proven.
- Each voice that has a source of its own for the news that can be told apart (a person with a name, an organisation, a
  document) and that no other counted voice needs. Ten newsrooms at one spokesman's press conference report on their own
  and still rest on one source, so they prove one origin; a newsroom that also has a second source proves a second. (So
  it is the largest matching of voices to sources, earlier voices first.) A spokesman and the body that he is named
  with are one source.
- The first known origin, whatever it rests on: there was nobody whom it could have repeated.
- Whatever an editor calls original or mixed.
Whoever is credited exists, so at least one as soon as anybody is.

At most: also what is not excluded.
- Own reporting whose sources are all those of others, or all unnamed: two papers' "people familiar with the matter"
  may be two people or one.
- A credited outlet whose own report we don't have; a report that repeats another and adds own sources that may speak to
  the news; one that names no source and credits nobody, unless it opens just like an earlier report.
- Reports of which nothing can be told: no text, another language, no role. They are also listed one by one.

Never counted: who only repeats, copies, comments, or carries a denial, unless the denial is all the news that there is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.nlp.chains import names_of, told
from stories.nlp.findings import Spans
from stories.nlp.footing import Grounds
from stories.nlp.lineage import (
    KNOWN,
    POSSIBLE,
    UNTOLD,
    Edge,
    EdgeKind,
    Footing,
    Independent,
    Voice,
    Why,
)
from stories.nlp.persons import Said, same_sources
from stories.nlp.repeats import main_of
from stories.nlp.shelf import Shelf, named
from stories.nlp.voices import Voices

_RANK = (*KNOWN, *POSSIBLE, *UNTOLD)
_WHY = {
    Footing.NAMED: Why.SAME_SOURCE,
    Footing.UNNAMED: Why.UNNAMED,
    Footing.CREDITED: Why.UNSEEN,
    Footing.PERHAPS: Why.ADDS,
    Footing.BARE: Why.BARE,
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of evidence for a voice: a report's footing, or that an outlet without a report is credited.

    `article` speaks for the voice, None where only another report (`shown_in`) credits it; `turn` orders by time.
    """

    voice: str
    footing: Footing
    turn: tuple[datetime, int, int]
    article: int | None
    shown_in: int
    said: tuple[Said, ...] = ()
    evidence: Spans = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """All that speaks for one voice: its best footing with the passages that show it, since when, on which sources."""

    best: _Piece
    turn: tuple[datetime, int, int]
    articles: tuple[int, ...]
    said: tuple[Said, ...]


def independent(shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds], voices: Voices) -> Independent:
    """The range of independent origins, with who is counted and why (the rule stands at the head of this module)."""
    cases = sorted(_cases(_pieces(shelf, edges, grounds, voices)), key=lambda case: (case.turn, case.best.voice))
    known = [case for case in cases if case.best.footing in KNOWN]
    sources = same_sources([one for case in known for one in case.said])
    backed = matched([[sources[one] for one in case.said] for case in known])
    proven, perhaps = [], []
    counted = {id(known[index]) for index in backed}
    for case in cases:
        if case.best.footing is Footing.DECIDED:
            proven.append(_voice(case, Why.DECIDED))
        elif id(case) in counted:
            proven.append(_voice(case, Why.OWN_SOURCE))
        elif known and case is known[0]:
            proven.append(_voice(case, Why.FIRST))
        else:
            perhaps.append(_voice(case, _WHY.get(case.best.footing, Why.UNTOLD)))
    somebody = int(any(edge.main for edge in edges))
    least = max(len(proven), somebody)
    main = main_of(edges)
    untold = [
        (one.article, grounds[one.article].footing)
        for one in shelf.reports
        if grounds[one.article].footing in UNTOLD and not main.get(one.article)
    ]
    most = max(len(proven) + len(perhaps), least)
    return Independent(least, most, tuple(proven), tuple(perhaps), tuple(untold))


def matched(wanted: Sequence[Sequence[int]]) -> set[int]:
    """Which of these get a source of their own, so that as many as possible do; who comes first is not put out.

    Augmenting paths, breadth first: O(voices x sources named).
    """
    holder: dict[int, int] = {}
    for start in range(len(wanted)):
        came: dict[int, int] = {}
        waiting = deque([start])
        free: int | None = None
        while waiting and free is None:
            at = waiting.popleft()
            for source in wanted[at]:
                if source in came:
                    continue
                came[source] = at
                if source not in holder:
                    free = source
                    break
                waiting.append(holder[source])
        while free is not None:
            at = came[free]
            before = next((source for source, held_by in holder.items() if held_by == at), None)
            holder[free] = at
            free = before if at != start else None
    return set(holder.values())


def _cases(pieces: Iterable[_Piece]) -> Iterable[_Case]:
    """What speaks for each voice: the best footing that it has anywhere, from the first time that it stood so."""
    grouped: dict[str, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        grouped[piece.voice].append(piece)
    for own in grouped.values():
        best = min(own, key=lambda piece: (_RANK.index(piece.footing), piece.turn))
        known = [piece for piece in own if piece.footing in KNOWN] or own
        articles = sorted({(piece.turn, piece.article) for piece in own if piece.article is not None})
        said = tuple(dict.fromkeys(one for piece in known for one in piece.said))
        turn = min(piece.turn for piece in known)
        yield _Case(best, turn, tuple(article for _, article in articles), said)


def _pieces(shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds], voices: Voices) -> Iterable[_Piece]:
    """Each report that may be an origin, and each credit that shows one of which we have no report."""
    main = main_of(edges)
    for report in shelf.reports:
        article, ground = report.article, grounds[report.article]
        retold = any(edge.kind is EdgeKind.SHARES for edge in main.get(article, ()))
        if ground.footing not in _RANK or (ground.footing is Footing.BARE and retold):
            continue
        said = tuple(Said.of(report, one) for one in ground.named)
        turn = report.at, 1, article
        yield _Piece(voices.of(report), ground.footing, turn, article, article, said, ground.evidence)
    by_outlet = told(shelf, edges)
    for edge in _unseen(shelf, edges, grounds):
        said = tuple(by_outlet.get(named(edge.outlet), ()))
        turn = shelf.by_article[edge.article].at, 0, edge.article
        voice = voices.of_end(edge)
        yield _Piece(voice, Footing.CREDITED, turn, None, edge.article, said, edge.evidence)


def _unseen(shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds]) -> Iterable[Edge]:
    """The edges for the main news that lead to a report that is not at hand.

    An agency's text is at hand in its copies, unless none of them has a text.
    """
    for edge in edges:
        if not edge.main or edge.target in shelf.by_article:
            continue
        if edge.kind is EdgeKind.CREDITS or grounds[edge.article].footing in UNTOLD:
            yield edge


def _voice(case: _Case, why: Why) -> Voice:
    best = case.best
    return Voice(best.voice, case.articles, why, names_of(case.said), best.shown_in, best.evidence)
