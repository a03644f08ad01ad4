"""What an act would make of stories: each as it is and as it will be, what it overrides, what lapses, who is told.

Reckoned as the act and the trace after it would do it, and written nowhere. Decides nothing: what speaks against
it is named, and the service refuses.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from stories.models import Act, Doubt, DoubtState, Edit, Story, Wake
from stories.selectors import columns, followers, members, overridden, shapes
from stories.selectors.members import Member
from stories.selectors.overridden import Turned
from stories.selectors.shapes import Seen, Shape


@dataclass(frozen=True, slots=True)
class Against:
    """What speaks against an act before it is done: refused are all but an unknown language."""

    languages: bool = False
    unknown_language: bool = False
    worlds: bool = False
    nothing_left: bool = False
    not_there: int = 0

    @property
    def forbids(self) -> bool:
        """Whether the act would be refused."""
        return self.languages or self.worlds or self.nothing_left or bool(self.not_there)


@dataclass(frozen=True, slots=True)
class Preview:
    """An act before it is done. `moving` are the reports that change their story, `told` how many people hear of it.

    `turned`: what editors said of pairs of reports that the act overrides; `said`: of the stories as wholes.
    `reckoned` is False where there are too many reports for their origins to be reckoned here.
    """

    act: Act
    before: Sequence[Shape]
    after: Sequence[Shape]
    moving: Sequence[Member]
    turned: Sequence[Turned]
    said: Sequence[Edit]
    lapsing: Sequence[Doubt]
    told: int
    reckoned: bool
    against: Against

    @property
    def columns(self) -> list[Shape]:
        """All, as they are and as they will be."""
        return [*self.before, *self.after]

    @property
    def hidden(self) -> bool:
        """Whether the story that keeps its address is hidden, so that nobody is told of anything."""
        kept = self.before[0].story
        return kept is not None and kept.hidden

    @property
    def followed(self) -> bool:
        """Whether anybody follows any of the stories."""
        return any(shape.people for shape in self.before)


def merge(kept: Story, gone: Story, now: datetime) -> Preview:
    """Both stories in one, at the address of `kept`."""
    every = members.of_stories([kept, gone])
    moving = [one for one in every if one.story == gone.pk]
    seen = Seen.of([kept, gone], every)
    together = shapes.then(seen, kept, every, people=followers.people([kept, gone]), coming=moving)
    lapsing = Q(story=gone) | Q(other=gone) | Q(articles__overlap=[one.pk for one in moving])
    return Preview(
        act=Act.MERGE,
        before=[shapes.now(seen, kept), shapes.now(seen, gone)],
        after=[shapes.mark_first(together, kept, seen)],
        moving=moving,
        turned=overridden.turned(moving, {one.pk: kept.pk for one in every}),
        said=overridden.said([kept, gone], gone),
        lapsing=_lapsing(lapsing),
        told=0 if kept.hidden or not moving else followers.woken([kept, gone], Wake.MERGED, now),
        reckoned=seen.reckoned,
        against=_fits(kept, gone),
    )


def split(story: Story, chosen: Collection[int], now: datetime) -> Preview:
    """Some reports as a story of their own, the rest at the address that was there."""
    return _parting(Act.SPLIT, story, chosen, now)


def remove(story: Story, chosen: Collection[int], now: datetime) -> Preview:
    """Some reports out of the story, each for itself."""
    return _parting(Act.REMOVE, story, chosen, now)


def move(story: Story, chosen: Collection[int], to: Story) -> Preview:
    """Some reports in another story."""
    here, moving, rest = _parts(story, chosen)
    there = members.of_stories([to])
    every = sorted([*here, *there], key=lambda one: (one.at, one.pk))
    seen = Seen.of([story, to], every)
    going = {one.pk for one in moving}
    then = [one for one in every if one.story == to.pk or one.pk in going]
    where = {one.pk: to.pk for one in then} | {one.pk: story.pk for one in rest}
    against = _leaves(chosen, moving, rest)
    fits = _fits(story, to)
    return Preview(
        act=Act.MOVE,
        before=[shapes.now(seen, story), shapes.now(seen, to)],
        after=[
            shapes.mark_first(shapes.then(seen, story, rest), story, seen),
            shapes.mark_first(shapes.then(seen, to, then, coming=moving), to, seen),
        ],
        moving=moving,
        turned=overridden.turned(moving, where),
        said=overridden.said([story, to], None),
        lapsing=_lapsing(Q(articles__overlap=sorted(going))),
        told=0,
        reckoned=seen.reckoned,
        against=replace(fits, nothing_left=against.nothing_left, not_there=against.not_there),
    )


def _parting(act: Act, story: Story, chosen: Collection[int], now: datetime) -> Preview:
    """Reports leave a story, together or each for itself; the rest keeps its address."""
    every, moving, rest = _parts(story, chosen)
    seen = Seen.of([story], every)
    after = [shapes.mark_first(shapes.then(seen, story, rest), story, seen)]
    if act == Act.SPLIT:
        after.append(shapes.then(seen, None, moving, of=story, coming=moving))
    # The stories that come of it have no numbers yet: one for all, or one for each.
    where = {one.pk: 0 if act == Act.SPLIT else -place for place, one in enumerate(moving)}
    return Preview(
        act=act,
        before=[shapes.now(seen, story)],
        after=after,
        moving=moving,
        turned=overridden.turned(moving, where | {one.pk: story.pk for one in rest}),
        said=overridden.said([story], None),
        lapsing=_lapsing(Q(articles__overlap=[one.pk for one in moving])),
        told=0 if story.hidden else followers.woken([story], Wake.SPLIT, now),
        reckoned=seen.reckoned,
        against=_leaves(chosen, moving, rest),
    )


def _parts(story: Story, chosen: Collection[int]) -> tuple[list[Member], list[Member], list[Member]]:
    """All of a story's reports, those that go, and those that stay."""
    every = members.of_stories([story])
    going = set(chosen)
    return every, [one for one in every if one.pk in going], [one for one in every if one.pk not in going]


def _fits(one: Story, other: Story) -> Against:
    """What keeps reports from going from one story to the other."""
    differ = one.lang != other.lang
    known = bool(one.lang and other.lang)
    return Against(languages=differ and known, unknown_language=differ and not known, worlds=one.demo != other.demo)


def _leaves(chosen: Collection[int], moving: Sequence[Member], rest: Sequence[Member]) -> Against:
    return Against(nothing_left=bool(moving) and not rest, not_there=len(set(chosen)) - len(moving))


def _lapsing(which: Q) -> list[Doubt]:
    """The open questions that are no longer in question then. One query."""
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    return list(Doubt.objects.select_related("story", "other").defer(*heavy).filter(which, state=DoubtState.OPEN))
