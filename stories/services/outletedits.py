"""What editors change of outlets: names, aliases, domains, owner group, kind. Each is an edit, and can be taken back.

An outlet is made by hand here too; its slug is its address, and stays what it was made with.

An owner group tells how many voices there are, so the stories of the last days are traced again; under a new name or
alias articles are read again (services.proposals).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Act, Edit, Outlet, Proposal, Story
from stories.selectors.outletdirectory import Directory, Named
from stories.services import footprints, membership, placing, proposals
from stories.services.acts import By, Did, Refused, must_be_person, note
from stories.services.subscribing import take_lock

FIELDS = (
    "name",
    "aliases",
    "ambiguous_aliases",
    "domains",
    "owner_group",
    "kind",
    "country",
    "homepage",
    "lang",
)
# After these the articles are read again in which the outlet is named.
_READ_ANEW = ("name", "aliases", "ambiguous_aliases")
# After these its stories are traced again.
_TRACED_ANEW = ("name", "owner_group", "kind")


@dataclass(frozen=True, slots=True)
class Changed:
    """What was done to outlets: the edits, and how many articles are read and stories traced again for it."""

    edits: tuple[Edit, ...] = ()
    reread: int = 0
    traced: int = 0


def change(outlet: Outlet, values: Mapping[str, Any], by: By, now: datetime) -> Edit | None:
    """Set fields of an outlet; the edit, or None where nothing is new. Only FIELDS; the values are valid ones.

    Raises Clash where somebody else changed one of the same fields since, and nothing is set.
    """
    return next(iter(change_all([(outlet, values)], by, now).edits), None)


@transaction.atomic
def change_all(wanted: Sequence[tuple[Outlet, Mapping[str, Any]]], by: By, now: datetime) -> Changed:
    """`change` for several outlets at once: all of it, or nothing."""
    must_be_person(by)
    values = {outlet.pk: new for outlet, new in wanted}
    rows = Outlet.objects.filter(pk__in=values).order_by("pk").select_for_update(no_key=True)
    new = [(row, _news(row, values[row.pk])) for row in rows]
    return _write_all(Act.OUTLET, [(row, them) for row, them in new if them], by, now)


def _news(row: Outlet, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some values that a row does not have yet."""
    return {name: values[name] for name in FIELDS if name in values and getattr(row, name) != values[name]}


@transaction.atomic
def create(
    values: Mapping[str, Any], by: By, now: datetime, others: Sequence[tuple[Outlet, Mapping[str, Any]]] = ()
) -> tuple[Outlet, Changed]:
    """Make an outlet, with a slug of its own; and change others with it, where they are to share a name."""
    must_be_person(by)
    made, reread = create_many([values], now)
    done = change_all(others, by, now)
    return made[0], replace(done, reread=done.reread + reread)


@transaction.atomic
def create_many(wanted: Sequence[Mapping[str, Any]], now: datetime) -> tuple[list[Outlet], int]:
    """Make outlets, in the order given, and have articles read again that name them; how many those are.

    Names that waited for somebody to say what they are wait no longer.
    """
    take_lock()
    slugs = placing.free_slugs([(str(values["name"]), str(values.get("slug", ""))) for values in wanted])
    new = [
        Outlet(slug=slug, **{name: values[name] for name in FIELDS if name in values})
        for values, slug in zip(wanted, slugs, strict=True)
    ]
    made = Outlet.objects.bulk_create(new, batch_size=1000)
    names = {name for one in made for name in proposals.names_of(one)}
    Proposal.objects.filter(name__in=names).delete()
    return made, _read_anew(made, names, now)


@transaction.atomic
def add_aliases(outlet: Outlet, names: Sequence[str], by: By, now: datetime) -> Changed:
    """Say that names are aliases of an outlet: what waited as an unknown outlet is one no longer.

    Raises Refused, and does nothing, where another outlet goes by one of them: whose it is then depends on the text.
    """
    take_lock()
    row = Outlet.objects.get(pk=outlet.pk)
    was = Named.of(row)
    have = {name.casefold() for name in proposals.names_of(row)}
    new = [name for name in dict.fromkeys(names) if name.casefold() not in have]
    aliases = [*row.aliases, *new]
    if conflicts := Directory.load().conflicts(was.given({"aliases": aliases}), was):
        first = conflicts[0]
        told = {"name": first.value, "outlet": first.other.name}
        raise Refused(gettext("“%(name)s” is a name of the outlet %(outlet)s already.") % told)
    done = change_all([(row, {"aliases": aliases})], by, now)
    proposals.dismiss(names, now)
    return done


def take_back(edit: Edit, held: membership.Held, by: By, now: datetime) -> Edit:
    """Give an outlet's fields back the values that they had before an edit."""
    row = Outlet.objects.select_for_update(no_key=True).filter(pk=edit.outlet_id or 0).first()
    if row is None:
        raise Refused(gettext("The outlet is no more."))
    return _write_all(Act.UNDO, [(row, edit.before)], by, now, undoes=edit).edits[0]


def _write_all(
    act: Act, new: Sequence[tuple[Outlet, Mapping[str, Any]]], by: By, now: datetime, undoes: Edit | None = None
) -> Changed:
    # Names that outlets have lost are looked for as well: what credited them under one of those is read again.
    names: set[str] = set()
    renamed: list[Outlet] = []
    traced: list[Outlet] = []
    edits = []
    for row, values in new:
        if not set(_READ_ANEW).isdisjoint(values):
            renamed.append(row)
            names.update(proposals.names_of(row))
        if not set(_TRACED_ANEW).isdisjoint(values):
            traced.append(row)
        edits.append(_write(act, row, values, by, now, undoes))
        if row in renamed:
            names.update(proposals.names_of(row))
    return Changed(tuple(edits), _read_anew(renamed, names, now), have_traced(traced, now))


def _write(act: Act, row: Outlet, new: Mapping[str, Any], by: By, now: datetime, undoes: Edit | None) -> Edit:
    did = Did(
        outlet=row,
        before={name: getattr(row, name) for name in new},
        after=dict(new),
        changed={footprints.outlet(row.pk, name) for name in new},
        undoes=undoes,
    )
    edit = note(act, did, by, now)
    for name, value in new.items():
        setattr(row, name, value)
    row.save(update_fields=list(new))
    return edit


def _read_anew(outlets: Sequence[Outlet], names: Collection[str], now: datetime) -> int:
    """Have articles read again that name outlets, those of the demo world apart."""
    worlds = [[row for row in outlets if row.demo == demo] for demo in (False, True)]
    return sum(proposals.read_names_anew(world, names, now) for world in worlds if world)


def have_traced(outlets: Collection[Outlet], now: datetime) -> int:
    """Have the stories of the last days traced again in which outlets have reports; how many."""
    if not outlets:
        return 0
    since = now - proposals.READ_ANEW
    stories = Story.objects.live().filter(articles__outlet__in=outlets, last_at__gte=since).distinct()
    return membership.trace_again(stories.values_list("pk", flat=True))
