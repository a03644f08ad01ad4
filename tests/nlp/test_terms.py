"""Terms, their document frequencies, their weights."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from stories.nlp import terms
from training import document_frequencies

SMALL = terms.Background(100, {"the": 100, "harbour": 4})


def test_terms_are_lower_case_words_of_title_and_text() -> None:
    assert terms.counts("Veldhaven's Harbour", "the harbour: £3.5m, I think") == {
        "veldhaven": 1, "harbour": 2, "the": 1, "5m": 1, "think": 1
    }  # fmt: skip


def test_runs_of_more_than_forty_characters_are_no_terms() -> None:
    assert list(terms.counts("a" * 41, "b" * 40)) == ["b" * 40]


def test_only_the_lead_counts() -> None:
    counts = terms.counts("Title", " ".join(f"w{number}" for number in range(500)))
    assert "w159" in counts
    assert "w160" not in counts


def test_a_text_without_spaces_is_cut() -> None:
    assert len(terms.lead("地" * 100_000)) == terms.LEAD_CHARACTERS


def test_idf_falls_with_use_and_is_never_negative() -> None:
    frequencies = terms.Frequencies(SMALL)
    assert frequencies.idf("unseen") > frequencies.idf("harbour") > frequencies.idf("the") > 0
    # Counts read while others write them may run ahead of the total.
    assert terms.Frequencies(SMALL, {"the": 50}, 1).idf("the") > 0


def test_live_counts_handed_in_are_as_good_as_counted_here() -> None:
    counted = terms.Frequencies(SMALL)
    for words in (["harbour", "vote"], ["vote"]):
        counted.add(words)
    handed = terms.Frequencies(SMALL, {"harbour": 1, "vote": 2}, 2)
    assert [counted.idf(word) for word in ("harbour", "vote", "the")] == [
        handed.idf(word) for word in ("harbour", "vote", "the")
    ]
    assert handed.documents == 102


def test_adding_leaves_the_callers_mapping_and_the_background_alone() -> None:
    live = {"vote": 1}
    terms.Frequencies(SMALL, live, 1).add(["vote", "harbour"])
    assert live == {"vote": 1}
    assert SMALL.counts["harbour"] == 4


def test_a_word_counts_once_per_article() -> None:
    frequencies = terms.Frequencies(terms.NO_BACKGROUND)
    frequencies.add(["vote", "vote"])
    assert frequencies.live_counts == {"vote": 1}


def test_weights_have_length_one_and_favour_the_rare() -> None:
    weights = terms.weigh({"the": 3, "harbour": 1}, terms.Frequencies(SMALL))
    assert math.hypot(*weights.values()) == pytest.approx(1)
    assert weights["harbour"] > weights["the"]


def test_no_terms_weigh_nothing() -> None:
    assert terms.weigh({}, terms.Frequencies(SMALL)) == {}


def test_the_very_first_article_of_a_language_can_be_weighed() -> None:
    weights = terms.weigh({"ein": 2, "haus": 1}, terms.Frequencies.with_live("de", {}, 0))
    assert math.hypot(*weights.values()) == pytest.approx(1)


def test_the_background_ships_for_english_alone() -> None:
    english = terms.background("en-GB")
    assert english.documents == 3000
    assert english.counts["the"] > 0.9 * english.documents
    assert min(english.counts.values()) >= 3
    assert terms.background("de") is terms.NO_BACKGROUND
    assert terms.background("") is terms.NO_BACKGROUND


def test_the_background_holds_single_terms_and_no_text() -> None:
    assert all(terms.TERM.fullmatch(term) for term in terms.background("en").counts)


def test_the_table_is_made_of_counts_in_enough_texts(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"title": "Vote vote", "text": "harbour"}\n' * 3 + '{"title": "Rain", "text": null}\n' * 2)
    table = document_frequencies.count(rows, documents=4, least=2)
    assert table == terms.Background(4, {"harbour": 3, "vote": 3})
    document_frequencies.write(table, tmp_path / "table.json.gz")
    assert terms.read_background(tmp_path / "table.json.gz") == table
