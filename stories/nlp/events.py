"""The event encoder: texts to vectors, such that reports of one event lie close together.

A fine-tuned sentence encoder on onnxruntime (weights/MODEL_CARD.md). It knows English only. It decides nothing: what
is close enough is grouping's business. Load it in the process that uses it, never before a fork.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stories.nlp.terms import WEIGHTS, lead

SHA256 = {
    "event.int8.onnx": "23d41573317db2d83cbdad9b14fc0c2a92cece1f2237053cca792a405ad41a0a",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
DIMENSIONS = 384
# What the encoder was trained with; the last token of a longer text is replaced by the separator.
MAX_TOKENS = 192
SEPARATOR = 102


class WeightsError(RuntimeError):
    """A file of the encoder is missing or is not the one this code was measured with."""


class EventEncoder:
    """Turns texts into unit vectors on the CPU, in about 120 MB of memory. Safe to share between threads."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        model, tokenizer = (_checked(weights / name, sha256) for name, sha256 in SHA256.items())
        # Only the process that reads pays for the runtime: the beat loads this module too.
        import onnxruntime  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        # The file switches both on, at 128 tokens.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

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


def _checked(path: Path, sha256: str) -> Path:
    """The path of a file that is known by its checksum to be the right one."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"The event encoder's file {path} can't be read: {error.strerror}.") from error
    if found != sha256:
        raise WeightsError(f"The event encoder's file {path} is not the expected one: its checksum differs.")
    return path
