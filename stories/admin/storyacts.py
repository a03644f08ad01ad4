"""A story at the desk, and what an editor may do to it: its page, and the doors to the acts.

Each act has an address of its own: what is asked for is shown, a POST does it and leads back to the story's page with
what was done and the way to undo it. Acts that touch several reports are previewed (storypreviews), the others say what
they mean (storymarks). Nothing here changes a row: services do, and refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from stories.admin import storymarks, storypreviews
from stories.admin.storyframe import Desk
from stories.deskforms import WholeForm, spelt
from stories.models import Closing, Story
from stories.selectors import desk as selector
from stories.services import whole
from stories.services.acts import Refused
from stories.services.seen import Seen

Handler = Callable[[Desk], HttpResponse]
# Leads that can be chosen in the form of the story as a whole; any other report is chosen in the list.
LEADS = 60
ACTS: dict[str, Handler] = {**storypreviews.ACTS, **storymarks.ACTS}


class StoryActs(admin.ModelAdmin[Story]):
    """The story's own page at the desk, and the acts on it."""

    def act_urls(self) -> list[URLPattern]:
        """The addresses of the acts."""
        view = self.admin_site.admin_view
        return [path("<int:pk>/act/<slug:act>/", view(self.act_view), name="stories_story_act")]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The story's page at the desk; of a merged one, where it went. Nothing is typed over here."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        desk = self._desk(request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        return self._page(desk)

    def act_view(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """An act's page, and doing it."""
        handlers = {**ACTS, "whole": self._whole}
        if act not in handlers:
            raise Http404
        return require_http_methods(["GET", "HEAD", "POST"])(lambda _request: handlers[act](self._desk(request, pk)))(
            request
        )

    def _desk(self, request: HttpRequest, pk: int) -> Desk:
        if not self.has_view_permission(request):
            raise PermissionDenied
        # What was seen is noted before what is shown is read: what changes in between clashes rather than is lost.
        seen = Seen.now(stories=[Story(pk=pk)])
        story = selector.find(pk)
        if story is None:
            raise Http404
        return Desk(self.admin_site, request, story, seen)

    def _page(
        self, desk: Desk, form: WholeForm | None = None, wrong: whole.Wrong | None = None, status: int = 200
    ) -> HttpResponse:
        """The page of the story, with the form of it as a whole; `wrong` says what of that could not be done."""
        if desk.story.merged_into is not None:
            return desk.page("gone", {}, status=status)
        number = desk.request.GET.get("page", "1")
        place = int(number) if number.isdecimal() and len(number) < 7 else 1
        shown = selector.desk_page(desk.story, place, desk.address)
        if desk.fragment:
            return desk.page("_rows", {"fold": next((one for one in shown.folds if one.rows), None)})
        return desk.page(
            "desk",
            {
                "page": shown,
                "form": form or WholeForm(initial=whole.values(desk.story) | {"seen": desk.seen.token}),
                "was": {name: spelt(value) for name, value in whole.values(desk.story).items()},
                "wrong": wrong.fields if wrong else {},
                "leads": _leads(desk.story, shown),
                "closings": Closing.choices,
            },
            status=status,
        )

    def _whole(self, desk: Desk) -> HttpResponse:
        """Say several things of the story at once: only what the editor changed is done."""
        if desk.request.method != "POST":
            return desk.back()
        form = WholeForm(desk.request.POST)
        if not form.is_valid():
            return self._page(desk, form, status=422)
        wanted = form.changed()
        try:
            edits = whole.change(desk.story, wanted, desk.by(form), desk.now)
        except whole.Wrong as wrong:
            typed = {**whole.values(desk.story), **wanted, "note": form.cleaned_data["note"], "seen": desk.seen.token}
            return self._page(desk, WholeForm(initial=typed), wrong, status=409)
        except Refused as refused:
            return self._page(desk, form, whole.Wrong({"": refused}), status=422)
        return desk.done(edits)


def _leads(story: Story, page: selector.DeskPage) -> list[tuple[int, str]]:
    """The reports that can be made the lead in the form: the present one, then those that copy nothing."""
    own = [row.report for row in page.rows if row.report.root is None]
    found = {one.pk: f"{one.outlet}: {one.title}" for one in own[:LEADS]}
    if story.lead is not None:
        found = {story.lead.pk: story.lead.title} | found
    return list(found.items())
