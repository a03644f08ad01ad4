"""What a report is compared with: the recent reports nearest to it, and what each is compared by.

The vector index answers for languages that the encoder knows; elsewhere shared keys do. It decides and writes nothing
but a report's own row among the recent ones. A row never changes but for its story, so what was read once is kept.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from pgvector import HalfVector

from stories.models import Article, Recent
from stories.nlp import likeness
from stories.nlp.grouping import WINDOW
from stories.nlp.likeness import Marks

# Reports are compared over the window and a day more, for those that a feed shows late.
REACH = WINDOW + timedelta(hours=24)
# Of the index's answers some are out of reach or of another language; it goes on until there are enough.
_SETTINGS = "SET LOCAL hnsw.ef_search = 64; SET LOCAL hnsw.iterative_scan = strict_order"
_NEAREST = """
SELECT %s::bigint, article_id, story_id, vector <=> %s AS distance FROM stories_recent
WHERE lang = %s AND demo = %s AND reported_at BETWEEN %s AND %s AND article_id <> %s
ORDER BY distance LIMIT %s
"""
_SHARING = """
SELECT article_id, story_id, cardinality(ARRAY(SELECT unnest(keys) INTERSECT SELECT unnest(%(keys)s::text[]))) AS shared
FROM stories_recent
WHERE keys && %(keys)s::varchar[] AND lang = %(lang)s AND demo = %(demo)s
  AND reported_at BETWEEN %(since)s AND %(until)s AND article_id <> %(article)s
ORDER BY shared DESC, article_id LIMIT %(most)s
"""
_LATEST = """
SELECT article_id, story_id, grouped_at FROM (
  SELECT article_id, story_id, grouped_at, reported_at,
         row_number() OVER (PARTITION BY story_id ORDER BY reported_at DESC, article_id DESC) AS place
  FROM stories_recent WHERE story_id = ANY(%s)
) AS placed WHERE place <= %s ORDER BY story_id, reported_at, article_id
"""
_LOAD = """
SELECT article_id, grouped_at, marks, halfvec_send(vector), reported_at FROM stories_recent WHERE article_id = ANY(%s)
"""
_KEEP = """
INSERT INTO stories_recent (article_id, story_id, lang, demo, reported_at, vector, keys, marks, grouped_at)
VALUES {}
ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, lang = excluded.lang, demo = excluded.demo,
  reported_at = excluded.reported_at, vector = excluded.vector, keys = excluded.keys, marks = excluded.marks,
  grouped_at = excluded.grouped_at
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
# What comes before the numbers in a vector's bytes: how many they are, twice two bytes.
_HEAD = 4
# Some 10 KB each.
_KEPT_AT_MOST = 6_000
_kept: OrderedDict[tuple[int, datetime], Marks] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Near:
    """A recent report near another: its article, its story, and how near (a cosine, or the number of shared keys)."""

    article: int
    story: int
    nearness: float


def nearest(recents: Sequence[Recent]) -> dict[int, list[Near]]:
    """By article, the 30 recent reports nearest to each of these within reach, nearest first.

    Must run inside a transaction. One query for all whose language the encoder knows.
    """
    found: dict[int, list[Near]] = {recent.article_id: [] for recent in recents}
    encoded = [recent for recent in recents if recent.vector is not None]
    if encoded:
        # All in one way to the server and back. As one statement with the reports joined in, it passes by the index.
        asked = [value for recent in encoded for value in _asked(recent)]
        with connection.cursor() as cursor:
            cursor.execute(";".join([_SETTINGS, *[_NEAREST] * len(encoded)]), asked)
            while cursor.nextset():
                if cursor.description:
                    for own, article, story, distance in cursor.fetchall():
                        found[own].append(Near(article, story, 1.0 - distance))
    for recent in recents:
        if recent.vector is None:
            found[recent.article_id] = _sharing(recent)
    return found


def _asked(recent: Recent) -> list[Any]:
    """The values of _NEAREST."""
    where = [recent.lang, recent.demo, recent.reported_at - REACH, recent.reported_at + REACH, recent.article_id]
    return [recent.article_id, as_text(recent.vector), *where, likeness.NEIGHBOURS]


