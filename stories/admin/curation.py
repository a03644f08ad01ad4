"""What was decided about stories, at the desk: edits and what they left behind, questions. To be looked at.

Deciding is done where both sides can be seen: on a story's own pages and in the queue. Nobody is shown by an account,
and no list can be narrowed to what another editor did.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.admin import cells
from stories.admin.filters import AboutStory, Choices, lately
from stories.admin.paging import Paged
from stories.admin.queue import DoubtQueue
from stories.admin.undoing import EditUndo
from stories.admin.viewing import ViewOnly
from stories.models import GROUPING, Constraint, Doubt, Edit, Override
from stories.selectors import columns
from stories.selectors.words import word
from stories.templatetags.firsthand import percent


class MakerFilter(Choices):
    """Edits by the program, by editors, or by whoever asks; what one other editor did is for them alone."""

    title = _("by")
    parameter_name = "maker"
    offered = (("editors", _("editors")), ("me", _("me")), ("grouping", _("grouping, the program")))
    default = _("anybody")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edit]) -> QuerySet[Edit]:
        """Narrow the edits."""
        if self.value() == "grouping":
            return queryset.filter(by=GROUPING)
        if self.value() == "me":
            return queryset.filter(user=request.user.pk)
        return queryset.exclude(by=GROUPING) if self.value() == "editors" else queryset


class StandingFilter(Choices):
    """Edits that stand, or that were undone."""

    title = _("stands")
    parameter_name = "standing"
    offered = (("yes", _("yes")), ("no", _("no, undone")))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Edit]) -> QuerySet[Edit]:
        """Narrow the edits to those that stand, or to those that don't."""
        if self.value() == "no":
            return queryset.filter(undone_by__isnull=False)
        # Spelt so that the database knows how many these are: nearly all.
        undone = Exists(Edit.objects.filter(undoes=OuterRef("pk")))
        return queryset.filter(~undone) if self.value() == "yes" else queryset


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
class EditAdmin(ViewOnly, Paged[Edit], EditUndo):
    """Edits, newest first: who did what to which stories, why, and whether it stands."""

    list_display = ("done", "maker", "when", "of_story", "of_other", "articles", "why", "stands")
    list_filter = ("act", MakerFilter, StandingFilter, lately("at", _("when")), AboutStory)
    search_fields = ("note", "story__title", "other__title")
    search_help_text = _("Any part of a note, or of the title of a story that it is about")
    ordering = ("-at", "-pk")
    inlines = (ConstraintInline,)
    fields = (
        *("at", "act", "maker", "story", "other", "article", "outlet", "note", "reasons", "probability"),
        *("stands", "undoes", "moves", "before", "after"),
    )
    readonly_fields = ("maker", "stands")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edit]:
        """With the stories' titles and the undo, in one query."""
        heavy = [*columns.of_story("story__"), *columns.of_story("other__"), "changed", "touched"]
        return super().get_queryset(request).select_related("story", "other", "undone_by").defer(*heavy)

    def get_urls(self) -> list[URLPattern]:
        """The pages of undoing besides Django's own."""
        return [*self.undo_urls(), *super().get_urls()]

    @admin.display(description=_("what"))
    def done(self, edit: Edit) -> str:
        """What it did."""
        return str(edit.get_act_display())

    @admin.display(description=_("when"))
    def when(self, edit: Edit) -> str:
        """When it was made."""
        return cells.time(edit.at)

    @admin.display(description=_("by"))
    def maker(self, edit: Edit) -> str:
        """The name that readers see: never an address."""
        return gettext("grouping, the program") if edit.by == GROUPING else edit.by

    @admin.display(description=_("story"))
    def of_story(self, row: Edit) -> str:
        """The story that it is about, at the desk."""
        return cells.story(row.story)

    @admin.display(description=_("other story"))
    def of_other(self, row: Edit) -> str:
        """The second story, where there is one."""
        return cells.story(row.other)

    @admin.display(description=_("reports moved"))
    def articles(self, edit: Edit) -> int:
        """How many articles changed their story by it."""
        return len(edit.moves)

    @admin.display(description=_("why"))
    def why(self, edit: Edit) -> str:
        """The editor's note, or the program's reasons and how sure it was."""
        sure = [percent(edit.probability)] if edit.probability is not None else []
        return edit.note or "; ".join([*sure, *edit.reasons])

    @admin.display(description=_("stands"))
    def stands(self, edit: Edit) -> str:
        """Whether it has not been undone, in words."""
        return gettext("yes") if getattr(edit, "undone_by", None) is None else gettext("no, undone")


