"""The columns that only the pipeline reads: vectors, counts of words, texts. No page needs them; they weigh most."""

from __future__ import annotations

_ARTICLE = ("vector", "terms", "traits", "signature", "bands", "feed_text")
_STORY = ("vector", "keys")


def of_article(path: str = "") -> list[str]:
    """What to defer of an article; `path` leads to it, such as "copy_of__"."""
    return [f"{path}{name}" for name in _ARTICLE]


def of_story(path: str = "") -> list[str]:
    """What to defer of a story; `path` leads to it, such as "story__"."""
    return [f"{path}{name}" for name in _STORY]
