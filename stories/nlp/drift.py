"""What becomes of an attribution on its way: kept, weakened or dropped along an edge, in body and headline apart.

Only edges for the main news are looked at. "Dropped" says that nothing of it was found, with the passage that goes
without; it never says why.

Body. What there is to keep: whose news it is, and, where the repeated report names none of its own sources, that they
are unnamed.
- Kept: in its opening (600 characters) the report names the outlet that had the news, and says that the sources are
  unnamed or doubts them, where they are unnamed.
- Weakened: it names only an outlet in between, or names it further down, or the unnamed sources are not found; or it
  says "reportedly" without saying whose report.
- Dropped: none of these. So is a report that credits nobody, but opens just like an earlier one that attributes its
  claim, itself without any attribution there; if it attributes to somebody else, nothing can be told.
- A copy keeps what it copies.

Headline. Kept: it names the outlet, or says who says so, by name or as unnamed ("sources say"). Weakened: "report
says", "reportedly", quotation marks. Dropped: none of these. A copy's headline has something to keep only where that of
the original has it or the text itself repeats another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from stories.nlp.findings import CREDITING, Sourced, SourceKind, Span, Spans
from stories.nlp.footing import AFFIRMING, NAMELESS, TOLD_APART, own_of, passage
from stories.nlp.leads import OPENING, lead_spans, title_end, within
from stories.nlp.lineage import Drift, Edge, EdgeKind, Keep, Report, Tally
from stories.nlp.repeats import main_of
from stories.nlp.shelf import Shelf, named

# Of two, the one that says more about a fault; an outlet with several reports is listed by its worst.
_WORST = (Keep.DROPPED, Keep.WEAKENED, Keep.KEPT, Keep.UNKNOWN)

_UNNAMED = re.compile(
    r"\b(?:sources?|insiders?|officials?|aides?|(?:people|persons?) familiar)\s+(?:[\w’'-]+\s+){0,3}"
    r"(?:say|says|said|tell|tells|told|claims?|warns?|reveals?|confirms?|suggests?)\b"
    r"|\b(?:say|says|said|according to)\s+(?:\w+\s+){0,2}(?:sources?|insiders?|officials?|aides?)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:reports?|media|paper|newspaper|magazine)\s+(?:say|says|said|claims?|claimed|suggests?|suggested|finds?)\b"
    r"|\breport\s*$|[:–—|-]\s*reports?\b|\baccording to (?:an? |the )?(?:media |news |press )?reports?\b"
    r"|\breportedly\b|\ballegedly\b|\balleged\b|\bpurportedly\b|\brumou?red\b|\bis said to\b|\bare said to\b",
    re.IGNORECASE,
)
# Opened where no word ends, so that "the ministers' row" is no quotation.
_QUOTED = re.compile(r"“[^”]+”|‘[^’]+’(?!\w)|(?<!\w)\"[^\"]+\"|(?<!\w)'[^']+'(?!\w)|„[^“”]+[“”]|«[^»]+»")


@dataclass(frozen=True, slots=True)
class _Found:
    """What became of an attribution in one place, and the passages here and there."""

    keep: Keep
    here: Spans = ()
    there: Spans = ()


def along(shelf: Shelf, edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """The edges, each for the main news with its drift."""
    main = main_of(edges)
    return tuple(replace(edge, drift=_drift(shelf, edge, main)) if edge.main else edge for edge in edges)


def tally(shelf: Shelf, edges: Iterable[Edge], *, headline: bool) -> Tally:
    """By outlet, what became of the attribution in headlines or in bodies; each outlet once, by its worst report."""
    worst: dict[str, Keep] = {}
    for edge in edges:
        keep = (edge.drift.headline if headline else edge.drift.body) if edge.drift else Keep.NONE
        outlet = shelf.by_article[edge.article].outlet
        if keep is not Keep.NONE:
            worst[outlet] = min(worst.get(outlet, Keep.UNKNOWN), keep, key=_WORST.index)
    by_keep = {keep: tuple(sorted(outlet for outlet, found in worst.items() if found is keep)) for keep in _WORST}
    return Tally(by_keep[Keep.KEPT], by_keep[Keep.WEAKENED], by_keep[Keep.DROPPED], by_keep[Keep.UNKNOWN])


def drops(edge: Edge) -> bool:
    """Whether the attribution was dropped along an edge, in body or headline."""
    return edge.drift is not None and Keep.DROPPED in (edge.drift.body, edge.drift.headline)


def _drift(shelf: Shelf, edge: Edge, main: Mapping[int, Sequence[Edge]]) -> Drift:
    here, there = shelf.by_article[edge.article], shelf.by_article.get(edge.target or 0)
    whose = _names(edge, here, there, main)
    if edge.kind is EdgeKind.COPIES:
        body = _Found(Keep.KEPT)
    elif edge.kind is EdgeKind.SHARES:
        body = _shared_body(here, there)
    else:
        body = _credited_body(edge, here, there, whose, main)
    headline = _headline(edge, here, there, whose, main)
    return Drift(body.keep, headline.keep, body.here, body.there, headline.here, headline.there)


def _names(edge: Edge, here: Report, there: Report | None, main: Mapping[int, Sequence[Edge]]) -> frozenset[str]:
    """Whose news it is, by name: the outlet that is repeated, or those that it credits itself."""
    beyond = {named(one.outlet) for one in main.get(edge.target or 0, ()) if one.certain and one.outlet}
    beyond.discard(named(here.outlet))
    own = {named(name) for name in (edge.outlet, there.outlet if there else "") if name}
    return frozenset(beyond or own)


def _credited_body(
    edge: Edge, here: Report, there: Report | None, whose: frozenset[str], main: Mapping[int, Sequence[Edge]]
) -> _Found:
    """The body of a report that credits: whose news, where in the text, and on whose word."""
    if not here.has_text:
        return _Found(Keep.UNKNOWN)
    body = title_end(here) + 1
    said = tuple(span for span in edge.evidence if span[0] >= body)
    of_origin = _namings(here, whose, body, len(here.whole))
    if named(edge.outlet) in whose:
        of_origin = tuple(sorted({*said, *of_origin}))
    keeps = _what_to_keep(there, main)
    nameless = _nameless(here)
    if edge.decided and not edge.evidence:
        return _Found(Keep.UNKNOWN, there=keeps)
    if not (said or of_origin):
        vague = nameless or _hedges(here)
        return _Found(Keep.WEAKENED, vague, keeps) if vague else _Found(Keep.DROPPED, _goes_without(here), keeps)
    late = not within(of_origin, body + OPENING)
    bare = bool(_unnamed_only(there)) and not (nameless or _hedges(here))
    passages = tuple(sorted({*(of_origin or said), *nameless}))
    return _Found(Keep.WEAKENED if late or bare else Keep.KEPT, passages, keeps)


def _shared_body(here: Report, there: Report | None) -> _Found:
    """The body of a report that credits nobody and opens like an earlier one."""
    keeps = _opening_attributions(there, (*NAMELESS, SourceKind.OUTLET)) if there else ()
    if not keeps:
        return _Found(Keep.NONE)
    attributed = _opening_attributions(here, tuple(SourceKind)) or _hedges(here)
    if attributed:
        return _Found(Keep.UNKNOWN, attributed, keeps)
    return _Found(Keep.DROPPED, _goes_without(here), keeps)


def _headline(
    edge: Edge, here: Report, there: Report | None, whose: frozenset[str], main: Mapping[int, Sequence[Edge]]
) -> _Found:
    """What a headline keeps of an attribution."""
    if not here.title or here.findings is None:
        return _Found(Keep.UNKNOWN)
    keeps = _strong(there, _outlets(there, main)) or _vague(there) if there is not None else ()
    repeats = there is not None and any(one.kind is EdgeKind.CREDITS for one in main.get(there.article, ()))
    if edge.kind is EdgeKind.COPIES and not keeps and not repeats:
        return _Found(Keep.NONE if there is not None else Keep.UNKNOWN)
    if edge.kind is EdgeKind.SHARES and not keeps:
        return _Found(Keep.NONE)
    strong = _strong(here, whose | {named(edge.outlet)})
    if strong:
        return _Found(Keep.KEPT, strong, keeps)
    vague = _vague(here)
    if vague:
        same = bool(keeps) and there is not None and not _strong(there, _outlets(there, main))
        return _Found(Keep.KEPT if same and edge.kind is EdgeKind.COPIES else Keep.WEAKENED, vague, keeps)
    return _Found(Keep.DROPPED, ((0, title_end(here)),), keeps)


def _outlets(report: Report | None, main: Mapping[int, Sequence[Edge]]) -> frozenset[str]:
    return frozenset(named(one.outlet) for one in main.get(report.article, ())) if report else frozenset()


def _strong(report: Report | None, outlets: frozenset[str]) -> Spans:
    """Where a headline says whose word it is: an outlet's, a named source's, or that of unnamed ones."""
    if report is None or report.findings is None:
        return ()
    end = title_end(report)
    namings = _namings(report, outlets, 0, end)
    kinds = (*TOLD_APART - {SourceKind.DOCUMENT, SourceKind.POLL}, *NAMELESS)
    said = tuple(passage(one) for one in report.findings.sourced if one.attribution.cue[0] < end and one.kind in kinds)
    return namings or said or _matches(_UNNAMED, report.title)


def _vague(report: Report | None) -> Spans:
    """Where a headline shows by its wording that it is somebody's word, without saying whose."""
    if report is None:
        return ()
    hedges = within(report.findings.hedges, title_end(report)) if report.findings else ()
    return _matches(_VAGUE, report.title) or hedges or _matches(_QUOTED, report.title)


