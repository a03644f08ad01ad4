"""The attribution evaluation: its metrics by hand, its reading of files, its command. All sentences are invented."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stories.management.evaluation import attribution
from stories.management.evaluation.attribution import Labelled, Row

Write = Callable[..., Path]

TEXT = "The port will close, Anna Kovač said. Boris Pem denied that the quay had been sold."
KEYS = [
    "articles", "gold", "predicted", "cue_p", "cue_r", "cue_f1", "pair_p", "pair_r", "pair_f1",
    "source_token_f1", "content_token_f1", "articles_per_s",
]  # fmt: skip


def part(*phrases: str) -> tuple[tuple[int, int], ...]:
    return tuple((TEXT.index(phrase), TEXT.index(phrase) + len(phrase)) for phrase in phrases)


SAID = Labelled(part("said"), part("Anna Kovač"), part("The port will close"))
DENIED = Labelled(part("denied"), part("Boris Pem"), part("that the quay had been sold"))


def row(**fields: Any) -> dict[str, Any]:
    """An article with both attributions as its gold, in the file's form."""
    gold = [
        {f"{name}_span": [list(span) for span in getattr(one, name)] for name in attribution.PARTS}
        for one in (SAID, DENIED)
    ]
    return {"doc": "one", "text": TEXT, "attributions": gold} | fields


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(content: Sequence[object], name: str = "labels.jsonl") -> Path:
        body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in content).encode()
        (tmp_path / name).write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
        return tmp_path / name

    return put


def scored(*found: Labelled) -> dict[str, float | int]:
    return attribution.scores([Row("one", TEXT, (SAID, DENIED))], [found])


def test_what_is_right_scores_one() -> None:
    figures = scored(SAID, DENIED)
    assert {name: figures[name] for name in KEYS[:3]} == {"articles": 1, "gold": 2, "predicted": 2}
    assert {figures[name] for name in KEYS[3:-1]} == {1}


def test_figures_by_hand() -> None:
    # One of two cues found, and one that is none; its source half (F1 2/3), its content wrong (1 word of 4 + 5).
    half = Labelled(part("said"), part("Kovač"), part("port", "that the quay had"))
    stray = Labelled(part("been"), (), part("sold"))
    figures = scored(half, stray)
    assert (figures["cue_p"], figures["cue_r"], figures["cue_f1"], figures["pair_f1"]) == (0.5, 0.5, 0.5, 0)
    assert figures["source_token_f1"] == round(2 * 1 / (4 + 1), 4)
    assert figures["content_token_f1"] == round(2 * 6 / (10 + 6), 4)


def test_a_pair_needs_half_of_source_and_content() -> None:
    enough = Labelled(part("said"), part("Kovač"), part("will close"))
    assert scored(enough)["pair_r"] == 0.5
    assert scored(Labelled(part("said"), (), part("will close")))["pair_r"] == 0
    assert scored(Labelled(part("said"), part("Kovač"), part("The")))["pair_r"] == 0


def test_two_missing_sources_agree() -> None:
    nobody = Labelled(part("said"), (), part("The port will close"))
    figures = attribution.scores([Row("one", TEXT, (nobody,))], [[nobody]])
    assert figures["pair_f1"] == 1
    assert attribution.f1(frozenset(), frozenset()) == 1
    assert attribution.f1(frozenset({1}), frozenset()) == 0


def test_the_best_of_two_predictions_is_matched_and_only_one() -> None:
    poor = Labelled(part("said"), (), part("The"))
    figures = scored(poor, SAID)
    assert (figures["cue_p"], figures["cue_r"], figures["pair_r"]) == (0.5, 0.5, 0.5)


def test_words_that_are_cut_count_whole() -> None:
    start = TEXT.index("Kovač")
    assert scored(Labelled(part("said"), ((start + 2, start + 3),), part("The port will close")))["pair_r"] == 0.5


def test_nothing_found_scores_nothing() -> None:
    assert scored()["pair_f1"] == scored()["cue_p"] == 0
    assert attribution.scores([Row("one", "", ())], [[]])["cue_f1"] == 0


