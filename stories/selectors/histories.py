"""What was done to a story, or by an editor, as the desk reads it: a page of acts, the newest first, and who acted.

A story's history holds what was done to it and to those that were merged into it, what was set right of its reports,
and what was changed of their outlets while that touched it. What grouping did without an edit is folded in on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from stories.models import GROUPING, Act, Article, Edit, Story, User
from stories.selectors import paging
from stories.selectors.edits import Told, in_bulk, rows, tell

PAGE = 30
# So many reports of each way are named at the desk, and of an hour's newcomers.
NAMED, NEWCOMERS = 8, 4
# More hours than these are told by the day.
HOURS = 48
# As services.proposals has it: for so long after its last report a change of an outlet touches a story.
TOUCHED_FOR = timedelta(days=14)
# What of an outlet a story's counts and credits rest on.
_TELLING = ("name", "aliases", "ambiguous_aliases", "owner_group", "kind")
_ORDER = ("at", "pk")


@dataclass(frozen=True, slots=True)
class Joined:
    """Reports that grouping put into the story when they came, from `start` to `end`; the first of them by name."""

    start: datetime
    end: datetime
    count: int
    reports: Sequence[Article]

    @property
    def whole_day(self) -> bool:
        """Whether they are told by the day."""
        return self.end - self.start > timedelta(hours=1)

    @property
    def more(self) -> int:
        """How many of them are not named."""
        return self.count - len(self.reports)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a history: an edit, or reports that joined."""

    at: datetime
    told: Told | None = None
    joined: Joined | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a history can be narrowed to: its name in the address, in words, and how many edits it leaves."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a history is narrowed to; "" for all. `by` is an account's number, or a name without one."""

    by: str = ""
    act: str = ""

    def __bool__(self) -> bool:
        return bool(self.by or self.act)


@dataclass(frozen=True, slots=True)
class History:
    """A page of a history; `older` and `newer` are cursors. `total` edits there are, whatever it is narrowed to."""

    entries: Sequence[Entry]
    older: str
    makers: Sequence[Choice]
    acts: Sequence[Choice]
    total: int
    undone: int
    latest: datetime | None


def of_story(story: Story, narrowed: Narrowed, before: str, *, joined: bool = False) -> History:
    """A page of a story's history. Nine queries at most, however long it is."""
    members = list(Article.objects.filter(story=story).order_by().values_list("pk", "outlet_id", "first_seen_at"))
    which = concerning(story, [pk for pk, *_ in members], {outlet for _pk, outlet, _at in members})
    page = _page(which, narrowed, before)
    if not joined or narrowed:
        return page
    key = paging.decode(before, len(_ORDER) - 1)
    window = (page.entries[-1].at if page.older else None, key[0] if key else None)
    came = _newcomers(story, {pk: seen for pk, _outlet, seen in members})
    entries = [*page.entries, *_joined({pk: at for pk, at in came.items() if _within(at, window)})]
    entries.sort(key=lambda one: (one.at, one.told.edit.pk if one.told else 0), reverse=True)
    return History(entries, page.older, page.makers, page.acts, page.total, page.undone, page.latest)


def of_editor(user: User, narrowed: Narrowed, before: str) -> History:
    """A page of what an editor did. Four queries at most."""
    return _page(Q(user=user), narrowed, before)


def concerning(story: Story, articles: Sequence[int], outlets: Iterable[int]) -> Q:
    """Edits of a story: of itself and of those merged into it, of its reports and of their outlets. One query."""
    family = [story.pk, *Story.objects.filter(merged_into=story).values_list("pk", flat=True)]
    # The names that services.footprints gives to stories: an act may found several, and name but one.
    which = Q(story__in=family) | Q(other__in=family) | Q(touched__overlap=[f"story:{pk}" for pk in family])
    which |= Q(article__in=articles, act__in=(Act.ROLE, Act.SOURCE, Act.CREDIT, Act.UNDO))
    return which | Q(
        outlet__in=list(outlets),
        before__has_any_keys=list(_TELLING),
        at__gte=story.first_at,
        at__lte=story.last_at + TOUCHED_FOR,
    )


def cursor_at(edit: Edit) -> str:
    """The cursor of the page of a history that begins with an edit."""
    return paging.encode(edit.at, edit.pk + 1)


