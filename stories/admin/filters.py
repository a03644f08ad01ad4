"""Filters that lists at the desk share. They narrow by an index or by what many rows have: none reads a whole table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.models import Story
from stories.selectors import words

_DIGITS = 18
# What "lately" can mean, and from how long ago on.
_SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class Choices(admin.SimpleListFilter):
    """A filter by a few words; `default` is what no choice means."""

    default: Any = _("all")
    # The choices: the value in the address, and its words.
    offered: Sequence[tuple[str, Any]] = ()

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Sequence[tuple[str, Any]]:
        """What may be asked for."""
        return self.offered

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """The list of the filter, with the word for no choice first."""
        rows = list(super().choices(changelist))
        rows[0]["display"] = self.default
        yield from rows


class Lately(Choices):
    """By how long ago a time was; the field is indexed."""

    field = "at"
    offered = (
        ("day", _("in the last 24 hours")),
        ("week", _("in the last 7 days")),
        ("month", _("in the last 30 days")),
        ("older", _("longer ago")),
    )
    default = _("any time")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the rows."""
        value, now = self.value() or "", timezone.now()
        if value in _SPANS:
            return queryset.filter(**{f"{self.field}__gte": now - _SPANS[value]})
        return queryset.filter(**{f"{self.field}__lt": now - _SPANS["month"]}) if value == "older" else queryset


def lately(name: str, words: Any) -> type[Lately]:
    """A filter by how long ago the time in the field `name` was."""
    return type("Lately", (Lately,), {"title": words, "parameter_name": f"{name}_lately", "field": name})


class LanguageFilter(Choices):
    """By language; those that stories are in are offered."""

    title = _("language")
    parameter_name = "lang"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Sequence[tuple[str, Any]]:
        """The languages, by name. One query over an index."""
        codes = Story.objects.filter(merged_into=None).order_by().values_list("lang", flat=True).distinct()
        names = words.locale().languages
        named = ((code or "-", str(names.get(code, code)) if code else gettext("not recognised")) for code in codes)
        return sorted(named, key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the rows."""
        value = self.value()
        return queryset.filter(lang="" if value == "-" else value) if value else queryset


class NumberFilter(admin.SimpleListFilter):
    """By a row of another table: shown only where it is set, by a link from elsewhere, to be taken off again."""

    model: type[Model]
    # The fields that lead to that table; any of them will do.
    fields: Sequence[str] = ()

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> Sequence[tuple[str, Any]]:
        """The row that is asked for, by its name."""
        number = self._number()
        row = self.model._default_manager.filter(pk=number).first() if number is not None else None
        return [(str(number), str(row))] if row is not None else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the rows."""
        number = self._number()
        if number is None:
            return queryset
        wanted = Q()
        for field in self.fields:
            wanted |= Q(**{field: number})
        return queryset.filter(wanted)

    def _number(self) -> int | None:
        value = str(self.used_parameters.get(self.parameter_name or "") or "")
        return int(value) if value.isascii() and value.isdigit() and len(value) <= _DIGITS else None


class AboutStory(NumberFilter):
    """By a story, on whichever side it is."""

    title = _("story")
    parameter_name = "about"
    model = Story
    fields: Sequence[str] = ("story", "other")
