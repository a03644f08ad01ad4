"""Which statements reports share, what each of them has of each, and where they contradict each other."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from stories.nlp.claims import placed
from stories.nlp.comparison import Difference, Place, State
from tests.nlp.comparing import LANDSLIDE, compared, reports, words


@pytest.fixture(scope="module")
def story():
    rows = reports()
    return rows, *compared(rows)


def claim_of(story, text: str):
    rows, _, claims, _ = story
    return next(claim for claim in claims if text in words(rows, claim.article, claim.span))


def test_what_most_outlets_tell_first_comes_first(story):
    rows, _, claims, _ = story
    assert "killed" in words(rows, claims[0].article, claims[0].span) or "14" in words(
        rows, claims[0].article, claims[0].span
    )
    assert [claim.weight for claim in claims] == sorted((claim.weight for claim in claims), reverse=True)


def test_each_cell_points_at_the_sentence_that_it_speaks_of(story):
    rescued = claim_of(story, "alive from the mud")
    assert {cell.article: cell.state for cell in rescued.cells} == {1: State.SAME, 2: State.SAME}
    assert words(story[0], 2, rescued.cells[1].span).startswith("Nine men were pulled alive")
    assert (rescued.outlets, rescued.voices) == (2, 2)
    assert rescued.key == (1, rescued.span[0])


def test_a_claim_says_where_it_stands(story):
    closing = claim_of(story, "upper terrace")
    assert [cell.place for cell in closing.cells] == [Place.MIDDLE, Place.OPENING]
    assert 0 < closing.cells[0].position < 1


def test_a_contradiction_is_no_agreement(story):
    rows, _, claims, found = story
    toll = next(one for one in found if one.difference is Difference.NUMBER)
    assert {side.value for side in toll.sides} == {"14", "41"}
    against = next(side for side in toll.sides if side.value == "41")
    assert {cell.article for cell in against.cells} == {3}
    assert words(rows, 3, against.cells[0].here[0]).lower() in ("forty-one", "41")
    agreeing = next(side for side in toll.sides if side.value == "14")
    assert {cell.article for cell in agreeing.cells} == {1, 2}
    for claim in claims:
        said = {cell.article for cell in claim.cells if cell.state is State.SAME and cell.place is not Place.HEADLINE}
        assert not {1, 3} <= said or "terrace" in words(rows, claim.article, claim.span)


def test_what_one_outlet_says_alone_is_no_claim(story):
    rows, _, claims, _ = story
    assert not any("employs 212" in words(rows, claim.article, claim.span) for claim in claims)


def test_an_outlet_that_corrects_itself_is_no_conflict():
    rows = reports(LANDSLIDE[1:3])
    assert compared(rows)[2]
    same = [replace(report, outlet="Ledger") for report in rows]
    assert not compared(same)[2]


def test_copies_share_every_word_and_count_as_one_voice():
    rows = reports((LANDSLIDE[0], ("Copy", *LANDSLIDE[0][1:]), LANDSLIDE[1]))
    _, claims, _ = compared(rows)
    rescued = next(claim for claim in claims if "alive" in words(rows, claim.article, claim.span))
    assert [cell.score for cell in rescued.cells][:2] == [1.0, 1.0]
    assert rescued.outlets == 3


def test_the_order_in_which_reports_are_given_is_the_only_one_that_counts(story):
    rows = list(story[0])
    again = [*rows]
    random.Random(3).shuffle(again)
    again.sort(key=lambda report: (report.at, report.article))
    assert compared(again)[1] == story[2]


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (LANDSLIDE[0],),
        (LANDSLIDE[3], ("Other", "", "")),
        (("A", "Title", "  "), ("B", "عنوان", "نص قصير جدا عن حدث ما في مكان ما اليوم.")),
        (("A", "🌊" * 30, "“" * 500), ("B", "🌊" * 30, "“" * 500)),
        (("A", "One", "word " * 3000), ("B", "Two", "word " * 3000)),
    ],
)
def test_odd_reports_yield_what_there_is(rows):
    made = reports(rows)
    _, claims, found = compared(made)
    for claim in claims:
        for cell in claim.cells:
            assert words(made, cell.article, cell.span)
    assert len(found) <= len(claims)


def test_spans_of_an_even_text_are_found_in_the_uneven_one():
    whole = "A title\n  Nine   men were\u00a0saved."
    assert words_at(whole, placed(((0, 4), (9, 13)), whole, (10, len(whole)))) == ["Nine", "were"]
    assert placed((), whole, (8, 20)) == ()
    assert placed(((0, 99),), whole, (10, len(whole))) == ()


def words_at(whole: str, spans) -> list[str]:
    return [whole[slice(*span)] for span in spans]
