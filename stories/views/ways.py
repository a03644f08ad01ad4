"""The ways by which a person is reached: all of them on one page, adding one, trying one out, confirming an address.

What a way is and whether it can be made is for services.ways; a secret is shown once, on the answer that made it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stories.channels import vapid
from stories.models import Attempt, Channel, ChannelKind, User
from stories.selectors import ways as selector
from stories.services import ways as service
from stories.services.unsubscribing import BY_LETTER
from stories.views.pages import back, is_fragment, page, person
from stories.wayforms import FORMS

# Why a way is off where its person wanted that: they said so here, or by the link in a letter.
BY_PERSON = frozenset({"", BY_LETTER})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def ways(request: HttpRequest) -> HttpResponse:
    """All ways of the person with their state; what was switched off for them counts as seen from now on."""
    user = person(request)
    response = page(request, "stories/ways.html", _context(user, {}))
    if request.method == "GET":
        user.channels.filter(off_seen=False).update(off_seen=True)
    return response


@never_cache
@login_required
@sensitive_post_parameters("url")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Make a way from one of the forms; a webhook's secret is shown on the answer, this once."""
    if kind not in FORMS:
        raise Http404("There is no such way.")
    if request.method != "POST":
        return redirect(f"{reverse('ways')}#add-{kind}")
    user = person(request)
    form = FORMS[kind](request.POST)
    made = _made(user, kind, form) if form.is_valid() else None
    if made is None:
        return page(request, "stories/ways.html", _context(user, {kind: form}), status=422)
    channel, secret = made
    if secret:
        return page(request, "stories/way_secret.html", {"way": channel, "secret": secret, "fresh": True})
    messages.success(request, _welcome(channel))
    return redirect("ways")


@never_cache
@login_required
@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test by one of one's own ways, and say how it went: in place, or as a message where there is no script."""
    found = own(request, pk)
    try:
        attempt = service.test(found, timezone.now())
    except service.Refused as refusal:
        ok, said = False, refusal.reason
    else:
        ok, said = attempt.ok, told(found, attempt)
    if is_fragment(request):
        return page(request, "stories/_way_said.html", {"ok": ok, "said": said})
    messages.add_message(request, messages.SUCCESS if ok else messages.ERROR, said)
    return back(request, reverse("way", args=[found.pk]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address by the link that was sent to it. A look changes nothing: mail scanners follow links."""
    if request.method != "POST":
        return page(request, "stories/way_verify.html", {"token": token})
    try:
        channel = service.verify(token, timezone.now())
    except service.Refused as refusal:
        return page(request, "stories/way_verify.html", {"token": token, "refused": refusal.reason}, status=422)
    return page(request, "stories/way_verify.html", {"way": channel})


def own(request: HttpRequest, pk: int) -> Channel:
    """A way of the person who asks; 404 for those of others."""
    return get_object_or_404(Channel, pk=pk, user=person(request))


def told(channel: Channel, attempt: Attempt) -> str:
    """How a test went, in a sentence or two."""
    if not attempt.ok:
        return gettext("The test failed: %(reason)s") % {"reason": attempt.reason or gettext("no reason was given")}
    took = {"took": attempt.took_ms, "status": attempt.status}
    match channel.kind:
        case ChannelKind.EMAIL:
            return gettext("The mail server took the test in %(took)s ms. Look into your inbox.") % took
        case ChannelKind.PUSH:
            return (
                gettext("The push service took the test in %(took)s ms. A notification appears in that browser.") % took
            )
        case ChannelKind.WEBHOOK:
            return gettext("It answered %(status)s in %(took)s ms.") % took
        case _:
            return gettext("The service took the test in %(took)s ms.") % took


def _made(user: User, kind: str, form: forms.Form) -> tuple[Channel, str] | None:
    """The way that the form asks for, with its secret or ""; None where the form has to say why not."""
    data, now = form.cleaned_data, timezone.now()
    try:
        if kind == ChannelKind.EMAIL:
            return service.add_email(user, data["address"], now), ""
        if kind == ChannelKind.WEBHOOK:
            return service.add_webhook(user, data["name"], data["url"], now)
        return service.add_service(user, data["name"], data["url"], now), ""
    except service.Refused as refusal:
        form.add_error("address" if kind == ChannelKind.EMAIL else "url", refusal.reason)
        return None


def _welcome(channel: Channel) -> str:
    named = {"name": channel.name, "address": channel.address}
    if channel.verified_at is None:
        return gettext("A letter is on its way to %(address)s: open the link in it to confirm the address.") % named
    if channel.kind == ChannelKind.EMAIL:
        return gettext("Alerts go to %(address)s from now on.") % named
    return gettext("“%(name)s” is on. Try it out to see whether it works.") % named


def _context(user: User, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """What the page needs; `bound` holds the form that was sent, by its kind."""
    return {
        "rows": selector.rows(user.channels.all(), BY_PERSON),
        "forms": {kind: bound.get(kind) or form(prefix=None) for kind, form in FORMS.items()},
        "opened": next(iter(bound), ""),
        "mails": bool(settings.EMAIL_URL),
        "vapid_key": vapid.public_key(),
        "most": service.MOST,
    }
