"""Deciding, founding and joining: the margin, the window, the order of things, the words for the editor."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import permutations

import numpy as np
import pytest

from stories.nlp import grouping, likeness
from stories.nlp.grouping import Candidate, decide
from stories.nlp.likeness import Marks
from tests.nlp.reports import DREDGING, NOON, QUAKE_NORTH, QUAKE_SOUTH, WORLD, by_hand, read, stairs

HOUR = timedelta(hours=1)
# What is asked of one pair alone.
ALONE = grouping.asked(1)
# The margin from which a report that arrives more probably belongs than not.
JOINS = grouping.LEAST_MARGIN
# Looks at meaning only: 3 under that up to .2 of cosine, 1 under up to .4, and then 1, 2.5 and 4 over it.
STAIRS = stairs((0.2, 2.0), (0.4, 2.0), (0.6, 1.5), (0.8, 1.5), start=ALONE - 3)


@pytest.fixture
def hand_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forest made by hand in the place of the one that ships."""
    monkeypatch.setattr(likeness, "load", lambda: STAIRS)


def story(number: int, *members: Marks) -> Candidate:
    """A story of these reports, its span theirs."""
    times = [member.at for member in members if member.at is not None]
    return Candidate(number, members, min(times, default=None), max(times, default=None))


def told(number: int, event: tuple[tuple[str, str], ...]) -> Candidate:
    """An invented event as a story."""
    return story(number, *(read(*report) for report in event))


# --- who is joined


@pytest.mark.usefixtures("hand_made")
def test_a_report_joins_the_story_whose_members_are_most_like_it() -> None:
    stories = [story(7, by_hand(0.5)), story(3, by_hand(0.9)), story(5, by_hand(0.7))]
    for order in permutations(stories):
        decision = decide(by_hand(), order)
        assert (decision.story, decision.margin) == (3, pytest.approx(4))


@pytest.mark.usefixtures("hand_made")
def test_the_mean_over_the_members_counts_not_the_nearest() -> None:
    mixed, even = story(1, by_hand(0.9), *[by_hand(0.1)] * 4), story(2, by_hand(0.7), by_hand(0.7))
    decision = decide(by_hand(), [mixed, even])
    assert (decision.story, decision.margin) == (2, pytest.approx(ALONE + 2.5 - grouping.asked(2)))
    assert decide(by_hand(), [mixed]).story is None
    assert decide(by_hand(), [mixed]).margin == pytest.approx(ALONE - 8 / 5 - grouping.asked(5))


@pytest.mark.parametrize("members", [1, 2, 24])
@pytest.mark.parametrize(("step", "story_of"), [(0.01, 1), (-0.01, None)])
def test_a_report_joins_from_the_margin_on(
    monkeypatch: pytest.MonkeyPatch, members: int, step: float, story_of: int | None
) -> None:
    monkeypatch.setattr(likeness, "load", lambda: stairs((0.5, 0.0), start=grouping.asked(members) + JOINS + step))
    decision = decide(by_hand(), [story(1, *[by_hand()] * members)])
    assert decision.story == story_of
    assert decision.margin == pytest.approx(JOINS + step, abs=1e-5)


def test_the_fewer_the_pairs_the_more_is_asked() -> None:
    bars = [grouping.asked(pairs) for pairs in (1, 2, 3, 10, 1000)]
    assert bars == sorted(set(bars), reverse=True)
    assert bars[-1] == pytest.approx(grouping.THRESHOLD, abs=0.01)


@pytest.mark.usefixtures("hand_made")
def test_of_equal_stories_the_lowest_number_is_joined() -> None:
    stories = [story(number, by_hand(0.9)) for number in (9, 4, 6)]
    for order in permutations(stories):
        assert decide(by_hand(), order).story == 4


def test_without_candidates_a_report_founds() -> None:
    for candidates in ([], [Candidate(1, [], NOON, NOON)]):
        decision = decide(by_hand(), candidates)
        assert (decision.story, decision.reasons) == (None, ("no report like it within 72 h",))
        assert decision.probability < 0.1


@pytest.mark.parametrize("number", range(len(WORLD)))
def test_an_invented_report_joins_its_event_out_of_all_and_founds_where_that_is_not_there(number: int) -> None:
    first, *rest = WORLD[number]
    others = [told(other, event) for other, event in enumerate(WORLD) if other != number]
    report = read(*first)
    assert decide(report, [*others, told(number, tuple(rest))]).story == number
    assert decide(report, others).story is None


# --- the window


