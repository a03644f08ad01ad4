"""What the reader is trained on, cut from invented articles; the training itself where torch is installed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stories.management.evaluation.attribution import Labelled, Row
from stories.nlp import reader, weightfiles, windows
from stories.nlp.terms import WEIGHTS
from training import readerdata

TEXT = "Port closes\nThe port will close, Anna Kovač said."
TRAINABLE = all(importlib.util.find_spec(name) for name in ("torch", "transformers", "onnx"))


def part(text: str, phrase: str) -> tuple[tuple[int, int], ...]:
    return ((text.index(phrase), text.index(phrase) + len(phrase)),)


@pytest.fixture(scope="module")
def tokenizer() -> object:
    return weightfiles.tokenizer(WEIGHTS)


def row(text: str) -> Row:
    gold = Labelled(part(text, "said"), part(text, "Anna Kovač"), part(text, "The port will close"))
    return Row("one", text, (gold,))


def test_a_window_holds_labels_at_the_tokens_of_the_spans(tokenizer: object) -> None:
    name = (*part(TEXT, "Anna Kovač")[0], 0)
    (one,) = readerdata.examples(row(TEXT), tokenizer, [name])
    encoded = tokenizer.encode(TEXT, add_special_tokens=False)
    tokens = [*encoded.tokens[:2], ".", *encoded.tokens[2:]]
    assert one.ids.tolist() == reader.stopped(TEXT, encoded.ids, encoded.offsets)[0]
    assert [token for token, label in zip(tokens, one.cue, strict=True) if label] == ["said"]
    assert [label for label in one.names.tolist() if label] == [1, *[2] * (sum(one.names > 0) - 1)]
    ((first, table),) = one.links
    assert tokens[first] == "said"
    assert [token for token, inside in zip(tokens, table[:, 1], strict=True) if inside] == [
        "the",
        "port",
        "will",
        "close",
    ]
    np.testing.assert_array_equal(one.some, table)


def test_names_that_nobody_gave_are_not_learned(tokenizer: object) -> None:
    (one,) = readerdata.examples(row(TEXT), tokenizer)
    assert set(one.names.tolist()) == {readerdata.UNKNOWN}


def test_a_long_article_is_cut_as_in_reading_and_each_cue_is_in_the_windows_it_begins_in(tokenizer: object) -> None:
    text = "Rain fell. " * 150 + TEXT
    made = readerdata.examples(row(text), tokenizer)
    cut = windows.windows(made[-1].ids.size + (len(made) - 1) * windows.STEP)
    assert [len(one.ids) for one in made] == [window.end - window.start for window in cut]
    assert [len(one.links) for one in made] == [0, 1]


def test_loaded_words_are_marked_in_their_sentence(tmp_path: Path, tokenizer: object) -> None:
    path = tmp_path / "babe.csv"
    rows = "text;label_bias;biased_words\nThe reckless council met.;Biased;\"['reckless']\"\nIt rained.;Non-biased;[]\n"
    path.write_text(rows, encoding="utf-8-sig")
    biased, plain = readerdata.sentences(path, tokenizer)
    assert (biased.biased, plain.biased) == (1, 0)
    assert 0 < biased.loaded.sum() < len(biased.ids)
    assert plain.loaded.sum() == 0
    path.write_text("a;b\n1;2\n")
    with pytest.raises(ValueError, match=r"babe\.csv, row 2: no \"text\""):
        readerdata.sentences(path, tokenizer)


def test_padding_fills_up(tokenizer: object) -> None:
    made = readerdata.padded([np.array([1, 2]), np.array([3])], readerdata.UNKNOWN, 3)
    assert made.tolist() == [[1, 2, -100], [3, -100, -100]]


@pytest.mark.slow
@pytest.mark.skipif(
    not TRAINABLE, reason="torch, transformers and onnx are needed for training only, and not installed"
)
def test_the_smoke_test_gives_a_model_that_reads(tmp_path: Path) -> None:
    gold = {f"{name}_span": [list(part(TEXT, phrase)[0])] for name, phrase in
            (("cue", "said"), ("source", "Anna Kovač"), ("content", "The port will close"))}  # fmt: skip
    (tmp_path / "few.jsonl").write_text(json.dumps({"doc": "one", "text": TEXT, "attributions": [gold]}) + "\n")
    command = [sys.executable, "-m", "training.reader", str(tmp_path / "few.jsonl"), "--smoke", "--out", str(tmp_path)]
    subprocess.run(command, check=True, cwd=Path(__file__).resolve().parents[2])
    assert (tmp_path / reader.MODEL).exists()
    assert np.load(tmp_path / reader.DISTANCE).shape == (2 * reader.FURTHEST + 2, 2)
