"""Unknown outlets at the desk: names that read like an outlet's, each with an example, to be made one or dismissed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from stories.admin.findings import ARTICLE, HEAVY, Roomy, page_of, shown, span
from stories.models import Proposal
from stories.services import proposals


class AnsweredFilter(admin.SimpleListFilter):
    """Names that wait for an answer, which are shown unless others are asked for, and dismissed ones."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Proposal]) -> Sequence[tuple[str, str]]:
        """What may be asked for beside those that wait."""
        return [("dismissed", "dismissed"), ("any", "any")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """The list of the filter, in which no choice means those that wait."""
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "waiting",
        }
        for value, words in self.lookup_choices:
            chosen = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": chosen, "display": words}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        """Narrow the names."""
        if self.value() == "any":
            return queryset
        return queryset.filter(dismissed_at__isnull=self.value() != "dismissed")


@admin.register(Proposal)
class ProposalAdmin(Roomy, admin.ModelAdmin[Proposal]):
    """Names that read like outlets and that nobody knows, the most frequent first; an editor says what they are."""

    list_display = ("name", "articles", "example", "first_seen_at", "dismissed_at")
    list_filter = (AnsweredFilter,)
    search_fields = ("name", "article__title")
    list_per_page = 50
    show_full_result_count = False
    actions = ("make_outlets", "dismiss", "take_up")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        """With the articles that they were seen in, in one query."""
        return super().get_queryset(request).select_related(*ARTICLE).defer(*HEAVY)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may make outlets may say what is one."""
        return request.user.has_perm("stories.add_outlet")

    @admin.display(description="example")
    def example(self, row: Proposal) -> str:
        """A sentence that names it, and the article that it stands in."""
        sentence = shown(row.article, [(span(row.evidence), "evidence")])
        return format_html('{} <span class="seen">{}</span>', sentence, page_of(row.article))

    @admin.action(description="Make an outlet of it", permissions=["decide"])
    def make_outlets(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        """Make outlets of the chosen names and have the articles read again that named them."""
        done = proposals.accept([row.name for row in queryset], timezone.now())
        if done.made:
            log = LogEntry.objects
            log.log_actions(
                request.user.pk or 0, done.made, ADDITION, change_message="Made of a name that was unknown."
            )
        for name, outlet in done.known:
            words = f"“{name}” is a name of the outlet {outlet} already; dismiss it here, it is known."
            self.message_user(request, words, messages.ERROR)
        if done.made:
            names = ", ".join(outlet.name for outlet in done.made)
            days = proposals.READ_ANEW.days
            words = f"Made: {names}. Articles of the last {days} days that are read again for it: {done.reread}."
            self.message_user(request, words, messages.SUCCESS)
        elif not done.known:
            self.message_user(request, "None of the chosen names is here any more.", messages.WARNING)

    @admin.action(description="Dismiss: it is no outlet", permissions=["decide"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        """Note that the chosen names are no outlets."""
        chosen = list(queryset)
        count = proposals.dismiss([row.name for row in chosen], timezone.now())
        self._answered(request, chosen, count, "dismissed")

    @admin.action(description="Take a dismissal back", permissions=["decide"])
    def take_up(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        """Have the chosen names wait for an answer again."""
        chosen = list(queryset)
        self._answered(request, chosen, proposals.take_up([row.name for row in chosen]), "waiting again")

    def _answered(self, request: HttpRequest, chosen: Sequence[Proposal], count: int, word: str) -> None:
        for row in chosen:
            self.log_change(request, row, f"Name {word}.")
        level = messages.SUCCESS if count else messages.INFO
        self.message_user(request, f"Names {word}: {count} of {len(chosen)}.", level)
