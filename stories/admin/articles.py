"""Articles and versions at the desk."""

from __future__ import annotations

import re

from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from stories.admin import cells
from stories.admin.articlefilters import FailedFilter, OfOutlet, StageFilter, TextFilter, WorldFilter
from stories.admin.corrections import ArticleCorrections
from stories.admin.filters import LanguageFilter, lately
from stories.admin.paging import Paged, with_number
from stories.admin.viewing import ViewOnly, noted
from stories.ingest import links
from stories.models import Article, ArticleKey, Version
from stories.selectors import columns
from stories.services import retrying

_SHORT = 2
# Of two letters, and in no index of words.
_COMMON = frozenset(re.findall("..", "amanasatbebydoheifinisitmemynoofonorsotoupwe"))


class VersionInline(ViewOnly, admin.TabularInline[Version, Article]):
    """An article's wordings over time."""

    model = Version
    fk_name = "article"
    extra = 0
    fields = ("seen_at", "title", "text_state")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Texts only where a wording is opened."""
        return super().get_queryset(request).defer("search", "text", "summary")


@admin.register(Article)
class ArticleAdmin(ViewOnly, Paged[Article], ArticleCorrections):
    """Articles with their stage; a failed one shows its reason and can be tried again."""

    list_display = ("title", "of_outlet", "reported", "stage", "text_state", "attempts", "of_story", "page")
    list_filter = (
        *(StageFilter, FailedFilter, TextFilter, LanguageFilter, lately("reported_at", _("reported")), WorldFilter),
        OfOutlet,
    )
    search_fields = ("title",)
    search_help_text = _("Any part of a headline, an address, or an article’s number")
    ordering = ("-reported_at", "-pk")
    sortable_by = ("reported",)
    inlines = (VersionInline,)
    actions = ("try_again",)

    def get_urls(self) -> list[URLPattern]:
        """What was found of an article can be set right besides."""
        return [*self.correction_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """With outlet and story, in one query; without what weighs most."""
        rows = super().get_queryset(request).select_related("outlet", "story")
        return rows.defer(*columns.of_article(), *columns.of_story("story__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        """By any part of the headline, by number, or by address."""
        if key := links.url_key(search_term.strip()) if "://" in search_term else "":
            known = ArticleKey.objects.filter(key=key).values("article")
            return queryset.filter(Q(url_key=key) | Q(pk__in=known)), False
        if short := _short_words(search_term):
            return queryset.filter(version__search=short), False
        found, again = super().get_search_results(request, queryset, search_term)
        return with_number(found, queryset, search_term), again

    @admin.display(description=pgettext_lazy("column", "outlet"))
    def of_outlet(self, article: Article) -> str:
        """Its outlet, which leads to all of that outlet's."""
        return format_html('<a href="?outlet={}">{}</a>', article.outlet_id, article.outlet)

    @admin.display(description=_("story"))
    def of_story(self, article: Article) -> str:
        """Its story, at the desk."""
        return cells.story(article.story)

    @admin.display(description=_("reported"), ordering="reported_at")
    def reported(self, article: Article) -> str:
        """The time that it counts with."""
        return cells.time(article.reported_at)

    @admin.display(description=_("readers’ page"))
    def page(self, article: Article) -> str:
        """Where readers see it."""
        return cells.page(article)

    @admin.action(description=_("Try again"), permissions=["curate"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        """Send failed articles, and those without text, through the pipeline again."""
        chosen = list(queryset)
        tried = [article for article in chosen if retrying.retry(article, now=timezone.now())]
        noted(request, tried, "Tried again.")
        said = gettext("%(tried)d of %(chosen)d articles are tried again.")
        self.message_user(request, said % {"tried": len(tried), "chosen": len(chosen)}, messages.SUCCESS)


def _short_words(term: str) -> SearchQuery | None:
    """The query for words of two letters alone, such as "EU": as whole words of the headline.

    The index of parts of headlines knows nothing shorter than three letters, and would read them all. What stands in
    every headline is found soon without one.
    """
    words = term.split()
    if not words or any(len(word) != _SHORT or not word.isalpha() or word.lower() in _COMMON for word in words):
        return None
    return SearchQuery(" & ".join(f"{word}:A" for word in words), search_type="raw", config="english")


@admin.register(Version)
class VersionAdmin(ViewOnly, Paged[Version]):
    """Wordings of articles; to be looked at, not to be changed."""

    list_display = ("title", "article", "seen_at", "text_state")
    list_filter = ("text_state",)
    search_fields = ("title",)
    search_help_text = _("Words of a headline or a text, as in the search for readers")
    exclude = ("search",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """With the article, in one query; texts only where a row is opened."""
        rows = super().get_queryset(request).select_related("article")
        return rows.defer("search", "text", "summary", *columns.of_article("article__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Version], search_term: str
    ) -> tuple[QuerySet[Version], bool]:
        """By its words, over their index."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(search=SearchQuery(search_term, search_type="websearch", config="english")), False
