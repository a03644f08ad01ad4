"""What a report shows of where it has its news from: own sources, named or not, another outlet, or nothing.

One report at a time, by its role, its own sources and its main credits. Only what is said counts: an unanswered request
is no source, and a source that denies the news does not stand for it. It counts nothing and knows no other report.

A report of its own (original) stands on any own source that says something. One that repeats another and adds to it
(mixed) stands on its own only where a source of its own confirms the news, or speaks in its headline or first sentence;
else its sources may be colour, and it stands on its own perhaps, if what they say shares words with its headline.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stories.nlp.findings import Role, Sourced, SourceKind, Spans, Stance
from stories.nlp.leads import lead_end, telling, title_end, within
from stories.nlp.lineage import Edge, EdgeKind, Footing, Report

# Kinds that can be told apart from one report to the next, so that two of them are known to be two.
TOLD_APART = frozenset(
    {SourceKind.NAMED, SourceKind.ORGANISATION, SourceKind.DOCUMENT, SourceKind.POLL, SourceKind.SOCIAL}
)
NAMELESS = frozenset({SourceKind.ANONYMOUS, SourceKind.ROLE})
AFFIRMING = frozenset({Stance.SAYS, Stance.CONFIRMS})
_WITHOUT_OWN = {Role.RE_REPORT: Footing.REPEATS, Role.OTHER: Footing.ASIDE}
# A source whose words share fewer telling words than this with the headline speaks of something else.
WORDS_OF_THE_NEWS = 2


@dataclass(frozen=True, slots=True)
class Grounds:
    """A report's footing, the sources of its own that it rests on (told apart, then nameless), and the passages."""

    footing: Footing
    named: tuple[Sourced, ...] = ()
    nameless: tuple[Sourced, ...] = ()
    evidence: Spans = ()


def role(report: Report, edges: Sequence[Edge], agency: str, decided: Role | None) -> Role:
    """A report's role in its story: an editor's word, else what is known of its text, else as it was read.

    `agency` is the one whose text it carries, or "".
    """
    if decided is not None:
        return decided
    kinds = {edge.kind for edge in edges}
    if EdgeKind.COPIES in kinds:
        return Role.WIRE if agency else Role.RE_REPORT
    if report.findings is None:
        return Role.UNKNOWN
    if not report.has_text:
        return Role.RE_REPORT if any(edge.main for edge in edges) else Role.UNKNOWN
    judged = report.findings.role
    # Read alone it may pass for a report of its own; that it opens like another's is no proof of either.
    return Role.UNKNOWN if EdgeKind.SHARES in kinds and judged is Role.ORIGINAL else judged


def stand(report: Report, edges: Sequence[Edge], agency: str = "", decided: Role | None = None) -> Grounds:
    """What a report stands on, given its own edges (as `repeats.found` gives them), whose text it carries, and what an
    editor says it is. A copy is judged as a text of whoever wrote it.
    """
    own = own_of(report)
    if decided is not None:
        return _by_word(decided, own)
    repeats = any(edge.main and edge.kind is EdgeKind.CREDITS for edge in edges)
    if report.findings is None or not report.has_text:
        return Grounds(Footing.REPEATS if repeats else _untold(report))
    judged = report.findings.role
    if judged is Role.WIRE and not (agency or report.agency or report.copy_of is not None):
        return Grounds(Footing.NO_AGENCY)
    if judged is Role.WIRE:
        judged = Role.MIXED if repeats else Role.ORIGINAL
    if judged in (Role.ORIGINAL, Role.MIXED):
        return _original(report, own) if judged is Role.ORIGINAL else _mixed(report, own)
    return Grounds(_WITHOUT_OWN.get(judged, Footing.REPEATS if repeats else Footing.NO_ROLE))


def for_want_of_others(report: Report, grounds: Grounds) -> Grounds:
    """A denial's grounds where no report stands for anything else: then the denial is the news."""
    if grounds.footing is not Footing.DENIES:
        return grounds
    own = [one for one in own_of(report) if one.stance is not Stance.NO_ANSWER]
    return _on(own) if own else grounds


def _untold(report: Report) -> Footing:
    return Footing.NO_TEXT if not report.has_text else Footing.NOT_READ


