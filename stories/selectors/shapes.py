"""A story as it is and as an act would make it: its title, reports, voices, origins, first report, followers.

Reckoned as tracing would do it, from the reports alone; written nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stories.models import Article, Story
from stories.nlp import lineage, provenance, titles
from stories.nlp.copies import Copy
from stories.nlp.terms import is_english
from stories.selectors import followers, members, overrides
from stories.selectors.members import Member
from stories.selectors.reports import reports_of

# Together with more reports than these the origins are not reckoned for a preview: it would take seconds. At 120 they
# take 0.2 s (bench: tests/views/test_story_acts.py).
MOST = 120


@dataclass(frozen=True, slots=True)
class Shape:
    """A story as it is or as it will be; `story` is None of one that the act founds.

    `origins`: at least and at most; None where they are not known or not reckoned. `first` is its first report.
    `coming` are the reports in it that the act brings there.
    """

    story: Story | None
    title: str
    lang: str
    reports: Sequence[Member]
    voices: int
    origins: tuple[int, int] | None
    people: int
    then: bool
    coming: frozenset[int] = frozenset()
    new_first: bool = False

    @property
    def outlets(self) -> dict[str, str]:
        """The slugs of its outlets by their names."""
        return members.outlets(self.reports)

    @property
    def copies(self) -> int:
        """How many of its reports carry another's text."""
        return sum(one.root is not None for one in self.reports)

    @property
    def first(self) -> Member | None:
        """Its first report."""
        return self.reports[0] if self.reports else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What shapes are reckoned from: the reports by their number, where there are few enough."""

    every: Sequence[Member]
    reports: Mapping[int, lineage.Report]
    decided: lineage.Decided
    reckoned: bool

    @classmethod
    def of(cls, stories: Sequence[Story], every: Sequence[Member]) -> Seen:
        """Four queries a story and one, or none where there are too many reports."""
        if len(every) > MOST:
            return cls(every, {}, lineage.Decided(), reckoned=False)
        copied = {one.pk: Copy(one.root, one.share or 1.0) if one.root else None for one in every}
        reports = {one.article: one for story in stories for one in reports_of(story, copied)}
        return cls(every, reports, overrides.decided(reports), reckoned=True)

    def origins(self, some: Sequence[Member]) -> tuple[int, int] | None:
        """How many independent origins these reports have by themselves; None where that is not reckoned."""
        if not self.reckoned:
            return None
        count = provenance.trace([self.reports[one.pk] for one in some if one.pk in self.reports], self.decided)
        return count.independent.least, count.independent.most

    def headline(self, some: Sequence[Member], story: Story) -> str:
        """The headline that tracing would take; the present one's, or the first, where that is not reckoned."""
        read = dict(Article.objects.filter(pk__in=[one.pk for one in some]).values_list("pk", "vector"))
        rows = [one for one in some if read.get(one.pk) is not None]
        if not self.reckoned or not rows:
            return next((one.title for one in some if one.pk == story.headline_of_id), some[0].title if some else "")
        vectors = np.array([read[one.pk] for one in rows], dtype=np.float32) if is_english(story.lang) else None
        copies = [place for place, one in enumerate(rows) if one.root]
        return rows[titles.most_central([one.title for one in rows], vectors, copies=copies)].title


def now(seen: Seen, story: Story) -> Shape:
    """A story as it is."""
    own = [one for one in seen.every if one.story == story.pk]
    row = getattr(story, "provenance", None)
    known = (row.least, row.most) if row is not None and row.revision == story.revision else seen.origins(own)
    return Shape(
        story=story,
        title=story.title,
        lang=story.lang,
        reports=own,
        voices=members.voices(own),
        origins=known,
        people=followers.people([story]),
        then=False,
    )


def then(
    seen: Seen,
    story: Story | None,
    some: Sequence[Member],
    *,
    of: Story | None = None,
    people: int | None = None,
    coming: Sequence[Member] = (),
) -> Shape:
    """A story as it will be, of these reports; a new one goes out `of` another."""
    old = story or of
    assert old is not None  # noqa: S101 - one of the two is given
    lead = next((one.title for one in some if story and one.pk == story.lead_id), "")
    return Shape(
        story=story,
        title=(story.named if story else "") or lead or seen.headline(some, old),
        lang=old.lang,
        reports=some,
        voices=members.voices(some),
        origins=seen.origins(some) if some else None,
        people=people if people is not None else followers.people([story]) if story else 0,
        then=True,
        coming=frozenset(one.pk for one in coming),
    )


def mark_first(shape: Shape, story: Story, seen: Seen) -> Shape:
    """With whether the story's first report will be another one than it is."""
    was = next((one for one in seen.every if one.story == story.pk), None)
    return replace(shape, new_first=was is not None and shape.first is not None and shape.first.pk != was.pk)
