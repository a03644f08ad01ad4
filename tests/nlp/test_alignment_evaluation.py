"""The alignment evaluation: its figures by hand, its reading of files, what it writes, and the command around it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stories.management.evaluation import alignment
from stories.nlp.alignment import Label


def row(**fields: Any) -> dict[str, Any]:
    side = {"outlet": "one.example", "sentence": "The dam above the town is leaking.", "prev": "", "next": ""}
    return {"event": "dam", "a": side, "b": side | {"outlet": "two.example"}, "label": "same"} | fields


def put(folder: Path, *rows: object) -> Path:
    path = folder / "labelled.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows), encoding="utf-8")
    return path


def test_figures_by_hand() -> None:
    gold = [Label.SAME, Label.PARTIAL, Label.CONFLICT, Label.CONFLICT, Label.DIFFERENT, Label.SAME]
    found = [Label.PARTIAL, Label.SAME, Label.CONFLICT, Label.SAME, Label.CONFLICT, Label.DIFFERENT]
    assert alignment.scores(gold, found) == {
        "pairs": 6, "same_p": 0.6667, "same_r": 0.6667, "same_f1": 0.6667, "conflict_p": 0.5, "conflict_r": 0.5,
    }  # fmt: skip


def test_figures_of_nothing_found() -> None:
    found = alignment.scores([Label.SAME], [Label.DIFFERENT])
    assert (found["same_p"], found["same_f1"], found["conflict_p"], found["conflict_r"]) == (0, 0, 0, 0)


def test_a_file_is_scored_and_its_predictions_written(tmp_path: Path) -> None:
    other = {"sentence": "The striker will miss the final."}
    seen: list[tuple[int, int]] = []
    path = put(tmp_path, row(), row(b=other, label="different"))
    report = alignment.evaluate(path, lambda done, total: seen.append((done, total)), tmp_path / "out")
    assert report == {"pairs": 2, "same_p": 1, "same_r": 1, "same_f1": 1, "conflict_p": 0, "conflict_r": 0}
    assert seen == [(2, 2)]
    written = [json.loads(line) for line in (tmp_path / "out" / "alignment.jsonl").read_text().splitlines()]
    assert [(one["row"], one["label"]) for one in written] == [(1, "same"), (2, "different")]
    assert all(0.5 <= one["score"] <= 1 for one in written)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        row(label="agrees"),
        row(label=None),
        row(a=None),
        row(b="a sentence"),
        row(b={"prev": ""}),
        row(a={"sentence": "The dam is leaking.", "prev": 3}),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, bad: object) -> None:
    path = put(tmp_path, row(), bad)
    with pytest.raises(ValueError, match=f"{path}, row 2"):
        alignment.evaluate(path, lambda done, total: None)


def test_the_command_prints_one_line_of_json_or_ends_with_2(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("evaluate", "alignment", str(put(tmp_path, row())), stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue().splitlines()[-1])["pairs"] == 1
    with pytest.raises(CommandError, match=r"absent\.jsonl") as raised:
        call_command("evaluate", "alignment", str(tmp_path / "absent.jsonl"), stdout=out, stderr=io.StringIO())
    assert raised.value.returncode == 2