def _sharing(recent: Recent) -> list[Near]:
    """The recent reports that share most keys with this one."""
    given: dict[str, Any] = {
        "lang": recent.lang,
        "demo": recent.demo,
        "since": recent.reported_at - REACH,
        "until": recent.reported_at + REACH,
        "article": recent.article_id,
        "keys": recent.keys,
        "most": likeness.NEIGHBOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, given)
        return [Near(article, story, float(shared)) for article, story, shared in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Compared:
    """A recent article and what it is compared by."""

    article: int
    marks: Marks


def latest(stories: Iterable[int], most: int) -> dict[int, list[Compared]]:
    """The recent articles of each story, the latest `most`, oldest first. Two queries, one where all is at hand."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [list(stories), most])
        rows = cursor.fetchall()
    _load([(article, at) for article, _, at in rows])
    found: dict[int, list[Compared]] = {}
    for article, story, at in rows:
        if (article, at) in _kept:
            found.setdefault(story, []).append(Compared(article, _kept[article, at]))
    return found


def marks_of(articles: Iterable[int]) -> dict[int, Marks]:
    """What these recent articles are compared by; those that are no longer recent are left out."""
    keys = list(Recent.objects.filter(article__in=list(articles)).values_list("article_id", "grouped_at"))
    _load(keys)
    return {key[0]: _kept[key] for key in keys if key in _kept}


def as_recent(article: Article, report: Marks, now: datetime) -> Recent:
    """An article's row among the recent ones, not yet saved; its story is still to be set."""
    return Recent(
        article=article,
        lang=article.lang,
        demo=article.outlet.demo,
        reported_at=article.reported_at,
        vector=None if report.vector is None else HalfVector(report.vector),
        # Where there is a vector nobody asks for them, and to keep their index up costs a tenth of the whole step.
        keys=[] if report.vector is not None else likeness.keys(report),
        marks=as_json(report),
        grouped_at=now,
    )


def keep(recents: Sequence[Recent]) -> None:
    """Write the rows, over those that the articles had before."""
    values: list[Any] = []
    for one in recents:
        vector = None if one.vector is None else as_text(one.vector)
        found = [one.reported_at, vector, one.keys, json.dumps(one.marks), one.grouped_at]
        values += [one.article_id, one.story_id, one.lang, one.demo, *found]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(", ".join([_ROW] * len(recents))), values)


def as_text(vector: HalfVector | Sequence[float], digits: int = 5) -> str:
    """A vector as the database reads it; the driver knows no vectors. Five digits tell all half floats apart, 9 all."""
    values = tuple(vector.to_list() if isinstance(vector, HalfVector) else vector)
    one = f"%.{digits}g"
    return ("[" + f"{one}," * (len(values) - 1) + f"{one}]") % values


def as_json(report: Marks) -> dict[str, Any]:
    """Marks for the JSON column, without what has columns of its own."""
    return {
        "terms": {key: round(weight, 5) for key, weight in report.terms.items()},
        "names": {key: round(weight, 5) for key, weight in report.names.items()},
        "numbers": {key: round(weight, 5) for key, weight in report.numbers.items()},
        "dates": sorted(report.dates),
        "years": sorted(report.years),
        "quotes": sorted(report.quotes),
        "words": report.words,
    }


def _from_json(text: str, vector: bytes | None, at: datetime) -> Marks:
    """The other way."""
    kept: Mapping[str, Any] = json.loads(text)
    return Marks(
        vector=None if vector is None else np.frombuffer(vector, ">f2", offset=_HEAD).astype(np.float32),
        terms=kept["terms"],
        names=kept["names"],
        numbers=kept["numbers"],
        dates=frozenset(kept["dates"]),
        years=frozenset(kept["years"]),
        quotes=frozenset(kept["quotes"]),
        words=kept["words"],
        at=at,
    )


def _load(keys: Sequence[tuple[int, datetime]]) -> None:
    """Read what is not at hand, in one query, and forget what was asked for longest ago."""
    missing = [key for key in keys if key not in _kept]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(_LOAD, [[article for article, _ in missing]])
            for article, grouped_at, *row in cursor.fetchall():
                _kept[article, grouped_at] = _from_json(*row)
    for key in keys:
        if key in _kept:
            _kept.move_to_end(key)
    while len(_kept) > max(_KEPT_AT_MOST, len(keys)):
        _kept.popitem(last=False)
