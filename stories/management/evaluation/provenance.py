"""The `provenance` subject: an article's role, credits and kinds of source, from its own title, text and outlet alone.

It runs the production reader and examine() with the outlets of the seed files, the ones a fresh installation knows.
A credit counts where outlet and relation (reported, told, poll) both agree, once for each article; outlets are the same
where the gazetteer says so, or where their names have the same letters. A gold source is found where a predicted one
shares a telling word with it; of several the one that shares most (F1 of words) is asked for its kind.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stories.management.evaluation import labelled
from stories.nlp.examine import examine
from stories.nlp.findings import CREDITING, Document, Role
from stories.nlp.labels import Labels, Pair, labels
from stories.nlp.outlets import Gazetteer
from stories.nlp.reader import read_documents

Progress = Callable[[int, int], None]

SEEDS = Path(__file__).resolve().parents[2] / "seed"
_RELATIONS = tuple(str(relation) for relation in CREDITING)
# Words that say nothing of who a source is.
_IDLE = frozenset(re.findall(r"\w+", "a an the of to in on for and at by with from his her their its who that"))


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled article: gold credits as (outlet, relation), sources as (text, kind)."""

    id: str
    document: Document
    role: str
    credits: tuple[Pair, ...]
    sources: tuple[Pair, ...]


def evaluate(path: Path, progress: Progress, out: Path | None = None) -> dict[str, Any]:
    """Examine every article of a file and score it; into the folder `out` goes provenance.jsonl.

    ValueError names the file and row that can't be read.
    """
    rows = read(path)
    gazetteer = Gazetteer.from_toml(sorted(SEEDS.glob("*.toml")))
    found: list[Labels] = []
    begun = time.perf_counter()
    for number, row in enumerate(rows, 1):
        findings = examine(row.document, read_documents([row.document])[0], gazetteer)
        found.append(labels(row.document, findings))
        progress(number, len(rows))
    rate = len(rows) / (time.perf_counter() - begun)
    if out is not None:
        _write(out, rows, found)
    return scores(rows, found, gazetteer) | {"articles_per_s": round(rate, 1)}


def read(path: Path) -> list[Row]:
    """The rows of a labelled file. ValueError, naming file and row, for whatever can't be read as one."""
    return labelled.read(path, _row)


def _row(line: str, where: str) -> Row:
    fields = labelled.fields(line, where, ("id", "title", "text", "outlet", "role"))
    return Row(
        id=fields["id"],
        document=Document(fields["title"], fields["text"], fields["outlet"]),
        role=fields["role"],
        credits=_pairs(fields, "credits", ("outlet", "relation"), where),
        sources=_pairs(fields, "sources", ("text", "kind"), where),
    )


def _pairs(fields: dict[str, Any], name: str, keys: tuple[str, str], where: str) -> tuple[Pair, ...]:
    """A list of objects as pairs of two of their fields."""
    try:
        pairs = [(one[keys[0]], one[keys[1]]) for one in fields[name]]
    except (KeyError, TypeError) as error:
        raise ValueError(f'{where}: "{name}" is missing or is no list of objects with {" and ".join(keys)}') from error
    if not all(isinstance(part, str) for pair in pairs for part in pair):
        raise ValueError(f'{where}: in "{name}" {" or ".join(keys)} is not text')
    return tuple(pairs)


def scores(rows: Sequence[Row], found: Sequence[Labels], gazetteer: Gazetteer) -> dict[str, float]:
    """The figures of reference/evaluate.md, and source_recall, each rounded to four places."""
    count: Counter[str] = Counter()
    for row, one in zip(rows, found, strict=True):
        count["role"] += row.role == one.role
        wires = row.role == Role.WIRE, one.role == Role.WIRE
        count.update(wire_gold=wires[0], wire_found=wires[1], wire_both=all(wires))
        gold = _credits(((outlet, relation) for outlet, relation in row.credits), gazetteer)
        ours = _credits(((outlet, relation) for outlet, relation, _ in one.credits), gazetteer)
        count.update(credit_gold=len(gold), credit_found=len(ours), credit_both=len(gold & ours))
        for text, kind in row.sources:
            match = _nearest(text, one.sources)
            count.update(sources=1, source_found=match is not None, source_kind=match == kind)
    credit_p = _share(count["credit_both"], count["credit_found"])
    credit_r = _share(count["credit_both"], count["credit_gold"])
    figures = {
        "role_accuracy": _share(count["role"], len(rows)),
        "credit_p": credit_p,
        "credit_r": credit_r,
        "credit_f1": 2 * credit_p * credit_r / (credit_p + credit_r) if credit_p + credit_r else 0.0,
        "source_recall": _share(count["source_found"], count["sources"]),
        "source_kind_accuracy": _share(count["source_kind"], count["source_found"]),
        "wire_p": _share(count["wire_both"], count["wire_found"]),
        "wire_r": _share(count["wire_both"], count["wire_gold"]),
    }
    return {"articles": len(rows)} | {name: round(figure, 4) for name, figure in figures.items()}


def _credits(pairs: Iterable[Pair], gazetteer: Gazetteer) -> set[Pair]:
    return {(_plain(gazetteer.outlet(outlet)), relation) for outlet, relation in pairs if relation in _RELATIONS}


def _plain(name: str) -> str:
    """An outlet's name by its letters: no article, no country behind it."""
    return re.sub(r"\W|^the\b", "", re.sub(r"\s*\([^)]*\)", "", name).casefold())


def _nearest(text: str, sources: Sequence[Pair]) -> str | None:
    """The kind of the source that shares most words with this one; None where none shares any."""
    alike, kind = max(
        ((_alike(text, other), kind) for other, kind in sources), default=(0.0, ""), key=lambda one: one[0]
    )
    return kind if alike > 0 else None


def _alike(one: str, other: str) -> float:
    """F1 of the telling words of two texts."""
    first, second = (
        Counter(word for word in re.findall(r"\w+", text.casefold()) if word not in _IDLE) for text in (one, other)
    )
    shared = (first & second).total()
    return 2 * shared / (first.total() + second.total()) if shared else 0.0


def _share(part: int, whole: int) -> float:
    """A share; 1 of nothing at all, since nothing was got wrong."""
    return part / whole if whole else 1.0


def _write(out: Path, rows: Sequence[Row], found: Sequence[Labels]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "provenance.jsonl").open("w", encoding="utf-8") as file:
        for row, one in zip(rows, found, strict=True):
            line = {
                "id": row.id,
                "role": one.role,
                "wire_agency": one.wire_agency,
                "credits": [
                    dict(zip(("outlet", "relation", "evidence"), credit, strict=True)) for credit in one.credits
                ],
                "sources": [dict(zip(("text", "kind"), source, strict=True)) for source in one.sources],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
