"""What people type in: each form checks its fields and nothing else; views hand the clean values to services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.ingest.languages import LANGUAGES
from stories.models import Outlet, User

# The largest list of feeds that we have seen is 600 KB; one of this size is no list of feeds.
OPML_BYTES = 5 * 1024 * 1024

# What a server's operator can bear, and what still deserves to be called polling.
MIN_MINUTES, MAX_MINUTES = 10, 7 * 24 * 60


def _bounded(said: str | Promise) -> str:
    """A sentence on minutes with the bounds that they must keep."""
    return str(said) % {"least": MIN_MINUTES, "most": intcomma(MAX_MINUTES)}


# At the time of showing: the words and the way to write a large number are those of the page's language.
_minutes = lazy(_bounded, str)


class SiteForm(forms.Form):
    """The address of a site, or of a feed itself."""

    address = forms.CharField(
        label=_("Site or feed address"),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "example.org", "spellcheck": "false"}),
        error_messages={"required": _("Type the address of a site or of a feed.")},
    )


class OfferForm(forms.Form):
    """Which of a site's feeds to add, and for which outlet; `known` is the outlet that has the site already."""

    # Signed by us: what was shown comes back unchanged, or not at all.
    site = forms.CharField(widget=forms.HiddenInput)
    take = forms.TypedMultipleChoiceField(
        label=_("Feeds"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one feed."), "invalid_choice": _("There is no such feed here.")},
    )
    whose = forms.ChoiceField(label=_("Outlet"), widget=forms.RadioSelect, required=False)
    name = forms.CharField(label=_("Name of the new outlet"), max_length=200, required=False)

    def __init__(self, *args: Any, offers: int, known: Outlet | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        take, whose = self.fields["take"], self.fields["whose"]
        if isinstance(take, forms.TypedMultipleChoiceField) and isinstance(whose, forms.ChoiceField):
            take.choices = [(n, str(n)) for n in range(offers)]
            whose.choices = ([("known", str(known))] if known else []) + [("new", gettext("a new outlet"))]
        self.known = known

    def clean(self) -> dict[str, Any]:
        """A new outlet needs a name."""
        data = super().clean() or {}
        if not data.get("whose"):
            data["whose"] = "known" if self.known else "new"
        if data["whose"] == "new" and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Give the new outlet a name."))
        return data


class FeedForm(forms.Form):
    """A feed as an editor wants it; whether a feed answers at the address is for the service to find out."""

    title = forms.CharField(
        label=_("Title"), max_length=300, required=False, help_text=_("Empty: what the feed calls itself.")
    )
    outlet = forms.ModelChoiceField(
        label=_("Outlet"),
        queryset=Outlet.objects.filter(demo=False),
        empty_label=None,
        help_text=_("Articles that it has brought already stay with the outlet they have."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=_("A new address is asked first and must answer with a feed; that takes a few seconds."),
        error_messages={"required": _("A feed needs an address.")},
    )
    minutes = forms.IntegerField(
        label=_("Fixed interval in minutes"),
        required=False,
        min_value=MIN_MINUTES,
        max_value=MAX_MINUTES,
        help_text=_minutes(_("Empty: adapted to how much is new. From %(least)s to %(most)s (a week).")),
        error_messages={
            "invalid": _("Give whole minutes, or nothing."),
            "min_value": _minutes(_("Servers should not be asked more often than every %(least)s minutes.")),
            "max_value": _minutes(_("At least once a week, that is every %(most)s minutes; or pause the feed.")),
        },
    )
    lang = forms.CharField(
        label=_("Language"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Two letters, such as en or de. Empty: as the feed itself says."),
    )

    def clean_lang(self) -> str:
        """Two letters, as ISO 639-1 has them."""
        typed = str(self.cleaned_data["lang"]).strip().lower()
        if typed and typed not in LANGUAGES:
            raise ValidationError(_("This is no language of two letters that we know, such as en or de."))
        return typed


class BulkForm(forms.Form):
    """Poll many feeds at once: those of a filter and a search, the inactive ones among them only if ticked."""

    show = forms.CharField(required=False)
    q = forms.CharField(required=False, max_length=200)
    take_up = forms.BooleanField(required=False)


class OpmlForm(forms.Form):
    """A list of feeds as an OPML file."""

    opml = forms.FileField(
        label=_("OPML file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".opml,.xml,text/x-opml,application/xml"}),
        error_messages={
            "required": _("Choose an OPML file."),
            "empty": _("This file is empty."),
            "missing": _("Choose an OPML file."),
        },
    )

    def clean_opml(self) -> UploadedFile[bytes]:
        """Refuses what is too large to be a list of feeds."""
        upload: UploadedFile[bytes] = self.cleaned_data["opml"]
        if (upload.size or 0) > OPML_BYTES:
            raise ValidationError(
                _("This file is larger than %(size)s MB: it is no list of feeds."),
                params={"size": OPML_BYTES // 1024 // 1024},
            )
        return upload


class SetupForm(forms.Form):
    """The first account, and what to start with."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters; four words that don’t belong together are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    start_with = forms.ChoiceField(label=_("Start with"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, demo_world: bool, known: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outlets = gettext("%(count)s well-known outlets of several countries, polled over the internet")
        choices = [("known", outlets % {"count": known})]
        if demo_world:
            choices.append(("demo", gettext("The demo world: invented outlets on this machine, no internet needed")))
        choices.append(("none", gettext("Nothing yet; I add outlets myself")))
        field = self.fields["start_with"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        field.initial = "known"

    def clean(self) -> dict[str, Any]:
        """The two passwords are one, and a good one."""
        data = super().clean() or {}
        password = data.get("password")
        if password and data.get("again") is not None and password != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            email = data.get("email", "")
            try:
                validate_password(password, User(username=email, email=email))
            except ValidationError as error:
                self.add_error("password", error)
        return data


class MomentForm(forms.Form):
    """An earlier moment of a story, in the server's zone unless it says another."""

    at = forms.DateTimeField(
        label=_("As of"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("That is no date and time: 2026-11-23T14:00 would be one.")},
    )


class TokenForm(forms.Form):
    """What a token is called; whether there is room for it is for the service to say."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What it is for, such as the program’s name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the token a name, to know it by later.")},
    )
