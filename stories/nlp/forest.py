"""A small forest of decision trees, as training/grouping.py writes it: numbers in, one number out.

It only adds up trees; what the numbers mean is likeness' business. numpy alone, since scikit-learn is needed for
training only.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

LEAF = -1


class ForestError(RuntimeError):
    """A forest's file is missing or is no forest."""


@dataclass(frozen=True, slots=True)
class _Line:
    """The nodes of all trees in one line, so that a step down is three look-ups; a leaf leads to itself.

    `column`: where the value asked for is, among the values with unknown ones as low as can be (left) and then again
    as high as can be (right). `onward`: twice as long, where each node leads if not up to `threshold`, and if so.
    """

    roots: NDArray[np.intp]
    column: NDArray[np.intp]
    threshold: NDArray[np.float32]
    onward: NDArray[np.intp]
    value: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as rows of nodes, all [trees, nodes]: which feature is asked, where a value up to `threshold` goes.

    `missing_left` says where a value that is not known goes; a node whose feature is LEAF holds a value.
    """

    features: tuple[str, ...]
    start: float
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    missing_left: NDArray[np.bool_]
    value: NDArray[np.float32]
    depth: int
    _line: _Line = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        leaf = self.feature == LEAF
        trees, nodes = self.feature.shape
        roots = np.arange(trees)[:, None] * nodes
        onward = np.where(leaf[:, :, None], np.arange(nodes)[:, None], np.stack([self.right, self.left], axis=2))
        line = _Line(
            roots=roots.ravel(),
            column=(np.maximum(self.feature, 0) + np.where(self.missing_left, 0, len(self.features))).ravel(),
            # No threshold is as high as what is not known.
            threshold=np.minimum(self.threshold, np.finfo(np.float32).max).ravel(),
            onward=(onward + roots[:, :, None]).ravel(),
            value=self.value.ravel(),
        )
        object.__setattr__(self, "_line", line)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The forest in a file. ForestError where there is none."""
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                kept = json.load(file)
            return cls(
                features=tuple(kept["features"]),
                start=float(kept["start"]),
                feature=np.array(kept["feature"], np.int16),
                threshold=np.array(kept["threshold"], np.float32),
                left=np.array(kept["left"], np.int16),
                right=np.array(kept["right"], np.int16),
                missing_left=np.array(kept["missing_left"], np.bool_),
                value=np.array(kept["value"], np.float32),
                depth=int(kept["depth"]),
            )
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, OverflowError) as error:
            raise ForestError(f"The forest {path} can't be read: {error}.") from error

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The log-odds of each row, float32 [rows]; `rows` float32 [rows, features], NaN where not known."""
        line, unknown = self._line, np.isnan(rows)
        known = np.concatenate([np.where(unknown, -np.inf, rows), np.where(unknown, np.inf, rows)], axis=1)
        starts = np.arange(len(known))[:, None] * known.shape[1]
        at = np.tile(line.roots, (len(known), 1))
        for _ in range(self.depth):
            given = known.take(starts + line.column.take(at))
            at = line.onward.take(2 * at + (given <= line.threshold.take(at)))
        total: NDArray[np.float32] = line.value.take(at).sum(axis=1) + np.float32(self.start)
        return total
