"""What editors set right of articles, as readers are told of it: who said so, when, and why if they gave a note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stories.models import Correction, Override
from stories.nlp.shelf import named
from stories.selectors.overrides import Said


@dataclass(frozen=True, slots=True)
class Mark:
    """That an editor said so: the edit, by whom, when, and the note."""

    edit: int
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What editors said of some articles: of roles by article, of kinds by (article, key of the source), of credits by
    (article, outlet's name as it is compared).
    """

    roles: Mapping[int, Mark] = field(default_factory=dict)
    kinds: Mapping[tuple[int, str], Mark] = field(default_factory=dict)
    credits: Mapping[tuple[int, str], Mark] = field(default_factory=dict)

    def credit(self, article: int, outlet: str) -> Mark | None:
        """What was said of a credit."""
        return self.credits.get((article, named(outlet)))


def marks(articles: Iterable[int]) -> Marks:
    """What editors said of these articles. One query."""
    return told(articles)[1]


def told(articles: Iterable[int]) -> tuple[list[Said], Marks]:
    """The same, with what it was that they said. One query."""
    said: list[Said] = []
    roles: dict[int, Mark] = {}
    kinds: dict[tuple[int, str], Mark] = {}
    credits: dict[tuple[int, str], Mark] = {}
    rows = Override.objects.filter(article__in=list(articles)).values_list(
        "article", "what", "about", "value", "edit", "edit__by", "edit__at", "edit__note"
    )
    for article, what, about, value, edit, by, at, note in rows.order_by("article", "what", "about"):
        mark = Mark(edit, by, at, note)
        said.append(Said(article, what, about, value))
        if what == Correction.ROLE:
            roles[article] = mark
        elif what == Correction.SOURCE:
            kinds[article, about] = mark
        else:
            credits[article, named(about)] = mark
    return said, Marks(roles, kinds, credits)
