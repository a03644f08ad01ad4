"""The reader with its real weights, on invented texts: what it finds, offsets, bad input, time."""

from __future__ import annotations

import shutil
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from stories.nlp import reader, weightfiles, windows
from stories.nlp.findings import Attribution, Document, EntityKind, Form, Reading
from stories.nlp.terms import WEIGHTS

ARTICLE = """Port authority chief leaves after row over quay
The head of the port authority, Anna Kovač, has left her post, the Harbour Post reported on Tuesday, citing two people familiar with the matter.
“We wish her well,” said Boris Pem, a spokesman for the port. “There is nothing to add.”
Kovač told the newspaper that she had been asked to sign papers which she had not read. Two officials said the council had known of the row since March.
The mayor, Ruth Oyelaran, denied that the council “had any part” in it.
The port has lost a third of its traffic since the new motorway opened in spring. Two ferry lines have moved to Lindholm, and the old quay is closed."""


@pytest.fixture(scope="module")
def real() -> reader.Reader:
    return reader.load()


def at(text: str, *spans: tuple[int, int]) -> list[str]:
    return [text[start:end] for start, end in spans]


def by_cue(text: str, reading: Reading, cue: str) -> Attribution:
    return next(one for one in reading.attributions if cue in text[slice(*one.cue)])


def test_a_report_is_read(real: reader.Reader) -> None:
    (reading,) = real.read([ARTICLE])
    reported, told, denied = (by_cue(ARTICLE, reading, cue) for cue in ("reported", "told", "denied"))
    assert at(ARTICLE, *reported.source) == ["the Harbour Post"]
    assert at(ARTICLE, *reported.content)[0] == "The head of the port authority, Anna Kovač, has left her post"
    assert at(ARTICLE, *told.source) == ["Kovač"]
    assert at(ARTICLE, *told.content)[0].startswith("that she had been asked to sign papers")
    assert at(ARTICLE, *denied.source)[0].endswith("Ruth Oyelaran")
    assert denied.form is Form.MIXED
    said = by_cue(ARTICLE, reading, "said")
    assert at(ARTICLE, *said.content) == ["“We wish her well,”", "“There is nothing to add.”"]
    assert said.form is Form.DIRECT
    named = {ARTICLE[slice(*one.span)]: one.kind for one in reading.entities}
    assert named["Anna Kovač"] == named["Boris Pem"] == EntityKind.PERSON
    assert named["Lindholm"] is EntityKind.PLACE


def test_all_spans_lie_in_the_text_in_order_and_apart(real: reader.Reader) -> None:
    (reading,) = real.read([ARTICLE])
    cues = [one.cue for one in reading.attributions]
    assert cues == sorted(cues)
    for one in reading.attributions:
        assert one.content
        pieces = sorted([one.cue, *one.source, *one.content])
        assert all(start < end <= later for (start, end), (later, _) in pairwise(pieces))
        assert pieces[-1][1] <= len(ARTICLE)
        for start, end in (*one.source, *one.content):
            assert "\n" not in ARTICLE[start:end]
            assert not (start and ARTICLE[start - 1].isalnum() and ARTICLE[start].isalnum())
            assert not (end < len(ARTICLE) and ARTICLE[end - 1].isalnum() and ARTICLE[end].isalnum())


def test_a_headline_does_not_run_on_into_the_text(real: reader.Reader) -> None:
    (reading,) = real.read([ARTICLE])
    headline = ARTICLE.index("\n")
    for one in reading.attributions:
        sides = {start < headline for start, _ in (one.cue, *one.source, *one.content)}
        assert len(sides) == 1


def test_a_texts_reading_does_not_depend_on_its_neighbours(real: reader.Reader) -> None:
    other = "Rain in the north\nThe harbour was empty, a clerk said."
    alone = [real.read([text])[0] for text in (ARTICLE, other)]
    assert real.read([ARTICLE, other]) == alone
    assert real.read([other, ARTICLE, other]) == [alone[1], alone[0], alone[1]]


def test_offsets_are_those_of_str_also_after_emoji_and_combining_marks(real: reader.Reader) -> None:
    prefix = "Überraschung 😀👩‍👩‍👧 cafe\u0301 𝕏 İstanbul ﬁne\n"
    plain, moved = (real.read([text])[0] for text in (f"A word.\n{ARTICLE}", prefix + ARTICLE))
    spoken = [
        text[slice(*by_cue(text, one, "denied").cue)]
        for text, one in ((f"A word.\n{ARTICLE}", plain), (prefix + ARTICLE, moved))
    ]
    assert spoken == ["denied", "denied"]
    found = [(prefix + ARTICLE)[slice(*one.span)] for one in moved.entities]
    assert "Anna Kovač" in found
    assert "Boris Pem" in found


def test_nothing_is_found_in_nothing(real: reader.Reader) -> None:
    assert real.read([]) == []
    assert real.read(["", "\n", " \n\t ", "\u200b", "…"]) == [Reading()] * 5


