"""The `alignment` subject: whether two sentences of reports on one event say the same, partly so, or contradict.

It runs production's statements and alignment, each pair by itself with the sentences around it; frequencies are those
that ship, without counts of the file. same_* takes same and partial as positive, conflict_* takes conflict.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stories.management.evaluation import labelled
from stories.nlp.alignment import Alignment, Label, align
from stories.nlp.statements import Statement, statement
from stories.nlp.terms import Frequencies

Progress = Callable[[int, int], None]

# Pairs between two marks of progress.
_STEP = 20
_POSITIVE = (Label.SAME, Label.PARTIAL)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled pair of sentences, read."""

    here: Statement
    there: Statement
    label: Label


def evaluate(path: Path, progress: Progress, out: Path | None = None) -> dict[str, Any]:
    """Judge every pair of a file and score the verdicts; into the folder `out` goes alignment.jsonl.

    ValueError names the file and row that can't be read.
    """
    rows = read(path)
    frequencies = Frequencies.with_live("en", {}, 0)
    found: list[Alignment] = []
    for start in range(0, len(rows), _STEP):
        found += align([(row.here, row.there) for row in rows[start : start + _STEP]], frequencies)
        progress(len(found), len(rows))
    if out is not None:
        _write(out, found)
    return scores([row.label for row in rows], [one.label for one in found])


def read(path: Path) -> list[Row]:
    """The rows of a labelled file. ValueError, naming file and row, for whatever can't be read as one."""
    return labelled.read(path, _row)


def _row(line: str, where: str) -> Row:
    fields = labelled.fields(line, where, ("label",))
    if fields["label"] not in list(Label):
        raise ValueError(f'{where}: "{fields["label"]}" is none of {", ".join(Label)}')
    return Row(_side(fields, "a", where), _side(fields, "b", where), Label(fields["label"]))


def _side(fields: dict[str, Any], name: str, where: str) -> Statement:
    """One of the two sentences; what stands around it may be missing."""
    side = fields.get(name)
    if not isinstance(side, dict) or not isinstance(side.get("sentence"), str):
        raise ValueError(f'{where}: "{name}" is missing or has no text as its "sentence"')
    around = [side.get(key) or "" for key in ("prev", "next")]
    if not all(isinstance(text, str) for text in around):
        raise ValueError(f'{where}: in "{name}" "prev" or "next" is not text')
    return statement(side["sentence"], before=around[0], after=around[1])


def scores(gold: Sequence[Label], found: Sequence[Label]) -> dict[str, float]:
    """The figures of reference/evaluate.md, each rounded to four places; a share of nothing is 0."""
    same = _counts(gold, found, _POSITIVE)
    conflict = _counts(gold, found, (Label.CONFLICT,))
    figures = {
        "same_p": same[0],
        "same_r": same[1],
        "same_f1": 2 * same[0] * same[1] / (same[0] + same[1]) if any(same) else 0.0,
        "conflict_p": conflict[0],
        "conflict_r": conflict[1],
    }
    return {"pairs": len(gold)} | {name: round(figure, 4) for name, figure in figures.items()}


def _counts(gold: Sequence[Label], found: Sequence[Label], positive: Sequence[Label]) -> tuple[float, float]:
    """Precision and recall of some labels taken together."""
    right = sum(one in positive and other in positive for one, other in zip(gold, found, strict=True))
    named, there = (sum(one in positive for one in labels) for labels in (found, gold))
    return right / named if named else 0.0, right / there if there else 0.0


def _write(out: Path, found: Sequence[Alignment]) -> None:
    """One line for each pair; the score is that of the label given."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "alignment.jsonl").open("w", encoding="utf-8") as file:
        for number, one in enumerate(found, 1):
            line = {"row": number, "label": str(one.label), "score": round(_sureness(one), 4)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _sureness(one: Alignment) -> float:
    """The probability of the label that was given."""
    if one.label is Label.CONFLICT:
        return one.conflict
    if one.label is Label.DIFFERENT:
        return 1 - one.same
    return one.whole if one.label is Label.SAME else one.same
