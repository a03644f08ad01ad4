"""Where sentences and paragraphs begin and end, in English running text; offsets into the text, nothing is copied.

A full stop ends a sentence only before a capital, a digit or a quotation mark, and not behind a title, an initial or a
short form. It looks no further than that: a wrong cut costs one reading of one sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp.findings import Span

_ENDS = re.compile(r"[.!?…][\"'”’)\]]{0,2}(?=\s+[\"'“‘(\[]?[A-Z0-9@#])|\n+")
# Behind these a full stop is part of the word; "Ms", "Gen" and the like begin a name.
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Sgt|Capt|Maj|Sen|Rep|Gov|Rev|Hon|Sr|Jr|St|Mt|No|vs|v|Inc|Ltd|Co|Corp|Jan|Feb"
    r"|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Ark|Calif|Conn|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Neb|Nev"
    r"|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis)|\b[A-Z](?:\.[A-Z])*)$"
)
_SHORT_REACH = 8


@dataclass(frozen=True, slots=True)
class Sentences:
    """A text's sentences in order, without the space around them; `spans` never overlap and are never empty."""

    spans: tuple[Span, ...]
    starts: tuple[int, ...]

    def at(self, position: int) -> int:
        """The number of the sentence that holds a position, or of the one before it; 0 in a text without any."""
        return max(bisect_right(self.starts, position) - 1, 0)

    def around(self, span: Span) -> Span:
        """The sentence that a span begins in; the span itself where there is none."""
        return self.spans[self.at(span[0])] if self.spans else span


def sentences(text: str) -> Sentences:
    """Cut a text into sentences; a line break always ends one. Linear in the text's length."""
    spans: list[Span] = []
    start = 0
    for end in _ENDS.finditer(text):
        if text[end.start()] == "." and _SHORT.search(text, max(end.start() - _SHORT_REACH, 0), end.start()):
            continue
        _add(spans, text, start, end.end())
        start = end.end()
    _add(spans, text, start, len(text))
    return Sentences(tuple(spans), tuple(begin for begin, _ in spans))


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if stripped := piece.strip():
        begin = start + piece.index(stripped[0])
        spans.append((begin, begin + len(stripped)))


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


def hull(spans: Sequence[Span]) -> Span:
    """From the first character of these spans to the last. ValueError without any."""
    return min(begin for begin, _ in spans), max(end for _, end in spans)
