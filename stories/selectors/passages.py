"""Passages: the sentences that a finding rests on, cut out of an article with the words that matter marked.

Readers see excerpts, never whole texts: a passage is the sentences that hold its marks, and long ones are shortened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stories.nlp.findings import Span
from stories.nlp.sentences import Sentences, sentences

# A passage is no longer, in characters; what lies between two marks farther apart is left out.
LONGEST = 600
_CUT = " … "
# Where two marks cover the same words the later one here shows: a cue within content, a source within both.
_ORDER = ("evidence", "content", "source", "cue")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a passage and what they are: "" for plain ones, else a name of a mark."""

    words: str
    mark: str = ""


def passage(whole: str, marks: Iterable[tuple[Span, str]], cut: Sentences | None = None) -> tuple[Piece, ...]:
    """The sentences around some marks, each mark a span and one of "evidence", "content", "source", "cue".

    `cut` are the sentences of `whole` where they are at hand. Spans that lie outside the text are passed over.
    """
    inside = [(span, mark) for span, mark in marks if 0 <= span[0] < span[1] <= len(whole)]
    if not inside:
        return ()
    bounds = (sentences(whole) if cut is None else cut).spans
    shown = sorted(
        {(start, end) for start, end in bounds if any(span[0] < end and start < span[1] for span, _ in inside)}
    ) or sorted(span for span, _ in inside)
    pieces: list[Piece] = []
    room = LONGEST
    for number, (start, end) in enumerate(shown):
        if number and (room <= 0 or shown[number - 1][1] + 2 < start):
            pieces.append(Piece(_CUT))
        elif number:
            pieces.append(Piece(" "))
        if room <= 0:
            break
        made = list(_pieces(whole, (start, min(end, start + room)), inside))
        pieces += made
        room -= end - start
        if room < 0:
            pieces.append(Piece(_CUT.rstrip()))
    return tuple(pieces)


def _pieces(whole: str, bounds: Span, marks: Sequence[tuple[Span, str]]) -> Iterable[Piece]:
    """The words between two places, in pieces of one mark each."""
    start, end = bounds
    edges = sorted({start, end, *(min(max(edge, start), end) for span, _ in marks for edge in span)})
    for here, there in pairwise(edges):
        names = {mark for span, mark in marks if span[0] <= here and there <= span[1]}
        mark = max(names, key=_ORDER.index, default="")
        if words := " ".join(whole[here:there].split("\n")):
            yield Piece(words, mark)
