"""What articles rest on, as it was found and as editors set it right: rows for the file of labelled provenance.

An article is in it where an editor said something of it: its role, a source's kind, a credit; or that it reports on
its own, when the queue asked about origins. The rest of its row is as found, and the note says which part an editor
said: a careful user of the file goes by that. What was not read in its present wording is left out, since nothing can
be pointed at; so is evidence that lies behind the first 900 words, as in the files of this form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from stories.models import Article, Ask, Correction, Doubt, DoubtState, Examined, Override
from stories.nlp.findings import Credit, Document, Findings, Role
from stories.nlp.labels import labels, short
from stories.nlp.lineage import Added, Decided
from stories.nlp.sentences import sentences
from stories.nlp.shelf import named
from stories.selectors import columns, documents, overrides

SET = "firsthand"
# As the guide of the form has it.
MOST_WORDS, MOST_SOURCES = 900, 12
CHUNK = 200
_SAID: Mapping[str, str] = {Correction.ROLE: "role", Correction.SOURCE: "sources", Correction.CREDIT: "credits"}


@dataclass(slots=True)
class Rows:
    """The rows, one after the other; `unread` counts the articles that are left out for want of findings."""

    since: datetime | None = None
    demo: bool = False
    unread: int = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        said = _said(self.since)
        found = Article.objects.filter(pk__in=said)
        if not self.demo:
            found = found.filter(outlet__demo=False)
        pks = list(found.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(pks), CHUNK):
            for row in _rows(pks[start : start + CHUNK], said):
                if row is None:
                    self.unread += 1
                else:
                    yield row


def _said(since: datetime | None) -> dict[int, set[str]]:
    """Which parts of which articles an editor said. Two queries."""
    told: dict[int, set[str]] = {}
    rows = Override.objects.all() if since is None else Override.objects.filter(edit__at__gte=since)
    for article, what in rows.values_list("article", "what"):
        told.setdefault(article, set()).add(_SAID[what])
    # Of those that were answered with no the later one has its role from it, and of the other nothing was said.
    doubts = Doubt.objects.filter(act=Ask.ORIGINS, state=DoubtState.DONE, decided_by__isnull=False)
    doubts = doubts if since is None else doubts.filter(decided_at__gte=since)
    for articles in doubts.values_list("articles", flat=True):
        for article in articles:
            told.setdefault(article, set()).add("role")
    return told


def _rows(pks: Sequence[int], said: Mapping[int, set[str]]) -> Iterator[dict[str, Any] | None]:
    """The rows of some articles; None for one that was not read as it stands, or whose role nobody can tell."""
    articles = Article.objects.filter(pk__in=pks).select_related("outlet", "version").order_by("pk")
    examined = Examined.objects.in_bulk(pks)
    decided = overrides.decided(pks)
    for article in articles.defer(*columns.of_article(), "version__search"):
        row, document = examined.get(article.pk), documents.document(article)
        findings = row.told() if row is not None and row.wording == documents.wording(document.whole) else None
        yield _row(article, document, findings, decided, said[article.pk]) if findings is not None else None


def _row(
    article: Article, document: Document, findings: Findings, decided: Decided, said: set[str]
) -> dict[str, Any] | None:
    document = replace(document, text=cut(document.text))
    found = corrected(article.pk, document, findings, decided)
    if found.role is Role.UNKNOWN:
        return None
    told = labels(document, found)
    return {
        "id": f"firsthand-{article.pk}",
        "set": SET,
        "title": document.title,
        "outlet": document.outlet,
        "text": document.text,
        "role": told.role,
        "wire_agency": short(told.wire_agency) if told.wire_agency else None,
        "credits": [
            {"outlet": outlet, "evidence": evidence, "relation": relation}
            for outlet, relation, evidence in told.credits
        ],
        "sources": [{"text": text, "kind": kind} for text, kind in told.sources[:MOST_SOURCES]],
        "note": f"by an editor: {', '.join(sorted(said))}; all else as found",
    }


def cut(text: str) -> str:
    """The text up to the end of the sentence with which it reaches MOST_WORDS words."""
    words, end = 0, 0
    for start, stop in sentences(text).spans:
        words += len(text[start:stop].split())
        if end and words > MOST_WORDS:
            return text[:end]
        end = stop
    return text


def corrected(article: int, document: Document, findings: Findings, decided: Decided) -> Findings:
    """Findings with what editors said of them, as far as their passages lie in the document."""
    length = len(document.whole)
    credits = [one for one in findings.credits if one.evidence[1] <= length]
    return replace(
        findings,
        role=decided.roles.get(article, findings.role),
        credits=tuple(_credits(article, document, credits, decided)),
        sourced=tuple(
            replace(one, kind=decided.kinds.get((article, one.key), one.kind))
            for one in findings.sourced
            if all(end <= length for _, end in one.attribution.source)
        ),
        mentions=tuple(one for one in findings.mentions if one.span[1] <= length),
    )


def _credits(article: int, document: Document, found: Sequence[Credit], decided: Decided) -> Iterator[Credit]:
    """The credits that stand: found and not taken away, or added; an added one needs words to be seen in."""
    removed = {named(outlet) for one, outlet in decided.removed if one == article}
    relations = {named(outlet): how for (one, outlet), how in decided.relations.items() if one == article}
    added = {named(one.outlet): one for one in decided.added if one.article == article}
    for credit in found:
        name = named(credit.outlet)
        if name in added and _place(added[name], document) is None:
            # An editor gave no passage: the one that was found shows it.
            yield replace(credit, relation=added.pop(name).relation)
        elif name not in removed and name not in added:
            yield replace(credit, relation=relations.get(name, credit.relation))
    for one in added.values():
        place = _place(one, document) or _words(document, one.outlet)
        if place is not None:
            yield Credit(one.outlet, one.relation, place, main=True)


def _place(one: Added, document: Document) -> tuple[int, int] | None:
    """Where the passage of an added credit stands, if an editor gave one that is still there."""
    for words in one.words:
        if (place := _words(document, words)) is not None:
            return place
    inside = (span for span in one.evidence if 0 <= span[0] < span[1] <= len(document.whole))
    return None if one.words else next(inside, None)


def _words(document: Document, words: str) -> tuple[int, int] | None:
    at = document.whole.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else None
