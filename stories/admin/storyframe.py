"""What all pages of a story at the desk share: the frame, who acts, and what is said when an act is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from stories.deskforms import NoteForm
from stories.models import Act, Edit, Story, User
from stories.services.acts import By
from stories.services.seen import Seen


@dataclass(frozen=True, slots=True)
class Desk:
    """An editor's request about a story; `seen` is what there was to be seen of it when it was read."""

    site: AdminSite
    request: HttpRequest
    story: Story
    seen: Seen
    now: datetime = field(default_factory=timezone.now)

    @property
    def address(self) -> str:
        """Of the story's page at the desk."""
        return reverse("admin:stories_story_change", args=[self.story.pk])

    @property
    def fragment(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return "HX-Request" in self.request.headers

    def by(self, form: NoteForm) -> By:
        """The editor, with the note and what the form had shown. A form that says nothing of that is out of date."""
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        seen = Seen.read(form.cleaned_data.get("seen", ""))
        return By.person(self.request.user, form.cleaned_data.get("note", ""), seen)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """A page of the story in the desk's frame."""
        frame = {
            **self.site.each_context(self.request),
            "story": self.story,
            "title": self.story.title,
            "opts": Story._meta,
            "now": self.now,
            **context,
        }
        return render(self.request, f"admin/stories/story/{template}.html", frame, status=status)

    def back(self) -> HttpResponse:
        """To the story's page at the desk."""
        return redirect(self.address, permanent=False)

    def done(self, edits: Sequence[Edit], to: Story | None = None) -> HttpResponse:
        """Say what was done, with the way to undo each; then to the page of a story, this one unless told."""
        for edit in edits:
            undo = reverse("admin:stories_edit_undo", args=[edit.pk])
            said = format_html('{} <a href="{}">{}</a>', _said(edit), undo, gettext("Undo"))
            messages.success(self.request, said)
        if not edits:
            messages.info(self.request, gettext("Nothing was changed: all is as you want it."))
        return redirect("admin:stories_story_change", (to or self.story).pk)


def _said(edit: Edit) -> str:
    """What an edit did, as the message after it says it."""
    reports = len(edit.moves)
    titles = {
        "story": edit.story.title if edit.story else "",
        "other": edit.other.title if edit.other else "",
        "count": reports,
    }
    match edit.act:
        case Act.MERGE:
            return gettext("“%(other)s” is now part of “%(story)s”.") % titles
        case Act.SPLIT:
            return (
                ngettext(
                    "Split one report off, into “%(other)s”.", "Split %(count)d reports off, into “%(other)s”.", reports
                )
                % titles
            )
        case Act.MOVE:
            return (
                ngettext("Moved one report to “%(other)s”.", "Moved %(count)d reports to “%(other)s”.", reports)
                % titles
            )
        case Act.REMOVE:
            return (
                ngettext("Took one report out of the story.", "Took %(count)d reports out of the story.", reports)
                % titles
            )
    return _marked().get(edit.act, gettext("Done.")) % titles


def _marked() -> dict[str, str]:
    return {
        Act.ADD: gettext("The report is added; its page is fetched in a moment."),
        Act.RENAME: gettext("The story is now called “%(story)s”."),
        Act.LEAD: gettext("The story’s lead is set."),
        Act.LOCK: gettext("The story is locked."),
        Act.UNLOCK: gettext("The story is unlocked."),
        Act.PIN: gettext("The story is pinned."),
        Act.UNPIN: gettext("The story is no longer pinned."),
        Act.HIDE: gettext("The story is hidden."),
        Act.SHOW: gettext("The story is shown again."),
        Act.CLOSE: gettext("The story is closed: it takes no new reports."),
        Act.REOPEN: gettext("The story is open, and stays so."),
    }
