"""A long text in windows that the reader's model can take, and what it says of them put together again.

Windows overlap, and every token is decided by the one window in which it has most context on its shorter side. What is
decided is scores, one set for a token and one for a pair of cue and token; spans are stories.nlp.spans's business.
It runs no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# What the model was trained with: 384 tokens with [CLS] and [SEP], a new window every 254.
TOKENS = 382
STEP = 254
CLASSIFY, SEPARATE = 101, 102


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens start to end (exclusive) of a text, and those among them that it decides."""

    start: int
    end: int
    decides: range


def windows(tokens: int) -> list[Window]:
    """The windows of a text of so many tokens; they decide each token once, in order."""
    starts = [0]
    while starts[-1] + TOKENS < tokens:
        starts.append(starts[-1] + STEP)
    ends = [min(start + TOKENS, tokens) for start in starts]
    # Half way through what two windows share, a token has as much before it in the one as after it in the other.
    turns = [0, *((start + end) // 2 for start, end in zip(starts[1:], ends, strict=False)), tokens]
    return [Window(*each, range(*turns[i : i + 2])) for i, each in enumerate(zip(starts, ends, strict=True))]


def framed(ids: Sequence[int], window: Window) -> NDArray[np.int64]:
    """The window's token numbers between [CLS] and [SEP], int64 [1, tokens + 2]."""
    return np.array([[CLASSIFY, *ids[window.start : window.end], SEPARATE]], np.int64)
