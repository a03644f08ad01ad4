"""The read step: headline and text to a vector and counts of words, by way of nlp.events and nlp.terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from stories.models import Article
from stories.nlp import events, terms


@dataclass(frozen=True, slots=True)
class Reading:
    """The event encoder's vector (float32 [384], unit length) and how often each term occurs."""

    vector: np.ndarray
    terms: dict[str, int]


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Reading]:
    """Read the articles in one go, so that the encoder's batches are full; `now` is not needed."""
    texts = [(article.title, body(article)) for article in articles]
    vectors = events.load().encode([events.event_text(title, text) for title, text in texts])
    return {
        article.pk: Reading(vector, dict(terms.counts(title, text)))
        for article, vector, (title, text) in zip(articles, vectors, texts, strict=True)
    }


def body(article: Article) -> str:
    """The text that the article is judged by: its own where available, else its feed's summary."""
    text = article.version.text if article.version else ""
    return text or article.feed_text or article.summary


def save(article: Article, result: Reading, now: datetime) -> None:
    """Keep the reading with the article."""
    article.vector, article.terms = result.vector, result.terms
