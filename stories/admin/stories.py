"""Stories at the desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from stories.admin import cells
from stories.admin.filters import LanguageFilter
from stories.admin.histories import StoryHistory
from stories.admin.paging import Paged, with_number
from stories.admin.storyacts import StoryActs
from stories.admin.storyfilters import ActivityFilter, DemoFilter, InDoubtFilter, OutletsFilter, StateFilter
from stories.admin.viewing import ViewOnly
from stories.models import GROUPING, Closing, Recent, Story, StoryLink, TermCount
from stories.selectors import columns, deskmarks
from stories.selectors.deskmarks import Marks
from stories.selectors.words import ago, counted


@admin.register(Story)
class StoryAdmin(ViewOnly, Paged[Story], StoryActs, StoryHistory):
    """Stories by activity. What an editor does to them is in storyacts, what was done in histories."""

    list_display = (
        *("title", "state", "article_count", "outlet_count", "origins", "in_doubt"),
        *("first", "latest", "latest_edit", "page"),
    )
    list_filter = (StateFilter, InDoubtFilter, ActivityFilter, OutletsFilter, LanguageFilter, DemoFilter)
    search_fields = ("title",)
    search_help_text = _("Any part of a title, or a story’s number")
    ordering = ("-last_at", "-pk")
    sortable_by = ("title", "article_count", "outlet_count", "first", "latest")

    def get_urls(self) -> list[URLPattern]:
        """The acts and histories besides Django's own."""
        return [*self.act_urls(), *self.history_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        """With the counts of origins and where merged ones lead, in one query; without what weighs most."""
        heavy = [*columns.of_story(), *columns.of_story("merged_into__"), "provenance__traced"]
        return super().get_queryset(request).select_related("provenance", "merged_into").defer(*heavy)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Story], search_term: str
    ) -> tuple[QuerySet[Story], bool]:
        """By any part of the title, or by number. What is chosen for an act was not merged into another."""
        if request.path == reverse("admin:autocomplete"):
            queryset = queryset.filter(merged_into=None)
        found, again = super().get_search_results(request, queryset, search_term)
        return with_number(found, queryset, search_term), again

    def of_page(self, rows: Sequence[Story]) -> None:
        """Open questions, objections and the latest edit of each."""
        found = deskmarks.marks([story.pk for story in rows])
        for story in rows:
            vars(story)["marks"] = found[story.pk]

    @admin.display(description=_("state"))
    def state(self, story: Story) -> str:
        """What was said of it as a whole, in words."""
        if story.merged_into is not None:
            return format_html(gettext("merged into {story}"), story=cells.story(story.merged_into))
        marked = [format_html('<span class="mark-{}">{}</span>', name, words) for name, words in _states(story)]
        return format_html_join(" ", "{}", ((one,) for one in marked))

    @admin.display(description=_("origins"))
    def origins(self, story: Story) -> str:
        """How many independent origins its news have, as traced last: a range where that is inferred."""
        traced = getattr(story, "provenance", None)
        if traced is None:
            return ""
        return str(traced.least) if traced.least == traced.most else f"{traced.least}–{traced.most}"

    @admin.display(description=_("in doubt"))
    def in_doubt(self, story: Story) -> str:
        """Open questions, and readers' words that nobody has answered; both lead to lists of them."""
        marks, said = _marks(story), []
        if marks.doubts:
            said.append(
                (f"{reverse('admin:stories_doubt_changelist')}?about={story.pk}", counted(marks.doubts, "question"))
            )
        if marks.objections:
            words = ngettext("%(count)s objection", "%(count)s objections", marks.objections)
            address = f"{reverse('admin:stories_objection_changelist')}?about={story.pk}"
            said.append((address, words % {"count": marks.objections}))
        return format_html_join(", ", '<a href="{}">{}</a>', said)

    @admin.display(description=_("latest edit"))
    def latest_edit(self, story: Story) -> str:
        """What was done to it last, by whom and when; leads to its history."""
        edit = _marks(story).edit
        if edit is None:
            return ""
        by = gettext("grouping") if edit.by == GROUPING else edit.by
        said = gettext("%(act)s by %(name)s") % {"act": edit.get_act_display(), "name": by}
        when = ago((timezone.now() - edit.at).total_seconds())
        address = reverse("admin:stories_story_history", args=[story.pk])
        return format_html('<a href="{}">{}</a> <span class="seen">{}</span>', address, said, when)

    @admin.display(description=_("first report"), ordering="first_at")
    def first(self, story: Story) -> str:
        """When its first report came."""
        return cells.time(story.first_at)

    @admin.display(description=_("latest report"), ordering="last_at")
    def latest(self, story: Story) -> str:
        """When its latest report came."""
        return cells.time(story.last_at)

    @admin.display(description=_("readers’ page"))
    def page(self, story: Story) -> str:
        """Where readers see it."""
        return cells.page(story)


def _marks(story: Story) -> Marks:
    marks = vars(story).get("marks")
    return marks if isinstance(marks, Marks) else Marks()


def _states(story: Story) -> Iterator[tuple[str, str]]:
    """What was said of a story that was not merged: a name for its colour, and the words."""
    if story.pinned_at is not None:
        yield "pinned", gettext("pinned")
    if story.locked:
        yield "locked", gettext("locked")
    if story.hidden:
        yield "hidden", gettext("hidden")
    if story.closing == Closing.CLOSED:
        yield "closed", gettext("closed by an editor")
    elif story.closing == Closing.OPEN:
        yield "kept", gettext("kept open")
    elif story.closed_at is not None:
        yield "quiet", gettext("closed")
    if story.named:
        yield "named", gettext("renamed")
    if story.article_count == 0:
        yield "empty", gettext("no reports")
    if story.demo:
        yield "demo", gettext("demo world")


@admin.register(StoryLink)
class StoryLinkAdmin(ViewOnly, Paged[StoryLink]):
    """Chapters, related stories and the same event in other languages, with the reasons."""

    list_display = ("first", "kind", "second", "probability", "by_curator", "made_at")
    list_filter = ("kind", "by_curator")
    search_fields = ("first__title", "second__title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoryLink]:
        """With the stories' titles, in one query."""
        heavy = [*columns.of_story("first__"), *columns.of_story("second__")]
        return super().get_queryset(request).select_related("first", "second").defer(*heavy)


@admin.register(Recent)
class RecentAdmin(ViewOnly, Paged[Recent]):
    """What new reports are compared with at the moment."""

    list_display = ("article", "story", "lang", "reported_at", "grouped_at")
    list_filter = (LanguageFilter, DemoFilter)
    search_fields = ("article__title", "story__title")
    exclude = ("vector",)
    ordering = ("-grouped_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recent]:
        """With the titles of article and story, in one query; without what they are compared by."""
        heavy = [*columns.of_article("article__"), *columns.of_story("story__")]
        rows = super().get_queryset(request).select_related("article", "story")
        return rows.defer("vector", "marks", "keys", *heavy)


@admin.register(TermCount)
class TermCountAdmin(ViewOnly, Paged[TermCount]):
    """Counts of words, for looking up why two texts weigh as alike."""

    list_display = ("term", "lang", "articles")
    list_filter = (LanguageFilter,)
    search_fields = ("=term",)
    search_help_text = _("A word as it is counted, whole")
