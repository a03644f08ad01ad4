"""What editors decided, as labelled files, in the forms that `manage.py evaluate` reads. Trains and changes nothing.

clustering.jsonl   articles and the story that they belong to, as far as people said so
provenance.jsonl   what articles rest on, as found and set right by people (services.decidedprovenance)

Which articles are in the first. What people say of pairs of articles is kept as bonds: they stand for every merge,
split, move, removal and answer that was not undone, and agree with where the articles are. An article without a bond is
where the program put it, and is left out, also in a story of which others are bound. So of each story there is the
largest set of articles that are bound to each other, directly or by way of others; others that are bound to something
else but not to these are left out as well, since nobody said that they belong to them. Between two stories of the file
being apart is what an editor said, or what stood after an editor had worked on each; two that the queue still asks
about are not both in it. A lock, a title or a lead says nothing of what belongs together.

Names of editors and their notes are in neither file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stories.models import Article, Ask, Bond, Constraint, Doubt, DoubtState, Edit
from stories.selectors import columns, documents
from stories.services import decidedprovenance
from stories.services.bonds import Bonds, Pair

CLUSTERING, PROVENANCE = "clustering.jsonl", "provenance.jsonl"
# Articles that are in memory at once, with their texts.
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Exported:
    """How many articles of how many stories were written, and articles with their provenance; `unread` had none."""

    articles: int
    stories: int
    provenance: int
    unread: int


@dataclass(frozen=True, slots=True)
class _Bound:
    """All bonds: by pair, the story of each article that is in one, and the articles of bonds of late."""

    together: frozenset[Pair]
    apart: frozenset[Pair]
    where: Mapping[int, int]
    late: frozenset[int]


def export(folder: Path, *, since: datetime | None = None, demo: bool = False) -> Exported:
    """Write both files into a folder, made if need be; files of before are replaced.

    `since`: only what was decided from then on, with what it was set apart from. `demo`: the invented news too. Raises
    OSError where nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clusters = decided(since=since, demo=demo)
    articles = write(folder / CLUSTERING, _rows(clusters))
    found = decidedprovenance.Rows(since=since, demo=demo)
    traced = write(folder / PROVENANCE, found)
    return Exported(articles, len(clusters), traced, found.unread)


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as JSON lines, under another name until all are there; how many they were."""
    number, partial = 0, path.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            number += 1
    partial.replace(path)
    return number


def decided(*, since: datetime | None = None, demo: bool = False) -> dict[int, list[int]]:
    """The articles that people put together, by their story. Four queries, however many there are."""
    bound = _bound(since, demo=demo)
    bonds = Bonds.of(bound.together, bound.apart)
    degree: dict[int, int] = {}
    for pair in (*bound.together, *bound.apart):
        for article in pair:
            degree[article] = degree.get(article, 0) + 1
    best: dict[int, list[int]] = {}
    for component in {bonds.component(article) for article in bound.where}:
        members = sorted(component)
        story = bound.where[members[0]]
        # Of equal ones the one of which most was said: what stands for the story.
        if story not in best or _rank(members, degree) > _rank(best[story], degree):
            best[story] = members
    wanted = _wanted(best, bound) if since is not None else set(best)
    for one, other in Doubt.objects.filter(state=DoubtState.OPEN, act=Ask.MERGE).values_list("story", "other"):
        if one in wanted and other in wanted:
            wanted.discard(min(one, other, key=lambda story: _rank(best[story], degree)))
    return {story: best[story] for story in sorted(wanted)}


def _rank(members: Sequence[int], degree: Mapping[int, int]) -> tuple[int, int, int]:
    return len(members), sum(degree[article] for article in members), -members[0]


def _bound(since: datetime | None, *, demo: bool) -> _Bound:
    rows = Constraint.objects.exclude(first__story=None).exclude(second__story=None).order_by("pk")
    if not demo:
        rows = rows.filter(first__outlet__demo=False, second__outlet__demo=False)
    sides: dict[str, set[Pair]] = {Bond.TOGETHER: set(), Bond.APART: set()}
    where: dict[int, int] = {}
    late: set[int] = set()
    told = rows.values_list("first", "second", "bond", "first__story", "second__story", "edit__at")
    for first, second, bond, home, other, at in told.iterator(10_000):
        sides[bond].add((first, second))
        where |= {first: home or 0, second: other or 0}
        if since is not None and at >= since:
            late |= {first, second}
    if since is not None:
        # A later act may have turned a bond that an earlier one had laid.
        moves = Edit.objects.standing().by_people().filter(at__gte=since).values_list("moves", flat=True)
        late |= {move[0] for ones in moves.iterator(1000) for move in ones} & where.keys()
    return _Bound(frozenset(sides[Bond.TOGETHER]), frozenset(sides[Bond.APART]), where, frozenset(late))


def _wanted(best: Mapping[int, Sequence[int]], bound: _Bound) -> set[int]:
    """The stories of which something was decided of late, and those that what is in them was set apart from."""
    wanted = {bound.where[article] for article in bound.late}
    within = {article for story in wanted for article in best[story]}
    beside = {bound.where[a if b in within else b] for a, b in bound.apart if (a in within) != (b in within)}
    return wanted | beside


def _rows(clusters: Mapping[int, Sequence[int]]) -> Iterator[dict[str, Any]]:
    """The rows of the decided articles in the order of their reports, as a stream runs."""
    story_of = {article: story for story, members in clusters.items() for article in members}
    articles = Article.objects.filter(pk__in=story_of).select_related("outlet", "version")
    articles = articles.defer(*columns.of_article(), "version__search").order_by("reported_at", "pk")
    for article in articles.iterator(CHUNK):
        yield {
            "id": f"firsthand-{article.pk}",
            "title": article.title,
            "text": documents.document(article).text,
            "outlet": article.outlet.name,
            "url": article.url,
            "published": article.reported_at.isoformat(),
            "lang": article.lang or "en",
            "cluster": f"story-{story_of[article.pk]}",
        }
