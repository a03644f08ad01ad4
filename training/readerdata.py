"""What the reader is trained on: labelled articles as windows of tokens, loaded sentences, silver names.

Windows, tokens and full stops are cut by the very code that reads in production. It needs no torch. The corpora (named
in training/reader.py) are read where they lie, and nothing of them is written anywhere.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stories.management.evaluation.attribution import Labelled, Row
from stories.nlp.findings import Span, Spans
from stories.nlp.reader import stopped
from stories.nlp.windows import TOKENS, windows

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
# A name as (start, end, kind), kinds in the order of the model's labels.
Name = tuple[int, int, int]
NAME_KINDS = {"PERSON": 0, "ORG": 1, "GPE": 2, "LOC": 2, "FAC": 2, "NORP": 3}
# Labels that no loss looks at.
UNKNOWN = -100
# Sentences are cut at as many tokens; none of BABE's is longer.
SENTENCE_TOKENS = 128


@dataclass(frozen=True, slots=True)
class Example:
    """A window: token numbers, cue and name labels, [tokens, 2] in some source or content, and its cues' own.

    `links`: for each cue that begins in the window its first token and [tokens, 2], what is its source and content.
    """

    ids: Ints
    cue: Ints
    names: Ints
    some: Floats
    links: tuple[tuple[int, Floats], ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of BABE: token numbers, which tokens were marked as loaded, and whether the whole is biased."""

    ids: Ints
    loaded: Floats
    biased: float


def examples(row: Row, tokenizer: Any, names: Sequence[Name] | None = None) -> list[Example]:
    """The windows of one article; without `names` no name is learned from it."""
    encoded = tokenizer.encode(row.text, add_special_tokens=False)
    ids, offsets = stopped(row.text, encoded.ids, encoded.offsets)
    cue = labels(offsets, [(one.cue[0][0], one.cue[-1][1], 0) for one in row.gold])
    kinds = np.full(len(ids), UNKNOWN) if names is None else labels(offsets, names)
    linked = [linked_tokens(offsets, one) for one in row.gold]
    some = np.max([table for _, table in linked], axis=0) if linked else np.zeros((len(ids), 2), np.float32)
    made = []
    for window in windows(len(ids)):
        part = slice(window.start, window.end)
        own = tuple(
            (first - window.start, table[part]) for first, table in linked if window.start <= first < window.end
        )
        made.append(Example(np.array(ids[part], np.int64), cue[part], kinds[part], some[part], own))
    return made


def labels(offsets: Sequence[Span], spans: Sequence[Name]) -> Ints:
    """0 outside, 1 + 2 x kind at a span's first token, 2 + 2 x kind at its others."""
    made = np.zeros(len(offsets), np.int64)
    for start, end, kind in spans:
        inside = np.flatnonzero(_touch(offsets, ((start, end),)))
        made[inside] = 2 + 2 * kind
        made[inside[:1]] = 1 + 2 * kind
    return made


def linked_tokens(offsets: Sequence[Span], one: Labelled) -> tuple[int, Floats]:
    """A cue's first token, and which tokens are its source and its content, float32 [tokens, 2]."""
    first = int(np.flatnonzero(_touch(offsets, one.cue))[0])
    return first, np.stack([_touch(offsets, one.source), _touch(offsets, one.content)], axis=1).astype(np.float32)


def _touch(offsets: Sequence[Span], spans: Spans) -> NDArray[np.bool_]:
    touched = np.zeros(len(offsets), np.bool_)
    starts, ends = np.array(offsets, np.int64).reshape(-1, 2).T
    for start, end in spans:
        touched |= (starts < end) & (ends > start)
    return touched


def sentences(path: Path, tokenizer: Any) -> list[Sentence]:
    """BABE's sentences (text, label_bias, biased_words; semicolons between them). ValueError for another file."""
    made = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter=";"), 2):
            if row.get("text") is None or row.get("biased_words") is None:
                raise ValueError(f'{path}, row {number}: no "text" or no "biased_words"')
            marked = [
                match.span()
                for word in ast.literal_eval(row["biased_words"] or "[]")
                for match in re.finditer(re.escape(word), row["text"], re.IGNORECASE)
            ]
            encoded = tokenizer.encode(row["text"], add_special_tokens=False)
            loaded = _touch(encoded.offsets, tuple(marked)).astype(np.float32)[:SENTENCE_TOKENS]
            ids = np.array(encoded.ids[:SENTENCE_TOKENS], np.int64)
            made.append(Sentence(ids, loaded, float(row.get("label_bias") == "Biased")))
    return made


def padded(rows: Sequence[NDArray[Any]], fill: float, length: int = TOKENS) -> NDArray[Any]:
    """Arrays of one kind, one under the other, the shorter ones filled up to `length`."""
    made = np.full((len(rows), length, *rows[0].shape[1:]), fill, rows[0].dtype)
    for place, row in enumerate(rows):
        made[place, : len(row)] = row
    return made
