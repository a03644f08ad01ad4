"""What editors say of outlets: each field checks its own values; whose a name is already the form says at the field.

Lists are typed one to a line. A field carries along what it showed, so that what an editor did not touch is not sent
back over what somebody else has changed since.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.ingest import links
from stories.ingest.languages import LANGUAGES
from stories.models import Outlet
from stories.outletfields import CodeField, DomainsField, LineField, NamesField, PlainField
from stories.selectors import words
from stories.selectors.outletdirectory import Conflict, Directory, Named, shared
from stories.selectors.outletnames import bare
from stories.services.outletedits import FIELDS

NOTE_LENGTH = 2000
# Codes of Babel's that name no country: unions, groups, tests, what nobody knows.
_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def countries() -> list[tuple[str, str]]:
    """Every country's ISO 3166 code and its name in the language of the page, by name."""
    return _countries(words.locale())


@cache
def _countries(here: Locale) -> list[tuple[str, str]]:
    named = here.territories.items()
    found = [(code, name) for code, name in named if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY]
    return sorted(found, key=lambda pair: pair[1].casefold())


def languages() -> list[tuple[str, str]]:
    """The languages that newspapers appear in, by name."""
    return _languages(words.locale())


@cache
def _languages(here: Locale) -> list[tuple[str, str]]:
    return sorted(((code, str(here.languages.get(code, code))) for code in LANGUAGES), key=lambda pair: pair[1])


def kinds() -> list[tuple[str, str]]:
    """What sorts of newsrooms there are."""
    return [(str(value), str(label)) for value, label in Outlet.Kind.choices]


