"""Loaded words: which are asked for, what the model's scores make of them, and the real reader on invented texts."""

from __future__ import annotations

import time

import numpy as np
import pytest

from stories.nlp import loaded, reader
from stories.nlp.examine import examine
from stories.nlp.findings import Document, Reading
from tests.nlp.findings import seeded
from tests.nlp.telling import at

SHAMEFUL = "The shameless minister slammed the harbour board on Tuesday."


def words(text: str) -> list[str]:
    return [text[slice(*word)] for one in loaded.asked(text) for word in one.words]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SHAMEFUL, ["shameless", "slammed"]),
        ("Twelve people were killed in the war.", []),
        ("The rocket blasted off, and she slammed the door.", []),
        ("The paper Brutal Truth was read by many of the people there.", []),
        ("Brutal fighting went on.", ["Brutal"]),
        ("Brazen Thieves Slam Harbour Board", ["Brazen", "Slam"]),
        ("An awful lot of rain fell.", []),
        ("", []),
        ("قال الوزير إن الميناء سيغلق", []),
    ],
    ids=["loaded", "what happened", "phrases", "a name", "begins a sentence", "title case", "a lot", "empty", "arabic"],
)
def test_which_words_are_asked_for(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_sentences_are_asked_for_by_themselves() -> None:
    one, other = loaded.asked(f"{SHAMEFUL} It rained. It was a brutal night.\nIt rained.")
    assert [one.words, other.words] == [(at(SHAMEFUL, "shameless"), at(SHAMEFUL, "slammed")), other.words]
    assert other.sentence[0] == len(SHAMEFUL) + 12


def test_no_more_than_so_many_sentences_are_asked_for() -> None:
    assert len(loaded.asked("It was a brutal night. " * 500)) == loaded.MOST_SENTENCES


def test_the_best_token_of_a_word_decides() -> None:
    text = f"It rained. {SHAMEFUL}"
    (one,) = loaded.asked(text)
    offsets = [(0, 3), (4, 9), (9, 13), (14, 22), (23, 30)]
    yes, no = loaded.LOADED + 0.1, loaded.LOADED - 0.1
    scores = np.array([yes, no, yes, yes, no], np.float32)
    assert [text[slice(*span)] for span in loaded.over(one, offsets, scores)] == ["shameless"]
    assert loaded.over(one, [], np.zeros(0, np.float32)) == ()


def test_the_reader_marks_words_in_their_place() -> None:
    text = f"Ferry aground\nThe ferry ran aground at dawn. {SHAMEFUL}\nNobody was hurt."
    (reading,) = reader.load().read([text])
    assert [text[slice(*span)] for span in reading.loaded] == ["shameless", "slammed"]


def test_sober_sentences_have_none() -> None:
    text = "Port closes\nThe port will close on Monday, the harbour board said. Two ferry lines have moved to Lindholm."
    assert reader.load().read([text])[0].loaded == ()


def test_offsets_hold_after_emoji_and_odd_letters() -> None:
    text = f"😀👩‍👩‍👧 cafe\u0301 İstanbul ﬁne \ud800.\n{SHAMEFUL}"
    assert [text[slice(*span)] for span in reader.load().loaded(text)] == ["shameless", "slammed"]


def test_findings_hold_what_the_reading_holds_and_nothing_of_an_unread_text() -> None:
    document = Document("Ferry aground", SHAMEFUL, "The Tide")
    spans = (at(document.whole, "shameless"),)
    assert examine(document, Reading(loaded=spans), seeded()).loaded == spans
    assert examine(document, Reading(read=False), seeded()).loaded == ()


def test_an_endless_sentence_and_fifty_thousand_words_take_bounded_time() -> None:
    began = time.process_time()
    reader.load().loaded("the brutal harbour " * 17_000)
    reader.load().loaded("It was a brutal night in the harbour. " * 7_000)
    assert time.process_time() - began < 15
