"""To whom an article attributes a passage, or that it tells it in its own voice.

A statement that covers most of the passage comes first, the innermost of several ("X said that Y denied it" is Y's);
then an outlet credited in the same sentence; then a word that says no more than that somebody says so. It reads nothing
anew: what is attributed to whom was found when the article was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stories.nlp.comparison import Said
from stories.nlp.cuewords import gives_words
from stories.nlp.findings import CREDITING, Credit, Findings, Sourced, SourceKind, Span, Stance
from stories.nlp.quotation import WORD
from stories.nlp.sentences import sentences

# A passage is somebody's whose statement holds half of its words or more, without those that attribute it. Chosen, not
# swept: with less, "Twelve died in the blast, which police called an accident" would be told by the police.
MOST = 0.5
# Of statements within each other, the inner one is the passage's if it holds nearly as much of it as the outer one.
NEARLY = 0.8
# A sentence is looked for so far before and behind a passage, in characters; none of news is longer.
REACH = 800
# Words that attribute to nobody in particular.
_SOMEBODY = re.compile(
    r"\b(?:reportedly|allegedly|purportedly|supposedly|(?:is|are|was|were) said to)\b", re.IGNORECASE
)


def said(findings: Findings | None, span: Span, whole: str) -> Said | None:
    """To whom an article with these findings attributes a passage of its whole; None in the outlet's own voice.

    Time does not grow with the article but for one pass over its attributions. A span outside the whole is nobody's.
    """
    if findings is None or span[0] >= span[1] or span[0] >= len(whole):
        return None
    one = speaker(findings.sourced, span, whole)
    if one is not None:
        return by(one)
    sentence = around(whole, span)
    credit = _credited(findings.credits, span, sentence)
    if credit is not None:
        return Said((credit.evidence,), SourceKind.OUTLET, credit.outlet, hedged=_hedged(findings, sentence))
    vague = _SOMEBODY.search(whole, *sentence)
    return Said((vague.span(),), SourceKind.OTHER, "", hedged=True) if vague else None


def speaker(sourced: Sequence[Sourced], span: Span, whole: str) -> Sourced | None:
    """The attribution whose content a passage mostly is, the innermost of those; None where there is none."""
    found = [(share, one) for one in sourced if (share := _share(one, span, whole)) >= MOST]
    if not found:
        return None
    most = max(share for share, _ in found)
    near = [one for share, one in found if share >= NEARLY * most]
    return min(near, key=lambda one: (one.kind is SourceKind.OUTLET, not one.name, _length(one)))


def around(whole: str, span: Span) -> Span:
    """From the beginning of the sentence in which a passage begins to the end of that in which it ends."""
    start, end = max(0, span[0] - REACH), min(len(whole), span[1] + REACH)
    near = [(a + start, b + start) for a, b in sentences(whole[start:end]).spans]
    touched = [one for one in near if one[0] < span[1] and span[0] < one[1]]
    return (touched[0][0], touched[-1][1]) if touched else span


def by(one: Sourced) -> Said:
    """What is known of the speaker of one attribution, with the words that name it."""
    attribution = one.attribution
    words = tuple(sorted({attribution.cue, *attribution.source}))
    return Said(words, one.kind, one.name, one.key, one.via, one.stance, one.hedge is not None)


def _share(one: Sourced, span: Span, whole: str) -> float:
    """The share of a passage's words, without those that attribute it, that an attribution's content holds."""
    attribution = one.attribution
    if one.stance is Stance.NO_ANSWER or not any(
        start < span[1] and span[0] < end for start, end in attribution.content
    ):
        return 0.0
    if not gives_words(whole, attribution.cue):
        return 0.0
    held = words = 0
    for word in WORD.finditer(whole, *span):
        at = word.start()
        if any(start <= at < end for start, end in (attribution.cue, *attribution.source)):
            continue
        words += 1
        held += any(start <= at < end for start, end in attribution.content)
    return held / words if words else 0.0


def _length(one: Sourced) -> int:
    return sum(end - start for start, end in one.attribution.content)


def _credited(credits: Sequence[Credit], span: Span, sentence: Span) -> Credit | None:
    """The credit whose evidence shares the passage's sentence, the nearest to the passage."""
    near = [
        one
        for one in credits
        if one.relation in CREDITING and one.evidence[0] < sentence[1] and sentence[0] < one.evidence[1]
    ]
    return min(near, key=lambda one: abs(one.evidence[0] - span[0]), default=None)


def _hedged(findings: Findings, sentence: Span) -> bool:
    return any(start < sentence[1] and sentence[0] < end for start, end in findings.hedges)
