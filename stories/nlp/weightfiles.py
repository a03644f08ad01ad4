"""Opening the files of weights/: a file is used only when its checksum says that it is the one measured with.

It loads models and tokenizers and runs nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

TOKENIZER = "tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class WeightsError(RuntimeError):
    """A file of a model is missing or is not the one this code was measured with."""


def checked(path: Path, sha256: str) -> Path:
    """The path of a file that is known by its checksum to be the right one. WeightsError for any other."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"The model's file {path} can't be read: {error.strerror}.") from error
    if found != sha256:
        raise WeightsError(f"The model's file {path} is not the expected one: its checksum differs.")
    return path


def session(path: Path, sha256: str, threads: int) -> Any:
    """The model on onnxruntime's CPU provider, with so many threads for one run."""
    # Only the process that reads pays for the runtime: the beat loads the modules that call this too.
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(checked(path, sha256)), options, providers=["CPUExecutionProvider"])


def tokenizer(weights: Path) -> Any:
    """The WordPiece tokenizer of both models, cutting and padding nothing."""
    from tokenizers import Tokenizer  # noqa: PLC0415

    made = Tokenizer.from_file(str(checked(weights / TOKENIZER, TOKENIZER_SHA256)))
    # The file switches both on, at 128 tokens.
    made.no_truncation()
    made.no_padding()
    return made
