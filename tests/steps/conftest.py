"""What the tests of steps share: texts are read once in a session, however often a killed worker reads them again."""

from __future__ import annotations

import pytest

from stories.nlp import reader


@pytest.fixture(autouse=True, scope="session")
def read_once():
    """The real reader, which remembers: what it finds depends on the text alone (tests/nlp/test_reader.py)."""
    honest, found = reader.Reader.read, {}

    def read(self, texts):
        for text in texts:
            if text not in found:
                found[text] = honest(self, [text])[0]
        return [found[text] for text in texts]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader.Reader, "read", read)
        yield
