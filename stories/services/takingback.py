"""Taking an edit back together with the later ones that stand on it: all of them, the latest first, or none.

One transaction. What is to be taken back is what the editor was shown: where more stands on it by now, it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Edit, Story
from stories.services import footprints, membership, undoing
from stories.services.acts import By, Clash, Refused, heed

# More than these are too many to be judged at a glance; whoever means it takes the later ones back first.
MOST = 40
# What stands on what stands on it, and so on: so often it is asked.
DEEP = 8


@dataclass(frozen=True, slots=True)
class Chain:
    """An edit and all that stands on it, the latest first; not `whole` where that is too much to be undone together."""

    edits: Sequence[Edit]
    whole: bool


def chain(edit: Edit) -> Chain:
    """An edit with all that would have to be taken back before it. Two queries for each step of what stands on what."""
    found = {edit.pk: edit}
    fresh = [edit]
    for _ in range(DEEP):
        later = {one.pk: one for ones in footprints.standing_on(fresh).values() for one in ones}
        fresh = [one for pk, one in later.items() if pk not in found]
        if not fresh:
            return Chain(sorted(found.values(), key=lambda one: -one.pk), whole=True)
        found |= {one.pk: one for one in fresh}
        if len(found) > MOST:
            break
    return Chain(sorted(found.values(), key=lambda one: -one.pk), whole=False)


@transaction.atomic
def undo(edit: Edit, shown: Sequence[int], by: By, now: datetime) -> list[Edit]:
    """Take back an edit and what stands on it: exactly those whose numbers were `shown`. The undos, the first first.

    Raises Refused, and nothing is done: Clash where others stand on it by now, and whatever keeps one of them.
    """
    known = chain(edit)
    stories: dict[int, Story] = {}
    for one in known.edits:
        stories |= {story.pk: story for story in membership.concerned(one)}
    # All at once, and in the one order in which everybody holds them, before the first is taken back.
    membership.hold(stories.values())
    if Edit.objects.filter(undoes=edit).exists():
        raise Refused(gettext("This edit has been undone already."))
    found = chain(edit)
    new = [one for one in found.edits if one.pk not in set(shown)]
    if not found.whole:
        raise Refused(gettext("Too much stands on this edit to undo it together: undo the latest first."), new)
    if {one.pk for one in found.edits} != set(shown):
        raise Clash(
            gettext(
                "What stands on this edit has changed since you opened this page, so nothing was done: look again."
            ),
            new,
        )
    heed(by, {name for one in found.edits for name in one.changed})
    # Each of these changes what the next one changed: what was seen is compared once, above.
    alone = replace(by, seen=None)
    return [undoing.undo(one, alone, now) for one in found.edits]
