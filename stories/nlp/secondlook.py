"""The second look: how a few neighbouring stories would be grouped, had all their reports come at once.

Average linkage over the same log-odds and with the same threshold as the first decision (grouping). What is stands
gets the benefit of the doubt: a change must be worth it (INERTIA), and what would change only without that benefit is
named as doubtful, for a person to decide. Blocks are never torn: what a curator bound together, or locked, or a story
too big to be looked through. It reads no database and carries nothing out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stories.nlp.grouping import CAUTION, ON_SECOND_LOOK, THRESHOLD, alike, asked, matrix, percent, probability
from stories.nlp.likeness import Marks

# Log-odds that a pair in one story gains, and a pair in two stories loses, before a change counts as sure; what
# changes with as much against it is doubtful. See training/grouping.py for what was tried.
INERTIA = 0.25
NEVER = -1e6
# A story with more reports than this is not looked through, only held against its neighbours by a sample of them:
# the time goes with the square of the reports (150 reports: 0.2 s).
LARGE, SAMPLE = 150, 48
# The stories nearest to the one that is looked at.
NEIGHBOURS = 10

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """Reports that stay together: their numbers, and the story they are in. `locked`: the story may not change."""

    reports: tuple[int, ...]
    story: int
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do: the whole of `story` merged into `to`, `reports` of it moved there, or split off (to is None).

    `margin` is that of what would come together, or, for a split, of what would part (see grouping.asked).
    """

    story: int
    to: int | None
    reports: tuple[int, ...]
    whole: bool
    margin: float
    reasons: tuple[str, ...] = ()

    @property
    def probability(self) -> float:
        """How probable it is that the change is right."""
        value = probability(self.margin, ON_SECOND_LOOK)
        return 1 - value if self.to is None else value


@dataclass(frozen=True, slots=True)
class Look:
    """What a second look found: changes that are sure, and those that a person should decide."""

    sure: tuple[Change, ...]
    doubtful: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report for a second look: its number, what it is compared by, and the number of its bond, if it has one.

    Reports with one `bond` stay together. `marks.crowd` should be of this moment.
    """

    number: int
    marks: Marks
    bond: int | None = None


def examine(
    stories: Mapping[int, Sequence[Report]],
    locked: Collection[int] = (),
    apart: Callable[[Iterable[int], Iterable[int]], bool] | None = None,
) -> Look:
    """A second look at some stories with all their reports; `apart` says whether an editor keeps any of them apart.

    Where any reports of two stories are kept apart nothing goes to and fro between the two: they are of two events.
    """
    blocks, compared = [], []
    for story, reports in sorted(stories.items()):
        for part in _parts(reports, whole=story in locked or len(reports) > LARGE):
            blocks.append(Block(tuple(report.number for report in part), story, story in locked))
            compared.append(part if len(part) <= SAMPLE else [part[i * len(part) // SAMPLE] for i in range(SAMPLE)])
    table = matrix([report.marks for part in compared for report in part])
    numbers = {story: [report.number for report in reports] for story, reports in stories.items()}
    kept = {pair for pair in combinations(sorted(stories), 2) if apart and apart(numbers[pair[0]], numbers[pair[1]])}
    pairs = combinations(range(len(blocks)), 2) if kept else ()
    never = [(i, j) for i, j in pairs if (blocks[i].story, blocks[j].story) in kept]
    found = look(blocks, _means(blocks, list(map(len, compared)), table), never)
    lines = [(report, line) for line, report in enumerate(report for part in compared for report in part)]
    of_story = {number: story for story, reports in stories.items() for number in (r.number for r in reports)}
    explained = partial(_explained, lines=lines, of_story=of_story, table=table)
    return Look(tuple(map(explained, found.sure)), tuple(map(explained, found.doubtful)))


def _means(blocks: Sequence[Block], compared: Sequence[int], table: NDArray[np.float32]) -> Table:
    """The mean log-odds between blocks, float [blocks, blocks], of which so many reports each stand in the table.

    Within a story what is like one report of a block is like the block: an editor may bind what is little alike, and
    that must not tear away what stood with either.
    """
    bounds, sizes = np.cumsum([0, *compared])[:-1], np.array(compared, np.float64)
    rows = np.add.reduceat(table.astype(np.float64), bounds, axis=1) / sizes
    means: Table = np.add.reduceat(rows, bounds, axis=0) / sizes[:, None]
    for one in np.flatnonzero(sizes > 1).tolist():
        same = [n for n, block in enumerate(blocks) if n != one and block.story == blocks[one].story]
        if same:
            nearest = rows[bounds[one] : bounds[one] + compared[one], same].max(axis=0)
            means[one, same] = means[same, one] = np.maximum(means[one, same], nearest)
    return means


def _explained(
    change: Change, lines: Sequence[tuple[Report, int]], of_story: Mapping[int, int], table: NDArray[np.float32]
) -> Change:
    """The change with its reasons: how sure it is, and what the two most alike of its reports share."""
    going = set(change.reports)
    ours = [(report, line) for report, line in lines if report.number in going]
    target = change.story if change.to is None else change.to
    theirs = [(r, line) for r, line in lines if of_story[r.number] == target and r.number not in going]
    if not ours or not theirs:
        return change
    part = table[np.ix_([line for _, line in ours], [line for _, line in theirs])]
    one, other = divmod(int(part.argmax()), len(theirs))
    shared = alike(ours[one][0].marks, theirs[other][0].marks)
    if change.to is None:
        sure = f"{percent(change.probability)} sure that they are of two events"
        reasons = [sure, *(f"yet {why}" for why in shared[:2])]
    else:
        reasons = [f"{percent(change.probability)} sure", *shared]
    return replace(change, reasons=tuple(reasons))


def _parts(reports: Sequence[Report], *, whole: bool) -> list[list[Report]]:
    """A story's reports in blocks: one each, those with one bond together, or all in one."""
    if whole:
        return [list(reports)]
    parts: dict[tuple[str, int], list[Report]] = {}
    for report in reports:
        parts.setdefault(("bond", report.bond) if report.bond is not None else ("one", report.number), []).append(
            report
        )
    return list(parts.values())


