"""Whether two sentences say the same: verdicts on invented pairs, what contradicts what, and that sides may be swapped."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import pytest

from stories.nlp import alignment
from stories.nlp.alignment import Alignment, AlignmentError, Label, Scores, align
from stories.nlp.comparison import Difference
from stories.nlp.statements import Statement, statement
from stories.nlp.terms import WEIGHTS, Frequencies

ENGLISH = Frequencies.with_live("en", {}, 0)
FERRY = "At least 12 people were killed when a ferry capsized off the northern coast on Sunday, the coast guard said."


def judged(one: str, other: str) -> Alignment:
    return align([(statement(one), statement(other))], ENGLISH)[0]


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [
        (FERRY, FERRY, Label.SAME),
        (
            '"We will rebuild every house on this street," the mayor told reporters.',
            "“We will rebuild every house on this street,” she said on Monday.",
            Label.SAME,
        ),
        (FERRY, "The airline plans to cut 900 jobs within two years.", Label.DIFFERENT),
        (FERRY, "The museum was founded by a shipping magnate.", Label.DIFFERENT),
    ],
)
def test_the_plain_cases(one: str, other: str, label: Label) -> None:
    assert judged(one, other).label is label


@pytest.mark.parametrize(
    ("one", "other", "difference", "here", "there"),
    [
        (
            FERRY,
            "At least nine people were killed when a ferry capsized off the northern coast, the navy said.",
            Difference.NUMBER, "12", "nine",
        ),
        (
            "The museum was founded by a shipping magnate in 1911.",
            "The museum was founded in 1921 by a shipping magnate.",
            Difference.TIME, "1911", "1921",
        ),
        (
            "The council approved the new stadium by a wide margin.",
            "The council rejected the new stadium by a wide margin.",
            Difference.OUTCOME, "approved", "rejected",
        ),
        (
            "The minister did not sign the contract in the harbour office.",
            "The minister signed the contract in the harbour office.",
            Difference.NEGATION, "not", "signed",
        ),
    ],
)  # fmt: skip
def test_contradictions_point_at_their_words(
    one: str, other: str, difference: Difference, here: str, there: str
) -> None:
    found = judged(one, other)
    assert (found.label, found.difference) == (Label.CONFLICT, difference)
    assert one[slice(*found.here[0])] == here
    assert other[slice(*found.there[0])] == there


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("About 40 people were hurt in the blast at the mill.", "The blast at the mill hurt 38 people."),
        ("More than 30 houses were destroyed by the landslide.", "The landslide destroyed 34 houses."),
        ("Dozens of passengers were injured when the tram left the rails.", "The tram left the rails and injured 47 passengers."),
        ("The village lies 10 miles from the front line.", "The village lies about 16 km from the front line."),
        ("The plant is safe, the minister said on Monday.", "The plant is safe, the minister said on Monday evening at 6 p.m."),
        ("Call the police on 555 0123 with any information.", "Anyone with information should call the police on 555 0178."),
    ],
)  # fmt: skip
def test_rounding_and_other_traps_are_no_contradiction(one: str, other: str) -> None:
    found = judged(one, other)
    assert found.label is not Label.CONFLICT
    assert (found.difference, found.here, found.there) == (None, (), ())


def pairs() -> list[tuple[Statement, Statement]]:
    rows = [json.loads(line) for line in (Path(__file__).parents[2] / "training" / "alignment_invented.jsonl").open()]
    return [(statement(row["a"]), statement(row["b"])) for row in rows]


def test_sides_may_be_swapped_and_company_does_not_matter() -> None:
    given = pairs()
    there, back = align(given, ENGLISH), align([(b, a) for a, b in given], ENGLISH)
    alone = [align([pair], ENGLISH)[0] for pair in given]
    assert any(one.label is Label.CONFLICT for one in there)
    for one, other, single in zip(there, back, alone, strict=True):
        assert (one.label, one.difference, one.here, one.there) == (
            other.label,
            other.difference,
            other.there,
            other.here,
        )
        for name in ("same", "whole", "conflict"):
            assert math.isclose(getattr(one, name), getattr(other, name), abs_tol=1e-5)
            assert math.isclose(getattr(one, name), getattr(single, name), abs_tol=1e-5)
            assert 0 <= getattr(one, name) <= 1


def test_nothing_and_odd_sentences_are_judged() -> None:
    assert align([], ENGLISH) == []
    odd = [
        statement(text) for text in ("", "😀", "x" * 5_000, "1 " * 2_500, "東京で地震が発生し、12人が負傷した", FERRY)
    ]
    found = align([(one, other) for one in odd for other in odd], Frequencies.with_live("ja", {}, 0))
    assert all(math.isfinite(one.same + one.whole + one.conflict) for one in found)
    assert found[-1].label is Label.SAME


def test_ten_thousand_pairs_are_quick() -> None:
    given = pairs()
    sentences = [one for pair in given for one in pair]
    many = [(one, other) for one in sentences[:100] for other in sentences[:100]]
    begun = time.process_time()
    align(many, ENGLISH)
    # Some .6 s measured on an idle core; ten times that for a busy one.
    assert time.process_time() - begun < 6


def test_every_weight_has_the_name_of_its_feature(tmp_path: Path) -> None:
    kept = json.loads((WEIGHTS / alignment.FILE).read_text())
    assert list(kept["same"]["features"]) == list(alignment.FEATURES)
    del kept["same"]["features"]["cosine"]
    (tmp_path / "other.json").write_text(json.dumps(kept))
    (tmp_path / "none.json").write_text("[]")
    for name in ("other.json", "none.json", "absent.json"):
        with pytest.raises(AlignmentError, match=name):
            Scores.load(tmp_path / name)
