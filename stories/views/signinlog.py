"""Writes down what happens to accounts (services.auditing): sign-ins, failures, changes of password, address, factor.

Django and allauth tell of these by signals alone, which is why this module receives signals where no other of ours
does. It changes nothing and stops nothing; stories.apps connects it.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.contrib.auth import signals as auth
from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from django.http import HttpRequest

from stories.models import User
from stories.services.auditing import note

# What needs no more than its name.
PLAIN: tuple[tuple[Signal, str], ...] = (
    (account.user_signed_up, "signed up"),
    (auth.user_logged_out, "signed out"),
    (account.password_set, "password set"),
    (account.password_changed, "password changed"),
    (account.password_reset, "password reset"),
    (account.email_changed, "main address changed"),
    (account.email_added, "address added"),
    (account.email_removed, "address removed"),
    (social.social_account_added, "single sign-on connected"),
    (social.social_account_removed, "single sign-on disconnected"),
)
FACTORS: tuple[tuple[Signal, str], ...] = (
    (mfa.authenticator_added, "factor added"),
    (mfa.authenticator_removed, "factor removed"),
    (mfa.authenticator_reset, "factor renewed"),
    (mfa.authenticator_used, "factor used"),
    (mfa.authentication_failed, "factor failed"),
)


def connect() -> None:
    """Receive the signals; once, when the app is ready."""
    for signal, event in PLAIN:
        signal.connect(_plain(event), weak=False, dispatch_uid=f"stories.signinlog {event}")
    for signal, event in FACTORS:
        signal.connect(_factor(event), weak=False, dispatch_uid=f"stories.signinlog {event}")
    auth.user_logged_in.connect(_signed_in, dispatch_uid="stories.signinlog signed in")
    auth.user_login_failed.connect(_failed, dispatch_uid="stories.signinlog failed")
    account.email_confirmed.connect(_confirmed, dispatch_uid="stories.signinlog address verified")


def _plain(event: str) -> Any:
    def receive(sender: object, request: HttpRequest | None = None, **told: Any) -> None:
        user = told.get("user") or getattr(told.get("sociallogin") or told.get("socialaccount"), "user", None)
        note(event, user if isinstance(user, User) else None, ip=_ip(request))

    return receive


def _factor(event: str) -> Any:
    def receive(sender: object, request: HttpRequest | None = None, **told: Any) -> None:
        factor = getattr(told.get("authenticator"), "type", None)
        note(event, told.get("user"), ip=_ip(request), factor=factor)

    return receive


def _signed_in(sender: object, request: HttpRequest | None = None, **told: Any) -> None:
    """With how: password, passkey, code, single sign-on; allauth keeps that in the session."""
    methods = request.session.get("account_authentication_methods", []) if request is not None else []
    how = "+".join(str(one.get("method")) for one in methods) or None
    note("signed in", told.get("user"), ip=_ip(request), by=how)


def _failed(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **told: Any) -> None:
    """Which account it was tried on, if there is one; what was typed is kept nowhere."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    known = EmailAddress.objects.filter(email__iexact=typed).values_list("user_id", flat=True).first()
    note("sign-in failed", known, ip=_ip(request))


def _confirmed(sender: object, email_address: EmailAddress, request: HttpRequest | None = None, **told: Any) -> None:
    note("address verified", email_address.user_id, ip=_ip(request))


def _ip(request: HttpRequest | None) -> str | None:
    """Where it came from; behind proxies as the settings say."""
    if request is None:
        return None
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return None
