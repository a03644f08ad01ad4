"""The most central headline."""

from __future__ import annotations

import numpy as np
import pytest

from stories.nlp.titles import most_central


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
