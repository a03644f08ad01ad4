"""allauth's forms in our words: labels and hints, nothing else; what they check is allauth's.

A label stands above its field, so that no placeholder says it again. Passwords may be pasted and looked at.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as code
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount import forms as social
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stories.services import invitations

GOOD = _("At least 12 characters, and nothing common. Four or five words that don’t belong together make a good one.")
# A passkey's name.
NAME = 100
PRESENT, NEW, AGAIN = _("Present password"), _("New password"), _("The new password again")


class Worded:
    """Puts `words` on the fields by their names."""

    words: ClassVar[dict[str, str | Promise]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field.widget, forms.PasswordInput):
                field.widget.attrs |= {"data-reveal": _("Show"), "data-conceal": _("Hide")}
            if name == "password1":
                # One sentence for what the validators say in five.
                field.help_text = GOOD
            if name in self.words:
                # Django takes a lazy string, and shows it in the page's language.
                field.label = self.words[name]  # type: ignore[assignment]


class LoginForm(Worded, account.LoginForm):  # type: ignore[misc]
    """Sign in."""

    words = {"login": _("E-mail"), "password": _("Password"), "remember": _("Stay signed in on this device")}


class SignupForm(Worded, account.SignupForm):  # type: ignore[misc]
    """Make an account; the address of an invitation stands there already."""

    words = {"email": _("E-mail"), "password1": _("Password"), "password2": _("The password again")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _prefill(self)


class SingleSignOnSignupForm(Worded, social.SignupForm):  # type: ignore[misc]
    """Make an account for somebody whom the provider of single sign-on knows."""

    words = {"email": _("E-mail")}


class AddEmailForm(Worded, account.AddEmailForm):  # type: ignore[misc]
    """Another address."""

    words = {"email": _("E-mail")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password for the present one."""

    words = {"oldpassword": PRESENT, "password1": NEW, "password2": AGAIN}


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, after single sign-on."""

    words = {"password1": _("Password"), "password2": _("The password again")}


class ResetPasswordForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    """Ask for a link by mail."""

    words = {"email": _("E-mail")}


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password by that link."""

    words = {"password1": NEW, "password2": AGAIN}


class ReauthenticateForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    words = {"password": _("Password")}


class CodeForm(Worded, code.AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code, at sign-in."""

    words = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True, "spellcheck": "false"}


class CodeAgainForm(Worded, code.ReauthenticateForm):  # type: ignore[misc]
    """A code once more, before something changes."""

    words = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True, "spellcheck": "false"}


class ActivateCodesForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that was just set up."""

    words = {"code": _("The code that the app shows now")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "spellcheck": "false"}


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey, or a security key that only comes second."""

    words = {"name": _("Name"), "passwordless": _("Sign in with it alone, without the password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = str(NAME)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _(
            "The device then asks for your finger, your face or its PIN. Leave it out for a key that only comes second."
        )

    def clean_name(self) -> str:
        """Cut rather than refused: the device has made the key by now, and can't take it back."""
        return str(super().clean_name())[:NAME]


class EditPasskeyForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    words = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(MaxLengthValidator(NAME))
        self.fields["name"].widget.attrs["maxlength"] = str(NAME)


def _prefill(form: account.SignupForm) -> None:
    """The address that the invitation went to."""
    number = account.context.request.session.get("invitation")
    invited = invitations.open_invitation(number, timezone.now()) if isinstance(number, int) else None
    if invited is not None:
        form.fields["email"].initial = invited.email
