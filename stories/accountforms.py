"""What people type in on the pages of their account, of teams and of invitations; fields alone are checked here."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# What mail programs make a link of: a team's name stands in letters to people who never heard of it.
_ADDRESS = re.compile(r"://|\bwww\.|@|\.[a-z]{2,}/", re.IGNORECASE)


class TeamForm(forms.Form):
    """What a team is called."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the team a name.")},
    )

    def clean_name(self) -> str:
        """Spaces as one writes them, and nothing that a mail program would make a link of."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if _ADDRESS.search(name):
            raise ValidationError(_("A team’s name holds no address: it stands in letters to people who are asked in."))
        return name


class InviteForm(forms.Form):
    """Whom to ask in."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the address of the person to invite.")},
    )


class InviteToServerForm(InviteForm):
    """Whom to ask to this server, and as what."""

    editor = forms.BooleanField(
        label=_("As an editor: curates stories and looks after feeds"),
        required=False,
    )


class DeleteForm(forms.Form):
    """The account's address, typed once more by who wants it gone."""

    address = forms.CharField(
        label=_("Your address, to be sure"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"}),
        error_messages={"required": _("Type your address: it is what keeps this from happening by a slip.")},
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = address

    def clean_address(self) -> str:
        """Letter for letter, whatever their case."""
        typed = str(self.cleaned_data["address"]).strip()
        if typed.casefold() != self.wanted.casefold():
            raise ValidationError(_("This is not the address of this account."))
        return typed