@admin.register(Constraint)
class ConstraintAdmin(ViewOnly, Paged[Constraint]):
    """Pairs of articles that editors keep together or apart, with the edit that first said so."""

    list_display = ("first", "bond", "second", "edit", "edit__at")
    list_filter = ("bond",)
    search_fields = ("first__title", "second__title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Constraint]:
        """With both headlines and the edit, in one query."""
        heavy = [*columns.of_article("first__"), *columns.of_article("second__")]
        return super().get_queryset(request).select_related("first", "second", "edit").defer(*heavy)


@admin.register(Override)
class OverrideAdmin(ViewOnly, Paged[Override]):
    """What editors have set right of articles, for good; it is changed on the article's own page of corrections."""

    list_display = ("article", "what", "about", "said", "edit", "edit__at")
    list_filter = ("what",)
    search_fields = ("article__title", "about")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Override]:
        """With the headline and the edit, in one query."""
        heavy = columns.of_article("article__")
        return super().get_queryset(request).select_related("article", "edit").defer(*heavy)

    @admin.display(description=_("what editors say"))
    def said(self, row: Override) -> str:
        """The value, in one word where it has one."""
        value = row.value
        return word(value["role"], "Role") if "role" in value else str(value.get("kind") or value.get("how") or "")


@admin.register(Doubt)
class DoubtAdmin(ViewOnly, Paged[Doubt], DoubtQueue):
    """The questions of the review queue, and what became of each; the newest first."""

    list_display = (
        *("question", "of_story", "of_other", "reports", "sure", "reach", "why", "state", "found", "decided_when"),
    )
    list_filter = ("state", "act", lately("found_at", _("found")), AboutStory)
    search_fields = ("story__title", "other__title", "proposal__name")
    search_help_text = _("Any part of the title of a story that it is about, or of a name that may be an outlet’s")
    fields = (
        *("act", "story", "other", "proposal", "articles", "probability", "reach", "priority", "reasons"),
        *("found_at", "state", "decided_at", "edit"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Doubt]:
        """With the stories' titles, in one query."""
        heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
        return super().get_queryset(request).select_related("story", "other").defer(*heavy)

    def get_urls(self) -> list[URLPattern]:
        """The queue besides Django's own."""
        return [*self.queue_urls(), *super().get_urls()]

    @admin.display(description=_("story"))
    def of_story(self, row: Doubt) -> str:
        """The story that it is about, at the desk."""
        return cells.story(row.story)

    @admin.display(description=_("other story"))
    def of_other(self, row: Doubt) -> str:
        """The second story, where there is one."""
        return cells.story(row.other)

    @admin.display(description=_("question"))
    def question(self, doubt: Doubt) -> str:
        """What is asked."""
        return str(doubt.get_act_display())

    @admin.display(description=_("how sure"))
    def sure(self, doubt: Doubt) -> str:
        """How sure the program is that the answer is yes, where that is measured."""
        return "" if doubt.measured is None else percent(doubt.measured)

    @admin.display(description=_("found"))
    def found(self, doubt: Doubt) -> str:
        """Since when it is asked."""
        return cells.time(doubt.found_at)

    @admin.display(description=_("decided"))
    def decided_when(self, doubt: Doubt) -> str:
        """When it was answered."""
        return cells.time(doubt.decided_at)

    @admin.display(description=_("reports"))
    def reports(self, doubt: Doubt) -> int:
        """How many articles would be split off or moved."""
        return len(doubt.articles)

    @admin.display(description=_("why"))
    def why(self, doubt: Doubt) -> str:
        """The reasons of the second look, in one line."""
        return "; ".join(doubt.reasons)
