"""Deciding, founding and joining: the score, the window, the order of things, the words for the editor."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import numpy as np
import pytest

from stories.nlp import events, grouping, terms
from stories.nlp.grouping import Candidate, Item, Setting
from tests.nlp.reports import DREDGING, EVENTS, QUAKE_NORTH, QUAKE_SOUTH

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEIGHED = {"harbour": 0.6, "dredging": 0.8}


def vector(cosine: float) -> np.ndarray:
    """A unit vector with this cosine to vector(1)."""
    unit = np.zeros(events.DIMENSIONS, np.float32)
    unit[:2] = cosine, math.sqrt(1 - cosine**2)
    return unit


def item(cosine: float = 1.0, words: dict[str, float] | None = None, at: datetime | None = NOON) -> Item:
    return Item(vector(cosine), WEIGHED if words is None else words, at)


def read(title: str, text: str, at: datetime | None = NOON) -> Item:
    """A report as production reads it, with the shipped background alone."""
    weighed = terms.weigh(terms.counts(title, text), terms.Frequencies.with_live("en", {}, 0))
    return Item(events.load().encode([events.event_text(title, text)])[0], weighed, at)


def test_the_score_is_seven_parts_meaning_and_three_parts_wording() -> None:
    story = grouping.found(1, item())
    assert grouping.score(item(0.5), story) == pytest.approx(0.7 * 0.5 + 0.3)
    assert grouping.score(item(0.5, {"harbour": 1.0}), story) == pytest.approx(0.7 * 0.5 + 0.3 * 0.6)
    assert grouping.score(item(0.0, {}), story) == pytest.approx(0)


def test_the_score_is_of_directions_not_of_sizes() -> None:
    story = grouping.found(1, item(0.8))
    for _ in range(9):
        story = grouping.join(story, item(0.8))
    assert grouping.score(item(), story) == pytest.approx(grouping.score(item(), grouping.found(1, item(0.8))))


def test_the_best_of_several_is_joined_in_whatever_order_they_come() -> None:
    stories = [grouping.found(number, item(cosine)) for number, cosine in ((7, 0.5), (3, 0.9), (5, 0.7))]
    for order in permutations(stories):
        assert grouping.decide(item(), order).story == 3


def test_of_equal_stories_the_lowest_number_is_joined() -> None:
    stories = [grouping.found(number, item(0.9)) for number in (9, 4, 6)]
    for order in permutations(stories):
        assert grouping.decide(item(), order).story == 4


def test_at_the_threshold_a_report_joins_and_just_under_it_founds() -> None:
    story = grouping.found(1, item())
    value = grouping.score(item(0.3, {"vote": 1.0}), story)
    at, above = (Setting(0.7, 0.3, threshold) for threshold in (value, math.nextafter(value, 1)))
    assert grouping.decide(item(0.3, {"vote": 1.0}), [story], at).story == 1
    assert grouping.decide(item(0.3, {"vote": 1.0}), [story], above).story is None


def test_without_candidates_a_report_founds() -> None:
    decision = grouping.decide(item(), [])
    assert decision == grouping.Decision(None, 0.0, ("no story within 72 h to compare with",))


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
    story = replace(grouping.found(1, item()), last_at=NOON + 10 * HOUR)
    assert (grouping.decide(item(at=at), [story]).story == 1) is inside


def test_a_story_without_times_rules_nothing_out() -> None:
    story = grouping.join(grouping.found(1, item(at=None)), item(at=None))
    assert (story.first_at, story.last_at) == (None, None)
    assert grouping.decide(item(), [story]).story == 1


def test_joining_widens_the_span_and_leaves_the_old_story_as_it_was() -> None:
    before = grouping.found(1, item())
    after = grouping.join(grouping.join(before, item(at=NOON - HOUR)), item(at=None))
    assert (after.size, after.first_at, after.last_at) == (3, NOON - HOUR, NOON)
    assert (before.size, before.first_at, dict(before.terms)) == (1, NOON, WEIGHED)
    np.testing.assert_array_equal(before.vector, vector(1))


def test_the_order_of_joining_does_not_change_the_story() -> None:
    items = [item(cosine, {f"w{cosine}": 0.6, "harbour": 0.8}) for cosine in (1.0, 0.6, 0.2)]
    ends = []
    for first, *rest in permutations(items):
        story = grouping.found(1, first)
        for one in rest:
            story = grouping.join(story, one)
        ends.append(story)
    for end in ends[1:]:
        np.testing.assert_allclose(end.vector, ends[0].vector, atol=1e-6)
        assert end.terms == pytest.approx(ends[0].terms)


def test_a_big_story_keeps_its_heaviest_terms() -> None:
    many = {f"w{number:03}": 0.01 for number in range(grouping.STORY_TERMS)}
    story = grouping.join(grouping.found(1, item(words=many)), item(words={"harbour": 0.9, "w000": 0.1}))
    assert len(story.terms) == grouping.STORY_TERMS
    assert story.terms["harbour"] == 0.9
    assert story.terms["w000"] == pytest.approx(0.11)
    # Of equally light terms the same one goes, whatever order a database gives them back in.
    shuffled = replace(grouping.found(1, item(words=dict(reversed(many.items())))))
    assert grouping.join(shuffled, item(words={"harbour": 0.9, "w000": 0.1})).terms == story.terms


def test_a_joined_reports_reasons() -> None:
    story = grouping.found(1, item())
    decision = grouping.decide(item(0.5, {"dredging": 0.6, "harbour": 0.8, "vote": 0.1}, NOON + 2 * HOUR), [story])
    assert decision.reasons == (
        "similar wording and meaning (0.63; joined at 0.44 or more)",
        "shared words: dredging, harbour",
        "2 h after the story's latest report",
    )


def test_no_shared_words_and_no_times_are_not_spoken_of() -> None:
    decision = grouping.decide(item(words={"vote": 1.0}, at=None), [grouping.found(1, item())])
    assert decision.reasons == ("similar wording and meaning (0.70; joined at 0.44 or more)",)


def test_no_more_than_five_shared_words_are_named() -> None:
    words = {f"w{number}": 0.1 * number for number in range(1, 9)}
    assert grouping.shared_words(item(words=words), grouping.found(1, item(words=words))) == [
        "w8", "w7", "w6", "w5", "w4"
    ]  # fmt: skip


def test_a_score_just_under_the_threshold_does_not_read_as_if_it_reached_it() -> None:
    decision = grouping.decide(item(0.4399 / 0.7, {"vote": 1.0}), [grouping.found(1, item())])
    assert decision.story is None
    assert decision.score == pytest.approx(0.4399, abs=1e-6)
    assert decision.reasons == ("nearest story scored 0.43, under 0.44",)


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
    story = replace(grouping.found(1, item()), first_at=NOON - 2 * HOUR)
    assert grouping.decide(item(at=at), [story]).reasons[-1] == words


@pytest.mark.parametrize("lang", ["en", "en-GB", "EN_us"])
def test_english_has_the_measured_setting(lang: str) -> None:
    assert grouping.setting_for(lang) == Setting(0.7, 0.3, 0.44)


@pytest.mark.parametrize("lang", ["de", "", "enm"])
def test_elsewhere_wording_alone_decides(lang: str) -> None:
    setting, story = grouping.setting_for(lang), grouping.found(1, item())
    assert grouping.decide(item(words={"wahl": 1.0}), [story], setting).story is None
    decision = grouping.decide(item(cosine=0.0, words={"dredging": 1.0}), [story], setting)
    assert decision.story == 1
    assert decision.reasons[0] == "similar wording (0.80; joined at 0.35 or more)"


def place(stories: list[Candidate], report: Item) -> int:
    """One report into the list of stories; the number of its story."""
    number = grouping.decide(report, stories).story
    if number is None:
        stories.append(grouping.found(len(stories), report))
        return len(stories) - 1
    stories[number] = grouping.join(stories[number], report)
    return number


@pytest.mark.parametrize("step", [1, -1])
def test_invented_events_come_out_as_they_were_told_and_look_alikes_stay_apart(step: int) -> None:
    stories: list[Candidate] = []
    told = [(number, report) for number, event in enumerate(EVENTS) for report in event][::step]
    found = [place(stories, read(*report)) for _, report in told]
    assert len(stories) == len(EVENTS)
    assert len({(number, story) for (number, _), story in zip(told, found, strict=True)}) == len(EVENTS)


def test_the_reasons_name_what_an_editor_would_look_for() -> None:
    first, second, _ = DREDGING
    decision = grouping.decide(read(*second), [grouping.found(1, read(*first))])
    assert decision.story == 1
    assert {"dredging", "orlova", "harbour"} & set(decision.reasons[1].removeprefix("shared words: ").split(", "))


def test_the_same_event_after_the_window_founds_a_new_story() -> None:
    story = grouping.found(1, read(*QUAKE_SOUTH[0]))
    assert grouping.decide(read(*QUAKE_SOUTH[1], at=NOON + 73 * HOUR), [story]).story is None
    assert grouping.decide(read(*QUAKE_NORTH[0]), [story]).story is None
