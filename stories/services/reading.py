"""The read step: headline and text to a vector, words, traits, an imprint of copies; who is cited and credited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from stories.models import Article
from stories.nlp import events, terms, traits
from stories.nlp.findings import Findings
from stories.services import copies, examining


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of an article: the event encoder's vector (float32 [384], unit length), how often each term occurs,
    what else tells events apart, and what it says of where its news comes from.
    """

    vector: np.ndarray
    terms: dict[str, int]
    traits: dict[str, Any]
    imprint: copies.Imprint
    findings: Findings


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Reading]:
    """Read the articles in one go, so that the encoder's batches are full; `now` is not needed."""
    texts = [(article.title, body(article)) for article in articles]
    imprints = copies.imprints([(article, text) for article, (_, text) in zip(articles, texts, strict=True)])
    findings = examining.found(articles)
    vectors = events.load().encode([events.event_text(title, text) for title, text in texts])
    return {
        article.pk: Reading(
            vector,
            dict(terms.counts(title, text)),
            traits.traits(title, text).as_json(),
            imprints[article.pk],
            findings[article.pk],
        )
        for article, vector, (title, text) in zip(articles, vectors, texts, strict=True)
    }


def body(article: Article) -> str:
    """The text that the article is judged by: its own where available, else its feed's summary."""
    text = article.version.text if article.version else ""
    return text or article.feed_text or article.summary


def save(article: Article, result: Reading, now: datetime) -> None:
    """Keep the reading with the article."""
    article.vector, article.terms, article.traits = result.vector, result.terms, result.traits
    copies.keep(article, result.imprint)
    examining.keep(article, result.findings, now)