def _namings(report: Report, outlets: frozenset[str], start: int, end: int) -> Spans:
    """Where one of these outlets is named, between two offsets: as the reader found it, or by its plain name."""
    found: set[Span] = set()
    for mention in report.findings.mentions if report.findings else ():
        if named(mention.outlet) in outlets and start <= mention.span[0] < end:
            found.add(mention.span)
    for credit in report.findings.credits if report.findings else ():
        if named(credit.outlet) in outlets and credit.relation in CREDITING and start <= credit.evidence[0] < end:
            found.add(credit.evidence)
    if not found:
        text = report.whole[start:end]
        for outlet in sorted(outlets):
            pattern = rf"(?<!\w){re.escape(outlet)}(?!\w)"
            found |= {(start + m.start(), start + m.end()) for m in re.finditer(pattern, text, re.IGNORECASE)}
            # "… brake faults – Courier": behind a dash or a colon the last word of the name is enough.
            short = rf"(?<=[–—:-] )(?:the )?{re.escape(outlet.rpartition(' ')[2])}\s*$"
            if outlet and not found and (at_end := re.search(short, text, re.IGNORECASE)):
                found.add((start + at_end.start(), start + len(text.rstrip())))
    return tuple(sorted(found))


def _nameless(report: Report) -> Spans:
    """Where a report says that the sources have no name."""
    sourced = report.findings.sourced if report.findings else ()
    found = {passage(one) for one in sourced if one.kind in NAMELESS and one.stance in AFFIRMING}
    return tuple(sorted(found))


