"""What a story's news rests on: its unnamed sources, and the people, bodies and papers that its origins name.

Counts sources as nlp.persons tells them apart; decides nothing of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext, npgettext

from stories.models import Article
from stories.nlp.findings import SourceKind
from stories.nlp.lineage import KNOWN, Footing, Provenance
from stories.nlp.persons import Said, same_sources
from stories.nlp.shelf import named
from stories.selectors.evidence import Cited, Evidence, Passage

# A source that speaks more often is shown by its first words.
PASSAGES = 3
# Of one kind, in the list; a story with more named sources than this is a chronicle.
SOURCES = 40
_WORDS: dict[SourceKind, Callable[[int], str]] = {
    SourceKind.ANONYMOUS: lambda n: ngettext("%(count)s unnamed", "%(count)s unnamed", n),
    SourceKind.NAMED: lambda n: ngettext("%(count)s named", "%(count)s named", n),
    SourceKind.ORGANISATION: lambda n: ngettext("%(count)s organisation", "%(count)s organisations", n),
    SourceKind.DOCUMENT: lambda n: ngettext("%(count)s document", "%(count)s documents", n),
    SourceKind.POLL: lambda n: npgettext("SourceKind", "%(count)s poll", "%(count)s polls", n),
    SourceKind.ROLE: lambda n: ngettext("%(count)s by role only", "%(count)s by role only", n),
    SourceKind.SOCIAL: lambda n: ngettext("%(count)s social post", "%(count)s social posts", n),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A source with its passages; `via`: the outlet that has it, where that is not the report's own."""

    name: str
    via: str
    passages: Sequence[Passage]
    more: int


@dataclass(frozen=True, slots=True)
class Basis:
    """The sources of one kind: "2 unnamed"; `total` may be more than are listed."""

    kind: str
    total: int
    words: str
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True)
class Foundations:
    """All that the news rests on, and the reports that rest on unnamed sources alone."""

    bases: Sequence[Basis]
    only_unnamed: Sequence[Article]
    only_total: int

    @property
    def unnamed(self) -> Basis | None:
        """The unnamed sources, if there are any."""
        return next((basis for basis in self.bases if basis.kind == SourceKind.ANONYMOUS), None)


def foundations(traced: Provenance, at_hand: Evidence) -> Foundations:
    """What the story's origins rest on, as far as it is said."""
    grouped: dict[SourceKind, list[list[Cited]]] = {}
    for group in _groups(list(_own(traced, at_hand.cited))):
        grouped.setdefault(group[0].kind, []).append(group)
    bases = [_unnamed(traced, at_hand)] if traced.unnamed else []
    for kind in _WORDS:
        if groups := grouped.get(kind):
            sources = [_source(group, at_hand) for group in groups[:SOURCES]]
            bases.append(Basis(kind.value, len(groups), _words(kind, len(groups)), sources))
    only = [at_hand.articles[pk] for pk in traced.only_unnamed if pk in at_hand.articles]
    return Foundations(bases, only, len(traced.only_unnamed))


def _words(kind: SourceKind, total: int) -> str:
    return _WORDS[kind](total) % {"count": total}


def _own(traced: Provenance, cited: Iterable[Cited]) -> Iterable[Cited]:
    """What origins cite of their own, and what is passed on of those whose report is not at hand."""
    grounds = {standing.article for standing in traced.standings if standing.footing in (*KNOWN, Footing.PERHAPS)}
    away = {named(origin.outlet): set(origin.resting) for origin in traced.origins if origin.article is None}
    for one in cited:
        if not one.affirms or one.kind not in _WORDS or one.kind is SourceKind.ANONYMOUS:
            continue
        own = one.own and one.article in grounds
        if own or (one.via and one.article in away.get(named(one.via), ())):
            yield one


def _groups(cited: Sequence[Cited]) -> list[list[Cited]]:
    """What is cited, by source, in the order in which sources come up."""
    numbers = same_sources([Said(one.kind, one.name) for one in cited])
    groups: dict[tuple[SourceKind, int], list[Cited]] = {}
    for one in cited:
        groups.setdefault((one.kind, numbers[Said(one.kind, one.name)]), []).append(one)
    return list(groups.values())


def _source(group: Sequence[Cited], at_hand: Evidence) -> Source:
    """A source by its fullest name, with the first passage of each report that cites it."""
    first = {one.article: one for one in reversed(group)}
    told = sorted(first.values(), key=group.index)
    shown = [at_hand.passage(one.article, one.source, mark="source") for one in told[:PASSAGES]]
    name = max((one.name for one in group), key=len)
    via = "" if any(not one.via for one in group) else group[0].via
    return Source(name, via, [one for one in shown if one], max(0, len(told) - PASSAGES))


def _unnamed(traced: Provenance, at_hand: Evidence) -> Basis:
    """The unnamed sources, each with the reports that carry it."""
    sources = []
    for one in traced.unnamed[:SOURCES]:
        carried = [at_hand.passage(c.article, c.spans, mark="source") for c in one.carriers[:PASSAGES]]
        # Whose it is goes without saying where the report that it is first seen in is that outlet's own.
        first = at_hand.articles.get(one.article)
        via = "" if first and named(first.outlet.name) == named(one.outlet) else one.outlet
        shown = [passage for passage in carried if passage]
        sources.append(Source(one.described, via, shown, max(0, len(one.carriers) - PASSAGES)))
    total = len(traced.unnamed)
    return Basis(SourceKind.ANONYMOUS.value, total, _words(SourceKind.ANONYMOUS, total), sources)
