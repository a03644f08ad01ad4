"""One article's findings as editors set them right: its role, its sources' kinds, its credits. Pure; tracing does not
use it, as it resolves credits within the story (repeats.py): here is what is said of the article taken by itself.
"""

from __future__ import annotations

from dataclasses import replace

from stories.nlp.findings import CREDITING, Credit, Findings, Relation
from stories.nlp.lineage import Added, Decided
from stories.nlp.repeats import said_in
from stories.nlp.shelf import named

# The passage of a credit that an editor added without one.
NO_PASSAGE = (0, 0)


def settled(article: int, findings: Findings, decided: Decided, whole: str) -> Findings:
    """The findings of an article with what editors said of it; `whole` is the wording that they were found in."""
    sourced = tuple(replace(one, kind=decided.kinds.get((article, one.key), one.kind)) for one in findings.sourced)
    return replace(
        findings,
        role=decided.roles.get(article, findings.role),
        sourced=sourced,
        credits=_credits(article, findings, decided, whole),
    )


def _credits(article: int, findings: Findings, decided: Decided, whole: str) -> tuple[Credit, ...]:
    """The credits without those that are none, with those that were missed, each in its relation."""
    removed = {named(outlet) for of, outlet in decided.removed if of == article}
    relations = {named(outlet): one for (of, outlet), one in decided.relations.items() if of == article}
    added = {named(one.outlet): one for one in decided.added if one.article == article}
    kept = [one for one in findings.credits if named(one.outlet) not in removed or one.relation not in CREDITING]
    found = [_related(one, relations, added) for one in kept]
    known = {named(one.outlet) for one in found if one.relation in CREDITING}
    missed = [_missed(one, whole) for name, one in sorted(added.items()) if name not in known]
    # Of two of one outlet in one relation, which a correction may make, the first.
    return tuple({(named(one.outlet), one.relation): one for one in reversed([*found, *missed])}.values())[::-1]


def _related(credit: Credit, relations: dict[str, Relation], added: dict[str, Added]) -> Credit:
    name = named(credit.outlet)
    if credit.relation not in CREDITING:
        return credit
    said = relations.get(name) or (added[name].relation if name in added else None)
    return replace(credit, relation=said) if said else credit


def _missed(one: Added, whole: str) -> Credit:
    span = next(iter(said_in(whole, one)), NO_PASSAGE)
    return Credit(one.outlet, one.relation, span, main=True)
