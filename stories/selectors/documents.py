"""An article as it is read: what all spans point into. The one place that says which words those are."""

from __future__ import annotations

import hashlib

from stories.models import Article, TextState
from stories.nlp.findings import Document

_HAS_TEXT = (TextState.PAGE, TextState.FEED)


def has_text(article: Article) -> bool:
    """Whether the article's text is available; a feed's teaser is none. Needs `version`."""
    return article.version is not None and article.version.text_state in _HAS_TEXT and bool(article.version.text)


def document(article: Article) -> Document:
    """The article's headline and text, and what else says whose they are. Needs `outlet` and `version`."""
    return Document(
        title=article.title,
        text=article.version.text if article.version and has_text(article) else "",
        outlet=article.outlet.name,
        lang=article.lang,
        byline=article.byline,
        source_name=article.source_name,
    )


def wording(whole: str) -> str:
    """What tells one wording from another."""
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
