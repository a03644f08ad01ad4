"""Setting right what was found of an article: its role, its sources' kinds, whom it credits.

One form for all of it: what the editor changed is previewed when asked, and done together or not at all, each an edit
of its own. Nothing here changes a row: services.overriding does, and refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from stories.correctionforms import CorrectionForm
from stories.models import Act, Article, Edit, User
from stories.selectors import corrigible, overrides, retracing
from stories.selectors.corrigible import Corrigible
from stories.services import overriding
from stories.services.acts import By, Clash, Refused
from stories.services.seen import Seen

_TEMPLATE = "admin/stories/article/correct.html"


@dataclass(frozen=True, slots=True)
class _Asked:
    """An editor's request about an article; `seen` is what there was to be seen of it before it was read."""

    request: HttpRequest
    user: User
    shown: Corrigible
    seen: Seen
    now: datetime = field(default_factory=timezone.now)


class ArticleCorrections(admin.ModelAdmin[Article]):
    """The page on which an editor sets right what was found of an article."""

    def correction_urls(self) -> list[URLPattern]:
        """The address of that page."""
        view = require_http_methods(["GET", "HEAD", "POST"])(self.admin_site.admin_view(self.correct_view))
        return [path("<int:pk>/correct/", view, name="stories_article_correct")]

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was found and what stands, with the form; a POST previews it or does it."""
        if not isinstance(request.user, User) or not self.has_view_permission(request):
            raise PermissionDenied
        article = corrigible.find(pk) if pk < 2**63 else None
        if article is None:
            raise Http404
        seen = Seen.now(stories=[article.story] if article.story else [], articles=[article])
        asked = _Asked(request, request.user, corrigible.corrigible(article), seen)
        if request.method != "POST":
            return self._page(asked, CorrectionForm(asked.shown, initial={"seen": seen.token}))
        form = CorrectionForm(asked.shown, request.POST)
        if not form.is_valid():
            return self._page(asked, form, status=422)
        if "preview" in request.POST:
            return self._page(asked, form, outcome=_outcome(asked.shown, form), previewed=True)
        return self._correct(asked, form)

    def _correct(self, asked: _Asked, form: CorrectionForm) -> HttpResponse:
        """Do what was changed; where somebody else changed the same, show that, and what was typed over it."""
        given = form.cleaned_data
        by = By.person(asked.user, given["note"], Seen.read(given["seen"]))
        try:
            edits = overriding.correct(asked.shown.article, form.said(), by, asked.now)
        except Clash as clash:
            return self._page(asked, form.renewed(asked.shown, asked.seen.token), refused=clash, status=409)
        except Refused as refused:
            return self._page(asked, form, refused=refused, status=422)
        _tell(asked.request, edits)
        return redirect("admin:stories_article_correct", asked.shown.article.pk)

    def _page(
        self,
        asked: _Asked,
        form: CorrectionForm,
        *,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        shown = asked.shown
        context = {
            **self.admin_site.each_context(asked.request),
            "title": gettext("Correct: %(title)s") % {"title": shown.article.title},
            "opts": Article._meta,
            "article": shown.article,
            "story": shown.article.story,
            "shown": shown,
            "form": form,
            "role": form["role"],
            "sources": [(line, form[f"kind-{line.slot}"]) for line in shown.sources],
            "credits": [
                (line, form[f"credit-{line.slot}"], form[f"relation-{line.slot}"] if line.is_credit else None)
                for line in shown.credits
            ],
            "paragraphs": [part for part in shown.whole.split("\n")[1:] if part.strip()],
            "longest": retracing.MOST,
            "now": asked.now,
            **more,
        }
        return render(asked.request, _TEMPLATE, context, status=status)


def _outcome(shown: Corrigible, form: CorrectionForm) -> retracing.Outcome | None:
    """What would come of it; None where the story is too long for that."""
    after = corrigible.decided_as(shown, form.values())
    return retracing.outcome(shown.reports, overrides.as_decided(shown.said), after)


def _tell(request: HttpRequest, edits: Sequence[Edit]) -> None:
    """Say what was set right, with the way to undo each."""
    for edit in edits:
        undo = reverse("admin:stories_edit_undo", args=[edit.pk])
        messages.success(request, format_html('{} <a href="{}">{}</a>', _said(edit), undo, gettext("Undo")))
    if not edits:
        messages.info(request, gettext("Nothing was changed: all is as you want it."))
    else:
        count = len(edits)
        traced = ngettext(
            "The story is traced again with it.", "The story is traced again with these %(count)d.", count
        )
        messages.info(request, traced % {"count": count})


def _said(edit: Edit) -> str:
    about = {"about": edit.after.get("about", "")}
    taken_back = edit.after.get("value") is None
    match edit.act:
        case Act.ROLE:
            return gettext("The role is as it is found again.") if taken_back else gettext("The role is corrected.")
        case Act.SOURCE:
            said = gettext("The kind of “%(about)s” is as it is found again.")
            return (said if taken_back else gettext("The kind of “%(about)s” is corrected.")) % about
    said = gettext("The credit of %(about)s is as it is found again.")
    return (said if taken_back else gettext("The credit of %(about)s is corrected.")) % about
