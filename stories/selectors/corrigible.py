"""What of an article an editor can set right: its role, the kinds of its sources, whom it credits; as found, as it is.

What was found is what tracing finds by itself, so that an editor sees what they overrule; what is, is what tracing made
of it with all that editors said. Reads and traces; writes nothing. Where the story goes from here is told in retracing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from stories.models import Article, Correction, Edit, Examined, Outlet, Override
from stories.nlp import copies, provenance
from stories.nlp.findings import Findings, Role, Sourced, SourceKind, Span
from stories.nlp.lineage import Decided, Edge, EdgeKind, Provenance, Report
from stories.nlp.shelf import named
from stories.selectors import columns, documents, overrides
from stories.selectors import reports as traced_from
from stories.selectors.overrides import Said
from stories.selectors.passages import Piece
from stories.selectors.sayings import Text

# Passages shown of one source; more are on the article's page.
PASSAGES = 3
# Sources listed: far more than an article has; a live page has hundreds.
SOURCES = 120
# Reports of other outlets that a credit can be pointed at, the earliest first; of the outlet itself all.
OTHERS = 200
# Names that the field for an outlet proposes.
NAMES = 1500


@dataclass(frozen=True, slots=True)
class Word:
    """What an editor said, and the edit that says by whom, when and why."""

    value: Mapping[str, object]
    edit: Edit


@dataclass(frozen=True, slots=True)
class RoleLine:
    """The article's role: as found (with the words and passages that it rests on), in its story, as an editor says."""

    found: Role
    traced: Role
    why: Sequence[tuple[str, Sequence[Piece]]]
    word: Word | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source by its key; `found` is None where it is in the article no longer, and an editor spoke of it."""

    key: str
    name: str
    found: SourceKind | None
    passages: Sequence[Sequence[Piece]]
    more: int
    word: Word | None

    @property
    def slot(self) -> str:
        """What the form's fields of it are called by."""
        return slot(self.key)


@dataclass(frozen=True, slots=True)
class Target:
    """A report that a credit may go to."""

    pk: int
    outlet: str
    label: str


@dataclass(frozen=True, slots=True)
class CreditLine:
    """An outlet that the article credits, or copies: as tracing finds it (None: it doesn't), as it is now (None: it is
    none), and what an editor said. `own` are the outlet's reports in the story, `others` those of others; `away` is the
    report that an editor pointed it at, where that is in the story no longer.
    """

    outlet: str
    found: Edge | None
    now: Edge | None
    goes_to: str
    pieces: Sequence[Piece]
    word: Word | None
    own: Sequence[Target]
    others: Sequence[Target]
    away: Target | None

    @property
    def slot(self) -> str:
        """What the form's fields of it are called by."""
        return slot(named(self.outlet))

    @property
    def is_credit(self) -> bool:
        """Whether a relation can be said of it: copies have none."""
        edge = self.found or self.now
        if edge is None:
            return self.word is not None and self.word.value.get("how") == "added"
        return edge.kind is EdgeKind.CREDITS


@dataclass(frozen=True, slots=True)
class Corrigible:
    """All of it. `reports` are those of the story as tracing reads them, `said` all that editors said of them.

    `outlets` are names to be proposed, `known` an outlet's name by any of its names. `whole` is what spans point into;
    `read` is False where the article was not examined in its present wording.
    """

    article: Article
    whole: str
    read: bool
    role: RoleLine
    sources: Sequence[SourceLine]
    credits: Sequence[CreditLine]
    targets: Sequence[Target]
    outlets: Sequence[str]
    known: Mapping[str, str]
    reports: Sequence[Report]
    said: Sequence[Said]


def slot(key: str) -> str:
    """A short name for a key of any length and letters, the same for the same key."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def find(pk: int) -> Article | None:
    """The article, with all that is read here of it."""
    related = Article.objects.select_related("outlet", "version", "story", "examined")
    return related.defer(*columns.of_article(), *columns.of_story("story__"), "version__search").filter(pk=pk).first()


def corrigible(article: Article) -> Corrigible:
    """What can be set right of an article as `find` gives it. Eight queries at most."""
    reports = _reports(article)
    said = overrides.said([report.article for report in reports])
    words = _words(article)
    plain = _without(said, article.pk)
    found, now = (provenance.trace(reports, overrides.as_decided(some)) for some in (plain, said))
    mine = next(report for report in reports if report.article == article.pk)
    whole = documents.document(article).whole
    text = Text(whole, {})
    targets = _targets(reports, article)
    outlets, known = _names(reports, article)
    return Corrigible(
        article=article,
        whole=whole,
        read=mine.findings is not None,
        role=_role(article, mine, found, now, text, words),
        sources=_sources(mine.findings, text, words),
        credits=_credits(article, (found, now), text, words, targets),
        targets=targets,
        outlets=outlets,
        known=known,
        reports=reports,
        said=said,
    )


def _reports(article: Article) -> list[Report]:
    """The reports of the article's story as they are traced; the article alone where it is in none. Four queries."""
    if article.story is not None:
        members = article.story.articles.values_list("pk", "copy_of", "copy_share")
        copied = {pk: copies.Copy(root, share or 1.0) for pk, root, share in members if root is not None}
        return traced_from.reports_of(article.story, copied)
    examined: Examined | None = getattr(article, "examined", None)
    return [traced_from.report(article, examined, [], None)]


def _words(article: Article) -> dict[tuple[str, str], Word]:
    """What editors said of the article, by what it is about. One query."""
    rows = Override.objects.filter(article=article).select_related("edit")
    return {(row.what, row.about): Word(row.value, row.edit) for row in rows}


