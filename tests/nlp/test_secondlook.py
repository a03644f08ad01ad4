"""The second look: what would come together or part, what stays as it stands, and what a person has to decide."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, permutations

import numpy as np
import pytest

from stories.nlp import grouping, likeness, secondlook
from stories.nlp.likeness import Marks
from stories.nlp.secondlook import INERTIA, LARGE, Block, Change, Look, Report, examine, look
from tests.nlp.reports import DREDGING, QUAKE_NORTH, QUAKE_SOUTH, by_hand, read

SURE, NONE, ALONE = 4.0, -4.0, grouping.asked(1)
probability = partial(grouping.probability, calibration=grouping.ON_SECOND_LOOK)
Held = dict[int, Sequence[int]]


def table(size: int, pairs: Mapping[tuple[int, int], float], other: float = NONE) -> np.ndarray:
    """The log-odds of every pair of blocks: `other` but for these."""
    made = np.full((size, size), other)
    for (one, two), value in pairs.items():
        made[one, two] = made[two, one] = value
    return made


def within(*groups: Sequence[int], value: float = SURE) -> dict[tuple[int, int], float]:
    """Pairs within groups of blocks."""
    return {pair: value for group in groups for pair in combinations(group, 2)}


def blocks(*stories: int, locked: Collection[int] = ()) -> list[Block]:
    """One report each, numbered from 100, in these stories."""
    return [Block((100 + number,), story, story in locked) for number, story in enumerate(stories)]


def told(changes: Sequence[Change]) -> list[tuple[int, int | None, tuple[int, ...]]]:
    return [(change.story, change.to, change.reports) for change in changes]


def after(stories: Sequence[Block], found: Look) -> set[frozenset[int]]:
    """The reports by story, once what is sure is done."""
    where = {report: block.story for block in stories for report in block.reports}
    new = max(where.values())
    for change in found.sure:
        new += 1
        where.update(dict.fromkeys(change.reports, new if change.to is None else change.to))
    return {frozenset(r for r, story in where.items() if story == one) for one in where.values()}


# --- merges, splits and moves


def test_two_stories_of_one_event_are_merged_into_the_larger() -> None:
    found = look(blocks(1, 1, 2, 2, 2), table(5, within(range(5))))
    assert told(found.sure) == [(1, 2, (100, 101))]
    assert found.sure[0].whole
    assert found.sure[0].margin == SURE - grouping.asked(6)
    assert found.doubtful == ()


def test_of_two_equal_stories_the_lower_number_stays() -> None:
    found = look(blocks(7, 3), table(2, within([0, 1])))
    assert told(found.sure) == [(7, 3, (100,))]


def test_what_does_not_belong_is_split_off() -> None:
    found = look(blocks(1, 1, 1, 1, 1), table(5, within([0, 1, 2], [3, 4])))
    assert told(found.sure) == [(1, None, (103, 104))]
    (change,) = found.sure
    assert not change.whole
    assert change.margin == NONE - grouping.asked(6)
    assert change.probability == 1 - probability(change.margin) > 0.9


def test_a_report_in_the_wrong_story_is_moved() -> None:
    found = look(blocks(1, 1, 1, 2, 2), table(5, within([0, 1], [2, 3, 4])))
    assert told(found.sure) == [(1, 2, (102,))]
    (change,) = found.sure
    assert not change.whole
    assert change.margin == SURE - grouping.asked(2)
    assert change.probability == probability(change.margin) > 0.9


def test_the_larger_part_keeps_the_story_and_its_number() -> None:
    found = look(blocks(1, 1, 1, 1, 2), table(5, within([0, 1, 2], [3, 4])))
    assert told(found.sure) == [(1, 2, (103,))]
    # Two come from story 1 and one from story 2: the group goes on as story 1 though 2 would be free.
    found = look(blocks(1, 1, 2), table(3, within(range(3))))
    assert told(found.sure) == [(2, 1, (102,))]


def test_a_group_that_loses_its_name_to_a_larger_part_takes_the_next() -> None:
    # Story 1 goes on with three reports; the fourth joins story 2's reports, which keep their own number.
    found = look(blocks(1, 1, 1, 1, 2), table(5, within([0, 1, 2], [3, 4])))
    assert {change.to for change in found.sure} == {2}
    # Story 1 and story 2 exchange one report each: nobody is renamed.
    found = look(blocks(1, 1, 1, 2, 2, 2), table(6, within([0, 1, 5], [2, 3, 4])))
    assert told(found.sure) == [(2, 1, (105,)), (1, 2, (102,))]


def test_three_stories_of_one_event_become_one() -> None:
    found = look(blocks(5, 3, 9, 9), table(4, within(range(4))))
    assert told(found.sure) == [(3, 9, (101,)), (5, 9, (100,))]


def test_nothing_to_do_is_nothing_done() -> None:
    assert look(blocks(1, 1, 2, 3), table(4, within([0, 1]))) == Look((), ())
    assert look([], np.empty((0, 0))) == Look((), ())
    assert look(blocks(1), table(1, {})) == Look((), ())


def test_doing_what_is_sure_leaves_nothing_sure_to_do() -> None:
    rng = random.Random(11)
    for _ in range(40):
        size = rng.randint(2, 12)
        stories = [rng.randint(1, 4) for _ in range(size)]
        event = [rng.randint(1, 4) for _ in range(size)]
        odds = table(size, {(i, j): SURE if event[i] == event[j] else NONE for i, j in combinations(range(size), 2)})
        found = look(blocks(*stories), odds)
        events = {frozenset(100 + i for i, one in enumerate(event) if one == n) for n in event}
        where = {100 + i: story for i, story in enumerate(stories)}
        for change in found.sure:
            new = max(where.values()) + 100 if change.to is None else change.to
            where.update(dict.fromkeys(change.reports, new))
        again = look(blocks(*where.values()), odds)
        settled = after(blocks(*where.values()), again)
        assert settled == events


# --- what stands gets the benefit of the doubt


@pytest.mark.parametrize("step", [-0.1, 0.1])
def test_inertia_keeps_a_story_together_a_little_under_the_setting_and_apart_a_little_over(step: float) -> None:
    odds = table(2, {(0, 1): ALONE + step})
    assert look(blocks(1, 1), odds).sure == ()
    assert look(blocks(1, 2), odds).sure == ()


def test_beyond_the_inertia_a_change_is_sure() -> None:
    below, above = ALONE - INERTIA - 0.01, ALONE + INERTIA + 0.01
    assert told(look(blocks(1, 1), table(2, {(0, 1): below})).sure) == [(1, None, (101,))]
    assert told(look(blocks(1, 2), table(2, {(0, 1): above})).sure) == [(2, 1, (101,))]


def test_between_the_two_a_person_decides() -> None:
    apart, together = table(2, {(0, 1): ALONE + 0.1}), table(2, {(0, 1): ALONE - 0.1})
    merge, split = look(blocks(1, 2), apart).doubtful, look(blocks(1, 1), together).doubtful
    assert told(merge) == [(2, 1, (101,))]
    assert told(split) == [(1, None, (101,))]
    assert merge[0].probability == pytest.approx(probability(0.1))
    assert split[0].probability == pytest.approx(1 - probability(-0.1))
    clear = table(2, {(0, 1): ALONE + INERTIA + 0.1})
    assert look(blocks(1, 1), clear) == Look((), ())


def test_what_is_sure_is_not_asked_besides_nor_what_hangs_on_it() -> None:
    # 2 is sure to join 1; 3 would join 1 only without the benefit of the doubt, but 1 is about to change.
    unsure = grouping.asked(2) + 0.1
    odds = table(3, {(0, 1): SURE, (0, 2): unsure, (1, 2): unsure})
    found = look(blocks(1, 2, 3), odds)
    assert told(found.sure) == [(2, 1, (101,))]
    assert found.doubtful == ()
    assert told(look([Block((100, 101), 1), Block((102,), 3)], table(2, {(0, 1): unsure})).doubtful)


# --- what a curator decided


def test_a_locked_story_is_neither_taken_from_nor_merged() -> None:
    whole = [Block((100, 101, 102), 1, locked=True), Block((103,), 2)]
    assert look(whole, table(2, {(0, 1): SURE})) == Look((), ())
    assert look(whole[::-1], table(2, {(0, 1): SURE})) == Look((), ())


def test_what_never_comes_together_stays_apart_whatever_comes_between() -> None:
    odds = table(3, within(range(3), value=6.0))
    found = look(blocks(1, 2, 3), odds, apart=[(0, 1)])
    assert {100, 101} not in [set(group) for group in after(blocks(1, 2, 3), found)]
    assert all(not {100, 101} <= group for group in after(blocks(1, 2, 3), found))
    assert told(look(blocks(1, 1), table(2, {(0, 1): 6.0}), apart=[(0, 1)]).sure) == [(1, None, (101,))]


def test_whatever_the_numbers_say_what_was_decided_holds() -> None:
    rng = random.Random(5)
    for _ in range(60):
        size = rng.randint(3, 10)
        stories = [rng.randint(1, 4) for _ in range(size)]
        locked = rng.randint(1, 4)
        parts = [Block((100 + n,), story) for n, story in enumerate(stories) if story != locked]
        if locked in stories:
            parts.append(Block(tuple(100 + n for n, story in enumerate(stories) if story == locked), locked, True))
        pairs = list(combinations(range(len(parts)), 2))
        odds = table(len(parts), {pair: rng.uniform(-6, 6) for pair in pairs})
        kept = {pair for pair in combinations(range(1, 5), 2) if rng.random() < 0.3}
        never = [(i, j) for i, j in pairs if tuple(sorted((parts[i].story, parts[j].story))) in kept]
        found = look(parts, odds, never)
        groups = after(parts, found)
        assert sum(map(len, groups)) == size
        for one, other in never:
            both = {*parts[one].reports, *parts[other].reports}
            assert not any(both <= group for group in groups)
        assert all(locked not in (change.story, change.to) for change in (*found.sure, *found.doubtful))
        assert look(parts, odds, never) == found


# --- whole reports


def reports(numbers: Sequence[int], marks: Sequence[Marks], bonds: Mapping[int, int] | None = None) -> list[Report]:
    return [Report(n, one, (bonds or {}).get(n)) for n, one in zip(numbers, marks, strict=True)]


@pytest.fixture(scope="module")
def dredging() -> list[Marks]:
    return [read(*report) for report in DREDGING]


@pytest.fixture(scope="module")
def quakes() -> list[Marks]:
    return [read(*report) for report in (*QUAKE_SOUTH, *QUAKE_NORTH)]


def test_two_stories_of_one_invented_event_are_merged_with_reasons(dredging: list[Marks]) -> None:
    found = examine({1: reports([10], dredging[:1]), 2: reports([11, 12], dredging[1:])})
    (change,) = found.sure
    assert (change.story, change.to, change.reports, change.whole) == (1, 2, (10,), True)
    assert change.reasons[0] == f"{grouping.percent(change.probability)} sure"
    assert any(reason.startswith("shared names: ") and "Orlova" in reason for reason in change.reasons)


def test_two_events_in_one_story_are_split_with_reasons(dredging: list[Marks], quakes: list[Marks]) -> None:
    found = examine({1: reports([10, 11, 12, 13], [*dredging[:2], *quakes[:2]])})
    (change,) = found.sure
    assert (change.story, change.to, change.reports) == (1, None, (12, 13))
    assert change.reasons[0] == f"{grouping.percent(change.probability)} sure that they are of two events"
    assert all(reason.startswith("yet ") for reason in change.reasons[1:])


def test_a_report_of_another_event_is_moved_to_it(dredging: list[Marks], quakes: list[Marks]) -> None:
    found = examine({1: reports([10, 11, 12], [*dredging[:2], quakes[0]]), 2: reports([13], quakes[1:2])})
    # Two groups want to be told apart: 10 and 11 stay, 12 goes where 13 is.
    assert [(c.story, c.to, c.reports) for c in found.sure] == [(1, 2, (12,))]
    assert any("Talmara" in reason for reason in found.sure[0].reasons)


def test_look_alike_events_stay_two_stories(quakes: list[Marks]) -> None:
    assert examine({1: reports([10, 11], quakes[:2]), 2: reports([12, 13], quakes[2:])}).sure == ()


def test_a_bond_is_never_torn(dredging: list[Marks], quakes: list[Marks]) -> None:
    marks = [*dredging[:2], *quakes[:2]]
    for bonds in ({11: 11, 12: 11}, {10: 4, 11: 4, 12: 4, 13: 4}):
        found = examine({1: reports([10, 11, 12, 13], marks, bonds)})
        for change in (*found.sure, *found.doubtful):
            going = set(change.reports)
            assert not going & bonds.keys() or bonds.keys() <= going
    assert examine({1: reports([10, 11, 12, 13], marks, dict.fromkeys((10, 11, 12, 13), 4))}) == Look((), ())


def test_a_bond_of_what_is_little_alike_tears_nothing_away(dredging: list[Marks], quakes: list[Marks]) -> None:
    # An editor put a quake into the story of the harbour, with its headline's report: the rest stays with that.
    mixed = reports([10, 11, 12, 13], [*dredging, quakes[0]], {10: 10, 13: 10})
    assert examine({1: mixed}) == Look((), ())
    # The other report of the quake is no matter of the harbour for all that.
    assert examine({1: mixed, 2: reports([14], quakes[1:2])}).sure == ()


def test_a_bond_brings_along_what_it_holds(dredging: list[Marks], quakes: list[Marks]) -> None:
    stories = {
        1: reports([10, 11, 12, 13], [*dredging[:2], *quakes[:2]], {12: 12, 13: 12}),
        2: reports([14], dredging[2:]),
    }
    changes = [(c.story, c.to, c.reports) for c in examine(stories).sure]
    assert (1, None, (12, 13)) in changes
    assert (2, 1, (14,)) in changes


def test_a_locked_story_stays_as_it_is(dredging: list[Marks], quakes: list[Marks]) -> None:
    mixed = {1: reports([10, 11, 12, 13], [*dredging[:2], *quakes[:2]]), 2: reports([14], dredging[2:])}
    assert examine(mixed).sure
    assert examine(mixed, locked=[1]) == Look((), ())
    assert all(change.story != 2 for change in examine(mixed, locked=[2]).sure)


def test_what_an_editor_keeps_apart_never_comes_together(dredging: list[Marks]) -> None:
    stories = {1: reports([10], dredging[:1]), 2: reports([11, 12], dredging[1:])}

    def apart(one: Collection[int], other: Collection[int]) -> bool:
        return any({a, b} == {10, 12} for a in one for b in other)

    assert examine(stories).sure
    found = examine(stories, apart=apart)
    assert not [change for change in (*found.sure, *found.doubtful) if {change.story, change.to} == {1, 2}]


def test_a_large_story_is_one_block_and_held_against_others_by_a_sample() -> None:
    many = [by_hand(0.95, words={"harbour": 0.6, "dredging": 0.8}) for _ in range(LARGE + 1)]
    stray = by_hand(0.0, words={"vote": 1.0})
    like = by_hand(0.95, words={"harbour": 0.6, "dredging": 0.8})
    numbers = list(range(1000, 1000 + LARGE))
    small = examine({1: reports(numbers, [*many[: LARGE - 1], stray])})
    assert [change.reports for change in small.sure] == [(numbers[-1],)]
    large = {1: reports([*numbers, 2000], [*many[:LARGE], stray])}
    assert examine(large) == Look((), ())
    found = examine(large | {2: reports([3000], [like])})
    assert [(c.story, c.to, c.reports) for c in found.sure] == [(2, 1, (3000,))]


def test_the_crowd_of_the_moment_counts(dredging: list[Marks]) -> None:
    stories = {1: reports([10], dredging[:1]), 2: reports([11], dredging[1:2])}
    (plain,) = examine(stories).sure
    lonely = likeness.Crowd(0.4, 0.2, 0.1)
    crowded = {
        story: [replace(one, marks=replace(one.marks, crowd=lonely)) for one in ones] for story, ones in stories.items()
    }
    (told_apart,) = examine(crowded).sure
    assert told_apart.margin != plain.margin


def test_the_same_stories_give_the_same_look_in_whatever_order(dredging: list[Marks], quakes: list[Marks]) -> None:
    stories = {
        1: reports([10, 11, 12], [dredging[0], quakes[0], dredging[1]]),
        2: reports([13, 14], [quakes[1], dredging[2]]),
        3: reports([15, 16], quakes[2:]),
    }
    first = examine(stories)
    assert first.sure
    for order in permutations(stories):
        shuffled = {story: stories[story][::-1] for story in order}
        found = examine(shuffled)
        assert told(found.sure) == told(first.sure)
        assert told(found.doubtful) == told(first.doubtful)
        assert [c.reasons for c in found.sure] == [c.reasons for c in first.sure]


def test_stories_without_recent_reports_are_nothing_to_look_at() -> None:
    assert examine({}) == Look((), ())
    assert examine({1: []}) == Look((), ())
    assert secondlook.examine({1: reports([10], [by_hand()]), 2: []}) == Look((), ())
