"""Readings written by hand, for tests of what follows the reader: spans are found by their words."""

from __future__ import annotations

from pathlib import Path

from stories.nlp.findings import Attribution, Document, Entity, EntityKind, Form, Reading, Span
from stories.nlp.outlets import Gazetteer

SEED = Path(__file__).resolve().parents[2] / "stories" / "seed"


def seeded() -> Gazetteer:
    """The outlets that ship with the product."""
    return Gazetteer.from_toml(sorted(SEED.glob("*.toml")))


def place(text: str, words: str, after: int = 0) -> Span:
    """Where these words stand."""
    start = text.index(words, after)
    return start, start + len(words)


def said(document: Document, *triples: tuple[str, str, str], persons: tuple[str, ...] = ()) -> Reading:
    """A reading: (source, cue, content) in the order of the text, each looked for from the one before; names."""
    text, found, at = document.whole, [], 0
    for source, cue, content in triples:
        start = min(text.index(part, at) for part in (source, cue, content) if part)
        spans = [place(text, part, start) if part else None for part in (source, cue, content)]
        pieces = [(span,) if span else () for span in (spans[0], spans[2])]
        assert spans[1]
        found.append(Attribution(spans[1], pieces[0], pieces[1], Form.INDIRECT))
        at = start
    names = [Entity(place(text, name), EntityKind.PERSON) for name in persons]
    return Reading(tuple(found), tuple(sorted(names, key=lambda one: one.span)))
