"""From runs of words to spans of text: attributions with clean edges and the form of their content, and names.

It finds no attributions: which words are whose is decided in stories.nlp.runs and stories.nlp.sharing. It knows no kind
of source.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from stories.nlp import ends, runs, sharing
from stories.nlp.findings import Attribution, Entity, EntityKind, Form, Reading, Span, Spans
from stories.nlp.quotation import quoted, share_quoted
from stories.nlp.runs import Found, Run, Scores, Words

KINDS = (EntityKind.PERSON, EntityKind.ORGANISATION, EntityKind.PLACE, EntityKind.GROUP)


def reading(text: str, scores: Scores) -> Reading:
    """The text's attributions and names, in the order in which they stand."""
    entities = names(text, scores)
    return Reading(tuple(attributions(text, scores, entities)), tuple(entities))


def attributions(text: str, scores: Scores, entities: Sequence[Entity] = ()) -> list[Attribution]:
    """One for each cue that is sure enough and has a content."""
    words, passages, named = runs.words_of(text, scores.offsets), quoted(text), [entity.span for entity in entities]
    found = sharing.share(runs.find(scores, words), text, words)
    return [told for one in found if (told := _told(text, one, words, passages, named))]


def _told(text: str, found: Found, words: Words, passages: Spans, names: Sequence[Span]) -> Attribution | None:
    """The attribution in spans, its edges mended; None where no word of a content is left."""
    cue, *content = (_span(words, run) for run in (found.cue, *found.content))
    reach = [edge for run in (found.cue, found.source or found.cue, *found.content) for edge in _span(words, run)]
    # Only what lies near is looked through, or a long text's time would grow with the square of its length.
    first = max(0, bisect_left(passages, (min(reach), 0)) - 1)
    passages = passages[first : bisect_left(passages, (max(reach), 0))]
    source: Spans = ()
    if found.source:
        near = ends.whole_names(_span(words, found.source), names, (cue, *content))
        whole = ends.trimmed(text, near, passages)
        source = (whole,) if whole else ()
    grown = ends.whole_quotations(text, tuple(content), passages, (cue, *source))
    kept = tuple(piece for piece in (ends.trimmed(text, span, passages) for span in grown) if piece)
    return Attribution(cue, source, kept, form(text, kept, passages)) if kept else None


def _span(words: Words, run: Run) -> Span:
    return words.spans[run[0]][0], words.spans[run[1] - 1][1]


def form(text: str, content: Spans, passages: Spans) -> Form:
    """Direct where all words stand between quotation marks, indirect where none does, else mixed."""
    within, words = share_quoted(text, content, passages)
    if not within:
        return Form.INDIRECT
    return Form.DIRECT if within == words else Form.MIXED


def names(text: str, scores: Scores) -> list[Entity]:
    """Runs of tokens with one kind of name."""
    found: list[Entity] = []
    before = -1
    labels = scores.names.argmax(axis=1).tolist() if len(scores.names) else []
    for span, label in zip(scores.offsets, labels, strict=True):
        kind = (label - 1) // 2 if label and span[0] < span[1] else -1
        if kind >= 0:
            between = text[found[-1].span[1] : span[0]] if kind == before else "\n"
            if "\n" not in between and (label % 2 == 0 or not between):
                found[-1] = Entity((found[-1].span[0], span[1]), KINDS[kind])
            else:
                found.append(Entity(span, KINDS[kind]))
        before = kind
    return found
