"""What the ingest tests share: a fake web, a clock, and where the real feeds lie if they are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from .web import FakeWeb, running

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def web() -> Iterator[FakeWeb]:
    with running() as fake:
        yield fake


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 2, 18, 6, 0, tzinfo=UTC)


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED
