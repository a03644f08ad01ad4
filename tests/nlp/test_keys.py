"""What a story is known by."""

from __future__ import annotations

import math

import pytest

from stories.nlp.keys import Named, asked, fold, is_number, telling
from stories.nlp.terms import Background, Frequencies

TABLE = Frequencies(Background(3000, {"monday": 900, "halvern": 40, "aldenmoor": 80, "100": 300}))


def test_the_rarest_and_most_told_come_first() -> None:
    reports = [Named({"imrie", "halvern"}, {"186"}), Named({"imrie", "aldenmoor"}, {"186"})]
    found = telling(reports, TABLE)
    assert list(found) == ["186", "imrie", "halvern"]
    assert found["imrie"] == pytest.approx(TABLE.idf("imrie"))
    assert found["halvern"] < found["imrie"]


def test_common_words_are_no_keys() -> None:
    assert telling([Named({"monday"}, {"100"})], TABLE) == {}


def test_in_a_large_story_a_key_stands_in_two_reports() -> None:
    lone, shared = Named({"imrie", "ardle"}, ()), Named({"imrie"}, ())
    assert set(telling([lone, shared], TABLE)) == {"imrie", "ardle"}
    assert set(telling([lone, shared, shared], TABLE)) == {"imrie"}


def test_at_most_so_many() -> None:
    found = telling([Named({f"name{chr(97 + n)}" for n in range(26)}, {str(n) for n in range(101, 150)})], TABLE)
    assert sum(map(is_number, found)) == 6
    assert len(found) == 24


def test_keys_are_compared_without_accents_and_hyphens() -> None:
    found = telling([Named({"são", "mandalay-bay-hotel", "łódź", "brønnøysund"}, ())], TABLE)
    assert set(found) == {"sao", "mandalay", "bay", "hotel", "lodz", "bronnoysund"}


def test_the_rarity_is_that_of_the_word_as_written() -> None:
    table = Frequencies(Background(3000, {"méxico": 40}))
    assert telling([Named({"méxico"}, ())], table)["mexico"] == pytest.approx(table.idf("méxico"))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("22,000", "22000"),
        ("22.000", "22000"),
        ("6.1", "6.1"),
        ("6,1", "6.1"),
        ("1,234,567", "1234567"),
        ("186", "186"),
    ],
)
def test_numbers_are_written_in_one_way(written, key) -> None:
    assert list(telling([Named((), {written})], TABLE)) == [key]


@pytest.mark.parametrize("round_number", ["7", "20", "500", "20,000", "0"])
def test_round_numbers_tell_nothing(round_number) -> None:
    assert telling([Named((), {round_number})], TABLE) == {}


def test_other_scripts_stay_as_they_are() -> None:
    assert fold("Йорк") == "йорк"
    assert fold("がっこう") == "がっこう"
    assert fold("서울") == "서울"


def test_a_young_table_still_tells_names_apart() -> None:
    young = Frequencies(Background(0, {}), {"regjeringen": 9}, 12)
    assert set(telling([Named({"regjeringen", "brønnøy"}, ())], young)) == {"bronnoy"}


def test_a_storys_own_reports_do_not_make_its_names_common() -> None:
    reports = [Named({"imrie"}, ()) for _ in range(4)]
    busy = Frequencies(Background(0, {}), {"imrie": 4, "ardle": 4}, 5)
    assert telling(reports, busy) == {"imrie": pytest.approx(math.log(6 / 0.5))}
    assert telling([Named({"ardle"}, ())], busy) == {}


def test_the_first_report_of_a_language_has_keys() -> None:
    first = Frequencies(Background(0, {}), {"imrie": 1, "186": 1}, 1)
    assert set(telling([Named({"imrie"}, {"186"})], first)) == {"imrie", "186"}


def test_it_asks_for_the_words_as_counted() -> None:
    assert asked([Named({"mandalay-bay", "são"}, {"22,000", "7"})]) == {"mandalay", "bay", "são", "22000"}


def test_nothing_makes_nothing() -> None:
    assert telling([], TABLE) == {}
    assert telling([Named((), ())], TABLE) == {}
