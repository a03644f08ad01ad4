"""Cursors: what is written can be read, what is damaged counts as none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stories.selectors import paging

AT = datetime(2026, 3, 4, 9, 0, 0, 123456, tzinfo=UTC)


def test_a_cursor_is_read_as_it_was_written():
    assert paging.decode(paging.encode(AT, 7, 42), 2) == (AT, 7, 42)


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3.4", "a.1.2", "1..2", "1.2.-3", "9" * 19 + ".1.2", "999999999999999999.1.2"]
)
def test_a_damaged_cursor_is_none(text):
    assert paging.decode(text, 2) is None
