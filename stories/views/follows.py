"""One click: follow, stop, snooze, mute. With script its control is swapped in place.

What is refused is said where it was asked: beside the control, at the field, or as a message on the page before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from stories.followforms import FollowForm, MuteForm, SnoozeForm
from stories.models import Channel, Follow, FollowKind, Outlet, Story, User
from stories.selectors import columns, words
from stories.selectors import following as selector
from stories.services import following as service
from stories.services import muting
from stories.services.targets import Refused
from stories.templatetags import following as control
from stories.views import following as pages
from stories.views.pages import back, is_fragment, page, people_only, person


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the control that was pressed is of."""

    story: Story | None = None
    outlet: Outlet | None = None
    name: str = ""
    query: str = ""

    @classmethod
    def of(cls, follow: Follow) -> _Shown:
        story = selector.leading(follow.story) if follow.story is not None else None
        return cls(story, follow.outlet, follow.name, follow.query)


@never_cache
@people_only
def follow(request: HttpRequest) -> HttpResponse:
    """Follow what the form names, for oneself or a team."""
    user = person(request)
    form = FollowForm(request.POST, teams=selector.teams(user))
    if not form.is_valid():
        return _wrong(request, form)
    data = dict(form.cleaned_data)
    try:
        made = service.follow(data.pop("kind"), by=user, now=timezone.now(), **data)
    except Refused as refusal:
        return _refused(request, form, refusal.reason)
    return _answer(request, _Shown.of(made), _followed(made, user))


@never_cache
@people_only
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop following; for a team's follow, for all of the team."""
    found = pages.own_follow(request, pk)
    try:
        service.end(found, person(request), timezone.now())
    except Refused as refusal:
        return _answer(request, _Shown.of(found), refusal.reason, done=False)
    said = gettext("You no longer follow %(what)s.")
    if found.team is not None:
        said = gettext("%(team)s no longer follows %(what)s.")
    return _answer(request, _Shown.of(found), said % {"what": selector.called(found), "team": found.team})


@never_cache
@people_only
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear nothing of a follow for a day, a week or until a day; `end` hears of it again at once."""
    found, user = pages.own_follow(request, pk), person(request)
    if request.POST.get("end"):
        muting.unsnooze(found, user)
        messages.success(request, gettext("You hear of %(what)s again.") % {"what": selector.called(found)})
        return back(request, reverse("following"))
    form = SnoozeForm(request.POST)
    if form.is_valid():
        try:
            made = muting.snooze(found, user, form.end(timezone.now()), timezone.now())
        except Refused as refusal:
            form.add_error("until" if form.cleaned_data["until"] else None, refusal.reason)
        else:
            said = gettext("You hear nothing of %(what)s until %(day)s.")
            day = words.day(timezone.localtime(made.until), "LONG_DAY_FORMAT") if made.until else ""
            messages.success(request, said % {"what": selector.called(found), "day": day})
            return back(request, reverse("following"))
    return pages.edit_page(request, found, snoozing=form, status=422)


@never_cache
@people_only
def mute(request: HttpRequest) -> HttpResponse:
    """Hear nothing of a story, by whatever follow."""
    form = MuteForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    story = form.cleaned_data["story"]
    try:
        muting.mute(person(request), story, form.end(), timezone.now())
    except Refused as refusal:
        return _answer(request, _Shown(selector.leading(story)), refusal.reason, done=False)
    said = gettext("This story is muted: no follow wakes you by it.")
    return _answer(request, _Shown(selector.leading(story)), said)


@never_cache
@people_only
def unmute(request: HttpRequest, pk: int) -> HttpResponse:
    """Hear of the story of this number again."""
    story = get_object_or_404(Story.objects.defer(*columns.of_story()), pk=pk)
    muting.unmute(person(request), story)
    return _answer(request, _Shown(selector.leading(story)), gettext("You hear of this story again."))


def _answer(request: HttpRequest, shown: _Shown, said: str, *, done: bool = True) -> HttpResponse:
    """The control as it is now with what happened, or back to the page that it is on."""
    if not is_fragment(request):
        (messages.success if done else messages.error)(request, said)
        return back(request, reverse("following"))
    look = request.POST.get("look", "")
    context: dict[str, Any] = {
        "shown": shown,
        "said": said,
        "done": done,
        "look": look if look in control.LOOKS else control.PAGE,
        "opened": request.POST.get("menu") == "1",
        "following": selector.standing(
            request.user, story=shown.story, outlet=shown.outlet, names=[shown.name], query=shown.query
        ),
    }
    return page(request, "stories/follow_control.html", context)


def _wrong(request: HttpRequest, form: FollowForm | MuteForm) -> HttpResponse:
    """A form that names nothing there is; no control of ours sends one."""
    return pages.following_page(request, form if isinstance(form, FollowForm) else None, form.errors, status=422)


def _refused(request: HttpRequest, form: FollowForm, reason: str) -> HttpResponse:
    """Why it is not followed: at the field where it was typed, else beside the control or on the page before."""
    data = form.cleaned_data
    if request.POST.get("add"):
        form.add_error("query" if data["kind"] == FollowKind.SEARCH else "name", reason)
        return _wrong(request, form)
    story = selector.leading(data["story"]) if data["story"] is not None else None
    return _answer(request, _Shown(story, data["outlet"], data["name"], data["query"]), reason, done=False)


def _followed(made: Follow, user: User) -> str:
    """What following it means for the person, in a sentence or two."""
    said = gettext("You follow %(what)s now.")
    if made.team is not None:
        said = gettext("%(team)s follows %(what)s now.")
    said = said % {"what": selector.called(made), "team": made.team}
    if Channel.objects.usable().filter(user=user).exists():
        return said
    return f"{said} {gettext('No way to reach you is on: what there is to tell waits under Alerts.')}"
