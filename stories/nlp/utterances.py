"""What is said in an article in somebody's own words: its quoted passages put together to utterances.

A passage of fewer than four words is no utterance (scare quotes), nor is the title of a work. A quotation that its cue
interrupts is one ("...", he said. "..."), and so is one that goes on in the next line without having been closed.
Passages that nobody is found for are kept, as another report may tell whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp.findings import Form, Sourced, Span, Spans
from stories.nlp.lineage import Report
from stories.nlp.quotation import CLOSING, quoted
from stories.nlp.saying import speaker

LEAST_WORDS = 4
# What is longer is a printed speech or a quotation mark that was never closed.
MOST_WORDS = 300
# The words between the pieces of an interrupted quotation: a cue, a name, an office.
BETWEEN = 220
# Unattributed and shorter, a passage is as often a name for something as something said.
SPEECH_WORDS = 7
# Of its long words so many are capitalised in a work's title. In a headline all may be.
TITLE_CASE = 0.7

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'ʼ-][^\W_]+)*")
# "U.S." and "US", "e-mail" and "email", "it’s" and "it's".
_PLAIN = str.maketrans({"’": "'", "ʼ": "'", ".": "", "-": ""})
_SPEAKS = re.compile(r"\b(?:I|I[’']\w+|we|we[’']\w+|my|our|us|me|you|your)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands."""

    plain: str
    span: Span


@dataclass(frozen=True, slots=True)
class Utterance:
    """Quoted passages of one article that belong together, their words, and who is said to have said them.

    `spoken`: somebody is found who said it, or it sounds like speech; what is not is one only if another report's is.
    """

    article: int
    spans: Spans
    words: tuple[Word, ...]
    by: Sourced | None
    headline: bool
    spoken: bool


def utterances(report: Report) -> list[Utterance]:
    """The utterances of a report in the order in which they stand."""
    whole, sourced = report.whole, report.findings.sourced if report.findings else ()
    groups: list[tuple[list[Span], Sourced | None]] = []
    for span in quoted(whole):
        by = speaker(sourced, span, whole)
        last = groups[-1] if groups else None
        if last and _goes_on(whole, last[0][-1], span, last[1], by):
            last[0].append(span)
            groups[-1] = last[0], last[1] or by
        else:
            groups.append(([span], by or (_before(whole, last[0][-1], span, last[1]) if last else None)))
    found = (_utterance(report, spans, by) for spans, by in groups)
    return [one for one in found if one is not None]


def words_of(whole: str, spans: Sequence[Span]) -> tuple[Word, ...]:
    """The words of passages, without case, hyphens, dots of abbreviations and kinds of apostrophes."""
    return tuple(
        Word(word[0].casefold().translate(_PLAIN), word.span())
        for span in spans
        for word in _WORD.finditer(whole, *span)
    )


def _utterance(report: Report, spans: Sequence[Span], by: Sourced | None) -> Utterance | None:
    # Where marks are odd, a quotation runs on over its own cue.
    around = (by.attribution.cue, *by.attribution.source) if by else ()
    found = words_of(report.whole, spans)
    words = tuple(word for word in found if not any(start <= word.span[0] < end for start, end in around))
    headline = spans[0][0] < len(report.title)
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        return None
    given = by is not None and by.attribution.form is Form.DIRECT
    if not headline and not given and _is_title(report.whole, words):
        return None
    spoken = by is not None or _sounds_spoken(report.whole, spans, words)
    return Utterance(report.article, tuple(spans), words, by, headline, spoken)


def _goes_on(whole: str, last: Span, span: Span, before: Sourced | None, by: Sourced | None) -> bool:
    """Whether a passage continues the one before it: after its cue in the same line, or unclosed in the line before."""
    between = whole[last[1] : span[0]]
    if "\n" in between:
        unclosed = whole[last[1] - 1] not in "".join(CLOSING.get(whole[last[0]], ()))
        return unclosed and not between.strip()
    same = before is not None and by is before and by.attribution.form is Form.DIRECT
    return same and len(between) <= BETWEEN


def _before(whole: str, last: Span, span: Span, by: Sourced | None) -> Sourced | None:
    """The speaker of the line before, where a passage that nobody is found for fills the next line alone."""
    start, end = whole.rfind("\n", 0, span[0]) + 1, whole.find("\n", span[1])
    alone = not whole[start : span[0]].strip() and not whole[span[1] : end if end >= 0 else len(whole)].strip(" .,")
    next_line = whole[last[1] : span[0]].strip().count("\n") == 0 and "\n" in whole[last[1] : span[0]]
    return by if alone and next_line else None


def _is_title(whole: str, words: Sequence[Word]) -> bool:
    """Whether a passage is written as the title of a work is."""
    long = [whole[word.span[0]] for word in words if len(word.plain) > 3]
    return bool(long) and sum(letter.isupper() for letter in long) >= TITLE_CASE * len(long)


def _sounds_spoken(whole: str, spans: Sequence[Span], words: Sequence[Word]) -> bool:
    """Whether a passage without a known speaker is speech: somebody says "I", "we" or "you", or it is a sentence."""
    if any(_SPEAKS.search(whole, *span) for span in spans):
        return True
    return len(words) >= SPEECH_WORDS and any(mark in whole[spans[-1][1] - 2 : spans[-1][1]] for mark in ".!?,")
