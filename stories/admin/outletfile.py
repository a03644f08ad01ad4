"""Outlets as rows of a file: what a row would do to the outlet with its slug, and doing it as edits.

A column that a file does not have leaves its field as it is; a blank cell empties it. A row without a slug is a new
outlet. Each row is checked as the form of an outlet is, and then all of them together: no two may take one name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext
from import_export import fields

from stories.admin.importing import Change, Plan, Planned
from stories.admin.tradefiles import Row
from stories.models import Outlet
from stories.outletfields import SEPARATOR
from stories.outletforms import OutletForm, told_plainly
from stories.selectors.outletdirectory import Directory, Named
from stories.services import outletedits
from stories.services.acts import By
from stories.services.outletedits import FIELDS

_LISTS = ("aliases", "ambiguous_aliases", "domains")


class OutletResource(Planned):
    """Outlets, each known by its slug."""

    TAKEN = ("slug", *FIELDS)
    NEEDED = ("name",)
    UNREAD = ("feeds",)
    feeds = fields.Field(column_name="feeds")

    class Meta(Planned.Meta):
        model = Outlet
        fields = ("slug", *FIELDS, "feeds")
        export_order = ("slug", *FIELDS, "feeds")
        import_id_fields = ("slug",)

    def __init__(self, rows: Sequence[Row] = (), **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.made: list[Outlet] = []

    def _check_import_id_fields(self, headers: Any) -> None:
        """A file without slugs holds new outlets."""

    def export_field(self, field: Any, instance: Outlet, **kwargs: Any) -> Any:
        """A list in one cell."""
        name = self.get_field_name(field)
        if name == "feeds":
            return getattr(instance, "feed_total", "")
        value = getattr(instance, name)
        return SEPARATOR.join(value) if name in _LISTS else value

    def planned(self, rows: Sequence[Row]) -> list[Plan]:
        """Each row by itself, then all of them together."""
        slugs = [row.cells.get("slug", "").strip() for row in rows]
        outlets = Outlet.objects.filter(slug__in=set(slugs) - {""}).order_by("pk")
        known = {outlet.slug: outlet for outlet in (outlets.select_for_update(no_key=True) if self.real else outlets)}
        plans: list[Plan] = []
        seen: dict[str, int] = {}
        for row, slug in zip(rows, slugs, strict=True):
            plan = _alone(row, slug, known.get(slug))
            if slug and slug in seen:
                plan = plan.refused(gettext("Row %(row)s has the same slug.") % {"row": seen[slug]})
            plans.append(plan)
            seen.setdefault(slug, row.number)
        return _together(plans, {outlet.pk: outlet for outlet in known.values()})

    def apply(self, plans: Sequence[Plan], by: By, now: datetime) -> None:
        """Make the new ones, change the others; each change is an edit. Articles are read again once for all."""
        wanted = {plan.key: dict(plan.values) for plan in plans if plan.kind == "changed"}
        rows = Outlet.objects.in_bulk([key for key in wanted if key])
        outletedits.change_all([(rows[key], values) for key, values in wanted.items() if key in rows], by, now)
        self.made, _ = outletedits.create_many([dict(plan.values) for plan in plans if plan.kind == "new"], now)


def _alone(row: Row, slug: str, outlet: Outlet | None) -> Plan:
    """What a row would do if it were the only one."""
    title = row.cells.get("name", "").strip() or slug or gettext("(no name)")
    blank = Plan(row.number, title[:200], "same", key=outlet.pk if outlet else None)
    if row.fault:
        return blank.refused(row.fault)
    if outlet is None and slug and (reason := _bad_slug(slug)):
        return blank.refused(reason)
    form = OutletForm(_typed(row), outlet=outlet)
    if not form.is_valid():
        labels = {name: str(field.label) for name, field in form.fields.items()}
        wrong = [f"{labels.get(name, '')}: {each}" for name, found in form.errors.items() for each in found]
        return blank.refused(*wrong)
    values = {name: form.cleaned_data[name] for name in FIELDS if name in row.cells}
    if outlet is None:
        values = {name: value for name, value in values.items() if value} | ({"slug": slug} if slug else {})
        return replace(blank, kind="new", values=tuple(values.items()), changes=_changes(values, None, form))
    values = {name: value for name, value in values.items() if getattr(outlet, name) != value}
    if not values:
        return blank
    return replace(blank, kind="changed", values=tuple(values.items()), changes=_changes(values, outlet, form))


def _typed(row: Row) -> dict[str, Any]:
    """The cells as the form takes them."""
    return {
        name: cell.split(SEPARATOR) if name in _LISTS else cell for name, cell in row.cells.items() if name in FIELDS
    }


def _bad_slug(slug: str) -> str:
    try:
        validate_slug(slug)
    except ValidationError:
        return gettext("“%(slug)s” is no slug: letters, digits and hyphens.") % {"slug": slug[:80]}
    return gettext("A slug has 80 letters at most.") if len(slug) > 80 else ""


def _changes(values: dict[str, Any], outlet: Outlet | None, form: OutletForm) -> tuple[Change, ...]:
    def said(value: Any) -> str:
        return ", ".join(value) if isinstance(value, list) else str(value)

    return tuple(
        Change(str(form.fields[name].label), said(getattr(outlet, name)) if outlet else "", said(value))
        for name, value in values.items()
        if name in form.fields and (outlet or name != "name")
    )


def _together(plans: list[Plan], outlets: dict[int, Outlet]) -> list[Plan]:
    """Rows that would take what another has, or takes, are refused; until those that are left get on."""
    while True:
        directory = Directory.load()
        wanted: dict[int, tuple[Named, Named | None]] = {}
        for at, plan in enumerate(plans):
            if plan.kind in ("new", "changed"):
                before = Named.of(outlets[plan.key]) if plan.key else None
                wanted[at] = (before or Named(f"row {plan.number}", "")).given(dict(plan.values)), before
                directory.put(wanted[at][0])
        refused = False
        for at, (one, before) in wanted.items():
            if conflicts := directory.conflicts(one, before):
                plans[at] = plans[at].refused(*(told_plainly(each) for each in conflicts))
                refused = True
        if not refused:
            return plans
