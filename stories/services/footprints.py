"""What an edit changed and what it presupposed, as names: how it is known what stands on what, and what clashes.

    article:5            where an article is
    story:7              whether a story is there: founded, or merged into another
    story:7:title        what an editor says of a story as a whole, by field
    pair:5:6             what is said of two articles
    override:5:role:     what is said of an article against what was found
    outlet:3:aliases     a field of an outlet

Two edits that changed the same are in each other's way. A later edit stands on an earlier one where it touched what
that one had changed, or changed a story into which taking the earlier one back would put reports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q

from stories.models import Edit

Moves = Sequence[Sequence[int | None]]


def article(pk: int) -> str:
    """Where an article is."""
    return f"article:{pk}"


def story(pk: int, field: str = "") -> str:
    """Whether a story is there, or a field of it."""
    return f"story:{pk}:{field}" if field else f"story:{pk}"


def pair(a: int, b: int) -> str:
    """What is said of two articles."""
    return f"pair:{min(a, b)}:{max(a, b)}"


def override(article: int, what: str, about: str) -> str:
    """What is said of an article against what was found."""
    return f"override:{article}:{what}:{about}"


def outlet(pk: int, field: str) -> str:
    """A field of an outlet."""
    return f"outlet:{pk}:{field}"


def of_moves(moves: Moves) -> set[str]:
    """The articles that were moved."""
    return {article(pk) for pk, *_ in moves if pk is not None}


def homes(edit: Edit) -> set[str]:
    """The stories into which taking an edit back would put reports."""
    return {story(before) for _article, before, _after in edit.moves if before is not None}


def standing_on(edits: Collection[Edit]) -> dict[int, list[Edit]]:
    """By edit, the later ones that stand on it and were not undone, the latest first: to be undone before it.

    Two queries, however many edits are asked about.
    """
    pks = {edit.pk for edit in edits}
    own = list(Edit.objects.filter(pk__in=pks).only("pk", "moves", "changed"))
    prints = {edit.pk: (set(edit.changed), homes(edit)) for edit in own}
    changed = {name for mine, _back in prints.values() for name in mine}
    back = {name for _mine, back in prints.values() for name in back}
    wanted = Q(touched__overlap=sorted(changed)) | Q(changed__overlap=sorted(back))
    rows = Edit.objects.standing().filter(wanted, pk__gt=min(pks, default=0)) if changed else Edit.objects.none()
    found = list(rows.select_related("story", "other").defer("story__vector", "other__vector").order_by("-pk"))
    return {pk: [one for one in found if one.pk > pk and _touches(one, *mine)] for pk, mine in prints.items()}


def _touches(later: Edit, changed: set[str], back: set[str]) -> bool:
    return not (changed.isdisjoint(later.touched) and back.isdisjoint(later.changed))


def clashing(edits: Iterable[Edit], changed: Iterable[str]) -> list[Edit]:
    """Those of some edits that changed any of the same."""
    mine = set(changed)
    return [edit for edit in edits if not mine.isdisjoint(edit.changed)]
