"""Readers' words that something is wrong as it is grouped, at the desk: to be looked at, the queue is where they count.

Who said so is nobody's to see.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.admin import cells
from stories.admin.filters import AboutStory, lately
from stories.admin.paging import Paged
from stories.admin.viewing import ViewOnly
from stories.models import Objection
from stories.selectors import columns


class ObjectedStory(AboutStory):
    """By the story that was objected to."""

    fields: Sequence[str] = ("story",)


@admin.register(Objection)
class ObjectionAdmin(ViewOnly, Paged[Objection]):
    """Objections, the latest first."""

    list_display = ("about", "of_story", "when", "doubt")
    list_filter = (lately("at", _("when")), ("doubt", admin.EmptyFieldListFilter), ObjectedStory)
    search_fields = ("story__title", "article__title")
    fields = ("at", "story", "article", "doubt")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Objection]:
        """With the titles of both and the question that came of it, in one query."""
        heavy = [*columns.of_story("story__"), *columns.of_article("article__")]
        rows = super().get_queryset(request).select_related("story", "article", "doubt")
        return rows.defer("sender", "user", *heavy)

    @admin.display(description=_("report"))
    def about(self, row: Objection) -> str:
        """What is said to be wrong: a report, or all of the story."""
        return row.article.title if row.article is not None else gettext("the whole story")

    @admin.display(description=_("story"))
    def of_story(self, row: Objection) -> str:
        """The story that it is about, at the desk."""
        return cells.story(row.story)

    @admin.display(description=_("when"))
    def when(self, row: Objection) -> str:
        """When it was said."""
        return cells.time(row.at)
