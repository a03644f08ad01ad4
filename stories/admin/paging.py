"""Long lists at the desk: page after page by keys, and amounts that cost the same however many rows there are.

A page begins where the one before ended, so the thousandth costs what the first does, and no list counts all its rows:
up to CAPPED they are counted, beyond that the database's own estimate is told, as one ("about 200,000").
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext

# Rows that are counted one by one: a few milliseconds, and more than anybody looks through.
CAPPED = 1_000
# An act on all rows that match calls a service for each: a minute's work, and more would be a slip.
MOST_AT_ONCE = 1_000
PER_PAGE = 50
# Eighteen digits stay inside a bigint.
_DIGITS = 18
_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows match; `estimated` where nobody counted them all."""

    number: int
    estimated: bool = False

    def __str__(self) -> str:
        """As a page says it."""
        if not self.estimated:
            return str(intcomma(self.number))
        if self.number <= CAPPED:
            return gettext("more than %(number)s") % {"number": intcomma(CAPPED)}
        return gettext("about %(number)s") % {"number": intcomma(_rounded(self.number))}


def amount(rows: QuerySet[Any]) -> Amount:
    """How many rows there are. One query that ends at CAPPED; where there are more a second, which reads no row."""
    plain = rows.order_by().values("pk")
    counted: int = plain[: CAPPED + 1].count()
    if counted <= CAPPED:
        return Amount(counted)
    plan = json.loads(plain.explain(format="json"))
    return Amount(max(CAPPED, int(plan[0]["Plan"]["Plan Rows"])), estimated=True)


def _rounded(number: int) -> int:
    """To two digits: an estimate promises no more."""
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return round(number / unit) * unit


class CappedPaginator(Paginator[Any]):
    """For what else pages through the rows, such as autocompletion: it ends at CAPPED rows."""

    @cached_property
    def count(self) -> int:
        """At most CAPPED."""
        rows = self.object_list
        return int(rows[:CAPPED].count()) if isinstance(rows, QuerySet) else min(CAPPED, len(rows))


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: the sort key of a row, as text, and whether the page is the one before it."""

    back: bool
    key: tuple[str, ...]

    @classmethod
    def read(cls, text: str, parts: int) -> Cursor | None:
        """A cursor with so many parts; None where the text is none."""
        way, dot, packed = text.partition(".")
        if way not in ("after", "before") or not dot:
            return None
        try:
            key = json.loads(urlsafe_b64decode(packed.encode("ascii", "replace")))
        except ValueError:
            return None
        if not isinstance(key, list) or len(key) != parts or not all(isinstance(one, str) for one in key):
            return None
        return None if any("\0" in one for one in key) else cls(way == "before", tuple(key))

    def __str__(self) -> str:
        """As an address carries it."""
        packed = urlsafe_b64encode(json.dumps(self.key, separators=(",", ":")).encode()).decode()
        return f"{'before' if self.back else 'after'}.{packed}"


@dataclass(frozen=True, slots=True)
class Key:
    """One part of a list's order: a field that is never empty, and its direction."""

    path: str
    field: Field[Any, Any]
    descending: bool

    def of(self, row: Model) -> str:
        """The row's value as a cursor holds it."""
        *way, _last = self.path.split("__")
        for name in way:
            row = getattr(row, name)
        return str(self.field.value_to_string(row))

    def value(self, text: str) -> Any:
        """What a cursor held; raises ValidationError where that is no such value."""
        try:
            return self.field.to_python(text)
        except (ValueError, OverflowError) as error:
            raise ValidationError("no value") from error


