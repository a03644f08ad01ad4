"""What an editor needs at a glance: what waits for an answer, what was done lately, what does not work. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stories.models import Article, Doubt, DoubtState, Edit, Feed, Objection, Proposal, Stage, Story
from stories.selectors import columns, deskmarks, doubts
from stories.selectors.deskmarks import Marks

# Rows in each box: what is read without scrolling.
STORIES, EDITS, FEEDS = 8, 8, 6
# Questions and objections that are looked through for their stories: those of the widest reach, the latest.
_ASKED = 100


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A story that somebody has a question about."""

    story: Story
    marks: Marks


@dataclass(frozen=True, slots=True)
class Glance:
    """The desk's first page; `failed` are articles at rest, `names` those that may be outlets."""

    questions: int
    in_doubt: Sequence[InDoubt]
    edits: Sequence[Edit]
    failing: Sequence[Feed]
    failing_feeds: int
    feeds: int
    failed: int
    names: int


def glance() -> Glance:
    """All of it. Thirteen queries, each over an index or a small table."""
    failing = Feed.objects.failing()
    return Glance(
        questions=doubts.open_count(),
        in_doubt=_in_doubt(),
        edits=_edits(),
        failing=list(failing.select_related("outlet").order_by("-failures", "pk")[:FEEDS]),
        failing_feeds=failing.count(),
        feeds=Feed.objects.filter(active=True).count(),
        failed=Article.objects.filter(stage=Stage.FAILED).count(),
        names=Proposal.objects.filter(dismissed_at=None).count(),
    )


def _in_doubt() -> list[InDoubt]:
    """Stories with open questions, the most pressing first, then those that readers object to."""
    asked = Doubt.objects.filter(state=DoubtState.OPEN, story__isnull=False).order_by("-priority", "-pk")
    said = Objection.objects.filter(deskmarks.unanswered()).order_by("-pk")
    numbers = [
        *asked.values_list("story", flat=True)[:_ASKED],
        *said.values_list("story", flat=True)[:_ASKED],
    ]
    chosen = list(dict.fromkeys(number for number in numbers if number is not None))[: 2 * STORIES]
    stories = Story.objects.filter(merged_into=None).defer(*columns.of_story()).in_bulk(chosen)
    shown = [number for number in chosen if number in stories][:STORIES]
    marks = deskmarks.marks(shown)
    return [InDoubt(stories[number], marks[number]) for number in shown]


def _edits() -> list[Edit]:
    """What editors did last; what the program did is in the list of edits."""
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    kept = ("moves", "before", "after", "changed", "touched")
    rows = Edit.objects.by_people().select_related("story", "other", "article", "outlet", "undone_by", "undoes")
    light = [*columns.of_article("article__"), *(f"{way}__{name}" for way in ("undone_by", "undoes") for name in kept)]
    return list(rows.defer(*kept, *heavy, *light).order_by("-at", "-pk")[:EDITS])
