"""What the tests of steps share: texts are read once, however often a killed worker reads them again."""

from __future__ import annotations

from tests.readonce import read_once

__all__ = ["read_once"]