class OutletForm(forms.Form):
    """An outlet as an editor wants it. `outlet` is None for one that is to be made."""

    name = LineField(label=_("Name"), max_length=200, error_messages={"required": _("An outlet needs a name.")})
    aliases = NamesField(
        label=_("Aliases"),
        required=False,
        help_text=_("Names used in running text, one to a line, such as “the Post”."),
    )
    ambiguous_aliases = NamesField(
        label=_("Ambiguous aliases"),
        required=False,
        help_text=_(
            "Names that more than one outlet goes by, such as “the Times”: they count where the text bears it out."
        ),
    )
    domains = DomainsField(
        label=_("Domains"), required=False, help_text=_("One to a line, such as example.org; an address will do.")
    )
    owner_group = LineField(
        label=_("Owner group"),
        max_length=200,
        required=False,
        help_text=_("Outlets of one group are one voice where they carry the same report."),
        widget=forms.TextInput(attrs={"list": "owner-groups", "autocomplete": "off"}),
    )
    kind = CodeField(kinds, label=_("Kind"))
    country = CodeField(countries, label=_("Country"), upper=True)
    homepage = PlainField(
        label=_("Homepage"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )
    lang = CodeField(languages, label=_("Language"))
    note = PlainField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Why; for whoever reads the history."),
    )
    seen = PlainField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        outlet: Outlet | None = None,
        directory: Directory | None = None,
        seen: str = "",
    ) -> None:
        initial = {name: getattr(outlet, name) for name in FIELDS} if outlet else {}
        super().__init__(data, initial=initial | {"seen": seen})
        self.outlet, self.directory = outlet, directory
        # Those that somebody else has already, in which both could go by it; and those in which both now shall.
        self.offers: list[Conflict] = []
        self.sharing: list[Conflict] = []
        for name in ("kind", "country", "lang"):
            field = self.fields[name]
            if outlet and isinstance(field, CodeField):
                field.let(getattr(outlet, name))
        for name in FIELDS:
            self.fields[name].show_hidden_initial = outlet is not None
        for name in ("aliases", "ambiguous_aliases", "domains"):
            lines = len(initial.get(name) or ()) + 1
            self.fields[name].widget.attrs |= {"rows": min(max(lines, 3), 8), "spellcheck": "false"}

    def clean_homepage(self) -> str:
        """An address of the web; one without a scheme is taken for https."""
        typed = str(self.cleaned_data["homepage"])
        address = typed if "://" in typed or not typed else f"https://{typed}"
        if address and (not links.safe_url(address) or "." not in links.host(address)):
            raise ValidationError(_("This is no web address, such as https://example.org/."))
        return address

    def clean(self) -> dict[str, Any]:
        """No name twice within the outlet; and what others go by is told, or shared where the editor says so."""
        data = super().clean() or {}
        self._once(data)
        if self.directory is not None and not self.errors:
            self._others(data, self.directory)
        return data

    def _once(self, data: dict[str, Any]) -> None:
        """No name twice within the outlet, as far as it was not there twice before."""
        if {"name", "aliases", "ambiguous_aliases"}.isdisjoint(self.changed_data):
            return
        taken = {str(data.get("name", "")).casefold()}
        for field in ("aliases", "ambiguous_aliases"):
            given = {str(each).casefold(): each for each in data.get(field, ())}
            if twice := taken & given.keys():
                value = given[twice.pop()]
                self.add_error(field, gettext("“%(value)s” stands above already.") % {"value": value})
            taken |= given.keys()

    def _others(self, data: dict[str, Any], directory: Directory) -> None:
        before = Named.of(self.outlet) if self.outlet else None
        wanted = (before or Named("", "")).given(self.values(data))
        asked = {bare(value) for value in self.data.getlist("share")} if hasattr(self.data, "getlist") else set()
        for conflict in directory.conflicts(wanted, before):
            if conflict.sharable and bare(conflict.value) in asked:
                self.sharing.append(conflict)
                continue
            self.add_error(conflict.field, told(conflict))
            self.offers += [conflict] if conflict.sharable else []
        if self.errors:
            return
        moved = [conflict.value for conflict in self.sharing if conflict.field == "aliases"]
        data["aliases"] = [each for each in data["aliases"] if each not in moved]
        data["ambiguous_aliases"] = list(dict.fromkeys([*data["ambiguous_aliases"], *moved]))

    def values(self, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """What is to be set: the fields that were touched, or that sharing a name touches."""
        data = self.cleaned_data if data is None else data
        touched = {*self.changed_data, *(("aliases", "ambiguous_aliases") if self.sharing else ())}
        return {name: data[name] for name in FIELDS if name in data and (self.outlet is None or name in touched)}

    def others(self) -> dict[int, dict[str, Any]]:
        """What other outlets are to be given so that both go by a name, by their numbers."""
        given = [(int(each.other.key), shared(each)) for each in self.sharing]
        return {pk: values for pk, values in given if values}

    def again(self, now: Outlet, seen: str) -> OutletForm:
        """The form to be shown again: what was typed is kept, all else is as it is now, and saving does it then.

        What was wrong stays said.
        """
        data = dict(self.data.items())
        data["seen"] = seen
        for name in FIELDS:
            shown = self.fields[name].prepare_value(getattr(now, name))
            data[self.add_initial_prefix(name)] = shown
            if name not in self.changed_data:
                data[name] = shown
        form = OutletForm(data, outlet=now)
        form.errors.clear()
        form.errors.update(self.errors)
        form.offers = self.offers
        return form


_TOLD = {
    "name": _("“%(value)s” is the name of %(outlet)s."),
    "aliases": _("“%(value)s” is an alias of %(outlet)s already."),
    "ambiguous_aliases": _("“%(value)s” is an ambiguous alias of %(outlet)s."),
    "domains": _("%(value)s is a domain of %(outlet)s."),
}


def told(conflict: Conflict) -> SafeString:
    """Who has a name or a domain already, with a link."""
    address = reverse("admin:stories_outlet_change", args=[conflict.other.key])
    link = format_html('<a href="{}">{}</a>', address, conflict.other.name)
    return mark_safe(  # noqa: S308 - both parts are escaped, the sentence is ours
        str(_TOLD[conflict.where]) % {"value": escape(conflict.value), "outlet": link}
    )


def told_plainly(conflict: Conflict) -> str:
    """The same without a link: the other may be another row of the same file."""
    return str(_TOLD[conflict.where]) % {"value": conflict.value, "outlet": conflict.other.name}


class LogoForm(forms.Form):
    """A picture; whether it is one is for the service to find out, by its content."""

    logo = forms.FileField(
        label=_("Picture"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        error_messages={
            "required": _("Choose a picture."),
            "empty": _("This file is empty."),
            "missing": _("Choose a picture."),
        },
    )

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean_logo(self) -> Any:
        """Refuses what is larger than a logo is."""
        upload = self.cleaned_data["logo"]
        if (upload.size or 0) > self.most:
            size = f"{self.most / 1024 / 1024:g}"
            raise ValidationError(_("This file is larger than %(size)s MB."), params={"size": size})
        return upload
