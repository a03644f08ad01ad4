"""What editors said of pairs of articles, as grouping must heed it: who belongs together, who never comes together.

A bond always agrees with where its articles are: "together" holds within one story, "apart" between two. The program's
acts are refused where they would break it. An editor's act turns the bonds in its way, which stay with the edit that
first said something of the two articles, and turn back when that act is undone. Decides nothing; curation does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, Q

from stories.models import GROUPING, Act, Bond, Constraint, Edit

Pair = tuple[int, int]

# From the given articles along "together" in either direction, then every bond among all that were reached.
_SQL = f"""
WITH RECURSIVE bound (article) AS (
    SELECT unnest(%s::bigint[])
  UNION
    SELECT next.article FROM bound, LATERAL (
        SELECT second_id FROM {Constraint._meta.db_table} WHERE first_id = bound.article AND bond = %s
      UNION ALL
        SELECT first_id FROM {Constraint._meta.db_table} WHERE second_id = bound.article AND bond = %s
    ) AS next (article)
)
SELECT first_id, second_id, bond FROM {Constraint._meta.db_table}
WHERE first_id IN (SELECT article FROM bound) AND second_id IN (SELECT article FROM bound)
"""  # noqa: S608 (the table's name is ours)


def pair(a: int, b: int) -> Pair:
    """Two articles in the order in which a constraint names them."""
    return (a, b) if a < b else (b, a)


@dataclass(frozen=True, slots=True)
class Bonds:
    """The bonds among some articles and all that are bound to them."""

    components: Mapping[int, frozenset[int]] = field(default_factory=dict)
    parted: frozenset[Pair] = frozenset()

    @classmethod
    def of(cls, together: Iterable[Pair], apart: Iterable[Pair]) -> Bonds:
        """From pairs of articles; "together" is followed as far as it goes."""
        reached: dict[int, set[int]] = {}
        for a, b in together:
            small, large = sorted((reached.get(a, {a}), reached.get(b, {b})), key=len)
            large |= small
            for article in (*small, a, b):
                reached[article] = large
        frozen = {id(group): frozenset(group) for group in reached.values()}
        return cls(
            {article: frozen[id(group)] for article, group in reached.items()}, frozenset(pair(a, b) for a, b in apart)
        )

    def component(self, article: int) -> frozenset[int]:
        """The articles that belong together with this one, itself included."""
        return self.components.get(article, frozenset({article}))

    def apart(self, a: Iterable[int], b: Iterable[int]) -> bool:
        """Whether an editor keeps any of `a`, or what belongs to it, apart from any of `b`, or what belongs to it."""
        if not self.parted:
            return False
        one, other = self._all_of(a), self._all_of(b)
        return any((x in one and y in other) or (y in one and x in other) for x, y in self.parted)

    def torn(self, leaving: Iterable[int], staying: Iterable[int]) -> bool:
        """Whether something that leaves belongs together with something that stays."""
        rest = frozenset(staying)
        return any(not rest.isdisjoint(self.components[article]) for article in leaving if article in self.components)

    def _all_of(self, articles: Iterable[int]) -> frozenset[int]:
        return frozenset().union(*(self.component(article) for article in articles))


def load(articles: Iterable[int]) -> Bonds:
    """The bonds among these articles and all that belong together with them. One query, whatever there is."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [list(articles), Bond.TOGETHER, Bond.TOGETHER])
        rows = cursor.fetchall()
    if not rows:
        return Bonds()
    return Bonds.of(
        ((first, second) for first, second, bond in rows if bond == Bond.TOGETHER),
        ((first, second) for first, second, bond in rows if bond == Bond.APART),
    )


def star(centre: int | None, articles: Iterable[int], bond: Bond) -> dict[Pair, Bond]:
    """The same bond between each of the articles and one at the centre."""
    if centre is None:
        return {}
    return {pair(centre, article): bond for article in articles if article != centre}


def lay(edit: Edit, said: Mapping[Pair, Bond], where: Mapping[int, int]) -> None:
    """Keep what an editor's act says of pairs of articles, and turn what was said before and no longer holds.

    `where`: the stories, after the act, of all articles of the stories concerned. Where a pair has a bond already, that
    one stays with its edit, turned by the act if it had to be; only what is said of a pair expressly takes it over.
    Undoing an editor's act turns bonds back, and mends nothing: what the act had bound to each other is free again.
    """
    moved = [move[0] for move in edit.moves]
    if edit.undoes is None or edit.undoes.by == GROUPING:
        said = {**_mended(moved, where), **said}
    _turn(moved)
    rows = [Constraint(first_id=a, second_id=b, bond=bond, edit=edit) for (a, b), bond in sorted(said.items())]
    if edit.act in (Act.TOGETHER, Act.APART):
        Constraint.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["first", "second"], update_fields=["edit"]
        )
    else:
        Constraint.objects.bulk_create(rows, ignore_conflicts=True)


def _mended(moved: Sequence[int], where: Mapping[int, int]) -> dict[Pair, Bond]:
    """Bonds that keep each part of what an act tore together, where the bonds of all went through what left."""
    before = load(moved)
    said: dict[Pair, Bond] = {}
    for component in {before.component(article) for article in moved}:
        parts: dict[int, list[int]] = {}
        for article in sorted(component & where.keys()):
            parts.setdefault(where[article], []).append(article)
        if len(parts) > 1:
            for part in parts.values():
                said |= star(part[0], part, Bond.TOGETHER)
    return said


def _turn(moved: Sequence[int]) -> None:
    """Make the bonds of articles that an editor moved agree with where they are now."""
    rows = Constraint.objects.touching(list(moved))
    meet = Q(first__story=F("second__story"))
    met = list(rows.filter(meet, bond=Bond.APART).values_list("pk", flat=True))
    parted = list(rows.filter(~meet, bond=Bond.TOGETHER).values_list("pk", flat=True))
    Constraint.objects.filter(pk__in=met).update(bond=Bond.TOGETHER)
    Constraint.objects.filter(pk__in=parted).update(bond=Bond.APART)


def lift(edit: Edit, taken_back: Edit) -> None:
    """Remove what an edit said, but for what later acts decided of the same articles: that is handed on."""
    said = edit.constraints.all()
    later = Q()
    if edit.act in (Act.TOGETHER, Act.APART):
        later = ~Q(bond=Bond.TOGETHER if edit.act == Act.TOGETHER else Bond.APART)
    elif len(taken_back.moves) < len(edit.moves):
        back = [move[0] for move in taken_back.moves]
        later = ~(Q(first__in=back) | Q(second__in=back))
    if later:
        said.filter(later).update(edit=taken_back)
    said.all().delete()