@pytest.mark.usefixtures("hand_made")
@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (NOON - 72 * HOUR, True),
        (NOON - 72 * HOUR - timedelta(microseconds=1), False),
        (NOON + 5 * HOUR, True),
        (NOON + 82 * HOUR, True),
        (NOON + 82 * HOUR + timedelta(microseconds=1), False),
        (None, True),
    ],
)
def test_the_window_reaches_72_hours_beyond_the_storys_span(at: datetime | None, inside: bool) -> None:
    assert grouping.in_window(at, NOON, NOON + 10 * HOUR) is inside
    candidate = Candidate(1, [by_hand()], NOON, NOON + 10 * HOUR)
    assert (decide(by_hand(at=at), [candidate]).story == 1) is inside


@pytest.mark.usefixtures("hand_made")
def test_a_story_without_times_rules_nothing_out() -> None:
    assert decide(by_hand(), [story(1, by_hand(at=None))]).story == 1


@pytest.mark.usefixtures("hand_made")
def test_a_nearer_story_outside_the_window_does_not_hide_one_inside() -> None:
    late = by_hand(at=NOON + 80 * HOUR)
    stories = [story(1, by_hand(0.95)), story(2, by_hand(0.7, at=NOON + 10 * HOUR))]
    assert decide(late, stories).story == 2
    assert decide(by_hand(), stories).story == 1


def test_the_same_event_after_the_window_founds_a_new_story() -> None:
    candidate = story(1, read(*QUAKE_SOUTH[0]))
    assert decide(read(*QUAKE_SOUTH[1], at=NOON + 71 * HOUR), [candidate]).story == 1
    assert decide(read(*QUAKE_SOUTH[1], at=NOON + 73 * HOUR), [candidate]).story is None


# --- probability


def test_a_probability_rises_with_the_margin_and_lies_between_0_and_1() -> None:
    odds = np.linspace(-6, 6, 121)
    values = [grouping.probability(float(value)) for value in odds]
    assert all(0 < value < 1 for value in values)
    assert values == sorted(values)
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("calibration", [grouping.ON_ARRIVAL, grouping.ON_SECOND_LOOK])
def test_the_surest_are_sure_either_way_on_arrival_and_at_the_second_look(calibration: tuple[float, float]) -> None:
    assert grouping.probability(6, calibration) > 0.9
    assert grouping.probability(-6, calibration) < 0.1
    assert grouping.probability(1, calibration) > grouping.probability(0, calibration)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "1 %"), (0.004, "1 %"), (0.5, "50 %"), (0.949, "94 %"), (0.999, "99 %"), (1.0, "99 %")],
)
def test_a_probability_is_told_rounded_down_and_never_as_certain(value: float, words: str) -> None:
    assert grouping.percent(value) == words


@pytest.mark.usefixtures("hand_made")
def test_a_decisions_probability_is_that_of_its_margin() -> None:
    joined, founded = decide(by_hand(), [story(1, by_hand())]), decide(by_hand(), [story(1, by_hand(0.3))])
    assert joined.probability == grouping.probability(joined.margin)
    assert founded.probability == grouping.probability(founded.margin)
    assert joined.probability > founded.probability


# --- reasons


@pytest.mark.usefixtures("hand_made")
def test_a_joined_reports_reasons() -> None:
    report = by_hand(
        words={"dredging": 0.6, "harbour": 0.7, "orlova": 0.3, "vote": 0.1},
        names={"orlova": 0.8, "veldhaven": 0.6},
        numbers={"611": 1.0},
        quotes=["i have done nothing that i would not", "we never saw that letter"],
        at=NOON + 2 * HOUR,
    )
    member = by_hand(
        0.75,
        words={"dredging": 0.9, "harbour": 0.3, "orlova": 0.3},
        names={"orlova": 0.5, "veldhaven": 0.8},
        numbers={"611": 0.4, "14": 0.9},
        quotes=["we never saw that letter"],
    )
    decision = decide(report, [story(1, member)])
    assert decision.reasons == (
        f"{grouping.percent(decision.probability)} sure",
        "same quote “we never saw that letter …”",
        "shared names: Veldhaven, Orlova",
        "shared numbers: 611",
        "shared words: dredging, harbour",
        "very close in meaning (0.75 of 1)",
        "2 h after the story's latest report",
    )


@pytest.mark.usefixtures("hand_made")
def test_the_reasons_are_of_the_member_that_is_most_like_it() -> None:
    far, near = by_hand(0.3, names={"vale": 1.0}), by_hand(0.9, names={"orlova": 1.0})
    decision = decide(by_hand(names={"vale": 0.6, "orlova": 0.8}), [story(1, far, near)])
    assert "shared names: Orlova" in decision.reasons


