"""The outlets by all names that they go by: what a typed name means, and which are like it. It never guesses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from stories.models import Outlet

# Whoever mistyped a name is shown so many that are like it.
_NEAR = 3


@dataclass(frozen=True)
class Outlets:
    """The outlets by every name that they go by; read once, when the first field asks for one."""

    @cached_property
    def rows(self) -> list[tuple[int, str, str, list[str], list[str]]]:
        """Number, name, slug, aliases, ambiguous aliases. One query."""
        rows = Outlet.objects.order_by("pk")
        return list(rows.values_list("pk", "name", "slug", "aliases", "ambiguous_aliases"))

    @cached_property
    def _named(self) -> Mapping[str, set[int]]:
        """Numbers by name and alias in small letters, without the article; names that several go by lead to each."""
        found: dict[str, set[int]] = {}
        for pk, name, _slug, aliases, ambiguous in self.rows:
            for one in (name, *aliases, *ambiguous):
                found.setdefault(bare(one), set()).add(pk)
        return found

    @cached_property
    def _slugs(self) -> Mapping[str, int]:
        return {slug: pk for pk, _name, slug, *_ in self.rows}

    @cached_property
    def _by_pk(self) -> Mapping[int, tuple[str, str]]:
        return {pk: (name, slug) for pk, name, slug, *_ in self.rows}

    def find(self, typed: str) -> set[int]:
        """The outlets that a slug, a name or an alias means; none where nobody goes by it."""
        slug = self._slugs.get(typed.strip().lower())
        return {slug} if slug is not None else set(self._named.get(bare(typed), ()))

    def slug(self, pk: int) -> str:
        """The slug of one of them."""
        return self._by_pk[pk][1]

    def name(self, pk: int) -> str:
        """The name of one of them."""
        return self._by_pk[pk][0]

    def near(self, typed: str) -> list[str]:
        """Names and slugs like the one typed, the likest first, as they can be searched for."""
        return [f"{self.name(pk)} (outlet:{self.slug(pk)})" for pk in self.alike(typed)]

    def alike(self, typed: str) -> list[int]:
        """The outlets with names like the one typed, the likest first."""
        wanted = bare(typed)
        holding = [pk for name, pks in self._named.items() if wanted and wanted in name for pk in sorted(pks)]
        close = difflib.get_close_matches(wanted, self._named, n=_NEAR, cutoff=0.6)
        return list(dict.fromkeys([*(pk for name in close for pk in sorted(self._named[name])), *holding]))[:_NEAR]


def bare(name: str) -> str:
    """A name in small letters on one line, without the article that it may begin with."""
    return re.sub(r"^(the )+", "", " ".join(name.lower().split()))
