"""How the desk's list of articles is narrowed."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stories.admin.filters import Choices, NumberFilter
from stories.models import Article, Outlet, Stage, TextState

# So many numbers still make a query that is quick to read.
_FEW = 5_000


class StageFilter(Choices):
    """By how far they have come. All but those at rest are few, and have an index of their own."""

    title = _("stage")
    parameter_name = "stage"
    offered = (("waiting", _("on the way")), *Stage.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """Narrow the articles."""
        value = self.value()
        if value == "waiting":
            return queryset.exclude(stage=Stage.DONE).exclude(stage=Stage.FAILED)
        return queryset.filter(stage=value) if value in Stage.values else queryset


class FailedFilter(Choices):
    """Failed ones, by where they failed."""

    title = _("failed at")
    parameter_name = "failed_stage"
    offered = Stage.choices[:5]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """Narrow the articles."""
        value = self.value()
        return queryset.filter(stage=Stage.FAILED, failed_stage=value) if value else queryset


class TextFilter(Choices):
    """By where their text comes from."""

    title = _("text")
    parameter_name = "text_state"
    offered = TextState.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """Narrow the articles. What was not fetched yet is not at rest either, which the index knows."""
        value = self.value()
        if value == TextState.PENDING:
            return queryset.filter(text_state=value).exclude(stage=Stage.DONE)
        return queryset.filter(text_state=value) if value else queryset


class WorldFilter(Choices):
    """Real news, or those of the demo world."""

    title = _("world")
    parameter_name = "world"
    offered = (("no", _("real news")), ("yes", _("the demo world")))
    default = _("both")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """Narrow the articles."""
        if self.value() not in ("yes", "no"):
            return queryset
        outlets = list(Outlet.objects.filter(demo=True).order_by().values_list("pk", flat=True))
        if self.value() == "no":
            return queryset.exclude(outlet__in=outlets)
        # By number where they are few: the database would else walk through all articles in time to find them.
        few = Article.objects.filter(outlet__in=outlets).order_by().values_list("pk", flat=True)
        numbers = list(few[: _FEW + 1])
        return queryset.filter(pk__in=numbers) if len(numbers) <= _FEW else queryset.filter(outlet__in=outlets)


class OfOutlet(NumberFilter):
    """By outlet: the link in an outlet's column sets it."""

    title = pgettext_lazy("column", "outlet")
    parameter_name = "outlet"
    model = Outlet
    fields = ("outlet",)
