"""What was done to a story, as the desk tells it: its history, and how it differs between two moments of that.

Only the pages: what they tell is selectors.histories' and selectors.differences', what can be taken back
services.takingback's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext

from stories.models import Act, Edit, Story, Visit
from stories.selectors import columns, differences, histories
from stories.selectors.membership_at import Moment
from stories.services import footprints

# Of the edits that stand on another so many are named beside it.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history at the desk; `standing` are the edits that stand on it, so that it can't be taken back."""

    entry: histories.Entry
    standing: Sequence[Edit] = ()

    @property
    def first(self) -> Sequence[Edit]:
        """Those of them that are named."""
        return self.standing[:NAMED]

    @property
    def more(self) -> int:
        """How many besides."""
        return max(0, len(self.standing) - NAMED)

    @property
    def open(self) -> bool:
        """Whether it is an edit that could be taken back, if nothing stood on it."""
        told = self.entry.told
        return told is not None and told.undone is None and told.edit.act != Act.UNDO


def lines(entries: Sequence[histories.Entry]) -> list[Line]:
    """The lines of a page, each with what stands on it. Two queries."""
    made = [Line(entry) for entry in entries]
    edits = [line.entry.told.edit for line in made if line.open and line.entry.told is not None]
    standing = footprints.standing_on(edits)
    return [Line(one.entry, standing.get(one.entry.told.edit.pk, ()) if one.entry.told else ()) for one in made]


def narrowed(request: HttpRequest) -> histories.Narrowed:
    """What the address narrows a history to."""
    act = request.GET.get("act", "")
    return histories.Narrowed(request.GET.get("by", "").replace("\x00", "")[:150], act if act in Act.values else "")


class StoryHistory(admin.ModelAdmin[Story]):
    """A story's history, in place of Django's log of who saved what, and its differences."""

    def history_urls(self) -> list[URLPattern]:
        """The addresses of its history; that of the history itself is Django's own."""
        view = self.admin_site.admin_view(self.diff_view)
        return [path("<int:pk>/diff/", view, name="stories_story_diff")]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """All that was done to a story, the newest first."""
        story = self._story(request, object_id)
        chosen = narrowed(request)
        before, joined = request.GET.get("before", ""), "joined" in request.GET
        found = histories.of_story(story, chosen, before, joined=joined)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History"),
            "opts": self.opts,
            "story": story,
            "history": found,
            "lines": lines(found.entries),
            "narrowed": chosen,
            "joined": joined,
            "before": before,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/stories/story/history.html", context)

    def diff_view(self, request: HttpRequest, pk: int) -> TemplateResponse:
        """How a story differs between two moments: times, or edits by "e" and their number."""
        story = self._story(request, str(pk))
        now = timezone.now()
        moments = _moments(story)
        typed = {name: _typed(request, name) for name in ("from", "to")}
        start, end = _moment(typed["from"], first=True), _moment(typed["to"], first=False)
        wrong = {name for name, moment in (("from", start), ("to", end)) if typed[name] and moment is None}
        visited = None
        if start is None and not typed["from"]:
            visited = _last_visit(request, story)
            start = Moment(visited) if visited else _before_last(moments, story)
        end = end or Moment(now)
        backwards = start is not None and not wrong and _order(start) > _order(end)
        told = None
        if start is not None and not wrong and not backwards:
            told = differences.difference(story, start, end, now)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What changed"),
            "opts": self.opts,
            "story": story,
            "start": start,
            "end": end,
            "typed": typed,
            "wrong": {name: name in wrong for name in typed},
            "backwards": backwards,
            "visited": visited,
            "moments": [(f"e{edit.pk}", edit) for edit in moments],
            "edges": {"from": _edge(typed["from"], start), "to": _edge(typed["to"], end)},
            "told": told,
            "until_now": not typed["to"],
        }
        return TemplateResponse(request, "admin/stories/story/diff.html", context, status=422 if wrong else 200)

    def _story(self, request: HttpRequest, object_id: str) -> Story:
        """The story, for those who may look at it. One query."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stories = Story.objects.select_related("merged_into").defer(
            *columns.of_story(), *columns.of_story("merged_into__")
        )
        story = stories.filter(pk=int(object_id)).first() if object_id.isdecimal() and len(object_id) < 19 else None
        if story is None:
            raise Http404
        return story


def _moments(story: Story) -> list[Edit]:
    """The latest edits of a story, to choose a moment from. One query."""
    edits = Edit.objects.filter(story=story) | Edit.objects.filter(other=story)
    return list(edits.only("pk", "at", "by", "act").order_by("-at", "-pk")[: histories.PAGE])


def _typed(request: HttpRequest, name: str) -> str:
    """A moment as it was chosen, or else typed in the field beside; what is typed counts."""
    values = (request.GET.get(f"{name}_at", ""), request.GET.get(name, ""))
    return next((value.replace("\x00", "").strip()[:40] for value in values if value.strip()), "")


def _edge(typed: str, moment: Moment | None) -> str:
    """What the field of a typed time shows: nothing where an edit was chosen, what is no time as it was typed."""
    if moment is None or moment.edit is not None or not typed:
        return typed if moment is None else ""
    return timezone.localtime(moment.at).replace(tzinfo=None).isoformat(timespec="seconds")


def _moment(typed: str, *, first: bool) -> Moment | None:
    """A moment as an address names it: "e12" is just before that edit where it is the `first`, else just after."""
    if not typed:
        return None
    if typed.startswith("e") and typed[1:].isdecimal() and len(typed) < 19:
        edit = Edit.objects.filter(pk=int(typed[1:])).only("pk", "at").first()
        return Moment(edit.at, edit.pk, before=first) if edit else None
    try:
        at = parse_datetime(typed)
        if at is None and (day := parse_date(typed)):
            at = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
        return Moment(timezone.make_aware(at) if timezone.is_naive(at) else at) if at is not None else None
    except (ValueError, OverflowError):
        return None


def _order(moment: Moment) -> tuple[datetime, int, bool]:
    return moment.at, moment.edit or 0, not moment.before


def _last_visit(request: HttpRequest, story: Story) -> datetime | None:
    """When the editor last looked at the story's page before they do now. One query."""
    visit = Visit.objects.filter(user=request.user.pk, story=story).first()
    return visit.last_at if visit else None


def _before_last(moments: Sequence[Edit], story: Story) -> Moment:
    """Just before the latest edit; where there is none, just before the first report."""
    if moments:
        return Moment(moments[0].at, moments[0].pk, before=True)
    return Moment(story.first_at - timedelta(seconds=1))
