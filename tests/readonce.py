"""The real reader, which remembers: what it finds depends on the text alone (tests/nlp/test_reader.py).

For the packages of tests that read the same worlds again and again; never for those that are about the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

_found: dict[str, Any] = {}


@pytest.fixture(autouse=True, scope="package")
def read_once() -> Iterator[None]:
    """While a package's tests run; what was read stays known to the next one's."""
    from stories.nlp import reader

    honest: Any = reader.Reader.read

    def read(self: Any, texts: Any) -> Any:
        for text in texts:
            if text not in _found:
                _found[text] = honest(self, [text])[0]
        return [_found[text] for text in texts]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader.Reader, "read", read)
        yield
