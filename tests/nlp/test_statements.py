"""Sentences as they are compared: stems, meanings, what is left of a sentence without its source, numbers."""

from __future__ import annotations

import time

import pytest

from stories.nlp.numbers import Kind, Number, Verdict, compare
from stories.nlp.statements import concept, statement, stem, stemmed
from stories.nlp.terms import Background, Frequencies


def first(text: str) -> Number:
    return statement(text).numbers[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bridges", "bridge"), ("closed", "closing"), ("destabilising", "destabilizing"), ("labour", "labor"),
        ("mayor's", "mayor"), ("families", "family"), ("crashes", "crash"), ("stopped", "stop"),
    ],
)  # fmt: skip
def test_words_of_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other) != ""


@pytest.mark.parametrize("word", ["the", "said", "a", "it's", "'"])
def test_little_words_have_no_stem(word: str) -> None:
    assert stem(word) == "" == concept(word)


def test_words_of_one_meaning_stand_for_each_other() -> None:
    assert concept("killed") == concept("deaths") == concept("died")
    assert concept("injured") == concept("wounding") != concept("died")


def test_the_clause_of_who_said_so_is_left_out_of_own() -> None:
    for text in (
        "The dam will be repaired in spring, the ministry spokeswoman said on Friday.",
        "HILLVIEW (AP) — The dam will be repaired in spring, according to the ministry spokeswoman.",
        "A ministry spokeswoman said that the dam will be repaired in spring.",
    ):
        made = statement(text)
        assert {"dam", stem("repaired"), "spring"} <= made.own
        assert "ministry" in made.terms and "ministry" not in made.own


def test_what_stands_around_is_kept_apart() -> None:
    made = statement("The bridge is shut.", before="Rain fell.", after="Cars wait.")
    assert {stem("rain"), stem("cars")} <= made.around
    assert not made.around & made.terms.keys()


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("At least 41 people were killed.", Kind.COUNT, 41, "die"),
        ("The storm injured twenty-three people.", Kind.COUNT, 23, "injure"),
        ("The bank lost $2.5 billion.", Kind.MONEY, 2.5e9, "$"),
        ("They paid two million pounds.", Kind.MONEY, 2e6, "£"),
        ("Sales fell 7 percent.", Kind.PERCENT, 7, ""),
        ("A six-year-old boy fell.", Kind.AGE, 6, ""),
        ("It opened in 1998.", Kind.YEAR, 1998, ""),
        ("They met on 14 June.", Kind.DATE, 614, ""),
        ("They met on June 14, 2016.", Kind.DATE, 614, "2016"),
        ("It sank at 5:10 a.m. today.", Kind.CLOCK, 310, ""),
        ("It sank on Tuesday.", Kind.WEEKDAY, 1, ""),
        ("His third win made headlines.", Kind.ORDINAL, 3, ""),
        ("He crashed on lap 14 again.", Kind.LABEL, 14, ""),
    ],
)
def test_numbers_are_read(text: str, kind: Kind, value: float, unit: str) -> None:
    found = first(text)
    assert (found.kind, found.value, found.unit) == (kind, value, unit)
    assert 0 <= found.span[0] < found.span[1] <= len(text)


@pytest.mark.parametrize(
    "text", ["The craft TMA-10M docked.", "The crew of Expedition 24 left.", "One lap later he won."]
)
def test_names_with_numbers_count_nothing(text: str) -> None:
    assert statement(text).numbers == ()


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("Nine people died in the fire.", "The fire killed 11 people.", Verdict.DIFFER),
        ("About 40 people were hurt.", "The blast injured 38 people.", Verdict.AGREE),
        ("More than 30 houses burnt.", "The fire took 34 houses.", Verdict.AGREE),
        ("Dozens of passengers were injured.", "The derailment injured 47 passengers.", Verdict.AGREE),
        ("The village is 20 miles away.", "The village is 30 km away.", Verdict.AGREE),
        ("The village is 20 miles away.", "The village is 60 km away.", Verdict.DIFFER),
        ("He was fined $1,688 over the fall of the fence.", "He was fined about $1,680 over the fall.", Verdict.AGREE),
        ("Nine people died in the fire.", "The company sold 300 cars.", Verdict.APART),
        ("Sales fell 7 percent.", "Nine people died.", Verdict.APART),
        ("It happened in May 2003.", "It happened in April 2008.", Verdict.APART),
        ("A 4-year-old boy fell.", "A three-year-old boy fell.", Verdict.DIFFER),
        ("A 4-year-old boy fell.", "A 31-year-old nurse helped.", Verdict.APART),
        ("The fire killed 84 people.", "The fire killed many, including 10 children.", Verdict.APART),
    ],
)
def test_what_two_numbers_say_of_each_other(one: str, other: str, verdict: Verdict) -> None:
    assert compare(first(one), statement(other).numbers[-1]) is verdict
    assert compare(statement(other).numbers[-1], first(one)) is verdict


def test_denials_are_found() -> None:
    made = statement("The mayor didn't resign and has no plan to.")
    assert [made.words[at].lower for at in made.negations] == ["didn't", "no"]


def test_frequencies_by_stems_keep_the_most_frequent_word() -> None:
    table = stemmed(Frequencies(Background(100, {"bridge": 7, "bridges": 3, "the": 90}), {"bridges": 9}, 20))
    assert (table.background.counts, table.live_counts, table.documents) == (
        {stem("bridge"): 7},
        {stem("bridge"): 9},
        120,
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "😀", "…", '"' * 5_000, "x" * 5_000, "1 " * 2_500, "9" * 5_000, "1,000," * 900, "said, " * 900, "12:30 am " * 600,
     "дом стоит у реки, погибли 12 человек", "東京で地震が発生し、12人が負傷した", "٣ قتلى في حادث", "²³ ½ Ⅷ", "June June 31st of"],
)  # fmt: skip
def test_whatever_is_given_is_read_in_bounded_time(text: str) -> None:
    begun = time.process_time()
    made = statement(text, before=text, after=text)
    assert time.process_time() - begun < 1
    assert made.text == text
