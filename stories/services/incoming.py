"""Reports that are placed one after the other in one transaction: each is compared with those placed before it too.

The database is asked once for all of them, so what was placed since is added here. It decides and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stories.models import Recent
from stories.nlp import grouping, likeness
from stories.services import surroundings
from stories.services.surroundings import Compared, Near


@dataclass(frozen=True, slots=True)
class _Placed:
    """A report of this batch that has its story by now; `unit` is its vector as the index compares it."""

    recent: Recent
    compared: Compared
    unit: likeness.Vector | None


class Incoming:
    """What the reports of a batch are compared with. Must be made inside the transaction, when it is their turn."""

    def __init__(self, recents: Sequence[Recent]) -> None:
        self._near = surroundings.nearest(recents)
        near = {story for ones in self._near.values() for story in _candidates(ones)}
        self._members = surroundings.latest(near, grouping.MEMBERS)
        self._placed: list[_Placed] = []

    @property
    def stories(self) -> Collection[int]:
        """The stories that the database knows and that one of the reports may join."""
        return self._members.keys()

    def nearest(self, recent: Recent, report: likeness.Marks) -> list[int]:
        """The stories of the 30 reports nearest to this one, nearest first, each once."""
        near = self._near[recent.article_id] + self._near_placed(recent, report)
        # As the database orders them: by nearness, and reports without a vector that are equally near by number.
        near.sort(key=lambda one: (-one.nearness, one.article))
        return _candidates(near[: likeness.NEIGHBOURS])

    def members(self, story: int) -> list[Compared]:
        """The story's reports that others are compared with: the latest 24, oldest first."""
        added = [one.compared for one in self._placed if one.recent.story_id == story]
        if not added:
            return self._members.get(story, [])
        every = [*self._members.get(story, []), *added]
        # Every report among the recent ones has its time.
        every.sort(key=lambda one: (one.marks.at is not None and one.marks.at.timestamp(), one.article))
        return every[-grouping.MEMBERS :]

    def add(self, recent: Recent, report: likeness.Marks) -> None:
        """Note that a report of the batch has its story; others see it as it will be read back."""
        half = None if report.vector is None else report.vector.astype(np.float16).astype(np.float32)
        rounded = {name: recent.marks[name] for name in ("terms", "names", "numbers")}
        self._placed.append(
            _Placed(recent, Compared(recent.article_id, replace(report, vector=half, **rounded)), _unit(half))
        )

    def _near_placed(self, recent: Recent, report: likeness.Marks) -> list[Near]:
        """Those of the batch within reach, with how near they are, as the database would have reckoned."""
        found = []
        own = _unit(report.vector)
        for one in self._placed:
            other = one.recent
            if (other.lang, other.demo) != (recent.lang, recent.demo):
                continue
            if abs(other.reported_at - recent.reported_at) > surroundings.REACH:
                continue
            if own is not None and one.unit is not None:
                found.append(Near(other.article_id, other.story_id, float(own @ one.unit)))
            elif own is None and (shared := len({*recent.keys} & {*other.keys})):
                found.append(Near(other.article_id, other.story_id, float(shared)))
        return found


def _candidates(near: Sequence[Near]) -> list[int]:
    """The stories of these reports in their order, as many as are compared with."""
    return list(dict.fromkeys(one.story for one in near))[: grouping.CANDIDATES]


def _unit(vector: likeness.Vector | None) -> likeness.Vector | None:
    """A vector of length 1, as the index compares them."""
    if vector is None:
        return None
    length = float(np.linalg.norm(vector)) or 1.0
    unit: likeness.Vector = vector / np.float32(length)
    return unit
