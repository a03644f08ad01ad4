"""What was decided about stories, at the desk: edits, the bonds that they left, and the review queue. To be looked at.

Deciding is done on the editors' pages, through services.curation and services.doubts, where both sides can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from stories.admin.viewing import ViewOnly
from stories.models import GROUPING, Constraint, Doubt, Edit
from stories.selectors import columns


class MakerFilter(admin.SimpleListFilter):
    """Edits by the program, or by editors."""

    title = "by"
    parameter_name = "maker"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Edit]) -> Sequence[tuple[str, str]]:
        """The two kinds of makers."""
        return [("grouping", "grouping"), ("editors", "editors")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edit]) -> QuerySet[Edit]:
        """Narrow the edits to the chosen kind."""
        if self.value() == "grouping":
            return queryset.filter(by=GROUPING)
        return queryset.exclude(by=GROUPING) if self.value() == "editors" else queryset


class StandingFilter(admin.SimpleListFilter):
    """Edits that stand, or that were undone."""

    title = "stands"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Edit]) -> Sequence[tuple[str, str]]:
        """Yes or no."""
        return [("yes", "yes"), ("no", "no, undone")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edit]) -> QuerySet[Edit]:
        """Narrow the edits to those that stand, or to those that don't."""
        stands = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if stands is None else queryset.filter(undone_by__isnull=stands)


class ConstraintInline(ViewOnly, admin.TabularInline[Constraint, Edit]):
    """What an edit says of pairs of articles."""

    model = Constraint
    fk_name = "edit"
    extra = 0
    fields = ("bond", "first", "second")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Constraint]:
        """With the articles' headlines, and without what weighs most of them."""
        heavy = [*columns.of_article("first__"), *columns.of_article("second__")]
        return super().get_queryset(request).select_related("first", "second").defer(*heavy)


@admin.register(Edit)
class EditAdmin(ViewOnly, admin.ModelAdmin[Edit]):
    """Edits, newest first: who did what to which stories, why, and whether it stands."""

    list_display = ("at", "act", "by", "story", "other", "articles", "probability", "why", "stands")
    list_filter = ("act", MakerFilter, StandingFilter)
    search_fields = ("by", "note", "story__title", "other__title")
    date_hierarchy = "at"
    show_full_result_count = False
    inlines = (ConstraintInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edit]:
        """With the stories' titles and the undo, in one query."""
        heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
        return super().get_queryset(request).select_related("story", "other", "undone_by").defer(*heavy)

    @admin.display(description="reports moved")
    def articles(self, edit: Edit) -> int:
        """How many articles changed their story by it."""
        return len(edit.moves)

    @admin.display(description="why")
    def why(self, edit: Edit) -> str:
        """The editor's note, or the program's reasons."""
        return edit.note or "; ".join(edit.reasons)

    @admin.display(description="stands", boolean=True)
    def stands(self, edit: Edit) -> bool:
        """Whether it has not been undone."""
        return getattr(edit, "undone_by", None) is None


@admin.register(Constraint)
class ConstraintAdmin(ViewOnly, admin.ModelAdmin[Constraint]):
    """Pairs of articles that editors keep together or apart, with the edit that first said so."""

    list_display = ("bond", "first", "second", "edit", "edit__at")
    list_filter = ("bond", "edit__act")
    search_fields = ("first__title", "second__title", "edit__by")
    ordering = ("-edit", "first", "second")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Constraint]:
        """With both headlines and the edit, in one query."""
        heavy = [*columns.of_article("first__"), *columns.of_article("second__")]
        return super().get_queryset(request).select_related("first", "second", "edit").defer(*heavy)


@admin.register(Doubt)
class DoubtAdmin(ViewOnly, admin.ModelAdmin[Doubt]):
    """The review queue, and what became of each question; the newest first."""

    list_display = ("found_at", "act", "story", "other", "reports", "probability", "why", "state", "decided_at")
    list_filter = ("state", "act")
    search_fields = ("key", "story__title", "other__title")
    date_hierarchy = "found_at"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Doubt]:
        """With the stories' titles, in one query."""
        heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
        return super().get_queryset(request).select_related("story", "other").defer(*heavy)

    @admin.display(description="reports")
    def reports(self, doubt: Doubt) -> int:
        """How many articles would be split off or moved."""
        return len(doubt.articles)

    @admin.display(description="why")
    def why(self, doubt: Doubt) -> str:
        """The reasons of the second look, in one line."""
        return "; ".join(doubt.reasons)
