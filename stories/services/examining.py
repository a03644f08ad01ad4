"""The examining half of the read step: who is cited and credited in an article, and what its role is by itself.

nlp.reader and nlp.examine find; here the outlets that they know are fetched and what was found is written. The rows of
attributions and credits are made anew with each reading, and when an editor sets something right: they are the index of
what stands, not a history. What was found stays as it was found in the findings beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from django.db import connection

from stories.models import Article, Attribution, Credit, Examined, Outlet
from stories.models.findings import FINDINGS
from stories.nlp import corrected, reader
from stories.nlp.examine import examine
from stories.nlp.findings import CREDITING, Findings, Mention, Role, Span
from stories.nlp.outlets import Gazetteer, KnownOutlet, known_outlet
from stories.selectors import documents, overrides
from stories.services import seeding

_PROPOSE = """
INSERT INTO stories_proposal AS p (name, article_id, evidence, articles, first_seen_at) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (name) DO UPDATE SET articles = p.articles + 1 WHERE p.article_id IS DISTINCT FROM excluded.article_id
"""
_NO_TEXT = "Its text is not available, and its headline says nothing of where the news comes from."


def found(articles: Sequence[Article]) -> dict[int, Findings]:
    """What is found in each article, by its number. Needs `outlet` and `version`; writes nothing."""
    known = gazetteer()
    texts = [documents.document(article) for article in articles]
    return {
        article.pk: _judged(article, examine(document, reading, known))
        for article, document, reading in zip(articles, texts, reader.read_documents(texts), strict=True)
    }


def _judged(article: Article, findings: Findings) -> Findings:
    """Without a text an article is taken for nothing that its headline does not say itself."""
    if documents.has_text(article) or findings.role not in (Role.ORIGINAL, Role.OTHER):
        return findings
    return replace(findings, role=Role.UNKNOWN, why=((_NO_TEXT, None),), own=())


def gazetteer() -> Gazetteer:
    """The outlets that are known by name: ours, and of the lists that ship those that are not among ours."""
    ours = Outlet.objects.order_by("pk").values_list(
        "name", "aliases", "ambiguous_aliases", "domains", "owner_group", "kind", "country"
    )
    return _gazetteer(tuple((name, tuple(a), tuple(b), tuple(c), *rest) for name, a, b, c, *rest in ours))


@lru_cache(maxsize=2)
def _gazetteer(
    ours: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str, str], ...],
) -> Gazetteer:
    """Made anew when an outlet was added or changed; it takes a tenth of a second."""
    known = [KnownOutlet(*row) for row in ours]
    names = {one.name.casefold() for one in known}
    domains = {domain for one in known for domain in one.domains}
    shipped = (known_outlet(row) for row in (*seeding.known_outlets(), *seeding.credited_outlets()))
    return Gazetteer(
        [*known, *(one for one in shipped if one.name.casefold() not in names and domains.isdisjoint(one.domains))]
    )


def keep(article: Article, findings: Findings, now: datetime) -> None:
    """Write what was found, over what was found before."""
    whole = documents.document(article).whole
    Examined.objects.update_or_create(
        article=article,
        defaults={
            "version": article.version,
            "role": findings.role.value,
            "findings": FINDINGS.dump_python(findings, mode="json"),
            "wording": documents.wording(whole),
            "at": now,
        },
    )
    _index(article, article.version_id, findings, whole)
    if not article.outlet.demo:
        _propose(article, findings.mentions, whole, now)


def index_anew(article: Article) -> None:
    """Write the rows of what stands in an article anew, since an editor said something of it."""
    row = Article.objects.select_related("outlet", "version", "examined").get(pk=article.pk)
    examined: Examined | None = getattr(row, "examined", None)
    findings = examined.told() if examined else None
    if examined is not None and findings is not None:
        whole = documents.document(row).whole
        _index(row, examined.version_id, findings, whole if examined.wording == documents.wording(whole) else "")


def _index(article: Article, version: int | None, findings: Findings, whole: str) -> None:
    """The role and the rows of attributions and credits: what was found, as editors set it right."""
    said = overrides.decided([article.pk])
    settled = corrected.settled(article.pk, findings, said, whole)
    Examined.objects.filter(article=article).update(role=settled.role.value)
    Attribution.objects.filter(article=article).delete()
    Attribution.objects.bulk_create(_attributions(article, version, settled))
    Credit.objects.filter(article=article).delete()
    Credit.objects.bulk_create(_credits(article, settled))


def _attributions(article: Article, version: int | None, findings: Findings) -> list[Attribution]:
    """The rows of an article's attributions; of two that begin at one place, which no reader should find, the first."""
    rows: dict[int, Attribution] = {}
    for index, one in enumerate(findings.sourced):
        start = one.attribution.cue[0]
        rows.setdefault(
            start,
            Attribution(
                article=article,
                version_id=version,
                start=start,
                cue=list(one.attribution.cue),
                source=one.attribution.source,
                content=one.attribution.content,
                form=one.attribution.form,
                kind=one.kind,
                stance=one.stance,
                name=one.name[:300],
                key=one.key[:300],
                via=one.via[:200],
                own=index in findings.own,
            ),
        )
    return list(rows.values())


def _credits(article: Article, findings: Findings) -> list[Credit]:
    """The rows of an article's credits."""
    ours = dict(Outlet.objects.filter(name__in={one.outlet for one in findings.credits}).values_list("name", "pk"))
    return [
        Credit(
            article=article,
            outlet_id=ours.get(one.outlet),
            outlet_name=one.outlet[:200],
            relation=one.relation,
            evidence=list(one.evidence),
            main=one.main,
        )
        for one in findings.credits
    ]


def _propose(article: Article, mentions: Iterable[Mention], whole: str, now: datetime) -> None:
    """Note the names that read like outlets and that nobody knows, once for each article."""
    unknown: dict[str, Span] = {}
    for one in mentions:
        # What is written small is a description ("a local newspaper"), no name.
        if not one.known and one.relation in CREDITING and whole[slice(*one.span)][:1].isupper():
            unknown.setdefault(one.outlet[:200], one.evidence)
    with connection.cursor() as cursor:
        for name in sorted(unknown):
            cursor.execute(_PROPOSE, [name, article.pk, list(unknown[name]), now])
