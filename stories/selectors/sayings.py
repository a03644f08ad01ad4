"""What the sources of an article say, sentence by sentence, each with its passage: the larger half of who is cited.

It puts together what was found, source by source, and decides nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy

from stories.models import Outlet
from stories.nlp.findings import Findings, Sourced, SourceKind, Span, Stance
from stories.nlp.sentences import Sentences, sentences
from stories.selectors import byeditors
from stories.selectors.passages import Piece, passage

NOBODY = gettext_lazy("Nobody is named")

Passage = tuple[Piece, ...]
Mark = tuple[Span, str]


@dataclass(frozen=True, slots=True)
class Named:
    """An outlet by the name that it is credited under; `row` is None of one that is not among ours."""

    name: str
    row: Outlet | None = None
    polled: bool = False
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says in one sentence; `starts` are the places of its cues, which are its addresses on the page."""

    starts: tuple[int, ...]
    stance: Stance
    via: Named | None
    hedge: str
    pieces: Passage


@dataclass(frozen=True, slots=True)
class Source:
    """A source and all that it says; `reason` is why it is not named, in the article's words.

    `via` are the outlets by way of which, `one_way` if it is the same for all statements, `partly` if some are own.
    `mark`: an editor set its kind.
    """

    name: str
    kind: SourceKind
    outlet: Named | None
    reason: str
    via: tuple[Named, ...]
    one_way: bool
    partly: bool
    statements: tuple[Statement, ...]
    key: str = ""
    mark: byeditors.Mark | None = None


class Text:
    """An article's words, cut into sentences once, and the outlets that it names."""

    def __init__(self, whole: str, outlets: Mapping[str, Named]) -> None:
        self.whole = whole
        self.cut = sentences(whole)
        self.outlets = outlets
        self._addressed: set[int] = set()

    def addresses(self, said: Iterable[Sourced]) -> tuple[int, ...]:
        """The places of some cues, without those that another statement of the page has for its address already."""
        starts = {one.attribution.cue[0] for one in said} - self._addressed
        self._addressed |= starts
        return tuple(sorted(starts))

    def passage(self, marks: Sequence[Mark]) -> Passage:
        """The sentences around some marks. Only those near are looked at: a long article has a thousand."""
        if not marks:
            return ()
        first = max(bisect_right(self.cut.starts, min(span[0] for span, _ in marks)) - 1, 0)
        last = bisect_left(self.cut.starts, max(span[1] for span, _ in marks))
        return passage(self.whole, marks, Sentences(self.cut.spans[first:last], self.cut.starts[first:last]))

    def each(self, spans: Iterable[Span]) -> tuple[Passage, ...]:
        """The sentences that hold some words, each once, with those words marked."""
        together = groupby(sorted(set(spans)), key=lambda span: self.cut.at(span[0]))
        return tuple(self.passage([(span, "evidence") for span in group]) for _, group in together)

    def words(self, span: Span | None) -> str:
        """The words of a span; "" of none."""
        return " ".join(self.whole[slice(*span)].split()) if span else ""


def sources(text: Text, findings: Findings) -> list[Source]:
    """The sources in the order in which they first speak."""
    together: dict[str, list[Sourced]] = {}
    for one in sorted(findings.sourced, key=lambda one: one.attribution.cue):
        together.setdefault(one.key or one.name, []).append(one)
    return [_source(text, said) for said in together.values()]


def _source(text: Text, said: Sequence[Sourced]) -> Source:
    first = said[0]
    ways = list(dict.fromkeys(one.via for one in said))
    return Source(
        name=first.name or str(NOBODY),
        kind=first.kind,
        outlet=text.outlets[first.name] if first.kind is SourceKind.OUTLET else None,
        reason=next((text.words(one.reason) for one in said if one.reason), ""),
        via=tuple(text.outlets[way] for way in ways if way),
        one_way=len(ways) == 1,
        partly="" in ways,
        statements=tuple(_statements(text, said)),
        key=first.key,
    )


def _statements(text: Text, said: Sequence[Sourced]) -> Iterable[Statement]:
    """A source's statements, those of one sentence and stance together: the sentence is shown once."""
    for (_, stance, via), group in groupby(
        said, lambda one: (text.cut.at(one.attribution.cue[0]), one.stance, one.via)
    ):
        ones = list(group)
        yield Statement(
            starts=text.addresses(ones),
            stance=stance,
            via=text.outlets[via] if via else None,
            hedge=next((text.words(one.hedge) for one in ones if one.hedge), ""),
            pieces=text.passage([mark for one in ones for mark in _marks(one)]),
        )


def _marks(one: Sourced) -> list[Mark]:
    found: list[Mark] = [(one.attribution.cue, "cue")]
    found += [(span, "source") for span in one.attribution.source]
    found += [(span, "content") for span in one.attribution.content]
    return found + [(span, "evidence") for span in (one.reason, one.hedge) if span]
