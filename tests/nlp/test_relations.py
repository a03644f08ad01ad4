"""What two stories are to each other: chapters, related, translations, and where nothing can be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from stories.nlp import relations
from stories.nlp.relations import Kind, StorySketch, relate

BEGAN = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
RARE, COMMON = 8.0, 2.0
HARBOUR = ("orlova", "veldhaven", "dredging", "marius", "tollgate", "6143", "218")


def vector(cosine: float) -> np.ndarray:
    """A vector of any length at this cosine to `vector(1)`."""
    return np.array([3 * cosine, 3 * np.sqrt(1 - cosine**2)], np.float32)


def story(keys=HARBOUR, *, cosine=1.0, lang="en", size=3, after=0.0, hours=6.0) -> StorySketch:
    """A story that began so many hours after BEGAN and had reports for six hours."""
    first = BEGAN + timedelta(hours=after)
    return StorySketch(lang, vector(cosine), frozenset(keys), size, first, first + timedelta(hours=hours))


def rarity(keys=HARBOUR, value=RARE) -> dict[str, float]:
    return dict.fromkeys(keys, value)


# --- English: by meaning


def test_what_happens_next_is_a_chapter() -> None:
    found = relate(story(), story(cosine=0.853, after=20), rarity())
    assert found is not None
    assert found.kind == Kind.CHAPTER
    assert found.probability > 0.8
    assert found.reasons == (
        "shares Dredging, Marius, Orlova, Tollgate, Veldhaven and 2 more",
        "alike in meaning (0.85 of 1)",
        "begins 14 h after the other’s latest report",
    )


def test_the_order_in_which_they_are_given_does_not_matter() -> None:
    one, other = story(), story(cosine=0.85, after=20, size=9)
    assert relate(one, other, rarity()) == relate(other, one, rarity())


def test_what_begins_at_the_same_time_is_related_not_a_chapter() -> None:
    found = relate(story(), story(cosine=0.85, after=2), rarity())
    assert found is not None
    assert found.kind == Kind.RELATED
    assert found.reasons[-1] == "begins 2 h after the other began, while that went on"


def test_less_alike_is_related_and_little_alike_is_nothing() -> None:
    found = relate(story(), story(cosine=0.65, after=20), rarity(value=COMMON))
    assert found is not None
    assert found.kind == Kind.RELATED
    assert relate(story(), story(cosine=0.4, after=20), rarity()) is None


def test_a_lone_report_must_be_more_alike() -> None:
    assert relate(story(), story(cosine=0.65, after=20, size=1), rarity()) is None
    assert relate(story(), story(cosine=0.8, after=20, size=1), rarity()) is not None


def test_few_shared_keys_make_no_chapter_and_none_no_tie_at_all() -> None:
    two = story(HARBOUR[:2], cosine=0.95, after=20)
    found = relate(story(), two, rarity())
    assert found is not None
    assert found.kind == Kind.RELATED
    assert relate(story(), story(("elsewhere",), cosine=0.99, after=20), rarity()) is None


def test_the_same_rare_names_make_a_chapter_of_another_event() -> None:
    named = story(HARBOUR[:3], cosine=0.5, after=20)
    found = relate(story(), named, rarity())
    assert found is not None
    assert (found.kind, found.probability) == (Kind.CHAPTER, relations.NAMED_PROBABILITY)
    assert relate(story(), named, rarity(value=COMMON)) is None
    assert relate(story(), story(HARBOUR[:2], cosine=0.5, after=20), rarity()) is None
    assert relate(story(), story(HARBOUR[4:], cosine=0.5, after=20), rarity()) is None
    assert relate(story(), story(HARBOUR[:3], cosine=0.5, after=20, size=1), rarity()) is None
    assert relate(story(), story(HARBOUR[:3], cosine=0.4, after=20), rarity()) is None


def test_the_same_rare_names_at_the_same_time_are_related_and_after_a_week_tell_nothing() -> None:
    found = relate(story(), story(HARBOUR[:3], cosine=0.5, after=2), rarity())
    assert found is not None
    assert (found.kind, found.probability) == (Kind.RELATED, relations.NAMED_PROBABILITY)
    assert relate(story(), story(HARBOUR[:3], cosine=0.5, after=6 + 24 * 7 + 1), rarity()) is None


def test_after_a_week_of_silence_a_chapter_needs_more_keys() -> None:
    late = 6 + 24 * 7 + 1
    few, many = story(HARBOUR[:4], cosine=0.9, after=late), story(HARBOUR[:5], cosine=0.9, after=late)
    kinds = [found and found.kind for found in (relate(story(), few, rarity()), relate(story(), many, rarity()))]
    assert kinds == [Kind.RELATED, Kind.CHAPTER]


def test_beyond_a_month_nothing_is_tied() -> None:
    assert relate(story(hours=24 * 40), story(cosine=0.99, after=24 * 31), rarity()) is None
    assert relate(story(hours=24 * 40), story(cosine=0.99, after=24 * 29), rarity()) is not None


def test_an_empty_vector_tells_nothing() -> None:
    empty = StorySketch("en", np.zeros(2, np.float32), frozenset(HARBOUR), 3, BEGAN, BEGAN)
    assert relate(story(), empty, rarity()) is None


def test_british_and_american_english_are_one_language() -> None:
    found = relate(story(lang="en-GB"), story(cosine=0.85, after=20, lang="en-US"), rarity())
    assert found is not None
    assert found.kind == Kind.CHAPTER


# --- another language among itself: by rare names alone


def test_another_language_is_related_by_three_rare_names() -> None:
    found = relate(story(lang="nb"), story(HARBOUR[:3], lang="nb", after=20, cosine=0.0), rarity())
    assert found is not None
    assert found.kind == Kind.RELATED
    assert relate(story(lang="nb"), story(HARBOUR[:2], lang="nb", after=20), rarity()) is None
    assert relate(story(lang="nb"), story(HARBOUR[:3], lang="nb", after=20, size=1), rarity()) is None
    assert relate(story(lang="nb"), story(HARBOUR[5:], lang="nb", after=20), rarity()) is None
    assert relate(story(lang="nb"), story(lang="nb", after=20), rarity(value=COMMON)) is None


def test_another_language_is_not_related_after_a_week() -> None:
    assert relate(story(lang="nb"), story(lang="nb", after=6 + 24 * 8), rarity()) is None


# --- across languages: only what is sure


def test_the_same_event_in_another_language() -> None:
    found = relate(story(), story(HARBOUR[2:6], lang="de", after=10, cosine=0.0), rarity())
    assert found is not None
    assert found.kind == Kind.TRANSLATION
    assert found.reasons[0] == "shares Dredging, Marius, Tollgate, 6143"


@pytest.mark.parametrize(
    ("shared", "sure"),
    [
        (HARBOUR[:5], True),  # five rare names
        (HARBOUR[:4], False),  # four, and no number
        (HARBOUR[3:], False),  # two and two numbers
        (HARBOUR[2:6], True),  # three and a number
    ],
)
def test_so_much_must_be_shared(shared, sure) -> None:
    assert (relate(story(), story(shared, lang="de"), rarity()) is not None) is sure


def test_common_names_do_not_make_sure() -> None:
    assert relate(story(), story(lang="de"), rarity(value=COMMON)) is None
    assert relate(story(), story(lang="de"), {}) is None


def test_a_day_apart_it_may_be_another_event() -> None:
    assert relate(story(), story(lang="de", after=23), rarity()) is not None
    assert relate(story(), story(lang="de", after=25), rarity()) is None


def test_a_round_up_names_everybody() -> None:
    others = tuple(f"other{chr(97 + n)}" for n in range(17))
    assert (
        relate(
            story((*HARBOUR, *others)), story((*HARBOUR[:5], *(f"mehr{key}" for key in others)), lang="de"), rarity()
        )
        is None
    )


def test_other_scripts_make_nothing_sure() -> None:
    cyrillic = ("орлова", "велдхавен", "мариус", "дноуглубление", "толлгейт")
    assert relate(story(cyrillic), story(cyrillic, lang="ru"), rarity(cyrillic)) is None


def test_between_two_other_languages_or_an_unknown_one_it_cannot_tell() -> None:
    assert relate(story(lang="de"), story(lang="nl"), rarity()) is None
    assert relate(story(lang="en"), story(lang=""), rarity()) is None


def test_thresholds_stand_where_they_were_measured() -> None:
    assert (relations.RELATED, relations.CHAPTER, relations.CHAPTER_KEYS) == (0.85, 0.7, 3)
