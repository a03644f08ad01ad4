"""The form of a search: what is looked for and two filters. What a search means is for selectors.queries."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stories.models import Outlet
from stories.selectors import queries
from stories.selectors.queries import LONGEST, Query, Unclear

SINCE = (("", _("Any time")), ("1", _("Last 24 hours")), ("7", _("Last 7 days")), ("30", _("Last 30 days")))


class SearchForm(forms.Form):
    """A search with operators, and two filters; an unknown filter is an error, an empty search is not.

    `query` is what the search means, once the form is valid; None of an empty one.
    """

    q = forms.CharField(
        label=_("Search for"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("A query may have 500 characters; this one is longer.")},
    )
    outlet = forms.ModelChoiceField(
        label=_("Outlet"),
        queryset=Outlet.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("Every outlet"),
        error_messages={"invalid_choice": _("There is no such outlet.")},
    )
    since = forms.ChoiceField(label=_("Reported"), choices=SINCE, required=False)
    query: Query | None = None

    def clean_q(self) -> str:
        """Keeps what it means, or says why it means nothing."""
        typed = str(self.cleaned_data["q"])
        try:
            self.query = queries.parse(typed) if typed else None
        except Unclear as unclear:
            raise ValidationError(unclear.reason) from unclear
        return typed
