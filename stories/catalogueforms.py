"""Feeds in bulk, unknown outlets, and files with rows: what editors say of them at the desk.

Each form checks its fields; what services refuse is said at the field by whoever asked them.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stories.forms import MAX_MINUTES, MIN_MINUTES, FeedForm
from stories.ingest.languages import LANGUAGES
from stories.models import Outlet
from stories.outletfields import LineField, PlainField
from stories.selectors.outletnames import Outlets

NOTE_LENGTH = 2000


class FileForm(forms.Form):
    """A file with rows; what it holds is for whoever reads it to find out."""

    import_file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.json,text/csv,application/json"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty."),
            "missing": _("Choose a file."),
        },
    )

    def __init__(self, *args: Any, most: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean_import_file(self) -> Any:
        """Refuses what is larger than a list of outlets is."""
        upload = self.cleaned_data["import_file"]
        if (upload.size or 0) > self.most:
            size = f"{self.most / 1024 / 1024:g}"
            raise ValidationError(_("This file is larger than %(size)s MB."), params={"size": size})
        return upload


class ConfirmForm(forms.Form):
    """That what was shown is to be done; `digest` is of what was shown."""

    import_file_name = forms.CharField(max_length=64, widget=forms.HiddenInput)
    original_file_name = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    skip = forms.BooleanField(required=False)
    note = PlainField(label=_("Note"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class FeedRowForm(forms.Form):
    """A feed as a row of a file says it; its address and outlet are looked at apart."""

    title = LineField(label=_("Title"), max_length=300, required=False)
    lang = forms.CharField(label=_("Language"), max_length=8, required=False)
    active = forms.CharField(label=_("Active"), max_length=5, required=False)
    minutes = forms.IntegerField(
        label=_("Fixed interval in minutes"), required=False, min_value=MIN_MINUTES, max_value=MAX_MINUTES
    )

    def clean_lang(self) -> str:
        """Two letters, as ISO 639-1 has them."""
        typed = str(self.cleaned_data["lang"]).strip().lower()
        if typed and typed not in LANGUAGES:
            raise ValidationError(_("This is no language of two letters that we know, such as en or de."))
        return typed

    def clean_active(self) -> bool:
        """Yes or no, as spreadsheets and programs say it; blank is yes."""
        typed = str(self.cleaned_data["active"]).strip().lower()
        if typed in ("", "yes", "true", "1"):
            return True
        if typed in ("no", "false", "0"):
            return False
        raise ValidationError(_("Say yes or no."))


class FeedDeskForm(FeedForm):
    """A feed as an editor wants it, in which what was not touched is not sent back over what others have changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def touched(self) -> dict[str, Any]:
        """What the editor changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}


class BulkFeedsForm(forms.Form):
    """Which feeds are meant, by their numbers."""

    feeds = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,9999}$", widget=forms.HiddenInput)

    def chosen(self) -> list[int]:
        """Their numbers."""
        return [int(number) for number in str(self.cleaned_data["feeds"]).split(",")]


class IntervalForm(BulkFeedsForm):
    """A fixed interval for feeds, or none."""

    minutes = forms.IntegerField(
        label=_("Fixed interval in minutes"),
        required=False,
        min_value=MIN_MINUTES,
        max_value=MAX_MINUTES,
        help_text=_("Empty: adapted to how much is new."),
        error_messages={"invalid": _("Give whole minutes, or nothing.")},
    )


class OutletChoiceForm(forms.Form):
    """An outlet, typed by its name or by its address here."""

    outlet = LineField(
        label=_("Outlet"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
        help_text=_("Its name, an alias, or the last part of its address here."),
        error_messages={"required": _("Name an outlet.")},
    )

    def clean_outlet(self) -> Outlet:
        """The one outlet that goes by it; of several that do, and of names like it, the names are told."""
        typed = str(self.cleaned_data["outlet"])
        outlets = Outlets()
        found = sorted(outlets.find(typed))
        if len(found) == 1:
            return Outlet.objects.get(pk=found[0])
        if found:
            slugs = ", ".join(outlets.slug(pk) for pk in found)
            raise ValidationError(_("Several go by that: %(slugs)s. Type one of these."), params={"slugs": slugs})
        near = ", ".join(name.partition(" (outlet:")[0] for name in outlets.near(typed))
        if near:
            raise ValidationError(_("No outlet goes by that. Like it are: %(names)s."), params={"names": near})
        raise ValidationError(_("No outlet goes by that."))


class MoveFeedsForm(OutletChoiceForm, BulkFeedsForm):
    """The outlet that feeds are moved to; `sure` once the editor has seen what would move."""

    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)


class AliasForm(OutletChoiceForm):
    """The outlet that names are aliases of; `names` are unknown outlets by their numbers."""

    names = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,199}$", widget=forms.HiddenInput)
    note = PlainField(label=_("Note"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def chosen(self) -> list[int]:
        """Their numbers."""
        return [int(number) for number in str(self.cleaned_data["names"]).split(",")]
