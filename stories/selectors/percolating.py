"""Which saved searches find an article: searching turned round, for the few reports that are new.

A look at the words that the reports hold leaves out most searches. Each of the others is a column of one statement over
the reports, fifty at a time; searches that ask the same are asked once. It writes nothing and tells nobody.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Func, TextField

from stories.models import Article
from stories.selectors.queries import CONFIG, How, Leaf, Meaning, Outlets, Query, Text, Unclear, parse

logger = logging.getLogger(__name__)

# Searches in one statement: of 25, 50, 100 and 200 it was the quickest by a little; planning takes over beyond.
TOGETHER = 50
# Words whose forms in the index are remembered: those of about ten thousand searches, in a few megabytes.
_REMEMBERED = 20_000

_FORMS = """
SELECT (CASE asked.how WHEN 'websearch' THEN websearch_to_tsquery(%(config)s, asked.text)
    WHEN 'phrase' THEN phraseto_tsquery(%(config)s, asked.text) ELSE to_tsquery(%(config)s, asked.text) END)::text
FROM unnest(%(how)s::text[], %(text)s::text[]) WITH ORDINALITY AS asked (how, text, place) ORDER BY asked.place
"""
_LEXEME = re.compile(r"'((?:[^']|'')*)'")
_forms: dict[tuple[How, str], frozenset[str]] = {}

Found = dict[int, set[int]]


def matching(articles: Collection[int], queries: Mapping[int, str]) -> Found:
    """By article's number, the keys of the searches that find it; articles that none finds are left out.

    A search that can't be understood (its outlet is gone) finds nothing, and that is logged.
    """
    asked = _understood(queries) if articles else {}
    held = _held(articles) if asked else []
    _learn(text for query, _ in asked.values() for text in query.texts)
    likely = [
        (query, keys)
        for query, keys in asked.values()
        if query.meaning is not None and any(_possible(query.meaning, words) for words in held)
    ]
    found: Found = defaultdict(set)
    for start in range(0, len(likely), TOGETHER):
        for article, hits in _hits(articles, [query for query, _ in likely[start : start + TOGETHER]]):
            for place in hits:
                found[article].update(likely[start + place][1])
    return dict(found)


def _understood(queries: Mapping[int, str]) -> dict[str, tuple[Query, list[int]]]:
    """Each search once, by its canonical text, with the keys under which it is asked."""
    outlets = Outlets()
    asked: dict[str, tuple[Query, list[int]]] = {}
    for key, text in queries.items():
        try:
            query = parse(text, outlets=outlets)
        except Unclear as unclear:
            logger.warning("saved search %s finds nothing, since it can't be understood: %s", key, unclear.reason)
            continue
        asked.setdefault(query.normal, (query, []))[1].append(key)
    return asked


def _held(articles: Collection[int]) -> list[frozenset[str]]:
    """The words that each article holds, as the index writes them. One query."""
    words = Func(F("version__search"), function="tsvector_to_array", output_field=ArrayField(TextField()))
    rows = Article.objects.filter(pk__in=articles).order_by().values_list(words, flat=True)
    return [frozenset(row or ()) for row in rows]


def _learn(texts: Iterable[Text]) -> None:
    """Find out how the index writes the words that are not remembered. One query at most."""
    new = {(text.how, text.asked) for text in texts} - _forms.keys()
    if not new:
        return
    if len(_forms) + len(new) > _REMEMBERED:
        _forms.clear()
    ordered = sorted(new)
    with connection.cursor() as cursor:
        cursor.execute(
            _FORMS, {"config": CONFIG, "how": [how.value for how, _ in ordered], "text": [text for _, text in ordered]}
        )
        for key, (written,) in zip(ordered, cursor.fetchall(), strict=True):
            _forms[key] = frozenset(found.replace("''", "'") for found in _LEXEME.findall(written))


def _possible(meaning: Meaning, held: AbstractSet[str]) -> bool:
    """Whether a report with these words may be found. Only the statement knows: it never says no to one that is."""
    if isinstance(meaning, Leaf):
        if meaning.unwanted or not isinstance(meaning.what, Text):
            return True
        # Forgotten again by another thread: then it can't be told.
        return _forms.get((meaning.what.how, meaning.what.asked), frozenset()) <= held
    return (all if meaning.every else any)(_possible(part, held) for part in meaning.parts)


def _hits(articles: Collection[int], queries: Sequence[Query]) -> list[tuple[int, list[int]]]:
    """For each article the places of the searches that find it. One query."""
    columns = {
        f"hit_{place}": ExpressionWrapper(query.condition(few=True), output_field=BooleanField())
        for place, query in enumerate(queries)
    }
    rows = Article.objects.filter(pk__in=articles).order_by().annotate(**columns).values_list("pk", *columns)
    return [(pk, [place for place, hit in enumerate(hits) if hit]) for pk, *hits in rows]