def test_the_report_has_the_promised_keys_and_the_predictions_score_the_same(write: Write, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    file = write([row(), row(doc="two")], "labels.jsonl.gz")
    report = attribution.evaluate(file, lambda *step: seen.append(step), tmp_path / "new" / "out")
    assert seen == [(1, 2), (2, 2)]
    assert list(report) == KEYS
    assert report["articles_per_s"] > 0
    lines = (tmp_path / "new" / "out" / "attribution.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["doc"] for one in told] == ["one", "two"]
    found = [
        [
            Labelled(*(tuple((start, end) for start, end in one[name]) for name in attribution.PARTS))
            for one in each["attributions"]
        ]
        for each in told
    ]
    again = attribution.scores(attribution.read(file), found)
    assert again == {name: report[name] for name in KEYS[:-1]}


def test_gold_without_a_cue_is_left_out(write: Write) -> None:
    plain = row()["attributions"]
    assert len(attribution.read(write([row(attributions=[*plain, plain[0] | {"cue_span": []}])]))[0].gold) == 2


def test_gold_is_not_looked_at(write: Write, tmp_path: Path) -> None:
    def predicted(**fields: Any) -> str:
        attribution.evaluate(write([row(**fields)]), silent, tmp_path)
        return (tmp_path / "attribution.jsonl").read_text()

    assert predicted() == predicted(attributions=[], publisher="x", title="y")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([row(), "{"], r"labels\.jsonl, row 2: not JSON"),
        ([[1]], "row 1: not a JSON object"),
        ([{"doc": "a", "attributions": []}], 'row 1: the field "text" is missing or is not text'),
        ([row(doc=3)], 'row 1: the field "doc" is missing'),
        ([{"doc": "a", "text": "x"}], 'row 1: the field "attributions" is missing or is not a list'),
        ([row(attributions=["x"])], "row 1: an attribution is not a JSON object"),
        ([row(attributions=[{"cue_span": 5}])], 'row 1: "cue_span" is not a list'),
        ([row(attributions=[{"cue_span": [[0]]}])], r'row 1: "cue_span" holds something that is not \[start, end\]'),
        ([row(attributions=[{"cue_span": [[0, 9999]]}])], "within the text"),
        ([row(attributions=[{"cue_span": [[5, 5]]}])], "within the text"),
        ([row(attributions=[{"cue_span": [[0, True]]}])], "within the text"),
        ([], "no rows"),
    ],
)
def test_what_can_not_be_read_is_named(write: Write, lines: list[object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attribution.evaluate(write(lines), silent)


def test_files_that_are_none(tmp_path: Path, write: Write) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.jsonl: No such file"):
        attribution.evaluate(tmp_path / "nowhere.jsonl", silent)
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not UTF-8"):
        attribution.evaluate(tmp_path / "bytes.jsonl", silent)
    (tmp_path / "plain.jsonl.gz").write_text("{}")
    with pytest.raises(ValueError, match=r"plain\.jsonl\.gz, row 1 or after: cannot be unpacked"):
        attribution.evaluate(tmp_path / "plain.jsonl.gz", silent)
    whole = write([row()], "cut.jsonl.gz").read_bytes()
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:-9])
    with pytest.raises(ValueError, match=r"cut\.jsonl\.gz, row \d or after: cannot be unpacked"):
        attribution.evaluate(tmp_path / "cut.jsonl.gz", silent)


def test_the_command_prints_one_json_object_last(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", "attribution", str(write([row()])))
    printed = capsys.readouterr()
    assert json.loads(printed.out.splitlines()[-1])["gold"] == 2
    assert printed.err.splitlines()[-1] == "1 of 1"


def test_the_command_says_what_is_wrong_and_ends_with_2(write: Write) -> None:
    with pytest.raises(CommandError, match=r"labels\.jsonl, row 1: not JSON") as raised:
        call_command("evaluate", "attribution", str(write(["nonsense"])))
    assert raised.value.returncode == 2
