"""How one report gives an utterance, held against its fullest rendering: in full, trimmed, and what differs.

Words are compared in their order, without case, punctuation, brackets and kinds of quotation marks. It compares two
passages, and finds no utterances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from stories.nlp.comparison import RenderingKind
from stories.nlp.findings import Span, Spans
from stories.nlp.utterances import Word


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words without which a quotation is still given in full: editors tidy speech.
FILLERS = _set("a an the and but so well uh um er that you know yeah yes now oh like it's")
# So many of a hundred words may be such fillers, and always one.
FILLERS_IN_100 = 6
# Words at its edges that a quotation loses when it is fitted into a sentence: "[they] are ripping it apart".
EDGES = FILLERS | _set(
    "are is was were be been am has have had will would for of to in on at it he she they i we there because if as"
)
EDGE_WORDS = 2
# A single word that both hold at one place in their order is mostly chance.
RUN = 2
# "Travelling" and "traveling", "frame-rate" and "frame rate" are one: they begin alike and share so many letters.
SPELLING = 0.87


@dataclass(frozen=True, slots=True)
class Match:
    """Two word sequences held against each other: which words of either find their like in the other, in order.

    `share` is that of the second one's words that do so in runs of two and more.
    """

    there: frozenset[int]
    here: frozenset[int]
    share: float


def match(there: Sequence[Word], here: Sequence[Word]) -> Match:
    """The words that both hold in the same order. ValueError of an empty second one."""
    if not here:
        raise ValueError("nothing to match")
    blocks = SequenceMatcher(None, [one.plain for one in there], [one.plain for one in here], autojunk=False)
    found_there: set[int] = set()
    found_here: set[int] = set()
    in_runs = 0
    for same, a, to_a, b, to_b in blocks.get_opcodes():
        respelt = same == "replace" and _respelt(there[a:to_a], here[b:to_b])
        if same == "equal" or respelt:
            found_there.update(range(a, to_a))
            found_here.update(range(b, to_b))
            in_runs += to_b - b if respelt or to_b - b >= RUN else 0
    return Match(frozenset(found_there), frozenset(found_here), in_runs / len(here))


def _respelt(there: Sequence[Word], here: Sequence[Word]) -> bool:
    """Whether two runs of words differ in their spelling only."""
    one, other = ("".join(word.plain for word in words) for words in (there, here))
    if one == other:
        return True
    alike = len(there) == len(here) == 1 and one[0] == other[0] and not (one + other).isnumeric()
    return alike and SequenceMatcher(None, one, other, autojunk=False).ratio() >= SPELLING


def kind(there: Sequence[Word], kept: frozenset[int]) -> RenderingKind:
    """Whether a rendering that keeps these words of the fullest one gives it in full."""
    missing = [place for place in range(len(there)) if place not in kept]
    allowed = max(1, len(there) * FILLERS_IN_100 // 100)
    first, last = min(kept, default=0), max(kept, default=0)
    edges = [place for place in missing if place < first or place > last]
    inner = [place for place in missing if first < place < last]
    full = (
        len(inner) <= allowed
        and len(edges) <= EDGE_WORDS
        and all(there[place].plain in FILLERS for place in inner)
        and all(there[place].plain in EDGES for place in edges)
    )
    return RenderingKind.FULL if full else RenderingKind.TRIMMED


def without(words: Sequence[Word], kept: frozenset[int], passages: Spans) -> Spans:
    """The runs of words that aren't among `kept`, as spans; none runs over the edge of a passage."""
    left = [word.span for place, word in enumerate(words) if place not in kept]
    if not left:
        return ()
    order = {word.span: place for place, word in enumerate(words)}
    runs: list[list[Span]] = [[left[0]]]
    for one, other in pairwise(left):
        together = order[other] == order[one] + 1 and _passage(passages, one) == _passage(passages, other)
        if together:
            runs[-1].append(other)
        else:
            runs.append([other])
    return tuple((run[0][0], run[-1][1]) for run in runs)


def _passage(passages: Spans, word: Span) -> int:
    return next((place for place, (start, end) in enumerate(passages) if start <= word[0] < end), -1)
