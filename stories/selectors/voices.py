"""Whose text reports carry: copies of another's, an agency's, or their own; and how many voices that leaves.

Which report copies which, and whose credit it bears, was found by services; this only counts and names it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Q

from stories.models import Article, Story
from stories.nlp import agencies

# What stands for itself: copies point at originals, and if one ever points at a copy it must not get lost under it.
LEADING = Q(copy_of=None) | Q(copy_of__copy_of__isnull=False)


def voices(story: Story) -> int:
    """The story's voices where they are counted and differ from its outlets; else 0, which says nothing."""
    return story.voice_count if story.voice_count != story.outlet_count else 0


def agency_of(article: Article) -> str:
    """The agency whose text an outlet carries; nothing for the agency's own report, whichever of its names it uses."""
    return _agency(article.wire, article.outlet.name, article.outlet.aliases)


def _agency(wire: str, outlet: str, aliases: Sequence[str]) -> str:
    own = wire.casefold() in {name.casefold() for name in (outlet, *aliases)}
    return "" if own or agencies.canonical(outlet) == wire else wire


def copy_counts(story: Story) -> dict[int, int]:
    """How many articles of the story copy each of those that are copied in it. One query."""
    copies = story.articles.filter(copy_of__story=story).order_by()
    return dict(copies.values_list("copy_of").annotate(Count("pk")))


def carriers(story: Story) -> int:
    """How many of its articles carry another's text: copies, and whatever bears an agency's credit. One query."""
    rows = story.articles.filter(~Q(copy_of=None) | ~Q(wire="")).order_by()
    told = rows.values_list("copy_of", "wire", "outlet__name", "outlet__aliases")
    return sum(bool(copy_of or _agency(wire, name, aliases)) for copy_of, wire, name, aliases in told)
