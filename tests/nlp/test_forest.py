"""A forest adds up its trees: made by hand, read from its file, refused where the file is none."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stories.nlp import likeness
from stories.nlp.forest import LEAF, Forest, ForestError
from stories.nlp.terms import WEIGHTS

NAN = float("nan")
# The first tree asks for "a" up to 1, and then, where it is more, for "b" up to 0.5. The second asks for "b" up to 2.
TWO_TREES: dict[str, Any] = {
    "features": ["a", "b"],
    "start": 10.0,
    "feature": [[0, LEAF, 1, LEAF, LEAF], [1, LEAF, LEAF, LEAF, LEAF]],
    "threshold": [[1.0, 0.0, 0.5, 0.0, 0.0], [2.0, 0.0, 0.0, 0.0, 0.0]],
    "left": [[1, 0, 3, 0, 0], [1, 0, 0, 0, 0]],
    "right": [[2, 0, 4, 0, 0], [2, 0, 0, 0, 0]],
    "missing_left": [[0, 0, 1, 0, 0], [0, 0, 0, 0, 0]],
    "value": [[0.0, 1.0, 0.0, 2.0, 3.0], [0.0, 0.25, 0.5, 0.0, 0.0]],
    "depth": 2,
}


def write(path: Path, content: object) -> Path:
    """A forest's file with this in it: JSON, or bytes as they are."""
    data = content if isinstance(content, bytes) else gzip.compress(json.dumps(content).encode())
    path.write_bytes(data)
    return path


@pytest.fixture
def forest(tmp_path: Path) -> Forest:
    return Forest.load(write(tmp_path / "forest.json.gz", TWO_TREES))


def log_odds(forest: Forest, *rows: tuple[float, float]) -> list[float]:
    return [float(value) for value in forest(np.array(rows, np.float32))]


def test_every_path_leads_to_its_leaf(forest: Forest) -> None:
    found = log_odds(forest, (0, 0), (0, 3), (2, 0), (2, 1), (2, 3))
    assert found == [11.25, 11.5, 12.25, 13.25, 13.5]


def test_a_value_at_the_threshold_goes_left(forest: Forest) -> None:
    assert log_odds(forest, (1, 2), (1.0001, 2.0001)) == [11.25, 13.5]
    assert log_odds(forest, (2, 0.5)) == [12.25]


def test_what_is_not_known_goes_where_the_node_says(forest: Forest) -> None:
    # "a" missing goes right, then "b" 0 goes left; "b" missing goes left in the first tree and right in the second.
    assert log_odds(forest, (NAN, 0), (NAN, 1), (0, NAN), (2, NAN), (NAN, NAN)) == [12.25, 13.25, 11.5, 12.5, 12.5]


def test_rows_do_not_depend_on_their_neighbours(forest: Forest) -> None:
    rows = [(0.0, 0.0), (2.0, 1.0), (NAN, 3.0), (2.0, NAN)]
    assert log_odds(forest, *rows) == [log_odds(forest, row)[0] for row in rows]
    assert log_odds(forest, *rows[::-1]) == log_odds(forest, *rows)[::-1]


def test_no_rows_give_no_numbers(forest: Forest) -> None:
    assert forest(np.empty((0, 2), np.float32)).shape == (0,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no gzip",
        gzip.compress(b"no JSON", mtime=0),
        gzip.compress(b"\xff\xfe", mtime=0),
        gzip.compress(json.dumps(TWO_TREES).encode(), mtime=0)[:-20],
        b"\x1f\x8b\x08\x00" + b"\x00" * 40,
        [1, 2],
        {name: value for name, value in TWO_TREES.items() if name != "threshold"},
        TWO_TREES | {"start": "near"},
        TWO_TREES | {"depth": None},
        TWO_TREES | {"feature": [[0, 1], [0]]},
        TWO_TREES | {"value": "none"},
        TWO_TREES | {"left": [[99_999] * 5] * 2},
    ],
)
def test_a_damaged_file_is_no_forest(tmp_path: Path, content: object) -> None:
    with pytest.raises(ForestError, match=r"forest\.json\.gz can't be read"):
        Forest.load(write(tmp_path / "forest.json.gz", content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ForestError, match=r"none\.json\.gz can't be read.*No such file"):
        Forest.load(tmp_path / "none.json.gz")


def test_the_forest_that_ships_asks_for_what_likeness_compares() -> None:
    shipped = Forest.load(WEIGHTS / "grouping.json.gz")
    assert shipped.features == likeness.FEATURES
    assert shipped.feature.max() < len(shipped.features)
    assert len(shipped.feature) > 20
    # Deep enough to reach a leaf from wherever one starts: one step more changes nothing.
    rows = np.random.default_rng(0).normal(0, 1, (200, len(likeness.FEATURES))).astype(np.float32)
    rows[rows > 1.5] = np.nan
    deeper = replace(shipped, depth=shipped.depth + 1)
    np.testing.assert_array_equal(shipped(rows), deeper(rows))
