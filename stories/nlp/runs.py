"""From the scores of tokens to runs of words: each cue's source and contents, and how sure they are.

The model scores each token by itself, so that what it says is ragged: half words, holes, crumbs. Newspapers are not.
A source is one run of words in its cue's line; a content is at most one run before the cue and one after it in that
line, and one in each further line; neither holds the cue or the other. Of 19,833 attributions in PolNeAR's training
part, 8 have a source in another line than the cue, 9 one in several pieces, and 440 a content in more pieces than that.
Among the runs that this leaves, the one with the greatest sum of scores is taken, which closes holes and drops crumbs.
It looks at one cue at a time: what neighbours share is stories.nlp.sharing's business. It runs no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stories.nlp.findings import Span, Spans
from stories.nlp.windows import Floats

Ints = NDArray[np.int64]
# Words [first, after last) of a text.
Run = tuple[int, int]

SOURCE, CONTENT = 0, 1
# The constants below were set on a third of PolNeAR's training part with 12 in 100 tokens masked, which brings the
# model, which knows these texts by heart (cue F1 .986), down to what it finds in new ones (.826). Figures are pair F1.
# A cue less likely than this never comes out sure enough.
MAY_BEGIN = 0.3
# The model's own rule: a cue goes on while its next token is more likely inside than not. None has 20 tokens.
INSIDE = 0.5
CUE_TOKENS = 20
# What is added to the scores of sources and contents before sums are taken, as every gold attribution has a content and
# nine in ten have a source: for sources .5 to 1.25 measured alike (.707), 0 worse (.697).
LIFT = np.array([0.75, 0.5], np.float32)
# No word within a run costs more than this: -.25 to -2 measured alike (.705 to .707); nearer to 0, more holes close.
HOLE = -0.5
# No source runs over another cue, whatever its words are worth: "Pem told Reuters" is no source of "adding".
OTHER_CUE = -99.0
# The sum that a content in another line than its cue's must have: 0 to 12 measured alike.
OTHER_LINE = 3.0
# A logistic regression of "source and content are both right" on the cue's log-odds and the mean scores of the source's
# and the content's words; taken where it says .39 or more (.712; by a threshold on the cue alone .708).
SURE = (0.31, 0.25, 0.15)
ENOUGH = 1.2


@dataclass(frozen=True, slots=True)
class Links:
    """How the tokens from `start` on are linked to the cue that begins at `token`: [tokens, (source, content)]."""

    token: int
    start: int
    scores: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """The model's scores of a text: tokens' offsets, logits of cues [tokens, O B I] and of names [tokens, 9], links."""

    offsets: Sequence[Span]
    cues: Floats
    names: Floats
    links: tuple[Links, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A text's words and other signs: their spans, the lines they stand in, and the word of each token."""

    spans: Spans
    lines: Ints
    of_token: Ints


@dataclass(frozen=True, slots=True)
class Found:
    """An attribution in words: a cue, its source and contents as runs [first, after last), and how sure it is."""

    cue: Run
    source: Run | None
    content: tuple[Run, ...]
    sure: float


def words_of(text: str, offsets: Sequence[Span]) -> Words:
    """The tokens put together to words; whatever is not a letter or digit stands by itself."""
    spans: list[Span] = []
    lines, of_token = [0] if offsets else [], []
    for start, end in offsets:
        if spans and start <= spans[-1][1] and text[start : start + 1].isalnum() and text[start - 1 : start].isalnum():
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            if spans:
                lines.append(lines[-1] + ("\n" in text[spans[-1][1] : start]))
            spans.append((start, end))
        of_token.append(len(spans) - 1)
    return Words(tuple(spans), np.array(lines, np.int64), np.array(of_token, np.int64))