class KeysetList(ChangeList):
    """A change list that goes from page to page by the sort key of the last row shown."""

    amount: Amount
    # The addresses of the first, the previous and the next page; "" where there is none.
    first = previous = following = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_popup:
            self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_results(self, request: HttpRequest) -> None:
        """One page of rows, one more to know whether another follows, and the amount where the page doesn't tell it."""
        keys = self._keys(request)
        cursor, rows = self._page(keys, request.GET.get(PAGE_VAR, ""))
        more, rows = len(rows) > self.list_per_page, rows[: self.list_per_page]
        back = cursor is not None and cursor.back
        if back:
            rows.reverse()
        self.model_admin.of_page(rows)  # type: ignore[attr-defined]
        self.multi_page = more or cursor is not None
        self.amount = amount(self.queryset) if self.multi_page else Amount(len(rows))
        self.result_list = rows
        self.result_count, self.full_result_count = self.amount.number, None
        self.show_full_result_count = self.can_show_all = False
        self.show_admin_actions = True
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        if cursor is not None:
            self.first = self.get_query_string()
            self.previous = self._beside(keys, rows[:1], back=True)
        if more or back:
            self.following = self._beside(keys, rows[-1:], back=False)

    def _keys(self, request: HttpRequest) -> list[Key]:
        """The order of the list, in parts; the last makes it total."""
        keys = []
        for name in self.get_ordering(request, self.queryset):
            path = str(name).removeprefix("-")
            path = self.lookup_opts.pk.name if path == "pk" else path
            keys.append(Key(path, get_fields_from_path(self.model, path)[-1], str(name).startswith("-")))
        return keys

    def _page(self, keys: Sequence[Key], text: str) -> tuple[Cursor | None, list[Any]]:
        """Where the page begins, None for the first, and its rows with one more; those before a cursor in reverse."""
        cursor = Cursor.read(text, len(keys))
        if cursor is not None:
            try:
                rows = self._beyond(keys, cursor)
            except ValidationError:
                cursor = None
            else:
                if not cursor.back or len(rows) > self.list_per_page:
                    return cursor, rows
        # Going back ends at the beginning: there the page is filled up from its start.
        return None, list(self.queryset[: self.list_per_page + 1])

    def _beyond(self, keys: Sequence[Key], cursor: Cursor) -> list[Any]:
        values = [key.value(text) for key, text in zip(keys, cursor.key, strict=True)]
        ways = [key.descending != cursor.back for key in keys]
        names = [f"-{key.path}" if down else key.path for key, down in zip(keys, ways, strict=True)]
        condition = beyond([key.path for key in keys], values, ways)
        return list(self.queryset.filter(condition).order_by(*names)[: self.list_per_page + 1])

    def _beside(self, keys: Sequence[Key], row: Sequence[Any], *, back: bool) -> str:
        """The address of the page that begins at this row."""
        if not row:
            return ""
        return self.get_query_string({PAGE_VAR: str(Cursor(back, tuple(key.of(row[0]) for key in keys)))})


def beyond(paths: Sequence[str], values: Sequence[Any], descending: Sequence[bool]) -> Q:
    """Rows that come after these values in this order; the first comparison is spelt out for the planner."""
    after, same = Q(), Q()
    for path, value, down in zip(paths, values, descending, strict=True):
        after |= same & Q(**{f"{path}__{'lt' if down else 'gt'}": value})
        same &= Q(**{path: value})
    return Q(**{f"{paths[0]}__{'lte' if descending[0] else 'gte'}": values[0]}) & after


class Paged(admin.ModelAdmin[_M]):
    """Mixed in for tables that grow without end: their list is a KeysetList.

    `ordering` needs an index. Only what is never empty may be sorted by, and only where a list names it: `sortable_by`.
    """

    paginator = CappedPaginator
    list_per_page = PER_PAGE
    empty_value_display = ""
    show_full_result_count = False
    # Counting what each filter would leave would read the table once for each.
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Page by page."""
        return KeysetList

    def of_page(self, rows: Sequence[_M]) -> None:
        """Put on the rows of a page what its columns tell of other tables, asked for all of them at once."""

    def response_action(self, request: HttpRequest, queryset: QuerySet[_M], *where: Any) -> HttpResponse | None:
        """Refuses to act on more rows at once than MOST_AT_ONCE."""
        if request.POST.get("select_across") == "1" and queryset.order_by()[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
            said = gettext("More than %(most)s rows match: narrow the list first. Nothing was done.")
            self.message_user(request, said % {"most": intcomma(MOST_AT_ONCE)}, messages.ERROR)
            return None
        return super().response_action(request, queryset, *where)


def with_number(found: QuerySet[_M], among: QuerySet[_M], term: str) -> QuerySet[_M]:
    """What a search has found, and the row whose number was typed ("#12" or "12")."""
    number = term.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return found
    return found | among.filter(pk=int(number))