def _hedges(report: Report) -> Spans:
    """Where the body doubts or points at reports at large, in its opening."""
    start = title_end(report) + 1
    hedges = {one for one in report.findings.hedges if start <= one[0] < start + OPENING} if report.findings else set()
    opening = report.whole[start : start + OPENING]
    return tuple(sorted(hedges | {(start + a, start + b) for a, b in _matches(_VAGUE, opening)}))


def _unnamed_only(report: Report | None) -> list[Sourced]:
    """The unnamed sources of a report that names none for its main news."""
    if report is None or report.findings is None:
        return []
    basis = [one for one in report.findings.sourced if one.via and one.stance in AFFIRMING]
    basis += [one for one in own_of(report) if one.stance in AFFIRMING and not one.via]
    if any(one.kind in TOLD_APART for one in basis):
        return []
    return [one for one in basis if one.kind is SourceKind.ANONYMOUS]


def _what_to_keep(report: Report | None, main: Mapping[int, Sequence[Edge]]) -> Spans:
    """The passages of the repeated report that say whose word it is."""
    if report is None:
        return ()
    credited = {span for one in main.get(report.article, ()) for span in one.evidence}
    return tuple(sorted(credited | {passage(one) for one in _unnamed_only(report)}))


def _opening_attributions(report: Report, kinds: Sequence[SourceKind]) -> Spans:
    """Attributions in headline and lead, and credits there."""
    if report.findings is None:
        return ()
    spans = lead_spans(report)
    end = spans[-1][1] if spans else 0
    found = {passage(one) for one in report.findings.sourced if one.attribution.cue[0] < end and one.kind in kinds}
    found |= {one.evidence for one in report.findings.credits if one.evidence[0] < end and one.main}
    return tuple(sorted(found))


def _goes_without(report: Report) -> Spans:
    """The sentence of the body that tells the news as a fact."""
    return tuple(span for span in lead_spans(report, 1) if span[0] > title_end(report))


def _matches(pattern: re.Pattern[str], text: str) -> Spans:
    return tuple(match.span() for match in pattern.finditer(text))
