"""The most central headline."""

from __future__ import annotations

import numpy as np
import pytest

from stories.nlp.titles import faults, most_central, passed_over


def fan(*degrees: float) -> np.ndarray:
    """Unit vectors at these angles."""
    return np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=1).astype(np.float32)


def test_the_headline_in_the_middle_is_taken() -> None:
    assert most_central(["left", "middle", "right"], fan(0, 40, 70)) == 1


def test_equals_go_to_the_first() -> None:
    assert most_central(["one", "two"], fan(10, 50)) == 0
    assert most_central(["two", "one"], fan(50, 10)) == 0
    assert most_central(["same"] * 30, fan(*[33] * 30)) == 0


@pytest.mark.parametrize("loud", ["Harbour chaos!", "BREAKING NEWS: harbour chair out", "CAUGHT: “HANDS” DEEP in it"])
def test_a_loud_headline_is_passed_over(loud: str) -> None:
    assert most_central(["Harbour chair resigns", loud, "Chair leaves"], fan(0, 40, 90)) in (0, 2)


def test_acronyms_are_not_loud() -> None:
    assert most_central(["Left", "UEFA and NATO talks: US, UK, EU agree", "Right"], fan(0, 40, 70)) == 1


def test_where_all_are_loud_the_middle_one_is_taken() -> None:
    assert most_central(["A!", "B!", "C!"], fan(0, 40, 70)) == 1


def test_one_headline_is_the_title() -> None:
    assert most_central(["Alone"], fan(5)) == 0


def test_without_headlines_there_is_no_title() -> None:
    with pytest.raises(ValueError, match="without headlines"):
        most_central([], np.empty((0, 384), np.float32))


# --- headlines that name no event


@pytest.mark.parametrize(
    "label",
    [
        "Live: harbour chair resigns over tender",
        "Harbour chair resigns: live updates",
        "The Latest: harbour chair resigns",
        "Harbour board | LIVE updates on the resignation",
        "Opinion | The harbour board had it coming",
        "Analysis: what the harbour chair leaves behind",
        "Video: harbour chair leaves the building",
        "Watch: the moment the harbour chair resigned",
        "WATCH the harbour chair leave",
        "In pictures: the harbour chair’s last day",
        "Quiz of the week: which chair resigned?",
        "Why the harbour chair resigned",
        "This is why the harbour chair resigned",
        "You won’t believe who resigned in the harbour",
        "Has the harbour chair resigned?",
        "Harbour board: 7 things to know",
        "What we know about the harbour board",
        "Kommentar: Der Hafen verliert seine Vorsitzende",
        "EN DIRECT – la présidente du port démissionne",
        "En vivo: dimite la presidenta del puerto",
    ],
)
def test_what_names_no_event_is_passed_over(label) -> None:
    assert passed_over(label)
    assert most_central(["Harbour chair resigns over tender", label, "Chair of the port leaves"], fan(0, 40, 90)) != 1
    assert most_central([label], fan(0)) == 0


@pytest.mark.parametrize(
    "headline",
    [
        "WHO declares the outbreak over",
        "Police quiz two men over harbour fire",
        "Court clears Roundup maker of blame",
        "Live Nation to sell its harbour stage",
        "Ferry runs aground off Skarv, 84 taken ashore",
        "Minister to review the dredging tender",
        "“We were told in March,” says harbour engineer",
        "Orlova wins vote: harbour board to stay",
    ],
)
def test_what_names_an_event_is_not(headline) -> None:
    assert passed_over(headline) == 0


@pytest.mark.parametrize(
    "untidy",
    [
        "Harbour chair resigns over tender | The Skarv Post",
        "Harbour chair resigns over tender - Skarv Post",
        "Harbour chair resigns over tender « Skarv News",
        "(LEAD) Harbour chair resigns over tender",
        "Harbour chair resigns over tender [UPDATED]",
        "Harbour chair resigns over a tender that …",
        "Harbour chair resigns over a tender that...",
        "Chair stuns harbour and resigns over tender",
        "Harbour chair",
        "Harbour chair " + "resigns " * 20,
    ],
)
def test_an_untidy_headline_yields_to_one_that_is_nearly_as_near_only(untidy) -> None:
    assert faults(untidy) == 1
    around = ["Chair of the port steps down", untidy, "Orlova leaves harbour board"]
    assert most_central(around, fan(0, 10, 25)) == 0
    assert most_central(around, fan(0, 50, 90)) == 1


def test_a_copy_is_no_further_voice_and_its_headline_is_for_want_of_better() -> None:
    headlines = ["Harbour chair resigns at once", "Chair of the port resigns", *["Fees rise as chair goes"] * 3]
    angles = fan(0, 15, 70, 70, 70)
    assert most_central(headlines, angles) == 2
    assert most_central(headlines, angles, copies={3, 4}) == 1
    assert most_central(headlines[:2], angles[:2], copies={0}) == 1
    assert most_central(headlines[:2], angles[:2], copies={0, 1}) == 0


# --- by words, where there is no encoder


def test_without_vectors_words_decide() -> None:
    headlines = [
        "Ferge gikk på grunn ved Skarv",
        "Nordstjernen: ferge på grunn ved Skarv, ingen skadet",
        "Ingen skadet da ferge gikk på grunn",
        "Havnesjefen roser mannskapet",
    ]
    assert most_central(headlines, None) in (0, 1)
    assert most_central(headlines[::-1], None) in (2, 3)


def test_rare_words_weigh_more_where_it_is_known_which_are_rare() -> None:
    headlines = ["og så kom det en båt", "Skarv og så en dag til", "Skarv på grunn"]
    rare = {"skarv": 9.0, "grunn": 6.0, "og": 0.1, "så": 0.1, "en": 0.1}
    assert most_central(headlines, None, rarity=rare) == 1
    assert most_central(headlines[::-1], None, rarity=rare) == 1


def test_headlines_without_words_are_still_titles() -> None:
    assert most_central(["…", "!"], None) == 0
