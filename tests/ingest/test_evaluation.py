"""The extraction score: the benchmark's own arithmetic, and one clear line for every unreadable input."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from stories.management.evaluation.extraction import Counts, counts, evaluate, scores

BODY = (
    "The old iron bridge over the river will close to all traffic on Monday the city council said in a statement. " * 4
)


def bundle(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"aeb/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def html(text: str) -> bytes:
    return gzip.compress(f"<html><body><article><p>{text}</p></article></body></html>".encode())


def gold(**rows: object) -> bytes:
    return json.dumps(rows).encode()


def test_shingles_are_counted_with_multiplicity_and_case() -> None:
    assert counts("a b c d e", "a b c d e") == Counts(1, 0, 0)
    assert counts("a b c d", "a b c d e") == Counts(0.5, 0.5, 0)
    assert counts("a b c d a b c d", "a b c d") == Counts(0.2, 0, 0.8)
    assert counts("A b c d", "a b c d") == Counts(0, 0.5, 0.5)
    assert counts("a, b - c", "a b c") == Counts(1, 0, 0)  # under four words the whole is one run
    assert counts("", "") == Counts(0, 0, 0)
    assert counts("a b", "") == Counts(0, 0, 1)


def test_means_leave_out_pages_that_cannot_have_the_measure() -> None:
    precision, recall, f1 = scores([Counts(1, 0, 0), Counts(0, 0, 1), Counts(0, 1, 0)])
    assert (precision, recall) == (0.5, 0.5)
    assert f1 == 0.5
    assert scores([]) == (0.0, 0.0, 0.0)


def test_a_bundle_is_scored_and_its_texts_are_written(tmp_path: Path) -> None:
    rows = gold(one={"articleBody": BODY, "url": "https://a.example/1"}, two={"articleBody": BODY, "url": ""})
    tar = bundle(
        tmp_path / "a.tar", {"ground-truth.json": rows, "html/one.html.gz": html(BODY), "html/two.html.gz": html("")}
    )
    told: list[tuple[int, int]] = []
    report = evaluate(tar, lambda done, total: told.append((done, total)), tmp_path / "out")
    assert told == [(1, 2), (2, 2)]
    assert (report["pages"], report["precision"], report["recall"]) == (2, 1.0, 0.5)
    assert report["pages_per_s"] > 0
    lines = (tmp_path / "out" / "extraction.jsonl").read_text().splitlines()
    assert [json.loads(line)["page"] for line in lines] == ["one", "two"]
    assert json.loads(lines[1])["text"] == ""


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no ground-truth.json"),
        ({"ground-truth.json": b"{"}, "is not JSON"),
        ({"ground-truth.json": b"{}"}, "holds no rows"),
        ({"ground-truth.json": gold(one="text"), "html/one.html.gz": html("x")}, "row one: no articleBody"),
        ({"ground-truth.json": gold(one={"articleBody": "x"})}, "row one: its page one.html.gz is not in the file"),
        (
            {"ground-truth.json": gold(one={"articleBody": "x"}), "html/one.html.gz": b"x"},
            "one.html.gz: cannot be unpacked",
        ),
    ],
)
def test_faults_name_the_file_and_the_row(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        evaluate(bundle(tmp_path / "a.tar", files), None, None)
    assert "a.tar" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("data", [None, b"", b"this is no tar file" * 100])
def test_a_missing_or_broken_file(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "a.tar"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.tar") as refused:
        evaluate(path, None, None)
    assert "\n" not in str(refused.value)


@pytest.mark.endurance
def test_the_benchmark_is_met(shared: Path) -> None:
    report = evaluate(shared / "extraction" / "aeb.tar", None, None)
    assert report["pages"] == 181
    floors = json.loads((Path(__file__).resolve().parents[1] / "floors.json").read_text())["extraction"]
    assert {metric: report[metric] >= floor for metric, floor in floors.items()} == dict.fromkeys(floors, True)
