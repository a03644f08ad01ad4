"""What each naming of an outlet is: a credit (reported, told, a poll), a picture's credit, the house itself, a mention.

Judged by the words around the name, in its sentence. A list ("CNN and the Post reported") is judged as one.
A person at an outlet counts too: what a reporter reports is the outlet's, a host or columnist speaks for himself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stories.nlp import creditwords as words
from stories.nlp.findings import CREDITING, Credit, Document, EntityKind, Mention, Reading, Relation, Span
from stories.nlp.outlets import Certainty, Gazetteer, Naming
from stories.nlp.sentences import Sentences, hull, overlap

# More namings than this no article has; what has, is a list, and judging each takes milliseconds.
MOST_NAMINGS = 400
# How far the words that decide stand from the name, in characters.
REACH = 140
_BETWEEN = re.compile(r"(?:['’]s)?\s*(?:,|and|or|&|, and|/)\s*(?:also\s+)?(?:the\s+|both\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Judged:
    relation: Relation
    evidence: Span


def mentions(
    document: Document, reading: Reading, gazetteer: Gazetteer, cut: Sentences, wire: str = ""
) -> tuple[Mention, ...]:
    """Every naming of an outlet and what it is named for, in order. `wire` is the agency whose copy this is, or "".

    A name that is also an everyday word, or a guess, is left out where nothing in its sentence makes it an outlet.
    """
    text = document.whole
    own = {gazetteer.outlet(document.outlet)} | ({gazetteer.outlet(wire)} if wire else set())
    found: list[Mention] = []
    persons = {one.span for one in reading.entities if one.kind is EntityKind.PERSON}
    namings = [one for one in gazetteer.namings(document) if one.known or one.span not in persons][:MOST_NAMINGS]
    for group in _lists(text, namings, cut):
        judged = _judge(text, group, reading, cut)
        jointly = judged.relation is Relation.POLL and any(_is_own(one.outlet, own, gazetteer) for one in group)
        for naming in group:
            relation = judged.relation
            if relation is not Relation.PHOTO and (jointly or _is_own(naming.outlet, own, gazetteer)):
                relation = Relation.SELF
            if relation is Relation.MENTION and naming.certainty is not Certainty.SURE:
                continue
            found.append(Mention(naming.span, naming.outlet, relation, judged.evidence, naming.known))
    return tuple(found)


def credits(found: Sequence[Mention], main: Sequence[Span]) -> tuple[Credit, ...]:
    """One credit for each outlet and relation, with its first evidence, if it can be within a `main` passage."""
    first: dict[tuple[str, Relation], Mention] = {}
    leading: dict[tuple[str, Relation], Mention] = {}
    for mention in found:
        if mention.relation in CREDITING:
            key = mention.outlet, mention.relation
            first.setdefault(key, mention)
            if any(overlap(mention.evidence, passage) for passage in main):
                leading.setdefault(key, mention)
    return tuple(
        Credit(
            outlet, relation, leading.get((outlet, relation), one).evidence, (outlet, relation) in leading, one.known
        )
        for (outlet, relation), one in first.items()
    )


def _lists(text: str, namings: Sequence[Naming], cut: Sentences) -> list[list[Naming]]:
    """Namings that are enumerated stand together; each other naming stands alone."""
    if not namings:
        return []
    groups = [[namings[0]]]
    for before, naming in pairwise(namings):
        joined = cut.around(before.span) == cut.around(naming.span) and _BETWEEN.fullmatch(
            text[before.span[1] : naming.span[0]]
        )
        if joined:
            groups[-1].append(naming)
        else:
            groups.append([naming])
    return groups


def _judge(text: str, group: Sequence[Naming], reading: Reading, cut: Sentences) -> _Judged:
    """The relation of a list of outlets, by the words before its first and behind its last."""
    span = hull([naming.span for naming in group])
    start, end = cut.around(span)
    end = max(end, span[1])
    left, right = text[max(start, span[0] - REACH) : span[0]], text[span[1] : min(end, span[1] + REACH)]
    sure = all(naming.certainty is Certainty.SURE for naming in group)
    everyday = any(naming.certainty is Certainty.COMMON_WORD for naming in group)
    for relation, before, behind in words.RULES:
        if everyday and _too_weak(relation, behind, left):
            continue
        led = before.search(left) if before else None
        followed = behind.match(right) if behind else None
        if (before is None or led) and (behind is None or followed):
            begins = span[0] - len(left) + led.start() if led else span[0]
            return _Judged(relation, _trimmed(text, (begins, span[1] + (followed.end() if followed else 0))))
    for one in reading.attributions:
        begins = one.source[0][0] if one.source and one.content else span[1]
        if sure and begins <= span[0] <= begins + len("the ") and not words.PARTY.search(text[one.cue[0] : end]):
            return _Judged(Relation.REPORTED, _trimmed(text, hull([span, one.cue])))
    return _Judged(Relation.MENTION, span)


def _too_weak(relation: Relation, behind: re.Pattern[str] | None, left: str) -> bool:
    """An everyday word at a sentence's beginning has a capital anyway: there no verb makes it an outlet."""
    return relation is Relation.REPORTED and behind is not None and not left.strip(" “\"‘'\n") and behind in words.WEAK


def _is_own(outlet: str, own: set[str], gazetteer: Gazetteer) -> bool:
    """Whether an outlet is the article's own, or a sister by name: one that begins with the same telling word."""
    return any(outlet == name or _sisters(outlet, name, gazetteer) for name in own if name)


def _sisters(one: str, other: str, gazetteer: Gazetteer) -> bool:
    """Same first word and the same owner, or a name that goes on where the other ends ("BBC News", "BBC Radio 4")."""
    first, second = one.split(), other.split()
    if first[0] == second[0] and first[0].isupper() and len(first[0]) > 1:
        return True
    shorter, longer = sorted((first, second), key=len)
    if longer[: len(shorter)] == shorter and len(shorter) > 1:
        return True
    owners = [known.owner for name in (one, other) if (known := gazetteer.outlets.get(name))]
    return first[0] == second[0] and len(owners) == 2 and owners[0] == owners[1] != ""


def _trimmed(text: str, span: Span) -> Span:
    piece = text[slice(*span)]
    begin = span[0] + len(piece) - len(piece.lstrip(" ,;:“\"'"))
    return begin, max(span[1] - len(piece) + len(piece.rstrip(" ,;:")), begin + 1)
