"""How a report opens: where its headline and lead end, and which words of them tell what it is about.

Light on purpose: words cut to their stems by length, no model. It compares two openings and says nothing of sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from stories.nlp.findings import Span, Spans
from stories.nlp.lineage import Report

# Words of four letters or more, cut to six for their endings; numbers of any length.
LEAST_LETTERS, STEM = 4, 6
# Two sentences and the headline hold the claim. With one sentence more pairs of separate reports on one event pass for
# like ones (giveme5w1h, 1,264 pairs, at .6: 2.1 and not 1.4 %), as short leads share much by chance.
LEAD_SENTENCES = 2
# Less is a dateline, a byline or a caption's rest.
LEAST_WORDS = 4
# Where a reader still learns whose news it is: about a hundred words, three or four sentences. Chosen, not measured.
OPENING = 600

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_END = re.compile(r"[.!?][”\"’')\]]*\s+|\n+")


def telling(text: str) -> frozenset[str]:
    """The words that tell what a text is about, without case and endings."""
    words = _WORD.findall(text.casefold())
    return frozenset(word[:STEM] for word in words if len(word) >= LEAST_LETTERS or word[0].isdigit())


def title_end(report: Report) -> int:
    """The offset at which the headline ends."""
    return len(report.title)


def lead_spans(report: Report, sentences: int = LEAD_SENTENCES) -> Spans:
    """The headline and the first sentences of the text."""
    spans: list[Span] = [(0, title_end(report))] if report.title else []
    start, left = title_end(report) + 1, sentences
    while left and start < len(report.whole):
        match = _END.search(report.whole, start, start + 4 * OPENING)
        end = match.end() if match else min(len(report.whole), start + 4 * OPENING)
        said = report.whole[start:end].rstrip()
        if len(said.split()) > LEAST_WORDS:
            spans.append((start, start + len(said)))
            left -= 1
        start = end
    return tuple(spans)


def lead_end(report: Report) -> int:
    """The offset at which the first sentence of the text ends; that of the headline where there is no text."""
    spans = lead_spans(report, 1)
    return spans[-1][1] if spans else 0


def lead_terms(report: Report) -> frozenset[str]:
    """The telling words of headline and first two sentences."""
    return telling(" ".join(report.whole[start:end] for start, end in lead_spans(report)))


def within(spans: Iterable[Span], end: int) -> Spans:
    """Those spans that begin before an offset."""
    return tuple(span for span in spans if span[0] < end)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that both hold, 0..1; 0 of an empty one."""
    least = min(len(one), len(other))
    return len(one & other) / least if least else 0.0
