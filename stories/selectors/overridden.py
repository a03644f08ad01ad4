"""What an act would override of what editors said: of pairs of reports, and of stories as wholes.

Every bond agrees with where its reports are, so that whatever an act parts or brings together against a bond turns it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stories.models import Act, Article, Bond, Constraint, Edit, Story
from stories.selectors import columns
from stories.selectors.members import Member

# Edits that are told of, and pairs of each that are named.
_TOLD, _NAMED = 10, 2
# Of what an editor says of a story as a whole, the act that is to be told of.
_MARKS = (Act.LOCK, Act.HIDE, Act.CLOSE)
_LOST = (Act.RENAME, Act.LEAD, Act.PIN)


@dataclass(frozen=True, slots=True)
class Turned:
    """What an edit said of pairs of reports, and no longer holds: how many pairs, and some of them by their headlines.

    `apart`: they were kept apart and come together; else they were bound together and are parted.
    """

    edit: Edit
    apart: bool
    pairs: Sequence[tuple[str, str]]
    count: int


def turned(moving: Sequence[Member], where: Mapping[int, int]) -> list[Turned]:
    """What the act turns, by the edit that said it, the latest first. Two queries.

    `where`: by report the story, or a number of its own for one that is founded, after the act.
    """
    rows = Constraint.objects.touching([one.pk for one in moving]).select_related("edit").order_by("-edit", "pk")
    by_edit: dict[tuple[int, bool], list[Constraint]] = {}
    for row in rows:
        if row.first_id not in where or row.second_id not in where:
            continue
        meet = where[row.first_id] == where[row.second_id]
        if meet == (row.bond == Bond.APART):
            by_edit.setdefault((row.edit_id, meet), []).append(row)
    first = list(by_edit.items())[:_TOLD]
    named = {pk for _key, some in first for row in some[:_NAMED] for pk in (row.first_id, row.second_id)}
    titles = dict(Article.objects.filter(pk__in=named).values_list("pk", "title")) if named else {}
    return [
        Turned(
            edit=some[0].edit,
            apart=apart,
            pairs=[(titles.get(row.first_id, ""), titles.get(row.second_id, "")) for row in some[:_NAMED]],
            count=len(some),
        )
        for (_edit, apart), some in first
    ]


def said(stories: Sequence[Story], gone: Story | None) -> list[Edit]:
    """What editors said of these stories as wholes and an act passes over: locks; of `gone` all that is lost with it.

    The latest edit of each that stands. One query.
    """
    wanted = {(story.pk, act) for story in stories for act in _standing(story, _MARKS)}
    if gone is not None:
        wanted |= {(gone.pk, act) for act in _standing(gone, _LOST)}
    if not wanted:
        return []
    edits = Edit.objects.standing().filter(story__in=stories, act__in={act for _story, act in wanted})
    found: dict[tuple[int, str], Edit] = {}
    for edit in edits.select_related("story").defer(*columns.of_story("story__")).order_by("-pk"):
        key = (edit.story_id or 0, edit.act)
        if key in wanted:
            found.setdefault(key, edit)
    return list(found.values())


def _standing(story: Story, acts: Sequence[Act]) -> list[Act]:
    """Those of the acts whose word stands of a story."""
    stands = {
        Act.LOCK: story.locked,
        Act.HIDE: story.hidden,
        Act.CLOSE: story.closing == "closed",
        Act.RENAME: bool(story.named),
        Act.LEAD: story.lead_id is not None,
        Act.PIN: story.pinned_at is not None,
    }
    return [act for act in acts if stands[act]]
