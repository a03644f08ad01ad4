"""The reader: who said what, and which names stand where, in one pass over an English text.

A small encoder on onnxruntime (weights/MODEL_CARD.md) scores every token: is it a cue ("said", "according to"), does it
belong to a cue's source or content, is it part of a name, is it loaded. Scores become spans in stories.nlp.spans. It
knows English only and says so of other texts; what kind of source somebody is, or who "he" is, is decided in
stories.nlp.sources. Load it in the process that uses it, never before a fork.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from stories.nlp import loaded, spans, weightfiles
from stories.nlp.findings import Document, Reading, Span, Spans
from stories.nlp.runs import Links, Scores, may_begin
from stories.nlp.terms import WEIGHTS, is_english
from stories.nlp.windows import TOKENS, Floats, Window, framed, windows

MODEL = "reader.int8.onnx"
SHA256 = "d6763a0116a485b8b358c009268932fa1893852fee46f9bdbd4c96a3c6246f20"
DISTANCE = "reader_link_distance.npy"
DISTANCE_SHA256 = "868ff37ba2c9d81a4d85dbf90d170c77f5235c62d86be084fbe4a11af9ccee8a"
OUTPUTS = ("cue", "ner", "link_query", "link_key", "link_bias")
LOADED = ("loaded",)
# Tokens further from a cue than this all count as this far; what the model was trained with.
FURTHEST = 64
# Characters that are read. The longest features have 20,000 words; what is longer is a page full of something else,
# and 16 such articles in one batch must end within the read step's lease: 8 s each on one core.
MOST_CHARACTERS = 120_000
# Scripts in which every character is a token would make ten times the windows of as long an English text.
MOST_TOKENS = 30_000

# Half of a character, which a str can hold and the tokenizer can't.
HALF = re.compile("[\ud800-\udfff]")
# A full stop, and what a line ends with that needs none, closing marks after it or not.
STOP = 1012
ENDED = re.compile(r"[.!?…:;,—–-][”\"’')\]»]{0,2}$")


class Reader:
    """Finds attributions and names on the CPU. Safe to share between threads."""

    def __init__(self, weights: Path = WEIGHTS, threads: int = 1) -> None:
        self._session = weightfiles.session(weights / MODEL, SHA256, threads)
        self._tokenizer = weightfiles.tokenizer(weights)
        self._distance: Floats = np.load(weightfiles.checked(weights / DISTANCE, DISTANCE_SHA256))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """What is found in each text, a whole document in English; offsets are those of Python's str."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Reading:
        return replace(spans.reading(text, self.score(text)), loaded=self.loaded(text))

    def score(self, text: str) -> Scores:
        """The model's scores of the text's tokens, cues with their links among them.

        One window at a time, on purpose: int8 scales are taken over a whole batch, so that in a batch a text's result
        would depend on its neighbours (logits differ by up to .75). It is the fastest way too: 53 ms for a full window
        alone, 58 in fours, 70 in eights, on one core; two threads take longer than one where cores are shared.
        """
        whole = HALF.sub("\ufffd", text[:MOST_CHARACTERS])
        encoded = self._tokenizer.encode(whole, add_special_tokens=False)
        ids, offsets = stopped(text, encoded.ids[:MOST_TOKENS], encoded.offsets[:MOST_TOKENS])
        cues = np.zeros((len(ids), 3), np.float32)
        names = np.zeros((len(ids), 9), np.float32)
        links: list[Links] = []
        for window in windows(len(ids)) if ids else ():
            found = self._run(ids, window)
            own = slice(window.decides.start - window.start, window.decides.stop - window.start)
            cues[window.decides.start : window.decides.stop] = found["cue"][own]
            names[window.decides.start : window.decides.stop] = found["ner"][own]
            links += self._links(found, window)
        return Scores(offsets, cues, names, tuple(links))

    def loaded(self, text: str) -> Spans:
        """The loaded words of a text; each sentence that may hold one is scored by itself.

        That adds a twelfth to the time of a reading: one sentence in eight holds a word that may be loaded.
        """
        found: list[Span] = []
        for one in loaded.asked(text[:MOST_CHARACTERS]):
            sentence = HALF.sub("\ufffd", text[slice(*one.sentence)])
            encoded = self._tokenizer.encode(sentence, add_special_tokens=False)
            ids, offsets = encoded.ids[:TOKENS], encoded.offsets[:TOKENS]
            logits = self._run(ids, Window(0, len(ids), range(len(ids))), LOADED)["loaded"]
            found += loaded.over(one, offsets, logits.reshape(-1))
        return tuple(found)

    def _run(self, ids: Sequence[int], window: Window, outputs: Sequence[str] = OUTPUTS) -> dict[str, Any]:
        """The model's outputs for a window, without those of [CLS] and [SEP]."""
        tokens = framed(ids, window)
        feed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        return dict(zip(outputs, (output[0, 1:-1] for output in self._session.run(outputs, feed)), strict=True))

    def _links(self, found: dict[str, Any], window: Window) -> list[Links]:
        """For every token that may begin a cue, how each token of the window is linked to it as source and content."""
        size = window.end - window.start
        query, key = (found[name].reshape(size, 2, -1) for name in ("link_query", "link_key"))
        links = []
        for token in window.decides:
            cue = token - window.start
            if may_begin(found["cue"][cue]):
                steps = np.clip(np.arange(size) - cue, -FURTHEST, FURTHEST) + FURTHEST
                product = np.einsum("rd,trd->tr", query[cue], key) / np.sqrt(query.shape[-1])
                scores = (product + self._distance[steps] + found["link_bias"]).astype(np.float32)
                links.append(Links(token, window.start, scores))
        return links


def stopped(text: str, ids: Sequence[int], offsets: Sequence[Span]) -> tuple[list[int], list[Span]]:
    """The tokens with a full stop, of no width, after each line that ends without one, as headlines do.

    Line breaks are lost on the tokenizer: a headline would run on into the first sentence, and take its cue's source.
    In the corpus that the model was trained on, headlines end with a full stop.
    """
    with_stops: list[int] = []
    spans: list[Span] = []
    for place, (token, (start, end)) in enumerate(zip(ids, offsets, strict=True)):
        with_stops.append(token)
        spans.append((start, end))
        after = offsets[place + 1][0] if place + 1 < len(offsets) else len(text)
        ends = after == len(text) or "\n" in text[end:after]
        if ends and not ENDED.search(text, max(0, end - 3), end):
            with_stops.append(STOP)
            spans.append((end, end))
    return with_stops, spans


@cache
def load() -> Reader:
    """The process's one reader, on one thread: where cores are to spare, more workers use them better."""
    return Reader()


def read_documents(documents: Sequence[Document]) -> list[Reading]:
    """What is found in each document, headline and text; nothing, and `read` False, where it isn't in English."""
    return [
        load().read([document.whole])[0] if is_english(document.lang) else Reading(read=False) for document in documents
    ]
