"""The forms of a story's acts at the desk. What they hold is valid by itself; whether it makes sense, services say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stories.models import Closing
from stories.services import whole

# A note says why in a few sentences.
NOTE, TITLE, URL, WORDS = 2000, 500, 2000, 200
_NUMBERS = re.compile(r"\d{1,18}")
_ADDRESS = re.compile(r"(?:^|/)story/(\d{1,18})(?:/|$)")


class Text(forms.CharField):
    """A text without NUL bytes, which PostgreSQL can't keep."""

    def to_python(self, value: Any) -> str:
        """The text, stripped."""
        return super().to_python(value.replace("\x00", "") if isinstance(value, str) else value) or ""


class NoteForm(forms.Form):
    """What every act takes: why, if the editor likes to say; and what they had seen (services.seen)."""

    note = Text(
        label=_("Note, if you like: why"),
        required=False,
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = Text(required=False, max_length=1000, widget=forms.HiddenInput)


class TitleForm(NoteForm):
    """A story's title."""

    title = Text(
        label=_("Title"),
        required=False,
        max_length=TITLE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Empty: the headline that the program takes."),
    )
    field_order = ("title", "note", "seen")


class LeadForm(NoteForm):
    """The report that stands for a story, by its number; empty: the one that the program takes."""

    lead = forms.IntegerField(label=_("Lead"), required=False, min_value=1, max_value=2**62)
    field_order = ("lead", "note", "seen")


class AddForm(NoteForm):
    """A report that no feed has shown, by its address."""

    url = Text(
        label=_("Address of the report at its outlet"),
        max_length=URL,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"required": _("Give the address of the report.")},
    )
    title = Text(
        label=_("Headline, if you have it"),
        required=False,
        max_length=TITLE,
        help_text=_("It is read from the page as soon as that is fetched."),
    )
    field_order = ("url", "title", "note", "seen")


class WholeForm(TitleForm, LeadForm):
    """All that is said of a story as a whole. What was shown comes back beside it, so that changes are known."""

    locked = forms.BooleanField(
        label=_("Locked"),
        required=False,
        help_text=_("The program takes no report out of it and merges it with nothing."),
    )
    pinned = forms.BooleanField(label=_("Pinned"), required=False, help_text=_("Above the others on the front page."))
    hidden = forms.BooleanField(label=_("Hidden"), required=False, help_text=_("On no list, and nobody is alerted."))
    closing = forms.ChoiceField(label=_("Closing"), required=False, choices=Closing.choices)

    def changed(self) -> dict[str, Any]:
        """What the editor changed of what the form had shown, by the names of services.whole.FIELDS."""
        return {
            name: self.cleaned_data[name]
            for name in whole.FIELDS
            if spelt(self.cleaned_data[name]) != self.data.get(f"was-{name}", "").replace("\r\n", "\n")
        }


def spelt(value: Any) -> str:
    """A value as a hidden field holds it, to be compared with what comes back."""
    return "" if value in (None, False, "") else "on" if value is True else str(value)


def numbers(values: Iterable[str]) -> list[int]:
    """The articles' numbers in a form's values: each a number, or several with commas between; no others."""
    found = (part.strip() for value in values for part in value.split(","))
    return list(dict.fromkeys(int(part) for part in found if _NUMBERS.fullmatch(part)))


def story_number(text: str) -> int | None:
    """The number of a story that somebody names by it, by its address, or not at all (None)."""
    said = text.strip().removeprefix("#")
    if _NUMBERS.fullmatch(said):
        return int(said)
    found = _ADDRESS.search(said.partition("?")[0].partition("#")[0])
    return int(found[1]) if found else None
