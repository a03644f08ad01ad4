"""The provenance evaluation: its figures by hand, its reading of files, what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stories.management.evaluation import provenance
from stories.management.evaluation.provenance import Row
from stories.nlp.findings import Document
from stories.nlp.labels import Labels
from tests.nlp.findings import seeded


def row(**fields: Any) -> dict[str, Any]:
    return {
        "id": "one",
        "title": "Dam leaks",
        "outlet": "politico.com",
        "text": "The dam is leaking, Reuters reported. Ann Lee said so.",
        "role": "re-report",
        "credits": [{"outlet": "Reuters", "relation": "reported", "evidence": "Reuters reported"}],
        "sources": [{"text": "Ann Lee", "kind": "named"}],
    } | fields


def put(folder: Path, *rows: object) -> Path:
    path = folder / "labelled.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows), encoding="utf-8")
    return path


def test_figures_by_hand() -> None:
    gold = [
        Row(
            "a",
            Document("", ""),
            "wire",
            (("AP", "reported"), ("CNN", "photo")),
            (("Ann Lee", "named"), ("police", "role")),
        ),
        Row("b", Document("", ""), "original", (("CNN", "told"),), (("the ministry", "organisation"),)),
    ]
    found = [
        Labels("wire", "AP", (("Associated Press", "reported", ""),), (("Mayor Ann Lee", "named"),)),
        Labels("wire", "AP", (("CNN", "reported", ""),), (("ministry", "role"),)),
    ]
    assert provenance.scores(gold, found, seeded()) == {
        "articles": 2, "role_accuracy": 0.5, "credit_p": 0.5, "credit_r": 0.5, "credit_f1": 0.5,
        "source_recall": 0.6667, "source_kind_accuracy": 0.5, "wire_p": 0.5, "wire_r": 1.0,
    }  # fmt: skip


def test_a_file_is_scored_and_its_predictions_written(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = provenance.evaluate(put(tmp_path, row()), lambda done, total: seen.append((done, total)), tmp_path / "out")
    assert (report["articles"], report["role_accuracy"], report["credit_f1"]) == (1, 1, 1)
    assert seen == [(1, 1)]
    line = json.loads((tmp_path / "out" / "provenance.jsonl").read_text(encoding="utf-8"))
    assert (line["id"], line["role"], line["wire_agency"]) == ("one", "re-report", None)
    assert line["credits"] == [{"outlet": "Reuters", "relation": "reported", "evidence": "Reuters reported"}]
    whole = f"{row()['title']}\n{row()['text']}"
    assert all(source["text"] in whole for source in line["sources"])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((), "no rows"),
        (("{",), "row 1: not JSON"),
        (("[]",), "row 1: not a JSON object"),
        ((row(), row(role=None)), 'row 2: the field "role"'),
        ((row(credits=3),), 'row 1: "credits" is missing or is no list'),
        ((row(sources=[{"text": 1, "kind": "role"}]),), 'row 1: in "sources" text or kind is not text'),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, rows: tuple[object, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        provenance.read(put(tmp_path, *rows))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="missing"):
        provenance.read(tmp_path / "missing.jsonl")
