"""What was found in one article, in the words of labelled files: exact pieces of its text, agencies by short names.

The form is that of data/provenance (GUIDE.md there). Judges nothing: it only says findings in other words.
"""

from __future__ import annotations

from dataclasses import dataclass

from stories.nlp.agencies import canonical
from stories.nlp.findings import Document, Findings, Relation, Role, SourceKind, Stance

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """What is found in one article, in the words of the labels; credits have their evidence as a third."""

    role: str
    wire_agency: str | None
    credits: tuple[tuple[str, str, str], ...]
    sources: tuple[Pair, ...]


def labels(document: Document, findings: Findings) -> Labels:
    """Findings in the words of the labels: exact pieces of the text, agencies by their short names.

    The sources are those of attributions, non-answers left out, and the outlets and polls that are credited besides.
    """
    text = document.whole
    sources: dict[str, Pair] = {}
    for one in findings.sourced:
        if one.name and one.stance is not Stance.NO_ANSWER:
            shown = (
                one.name
                if one.name in text
                else text[slice(*one.attribution.source[0])]
                if one.attribution.source
                else ""
            )
            sources.setdefault(one.key, (shown, str(one.kind)))
    for mention in findings.mentions:
        if mention.relation in (Relation.REPORTED, Relation.POLL):
            kind = SourceKind.POLL if mention.relation is Relation.POLL else SourceKind.OUTLET
            if not any(mention.outlet in key for key in (one.name for one in findings.sourced if one.kind is kind)):
                sources.setdefault(f"{kind}:{mention.outlet}", (text[slice(*mention.span)], str(kind)))
    credits = [(short(one.outlet), str(one.relation), text[slice(*one.evidence)]) for one in findings.credits]
    wire = findings.wire if findings.role is Role.WIRE else None
    return Labels(str(findings.role), wire, tuple(credits), tuple(pair for pair in sources.values() if pair[0]))


def short(outlet: str) -> str:
    """An agency's short name ("AP"), as the labels' guide wants; other outlets' names as they are."""
    return canonical(outlet) or outlet
