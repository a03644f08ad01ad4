"""Unknown outlets at the desk: names that read like an outlet's, each with an example, to be made one or dismissed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from stories.admin.findings import ARTICLE, HEAVY, Roomy, page_of, shown, span
from stories.admin.viewing import acting, is_editor
from stories.catalogueforms import AliasForm
from stories.models import Proposal
from stories.selectors import outletdesk
from stories.selectors.words import counted
from stories.services import journal, outletedits, proposals
from stories.services.acts import By, Refused

# So many names can be those of one outlet.
MOST_AT_ONCE = 50


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
    actions = ("make_outlets", "are_aliases", "dismiss", "take_up")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        """With the articles that they were seen in, in one query."""
        return super().get_queryset(request).select_related(*ARTICLE).defer(*HEAVY)

    def get_urls(self) -> list[URLPattern]:
        """Where it is said which outlet a name is another name of."""
        view = self.admin_site.admin_view(self.alias_view)
        return [path("alias/", view, name="stories_proposal_alias"), *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever curates may say what is an outlet."""
        return is_editor(request)

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
            journal.note(acting(request), done.made, "Made of a name that was unknown.", journal.ADDITION)
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

    @admin.action(description="It is another name of an outlet …", permissions=["decide"])
    def are_aliases(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> HttpResponse:
        """Ask of which outlet the chosen names are aliases."""
        return self._ask(
            request, AliasForm(initial={"names": ",".join(str(row.pk) for row in queryset[:MOST_AT_ONCE])})
        )

    def alias_view(self, request: HttpRequest) -> HttpResponse:
        """Make names aliases of an outlet: they are dismissed as outlets of their own, and articles read again."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._ask(request, AliasForm(initial={"names": request.GET.get("names", "")}))
        form = AliasForm(request.POST)
        if not form.is_valid():
            return self._ask(request, form, 422)
        outlet, rows = form.cleaned_data["outlet"], list(Proposal.objects.filter(pk__in=form.chosen()))
        if not rows:
            messages.warning(request, gettext("None of the chosen names is here any more."))
            return redirect("admin:stories_proposal_changelist")
        by = By.person(acting(request), form.cleaned_data["note"])
        try:
            done = outletedits.add_aliases(outlet, [row.name for row in rows], by, timezone.now())
        except Refused as refused:
            form.add_error("outlet", refused.reason)
            return self._ask(request, form, 409)
        for row in rows:
            self.log_change(request, row, f"Another name of {outlet}.")
        told = {"names": ", ".join(f"“{row.name}”" for row in rows), "outlet": outlet}
        messages.success(request, gettext("%(outlet)s goes by %(names)s.") % told)
        for edit in done.edits:
            undo = reverse("admin:stories_edit_undo", args=[edit.pk])
            read = gettext("To be read again: %(articles)s.") % {"articles": counted(done.reread, "article")}
            messages.info(request, format_html('{} <a href="{}">{}</a>', read, undo, gettext("Undo")))
        return redirect("admin:stories_proposal_changelist")

    def _ask(self, request: HttpRequest, form: AliasForm, status: int = 200) -> HttpResponse:
        typed = str(form["names"].value() or "")
        pks = [int(number) for number in typed.split(",") if number.isdecimal() and len(number) < 19]
        rows = Proposal.objects.filter(pk__in=pks).select_related(*ARTICLE).defer(*HEAVY)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "names": outletdesk.names(),
        }
        context |= {"rows": [(row, self.example(row)) for row in rows], "title": gettext("Another name of an outlet")}
        return render(request, "admin/stories/proposal/alias.html", context, status=status)

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
