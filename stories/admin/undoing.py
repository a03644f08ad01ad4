"""Taking edits back at the desk, one or with all that stands on it, and what one editor has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, ngettext

from stories.admin import histories as pages
from stories.admin.viewing import is_admin
from stories.models import Act, Edit, Story, User
from stories.selectors import histories, undopreview
from stories.selectors.edits import Told, rows, tell
from stories.services import takingback, undoing
from stories.services.acts import By, Refused
from stories.services.seen import Seen

_NOTE = 2000


class NoteForm(forms.Form):
    """Why an editor takes something back."""

    note = forms.CharField(
        label=gettext_lazy("Note, if you like: why"),
        max_length=_NOTE,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of an undo shows: the edit, and those that stand on it, the latest first."""

    told: Told
    chain: Sequence[Told]
    whole: bool
    token: str

    @property
    def later(self) -> Sequence[Told]:
        """The edits that stand on it."""
        return [one for one in self.chain if one.edit.pk != self.told.edit.pk]

    @property
    def numbers(self) -> str:
        """What a form says it was shown."""
        return ",".join(str(one.edit.pk) for one in self.chain)

    @property
    def standing(self) -> bool:
        """Whether it can be taken back, as far as it goes by itself."""
        return self.told.undone is None and self.told.edit.act != Act.UNDO


class EditUndo(admin.ModelAdmin[Edit]):
    """The pages of undoing, beside the list of edits."""

    def undo_urls(self) -> list[URLPattern]:
        """The addresses of undoing, of an edit's line in its history, and of an editor's own history."""
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/undo/", guard(self.undo_view), name="stories_edit_undo"),
            path("<int:pk>/line/", guard(self.line_view), name="stories_edit_line"),
            path("by/<int:pk>/", guard(self.by_view), name="stories_edit_by"),
        ]

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """GET shows what would be taken back, and what is in its way; POST takes it back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = NoteForm(_clean(request)) if request.method == "POST" else NoteForm()
        refused: Refused | None = None
        if request.method == "POST" and form.is_valid():
            edit = get_object_or_404(Edit, pk=pk)
            try:
                done = _undo(edit, request, form.cleaned_data["note"])
            except Refused as problem:
                refused = problem
            else:
                return self._done(request, edit, done)
        return self._page(request, pk, form, refused)

    def _page(self, request: HttpRequest, pk: int, form: NoteForm, refused: Refused | None) -> HttpResponseBase:
        page = _page_of(get_object_or_404(rows(), pk=pk))
        now = timezone.now()
        shown = page.chain if page.whole else [page.told]
        preview = undopreview.preview(shown, now) if page.standing and page.whole else None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Undo"),
            "opts": self.opts,
            "page": page,
            "told": page.told,
            "story": page.told.edit.story,
            "preview": preview,
            "form": form,
            "refused": refused,
            "in_the_way": tell(rows().filter(pk__in=[one.pk for one in refused.edits])) if refused else (),
        }
        status = 409 if refused else 422 if form.errors else 200
        return TemplateResponse(request, "admin/stories/edit/undo.html", context, status=status)

    def _done(self, request: HttpRequest, edit: Edit, done: Sequence[Edit]) -> HttpResponse:
        """Say what was done, and go to where it shows."""
        said = ngettext("%(count)d edit is undone.", "%(count)d edits are undone, all or none.", len(done))
        line = reverse("admin:stories_edit_line", args=[done[-1].pk])
        self.message_user(
            request,
            format_html('{} <a href="{}">{}</a>', said % {"count": len(done)}, line, gettext("See it in the history")),
            messages.SUCCESS,
        )
        if edit.outlet_id:
            return redirect("admin:stories_outlet_change", edit.outlet_id)
        return redirect("admin:stories_story_change", _end(edit.story)) if edit.story else redirect(line)

    def line_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An edit's line in its story's history; of one without a story, its own page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        edit = get_object_or_404(Edit.objects.only("pk", "at", "story"), pk=pk)
        if edit.story_id is None:
            return redirect("admin:stories_edit_change", pk)
        history = reverse("admin:stories_story_history", args=[edit.story_id])
        return redirect(f"{history}?before={histories.cursor_at(edit)}#e{pk}")

    def by_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What an editor did: they may look at it, and admins."""
        if not self.has_view_permission(request) or not (request.user.pk == pk or is_admin(request)):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        chosen, before = pages.narrowed(request), request.GET.get("before", "")
        found = histories.of_editor(user, histories.Narrowed(act=chosen.act), before)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What I did") if request.user.pk == pk else gettext("What an editor did"),
            "opts": self.opts,
            "editor": user,
            "name": By.person(user).name,
            "own": request.user.pk == pk,
            "history": found,
            "lines": pages.lines(found.entries),
            "narrowed": chosen,
            "before": before,
        }
        return TemplateResponse(request, "admin/stories/edit/by.html", context)


def _page_of(edit: Edit) -> Page:
    """An edit with what stands on it. What was seen is read first, so that nothing can slip in between."""
    token = _seen(edit)
    known = takingback.chain(edit)
    pks = [one.pk for one in known.edits]
    chain = {one.edit.pk: one for one in tell(rows().filter(pk__in=pks), undopreview.NAMED)}
    return Page(chain[edit.pk], [chain[pk] for pk in pks], known.whole, token)


def _seen(edit: Edit) -> str:
    """What there is to be seen of whatever an edit is about."""
    return Seen.now(
        stories=[story for story in (edit.story, edit.other) if story is not None],
        articles=[edit.article] if edit.article_id and edit.article is not None else [],
        outlets=[edit.outlet] if edit.outlet is not None else [],
    ).token


def _undo(edit: Edit, request: HttpRequest, note: str) -> list[Edit]:
    """Take an edit back, together with what the form says was shown to stand on it."""
    user = get_object_or_404(User, pk=request.user.pk)
    by = By.person(user, note, Seen.read(request.POST.get("seen", "")))
    shown = [int(pk) for pk in request.POST.get("edits", "").split(",") if pk.isdecimal() and len(pk) < 19]
    if len(shown) > 1:
        return takingback.undo(edit, shown, by, timezone.now())
    return [undoing.undo(edit, by, timezone.now())]


def _clean(request: HttpRequest) -> dict[str, Any]:
    return {"note": request.POST.get("note", "").replace("\x00", "")}


def _end(story: Story) -> int:
    """Where a story's address leads."""
    return story.merged_into_id or story.pk
