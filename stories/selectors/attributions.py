"""Who is cited in an article, for its page: its role, the outlets that it credits, its sources with every statement.

Each statement comes with its passage, in which source, cue and content are marked. It shows what the reading found,
as editors set it right, and decides nothing; what was found in another wording than today's is not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Exists, OuterRef

from stories.models import Article, Feed, Outlet
from stories.nlp import corrected
from stories.nlp.findings import Credit, Findings, Role, SourceKind, Span, Stance
from stories.nlp.terms import is_english
from stories.selectors import byeditors, documents, overrides
from stories.selectors.byeditors import Mark, Marks
from stories.selectors.sayings import Named, Passage, Source, Text, sources

# Far more sources than an article has; what is longer is a live page, and is shown whole when asked for.
MOST_SOURCES = 80
# So many are shown at once, the rest folded: more than that is read by kind, not from end to end.
FIRST_SOURCES = 12


class State(StrEnum):
    """Whether there are findings to be shown."""

    SHOWN = "shown"
    NOT_YET = "not examined yet"
    REWORDED = "being read again"


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit, with the passage that it stands in.

    `start` is its address on the page; None where another credit with the same passage has it.
    """

    outlet: Named
    relation: str
    main: bool
    start: int | None
    pieces: Passage
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What an article's role rests on; `credit` is the address of the credit that shows it, else its own passage."""

    words: str
    credit: int | None
    pieces: Passage


@dataclass(frozen=True, slots=True)
class Kind:
    """How many of the article's sources are of one kind."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Cited:
    """All of it. `sources` are those of the chosen kind, `kinds` count all; `more` are left out for their number.

    `mark`: an editor set the role; `no_credits` are outlets that an editor says it doesn't credit.
    """

    state: State
    has_text: bool
    language_read: bool
    role: Role = Role.UNKNOWN
    wire: str = ""
    reasons: tuple[Reason, ...] = ()
    credits: tuple[Credited, ...] = ()
    sources: tuple[Source, ...] = ()
    kinds: tuple[Kind, ...] = ()
    chosen: str = ""
    more: int = 0
    denials: tuple[Passage, ...] = ()
    no_answers: tuple[Passage, ...] = ()
    hedges: tuple[Passage, ...] = ()
    mark: Mark | None = None
    no_credits: tuple[tuple[str, Mark], ...] = ()

    @property
    def first(self) -> tuple[Source, ...]:
        """The sources that are shown at once: all of a chosen kind, else the first."""
        return self.sources if self.chosen else self.sources[:FIRST_SOURCES]

    @property
    def rest(self) -> tuple[Source, ...]:
        """The sources that are folded away."""
        return self.sources[len(self.first) :]

    @property
    def total(self) -> int:
        """How many sources the article has, of whatever kind."""
        return sum(kind.count for kind in self.kinds)

    @property
    def leading(self) -> list[Named]:
        """The outlets that are credited for the main news, each once."""
        return list({one.outlet.name: one.outlet for one in self.credits if one.main}.values())


def cited(article: Article, kind: str = "", *, whole_list: bool = False) -> Cited:
    """Who is cited in an article; two queries, three where an editor spoke of credits. Needs `outlet`, `version` and
    `examined`.

    `kind` narrows the sources to those of one kind; a word that is none narrows nothing.
    """
    document = documents.document(article)
    examined = getattr(article, "examined", None)
    findings = examined.told() if examined else None
    about = documents.has_text(article), is_english(article.lang)
    if examined is None or findings is None:
        return Cited(State.NOT_YET, *about)
    if examined.wording != documents.wording(document.whole):
        return Cited(State.REWORDED, *about)
    said, marks = byeditors.told([article.pk])
    findings = corrected.settled(article.pk, findings, overrides.as_decided(said), document.whole)
    text = Text(document.whole, _outlets(article, findings))
    every = [replace(one, mark=marks.kinds.get((article.pk, one.key))) for one in sources(text, findings)]
    counts = Counter(source.kind.value for source in every)
    chosen = kind if kind in counts else ""
    wanted = [source for source in every if chosen in ("", source.kind.value)]
    shown = wanted if whole_list else wanted[:MOST_SOURCES]
    return Cited(
        State.SHOWN,
        *about,
        role=findings.role,
        wire=findings.wire,
        # What was found for it says nothing of a role that an editor gave.
        reasons=() if article.pk in marks.roles else tuple(_reasons(text, findings)),
        credits=tuple(_credits(article.pk, text, findings.credits, marks)),
        sources=tuple(shown),
        kinds=tuple(Kind(one.value, counts[one.value]) for one in SourceKind if counts[one.value]),
        chosen=chosen,
        more=len(wanted) - len(shown),
        denials=text.each([*findings.denials, *_cues(findings, Stance.DENIES)]),
        no_answers=text.each([*findings.no_answers, *_cues(findings, Stance.NO_ANSWER)]),
        hedges=text.each([*findings.hedges, *(one.hedge for one in findings.sourced if one.hedge)]),
        mark=marks.roles.get(article.pk),
        no_credits=tuple(
            (one.about, mark)
            for one in said
            if one.value.get("how") == "removed" and (mark := marks.credit(article.pk, one.about))
        ),
    )


def _outlets(article: Article, findings: Findings) -> dict[str, Named]:
    """Every outlet that the findings name, by that name; of two rows of one name the one of the article's world."""
    names = {one.outlet for one in findings.credits} | {one.via for one in findings.sourced if one.via}
    names |= {one.name for one in findings.sourced if one.kind is SourceKind.OUTLET}
    if not names:
        return {}
    rows = Outlet.objects.filter(name__in=names).annotate(
        is_polled=Exists(Feed.objects.filter(outlet=OuterRef("pk"), active=True))
    )
    known: dict[str, Outlet] = {}
    for row in rows.order_by("pk"):
        if row.name not in known or row.demo == article.outlet.demo != known[row.name].demo:
            known[row.name] = row
    return {
        name: Named(name, row, getattr(row, "is_polled", False), bool(row and row.pk == article.outlet_id))
        for name in names
        for row in [known.get(name)]
    }


def _cues(findings: Findings, stance: Stance) -> list[Span]:
    return [one.attribution.cue for one in findings.sourced if one.stance is stance]


def _reasons(text: Text, findings: Findings) -> Iterable[Reason]:
    """What the role rests on. A passage that a credit shows is not shown twice."""
    shown = {one.evidence: one.evidence[0] for one in findings.credits}
    for words, span in findings.why:
        yield Reason(words, shown.get(span) if span else None, text.passage([(span, "evidence")] if span else []))


def _credits(article: int, text: Text, credits: Sequence[Credit], marks: Marks) -> Iterable[Credited]:
    """What is credited for the main news first, then in the order in which it stands."""
    addressed: set[int] = set()
    for one in sorted(credits, key=lambda one: (not one.main, one.evidence)):
        start = one.evidence[0]
        yield Credited(
            outlet=text.outlets[one.outlet],
            relation=one.relation.value,
            main=one.main,
            start=None if start in addressed or one.evidence == corrected.NO_PASSAGE else start,
            pieces=text.passage([(one.evidence, "evidence")]),
            mark=marks.credit(article, one.outlet),
        )
        addressed.add(start)