def _without(said: Iterable[Said], article: int) -> list[Said]:
    """What was said, but for what was said of an article's role and credits: so it is seen what is found of these."""
    return [one for one in said if one.article != article or one.what == Correction.SOURCE]


def _role(
    article: Article,
    mine: Report,
    found: Provenance,
    now: Provenance,
    text: Text,
    words: Mapping[tuple[str, str], Word],
) -> RoleLine:
    roles = [next(one.role for one in traced.standings if one.article == article.pk) for traced in (found, now)]
    reasons = mine.findings.why if mine.findings else ()
    why = [(said, text.passage([(span, "evidence")] if span else [])) for said, span in reasons]
    return RoleLine(roles[0], roles[1], why, words.get((Correction.ROLE, "")))


def _sources(findings: Findings | None, text: Text, words: Mapping[tuple[str, str], Word]) -> list[SourceLine]:
    """The sources in the order in which they first speak, then those that editors spoke of and that are gone."""
    together: dict[str, list[Sourced]] = {}
    for one in sorted(findings.sourced if findings else (), key=lambda one: one.attribution.cue):
        together.setdefault(one.key, []).append(one)
    lines = [_source(key, said, text, words.get((Correction.SOURCE, key))) for key, said in together.items()]
    gone = [about for what, about in words if what == Correction.SOURCE and about not in together]
    shown = lines[:SOURCES] + [line for line in lines[SOURCES:] if line.word]
    return shown + [SourceLine(key, key, None, (), 0, words[Correction.SOURCE, key]) for key in gone]


def _source(key: str, said: Sequence[Sourced], text: Text, word: Word | None) -> SourceLine:
    passages = [text.passage(_marks(one)) for one in said[:PASSAGES]]
    name = said[0].name or " … ".join(text.words(span) for span in said[0].attribution.source)
    return SourceLine(key, name or key, said[0].kind, list(dict.fromkeys(passages)), max(0, len(said) - PASSAGES), word)


def _marks(one: Sourced) -> list[tuple[Span, str]]:
    spans = one.attribution
    marks = [(spans.cue, "cue"), *((span, "source") for span in spans.source)]
    return [*marks, *((span, "content") for span in spans.content)]


def _credits(
    article: Article,
    traced: tuple[Provenance, Provenance],
    text: Text,
    words: Mapping[tuple[str, str], Word],
    targets: Sequence[Target],
) -> list[CreditLine]:
    """One line for each outlet that is or was credited or copied, what is found first."""
    found, now = ({named(edge.outlet): edge for edge in one.edges if edge.article == article.pk} for one in traced)
    said = {named(about): (about, word) for (what, about), word in words.items() if what == Correction.CREDIT}
    away = _away(said.values(), targets)
    lines = []
    for name in dict.fromkeys([*found, *now, *said]):
        edge = found.get(name) or now.get(name)
        outlet, word = said.get(name, (edge.outlet if edge else name, None))
        spans = (now.get(name) or edge).evidence if edge else ()
        lines.append(
            CreditLine(
                outlet=outlet,
                found=found.get(name),
                now=now.get(name),
                goes_to=_goes_to(found.get(name), targets),
                pieces=text.passage([(span, "evidence") for span in spans[:PASSAGES]]),
                word=word,
                own=[one for one in targets if named(one.outlet) == name],
                others=[one for one in targets if named(one.outlet) != name][:OTHERS],
                away=away.get(name),
            )
        )
    return lines


def _goes_to(edge: Edge | None, targets: Sequence[Target]) -> str:
    return next((one.label for one in targets if edge and one.pk == edge.target), "")


def _away(said: Iterable[tuple[str, Word]], targets: Sequence[Target]) -> dict[str, Target]:
    """The reports that editors pointed credits at and that are not in the story. At most one query."""
    inside = {one.pk for one in targets}
    wanted = {named(about): word.value.get("target") for about, word in said}
    outside = {name: pk for name, pk in wanted.items() if isinstance(pk, int) and pk not in inside}
    rows = Article.objects.filter(pk__in=outside.values()).values_list("pk", "outlet__name", "title") if outside else ()
    found = {pk: Target(pk, outlet, f"{outlet}: {title}") for pk, outlet, title in rows}
    return {name: found[pk] for name, pk in outside.items() if pk in found}


def _targets(reports: Sequence[Report], article: Article) -> list[Target]:
    """The other reports of the story, by time."""
    ordered = sorted(reports, key=lambda one: (one.at, one.article))
    return [
        Target(one.article, one.outlet, f"{one.outlet}: {one.title}") for one in ordered if one.article != article.pk
    ]


def _names(reports: Sequence[Report], article: Article) -> tuple[list[str], dict[str, str]]:
    """The names of the article's world: to be proposed, those of the story first; and each by any other. One query."""
    rows = list(Outlet.objects.filter(demo=article.outlet.demo).order_by("name").values_list("name", "aliases"))
    own = dict.fromkeys(sorted(report.outlet for report in reports))
    known = {named(alias): name for name, aliases in rows for alias in aliases}
    return list(dict.fromkeys([*own, *(name for name, _ in rows)]))[:NAMES], known | {named(n): n for n, _ in rows}


def decided_as(shown: Corrigible, values: Mapping[tuple[str, str], Mapping[str, object] | None]) -> Decided:
    """What editors would have said if these were said besides; None takes back."""
    pk = shown.article.pk
    kept = [one for one in shown.said if one.article != pk or (one.what, one.about) not in values]
    new = [Said(pk, what, about, value) for (what, about), value in values.items() if value is not None]
    return overrides.as_decided([*kept, *new])
