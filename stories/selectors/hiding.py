"""Stories that an editor has hidden: on no list of readers', and nothing of them but that, and since when."""

from __future__ import annotations

from datetime import datetime

from stories.models import Act, Edit, Story


def shown(story: Story | None) -> Story | None:
    """The story where readers may be led to it; None of one that is hidden. Asks nothing."""
    return None if story is None or story.hidden else story


def since(story: Story) -> datetime | None:
    """When it was hidden, as the edit says. One query."""
    edits = Edit.objects.standing().filter(story=story, act=Act.HIDE).order_by("-pk")
    return edits.values_list("at", flat=True).first()
