"""Two cues in one sentence: which words are whose.

    The Tide reported on Monday, citing two officials, that the port would close.
    He said that nobody would pay, and insisted that the port would open in May.

The model scores every cue by itself, so that neighbours claim each other's words. Grammar shares them out: cues of one
source that stand side by side have each their own clause, and whoever is cited is the content of "citing" alone.
A cue inside another's content, with a source of its own there ("he said that she believed ..."), is left as it is.
It finds no cues and scores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from stories.nlp.runs import Found, Run, Words, without

# Cues that name what another statement rests on. Their content stands after them: in 63 of 63 labelled ones.
CITING = re.compile(r"(citing|quoting)\b", re.IGNORECASE)
# What is cited ends where the statement that rests on it goes on.
GOES_ON = re.compile(r",\s+(?:that|which|who|and|but)\b")


def share(found: Sequence[Found], text: str, words: Words) -> list[Found]:
    """The attributions of a text, in order, without what is a neighbour's; one left with no content is dropped."""
    shared = list(found)
    for place, (one, after) in enumerate(pairwise(found)):
        if side_by_side(one, after, words) and not _cites(after, text, words):
            shared[place] = replace(shared[place], content=_up_to(shared[place].content, after.cue[0]))
            if own := _from(shared[place + 1].content, after.cue[1]):
                shared[place + 1] = replace(shared[place + 1], content=own)
    for place, one in enumerate(shared):
        if _cites(one, text, words):
            cited = _cited(one, text, words)
            if cited.content:
                shared = [_without(other, cited, words) for other in shared]
                shared[place] = cited
    return [one for one in shared if one.content]


def side_by_side(one: Found, after: Found, words: Words) -> bool:
    """Whether a cue and the next one share a source that stands before both, in one line: "he said ... and denied"."""
    same_line = words.lines[one.cue[0]] == words.lines[after.cue[0]]
    shared = one.source is not None and one.source == after.source and one.source[1] <= after.cue[0]
    return bool(same_line and shared and _from(one.content, one.cue[1]))


def _cites(one: Found, text: str, words: Words) -> bool:
    return CITING.match(text, words.spans[one.cue[0]][0]) is not None


def _cited(one: Found, text: str, words: Words) -> Found:
    """A "citing" with what stands after it, up to where the main statement goes on."""
    end = len(words.spans)
    if goes_on := GOES_ON.search(text, words.spans[one.cue[1] - 1][1]):
        end = next((place for place in range(one.cue[1], end) if words.spans[place][0] >= goes_on.start()), end)
    return replace(one, content=_up_to(_from(one.content, one.cue[1])[:1], end))


def _without(other: Found, cited: Found, words: Words) -> Found:
    """An attribution of the same line without the words of a "citing" and of what it cites, where others are left."""
    if other.cue == cited.cue or words.lines[other.cue[0]] != words.lines[cited.cue[0]]:
        return other
    hole = cited.cue[0], cited.content[-1][1]
    left = tuple(piece for run in other.content for piece in without(run, hole))
    return replace(other, content=left) if left else other


def _up_to(content: Sequence[Run], end: int) -> tuple[Run, ...]:
    return tuple((begin, min(after, end)) for begin, after in content if begin < end)


def _from(content: Sequence[Run], begin: int) -> tuple[Run, ...]:
    return tuple(run for run in content if run[0] >= begin)
