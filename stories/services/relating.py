"""Stories that belong together: what each is known by, which others it is tied to, and keeping those ties up to date.

nlp.relations decides; here candidates are fetched and ties written. The trace step calls `look` while it computes, and
`keep` inside its transaction: two stories that are traced in one go must find each other by what the first has just
kept. What a curator tied is never touched. It merges nothing; the demo world keeps to itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest, Least

from stories.models import Story, StoryLink, TermCount
from stories.nlp import keys, relations, terms
from stories.nlp.relations import Relation, StorySketch

# Stories are looked up by this many of the most telling keys: what is shared beyond them is in every other story.
PROBED = 8
# Of the stories that share any, so many of those nearest in time are counted through, which is what costs, and those
# that share most are compared in full. A war had 15 chapters within ten days (wikinews).
SHARING, CANDIDATES = 500, 40
# A story of hundreds of reports is known by its first ones as well; it bounds what one look reads.
REPORTS = 200
# What the column takes of each reason.
REASON_LENGTH = 300

# A curator may tie the two at this very moment.
_TIE = f"""
INSERT INTO {StoryLink._meta.db_table} AS link (first_id, second_id, kind, probability, reasons, by_curator, made_at)
VALUES (%s, %s, %s, %s, %s, false, now())
ON CONFLICT (first_id, second_id) DO UPDATE
SET kind = excluded.kind, probability = excluded.probability, reasons = excluded.reasons
WHERE NOT link.by_curator
"""  # noqa: S608 (the table's name is ours)


@dataclass(frozen=True, slots=True)
class Tied:
    """Another story, and what it is to the one that was looked at; `later`: whether the other began later."""

    story: int
    later: bool
    relation: Relation


@dataclass(frozen=True, slots=True)
class Look:
    """What a story is known by, the most telling first, each with how rare it is (idf)."""

    rarity: Mapping[str, float]


def look(story: Story) -> Look:
    """What the story is known by, as things are now. Reads only; the same for the same rows."""
    return Look(keys_of(story))


def keys_of(story: Story) -> dict[str, float]:
    """The story's most telling names and numbers with how rare each is, by its articles' traits; 24 at most.

    Articles that were read before there were traits tell nothing.
    """
    read = story.articles.exclude(traits=None).order_by("reported_at", "pk")
    reports = [keys.Named(*row) for row in read.values_list("traits__names", "traits__numbers")[:REPORTS]]
    return keys.telling(reports, _frequencies(story.lang, keys.asked(reports)))


def relate(story: Story, rarity: Mapping[str, float]) -> tuple[Tied, ...]:
    """The stories that this one is tied to, by their numbers; `rarity` as `keys_of` gives it. Reads only.

    Its counts and times are taken from the given row. Those that the program tied it to before are looked at again,
    however little they share now.
    """
    if story.merged_into_id is not None or not story.article_count:
        return ()
    sketch = _sketch(story, rarity)
    others = {other.pk: other for other in [*_candidates(story, list(rarity)), *_tied_before(story)]}
    rarities = {story.lang: rarity}
    tied = []
    for other in sorted(others.values(), key=lambda other: other.pk):
        # Rarity is told in English wherever one of the two is: its table is the one to trust.
        told = other.lang if terms.is_english(other.lang) and not terms.is_english(story.lang) else story.lang
        if told not in rarities:
            frequencies = _frequencies(told, rarity)
            rarities[told] = {key: frequencies.idf(key) for key in rarity}
        relation = relations.relate(sketch, _sketch(other, other.keys), rarities[told])
        if relation is not None:
            later = (other.first_at, other.pk) > (story.first_at, story.pk)
            tied.append(Tied(other.pk, later, relation))
    return tuple(tied)


def keep(story: Story, seen: Look) -> None:
    """Write what the story is known by, and tie it: ties of the program that don't hold any more go.

    Idempotent: one row for a pair of stories. Must run in the transaction that holds the story's row, which the given
    one must be as it is now.
    """
    if list(seen.rarity) != story.keys:
        story.keys = list(seen.rarity)
        story.save(update_fields=["keys"])
    links = list(_links(story).select_for_update(no_key=True).order_by("first_id", "second_id"))
    curated = {end for link in links if link.by_curator for end in (link.first_id, link.second_id)}
    ties = relate(story, seen.rarity)
    wanted = {_ends(story, tied): tied.relation for tied in ties if tied.story not in curated}
    gone = [link.pk for link in links if not link.by_curator and (link.first_id, link.second_id) not in wanted]
    StoryLink.objects.filter(pk__in=gone).delete()
    with connection.cursor() as cursor:
        cursor.executemany(_TIE, [_row(ends, relation) for ends, relation in sorted(wanted.items(), key=_by_ends)])


def _by_ends(pair: tuple[tuple[int, int], Relation]) -> tuple[int, int]:
    """Every transaction writes ties in this order, so that no two wait for each other."""
    return pair[0]


def _ends(story: Story, tied: Tied) -> tuple[int, int]:
    """The two stories, the one that began earlier first."""
    return (story.pk, tied.story) if tied.later else (tied.story, story.pk)


def _row(ends: tuple[int, int], relation: Relation) -> list[Any]:
    """The parameters of `_TIE`."""
    reasons = [reason[:REASON_LENGTH] for reason in relation.reasons]
    return [*ends, relation.kind.value, relation.probability, reasons]


def _candidates(story: Story, known_by: Sequence[str]) -> QuerySet[Story]:
    """The stories that share most of its most telling keys; of equals the latest.

    A lone English report looks for nothing, since two lone ones are alike by chance too often to tell: a larger story
    finds it. One in another language looks for larger ones, for the English story may be at rest already.
    """
    probe = list(known_by[:PROBED])
    lone = story.article_count < 2
    if not probe or (lone and terms.is_english(story.lang)):
        return Story.objects.none()
    sharing = _comparable(story).filter(
        keys__overlap=probe,
        first_at__gte=story.first_at - relations.SPAN,
        first_at__lte=story.first_at + relations.SPAN,
        article_count__gte=2 if lone else 1,
    )
    began = Value(story.first_at)
    nearest = sharing.order_by(Greatest("first_at", began) - Least("first_at", began), "-pk")[:SHARING]
    return (
        Story.objects.filter(pk__in=nearest.values("pk"))
        .annotate(shared=_shared(probe))
        .order_by("-shared", "-last_at", "-pk")[:CANDIDATES]
    )


def _shared(probe: Sequence[str]) -> RawSQL:
    """How many of the keys a story has too."""
    table = Story._meta.db_table
    return RawSQL(  # noqa: S611 (the keys are parameters)
        f"cardinality(ARRAY(SELECT unnest({table}.keys) INTERSECT SELECT unnest(%s::varchar[])))",
        [list(probe)],
        output_field=IntegerField(),
    )


def _tied_before(story: Story) -> QuerySet[Story]:
    """The stories that the program tied it to, as far as they still are stories of their own."""
    links = _links(story).filter(by_curator=False)
    return _comparable(story).filter(
        Q(pk__in=links.values("first_id")) | Q(pk__in=links.values("second_id")),
    )


def _comparable(story: Story) -> QuerySet[Story]:
    return Story.objects.live().filter(demo=story.demo).exclude(pk=story.pk)


def _links(story: Story) -> QuerySet[StoryLink]:
    return StoryLink.objects.filter(Q(first=story) | Q(second=story))


def _sketch(story: Story, known_by: Collection[str]) -> StorySketch:
    """A story as it is compared."""
    return StorySketch(
        lang=story.lang,
        vector=np.asarray(story.vector, dtype=np.float32),
        keys=frozenset(known_by),
        size=story.article_count,
        first_at=story.first_at,
        last_at=story.last_at,
    )


def _frequencies(lang: str, asked: Collection[str]) -> terms.Frequencies:
    """The frequencies of a language, good for the asked words."""
    live = TermCount.objects.counts(lang, asked)
    return terms.Frequencies.with_live(lang, live, live.pop("", 0))
