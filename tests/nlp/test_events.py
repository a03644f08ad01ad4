"""The event encoder with its real weights: unit vectors, repeatable, near for one event and far for another."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from stories.nlp import events, weightfiles
from stories.nlp.terms import WEIGHTS
from tests.nlp.reports import EVENTS

TEXTS = [events.event_text(*report) for event in EVENTS for report in event]


@pytest.fixture(scope="module")
def encoder() -> events.EventEncoder:
    return events.load()


def test_vectors_have_length_one(encoder: events.EventEncoder) -> None:
    vectors = encoder.encode([*TEXTS, "", "x" * 5000, "Überschrift ohne Text", "地震"])
    assert vectors.shape == (len(TEXTS) + 4, events.DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_gives_no_rows(encoder: events.EventEncoder) -> None:
    assert encoder.encode([]).shape == (0, events.DIMENSIONS)


def test_every_pair_of_one_event_is_nearer_than_any_pair_of_two(encoder: events.EventEncoder) -> None:
    vectors = [encoder.encode([events.event_text(*report) for report in event]) for event in EVENTS]
    same = [float(a @ b) for event in vectors for a, b in combinations(event, 2)]
    other = [float(a @ b) for one, two in combinations(vectors, 2) for a, b in product(one, two)]
    assert min(same) > max(other) + 0.1


def test_a_text_s_vector_does_not_depend_on_its_neighbours(encoder: events.EventEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(encoder.encode(TEXTS[::-1]), together[::-1])


def test_threads_do_not_change_a_vector(encoder: events.EventEncoder) -> None:
    np.testing.assert_allclose(events.EventEncoder(threads=2).encode(TEXTS), encoder.encode(TEXTS), atol=1e-6)


def test_what_lies_beyond_192_tokens_is_not_read(encoder: events.EventEncoder) -> None:
    long = " ".join(["harbour"] * 190)
    first, second, changed = encoder.encode([f"{long} strike vote", f"{long} rain court snow", f"strike {long}"])
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, changed)


def test_tokens_end_with_the_separator_also_when_cut(encoder: events.EventEncoder) -> None:
    for text in ("harbour", "harbour " * 400):
        tokens = encoder._tokens(text)
        assert tokens[0] == 101
        assert tokens[-1] == events.SEPARATOR
        assert len(tokens) <= events.MAX_TOKENS


def test_event_text_is_the_title_and_160_words() -> None:
    text = events.event_text("Title", "\n".join(f"word{number}" for number in range(200)))
    assert text.startswith("Title. word0 word1")
    assert text.endswith(" word159")


def test_one_encoder_for_the_process(encoder: events.EventEncoder) -> None:
    assert events.load() is encoder


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(weightfiles.WeightsError, match=r"event\.int8\.onnx can't be read: No such file"):
        events.EventEncoder(tmp_path)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "event.int8.onnx").write_bytes((WEIGHTS / "event.int8.onnx").read_bytes())
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(weightfiles.WeightsError, match=r"tokenizer\.json is not the expected one"):
        events.EventEncoder(tmp_path)
