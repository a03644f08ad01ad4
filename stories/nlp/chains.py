"""Where chains of repeating end: at reports that stand on something of their own, or at outlets that we don't poll.

It follows what edges say and counts nothing; how many ends are independent of each other is told in `origins.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from stories.nlp.findings import Relation
from stories.nlp.footing import AFFIRMING, TOLD_APART, Grounds
from stories.nlp.lineage import KNOWN, Edge, EdgeKind, Footing, Origin, Report
from stories.nlp.persons import Said
from stories.nlp.repeats import main_of
from stories.nlp.shelf import Shelf, named
from stories.nlp.voices import Voices, depths

# Where a chain ends: an article by its number, or an outlet by its name.
End = int | str


def ends(shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds]) -> dict[int, tuple[End, ...]]:
    """For each article, where its news ends: itself where it has a standing of its own, and what it rests on.

    An article that credits nobody and stands on nothing is an end only if others rest on it. What stands in agency copy
    ends at the agency.
    """
    main = main_of(edges)
    copies = {edge.article: edge for edge in edges if edge.kind is EdgeKind.COPIES and edge.certain}
    # What an editor calls a report of its own is an end itself, whatever text it carries.
    copies = {pk: edge for pk, edge in copies.items() if grounds[pk].footing is not Footing.DECIDED}
    cited = {edge.target for rests in main.values() for edge in rests}
    found: dict[int, tuple[End, ...]] = {}
    for report in depths(shelf, edges):
        article, rests = report.article, main.get(report.article, [])
        footing, copy = grounds[article].footing, copies.get(article)
        own = footing in (*KNOWN, Footing.PERHAPS, Footing.DENIES)
        own = own or (not rests and (footing is Footing.BARE or article in cited))
        reached: list[End] = []
        if own:
            reached.append(article if copy is None else _end(copy))
        for edge in rests:
            reached += found.get(_inside(edge), [_end(edge)])
        # A copy's own end is that of what it copies, where that is at hand.
        if own and copy is not None and copy.target in found:
            reached = reached[1:]
        found[article] = tuple(dict.fromkeys(reached))
    return found


def origins(
    shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds], voices: Voices
) -> tuple[tuple[Origin, ...], dict[int, tuple[int, ...]]]:
    """The ends of all chains, by the first report that goes back to each; and for each article, which of them."""
    reached = ends(shelf, edges, grounds)
    resting: dict[End, list[int]] = defaultdict(list)
    for report in shelf.reports:
        for end in reached[report.article]:
            resting[end].append(report.article)
    away = _away(shelf, edges, grounds, voices)
    made = []
    for end, articles in resting.items():
        inside = shelf.by_article.get(end) if isinstance(end, int) else None
        made.append(_here(inside, grounds, voices, articles) if inside else replace(away[end], resting=tuple(articles)))
    place = {end: index for index, end in enumerate(resting)}
    return tuple(made), {article: tuple(sorted(place[end] for end in found)) for article, found in reached.items()}


def told(shelf: Shelf, edges: Sequence[Edge]) -> dict[str, list[Said]]:
    """By outlet of which we have no report: the sources that can be told apart and are said to have told it."""
    found: dict[str, list[Said]] = defaultdict(list)
    for edge in edges:
        report = shelf.by_article[edge.article]
        if edge.target is not None or edge.relation is not Relation.TOLD or report.findings is None:
            continue
        for one in report.findings.sourced:
            if named(one.via) == named(edge.outlet) and one.kind in TOLD_APART and one.stance in AFFIRMING:
                found[named(edge.outlet)].append(Said.of(report, one))
    return found


def names_of(said: Iterable[Said]) -> tuple[str, ...]:
    """The names of sources, each once."""
    return tuple(dict.fromkeys(one.name for one in said))


def _here(report: Report, grounds: Mapping[int, Grounds], voices: Voices, articles: Sequence[int]) -> Origin:
    """A chain's end in a report of the story."""
    ground = grounds[report.article]
    names = names_of(Said.of(report, one) for one in (*ground.named, *ground.nameless))
    return Origin(report.article, report.outlet, voices.of(report), ground.footing, tuple(articles), names)


def _away(shelf: Shelf, edges: Sequence[Edge], grounds: Mapping[int, Grounds], voices: Voices) -> dict[End, Origin]:
    """The ends outside of the story; an agency's text is at hand in its copies, and stands on what they show."""
    by_outlet = told(shelf, edges)
    found: dict[End, Origin] = {}
    for edge in edges:
        if edge.target in shelf.by_article:
            continue
        end, report, ground = _end(edge), shelf.by_article[edge.article], grounds[edge.article]
        is_text = edge.kind is EdgeKind.COPIES and ground.footing in KNOWN and ground.footing is not Footing.DECIDED
        said = [Said.of(report, one) for one in (*ground.named, *ground.nameless)] if is_text else []
        names = names_of(said or by_outlet.get(named(edge.outlet), ()))
        footing = ground.footing if is_text else Footing.CREDITED
        if end not in found or (is_text and found[end].footing is Footing.CREDITED):
            found[end] = Origin(edge.target, edge.outlet, voices.of_end(edge), footing, (), names)
    return found


def _end(edge: Edge) -> End:
    return named(edge.outlet) if edge.target is None else edge.target


def _inside(edge: Edge) -> int:
    return edge.target if edge.target is not None else 0
