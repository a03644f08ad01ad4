"""A person's account: one page that leads to all of it, its data to take along, and its end.

What the doors behind the links do (passwords, passkeys, sessions) is allauth's; here nothing of it is repeated.
"""

from __future__ import annotations

import json
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stories.accountforms import DeleteForm
from stories.models import User
from stories.selectors import belongings
from stories.services import accountmail, accounts, auditing, invitations
from stories.views.pages import page

# What the file says of itself; programs that read it look here first.
FORMAT = "firsthand-account/1"
# An account's file up to this size never touches the disk.
_IN_MEMORY = 4 * 1024 * 1024


def person(request: HttpRequest) -> User:
    """Who is signed in, behind login_required, which lets nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's account, by links."""
    user = person(request)
    now = timezone.now()
    counts = belongings.counts(user, invitations.of_person(user, now).count(), now)
    shown = {"counts": counts, "sign_on": bool(settings.OIDC_ISSUER)}
    return page(request, "stories/account.html", shown)


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """What the file holds; on POST the file itself."""
    user = person(request)
    if request.method != "POST":
        return page(request, "stories/account_export.html", {})
    now = timezone.now()
    # Written whole before the first byte goes out: a fault is an error page then, not half a file.
    file = cast("IO[bytes]", SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the response closes it
    file.write(f'{{"format": "{FORMAT}", "made_at": {_json(now)}, "server": {_json(settings.PUBLIC_URL)}'.encode())
    for name, rows in belongings.everything(user):
        file.write(f',\n"{name}": ['.encode())
        for number, row in enumerate(rows):
            file.write(((",\n " if number else "\n ") + _json(row)).encode())
        file.write(b"]")
    size = file.tell() + file.write(b"}\n")
    file.seek(0)
    auditing.note("account exported", user)
    name = f"firsthand-account-{timezone.localtime(now):%Y-%m-%d}.json"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/json; charset=utf-8")
    response["Content-Length"] = str(size)
    return response


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; on POST with the address typed, the account is gone."""
    user = person(request)
    address = user.email or user.get_username()
    form = DeleteForm(request.POST if request.method == "POST" else None, address=address)
    told = accounts.farewell(user)
    if form.is_valid():
        try:
            accounts.delete(user, timezone.now())
        except accounts.Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            accountmail.deleted(user.email, told.edits)
            logout(request)
            messages.success(request, gettext("Your account is deleted. Reading goes on without one."))
            return redirect("front")
    shown = {"form": form, "told": told, "address": address}
    return page(request, "stories/account_delete.html", shown, status=422 if form.errors else 200)


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
