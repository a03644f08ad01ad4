"""What an editor says of a story as a whole on one form, several things at once: each an edit of its own, all or none.

What somebody else said meanwhile is kept where this editor did not change the same; where both changed the same,
nothing is done, and each such field is told of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from stories.models import Closing, Edit, Story
from stories.services import marking
from stories.services.acts import By, Refused

# In the order in which they are done.
FIELDS = ("title", "lead", "locked", "pinned", "hidden", "closing")


class Wrong(Exception):
    """Some fields could not be set, and so none was: by field, what was refused."""

    def __init__(self, fields: Mapping[str, Refused]) -> None:
        super().__init__(", ".join(fields))
        self.fields = dict(fields)


def values(story: Story) -> dict[str, Any]:
    """What is said of a story at the moment, by the names of FIELDS."""
    return {
        "title": story.named,
        "lead": story.lead_id,
        "locked": story.locked,
        "pinned": story.pinned_at is not None,
        "hidden": story.hidden,
        "closing": str(story.closing),
    }


def change(story: Story, wanted: Mapping[str, Any], by: By, now: datetime) -> list[Edit]:
    """Say all of this of a story, in one transaction; what is said already is passed over. Raises Wrong."""
    edits: list[Edit] = []
    wrong: dict[str, Refused] = {}
    with transaction.atomic():
        said = values(Story.objects.defer("vector").get(pk=story.pk))
        for name in FIELDS:
            if name not in wanted or said[name] == wanted[name]:
                continue
            try:
                edits.append(_acts()[name](story, wanted[name], by, now))
            except Refused as refused:
                wrong[name] = refused
        if wrong:
            transaction.set_rollback(True)
    if wrong:
        raise Wrong(wrong)
    return edits


Say = Callable[[Story, Any, By, datetime], Edit]


def _acts() -> dict[str, Say]:
    return {
        "title": marking.rename,
        "lead": marking.choose_lead,
        "locked": lambda story, on, by, now: (marking.lock if on else marking.unlock)(story, by, now),
        "pinned": lambda story, on, by, now: (marking.pin if on else marking.unpin)(story, by, now),
        "hidden": lambda story, on, by, now: (marking.hide if on else marking.show)(story, by, now),
        "closing": _keep,
    }


def _keep(story: Story, closing: str, by: By, now: datetime) -> Edit:
    """Close, reopen, or leave to itself."""
    act = {Closing.CLOSED: marking.close, Closing.OPEN: marking.reopen}.get(Closing(closing), marking.release)
    return act(story, by, now)
