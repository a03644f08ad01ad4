"""Stories at the desk."""

from __future__ import annotations

from django.contrib import admin

from stories.admin.viewing import ViewOnly
from stories.models import Article, Recent, Story, StoryLink, TermCount


class ArticleInline(ViewOnly, admin.TabularInline[Article, Story]):
    """A story's articles, with why each is here."""

    model = Article
    fk_name = "story"
    extra = 0
    fields = ("reported_at", "outlet", "title", "why_here", "text_state")
    readonly_fields = ("why_here",)
    show_change_link = True
    ordering = ("reported_at",)

    @admin.display(description="why here")
    def why_here(self, article: Article) -> str:
        """The reasons of grouping in one line; the first of them gives the score."""
        return "; ".join(article.story_reasons)


@admin.register(Story)
class StoryAdmin(ViewOnly, admin.ModelAdmin[Story]):
    """Stories by activity. What an editor may do to them comes with curation; here they are looked at."""

    list_display = ("title", "article_count", "outlet_count", "first_at", "last_at")
    list_filter = ("lang", "last_at")
    search_fields = ("title", "slug")
    date_hierarchy = "last_at"
    show_full_result_count = False
    inlines = (ArticleInline,)


@admin.register(StoryLink)
class StoryLinkAdmin(ViewOnly, admin.ModelAdmin[StoryLink]):
    """Chapters, related stories and the same event in other languages, with the reasons."""

    list_display = ("first", "kind", "second", "probability", "by_curator", "made_at")
    list_filter = ("kind", "by_curator")
    search_fields = ("first__title", "second__title")
    list_select_related = ("first", "second")
    show_full_result_count = False


@admin.register(Recent)
class RecentAdmin(ViewOnly, admin.ModelAdmin[Recent]):
    """What new reports are compared with at the moment."""

    list_display = ("article", "story", "lang", "reported_at", "grouped_at")
    list_filter = ("lang", "demo")
    search_fields = ("article__title", "story__title")
    list_select_related = ("article", "story")
    exclude = ("vector",)
    show_full_result_count = False


@admin.register(TermCount)
class TermCountAdmin(ViewOnly, admin.ModelAdmin[TermCount]):
    """Counts of words, for looking up why two texts weigh as alike."""

    list_display = ("term", "lang", "articles")
    list_filter = ("lang",)
    search_fields = ("term",)
    ordering = ("-articles",)
    show_full_result_count = False
