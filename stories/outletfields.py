"""The fields of the forms on outlets: names, domains, codes, as people type them and as files hold them.

Each says what is wrong with a value in words for whoever typed it, and knows nothing of other outlets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.ingest import links

NAME_LENGTH, MOST_NAMES = 100, 60
# In a file's cell it parts one name of a list from the next, so that it can't be in one.
SEPARATOR = "|"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


class PlainField(forms.CharField):
    """A text without NUL bytes, which PostgreSQL can't keep."""

    def to_python(self, value: Any) -> str:
        """The text, stripped."""
        return str(super().to_python(value.replace("\x00", "") if isinstance(value, str) else value) or "")


class LineField(forms.CharField):
    """One line, without what can't be seen in it."""

    def to_python(self, value: Any) -> str:
        """White space is a single space."""
        return " ".join(_CONTROL.sub(" ", str(super().to_python(value) or "")).split())


class ListField(forms.CharField):
    """Values one to a line, each of them once; a blank line is none."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """The values in their order. Raises ValidationError for one that is there twice."""
        given = value if isinstance(value, list) else str(value or "").replace("\r", "\n").split("\n")
        clean = [self.one(" ".join(_CONTROL.sub(" ", str(each)).split())) for each in given if str(each).strip()]
        seen: set[str] = set()
        for each in clean:
            if each.casefold() in seen:
                raise ValidationError(gettext("“%(value)s” is here twice.") % {"value": each}, code="twice")
            seen.add(each.casefold())
        return clean

    def one(self, value: str) -> str:
        """A value as it is kept. Raises ValidationError."""
        return value

    def prepare_value(self, value: Any) -> Any:
        """A list as it is typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def run_validators(self, value: Any) -> None:
        """Each value was checked by itself."""


class NamesField(ListField):
    """Names that an outlet goes by."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Raises ValidationError for more than anybody goes by, too."""
        names = super().to_python(value)
        if len(names) > MOST_NAMES:
            raise ValidationError(gettext("More than %(most)s names: nobody goes by so many.") % {"most": MOST_NAMES})
        return names

    def one(self, value: str) -> str:
        """Refuses what no text calls an outlet."""
        told = {"value": value[:NAME_LENGTH], "most": NAME_LENGTH}
        if len(value) > NAME_LENGTH:
            raise ValidationError(gettext("“%(value)s …” is longer than %(most)s characters.") % told)
        if SEPARATOR in value or not re.search(r"\w", value) or len(value) < 2:
            raise ValidationError(gettext("“%(value)s” is no name that a text calls an outlet by.") % told)
        return value


class DomainsField(ListField):
    """The web domains that are an outlet's own; a whole address is cut down to its host."""

    def one(self, value: str) -> str:
        """The host in small letters and ASCII, without "www."."""
        host = links.host(value if "://" in value else f"https://{value}").removeprefix("www.")
        labels = host.split(".")
        if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(each) for each in labels):
            raise ValidationError(gettext("“%(value)s” is no domain, such as example.org.") % {"value": value[:100]})
        if labels[-1].isdecimal():
            raise ValidationError(gettext("“%(value)s” is a number, no domain.") % {"value": value[:100]})
        # What stands directly below a public suffix, such as co.uk, is a site of its own.
        if links.site_domain(f"https://y.x.{host}/") == f"x.{host}":
            raise ValidationError(gettext("“%(value)s” is open to all: many outlets are below it.") % {"value": host})
        return host


class CodeField(forms.ChoiceField):
    """A code out of a list, or none. The one that a row `had` is let stand, whether or not the list knows it."""

    def __init__(self, offered: Callable[[], Sequence[tuple[str, str]]], *, upper: bool = False, **kwargs: Any) -> None:
        wrong = {"invalid_choice": _("“%(value)s” is none of those that can be chosen.")}
        super().__init__(required=False, error_messages=wrong, **kwargs)
        self.offered, self.upper = offered, upper
        self.let("")

    def let(self, had: str) -> None:
        """Take this code as well. The list is only made when it is shown: files have thousands of rows."""
        self.had = had
        offered = self.offered
        self.choices = lambda: _with(had, offered())

    def to_python(self, value: Any) -> str:
        """In the letters that such codes are written in."""
        code = str(super().to_python(value)).strip()
        return code.upper() if self.upper else code.lower()

    def valid_value(self, value: str) -> bool:
        """Whether it is in the list."""
        return value in ("", self.had) or any(value == code for code, _ in self.offered())


def _with(had: str, offered: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    known = not had or any(code == had for code, _label in offered)
    return [("", "—"), *offered, *([] if known else [(had, had)])]
