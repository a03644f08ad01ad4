"""What editors do with many feeds at once. Each is changed by itself, as services.tending does it.

Which were as wanted already, and which can't be changed, is told; invented feeds of the demo world stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from stories.models import Feed, Outlet
from stories.services import tending
from stories.services.tending import Wanted


@dataclass(frozen=True, slots=True)
class Done:
    """Which feeds were changed, which were as wanted already, and which can't be changed."""

    changed: tuple[Feed, ...]
    same: tuple[Feed, ...]
    refused: tuple[Feed, ...] = ()


def set_active(feeds: Iterable[Feed], active: bool, now: datetime) -> Done:
    """Pause feeds, or take them up again."""

    def switch(feed: Feed) -> None:
        tending.set_active(feed, active, now=now)

    return _each(feeds, lambda feed: feed.active == active, switch, invented=True)


def set_interval(feeds: Iterable[Feed], seconds: int | None, now: datetime) -> Done:
    """Have feeds asked at a fixed interval, or at one that follows the news (None)."""

    def pace(feed: Feed) -> None:
        tending.edit(feed, Wanted(feed.title, feed.lang, seconds, feed.outlet, feed.url), now=now)

    return _each(feeds, lambda feed: feed.fixed_interval_s == seconds, pace)


def move(feeds: Iterable[Feed], outlet: Outlet, now: datetime) -> Done:
    """Give feeds to another outlet. Articles that they have brought stay with the outlet that they have."""

    def give(feed: Feed) -> None:
        tending.edit(feed, Wanted(feed.title, feed.lang, feed.fixed_interval_s, outlet, feed.url), now=now)

    return _each(feeds, lambda feed: feed.outlet_id == outlet.pk, give)


def _each(
    feeds: Iterable[Feed], same: Callable[[Feed], bool], change: Callable[[Feed], None], *, invented: bool = False
) -> Done:
    parts: tuple[list[Feed], list[Feed], list[Feed]] = ([], [], [])
    for feed in feeds:
        if same(feed):
            parts[1].append(feed)
        elif feed.outlet.demo and not invented:
            parts[2].append(feed)
        else:
            change(feed)
            parts[0].append(feed)
    return Done(*(tuple(part) for part in parts))
