"""What editors said of articles against what was found, as tracing takes it. Decides nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stories.models import Correction, Outlet, Override
from stories.nlp.findings import Relation, Role, SourceKind
from stories.nlp.lineage import Added, Decided


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that an editor said of an article, as an Override keeps it."""

    article: int
    what: str
    about: str
    value: Mapping[str, Any]


def decided(articles: Iterable[int]) -> Decided:
    """All that editors said of these articles. One query, and one more where any is of a credit."""
    return as_decided(said(articles))


def said(articles: Iterable[int]) -> list[Said]:
    """The same, one by one. One query."""
    rows = Override.objects.filter(article__in=list(articles)).order_by("article", "what", "about")
    return [Said(*row) for row in rows.values_list("article", "what", "about", "value")]


def mark(said: Iterable[Said]) -> str:
    """What tells one state of what was said from the next; "" of nothing."""
    words = repr([(one.article, one.what, one.about, sorted(one.value.items())) for one in said])
    return hashlib.sha256(words.encode()).hexdigest()[:16] if words != "[]" else ""


def as_decided(said: Sequence[Said]) -> Decided:
    """What was said, for tracing. At most one query: an outlet may be called by another name since."""
    roles: dict[int, Role] = {}
    kinds: dict[tuple[int, str], SourceKind] = {}
    added: list[Added] = []
    removed: set[tuple[int, str]] = set()
    retargeted: dict[tuple[int, str], int | None] = {}
    relations: dict[tuple[int, str], Relation] = {}
    names = _names({one.about for one in said if one.what == Correction.CREDIT})
    for one in said:
        if one.what == Correction.ROLE:
            roles[one.article] = Role(one.value["role"])
        elif one.what == Correction.SOURCE:
            kinds[one.article, one.about] = SourceKind(one.value["kind"])
        elif one.value["how"] == "added":
            added.append(_added(one, names.get(one.about, one.about)))
        else:
            # What was found may carry the old name until it is read again.
            for key in {(one.article, one.about), (one.article, names.get(one.about, one.about))}:
                if one.value["how"] == "removed":
                    removed.add(key)
                    continue
                retargeted[key] = one.value["target"]
                if one.value.get("relation"):
                    relations[key] = Relation(one.value["relation"])
    return Decided(roles, kinds, tuple(added), frozenset(removed), retargeted, relations)


def _added(one: Said, outlet: str) -> Added:
    value = one.value
    return Added(
        one.article,
        outlet,
        Relation(value.get("relation") or Relation.REPORTED),
        value["target"],
        tuple((begin, end) for begin, end in value["evidence"]),
        tuple(value.get("words", ())),
    )


def _names(outlets: set[str]) -> dict[str, str]:
    """The names of today of outlets that are called otherwise now, as far as the old name is kept as an alias."""
    if not outlets:
        return {}
    rows = Outlet.objects.filter(aliases__overlap=sorted(outlets)).exclude(name__in=outlets).order_by("-pk")
    return {
        alias: name for name, aliases in rows.values_list("name", "aliases") for alias in aliases if alias in outlets
    }
