"""How likely two reports are of one event: what is compared, what is not known, and what counts for more."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest

from stories.nlp import likeness
from stories.nlp.likeness import FEATURES, Crowd, Marks, compare
from stories.nlp.terms import Background, Frequencies
from stories.nlp.traits import traits
from tests.nlp.reports import DREDGING, NOON, QUAKE_NORTH, QUAKE_SOUTH, WORLD, by_hand, read, stairs, vector

HOUR = timedelta(hours=1)
# What more of must never make a pair less likely; more hours between must never make it likelier.
RISING = ("meaning", "wording", "names", "numbers", "dates", "years", "quotes", "below_best", "below_mean_10")


def pair(one: Marks, other: Marks) -> dict[str, float]:
    """The features of one pair, by name."""
    return dict(zip(FEATURES, map(float, compare(one, [other])[0]), strict=True))


def two(one: float, other: float) -> dict[str, float]:
    """A weighed set of length 1 that has the first to this share of one that is all "a"."""
    return {"a": one, "b": other}


# --- features


def test_what_is_compared() -> None:
    one = replace(
        by_hand(
            words=two(0.6, 0.8), names={"orlova": 1.0}, numbers={"14": 0.6, "27": 0.8}, quotes=["q", "r"], length=80
        ),
        dates=frozenset({"03-04", "05-09"}),
        years=frozenset({"2021"}),
    )
    other = replace(
        by_hand(0.5, at=NOON + 3 * HOUR, words={"a": 1.0}, names={"orlova": 0.8, "vale": 0.6}, quotes=["r"]),
        dates=frozenset({"05-09", "07-07", "08-08"}),
        years=frozenset({"1999"}),
    )
    found = pair(one, other)
    assert {name: found[name] for name in FEATURES[:12]} == pytest.approx(
        {
            "meaning": 0.5,
            "wording": 0.6,
            "names": 0.8,
            "numbers": 0,
            "numbers_least": 0,
            "dates": 0.5,
            "dates_least": 2,
            "years": 0,
            "years_least": 1,
            "quotes": 1,
            "words_least": math.log1p(80),
            "hours": math.log1p(3),
        }
    )
    assert all(math.isnan(found[name]) for name in FEATURES[12:])


def test_beyond_a_day_apart_hours_count_no_more() -> None:
    hours = [pair(by_hand(), by_hand(at=NOON - hours * HOUR))["hours"] for hours in (1, 23, 24, 25, 9_999)]
    assert hours == pytest.approx([math.log1p(hours) for hours in (1, 23, 24, 24, 24)])


def test_without_a_vector_meaning_is_not_known_and_nor_is_the_crowd() -> None:
    crowded = replace(by_hand(), crowd=Crowd(0.9, 0.8, 0.7))
    for one, other in ((by_hand(None), crowded), (crowded, by_hand(None)), (by_hand(None), by_hand(None))):
        found = pair(one, other)
        assert math.isnan(found["meaning"])
        assert all(math.isnan(found[name]) for name in FEATURES if name.startswith("below"))
        assert found["wording"] == 0


def test_without_a_time_the_hours_are_not_known() -> None:
    assert math.isnan(pair(by_hand(at=None), by_hand())["hours"])
    assert math.isnan(pair(by_hand(), by_hand(at=None))["hours"])


def test_without_both_crowds_the_surroundings_are_not_known() -> None:
    crowded = replace(by_hand(), crowd=Crowd(0.9, 0.8, 0.7))
    for one, other in ((by_hand(), crowded), (crowded, by_hand())):
        assert math.isnan(pair(one, other)["below_best"])
    assert not math.isnan(pair(crowded, crowded)["below_best"])


def test_a_row_does_not_depend_on_its_neighbours() -> None:
    reports = [read(*report) for event in WORLD[:3] for report in event] + [by_hand(None), by_hand(at=None)]
    together = compare(reports[0], reports[1:])
    alone = np.concatenate([compare(reports[0], [one]) for one in reports[1:]])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_two_reports_are_as_alike_as_the_other_way_round() -> None:
    reports = [read(*report) for event in WORLD for report in event] + [by_hand(None), by_hand(at=None)]
    crowds = [None, Crowd(0.9, 0.7, 0.5), Crowd(0.4, 0.3, 0.2)]
    reports = [replace(report, crowd=crowds[number % 3]) for number, report in enumerate(reports)]
    for one, other in combinations(reports, 2):
        np.testing.assert_allclose(compare(one, [other]), compare(other, [one]), atol=1e-6)
        assert likeness.logits(one, [other])[0] == pytest.approx(likeness.logits(other, [one])[0], abs=1e-4)


# --- rarity and marks


def test_rarer_names_and_numbers_count_more() -> None:
    seen = Frequencies(Background(1000, {"monday": 800, "orlova": 1, "14": 500, "611": 1}))

    def marks(text: str) -> Marks:
        return likeness.marks(None, {}, traits("", text), seen, NOON)

    rare = pair(marks("So on Monday came Orlova with 611"), marks("So on Friday came Orlova with 611"))
    common = pair(marks("So on Monday came Orlova with 14"), marks("So on Monday came Varga with 14"))
    assert rare["names"] > 0.5 > common["names"] > 0
    assert marks("So on Monday came Orlova").names["orlova"] > marks("So on Monday came Orlova").names["monday"]
    assert (
        pair(marks("so 611 and 14"), marks("so 611 and 15"))["numbers"]
        > pair(marks("so 611 and 14"), marks("so 612 and 14"))["numbers"]
    )


def test_marks_are_of_length_one_or_empty() -> None:
    title, text = DREDGING[0]
    report = read(title, text)
    for found in (report.terms, report.names):
        assert sum(weight**2 for weight in found.values()) == pytest.approx(1)
    assert report.numbers == {}
    assert (report.crowd, report.words, report.at) == (None, len(text.split()), NOON)


def test_how_often_a_name_is_repeated_does_not_count() -> None:
    seen = Frequencies(Background(10, {}))
    once, often = (likeness.marks(None, {}, traits("", f"so {text}"), seen, None) for text in ("Orlova", "Orlova " * 9))
    assert once.names == often.names


def test_the_live_counts_of_all_that_is_weighed_are_asked_for() -> None:
    found = traits("Vale in Skarv", "so 611 died")
    assert likeness.asked_terms(Counter({"died": 1}), found) == {"died", "vale", "skarv", "611"}


def test_keys_are_the_heaviest_words_names_and_numbers() -> None:
    words = {f"w{number:02}": number / 100 for number in range(40)}
    report = by_hand(words=words, names={"orlova": 0.9, "w01": 0.8}, numbers={"611": 0.7})
    found = likeness.keys(report)
    assert found == sorted({"orlova", "w01", "611", *(f"w{number}" for number in range(27, 40))})
    assert len(found) == likeness.KEYS
    shuffled = replace(report, terms=dict(reversed(words.items())))
    assert likeness.keys(shuffled) == found
    assert likeness.keys(by_hand()) == []


def test_keys_of_equal_weight_are_taken_in_the_order_of_the_alphabet() -> None:
    assert likeness.keys(by_hand(words={f"w{number:02}": 0.1 for number in range(39, -1, -1)})) == [
        f"w{number:02}" for number in range(16)
    ]


# --- crowd


def test_the_crowd_is_the_nearest_the_mean_of_10_and_of_30() -> None:
    cosines = [0.5, *[0.8] * 9, *[0.2] * 25]
    found = likeness.crowd(by_hand(words={"a": 1.0}), [by_hand(cosine, words={"a": 1.0}) for cosine in cosines])
    assert found is not None
    near = [0.7 * cosine + 0.3 for cosine in cosines[:30]]
    assert found.best == pytest.approx(0.7 * 0.8 + 0.3, abs=1e-6)
    assert found.mean_10 == pytest.approx(sum(near[:10]) / 10, abs=1e-6)
    assert found.mean_30 == pytest.approx(sum(near) / 30, abs=1e-6)


def test_without_neighbours_or_a_vector_there_is_no_crowd() -> None:
    assert likeness.crowd(by_hand(), []) is None
    assert likeness.crowd(by_hand(None), [by_hand()]) is None
    assert likeness.crowd(by_hand(), [by_hand(None)]) is None
    assert likeness.crowd(by_hand(), [by_hand(None), by_hand(0.5)]) == Crowd(
        *[pytest.approx(0.35, abs=1e-6)] * 3  # type: ignore[arg-type]
    )


def test_a_pair_is_measured_against_its_surroundings() -> None:
    one, other = replace(by_hand(), crowd=Crowd(0.9, 0.5, 0.3)), replace(by_hand(0.8), crowd=Crowd(0.7, 0.4, 0.1))
    near = 0.7 * 0.8
    found = pair(one, other)
    assert found["below_best"] == pytest.approx(near - 0.9, abs=1e-6)
    assert found["below_nearer_best"] == pytest.approx(near - 0.7, abs=1e-6)
    assert found["below_mean_10"] == pytest.approx(near - 0.45, abs=1e-6)
    assert found["below_mean_30"] == pytest.approx(near - 0.2, abs=1e-6)


def test_the_same_pair_is_less_likely_in_a_crowd() -> None:
    one, other = read(*QUAKE_SOUTH[0]), read(*QUAKE_NORTH[0])

    def with_crowd(*near: float) -> float:
        return float(likeness.logits(replace(one, crowd=Crowd(*near)), [replace(other, crowd=Crowd(*near))])[0])

    assert with_crowd(0.95, 0.9, 0.85) < with_crowd(0.3, 0.1, 0.05)


# --- the forest that weighs it


def test_reports_of_one_event_are_likelier_of_one_than_those_of_two() -> None:
    told = [(number, read(*report)) for number, event in enumerate(WORLD) for report in event]
    same = [likeness.logits(a, [b])[0] for (m, a), (n, b) in combinations(told, 2) if m == n]
    other = [likeness.logits(a, [b])[0] for (m, a), (n, b) in combinations(told, 2) if m != n]
    assert min(same) > max(other) + 1


def test_more_in_common_is_never_less_likely() -> None:
    forest, rng = likeness.load(), np.random.default_rng(3)
    rows = rng.uniform(0, 1, (300, len(FEATURES))).astype(np.float32)
    rows[:, FEATURES.index("hours")] *= 3
    rows[:, FEATURES.index("words_least")] *= 8
    rows[:, 12:] = -rows[:, 12:] * 0.6
    rows[rng.uniform(0, 1, rows.shape) < 0.1] = np.nan
    for name in (*RISING, "hours"):
        column = FEATURES.index(name)
        more = rows.copy()
        more[:, column] += 0.3
        risen = forest(more) - forest(rows)
        assert (risen <= 1e-4).all() if name == "hours" else (risen >= -1e-4).all(), name
    assert (forest(np.nan_to_num(rows)) != forest(rows)).any()


def test_log_odds_stay_within_six() -> None:
    steep = stairs((0.5, 200.0), start=-100.0)
    np.testing.assert_array_equal(likeness.logits(by_hand(), [by_hand(0.9), by_hand(0.1)], steep), [6, -6])


def test_nothing_to_compare_with_gives_no_numbers() -> None:
    assert likeness.logits(by_hand(), []).shape == (0,)
    assert compare(by_hand(), []).shape == (0, len(FEATURES))


def test_one_forest_for_the_process() -> None:
    assert likeness.load() is likeness.load()


def test_vectors_by_hand_have_the_cosine_that_is_asked_for() -> None:
    assert float(vector(0.3) @ vector(1)) == pytest.approx(0.3)
