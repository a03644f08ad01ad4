"""How the desk's list of stories is narrowed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stories.admin.filters import Choices, lately
from stories.models import Closing, Doubt, DoubtState, Objection, Story
from stories.selectors import deskmarks


class StateFilter(Choices):
    """By what was said of a story as a whole. Those that were merged into others are shown only when asked for."""

    title = _("state")
    parameter_name = "state"
    default = _("all but merged")
    offered = (
        ("live", _("live: not closed, not hidden")),
        ("pinned", _("pinned")),
        ("locked", _("locked")),
        ("hidden", _("hidden")),
        ("closed", _("closed")),
        ("named", _("renamed by an editor")),
        ("empty", _("without reports")),
        ("merged", _("merged into another")),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        """Narrow the stories."""
        value = self.value()
        if value == "merged":
            return queryset.filter(merged_into__isnull=False)
        standing = queryset.filter(merged_into=None)
        if value == "live":
            return standing.filter(article_count__gt=0, hidden=False, closed_at=None)
        if value == "closed":
            return standing.filter(Q(closing=Closing.CLOSED) | Q(closed_at__isnull=False))
        if value == "named":
            return standing.exclude(named="")
        chosen: dict[str | None, dict[str, Any]] = {
            "pinned": {"pinned_at__isnull": False},
            "locked": {"locked": True},
            "hidden": {"hidden": True},
            "empty": {"article_count": 0},
        }
        return standing.filter(**chosen.get(value, {}))


class InDoubtFilter(Choices):
    """Those that somebody has a question about: grouping, or a reader."""

    title = _("in doubt")
    parameter_name = "doubt"
    offered = (
        ("any", _("open questions or objections")),
        ("questions", _("open questions")),
        ("objections", _("readers’ objections")),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        """Narrow the stories. Questions and objections that wait are few: they are what is looked through."""
        waiting = Doubt.objects.filter(state=DoubtState.OPEN)
        asked = Q(pk__in=waiting.values("story")) | Q(pk__in=waiting.values("other"))
        said = Q(pk__in=Objection.objects.filter(deskmarks.unanswered()).values("story"))
        wanted = {"any": asked | said, "questions": asked, "objections": said}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


class OutletsFilter(Choices):
    """By how many outlets report it."""

    title = _("outlets")
    parameter_name = "outlets"
    offered = (
        ("1", _("one")),
        ("2", _("several")),
        ("5", _("5 or more")),
        ("10", _("10 or more")),
    )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        """Narrow the stories."""
        value = self.value()
        if value == "1":
            return queryset.filter(outlet_count=1)
        return queryset.filter(outlet_count__gte=int(value)) if value in ("2", "5", "10") else queryset


class DemoFilter(Choices):
    """Real news, or those of the demo world."""

    title = _("world")
    parameter_name = "demo"
    offered = (("no", _("real news")), ("yes", _("the demo world")))
    default = _("both")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Story]) -> QuerySet[Story]:
        """Narrow the stories."""
        wanted = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(demo=wanted)


ActivityFilter = lately("last_at", _("latest report"))
