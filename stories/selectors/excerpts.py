"""The few words of an article that readers are shown; the full text is kept for analysis and never leaves here."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.functions import Left

from stories.models import Article

LIST_WORDS = 32
PAGE_WORDS = 80
# No language that we know needs more for eighty words; it keeps whole texts out of memory.
_LEADING = 1200
# Scripts without spaces have no words to count: a word in English takes about six characters.
_LETTERS_PER_WORD = 6


def shorten(text: str, words: int) -> str:
    """The first `words` words of a text on one line, with an ellipsis where it was cut."""
    parts = text.split()
    cut = " ".join(parts[:words])
    limit = words * _LETTERS_PER_WORD * 2
    if len(cut) > limit:
        cut = cut[:limit]
    elif len(parts) <= words:
        return cut
    return cut.rstrip(" ,;:.…–-") + " …"


def of_articles(ids: Collection[int], words: int = LIST_WORDS) -> dict[int, str]:
    """Excerpts by article id: the outlet's own summary, or else the beginning of the text. One query."""
    rows = Article.objects.filter(pk__in=ids).values_list("pk", "summary", Left("version__text", _LEADING))
    return {pk: shorten(summary or text or "", words) for pk, summary, text in rows}
