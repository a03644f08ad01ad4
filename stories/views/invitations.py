"""Invitations: the admins' list with its form, and the page that a link of one leads to."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stories.accountforms import InviteToServerForm
from stories.models import Invitation, User
from stories.services import accountmail
from stories.services import invitations as service
from stories.views.account import person
from stories.views.pages import page


def told(made: Invitation, token: str) -> dict[str, object]:
    """Send the letter, and what a page says of it. The link itself is shown only where this server sends no mail.

    Whoever comes by a mailed link has shown that the address is theirs: its inviter must not see it.
    """
    link = settings.PUBLIC_URL + reverse("invitation", args=[token])
    sent = accountmail.invited(made, link)
    return {"made": made, "sent": sent, "link": "" if settings.EMAIL_URL else link}


def _admin(request: HttpRequest) -> User:
    user = person(request)
    if not user.is_superuser:
        raise PermissionDenied("This is for admins.")
    return user


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Who is asked to this server, with the form; a POST invites, and shows the link where no letter could go out."""
    by, now = _admin(request), timezone.now()
    form = InviteToServerForm(request.POST if request.method == "POST" else None)
    shown: dict[str, object] = {}
    if form.is_valid():
        try:
            made, token = service.invite(form.cleaned_data["email"], by, now, editor=form.cleaned_data["editor"])
        except service.Refused as refusal:
            form.add_error("email", refusal.reason)
        else:
            shown = told(made, token)
            form = InviteToServerForm()
    rows = Invitation.objects.select_related("team", "made_by", "accepted_by")
    standing = set(service.standing(now).values_list("pk", flat=True))
    shown |= {"open": list(rows.filter(accepted_at=None)), "standing": standing}
    shown |= {"accepted": rows.exclude(accepted_at=None).order_by("-accepted_at")[:50], "form": form}
    shown |= {"sign_up": settings.SIGN_UP}
    return page(request, "stories/invitations.html", shown, status=422 if form.is_bound and form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an invitation's link worthless."""
    by = _admin(request)
    found = get_object_or_404(Invitation, pk=pk)
    if service.withdraw(found, by):
        messages.success(request, gettext("The invitation of %(email)s is withdrawn.") % {"email": found.email})
    else:
        messages.error(request, gettext("%(email)s has accepted meanwhile.") % {"email": found.email})
    return redirect("invitations")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what. A POST takes it up: at once where one is signed in, else on the way to sign up."""
    now = timezone.now()
    found = service.find(token, now)
    if found is None:
        return page(request, "stories/invitation.html", {"found": None}, status=404)
    user = request.user if isinstance(request.user, User) else None
    useful = user is None or found.team_id is not None or (found.editor and not user.is_staff)
    if request.method == "POST" and useful:
        if user is None:
            request.session["invitation"] = found.pk
            return redirect("account_signup")
        try:
            service.accept(found, user, now)
        except service.Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect("teams")
        return _welcome(request, found)
    shown = {"found": found, "useful": useful, "opens": service.opens_sign_up(found)}
    return page(request, "stories/invitation.html", shown)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    if found.team is None:
        messages.success(request, gettext("You are an editor now."))
        return redirect("front")
    messages.success(request, gettext("You are in the team “%(name)s” now.") % {"name": found.team.name})
    return redirect("team", found.team.pk)
