"""What the editors of this installation made of grouping's work: what they undid, and how they decided its doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from stories.models import GROUPING, Act, Doubt, DoubtState, Edit


@dataclass(frozen=True, slots=True)
class Undone:
    """Of what grouping did by itself in one way: how often, and how often an editor has undone it."""

    act: str
    done: int
    undone: int


@dataclass(frozen=True, slots=True)
class Live:
    """What the editors of this installation made of grouping's work; doubts are counted by what became of them."""

    acts: Sequence[Undone]
    open: int
    agreed: int
    refused: int

    @property
    def decided(self) -> int:
        """Doubts that an editor has decided."""
        return self.agreed + self.refused

    @property
    def done(self) -> int:
        """Everything that grouping did to stories by itself."""
        return sum(act.done for act in self.acts)

    @property
    def undone(self) -> int:
        """What of it editors have undone."""
        return sum(act.undone for act in self.acts)


def live() -> Live:
    """Counts from this installation's own tables. Two queries."""
    by_editor = Q(undone_by__isnull=False) & ~Q(undone_by__by=GROUPING)
    rows = (
        Edit.objects.filter(by=GROUPING)
        .order_by()
        .values_list("act")
        .annotate(done=Count("pk"), undone=Count("pk", filter=by_editor))
    )
    counts = {act: (done, undone) for act, done, undone in rows}
    states = dict(Doubt.objects.order_by().values_list("state").annotate(Count("pk")))
    return Live(
        acts=[Undone(str(act), *counts.get(act, (0, 0))) for act in (Act.MERGE, Act.SPLIT, Act.MOVE)],
        open=states.get(DoubtState.OPEN, 0),
        agreed=states.get(DoubtState.DONE, 0),
        refused=states.get(DoubtState.DISMISSED, 0),
    )
