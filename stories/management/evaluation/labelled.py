"""Labelled files as all subjects read them: JSON lines, plain or packed (.gz), each an object with fields of text.

Whatever can't be read is a ValueError that names the file and the row. What the fields mean is each subject's business.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

Row = TypeVar("Row")


def read(path: Path, row: Callable[[str, str], Row]) -> list[Row]:
    """The rows of a file; `row` makes one of a line, given where it stands. ValueError for whatever can't be read."""
    rows: list[Row] = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                rows.append(row(line, f"{path}, row {number}"))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}, row {len(rows) + 1} or after: not UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}, row {len(rows) + 1} or after: cannot be unpacked ({error})") from error
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    if not rows:
        raise ValueError(f"{path}: no rows")
    return rows


def fields(line: str, where: str, texts: Sequence[str]) -> dict[str, Any]:
    """A line's object, in which all of `texts` are there and are text. ValueError otherwise."""
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{where}: not JSON ({error.msg})") from error
    if not isinstance(found, dict):
        raise ValueError(f"{where}: not a JSON object")
    for name in texts:
        if not isinstance(found.get(name), str):
            raise ValueError(f'{where}: the field "{name}" is missing or is not text')
    return found