def _by_word(decided: Role, own: Sequence[Sourced]) -> Grounds:
    """An editor's word for it; what is found only says on whom."""
    if decided in (Role.ORIGINAL, Role.MIXED):
        found = _on(own)
        return Grounds(Footing.DECIDED, found.named, found.nameless, found.evidence)
    return Grounds({Role.UNKNOWN: Footing.NO_ROLE, Role.OTHER: Footing.ASIDE}.get(decided, Footing.REPEATS))


def _original(report: Report, own: Sequence[Sourced]) -> Grounds:
    """A report of its own: a denial if it opens with one and nobody affirms there; else its affirming sources."""
    affirming, denying = _sides(own)
    opening = lead_end(report)
    opens = _starting_before(affirming, opening)
    if not opens and _opens_with_denial(report, denying, opening):
        return Grounds(Footing.DENIES, evidence=_passages(denying))
    if affirming:
        return _on(affirming)
    return Grounds(Footing.DENIES, evidence=_passages(denying)) if denying else Grounds(Footing.BARE)


def _mixed(report: Report, own: Sequence[Sourced]) -> Grounds:
    """A report that repeats and adds: confirmed on its own, perhaps, denied, or merely repeated."""
    affirming, denying = _sides(own)
    confirming = [one for one in affirming if one.stance is Stance.CONFIRMS]
    opening = lead_end(report)
    sure = confirming or _starting_before(affirming, opening)
    if sure:
        return _on(sure)
    if _opens_with_denial(report, denying, opening):
        return Grounds(Footing.DENIES, evidence=_passages(denying))
    news = telling(report.title)
    perhaps = [one for one in affirming if len(news & _content(report, one)) >= WORDS_OF_THE_NEWS]
    found = _on(perhaps)
    if found.footing is Footing.BARE:
        return Grounds(Footing.REPEATS)
    return Grounds(Footing.PERHAPS, found.named, found.nameless, found.evidence)


def _on(sources: Sequence[Sourced]) -> Grounds:
    """The grounds that these own sources make: told apart if any is, else nameless, else none."""
    named = tuple(one for one in sources if one.kind in TOLD_APART)
    nameless = tuple(one for one in sources if one.kind in NAMELESS)
    if not named and not nameless:
        return Grounds(Footing.BARE)
    return Grounds(Footing.NAMED if named else Footing.UNNAMED, named, nameless, _passages(named or nameless))


def _sides(own: Sequence[Sourced]) -> tuple[list[Sourced], list[Sourced]]:
    """Own statements that stand for the news, and those that deny it; who denies once stands for nothing."""
    denying = [one for one in own if one.stance is Stance.DENIES]
    deniers = {one.key for one in denying}
    return [one for one in own if one.stance in AFFIRMING and one.key not in deniers], denying


def _opens_with_denial(report: Report, denying: Sequence[Sourced], opening: int) -> bool:
    """Whether headline or first sentence carries a denial that is the report's own."""
    headline = within(report.findings.denials, title_end(report)) if report.findings else ()
    return bool(denying) and bool(headline or _starting_before(denying, opening))


def _starting_before(sources: Iterable[Sourced], end: int) -> list[Sourced]:
    return [one for one in sources if one.attribution.cue[0] < end]


def _passages(sources: Iterable[Sourced]) -> Spans:
    """From the first to the last word of each attribution, in order."""
    return tuple(sorted({passage(one) for one in sources}))


def own_of(report: Report) -> tuple[Sourced, ...]:
    """The sources that a report has of its own for its main news; () of one that was not read."""
    if report.findings is None:
        return ()
    sourced = report.findings.sourced
    return tuple(sourced[index] for index in report.findings.own if index < len(sourced))


def passage(one: Sourced) -> tuple[int, int]:
    """The stretch that holds an attribution: source, cue and content."""
    spans = (one.attribution.cue, *one.attribution.source, *one.attribution.content)
    return min(span[0] for span in spans), max(span[1] for span in spans)


def _content(report: Report, one: Sourced) -> frozenset[str]:
    return telling(" ".join(report.whole[start:end] for start, end in one.attribution.content))
