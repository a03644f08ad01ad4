"""What editors say of names that read like outlets: that one is an outlet, or that it is none; and of outlets' names.

An outlet's name is known to the reading from then on. Articles that were read without it go back to the read step, as a
changed page does. A row that a worker holds, or that failed, is left as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import transaction
from django.db.models import Q, QuerySet

from stories.models import Article, Credit, Outlet, Proposal, Stage
from stories.services.subscribing import free_slug, take_lock

# News older than this is rarely looked at, and stories of it are closed; reading it anew would only cost time.
READ_ANEW = timedelta(days=14)
# The newest so many are read again: at four articles a second, eight minutes of one core. A common word such as "Post"
# stands in far more, and the reading of what comes in must not wait for them.
MOST = 2000
# So many names are looked for in one statement.
NAMES_AT_ONCE = 100
# What the read step is behind of; an article before it is read with the new name anyway.
_READ = (Stage.READ, Stage.GROUPED, Stage.TRACED, Stage.DONE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The outlets that were made, the names that an outlet of ours goes by already, and how many articles are reread.

    `gone` are names that no longer wait for an answer: somebody else gave it.
    """

    made: tuple[Outlet, ...] = ()
    known: tuple[tuple[str, Outlet], ...] = ()
    gone: tuple[str, ...] = ()
    reread: int = 0


@transaction.atomic
def accept(names: Sequence[str], now: datetime) -> Accepted:
    """Make an outlet of each proposed name; it has no feed, so it is one that we know and don't poll.

    A name that an outlet has already makes none. The articles that credited the name are read again.
    """
    take_lock()
    rows = {row.name: row for row in Proposal.objects.filter(name__in=names).select_for_update()}
    taken = _names(Outlet.objects.filter(demo=False))
    made: list[Outlet] = []
    known: list[tuple[str, Outlet]] = []
    for name in dict.fromkeys(names):
        if name not in rows:
            continue
        if (outlet := taken.get(name.casefold())) is not None:
            known.append((name, outlet))
            continue
        outlet = Outlet.objects.create(name=name, slug=free_slug(name))
        taken[name.casefold()] = outlet
        made.append(outlet)
        rows[name].delete()
    crediting = Credit.objects.filter(outlet_name__in=[outlet.name for outlet in made]).values("article")
    reread = read_again(Article.objects.filter(pk__in=crediting), now) if made else 0
    return Accepted(tuple(made), tuple(known), tuple(name for name in names if name not in rows), reread)


def _names(outlets: QuerySet[Outlet]) -> dict[str, Outlet]:
    """Every name that these outlets go by, in small letters; a name of its own goes before an alias of another."""
    rows = list(outlets.order_by("pk"))
    found = {alias.casefold(): row for row in rows for alias in row.aliases}
    return found | {row.name.casefold(): row for row in rows}


def dismiss(names: Sequence[str], now: datetime) -> int:
    """Note that these names are no outlets; how many were not dismissed before. They are not proposed again."""
    return Proposal.objects.filter(name__in=names, dismissed_at=None).update(dismissed_at=now)


def take_up(names: Sequence[str]) -> int:
    """Take a dismissal back; how many names wait for an answer again."""
    return Proposal.objects.filter(name__in=names).exclude(dismissed_at=None).update(dismissed_at=None)


def read_name_anew(outlet: Outlet, now: datetime) -> int:
    """Read the articles again that credit the outlet or have one of its names in their text; how many.

    For when an editor has changed its aliases: those that credit it under a name that it has lost are among them.
    """
    return read_names_anew([outlet], names_of(outlet), now)


def names_of(outlet: Outlet) -> list[str]:
    """All that an outlet goes by."""
    return [outlet.name, *outlet.aliases, *outlet.ambiguous_aliases]


def read_names_anew(outlets: Collection[Outlet], names: Collection[str], now: datetime) -> int:
    """Read the articles again that credit outlets of one world, or have one of these names in their text; how many."""
    credited = Credit.objects.filter(Q(outlet__in=outlets) | Q(outlet_name__in=names))
    wanted = set(credited.filter(article__reported_at__gte=now - READ_ANEW).values_list("article", flat=True))
    demo = any(outlet.demo for outlet in outlets)
    since = Article.objects.filter(reported_at__gte=now - READ_ANEW, outlet__demo=demo)
    every = sorted(set(names))
    for start in range(0, len(every), NAMES_AT_ONCE):
        query: Any = None
        for name in every[start : start + NAMES_AT_ONCE]:
            words = SearchQuery(name, search_type="phrase", config="english")
            query = words if query is None else query | words
        holding = since.filter(version__search=query).order_by("-reported_at", "-pk")
        wanted |= set(holding.values_list("pk", flat=True)[:MOST])
    return read_again(Article.objects.filter(pk__in=wanted), now)


@transaction.atomic
def read_again(articles: QuerySet[Article], now: datetime) -> int:
    """Send articles of the last days back to be read, the newest MOST; how many. Held and failed rows stay."""
    free = articles.filter(
        Q(lease_until=None) | Q(lease_until__lt=now), stage__in=_READ, reported_at__gte=now - READ_ANEW
    )
    locked = free.order_by("-reported_at", "-pk").select_for_update(skip_locked=True, no_key=True)
    pks = list(locked.values_list("pk", flat=True)[:MOST])
    return Article.objects.filter(pk__in=pks).update(
        stage=Stage.EXTRACTED, attempts=0, retry_at=None, lease_until=None, lease_token=None
    )
