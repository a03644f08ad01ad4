"""Articles and versions at the desk."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from stories.admin.viewing import ViewOnly
from stories.models import Article, Version
from stories.services import retrying


class VersionInline(ViewOnly, admin.TabularInline[Version, Article]):
    """An article's wordings over time."""

    model = Version
    fk_name = "article"
    extra = 0
    fields = ("seen_at", "title", "text_state")
    show_change_link = True


@admin.register(Article)
class ArticleAdmin(ViewOnly, admin.ModelAdmin[Article]):
    """Articles with their stage; a failed one shows its reason and can be tried again."""

    list_display = ("title", "outlet", "reported_at", "stage", "text_state", "attempts", "story")
    list_filter = ("stage", "failed_stage", "text_state", "lang", "outlet__demo")
    search_fields = ("title", "url", "outlet__name", "byline", "failure")
    list_select_related = ("outlet", "story")
    date_hierarchy = "reported_at"
    show_full_result_count = False
    inlines = (VersionInline,)
    actions = ("try_again",)

    @admin.action(description="Try again")
    def try_again(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        """Send failed articles, and those without text, through the pipeline again."""
        tried = sum(retrying.retry(article, now=timezone.now()) for article in queryset)
        self.message_user(request, f"{tried} of {len(queryset)} articles are tried again.", messages.SUCCESS)


@admin.register(Version)
class VersionAdmin(ViewOnly, admin.ModelAdmin[Version]):
    """Wordings of articles; to be looked at, not to be changed."""

    list_display = ("title", "article", "seen_at", "text_state")
    list_filter = ("text_state",)
    search_fields = ("title", "article__outlet__name")
    list_select_related = ("article",)
    date_hierarchy = "seen_at"
    show_full_result_count = False
    exclude = ("search",)
