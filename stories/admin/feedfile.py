"""Feeds as rows of a file: what a row would do to the feed at its address, and doing it.

A new address comes in as any other does (services.subscribing), of the outlet that the row names by its slug, or of the
one it belongs to. It is not fetched: its first poll finds out whether a feed answers there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from import_export import fields

from stories.admin.importing import Change, Plan, Planned
from stories.admin.tradefiles import Row
from stories.catalogueforms import FeedRowForm
from stories.ingest.errors import Permanent
from stories.ingest.opml import Outline
from stories.models import Feed, Outlet
from stories.selectors.outletnames import Outlets
from stories.services import subscribing, tending
from stories.services.acts import By, Refused
from stories.services.tending import Wanted

_TAKEN = ("url", "outlet", "title", "lang", "active", "minutes")
_TOLD = ("last_result", "failures", "last_polled_at", "next_poll_at", "last_error")


class FeedResource(Planned):
    """Feeds, each known by its address."""

    TAKEN = _TAKEN
    NEEDED = ("url",)
    UNREAD = _TOLD
    outlet = fields.Field(column_name="outlet")
    minutes = fields.Field(column_name="minutes")

    class Meta(Planned.Meta):
        model = Feed
        fields = (*_TAKEN, *_TOLD)
        export_order = (*_TAKEN, *_TOLD)
        import_id_fields = ("url",)

    def __init__(self, rows: Sequence[Row] = (), **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        # What was done, for the desk's log.
        self.made: list[Feed] = []
        self.changed: list[Feed] = []

    def export_field(self, field: Any, instance: Feed, **kwargs: Any) -> Any:
        """A feed in the words that a row may say again."""
        name = self.get_field_name(field)
        if name == "outlet":
            return instance.outlet.slug
        if name == "minutes":
            return instance.fixed_interval_s // 60 if instance.fixed_interval_s else ""
        if name == "active":
            return "yes" if instance.active else "no"
        value = getattr(instance, name)
        return (
            value.isoformat(timespec="seconds") if isinstance(value, datetime) else value if value is not None else ""
        )

    def planned(self, rows: Sequence[Row]) -> list[Plan]:
        """Each row by itself; an address counts once."""
        addresses = [_address(row) for row in rows]
        known = subscribing.known_feeds({url for url, _ in addresses if url})
        named = Outlets()
        slugs = {outlet.slug: outlet for outlet in Outlet.objects.filter(demo=False)}
        plans: list[Plan] = []
        seen: dict[str, int] = {}
        for row, (url, reason) in zip(rows, addresses, strict=True):
            feed = known.get(url)
            at = feed.url if feed else url
            blank = Plan(row.number, at or row.cells.get("url", "")[:200], "same", key=feed.pk if feed else None)
            if row.fault or reason:
                plans.append(blank.refused(row.fault or reason))
            elif (bare := at.partition("://")[2]) in seen:
                plans.append(blank.refused(gettext("Row %(row)s has the same address.") % {"row": seen[bare]}))
            else:
                plans.append(_alone(blank, row, feed, _outlet(row, named, slugs)))
            seen.setdefault(at.partition("://")[2], row.number)
        return plans

    def apply(self, plans: Sequence[Plan], by: By, now: datetime) -> None:
        """Add the new ones, change the others."""
        outlets = Outlet.objects.in_bulk()
        feeds = Feed.objects.select_related("outlet").in_bulk([plan.key for plan in plans if plan.key])
        new = [(plan, dict(plan.values)) for plan in plans if plan.kind == "new"]
        for owner in {values.get("outlet") for _plan, values in new}:
            rows = [(plan, values) for plan, values in new if values.get("outlet") == owner]
            outlines = [Outline(v.get("title", ""), plan.title, "", ()) for plan, v in rows]
            taken = subscribing.subscribe_all(outlines, now=now, outlet=outlets.get(owner or 0))
            for one, (_plan, values) in zip(taken, rows, strict=True):
                if one.feed is None:
                    raise Refused(f"{one.outline.feed_url}: {one.reason}")
                self.made.append(one.feed)
                _give(one.feed, values, outlets, now)
        for plan in plans:
            if plan.kind == "changed" and plan.key in feeds:
                _give(feeds[plan.key], dict(plan.values), outlets, now)
                self.changed.append(feeds[plan.key])


def _address(row: Row) -> tuple[str, str]:
    """The address as it is kept, or why it can't be one."""
    try:
        return subscribing.feed_address(row.cells.get("url", "").strip()), ""
    except Permanent as refusal:
        return "", refusal.reason


