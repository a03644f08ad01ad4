"""The second look: stories that have grown are held against their neighbours again, and set right where that is sure.

nlp.secondlook says what would be better; here the neighbours are fetched, what is sure is done through curation (each
an Edit by "grouping", refused where a curator decided otherwise), and what is doubtful goes to the review queue. What
grouping has done once and would now take back goes there too, so that nothing can swing to and fro.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from stories.models import GROUPING, Act, Edit, Recent, Story
from stories.nlp import likeness, secondlook
from stories.nlp.grouping import in_window
from stories.services import bonds, curation, doubts, membership, surroundings
from stories.services.acts import By, Refused

log = logging.getLogger(__name__)

# Stories per run: some seconds' work, so that reports that wait to be grouped get their turn between.
BATCH = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """A second look at a story: the revisions of the stories that were compared, and what was found."""

    story: int
    revisions: Mapping[int, int]
    look: secondlook.Look


def look_again(clock: Callable[[], datetime]) -> int:
    """Look at a batch of the stories that have changed since their last look; how many were looked at."""
    due = Story.objects.live().filter(looked_revision__lt=F("revision")).order_by("last_at", "pk")
    stories = list(due.values_list("pk", flat=True)[:BATCH])
    for pk in stories:
        seen = see(pk)
        if seen is not None:
            act(seen, clock())
    return len(stories)


def see(pk: int) -> Seen | None:
    """Look at a story and its neighbours; None where it is gone. Writes nothing."""
    with transaction.atomic():
        story = Story.objects.live().filter(pk=pk).first()
        if story is None:
            return None
        crowds: dict[int, likeness.Crowd | None] = {}
        hits = Counter(near.story for near in _around([pk], crowds) if near.story != pk)
        near = [number for number, _ in hits.most_common(secondlook.NEIGHBOURS)]
        stories = {pk: story}
        for other in Story.objects.live().filter(pk__in=near).defer("vector"):
            if in_window(story.first_at, other.first_at, other.last_at) or in_window(
                story.last_at, other.first_at, other.last_at
            ):
                stories[other.pk] = other
        _around([number for number in stories if number != pk], crowds)
        compared = surroundings.latest(stories, secondlook.LARGE + 1)
    held = bonds.load([one.article for ones in compared.values() for one in ones])
    reports = {number: [_report(one, crowds, held) for one in ones] for number, ones in compared.items()}
    locked = {number for number, one in stories.items() if one.fixed}
    look = secondlook.examine(reports, locked, held.apart)
    sizes = {number: one.article_count for number, one in stories.items()}
    return Seen(pk, {number: one.revision for number, one in stories.items()}, _cautious(pk, look, compared, sizes))


def _around(stories: Collection[int], crowds: dict[int, likeness.Crowd | None]) -> list[surroundings.Near]:
    """The reports nearest to those of these stories; notes the crowd around each."""
    rows = Recent.objects.filter(story__in=stories).defer("marks").order_by("story", "-reported_at", "-article")
    counted: Counter[int] = Counter()
    asked: list[Recent] = []
    for recent in rows:
        counted[recent.story_id] += 1
        if counted[recent.story_id] <= secondlook.SAMPLE:
            asked.append(recent)
    near = surroundings.nearest(asked)
    compared = surroundings.marks_of({*near, *(one.article for ones in near.values() for one in ones)})
    for article, ones in near.items():
        if article in compared:
            others = [compared[one.article] for one in ones if one.article in compared]
            crowds[article] = likeness.crowd(compared[article], others)
    return [one for ones in near.values() for one in ones]


def _report(
    one: surroundings.Compared, crowds: Mapping[int, likeness.Crowd | None], held: bonds.Bonds
) -> secondlook.Report:
    """A report with its surroundings and the bond that it is in, if any."""
    component = held.component(one.article)
    bond = min(component) if len(component) > 1 else None
    return secondlook.Report(one.article, replace(one.marks, crowd=crowds.get(one.article)), bond)


def _cautious(
    pk: int,
    look: secondlook.Look,
    compared: Mapping[int, Collection[surroundings.Compared]],
    sizes: Mapping[int, int],
) -> secondlook.Look:
    """What concerns this story; doubtful instead of sure where part of a story was not compared or was moved before."""
    sure: list[secondlook.Change] = []
    doubtful = [change for change in look.doubtful if pk in (change.story, change.to)]
    for change in look.sure:
        if pk not in (change.story, change.to):
            continue
        unseen = change.whole and len(compared[change.story]) < sizes[change.story]
        (doubtful if unseen or _done_before(change) else sure).append(change)
    return secondlook.Look(tuple(sure), tuple(doubtful))


def _done_before(change: secondlook.Change) -> bool:
    """Whether grouping once made the opposite of this change."""
    past = Edit.objects.filter(Q(story=change.story) | Q(other=change.story), by=GROUPING, undone_by=None)
    moved = [tuple(move) for moves in past.values_list("moves", flat=True) for move in moves]
    going = set(change.reports)
    if change.to is None:
        return any(article in going and after == change.story for article, _, after in moved)
    return any(article in going and (before, after) == (change.to, change.story) for article, before, after in moved)


def act(seen: Seen, now: datetime) -> None:
    """Do what is sure and ask about what is not, unless one of the stories has changed since it was seen."""
    with transaction.atomic():
        rows = membership.hold(Story.objects.filter(pk__in=seen.revisions)).stories
        if any(pk not in rows or rows[pk].revision != revision for pk, revision in seen.revisions.items()):
            return
        for change in seen.look.sure:
            _do(change, now)
        asked = {_asked(change, now) for change in seen.look.doubtful}
        doubts.settle(rows[seen.story], asked, now)
        Story.objects.filter(pk=seen.story).update(looked_revision=seen.revisions[seen.story])


def _do(change: secondlook.Change, now: datetime) -> None:
    """Carry a change out, unless a curator's decision forbids it or an earlier change has made it void."""
    by = By.grouping(change.probability, change.reasons)
    story = Story.objects.get(pk=change.story)
    try:
        with transaction.atomic():
            if change.to is None:
                curation.split(story, change.reports, by, now)
            elif change.whole:
                curation.merge(Story.objects.get(pk=change.to), story, by, now)
            else:
                curation.move(change.reports, Story.objects.get(pk=change.to), by, now)
    except Refused as refused:
        log.info("second look: %s", refused)


def _asked(change: secondlook.Change, now: datetime) -> str:
    """Put a change in the review queue; its key."""
    story = Story.objects.get(pk=change.story)
    to = Story.objects.get(pk=change.to) if change.to is not None else None
    what = Act.SPLIT if to is None else Act.MERGE if change.whole else Act.MOVE
    one, other = (to, story) if to is not None and change.whole else (story, to)
    return doubts.ask(what, one, other, change.reports, change.probability, change.reasons, now).key
