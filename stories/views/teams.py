"""Teams: one's own with the invitations that wait, and a team's page. To all but its members a team is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stories.accountforms import InviteForm, TeamForm
from stories.models import Invitation, Team, User
from stories.selectors import teams as selector
from stories.services import invitations
from stories.services import teams as service
from stories.views.account import person
from stories.views.invitations import told
from stories.views.pages import page

Act = Callable[..., HttpResponse]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """One's teams, the invitations that wait, and the form for another; a POST makes it."""
    user = person(request)
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = service.make(form.cleaned_data["name"], user)
        except service.Refused as refusal:
            form.add_error("name", refusal.reason)
        else:
            messages.success(request, gettext("The team is made. Ask others in, and follow stories for it."))
            return redirect("team", made.pk)
    waiting = invitations.of_person(user, timezone.now())
    shown = {"teams": selector.of_person(user), "waiting": waiting, "form": form}
    return page(request, "stories/teams.html", shown, status=422 if form.errors else 200)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an invitation that went to one's own address (`answer=yes`), or turn it down (`no`)."""
    user, now = person(request), timezone.now()
    found = get_object_or_404(invitations.of_person(user, now), pk=pk)
    name = found.team.name if found.team else ""
    if request.POST.get("answer") == "no":
        invitations.withdraw(found, user)
        messages.success(request, gettext("You turned down the invitation to “%(name)s”.") % {"name": name})
        return redirect("teams")
    if request.POST.get("answer") != "yes":
        messages.error(request, gettext("Nothing was decided: the form did not say what."))
        return redirect("teams")
    try:
        invitations.accept(found, user, now)
    except invitations.Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("teams")
    messages.success(request, gettext("You are in the team “%(name)s” now.") % {"name": name})
    return redirect("team", found.team_id or 0)


def _of_member(view: Act) -> Act:
    """The team at an address and who is signed in, for its members alone."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        user = person(request)
        found = selector.find(pk, user)
        if found is None:
            raise Http404("There is no such team.")
        return view(request, found, user, **kwargs)

    return never_cache(login_required(guarded))


@require_http_methods(["GET", "HEAD"])
@_of_member
def team(request: HttpRequest, found: Team, user: User) -> HttpResponse:
    """A team: its people, what it follows, who is asked in."""
    return _page(request, found, user)


@require_POST
@_of_member
def rename(request: HttpRequest, found: Team, user: User) -> HttpResponse:
    """Call the team otherwise."""
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            service.rename(found, form.cleaned_data["name"], user)
        except service.Refused as refusal:
            form.add_error("name", refusal.reason)
        else:
            messages.success(request, gettext("The team has its new name."))
            return redirect("team", found.pk)
    return _page(request, found, user, naming=form)


@require_POST
@_of_member
def invite(request: HttpRequest, found: Team, user: User) -> HttpResponse:
    """Ask somebody in, and show the link to copy where no letter could go out."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            made, token = invitations.invite(form.cleaned_data["email"], user, timezone.now(), team=found)
        except invitations.Refused as refusal:
            form.add_error("email", refusal.reason)
        else:
            return _page(request, found, user, **told(made, token))
    return _page(request, found, user, asking=form)


@require_POST
@_of_member
def withdraw(request: HttpRequest, found: Team, user: User, invitation: int) -> HttpResponse:
    """Make the link of an invitation into this team worthless."""
    row = get_object_or_404(Invitation, pk=invitation, team=found)
    if not selector.shown(found, user, timezone.now()).owner:
        raise Http404("Only the owner sees invitations.")
    invitations.withdraw(row, user)
    messages.success(request, gettext("The invitation of %(email)s is withdrawn.") % {"email": row.email})
    return redirect("team", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_member
def leave(request: HttpRequest, found: Team, user: User) -> HttpResponse:
    """Ask whether to leave; on POST, leave."""
    words = {
        "title": gettext("Leave “%(name)s”?") % {"name": found.name},
        "about": gettext("You hear no more of what the team follows. What you were told of stays in your alerts."),
        "act": gettext("Leave the team"),
    }
    said = gettext("You have left the team “%(name)s”.") % {"name": found.name}
    return _sure(request, found, words, lambda: service.leave(found, user), said, "teams")


@require_http_methods(["GET", "HEAD", "POST"])
@_of_member
def put_out(request: HttpRequest, found: Team, user: User, member: int) -> HttpResponse:
    """Ask whether to put a member out; on POST, do it."""
    other = _member(found, member)
    name = other.email or other.get_username()
    words = {
        "title": gettext("Put %(person)s out of the team?") % {"person": name},
        "about": gettext("They hear no more of what the team follows, and no longer see this page."),
        "act": gettext("Put them out"),
    }
    said = gettext("%(person)s is out of the team.") % {"person": name}
    return _sure(request, found, words, lambda: service.put_out(found, other, user), said)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_member
def hand_over(request: HttpRequest, found: Team, user: User, member: int) -> HttpResponse:
    """Ask whether to hand the team over; on POST, do it."""
    other = _member(found, member)
    name = other.email or other.get_username()
    words = {
        "title": gettext("Hand the team over to %(person)s?") % {"person": name},
        "about": gettext("They own it from then on: they ask people in, put them out and may delete it. You stay in."),
        "act": gettext("Hand it over"),
    }
    said = gettext("%(person)s owns the team now.") % {"person": name}
    return _sure(request, found, words, lambda: service.hand_over(found, other, user), said)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_member
def delete(request: HttpRequest, found: Team, user: User) -> HttpResponse:
    """Ask whether to delete the team; on POST, do it."""
    words = {
        "title": gettext("Delete “%(name)s”?") % {"name": found.name},
        "about": gettext("What the team follows goes with it, for all of its members. This can’t be undone."),
        "act": gettext("Delete the team"),
    }
    said = gettext("The team “%(name)s” is deleted.") % {"name": found.name}
    return _sure(request, found, words, lambda: service.delete(found, user), said, "teams", for_good=True)


def _page(request: HttpRequest, found: Team, user: User, **more: Any) -> HttpResponse:
    """A team's page; `naming` and `asking` are forms as they were sent, with what was wrong."""
    wrong = "naming" in more or "asking" in more
    shown = {"page": selector.shown(found, user, timezone.now()), "sign_up": settings.SIGN_UP}
    shown |= {"naming": TeamForm(initial={"name": found.name}), "asking": InviteForm(), **more}
    return page(request, "stories/team.html", shown, status=422 if wrong else 200)


def _sure(
    request: HttpRequest,
    found: Team,
    words: dict[str, str],
    act: Callable[[], None],
    said: str,
    to: str = "",
    *,
    for_good: bool = False,
) -> HttpResponse:
    """The page that asks whether one is sure; on POST the act, and then to the page named `to`, or the team's."""
    if request.method != "POST":
        return page(request, "stories/team_sure.html", {"team": found, "for_good": for_good, **words})
    try:
        act()
    except service.Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("team", found.pk)
    messages.success(request, said)
    return redirect(to) if to else redirect("team", found.pk)


def _member(found: Team, number: int) -> User:
    return get_object_or_404(User, pk=number, memberships__team=found)
