"""Which reports were in a story at a moment, reckoned backwards from now over the edits. Pure; asks no database.

A report is in a story from when we first saw it, unless an edit says otherwise: the few seconds that grouping takes are
kept nowhere. What joined by grouping and was never moved has been where it is all along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Move:
    """What an edit moved: the article, its story before and after, as an Edit keeps them."""

    edit: int
    at: datetime
    moves: Sequence[Sequence[int | None]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: a time with all that was done by then, or the one just before or after an edit."""

    at: datetime
    edit: int | None = None
    before: bool = False


def since(moves: Iterable[Move], moment: Moment) -> list[Move]:
    """Those of them that came after a moment, the latest first.

    Edits of one story are numbered in the order in which they were done, since each waits for the story; their times
    are taken before they wait, and may be a little out of order. So what was done after something later is later.
    """
    later: list[Move] = []
    begun = False
    for move in sorted(moves, key=lambda one: one.edit):
        begun = begun or _after(move, moment)
        if begun:
            later.append(move)
    return later[::-1]


def _after(move: Move, moment: Moment) -> bool:
    if moment.edit is None:
        return move.at > moment.at
    return move.edit >= moment.edit if moment.before else move.edit > moment.edit


def places_at(
    now: Mapping[int, int | None], seen: Mapping[int, datetime], moves: Iterable[Move], moment: Moment
) -> dict[int, int | None]:
    """The story of each article at a moment; None for none, and for what we had not seen yet.

    `now` is where articles are, of all that `moves` name or that are asked for; `seen` when each was first seen.
    """
    where = dict(now)
    for move in since(moves, moment):
        for article, before, _after_it in move.moves:
            if article is not None:
                where[article] = before
    return {pk: story if pk in seen and seen[pk] <= moment.at else None for pk, story in where.items()}


def members_at(
    story: int, now: Mapping[int, int | None], seen: Mapping[int, datetime], moves: Iterable[Move], moment: Moment
) -> frozenset[int]:
    """The articles of a story at a moment. At a moment after all else: those that are in it now."""
    return frozenset(pk for pk, place in places_at(now, seen, moves, moment).items() if place == story)
