"""The list of well-known outlets that ships with the product: read, checked, loaded when an editor wants it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from stories.ingest.opml import Outline
from stories.models import Outlet
from stories.services.subscribing import free_slug, subscribe

SEED = Path(__file__).resolve().parent.parent / "seed" / "outlets.toml"
# Outlets that others credit; they are known by name and become rows only when an editor wants to follow them.
CREDITED = SEED.with_name("credited.toml")
FIELDS = ("aliases", "ambiguous_aliases", "domains", "owner_group", "kind", "country", "homepage", "lang")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many outlets and feeds came in that were not known before."""

    outlets: int
    feeds: int


@cache
def known_outlets() -> tuple[dict[str, Any], ...]:
    """The rows of the seed file."""
    return tuple(tomllib.loads(SEED.read_text(encoding="utf-8"))["outlet"])


@cache
def credited_outlets() -> tuple[dict[str, Any], ...]:
    """The rows of the list of outlets that are credited and not polled."""
    return tuple(tomllib.loads(CREDITED.read_text(encoding="utf-8"))["outlet"])


@transaction.atomic
def load_known(now: datetime) -> Loaded:
    """Load the seed. Run twice, it adds nothing; what an editor has changed since stays as the editor left it."""
    outlets = feeds = 0
    for row in known_outlets():
        outlet, created = _outlet(row)
        outlets += created
        for feed in row["feeds"]:
            outline = Outline(title=feed["title"], feed_url=feed["url"], home_url=row["homepage"], categories=())
            feeds += subscribe(outline, now=now, outlet=outlet)[1]
    return Loaded(outlets, feeds)


def _outlet(row: dict[str, Any]) -> tuple[Outlet, bool]:
    """The outlet of a seed row, known by one of its domains or made."""
    known = Outlet.objects.filter(domains__overlap=row["domains"]).first()
    if known:
        return known, False
    fields = {name: row[name] for name in FIELDS if name in row}
    return Outlet.objects.create(name=row["name"], slug=free_slug(row["slug"]), **fields), True