def look(blocks: Sequence[Block], log_odds: Table, apart: Collection[tuple[int, int]] = ()) -> Look:
    """Group the blocks anew and say what would change.

    `log_odds`: float [blocks, blocks], the mean over the pairs between two blocks. `apart`: pairs of indexes of blocks
    that never come together, lower first.
    """
    stories = np.array([block.story for block in blocks])
    same = stories[:, None] == stories[None, :]
    table = np.asarray(log_odds, np.float64)
    sure = _changes(blocks, table, _cluster(blocks, table + np.where(same, INERTIA, -INERTIA), apart))
    eager = _changes(blocks, table, _cluster(blocks, table + np.where(same, -INERTIA, INERTIA), apart))
    done = {(change.story, change.to, change.reports) for change in sure}
    touched = {story for change in sure for story in (change.story, change.to)}
    doubtful = [
        change
        for change in eager
        if (change.story, change.to, change.reports) not in done and not {change.story, change.to} & touched
    ]
    return Look(tuple(sure), tuple(doubtful))


def _cluster(blocks: Sequence[Block], log_odds: Table, apart: Collection[tuple[int, int]]) -> list[list[int]]:
    """Average linkage: the two groups with the highest margin join, while there is one."""
    sizes = np.array([len(block.reports) for block in blocks], np.float64)
    sums = log_odds * sizes[:, None] * sizes[None, :]
    for one, other in apart:
        sums[one, other] = sums[other, one] = NEVER * sizes[one] * sizes[other]
    groups: list[list[int]] = [[index] for index in range(len(blocks))]
    margins = _margins(sums, sizes[:, None] * sizes[None, :])
    np.fill_diagonal(margins, -np.inf)
    while len(blocks) > 1:
        one, other = divmod(int(margins.argmax()), len(blocks))
        if margins[one, other] < 0:
            break
        one, other = min(one, other), max(one, other)
        sums[one] += sums[other]
        sums[:, one] += sums[:, other]
        sizes[one] += sizes[other]
        groups[one] += groups[other]
        groups[other] = []
        margins[other] = margins[:, other] = -np.inf
        margins[one] = np.where(np.isinf(margins[one]), -np.inf, _margins(sums[one], sizes[one] * sizes))
        margins[one, one] = -np.inf
        margins[:, one] = margins[one]
    return [sorted(group) for group in groups if group]


def _margins(sums: Table, pairs: Table) -> Table:
    """How far means stay above what is asked of so many pairs: grouping.asked for arrays."""
    return (sums - CAUTION) / pairs - THRESHOLD


def _changes(blocks: Sequence[Block], log_odds: Table, groups: Iterable[Sequence[int]]) -> list[Change]:
    """What leads from the stories as they are to these groups. Each group keeps the story most of it comes from."""
    groups = list(groups)
    names = _named(blocks, groups)
    sizes = Counter(block.story for block in blocks for _ in block.reports)
    found = []
    for group, name in zip(groups, names, strict=True):
        for story in sorted({blocks[index].story for index in group}):
            if story == name:
                continue
            part = [index for index in group if blocks[index].story == story]
            if any(blocks[index].locked for index in part):
                continue
            reports = tuple(sorted(report for index in part for report in blocks[index].reports))
            others = (
                [index for index in group if blocks[index].story == name]
                if name is not None
                else [index for index, block in enumerate(blocks) if block.story == story and index not in part]
            )
            if not others or (name is not None and any(blocks[index].locked for index in others)):
                continue
            margin = _margin(blocks, log_odds, part, others)
            found.append(Change(story, name, reports, len(reports) == sizes[story], margin))
    return found


def _named(blocks: Sequence[Block], groups: Sequence[Sequence[int]]) -> list[int | None]:
    """The story that each group goes on as: most reports in common first, of equal ones the lowest number, each once.

    None for a group that is new. A group of several stories that got none takes the largest of those still free.
    """
    shares = sorted(
        (-sum(len(blocks[i].reports) for i in group if blocks[i].story == story), story, index)
        for index, group in enumerate(groups)
        for story in {blocks[i].story for i in group}
    )
    names: list[int | None] = [None] * len(groups)
    taken: set[int] = set()
    for _, story, index in shares:
        if names[index] is None and story not in taken:
            names[index] = story
            taken.add(story)
    return names


def _margin(blocks: Sequence[Block], log_odds: Table, part: Sequence[int], others: Sequence[int]) -> float:
    """The margin of the pairs of reports between two sets of blocks."""
    one = np.array([len(blocks[index].reports) for index in part], np.float64)
    other = np.array([len(blocks[index].reports) for index in others], np.float64)
    pairs = one.sum() * other.sum()
    return float(one @ log_odds[np.ix_(part, others)] @ other / pairs) - asked(int(pairs))
