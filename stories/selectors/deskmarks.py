"""What lists of stories at the desk say of each besides its own row: open questions, readers' words, the latest edit.

Asked for a page of stories at once; four queries however many they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from stories.models import Doubt, DoubtState, Edit, Objection


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one story: its open questions, readers' objections that nobody has answered, and the edit that came last."""

    doubts: int = 0
    objections: int = 0
    edit: Edit | None = None


def marks(stories: Sequence[int]) -> dict[int, Marks]:
    """The marks of each of these stories, by number."""
    doubts, objections, edits = _doubts(stories), _objections(stories), _edits(stories)
    return {pk: Marks(doubts[pk], objections[pk], edits.get(pk)) for pk in stories}


def unanswered() -> Q:
    """Of objections: those that no editor has answered yet."""
    return Q(doubt=None) | Q(doubt__state=DoubtState.OPEN)


def _doubts(stories: Sequence[int]) -> Counter[int]:
    """Open questions, from whichever side they are about a story."""
    rows = Doubt.objects.filter(Q(story__in=stories) | Q(other__in=stories), state=DoubtState.OPEN)
    counts: Counter[int] = Counter()
    for sides in rows.values_list("story", "other"):
        counts.update({side for side in sides if side is not None})
    return counts


def _objections(stories: Sequence[int]) -> Counter[int]:
    rows = Objection.objects.filter(unanswered(), story__in=stories).order_by()
    return Counter(dict(rows.values_list("story").annotate(many=Count("pk"))))


def _edits(stories: Sequence[int]) -> dict[int, Edit]:
    """The latest edit of each story, from either side."""
    found: dict[int, Edit] = {}
    for side in ("story", "other"):
        rows = Edit.objects.filter(**{f"{side}__in": stories}).order_by(f"{side}_id", "-pk").distinct(f"{side}_id")
        for edit in _light(rows):
            pk = edit.story_id if side == "story" else edit.other_id
            if pk is not None and (pk not in found or found[pk].pk < edit.pk):
                found[pk] = edit
    return found


def _light(edits: Iterable[Edit]) -> Iterable[Edit]:
    """Without what an edit keeps for undoing it."""
    return edits.only("act", "by", "at", "story", "other")  # type: ignore[attr-defined, no-any-return]
