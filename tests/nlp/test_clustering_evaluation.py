"""The clustering evaluation: its metrics by hand, its reading of files. Its stream: test_stream."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stories.management.evaluation import clustering
from tests.nlp.reports import EVENTS

Write = Callable[..., Path]


def rows(**fields: Any) -> list[dict[str, Any]]:
    """The invented reports, first reports first, so that a file's order is not that of its events."""
    told = [(rank, number, report) for number, event in enumerate(EVENTS) for rank, report in enumerate(event)]
    return [
        {"id": f"r{number}{rank}", "title": title, "text": text, "lang": "en", "cluster": f"c{number}"} | fields
        for rank, number, (title, text) in sorted(told)
    ]


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes rows (or lines as they are) to a file and gives its path."""

    def put(content: Sequence[object], name: str = "reports.jsonl") -> Path:
        lines = [line if isinstance(line, str) else json.dumps(line) for line in content]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        return tmp_path / name

    return put


def test_metrics_by_hand() -> None:
    # Gold {1, 2, 3} {4}; found {1, 2} {3, 4}.
    figures = clustering.scores(["a", "a", "a", "b"], [1, 1, 2, 2])
    assert figures == {
        "articles": 4, "gold_stories": 2, "stories": 2,
        "b3_p": 0.75, "b3_r": 0.6667, "b3_f1": 0.7059,
        "pair_p": 0.5, "pair_r": 0.3333, "pair_f1": 0.4,
    }  # fmt: skip


def test_a_perfect_grouping_scores_one_and_singletons_find_no_pair() -> None:
    perfect = clustering.scores(["a", "b", "a"], [5, 6, 5])
    assert (perfect["b3_f1"], perfect["pair_f1"]) == (1, 1)
    alone = clustering.scores(["a", "b", "a"], [1, 2, 3])
    assert (alone["b3_p"], alone["b3_r"], alone["pair_r"], alone["pair_f1"]) == (1, 0.6667, 0, 0)


def test_the_report_has_the_promised_keys_and_the_csv_scores_the_same(write: Write, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    file = write(rows())
    report = clustering.evaluate([file], lambda *step: seen.append(step), tmp_path / "new" / "out")
    assert seen == [(number, 7) for number in range(1, 8)]
    assert list(report) == ["sets", "mean_b3_f1", "mean_pair_f1"]
    one = report["sets"]["reports"]
    assert one.pop("articles_per_s") > 0
    with (tmp_path / "new" / "out" / "reports.csv").open() as table:
        found = {row["id"]: row["story"] for row in csv.DictReader(table)}
    gold = {row.id: row.cluster for row in clustering.read(file)}
    assert clustering.scores(list(gold.values()), [found[id] for id in gold]) == one
    assert one["b3_f1"] == one["pair_f1"] == report["mean_b3_f1"] == 1


def grouped(path: Path) -> list[tuple[str, int]]:
    read = clustering.read(path)
    return clustering.group(read, clustering.read_all(read))


def test_labels_and_outlets_are_not_looked_at(write: Write) -> None:
    plain = grouped(write(rows()))
    other = grouped(write(rows(cluster="all one", outlet="x", url="https://x.test")))
    assert plain == other


def test_means_are_over_sets(write: Write) -> None:
    files = [write(rows(), "a.jsonl"), write(rows(cluster="one"), "b.jsonl")]
    report = clustering.evaluate(files, silent)
    both = [report["sets"][name]["b3_f1"] for name in ("a", "b")]
    assert both[0] > both[1]
    assert report["mean_b3_f1"] == pytest.approx(sum(both) / 2, abs=1e-4)


def test_a_fully_dated_file_runs_in_time_order_ties_as_they_come(write: Write) -> None:
    times = ("2026-11-22T12:00:00+02:00", "2026-11-22T09:00:00", "2026-11-22T10:00:00Z")
    dated = [row | {"published": at} for row, at in zip(rows(), times, strict=False)]
    read = clustering.read(write(dated))
    assert [row.id for row in clustering.in_time_order(read)] == [dated[1]["id"], dated[0]["id"], dated[2]["id"]]


def test_a_partly_dated_file_runs_in_its_own_order_without_a_window(write: Write) -> None:
    early, _, _, late = rows()[:4]
    dated = [early | {"published": "2026-11-22"}, late | {"published": "2026-11-01"}, *rows()[4:]]
    ordered = clustering.in_time_order(clustering.read(write(dated)))
    assert [row.id for row in ordered] == [row["id"] for row in dated]
    found = grouped(write(dated))
    assert found[0] == found[1]


def test_reports_too_far_apart_in_time_are_two_stories(write: Write) -> None:
    early, _, _, late = rows()[:4]
    far = [early | {"published": "2026-11-01"}, late | {"published": "2026-11-22"}]
    near = [early | {"published": "2026-11-20"}, late | {"published": "2026-11-22"}]
    assert [clustering.evaluate([write(pair)], silent)["sets"]["reports"]["stories"] for pair in (far, near)] == [2, 1]


def test_stories_of_two_languages_never_meet(write: Write) -> None:
    twice = [rows()[0], rows()[0] | {"id": "other", "lang": "de"}]
    assert clustering.evaluate([write(twice)], silent)["sets"]["reports"]["stories"] == 2


GOOD = {"id": "a", "title": "x", "cluster": "c"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([GOOD, "{"], r"reports\.jsonl, row 2: not JSON"),
        ([GOOD, "", GOOD], "row 2: not JSON"),
        ([[1]], "row 1: not a JSON object"),
        ([GOOD, {"id": "b", "title": "x"}], 'row 2: the field "cluster" is missing'),
        ([GOOD | {"title": None}], 'row 1: the field "title" is missing or is not text'),
        ([GOOD | {"text": 5}], 'row 1: the field "text" is not text'),
        ([GOOD | {"published": "yesterday"}], 'row 1: "published" is not an ISO 8601 time'),
        ([GOOD, GOOD], "the id a stands in more than one row"),
        ([], "no rows"),
    ],
)
def test_what_can_not_be_read_is_named(write: Write, lines: list[object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clustering.evaluate([write(lines)], silent)


def test_files_that_are_none(tmp_path: Path, write: Write) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.jsonl: No such file"):
        clustering.evaluate([tmp_path / "nowhere.jsonl"], silent)
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not UTF-8"):
        clustering.evaluate([tmp_path / "bytes.jsonl"], silent)
    file = write(rows())
    with pytest.raises(ValueError, match="the same name"):
        clustering.evaluate([file, file], silent)


def test_the_command_prints_one_json_object_last(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", "clustering", str(write(rows())))
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["mean_b3_f1"] == 1
    assert printed.err.splitlines()[-1] == "7 of 7"


def test_the_command_says_what_is_wrong_and_ends_with_2(write: Write) -> None:
    with pytest.raises(CommandError, match=r"reports\.jsonl, row 1: not JSON") as raised:
        call_command("evaluate", "clustering", str(write(["nonsense"])))
    assert raised.value.returncode == 2
