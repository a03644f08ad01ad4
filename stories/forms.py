"""What people type in: each form checks its fields and nothing else; views hand the clean values to services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from stories.models import Outlet, User

# The largest list of feeds that we have seen is 600 KB; one of this size is no list of feeds.
OPML_BYTES = 5 * 1024 * 1024

SINCE = (("", "Any time"), ("1", "Last 24 hours"), ("7", "Last 7 days"), ("30", "Last 30 days"))


class SiteForm(forms.Form):
    """The address of a site, or of a feed itself."""

    address = forms.CharField(
        label="Site or feed address",
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "example.org", "spellcheck": "false"}),
        error_messages={"required": "Type the address of a site or of a feed."},
    )


class OpmlForm(forms.Form):
    """A list of feeds as an OPML file."""

    opml = forms.FileField(
        label="OPML file",
        widget=forms.ClearableFileInput(attrs={"accept": ".opml,.xml,text/x-opml,application/xml"}),
        error_messages={
            "required": "Choose an OPML file.",
            "empty": "This file is empty.",
            "missing": "Choose an OPML file.",
        },
    )

    def clean_opml(self) -> UploadedFile[bytes]:
        """Refuses what is too large to be a list of feeds."""
        upload: UploadedFile[bytes] = self.cleaned_data["opml"]
        if (upload.size or 0) > OPML_BYTES:
            raise ValidationError(f"This file is larger than {OPML_BYTES // 1024 // 1024} MB: it is no list of feeds.")
        return upload


class SearchForm(forms.Form):
    """A query in web-search syntax with two filters; an unknown filter is an error, an empty query is not."""

    q = forms.CharField(
        label="Search for",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": "A query may have 200 characters; this one is longer."},
    )
    outlet = forms.ModelChoiceField(
        label="Outlet",
        queryset=Outlet.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label="Every outlet",
        error_messages={"invalid_choice": "There is no such outlet."},
    )
    since = forms.ChoiceField(label="Reported", choices=SINCE, required=False)


class SetupForm(forms.Form):
    """The first account, and what to start with."""

    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 10 characters; not one of the common ones.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    start_with = forms.ChoiceField(label="Start with", widget=forms.RadioSelect)

    def __init__(self, *args: Any, demo_world: bool, known: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("known", f"{known} well-known outlets of several countries, polled over the internet")]
        if demo_world:
            choices.append(("demo", "The demo world: invented outlets on this machine, no internet needed"))
        choices.append(("none", "Nothing yet; I add outlets myself"))
        field = self.fields["start_with"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        field.initial = "known"

    def clean(self) -> dict[str, Any]:
        """The two passwords are one, and a good one."""
        data = super().clean() or {}
        password = data.get("password")
        if password and data.get("again") is not None and password != data["again"]:
            self.add_error("again", "The two passwords differ.")
        elif password:
            email = data.get("email", "")
            try:
                validate_password(password, User(username=email, email=email))
            except ValidationError as error:
                self.add_error("password", error)
        return data
