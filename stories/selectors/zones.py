"""The time zones that a person may choose from: those that have people, by region, with what their clocks say now."""

from __future__ import annotations

import importlib.resources
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from stories.selectors import words

Choice = tuple[str, str]
_REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}


def choices(now: datetime, *, besides: str = "") -> list[tuple[str, list[Choice]]]:
    """Regions, each with its zones as (key, "Berlin (UTC+01:00)"), by name in the page's language.

    `besides` is a key that must be among them, whether it is a common one or not; one that is unknown is left out.
    """
    groups: dict[str, list[Choice]] = {}
    for key in _common():
        groups.setdefault(key.partition("/")[0], []).append((key, label(key, now)))
    found = [
        (str(_REGIONS[region]), sorted(rows, key=lambda row: row[1].casefold())) for region, rows in groups.items()
    ]
    others = [("UTC", "UTC")]
    if besides and besides != "UTC" and besides not in _common() and known(besides):
        others.append((besides, label(besides, now)))
    return [*sorted(found), (str(_("Other")), others)]


def label(key: str, now: datetime) -> str:
    """A zone as people know it: its city, and how far its clocks are from UTC at `now`."""
    if key == "UTC":
        return key
    offset = f"{now.astimezone(ZoneInfo(key)):%z}"
    return f"{city(key)} (UTC{offset[:3]}:{offset[3:5]})"


def city(key: str) -> str:
    """The city that a zone is named after, in the page's language."""
    own = words.locale().time_zones.get(key, {}).get("city", "")
    return str(own) or key.partition("/")[2].replace("/", ", ").replace("_", " ") or key


def known(key: str) -> ZoneInfo | None:
    """The zone of this key; None where there is none, whatever the key looks like."""
    try:
        return ZoneInfo(key) if key else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The zones that the database gives to a country: one for each place whose clocks have differed since 1970."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    keys = (row[2] for row in rows)
    return frozenset(key for key in keys if key.partition("/")[0] in _REGIONS and known(key))
