"""Which outlet an outline belongs to: by its domain where that names one, else by its very name; made where none does.

One rule for one address typed in and for a list of thousands: whatever the number, the outlets are read once.
An address that is a bare number (a test web, an intranet) names nobody: several outlets may live there.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from django.db.models import Q
from django.utils.text import slugify

from stories.ingest import links
from stories.ingest.opml import Outline
from stories.models import Outlet

MAX_NAME, MAX_STEM, MAX_HOMEPAGE = 200, 70, 2000


@dataclass(frozen=True, slots=True)
class Place:
    """What an outline says of its outlet. `domain` is "" where the host is no name of the web."""

    host: str
    domain: str
    name: str
    homepage: str

    @property
    def domains(self) -> list[str]:
        """The host and the domains above it, narrowest first, without the last label alone."""
        parts = self.host.split(".")
        return [".".join(parts[n:]) for n in range(len(parts) - 1)] if self.domain else []


def place(outline: Outline) -> Place:
    """Where an outline's home, or the feed itself where it names none, is at home."""
    home = links.safe_url(outline.home_url) or outline.feed_url
    host = links.host(home)
    domain = links.site_domain(home) if _is_name(host) else ""
    name = outline.title.strip()[:MAX_NAME] or domain or host or "Unnamed outlet"
    return Place(host, domain, name, links.safe_url(home)[:MAX_HOMEPAGE])


def known(outline: Outline) -> Outlet | None:
    """The outlet that the outline belongs to, if we have it."""
    here = place(outline)
    return Directory([here]).find(here)


def outlets_for(outlines: Sequence[Outline]) -> list[Outlet]:
    """The outlet of each outline, made where it is new. Must run in a transaction that adds feeds alone."""
    places = [place(outline) for outline in outlines]
    directory = Directory(places)
    found = [directory.find(here) or directory.add(here) for here in places]
    directory.save()
    return found


class Directory:
    """The outlets that some places may belong to, those that are about to be made among them."""

    def __init__(self, places: Iterable[Place]) -> None:
        every = list(places)
        domains = {domain for here in every for domain in here.domains}
        names = {here.name for here in every if not here.domain}
        self._by_domain: dict[str, Outlet] = {}
        self._by_name: dict[str, Outlet] = {}
        self._new: list[Outlet] = []
        self._taken: set[str] | None = None
        # Thousands may share a stem, as all names without a Latin letter do: counting goes on from the last one.
        self._numbers: dict[str, int] = {}
        wanted = Q(domains__overlap=sorted(domains)) | Q(name__in=sorted(names), demo=False)
        for outlet in Outlet.objects.filter(wanted).order_by("pk"):
            self._note(outlet)

    def find(self, here: Place) -> Outlet | None:
        """The outlet at the narrowest of the place's domains; where it has none, that of its very name."""
        if here.domain:
            return next((self._by_domain[domain] for domain in here.domains if domain in self._by_domain), None)
        return self._by_name.get(here.name)

    def add(self, here: Place) -> Outlet:
        """A new outlet for the place, not saved yet."""
        if self._taken is None:
            self._taken = set(Outlet.objects.values_list("slug", flat=True))
        slug = self._slug(here.name, self._taken)
        domains = [here.domain] if here.domain else []
        outlet = Outlet(name=here.name, slug=slug, domains=domains, homepage=here.homepage)
        self._new.append(outlet)
        self._note(outlet)
        return outlet

    def save(self) -> None:
        """Keep the new ones."""
        Outlet.objects.bulk_create(self._new, batch_size=1000)

    def _slug(self, name: str, taken: set[str]) -> str:
        slug, self._numbers[_stem(name)] = _free(name, taken, self._numbers.get(_stem(name), 0))
        taken.add(slug)
        return slug

    def _note(self, outlet: Outlet) -> None:
        for domain in outlet.domains:
            self._by_domain.setdefault(domain, outlet)
        self._by_name.setdefault(outlet.name, outlet)


def free_slug(name: str) -> str:
    """A slug for an outlet that no other outlet has."""
    return _free(name, set(Outlet.objects.filter(slug__startswith=_stem(name)).values_list("slug", flat=True)))[0]


def free_slugs(wanted: Sequence[tuple[str, str]]) -> list[str]:
    """A slug for each of some outlets, by name, that none has and no two of them share; one that is given stays."""
    taken = set(Outlet.objects.values_list("slug", flat=True)) | {given for _name, given in wanted}
    numbers: dict[str, int] = {}
    slugs = []
    for name, given in wanted:
        slug = given
        if not slug:
            slug, numbers[_stem(name)] = _free(name, taken, numbers.get(_stem(name), 0))
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _free(name: str, taken: Collection[str], start: int = 0) -> tuple[str, int]:
    """The first free slug from this number on, and its number."""
    stem = _stem(name)
    numbered = ((f"{stem}-{n}" if n else stem, n) for n in itertools.count(start))
    return next(each for each in numbered if each[0] not in taken)


def _stem(name: str) -> str:
    return slugify(name)[:MAX_STEM] or "outlet"


def _is_name(host: str) -> bool:
    """Whether a host is a name of the web, not a bare address or a machine of the house."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." in host
    return False
