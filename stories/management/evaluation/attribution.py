"""The `attribution` subject: who said what, against the labels of a file in PolNeAR's form (.jsonl or .jsonl.gz).

It runs the production reader on each row's text and nothing else. Spans are compared by the words that they touch.
"""

from __future__ import annotations

import json
import re
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stories.management.evaluation import labelled
from stories.nlp import reader
from stories.nlp.findings import Span, Spans

Words = frozenset[int]

# The F1 of its words from which a source or a content counts as found: the measure's own definition.
FOUND = 0.5
PARTS = ("cue", "source", "content")
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An attribution, in the file or found; each part may be in several pieces."""

    cue: Spans
    source: Spans
    content: Spans


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled article."""

    doc: str
    text: str
    gold: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A gold and a found attribution, by their places, and the F1 of the words of their sources and contents."""

    gold: int
    found: int
    source: float
    content: float

    @property
    def pair(self) -> bool:
        """Whether both source and content are found."""
        return self.source >= FOUND and self.content >= FOUND


def evaluate(path: Path, progress: Callable[[int, int], None], out: Path | None = None) -> dict[str, float | int]:
    """Read every article of the file and score what is found.

    Into the folder `out`, made if need be, goes attribution.jsonl. ValueError names the file and the row that can't be
    read. Gold attributions without a cue are left out.
    """
    rows = read(path)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    production, found = reader.load(), []
    begun = time.perf_counter()
    for number, row in enumerate(rows, 1):
        attributions = production.read([row.text])[0].attributions
        found.append([Labelled((one.cue,), one.source, one.content) for one in attributions])
        progress(number, len(rows))
    rate = len(rows) / (time.perf_counter() - begun)
    if out is not None:
        _write(out / "attribution.jsonl", rows, found)
    return scores(rows, found) | {"articles_per_s": round(rate, 1)}


def scores(rows: Sequence[Row], found: Sequence[Sequence[Labelled]]) -> dict[str, float | int]:
    """The figures over all rows together: P, R and F1 of cues and of pairs, F1 of the words in sources and contents."""
    counts: Counter[str] = Counter()
    for row, theirs in zip(rows, found, strict=True):
        words = [match.span() for match in WORD.finditer(row.text)]
        matches = match(row.gold, theirs, words)
        counts += Counter(gold=len(row.gold), found=len(theirs), cues=len(matches))
        counts["pairs"] += sum(one.pair for one in matches)
        for part in PARTS[1:]:
            gold, got = (_touched(chain(getattr(one, part) for one in side), words) for side in (row.gold, theirs))
            counts += Counter({f"{part} gold": len(gold), f"{part} found": len(got), f"{part} both": len(gold & got)})
    figures: dict[str, float | int] = {"articles": len(rows), "gold": counts["gold"], "predicted": counts["found"]}
    for name, right in (("cue", "cues"), ("pair", "pairs")):
        figures[f"{name}_p"] = _share(counts[right], counts["found"])
        figures[f"{name}_r"] = _share(counts[right], counts["gold"])
        figures[f"{name}_f1"] = _share(2 * counts[right], counts["found"] + counts["gold"])
    for part in PARTS[1:]:
        either = counts[f"{part} gold"] + counts[f"{part} found"]
        figures[f"{part}_token_f1"] = _share(2 * counts[f"{part} both"], either)
    return figures


def match(gold: Sequence[Labelled], found: Sequence[Labelled], words: Sequence[Span]) -> list[Match]:
    """Gold and found attributions whose cues share a word, one to one, the best source and content first.

    `words`: the spans of the text's words, in order.
    """
    golds, founds = ([_parts(one, words) for one in side] for side in (gold, found))
    able = [
        Match(i, j, f1(one["source"], other["source"]), f1(one["content"], other["content"]))
        for i, one in enumerate(golds)
        for j, other in enumerate(founds)
        if _meet(gold[i].cue, found[j].cue)
    ]
    able.sort(key=lambda pair: (-(pair.source + pair.content), pair.gold, pair.found))
    chosen: list[Match] = []
    for pair in able:
        if all(pair.gold != other.gold and pair.found != other.found for other in chosen):
            chosen.append(pair)
    return chosen


def f1(gold: Words, found: Words) -> float:
    """F1 of two sets of words; 1 for two empty ones."""
    return 2 * len(gold & found) / (len(gold) + len(found)) if gold or found else 1.0


def chain(parts: Iterator[Spans]) -> Spans:
    """All spans of several parts."""
    return tuple(span for spans in parts for span in spans)


def _parts(one: Labelled, words: Sequence[Span]) -> dict[str, Words]:
    return {part: _touched(getattr(one, part), words) for part in PARTS}


def _touched(spans: Spans, words: Sequence[Span]) -> Words:
    """The places of the words that share a character with one of the spans."""
    touched: set[int] = set()
    for start, end in spans:
        first = bisect_right(words, start, key=lambda word: word[1])
        touched.update(range(first, bisect_left(words, end, key=lambda word: word[0])))
    return frozenset(touched)


def _meet(some: Spans, others: Spans) -> bool:
    """Whether two cues share a character."""
    return any(start < end2 and start2 < end for start, end in some for start2, end2 in others)


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def read(path: Path) -> list[Row]:
    """The rows of a file, .gz or plain. ValueError, naming file and row, for whatever can't be read."""
    return labelled.read(path, _row)


def _row(line: str, where: str) -> Row:
    fields = labelled.fields(line, where, ("doc", "text"))
    if not isinstance(fields.get("attributions"), list):
        raise ValueError(f'{where}: the field "attributions" is missing or is not a list')
    gold = [_labelled(one, len(fields["text"]), where) for one in fields["attributions"]]
    return Row(fields["doc"], fields["text"], tuple(one for one in gold if one.cue))


def _labelled(one: Any, length: int, where: str) -> Labelled:
    if not isinstance(one, dict):
        raise ValueError(f"{where}: an attribution is not a JSON object")
    return Labelled(*(_spans(one.get(f"{part}_span"), length, f'{where}: "{part}_span"') for part in PARTS))


def _spans(pairs: Any, length: int, where: str) -> Spans:
    """A list of [start, end] within the text; null is none."""
    if not isinstance(pairs, list | None):
        raise ValueError(f"{where} is not a list")
    for pair in pairs or ():
        good = isinstance(pair, list) and len(pair) == 2 and all(type(place) is int for place in pair)
        if not good or not 0 <= pair[0] < pair[1] <= length:
            raise ValueError(f"{where} holds something that is not [start, end] within the text")
    return tuple((start, end) for start, end in pairs or ())


def _write(path: Path, rows: Sequence[Row], found: Sequence[Sequence[Labelled]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row, theirs in zip(rows, found, strict=True):
            told = [{"cue": one.cue, "source": one.source, "content": one.content} for one in theirs]
            file.write(json.dumps({"doc": row.doc, "attributions": told}) + "\n")