def _outlet(row: Row, named: Outlets, slugs: dict[str, Outlet]) -> Outlet | str | None:
    """The outlet that a row names; None where it names none, a sentence where nobody knows which it means."""
    typed = row.cells.get("outlet", "").strip()
    if not typed:
        return None
    found = named.find(typed)
    outlet = slugs.get(named.slug(next(iter(found)))) if len(found) == 1 else None
    return outlet or gettext("There is no outlet “%(name)s”, or more than one.") % {"name": typed[:80]}


def _alone(blank: Plan, row: Row, feed: Feed | None, outlet: Outlet | str | None) -> Plan:
    """What a row would do."""
    form = FeedRowForm(row.cells)
    reasons = [f"{form.fields[name].label}: {each}" for name, found in form.errors.items() for each in found]
    if isinstance(outlet, str):
        reasons.append(outlet)
    if reasons or isinstance(outlet, str):
        return blank.refused(*reasons)
    values: dict[str, Any] = {name: form.cleaned_data[name] for name in form.fields if name in row.cells}
    if outlet is not None:
        values["outlet"] = outlet.pk
    if feed is None:
        values = {name: value for name, value in values.items() if value not in ("", None, True)}
        words = _words(values, outlet)
        return replace(blank, kind="new", values=tuple(values.items()), changes=tuple(Change(*each) for each in words))
    was = {"title": feed.title, "lang": feed.lang, "active": feed.active, "outlet": feed.outlet_id}
    was["minutes"] = feed.fixed_interval_s // 60 if feed.fixed_interval_s else None
    values = {name: value for name, value in values.items() if was[name] != value}
    if not values:
        return blank
    if feed.outlet.demo:
        return blank.refused(gettext("Feeds of the demo world are invented; they can’t be changed."))
    before = {label: said for label, _, said in _words({name: was[name] for name in values}, feed.outlet)}
    changes = tuple(Change(label, before[label], said) for label, _, said in _words(values, outlet))
    return replace(blank, kind="changed", values=tuple(values.items()), changes=changes)


def _words(values: dict[str, Any], outlet: Outlet | None) -> list[tuple[str, str, str]]:
    """Fields of a feed as people read them: label, nothing, value."""
    labels = {name: str(field.label) for name, field in FeedRowForm.base_fields.items()}
    found = []
    for name, value in values.items():
        said = str(value) if value not in (None, "") else ""
        if name == "active":
            said = gettext("polled") if value else gettext("paused")
        if name == "outlet":
            said = outlet.name if outlet else ""
        found.append((labels.get(name, gettext("Outlet")), "", said))
    return found


def _give(feed: Feed, values: dict[str, Any], outlets: dict[int, Outlet], now: datetime) -> None:
    """Set what a row says of a feed."""
    if values.keys() & {"title", "lang", "minutes", "outlet"}:
        seconds = values["minutes"] * 60 if values.get("minutes") else None
        wanted = Wanted(
            title=values.get("title", feed.title),
            lang=values.get("lang", feed.lang),
            fixed_interval_s=seconds if "minutes" in values else feed.fixed_interval_s,
            outlet=outlets[values["outlet"]] if "outlet" in values else feed.outlet,
            url=feed.url,
        )
        tending.edit(feed, wanted, now=now)
    if "active" in values and values["active"] != feed.active:
        tending.set_active(feed, values["active"], now=now)
