"""The review queue: which question is next, which come behind it, how many wait, and what was decided. Decides nothing.

The most doubtful with the widest reach come first (Doubt.priority). A question's place is known by its own row, so that
whoever works through the queue goes on where they were, whatever was asked or answered in the meantime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from stories.models import Ask, Doubt, DoubtState
from stories.selectors import columns, paging

# Questions that are listed behind the one that is asked.
UPCOMING = 5
DECIDED = 30
_ORDER = ("priority", "pk")
_DECIDED_ORDER = ("decided_at", "pk")
_ANSWERED = (DoubtState.DONE, DoubtState.DISMISSED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in the queue: at a question, behind one, or before one, by number; 0 is none.

    `kind` narrows the queue to one kind of questions. `skipped` are those that are not to come up.
    """

    kind: str = ""
    at: int = 0
    after: int = 0
    before: int = 0
    skipped: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of questions, and how many of it are open."""

    kind: str
    open: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue from a place on: the doubt there and those behind it; `previous` is the open one before, by number.

    `number` is its place among the `waiting`, 0 if it is none of them. `open` are all that wait for an editor, of any
    kind; `waiting` those of the chosen kind that were not skipped, `skipped` those that were.
    """

    kind: str
    doubt: Doubt | None
    number: int
    upcoming: Sequence[Doubt]
    previous: int | None
    open: int
    waiting: int
    skipped: int
    kinds: Sequence[Kind]


@dataclass(frozen=True, slots=True)
class DecidedPage:
    """A page of decided doubts, the latest first."""

    doubts: Sequence[Doubt]
    older: str


def queue(place: Place) -> Queue:
    """The queue from a place on. Six queries at most."""
    every = Doubt.objects.filter(state=DoubtState.OPEN)
    counts = dict(every.order_by().values_list("act").annotate(Count("pk")))
    of_kind = every.filter(act=place.kind) if place.kind else every
    rows = of_kind.exclude(pk__in=place.skipped) if place.skipped else of_kind
    skipped = of_kind.filter(pk__in=place.skipped).count() if place.skipped else 0
    found = _from(rows, place)
    current, upcoming = (found[0], found[1 : UPCOMING + 1]) if found else (None, [])
    number, previous = _around(rows, current) if current else (0, None)
    return Queue(
        kind=place.kind,
        doubt=current,
        number=number,
        upcoming=upcoming,
        previous=previous,
        open=sum(counts.values()),
        waiting=(counts.get(place.kind, 0) if place.kind else sum(counts.values())) - skipped,
        skipped=skipped,
        kinds=[Kind(kind, counts[kind]) for kind in Ask.values if counts.get(kind)],
    )


def _from(rows: QuerySet[Doubt], place: Place) -> list[Doubt]:
    """The question at a place, whatever became of it, and the open ones behind it; [] behind the last. Two queries."""
    ordered = _full(rows).order_by("-priority", "-pk")
    number = place.at or place.after or place.before
    anchor = _full(Doubt.objects.all()).filter(pk=number).first() if number else None
    if anchor is None:
        return list(ordered[: UPCOMING + 1])
    key = (anchor.priority, anchor.pk)
    if place.at:
        return [anchor, *ordered.filter(paging.older(_ORDER, key))[:UPCOMING]]
    if place.after:
        return list(ordered.filter(paging.older(_ORDER, key))[: UPCOMING + 1])
    first = _full(rows).filter(_newer(key)).order_by("priority", "pk").first()
    return [first, *ordered.filter(paging.older(_ORDER, (first.priority, first.pk)))[:UPCOMING]] if first else []


def _newer(key: tuple[float, int]) -> Q:
    """Rows before a question."""
    return Q(priority__gte=key[0]) & (Q(priority__gt=key[0]) | Q(pk__gt=key[1]))


def _around(rows: QuerySet[Doubt], current: Doubt) -> tuple[int, int | None]:
    """The question's place among the open ones, 0 if it is not open, and the one before it. Two queries."""
    before = rows.filter(_newer((current.priority, current.pk)))
    number = before.count() + 1 if current.state == DoubtState.OPEN else 0
    return number, before.order_by("priority", "pk").values_list("pk", flat=True).first()


def decided(before: str = "") -> DecidedPage:
    """What editors decided, the latest first. One query."""
    rows = _full(Doubt.objects.filter(state__in=_ANSWERED, decided_at__isnull=False))
    key = paging.decode(before, len(_DECIDED_ORDER) - 1)
    if key:
        rows = rows.filter(paging.older(_DECIDED_ORDER, key))
    page = list(rows.order_by("-decided_at", "-pk")[: DECIDED + 1])
    older = ""
    if len(page) > DECIDED:
        page = page[:DECIDED]
        older = paging.encode(page[-1].decided_at or page[-1].found_at, page[-1].pk)
    return DecidedPage(page, older)


def get(number: int) -> Doubt | None:
    """A question by its number, with what it is about."""
    return _full(Doubt.objects.all()).filter(pk=number).first()


def _full(rows: QuerySet[Doubt]) -> QuerySet[Doubt]:
    """With what is said of every question, without what only the program reads."""
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    heavy += ["edit__changed", "edit__touched", "edit__moves"]
    related = rows.select_related("story", "other", "proposal", "decided_by", "edit", "edit__undone_by")
    return related.defer(*heavy)


def by_whom(doubt: Doubt) -> str:
    """Who decided, by the name that their edits carry."""
    if doubt.edit is not None:
        return doubt.edit.by
    if doubt.decided_by is not None:
        return doubt.decided_by.get_full_name() or doubt.decided_by.get_username().partition("@")[0]
    return gettext("an editor")
