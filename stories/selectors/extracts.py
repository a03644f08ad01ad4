"""Passages as they leave the house: the excerpt, where it stands in its article, and the page that shows it.

What the exports and the API quote goes through here, so that nothing longer than passages.LONGEST ever does. Says why
there is nothing to quote where that is so; never hands out a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

from stories.models import Article
from stories.nlp.findings import Spans
from stories.selectors.evidence import CHANGED, Evidence

# Whoever asks for evidence with this time checks by himself that the wording is still the one that spans point into.
ANY_TIME = datetime(9999, 1, 1, tzinfo=UTC)
NOT_AT_HAND = "not quoted here; see the article's page"


@dataclass(frozen=True, slots=True)
class Extract:
    """Sentences of an article around some spans, shortened. `missing` says why there are none where `words` is "".

    `spans` are offsets into the article's headline, a line break, and its text. `page` is the absolute address of the
    place that shows the passage.
    """

    article: int
    spans: Spans
    words: str
    missing: str
    page: str


def absolute(path: str) -> str:
    """The address under which readers reach a path of this server."""
    return f"{settings.PUBLIC_URL}{path}"


def extract(
    at_hand: Evidence, article: int, spans: Spans, *, credit: bool = False, fits: bool = True, anchor: str = ""
) -> Extract:
    """The passage of some spans. `fits` is False where they are known to point into another wording.

    `anchor` is its place on the article's page where that is known, else it is looked up; `credit` as in Evidence.
    """
    path = reverse("article", args=[article])
    if not fits:
        return Extract(article, spans, "", CHANGED, absolute(path))
    passage = at_hand.passage(article, spans, credit=credit)
    if passage is None:
        return Extract(article, spans, "", NOT_AT_HAND, absolute(path))
    words = "".join(piece.words for piece in passage.pieces)
    url = f"{path}#{anchor}" if anchor else passage.url
    return Extract(article, spans, words, passage.missing, absolute(url))


def words(at_hand: Evidence, article: int, spans: Spans) -> str:
    """The few words that some spans cover, as they stand; "" where the wording is not the one they point into."""
    row = at_hand.articles.get(article)
    if row is None or not spans or not at_hand.stands(row):
        return ""
    whole = at_hand.whole(row)
    return " … ".join(" ".join(whole[start:end].split()) for start, end in spans)


def pairs(rows: Iterable[Sequence[int]]) -> Spans:
    """Spans as the database keeps them, lists of two."""
    return tuple((row[0], row[1]) for row in rows)


def reads_as_found(article: Article, found_in: int | None) -> bool:
    """Whether an article's present version is the one in which something was found."""
    return article.version_id == found_in
