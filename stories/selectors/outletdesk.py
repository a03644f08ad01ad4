"""What the desk shows of an outlet beside its form: feeds, counts, and all that people did to it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry

from stories.models import Act, Credit, Edit, Feed, Outlet, User
from stories.selectors import edits, editwords
from stories.selectors.editwords import Change


def owner_groups() -> list[str]:
    """The owner groups in use, by name."""
    groups = Outlet.objects.exclude(owner_group="").order_by("owner_group")
    return list(groups.values_list("owner_group", flat=True).distinct())


def names() -> list[str]:
    """The names of all outlets, for a field that completes what is typed."""
    return list(Outlet.objects.values_list("name", flat=True))


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done to an outlet: an edit with what it changed, or a word of the desk's log. `undo`: it stands."""

    at: datetime
    by: str
    said: str
    note: str = ""
    changes: Sequence[Change] = ()
    edit: Edit | None = None
    undone: Edit | None = None
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """What the desk tells of an outlet beside its form: its feeds, and how many reports and credits it has."""

    feeds: Sequence[Feed]
    articles: int
    credits: int


def aside(outlet: Outlet) -> Aside:
    """Three queries."""
    return Aside(
        list(outlet.feeds.select_related("subscription").order_by("url")),
        outlet.articles.count(),
        Credit.objects.filter(outlet=outlet).count(),
    )


def history(outlet: Outlet, most: int) -> list[Deed]:
    """What people did to an outlet, the latest first, so many at most. Two queries."""
    told = [_told(edit) for edit in edits.rows().filter(outlet=outlet)[:most]]
    logged = LogEntry.objects.filter(
        content_type__app_label="stories", content_type__model="outlet", object_id=str(outlet.pk)
    )
    logs = [
        Deed(one.action_time, _name(one.user), one.get_change_message())
        for one in logged.select_related("user", "content_type").order_by("-pk")[:most]
    ]
    return sorted([*told, *logs], key=lambda deed: deed.at, reverse=True)[:most]


def _told(edit: Edit) -> Deed:
    undone = getattr(edit, "undone_by", None)
    stands = edit.act == Act.OUTLET and undone is None
    return Deed(edit.at, edit.by, edit.get_act_display(), edit.note, editwords.changes(edit, {}), edit, undone, stands)


def _name(user: User) -> str:
    """As edits name people: never by an address."""
    return user.get_full_name() or user.get_username().partition("@")[0]
