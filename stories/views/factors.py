"""Second factors: their secrets are sealed at rest, and who needs one is led to it before they change anything.

Checks no code and no key itself: allauth does.
"""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.models import User
from stories.services import sealing
from stories.views.sso import SECOND_FACTOR

log = logging.getLogger(__name__)

_HARMLESS = ("GET", "HEAD", "OPTIONS")
# Views that change something for everybody, by name.
_FREE = ("set_language", "unsubscribe")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factors, with secrets that a stolen dump of the database does not tell."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not correct, or was used already. Type the one that is shown now."),
    }

    def encrypt(self, text: str) -> str:
        """A secret as it is written down."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; one that no code fits where it was sealed under a key that is gone."""
        try:
            return sealing.unseal(encrypted_text)
        except sealing.Unreadable:
            log.exception("A second factor was sealed under another SECRET_KEY: list it in SECRET_KEY_FALLBACKS")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """What a new passkey is called until the person names it."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": count}

    def _get_site_name(self) -> str:
        """What devices show as the name of this place."""
        return "Firsthand"


def has_second_factor(user: User) -> bool:
    """Whether the person set up more than recovery codes."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def needs_second_factor(user: User) -> bool:
    """Whether this server asks the person for a second factor."""
    return settings.MFA_REQUIRED == "all" or (settings.MFA_REQUIRED == "staff" and user.is_staff)


class SecondFactorMiddleware:
    """Until they have the second factor that is asked of them people may read, and change nothing but their account.

    A provider of single sign-on that says it checked several factors is believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Whatever there is; the question is put when it is known which view would answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """The way to set up a second factor instead of the view, where one has to be first."""
        if not self._is_for_them(request):
            return None
        messages.warning(request, gettext("First set up a second factor: this server asks it of your account."))
        return redirect("mfa_index")

    def _is_for_them(self, request: HttpRequest) -> bool:
        if settings.MFA_REQUIRED == "none" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return False
        match = request.resolver_match
        # Where the factor is set up and where one signs out, and what nobody may be kept from.
        accounts = request.path.startswith(reverse("account_login").removesuffix("login/"))
        free = accounts or (match is not None and match.url_name in _FREE)
        reads = request.method in _HARMLESS and not request.path.startswith(reverse("admin:index"))
        if free or reads:
            return False
        user = request.user
        return isinstance(user, User) and needs_second_factor(user) and not _proved(request, user)


def _proved(request: HttpRequest, user: User) -> bool:
    by_provider = request.session.get(SECOND_FACTOR) and any(
        record.get("method") == "socialaccount" for record in get_authentication_records(request, user)
    )
    return bool(by_provider) or has_second_factor(user)
