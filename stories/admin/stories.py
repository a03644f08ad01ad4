"""Stories at the desk."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from stories.models import Article, Story, TermCount


class ArticleInline(admin.TabularInline[Article, Story]):
    """A story's articles, with why each is here."""

    model = Article
    fk_name = "story"
    extra = 0
    fields = readonly_fields = ("reported_at", "outlet", "title", "story_score", "story_reasons", "text_state")
    can_delete = False
    show_change_link = True
    ordering = ("reported_at",)

    def has_add_permission(self, request: HttpRequest, obj: Story | None = None) -> bool:
        """Grouping places articles."""
        return False


@admin.register(Story)
class StoryAdmin(admin.ModelAdmin[Story]):
    """Stories by activity. What an editor may do to them comes with curation; here they are looked at."""

    list_display = ("title", "article_count", "outlet_count", "first_at", "last_at", "lang")
    list_filter = ("lang", "last_at")
    search_fields = ("title", "slug")
    date_hierarchy = "last_at"
    show_full_result_count = False
    inlines = (ArticleInline,)
    readonly_fields = ("created_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Story | None = None) -> list[str]:
        """Worked out from the articles, so not typed over."""
        return [field.name for field in Story._meta.fields if field.editable] + ["created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Articles found stories."""
        return False


@admin.register(TermCount)
class TermCountAdmin(admin.ModelAdmin[TermCount]):
    """Counts of words, for looking up why two texts weigh as alike."""

    list_display = ("term", "lang", "articles")
    list_filter = ("lang",)
    search_fields = ("term",)
    ordering = ("-articles",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Grouping counts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: TermCount | None = None) -> bool:
        """Grouping counts."""
        return False
