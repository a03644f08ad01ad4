"""The traits of a report: names, numbers, dates, years and quotes as patterns find them, in any language of capitals."""

from __future__ import annotations

import json
import time

import pytest

from stories.nlp.traits import MAX_QUOTES, QUOTE_WORDS, Traits, traits

TITLE = "Orlova quits Veldhaven harbour board"
TEXT = (
    "The chair of the board, Nadia Orlova, resigned on Tuesday. Auditors found that 14 of 27 bids for Veldhaven’s"
    " dredging tender had been opened early. “I have done nothing that I would not do again tomorrow morning,” she said."
)
# As long as a term (nlp.terms), and shorter than the columns that terms are counted in.
LONGEST = 40


def test_names_are_words_with_a_capital_that_do_not_open_a_sentence() -> None:
    found = traits(TITLE, TEXT)
    assert found.names == {"orlova": 2, "veldhaven": 2, "nadia": 1, "tuesday": 1}


def test_what_opens_a_sentence_may_be_any_word_and_a_title_is_all_names() -> None:
    text = "Rescuers dug. Boats came! Why? Nobody knows. Walls fell on Skarv. “Nothing held,” Vale said."
    assert traits("", text).names == {"skarv": 1, "vale": 1}
    assert traits("Rescuers dig in Skarv", "").names == {"rescuers": 1, "skarv": 1}


def test_the_genitive_is_the_same_name() -> None:
    assert traits("", "It is Skarv’s, and Skarv's, not of Skarv; O’Neill’s boat.").names == {"skarv": 3, "o’neill": 1}


def test_single_letters_and_lower_case_words_are_no_names() -> None:
    assert traits("", "So said A. and the de facto mayor of x, B, in eBay").names == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Вчера в Москве Песков сказал, что Иванов ушёл.", {"москве": 1, "песков": 1, "иванов": 1}),
        ("Am Montag trat Björn Öztürk in Überlingen zurück.", {"montag": 1, "björn": 1, "öztürk": 1, "überlingen": 1}),
        ("Χθες ο Παπαδόπουλος ήταν στην Αθήνα.", {"παπαδόπουλος": 1, "αθήνα": 1}),
        ("Hier, Jean-Claude d'Estaing était là.", {"jean-claude": 1}),
        ("昨日東京で地震がありました。", {}),
    ],
)
def test_names_in_other_languages(text: str, names: dict[str, int]) -> None:
    assert traits("", text).names == names


def test_numbers_without_years() -> None:
    text = "In 2021 some 1,200 of 14 died, 14 at 6.1 and 3.5 % in B52 or 7th; v2.0 in 1999, 20215 in all."
    assert traits("Budget 71–66", text).numbers == {
        "71": 1, "66": 1, "1,200": 1, "14": 2, "6.1": 1, "3.5": 1, "20215": 1
    }  # fmt: skip


def test_years_are_kept_apart() -> None:
    found = traits("From 1999", "to 2021, not 2100 or 12021 or 1899.")
    assert found.years == {"1999", "2021"}
    assert "2021" not in found.numbers


@pytest.mark.parametrize(
    "text",
    [
        "on March 4 in court", "on Mar. 4, 2021", "on 4 March 2021", "the 4th March", "on march 4th", "(4 MARCH)",
    ],
)  # fmt: skip
def test_dates_are_read_in_both_orders(text: str) -> None:
    assert traits("", text).dates == {"03-04"}


def test_what_is_no_day_of_a_month_is_no_date() -> None:
    assert traits("", "March 2021, May 0, Jun 32, 45 December, on 4.3., 4 people").dates == set()


def test_several_dates_and_one_of_the_title() -> None:
    assert traits("Vote on 9 May", "After September 30 and 1 October.").dates == {"05-09", "09-30", "10-01"}


def test_dates_and_years_are_looked_for_near_the_head_only() -> None:
    far = "word " * 700 + "on 4 March 2021"
    assert traits("", far).dates == traits("", far).years == frozenset()


def test_a_quote_is_known_by_its_first_words() -> None:
    (head,) = traits("", TEXT).quotes
    assert head == "i have done nothing that i would not"
    cut = 'She said: "I have done nothing that I would not do!"'
    assert traits("", cut).quotes == {head}
    assert len(head.split()) == QUOTE_WORDS


def test_short_quotes_and_lone_marks_are_left_out() -> None:
    text = '“A catastrophe unforeseen,” he said. “No comment.” An inch is 1" and “this quotation is never closed'
    assert traits("", text).quotes == frozenset()


def test_quotes_of_a_long_report_are_bounded() -> None:
    text = " ".join(f"“Number {n} of the many things that were said”" for n in range(60))
    assert len(traits("", text).quotes) == MAX_QUOTES


def test_quotes_are_found_beyond_the_lead_and_names_are_not() -> None:
    late = "word " * 400 + "said Orlova: “We never saw that letter before today.”"
    found = traits("", late)
    assert found.quotes == {"we never saw that letter before today"}
    assert found.names == {}
    assert found.words == 409


def test_traits_survive_json_and_the_same_text_gives_the_same_row() -> None:
    found = traits(TITLE, TEXT + " On 4 March 2021 and 30 September.")
    kept = json.dumps(found.as_json())
    assert Traits.from_json(json.loads(kept)) == found
    assert found.dates
    assert found.quotes
    again = traits(TITLE, TEXT + " On 4 March 2021 and 30 September.")
    assert json.dumps(again.as_json()) == kept


def test_an_empty_report_has_no_traits() -> None:
    assert traits("", "") == Traits({}, {}, frozenset(), frozenset(), frozenset(), 0)


@pytest.mark.parametrize(
    "part",
    [
        "A", "A-", "A’", "'", "1", "1,", "1.", "1 ", "May ", "May1 ", "jan", "January", "1 January", "“", "“a", "\"", "Aa. ",
        "é", "\u0301A", "。", "\n", " ", "A" + "b’" * 30, "𝔄", "١",
    ],
)  # fmt: skip
def test_hostile_text_is_read_in_time(part: str) -> None:
    text = part * (400_000 // len(part))
    begun = time.perf_counter()
    found = traits(text[:5_000], text)
    assert time.perf_counter() - begun < 1.5
    assert all(len(key) <= LONGEST for key in (*found.names, *found.numbers))