@pytest.mark.usefixtures("hand_made")
def test_a_founding_reports_reasons_say_what_was_not_near_enough() -> None:
    decision = decide(by_hand(words={"vote": 1.0}), [story(1, by_hand(0.3, words={"vote": 1.0}))])
    assert decision.story is None
    assert grouping.percent(decision.probability) in decision.reasons[0]
    assert "not near enough" in decision.reasons[0]
    assert grouping.founding(decision.reasons) == decision.reasons
    assert decision.reasons[1:] == ("shared words: vote", "loose in meaning (0.30 of 1)")


@pytest.mark.usefixtures("hand_made")
def test_what_is_not_shared_and_not_known_is_not_spoken_of() -> None:
    decision = decide(by_hand(words={"vote": 1.0}, at=None), [story(1, by_hand(0.55))])
    assert decision.reasons[1:] == ("close in meaning (0.55 of 1)",)
    without = decide(by_hand(None, names={"orlova": 1.0}), [story(1, by_hand(None, names={"orlova": 1.0}))])
    assert not any("in meaning" in reason for reason in without.reasons)


@pytest.mark.usefixtures("hand_made")
def test_more_quotes_than_one_are_counted_and_no_more_than_five_of_a_kind_are_named() -> None:
    names, words = {f"n{n}": n / 10 for n in range(1, 9)}, {f"w{n}": n / 10 for n in range(1, 9)}
    report = by_hand(words=words, names=names, quotes=["b two", "a one", "c three"])
    assert grouping.alike(report, report)[:-1] == [
        "same quote “a one …” and 2 more",
        "shared names: N8, N7, N6, N5, N4",
        "shared words: w8, w7, w6, w5, w4",
    ]


@pytest.mark.usefixtures("hand_made")
@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON + timedelta(seconds=59), "less than a minute after the story's latest report"),
        (NOON + timedelta(minutes=59), "59 min after the story's latest report"),
        (NOON + 47.9 * HOUR, "47 h after the story's latest report"),
        (NOON + 48 * HOUR, "2 days after the story's latest report"),
        (NOON - 3 * HOUR, "1 h before the story's first report"),
        (NOON - HOUR, "within the time of the story's reports"),
    ],
)
def test_the_time_between_is_told(at: datetime, words: str) -> None:
    candidate = story(1, by_hand(at=NOON - 2 * HOUR), by_hand())
    assert decide(by_hand(at=at), [candidate]).reasons[-1] == words


def test_the_reasons_name_what_an_editor_would_look_for() -> None:
    first, second, _ = DREDGING
    decision = decide(read(*second), [story(1, read(*first))])
    assert decision.story == 1
    names = next(reason for reason in decision.reasons if reason.startswith("shared names: "))
    assert {"Orlova", "Veldhaven"} <= set(names.removeprefix("shared names: ").split(", "))


# --- other languages


def test_reports_without_an_encoder_meet_by_what_they_share() -> None:
    german = (
        "Fähre mit 84 Menschen läuft vor Skarv auf Grund",
        "Eine Autofähre der Reederei Nordlinie ist am Montag bei Nebel vor dem Hafen von Skarv auf Grund gelaufen."
        " Verletzt wurde niemand, sagte Hafenmeisterin Ingrid Vale. Taucher sollen den Rumpf der Nordstern untersuchen.",
    )
    again = (
        "Nordstern sitzt vor Skarv fest, niemand verletzt",
        "Die Autofähre Nordstern mit 84 Menschen an Bord liegt vor dem Hafen von Skarv auf einem Felsen. Taucher sollen"
        " den Rumpf untersuchen, wie Hafenmeisterin Ingrid Vale am Montag sagte.",
    )
    other = (
        "Bundestag beschließt Haushalt nach langer Debatte",
        "Nach einer Debatte bis in den Morgen hat das Parlament den Haushalt mit 71 zu 66 Stimmen beschlossen. Die"
        " Ministerin nannte die Steuer auf Kraftstoff einen Kompromiss.",
    )
    ferry, budget = story(1, read(*german, lang="de")), story(2, read(*other, lang="de"))
    decision = decide(read(*again, lang="de"), [ferry, budget])
    assert decision.story == 1
    assert not any("meaning" in reason for reason in decision.reasons)
    assert decide(read(*other, lang="de"), [ferry]).story is None


# --- the table of a second look


def test_the_table_is_symmetric_with_nothing_on_its_diagonal() -> None:
    reports = [read(*report) for report in (*DREDGING, *QUAKE_NORTH)]
    table = grouping.matrix(reports)
    np.testing.assert_array_equal(table, table.T)
    assert not table.diagonal().any()
    np.testing.assert_allclose(table[0, 1:], likeness.logits(reports[0], reports[1:]))
    assert (np.abs(table) <= likeness.MAX_LOGIT).all()
    assert grouping.matrix([]).shape == (0, 0)
    assert math.isclose(grouping.matrix(reports[:1])[0, 0], 0)
