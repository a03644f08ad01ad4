"""What was worked out is kept for a short while in the cache; without one everything is worked out each time.

For values that can be made anew, never for the only copy of anything.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError


def get(key: str) -> Any:
    """What is kept under a key; None where nothing is, or the cache is out of reach."""
    try:
        return cache.get(key)
    except RedisError:
        return None


def put(key: str, value: Any, seconds: float) -> None:
    """Keep a value for so long, if the cache can be reached."""
    try:
        cache.set(key, value, seconds)
    except RedisError:
        return
