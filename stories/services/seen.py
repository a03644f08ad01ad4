"""What an editor had seen when a form was shown to them: the latest edit of each story, article and outlet in it.

Whoever changes something says what they had seen. Edits that others made since are no hindrance, unless they changed
the same thing: then nothing is done, and the editor is told who did what. So what does not clash is merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Self

from django.db.models import Max, Q

from stories.models import Article, Edit, Outlet, Story
from stories.services import footprints

_TOKEN = re.compile(r"[sao]\d{1,18}:\d{1,18}(?:,[sao]\d{1,18}:\d{1,18}){0,20}")
_KINDS = {"s": ("story", "other"), "a": ("article",), "o": ("outlet",)}


@dataclass(frozen=True, slots=True)
class Seen:
    """The number of the latest edit that was seen of each thing; 0 where there was none.

    Things are "s5", "a5" and "o5": a story, an article, an outlet.
    """

    latest: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def now(
        cls, *, stories: Iterable[Story] = (), articles: Iterable[Article] = (), outlets: Iterable[Outlet] = ()
    ) -> Self:
        """What there is to be seen of these at the moment. A query for each; ask before what is shown is read."""
        things = [
            *(f"s{one.pk}" for one in stories),
            *(f"a{one.pk}" for one in articles),
            *(f"o{one.pk}" for one in outlets),
        ]
        return cls({thing: Edit.objects.filter(_of(thing)).aggregate(last=Max("pk"))["last"] or 0 for thing in things})

    @classmethod
    def read(cls, token: str) -> Self | None:
        """What a form's token says; None where it is none."""
        if not _TOKEN.fullmatch(token):
            return None
        return cls({thing: int(number) for thing, _, number in (part.partition(":") for part in token.split(","))})

    @property
    def token(self) -> str:
        """As a form carries it."""
        return ",".join(f"{thing}:{number}" for thing, number in self.latest.items())

    def since(self) -> list[Edit]:
        """What was done to these things since, the latest first; nothing of what was undone in the meantime."""
        if not self.latest:
            return []
        newer = reduce(or_, (Q(pk__gt=number) & _of(thing) for thing, number in self.latest.items()))
        edits = Edit.objects.filter(newer).select_related("undoes", "story", "other", "undone_by")
        rows = list(edits.defer("story__vector", "other__vector").order_by("-pk"))
        new = {edit.pk for edit in rows}
        return [edit for edit in rows if getattr(edit, "undone_by", None) is None and (edit.undoes_id or 0) not in new]

    def clashes(self, changed: Iterable[str]) -> list[Edit]:
        """Those of them that changed any of the same."""
        return footprints.clashing(self.since(), changed)


def _of(thing: str) -> Q:
    """The edits of a thing."""
    return reduce(or_, (Q(**{f"{name}_id": int(thing[1:])}) for name in _KINDS[thing[0]]))
