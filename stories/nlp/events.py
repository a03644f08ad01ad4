"""The event encoder: texts to vectors, such that reports of one event lie close together.

A fine-tuned sentence encoder on onnxruntime (weights/MODEL_CARD.md). It knows English only. It decides nothing: what
is close enough is grouping's business. Load it in the process that uses it, never before a fork.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stories.nlp import weightfiles
from stories.nlp.terms import WEIGHTS, lead

MODEL = "event.int8.onnx"
SHA256 = "23d41573317db2d83cbdad9b14fc0c2a92cece1f2237053cca792a405ad41a0a"
DIMENSIONS = 384
# What the encoder was trained with; the last token of a longer text is replaced by the separator.
MAX_TOKENS = 192
SEPARATOR = 102


class EventEncoder:
    """Turns texts into unit vectors on the CPU, in about 120 MB of memory. Safe to share between threads."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        self._session = weightfiles.session(weights / MODEL, SHA256, threads)
        self._tokenizer = weightfiles.tokenizer(weights)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), 384].

        One text at a time, on purpose: int8 scales are taken over the whole batch, so that in a batch a text's vector
        would depend on its neighbours (cosine down to .95 to itself, batches of 32). It costs nothing on texts of 160
        words (40 a second alone, 33 in batches of 16, one core) and a third of the speed on bare titles.
        """
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for row, text in enumerate(texts):
            tokens = np.array([self._tokens(text)], np.int64)
            feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
            vectors[row] = self._session.run(["embedding"], feed)[0][0]
        return vectors

    def _tokens(self, text: str) -> list[int]:
        """Token numbers with [CLS] first and [SEP] last, 192 at most."""
        tokens: list[int] = self._tokenizer.encode(text).ids
        return tokens if len(tokens) <= MAX_TOKENS else [*tokens[: MAX_TOKENS - 1], SEPARATOR]


def event_text(title: str, text: str) -> str:
    """What the encoder is given of a report: its title and the first 160 words of its text."""
    return f"{title}. {lead(text)}"


@cache
def load() -> EventEncoder:
    """The process's one encoder, on one thread: where cores are to spare, more workers use them better."""
    return EventEncoder()
