"""How a story's reports differ, kept whole with the revision that it was said of; nlp.framing decides."""

from __future__ import annotations

from datetime import datetime

from stories.models import Story, StoryComparison
from stories.models.findings import COMPARISON
from stories.nlp.comparison import Comparison


def save(story: Story, compared: Comparison, now: datetime) -> None:
    """Write the comparison over the one before. Whoever calls holds the story's row."""
    StoryComparison.objects.update_or_create(
        story=story,
        defaults={
            "revision": story.revision,
            "compared": COMPARISON.dump_python(compared, mode="json"),
            "at": now,
        },
    )