def probabilities(logits: Floats) -> Floats:
    """Softmax over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def may_begin(logits: Floats) -> bool:
    """Whether a cue may begin at a token of these logits, so that its links are worth a look."""
    return bool(probabilities(logits)[1] > MAY_BEGIN)


def find(scores: Scores, words: Words) -> list[Found]:
    """The attributions that are sure enough and have a content, in the order of their cues."""
    cues = [_cue(scores, link, words) for link in scores.links]
    likely = [
        cue for cue, link in zip(cues, scores.links, strict=True) if probabilities(scores.cues[link.token])[1] > 0.5
    ]
    found = [look(scores, link, words, cue, likely) for cue, link in zip(cues, scores.links, strict=True)]
    return [one for one in found if one.content and one.sure > 0]


def look(scores: Scores, link: Links, words: Words, cue: Run, likely: Sequence[Run]) -> Found:
    """The best source and contents of one cue; no source runs over another `likely` cue."""
    own = words.of_token[link.start : link.start + len(link.scores)]
    first, last = int(own[0]), int(own[-1]) + 1
    each = np.zeros((last - first, 2), np.float32)
    np.add.at(each, own - first, link.scores)
    each /= np.bincount(own - first)[:, None]
    lifted = np.maximum(each + LIFT, HOLE)
    for other in likely:
        if other[0] < last and other[1] > first:
            lifted[max(other[0], first) - first : other[1] - first, SOURCE] = OTHER_CUE
    begin, end = (int(place) for place in np.searchsorted(words.lines, (words.lines[cue[0]], words.lines[cue[0]] + 1)))
    sides = [(max(begin, first), cue[0]), (cue[1], min(end, last))]
    source = max((_best(lifted[:, SOURCE], side, first) for side in sides), key=lambda best: best[1])[0]
    if source:
        lifted[source[0] - first : source[1] - first, CONTENT] = -1
    runs = [_best(lifted[:, CONTENT], side, first)[0] for side in sides]
    runs += _elsewhere(lifted[:, CONTENT], words, (first, begin), (end, last), first)
    content = tuple(sorted(piece for run in runs if run for piece in without(run, source)))
    return Found(cue, source, content, _sure(scores.cues[link.token], each, source, content, first))


def _sure(cue: Floats, each: Floats, source: Run | None, content: Sequence[Run], first: int) -> float:
    """Above 0 where the attribution is more worth having than not; see SURE."""
    of_cue = float(cue[1] - np.logaddexp(cue[0], cue[2]))
    of_source = float(each[source[0] - first : source[1] - first, SOURCE].mean()) if source else 0.0
    of_content = [each[begin - first : end - first, CONTENT] for begin, end in content]
    means = of_cue, of_source, float(np.concatenate(of_content).mean()) if content else 0.0
    return sum(weight * mean for weight, mean in zip(SURE, means, strict=True)) - ENOUGH


def _cue(scores: Scores, link: Links, words: Words) -> Run:
    """The words of a cue: from its first token on, while the model goes on."""
    token = link.token
    inside = probabilities(scores.cues[token + 1 : token + CUE_TOKENS])[:, 2] if token + 1 < len(scores.cues) else ()
    after = next((place for place, chance in enumerate(inside) if chance <= INSIDE), len(inside))
    first, last = (int(words.of_token[place]) for place in (token, token + after))
    return first, min(last + 1, int(np.searchsorted(words.lines, words.lines[first] + 1)))


def _best(scores: Floats, among: Run, first: int) -> tuple[Run | None, float]:
    """The run of words `among` which has the greatest sum, and that sum; none where no sum is above 0."""
    begin, end = among
    if begin >= end:
        return None, 0.0
    sums = np.concatenate([[0.0], np.cumsum(scores[begin - first : end - first])])
    lowest = np.minimum.accumulate(sums)
    after = int((sums - lowest).argmax())
    gain = float(sums[after] - lowest[after])
    if gain <= 0:
        return None, 0.0
    start = int(sums[:after].argmin())
    return (begin + start, begin + after), gain


def _elsewhere(scores: Floats, words: Words, before: Run, after: Run, first: int) -> list[Run]:
    """Runs in other lines, one in each."""
    found = []
    for begin, end in (before, after):
        turns = [begin, *(np.flatnonzero(np.diff(words.lines[begin:end])) + begin + 1).tolist(), end]
        for line in pairwise(turns):
            run, gain = _best(scores, line, first)
            if run and gain > OTHER_LINE:
                found.append(run)
    return found


def without(run: Run, hole: Run | None) -> list[Run]:
    """A run without a part of it."""
    if hole is None or hole[1] <= run[0] or run[1] <= hole[0]:
        return [run]
    return [piece for piece in ((run[0], hole[0]), (hole[1], run[1])) if piece[0] < piece[1]]
