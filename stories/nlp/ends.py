"""The edges of a found span: at whole names, at quotation marks, and not at commas.

What is quoted belongs together, and so does a name; the punctuation between a content and its cue belongs to neither.
It moves edges and finds nothing: a span stays where it is, and never takes in what is another's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from stories.nlp.findings import Span, Spans
from stories.nlp.quotation import CLOSING, share_quoted

# What stands between a content and its cue, or between a source and its cue.
BETWEEN = " \t\n\r\f\v\u00a0,;:—–-•·|"
MARKS = "".join(mark for mark in CLOSING if len(mark) == 1)
BRACKETS = {"(": ")", "[": "]"}


def whole_names(span: Span, names: Sequence[Span], others: Spans) -> Span:
    """The span with the names that it cuts through; `names` in order. No name that touches one of `others` is taken."""
    for name in names[max(0, bisect_left(names, span) - 1) :]:
        if name[0] >= span[1]:
            break
        if name[1] > span[0] and not touches(name, others):
            span = min(span[0], name[0]), max(span[1], name[1])
    return span


def whole_quotations(text: str, spans: Spans, passages: Spans, others: Spans) -> Spans:
    """The spans with the quoted passages of which they hold most words; `passages` in order.

    A passage that touches one of `others` (the cue, the source) is broken by it, and not taken as a whole.
    """
    grown: list[Span] = []
    for span in spans:
        start, end = span
        for passage in passages[max(0, bisect_left(passages, span) - 1) :]:
            if passage[0] >= span[1]:
                break
            if passage[1] > span[0] and not touches(passage, others):
                held, words = share_quoted(text, [passage], (span,))
                if 2 * held > words:
                    start, end = min(start, passage[0]), max(end, passage[1])
        if grown and start < grown[-1][1]:
            grown[-1] = grown[-1][0], max(end, grown[-1][1])
        else:
            grown.append((start, end))
    return tuple(grown)


def trimmed(text: str, span: Span, passages: Spans = ()) -> Span | None:
    """The span without the punctuation at its edges; None where it holds no letter or digit.

    A full stop goes too, unless it is quoted or ends an abbreviation. Marks and brackets stay in pairs only.
    """
    start, end = span
    opening = {opened for opened, _ in passages} | {closed - 1 for _, closed in passages}
    while start < end and (text[start] in BETWEEN + ".)]" or (text[start] in MARKS and start not in opening)):
        start += 1
    while start < end and _loose(text, start, end, passages):
        end -= 1
    return (start, end) if any(map(str.isalnum, text[start:end])) else None


def _loose(text: str, start: int, end: int, passages: Spans) -> bool:
    """Whether the last character of a span is none of its own."""
    last = text[end - 1]
    if last == ".":
        quoted = any(opened < end <= closed for opened, closed in passages)
        return not quoted and not (text[end - 3 : end - 2] in (".", " ") and text[end - 2 : end - 1].isalpha())
    if last in MARKS:
        return all(end not in (opened + 1, closed) for opened, closed in passages)
    for opening, closing in BRACKETS.items():
        if last in (opening, closing):
            inside = text[start:end]
            return last == opening or inside.count(opening) < inside.count(closing)
    return last in BETWEEN


def touches(span: Span, others: Spans) -> bool:
    """Whether a span shares a character with one of the others."""
    return any(span[0] < end and start < span[1] for start, end in others)
