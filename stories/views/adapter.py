"""What our accounts do otherwise than allauth's: who may sign up, by which invitation, and how attempts are counted.

Makes no account itself and checks no password: allauth does, and asks here.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stories.models import Invitation, User
from stories.services import auditing, claims, invitations
from stories.views import devices, throttle

# Where the view of an invitation's link keeps the number of the invitation.
INVITATION = "invitation"


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The open invitation whose link was followed in this session."""
    number = request.session.get(INVITATION)
    return invitations.open_invitation(number, timezone.now()) if isinstance(number, int) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's accounts with this server's rules."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not correct."),
        "too_many_login_attempts": _(
            "There were too many failed attempts from here. Try again in five minutes, or sign in with a passkey."
        ),
        "rate_limited": _("There were too many attempts. Try again in five minutes."),
        "incorrect_code": _("This code is not correct, or was used already. Type the one that is shown now."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "email_taken": _("There is an account with this address already. Sign in, or choose a new password."),
        "duplicate_email": _("This address is one of yours already."),
        "max_email_addresses": _("You can’t have more than %d addresses."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether this browser may make an account: the setting says so, or an invitation does."""
        return settings.SIGN_UP == "open" or invitation_of(request) is not None

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """Whether the address needs no letter: an invitation was mailed to it, and its link was followed.

        Where nothing is mailed, whoever invites hands the link on, and it proves nothing.
        """
        if super().is_email_verified(request, email):
            return True
        invitation = invitation_of(request) if settings.EMAIL_URL else None
        return invitation is not None and invitation.email.lower() == email.lower()

    def clean_email(self, email: str) -> str:
        """Asked for each address that is typed into a form of accounts: what others only claim of it is dropped."""
        if settings.EMAIL_URL:
            claims.release(email)
        return str(super().clean_email(email))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Take an attempt, or refuse to look at the password."""
        self._taken = throttle.take(request, credentials.get("email", ""))
        if self._taken is None:
            auditing.note("sign-in refused: too many attempts", ip=self.get_client_ip(request))
            raise self.validation_error("too_many_login_attempts")

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """A new account takes up its invitation here, after it was made and before anything is asked of it."""
        if options["signup"] and not self._take_up(request, user, by_provider=bool(options["signal_kwargs"])):
            user.delete()
            return render(request, "account/signup_closed.html", status=403)
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Signed in, with every factor: from now on the person is known in this browser."""
        response: HttpResponse = super().post_login(request, user, **options)
        devices.remember(request, response, user.pk)
        return response

    def _take_up(self, request: HttpRequest, user: User, *, by_provider: bool) -> bool:
        """Whether the account may be: of two people with one invitation the second is too late."""
        invitation = invitation_of(request)
        if invitation is None:
            return bool(settings.SIGN_UP == "open" or (by_provider and settings.OIDC_SIGN_UP))
        try:
            invitations.accept(invitation, user, timezone.now())
        except invitations.Refused:
            return bool(settings.SIGN_UP == "open")
        finally:
            request.session.pop(INVITATION, None)
        return True

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth calls this where the password was right."""
        throttle.give_back(self._taken or [])

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth calls this where a new password was chosen by mail."""
        throttle.forget(request, credentials.get("email", ""))
