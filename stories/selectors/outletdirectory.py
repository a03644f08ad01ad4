"""Outlets by what must be their own: names, aliases, domains; and who else has what one is to be given.

A name that two outlets go by is read as "one of them" only where both have it among their ambiguous ones; so what an
outlet is given newly is looked for at all others. What has stood there before is left alone. Decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from stories.models import Outlet
from stories.selectors.outletnames import bare

_LISTS = ("aliases", "ambiguous_aliases", "domains")
# What an outlet may not be given where another has it in one of these.
_BARRED = {
    "name": ("name", "aliases"),
    "aliases": ("name", "aliases", "ambiguous_aliases"),
    "ambiguous_aliases": ("aliases",),
    "domains": ("domains",),
}


@dataclass(frozen=True, slots=True)
class Named:
    """An outlet by what must be its own; `key` is its number, or any other word for one that is not made yet."""

    key: int | str
    name: str
    aliases: tuple[str, ...] = ()
    ambiguous_aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    demo: bool = False

    @classmethod
    def of(cls, outlet: Outlet) -> Self:
        """An outlet as it is."""
        lists = {name: tuple(getattr(outlet, name)) for name in _LISTS}
        return cls(outlet.pk, outlet.name, demo=outlet.demo, **lists)

    def given(self, values: Mapping[str, Any]) -> Named:
        """As it would be with some fields changed."""
        lists = {name: tuple(values.get(name, getattr(self, name))) for name in _LISTS}
        return Named(self.key, values.get("name", self.name), demo=self.demo, **lists)

    def values(self, field: str) -> tuple[str, ...]:
        """What stands in a field, one or many."""
        return (self.name,) if field == "name" else tuple(getattr(self, field))


@dataclass(frozen=True, slots=True)
class Conflict:
    """What an outlet was to be given in `field` and `other` has already, in its field `where`."""

    field: str
    value: str
    other: Named
    where: str

    @property
    def sharable(self) -> bool:
        """Whether both can go by it: not as their own name, and not at one domain."""
        return self.field != "domains" and (self.field, self.where) != ("name", "name")


class Directory:
    """All outlets by what they go by, as they are or as they are about to be."""

    def __init__(self, outlets: Iterable[Named]) -> None:
        self._by_key: dict[int | str, Named] = {}
        self._holders: dict[tuple[bool, str, str], set[int | str]] = defaultdict(set)
        for one in outlets:
            self.put(one)

    @classmethod
    def load(cls) -> Self:
        """The outlets as they are. One query."""
        fields = ("pk", "name", *_LISTS, "demo")
        rows = Outlet.objects.order_by("pk").values_list(*fields)
        return cls(Named(pk, name, tuple(a), tuple(b), tuple(c), demo) for pk, name, a, b, c, demo in rows)

    def put(self, one: Named) -> None:
        """Note an outlet, in place of what was known of it."""
        if (old := self._by_key.get(one.key)) is not None:
            for slot in _slots(old):
                self._holders[slot].discard(old.key)
        self._by_key[one.key] = one
        for slot in _slots(one):
            self._holders[slot].add(one.key)

    def conflicts(self, one: Named, before: Named | None = None) -> list[Conflict]:
        """What others have of what an outlet is given newly; `before` is the outlet as it is."""
        found = []
        for field, barred in _BARRED.items():
            old = {_key(field, value) for value in before.values(field)} if before else set()
            for value in one.values(field):
                key = _key(field, value)
                if key in old or not key:
                    continue
                for where in barred:
                    holders = self._holders.get((one.demo, where, key), set()) - {one.key}
                    found += [Conflict(field, value, self._by_key[pk], where) for pk in sorted(holders, key=str)]
        return found


def _key(field: str, value: str) -> str:
    return value if field == "domains" else bare(value)


def _slots(one: Named) -> list[tuple[bool, str, str]]:
    return [(one.demo, field, _key(field, value)) for field in _BARRED for value in one.values(field)]


def shared(conflict: Conflict) -> dict[str, Any]:
    """What the other outlet is to be given so that both go by the name; nothing where it goes by it as its own name."""
    if conflict.where != "aliases":
        return {}
    key = bare(conflict.value)
    held = [value for value in conflict.other.aliases if bare(value) == key]
    return {
        "aliases": [value for value in conflict.other.aliases if value not in held],
        "ambiguous_aliases": list(dict.fromkeys([*conflict.other.ambiguous_aliases, *held])),
    }
