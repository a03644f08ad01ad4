"""The turn of a language: whoever changes which story an article is in holds it, so that no two do so at once."""

from __future__ import annotations

import zlib

from django.db import connection

# Any number that no other advisory lock of this database uses; the second part of the lock is the language.
LOCK = 0x5107


def take_turn(lang: str) -> None:
    """Wait for the language's turn; it is given back when the transaction ends. Must run inside one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, zlib.crc32(lang.encode()) & 0x7FFFFFFF])
