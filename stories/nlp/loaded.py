"""Loaded words: which words of a text may be loaded, and what the reader's model says of each in its sentence.

Two must agree: our list (stories.nlp.loadedwords) that a word can be loaded, and the model, which was trained on
sentences in which experts marked biased words, that it is loaded there. What is capitalised as a name is, and sober
phrases ("blasted off"), are passed over; the names that the reader finds are no help, as it takes many a loaded word of
a lone sentence for one. The model is asked for one sentence at a time, as it was trained: within a whole article its
scores for this tell nothing. It judges words, and no sentence, no article and no outlet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp.findings import Span, Spans
from stories.nlp.loadedwords import WORD, does
from stories.nlp.sentences import sentences
from stories.nlp.windows import Floats

# The logit from which a word counts: probability .8. Of words of a first list, 69 in 100 between .5 and .8 were loaded
# to a careful reader, 79 between .8 and .95, 84 above; of the list as it is, see weights/MODEL_CARD.md.
LOADED = 1.386
# So many sentences of a text are looked at, of 7 ms each: a long feature has 30 with a listed word, 50,000 words 2,000.
MOST_SENTENCES = 80
# Where a word is meant as it stands.
_SOBER = re.compile(
    r"blast\w* (?:off|open|through|(?:his|her|their|its) way)|slam\w* (?:the |a )?(?:\w+ )?(?:door|into|shut)"
    r"|awful lot|silly season|mobbed|epic (?:poem|film)|beautiful game|crazy (?:golf|horse)|evil (?:eye|twin)"
    r"|bloody (?:mary|sunday)|shocking blue|monster truck|noble (?:gas|metal)|nasty bug",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence of a text and the words in it that may be loaded."""

    sentence: Span
    words: Spans


def asked(text: str) -> list[Asked]:
    """The sentences that hold words of the list, at most MOST_SENTENCES, in order. Linear in the text's length."""
    found: list[Asked] = []
    for start, end in sentences(text).spans:
        words = tuple(
            word.span()
            for word in WORD.finditer(text, start, end)
            if does(word[0]) and not _is_name(text, word.span(), start, end) and not _SOBER.match(text, word.start())
        )
        if words:
            found.append(Asked((start, end), words))
            if len(found) == MOST_SENTENCES:
                break
    return found


def over(one: Asked, offsets: Sequence[Span], logits: Floats) -> Spans:
    """The words asked for that the model takes for loaded: `logits` of tokens at `offsets` within the sentence."""
    begin = one.sentence[0]
    found = []
    for start, end in one.words:
        best = max(
            (
                float(logit)
                for (a, b), logit in zip(offsets, logits, strict=True)
                if a + begin < end and start < b + begin
            ),
            default=-1.0,
        )
        if best >= LOADED:
            found.append((start, end))
    return tuple(found)


def _is_name(text: str, word: Span, start: int, end: int) -> bool:
    """Whether a word is capitalised where the sentence would not have it so: within one that is not all capitalised."""
    if not text[word[0]].isupper() or not text[start : word[0]].strip(" \"'“‘([-–—"):
        return False
    others = [match[0] for match in WORD.finditer(text, start, end) if len(match[0]) > 3]
    return 2 * sum(other[0].isupper() for other in others) < len(others)
