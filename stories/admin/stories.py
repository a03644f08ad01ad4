"""Stories at the desk."""

from __future__ import annotations

from django.contrib import admin

from stories.admin.viewing import ViewOnly
from stories.models import Article, Story, TermCount


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


@admin.register(TermCount)
class TermCountAdmin(ViewOnly, admin.ModelAdmin[TermCount]):
    """Counts of words, for looking up why two texts weigh as alike."""

    list_display = ("term", "lang", "articles")
    list_filter = ("lang",)
    search_fields = ("term",)
    ordering = ("-articles",)
    show_full_result_count = False