@pytest.mark.parametrize(
    "text",
    [
        "قال المتحدث باسم الوزارة إن الميناء سيغلق يوم الاثنين. “لن ندفع”، قال.",
        "שר התחבורה אמר כי הנמל ייסגר ביום שני.",
        "😀" * 300,
        "“ " * 500 + "He said “it will close. “And “so “on.",
        '" \' ” ’ « » " He said "" it \' will " close.',
        "<p>He said <b>the port</b> will&nbsp;close.</p><script>var a = '<div>';</script>" * 20,
        "x" * 5_000,
        "[CLS] he said [SEP] that [PAD] it [MASK] closes [UNK]",
        "\x00\x07 he said \ufffd\ufeff it closes \ud800",
        "地震が発生し、市長は「避難してください」と述べた。" * 30,
        "He said\r\nthat it\u2028would close.\r\n\r\n" * 30,
    ],
    ids=[
        "arabic",
        "hebrew",
        "emoji",
        "open quotes",
        "odd quotes",
        "html",
        "one word",
        "special",
        "control",
        "cjk",
        "lines",
    ],
)
def test_strange_texts_are_read_without_harm(real: reader.Reader, text: str) -> None:
    (reading,) = real.read([text])
    assert reading.read
    for one in reading.attributions:
        assert all(0 <= start < end <= len(text) for start, end in (one.cue, *one.source, *one.content))


def test_one_sentence_of_5000_words(real: reader.Reader) -> None:
    text = "Pem said that " + "the port and the quay and " * 830 + "the town would close."
    began = time.process_time()
    (reading,) = real.read([text])
    assert time.process_time() - began < 20
    assert by_cue(text, reading, "said").content


@pytest.mark.endurance
def test_50000_words_take_bounded_time(real: reader.Reader) -> None:
    text = "\n".join([ARTICLE] * 450)
    assert len(text.split()) > 50_000
    began = time.process_time()
    (reading,) = real.read([text])
    assert time.process_time() - began < 60
    assert max(one.cue[1] for one in reading.attributions) <= reader.MOST_CHARACTERS


@pytest.mark.endurance
def test_scripts_of_one_token_a_character_are_bounded_too(real: reader.Reader) -> None:
    assert len(real.score("地" * 60_000).offsets) <= reader.MOST_TOKENS + 1


def test_other_languages_are_not_read() -> None:
    german = Document("Hafen zu", "Der Hafen schließt, sagte Pem.", lang="de")
    english = Document("Port closes", "The port will close, Pem said.", lang="en-GB")
    unknown = Document("Port closes", "The port will close, Pem said.", lang="")
    assert [one.read for one in reader.read_documents([german, english, unknown])] == [False, True, False]
    assert reader.read_documents([german]) == [Reading(read=False)]


def test_a_line_without_an_end_gets_a_full_stop() -> None:
    text = "Port closes\nHe said so.\n“Now,” he said: “yes”"
    offsets = [(0, 4), (5, 11), (12, 14), (15, 19), (20, 22), (22, 23), (24, len(text))]
    ids, spans = reader.stopped(text, list(range(7)), offsets)
    assert ids == [0, 1, reader.STOP, 2, 3, 4, 5, 6, reader.STOP]
    assert spans[2] == (11, 11)


@pytest.mark.parametrize("tokens", [1, 382, 383, 636, 637, 5_000])
def test_windows_decide_every_token_once_with_context_around_it(tokens: int) -> None:
    cut = windows.windows(tokens)
    assert [place for window in cut for place in window.decides] == list(range(tokens))
    for window in cut:
        assert window.end - window.start <= windows.TOKENS
        for edge, token in ((window.start, window.decides.start), (window.end - 1, window.decides.stop - 1)):
            assert edge in (0, tokens - 1) or abs(edge - token) >= 63


def test_one_reader_for_the_process(real: reader.Reader) -> None:
    assert reader.load() is real


def test_threads_do_not_change_what_is_read(real: reader.Reader) -> None:
    assert reader.Reader(threads=2).read([ARTICLE]) == real.read([ARTICLE])


@pytest.mark.parametrize("name", [reader.MODEL, reader.DISTANCE, weightfiles.TOKENIZER])
def test_missing_and_other_weights_are_refused(name: str, tmp_path: Path) -> None:
    for one in (reader.MODEL, reader.DISTANCE, weightfiles.TOKENIZER):
        if one != name:
            shutil.copy(WEIGHTS / one, tmp_path)
    with pytest.raises(weightfiles.WeightsError, match=r"can't be read: No such file"):
        reader.Reader(tmp_path)
    (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(weightfiles.WeightsError, match="is not the expected one"):
        reader.Reader(tmp_path)


def test_scores_are_of_the_tokens(real: reader.Reader) -> None:
    scores = real.score(ARTICLE)
    assert len(scores.offsets) == len(scores.cues) == len(scores.names)
    assert scores.cues.dtype == np.float32
    assert all(link.scores.shape[1] == 2 for link in scores.links)
