"""Fixtures that every test may use: the faked web, and the clock as a value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fakes import Web


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """The web outside, faked at its one seam: stories.ingest.fetch."""
    fake = Web()
    monkeypatch.setattr("stories.ingest.fetch.fetch_many_blocking", fake.fetch_many)
    monkeypatch.setattr("stories.ingest.fetch.fetch_one", fake.fetch_one)
    monkeypatch.setattr("stories.ingest.fetch.fetch_as_done", fake.fetch_as_done)
    return fake


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: one that began last would keep one of two workers waiting for minutes."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    longest = "test_floors.py"
    items.sort(key=lambda item: (item.path.name != longest, item.path not in slow))
