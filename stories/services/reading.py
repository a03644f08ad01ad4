"""The read step: headline and text to a vector, counts of words, traits, and an imprint to know copies by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from stories.models import Article
from stories.nlp import events, terms, traits
from stories.services import copies


@dataclass(frozen=True, slots=True)
class Reading:
    """The event encoder's vector (float32 [384], unit length), how often each term occurs, and what else is telling."""

    vector: np.ndarray
    terms: dict[str, int]
    traits: dict[str, Any]
    imprint: copies.Imprint


def compute(articles: Sequence[Article], now: datetime) -> Mapping[int, Reading]:
    """Read the articles in one go, so that the encoder's batches are full; `now` is not needed."""
    texts = [(article.title, body(article)) for article in articles]
    imprints = copies.imprints([(article, text) for article, (_, text) in zip(articles, texts, strict=True)])
    vectors = events.load().encode([events.event_text(title, text) for title, text in texts])
    return {
        article.pk: Reading(
            vector, dict(terms.counts(title, text)), traits.traits(title, text).as_json(), imprints[article.pk]
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
