"""Keyset paging: a page begins where the one before ended, however much has arrived in between.

A cursor is the sort key of the last row shown, newest first. One that can't be read counts as none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Eighteen digits stay inside a bigint; the times that they can spell are checked by arithmetic.
_DIGITS = 18

Key = tuple[datetime, *tuple[int, ...]]


def encode(at: datetime, *numbers: int) -> str:
    """A sort key as it stands in an address: microseconds since 1970, then the numbers, with dots between."""
    return ".".join(str(part) for part in ((at - _EPOCH) // timedelta(microseconds=1), *numbers))


def decode(cursor: str, numbers: int) -> Key | None:
    """The sort key of a cursor with so many numbers after its time, or None where it isn't one."""
    parts = cursor.split(".")
    if len(parts) != numbers + 1 or not all(p.isascii() and p.isdigit() and len(p) <= _DIGITS for p in parts):
        return None
    try:
        at = _EPOCH + timedelta(microseconds=int(parts[0]))
    except OverflowError:
        return None
    return at, *(int(part) for part in parts[1:])


def older(fields: Sequence[str], key: Sequence[Any]) -> Q:
    """Rows after `key` when sorted by `fields`, all descending: the row comparison, spelt for the planner."""
    after = Q()
    same = Q()
    for field, value in zip(fields, key, strict=True):
        after |= same & Q(**{f"{field}__lt": value})
        same &= Q(**{field: value})
    return Q(**{f"{fields[0]}__lte": key[0]}) & after
