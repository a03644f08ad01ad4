"""Stopping letters by the link in one, without signing in (RFC 8058).

Mail programs POST "List-Unsubscribe=One-Click" without a cookie and follow no redirect: they get a short plain text.
A look at the page changes nothing, because scanners of mail follow every link. The signed token is all that it takes,
so that there is no CSRF token: whoever has the link may stop what it names, and nothing else.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stories.models import Channel, Follow
from stories.selectors import following
from stories.services import stopping
from stories.services import unsubscribing as service
from stories.services.ways import Refused
from stories.views.pages import page

_TEMPLATE = "stories/unsubscribe.html"


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link can stop; on POST stop it, whole (`stop` is "all") or the follow that the token names."""
    one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    try:
        stopping.numbers(token)
    except stopping.Foreign:
        if one_click:
            return _plain(gettext("This link is none of this server's."), status=404)
        return page(request, _TEMPLATE, {"unknown": True}, status=404)
    try:
        if one_click:
            service.stop(token, timezone.now())
            return _plain(gettext("Stopped."))
        if request.POST.get("stop") in ("all", "follow"):
            return page(request, _TEMPLATE, {"done": _stopped(token, everything=request.POST["stop"] == "all")})
        channel, follow = service.read(token)
    except Refused as refusal:
        # The way or the follow is gone: nothing is sent by it, which is what was asked for.
        return _plain(refusal.reason) if one_click else page(request, _TEMPLATE, {"gone": refusal.reason}, status=410)
    context = {"token": token, "way": channel, "follow": follow, "named": _named(follow)}
    # A POST that says neither is no answer to the question, which is asked again.
    return page(request, _TEMPLATE, context, status=422 if request.method == "POST" else 200)


def _stopped(token: str, *, everything: bool) -> str:
    """Stop it, and say so."""
    if everything:
        channel, _ = service.read(token)
        token = service.token(channel)
    channel, follow = service.stop(token, timezone.now())
    if follow is None:
        return _none_to(channel)
    return gettext("No more is sent to you on %(named)s.") % {"named": _named(follow)}


def _none_to(channel: Channel) -> str:
    return gettext("Nothing more is sent to %(address)s.") % {"address": channel.address or channel.name}


def _named(follow: Follow | None) -> str:
    """What is followed, as the page of follows calls it."""
    return following.called(follow) if follow is not None else ""


def _plain(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