def _page(which: Q, narrowed: Narrowed, before: str) -> History:
    makers, acts, total, undone, latest = _counts(which)
    edits = _narrow(rows().filter(which), narrowed)
    if key := paging.decode(before, len(_ORDER) - 1):
        edits = edits.filter(paging.older(_ORDER, key))
    found = list(edits[: PAGE + 1])
    older = paging.encode(found[PAGE - 1].at, found[PAGE - 1].pk) if len(found) > PAGE else ""
    told = tell(found[:PAGE], NAMED)
    return History([Entry(one.edit.at, one) for one in told], older, makers, acts, total, undone, latest)


def _narrow(edits: QuerySet[Edit], narrowed: Narrowed) -> QuerySet[Edit]:
    if narrowed.by:
        by = narrowed.by
        edits = edits.filter(user=int(by)) if by.isdecimal() and len(by) < 10 else edits.filter(user=None, by=by)
    return edits.filter(act=narrowed.act) if narrowed.act in Act.values else edits


def _counts(which: Q) -> tuple[list[Choice], list[Choice], int, int, datetime | None]:
    """Who acted and what was done, each with how often, the most frequent first. One query."""
    grouped = Edit.objects.filter(which).order_by().values_list("user", "by", "act")
    found = grouped.annotate(n=Count("pk"), undone=Count("undone_by"), last=Max("at"))
    makers: dict[str, tuple[str, int]] = {}
    acts: dict[str, int] = {}
    total = undone = 0
    latest: datetime | None = None
    for user, by, act, n, taken_back, last in sorted(found, key=lambda row: row[-1]):
        key = str(user) if user is not None else by
        # An editor who has another name by now is told by the latest.
        makers[key] = (by, makers.get(key, ("", 0))[1] + n)
        acts[act] = acts.get(act, 0) + n
        total, undone, latest = total + n, undone + taken_back, last
    return (
        sorted((Choice(key, name, n) for key, (name, n) in makers.items()), key=_most),
        sorted((Choice(act, str(Act(act).label), n) for act, n in acts.items()), key=_most),
        total,
        undone,
        latest,
    )


def _most(one: Choice) -> tuple[bool, int, str]:
    return one.key == GROUPING, -one.count, one.label


def _newcomers(story: Story, members: dict[int, datetime]) -> dict[int, datetime]:
    """When each report was first seen that grouping put into a story, wherever it is now. Two queries."""
    edits = Edit.objects.filter(Q(story=story) | Q(other=story) | Q(touched__contains=[f"story:{story.pk}"]))
    first: dict[int, int | None] = {}
    for moves in edits.exclude(moves=[]).order_by("pk").values_list("moves", flat=True):
        for article, before, _after in moves:
            first.setdefault(article, before)
    by_edit = {pk for pk, before in first.items() if before != story.pk}
    left = [pk for pk, before in first.items() if before == story.pk and pk not in members]
    seen = dict(Article.objects.filter(pk__in=left).values_list("pk", "first_seen_at")) if left else {}
    return {pk: at for pk, at in (members | seen).items() if pk not in by_edit}


def _within(at: datetime, window: tuple[datetime | None, datetime | None]) -> bool:
    start, end = window
    return (start is None or at > start) and (end is None or at <= end)


def _joined(came: dict[int, datetime]) -> list[Entry]:
    """Newcomers by the hour, or where these are many by the day. One query."""
    spans: dict[datetime, list[int]] = {}
    hours = {_begin(at, by_day=False) for at in came.values()}
    by_day = len(hours) > HOURS
    for pk, at in sorted(came.items(), key=lambda item: (item[1], item[0])):
        spans.setdefault(_begin(at, by_day=by_day), []).append(pk)
    named = in_bulk(pk for pks in spans.values() for pk in pks[:NEWCOMERS])
    length = timedelta(days=1) if by_day else timedelta(hours=1)
    return [
        Entry(
            came[pks[-1]],
            joined=Joined(start, start + length, len(pks), [named[pk] for pk in pks[:NEWCOMERS] if pk in named]),
        )
        for start, pks in spans.items()
    ]


def _begin(at: datetime, *, by_day: bool) -> datetime:
    local = timezone.localtime(at).replace(minute=0, second=0, microsecond=0)
    return local.replace(hour=0) if by_day else local
