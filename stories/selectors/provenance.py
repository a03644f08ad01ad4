"""Where a story's news comes from, as its page tells it: how many origins and why, who repeats whom, what happened.

Reads what tracing wrote and decides nothing: whatever is said here comes with the sentences that it was found in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from stories.models import Article, Happening, Story, StoryProvenance
from stories.nlp.findings import Role, Spans
from stories.nlp.lineage import Edge, EdgeKind, Footing, HappeningKind, Keep, Provenance, Standing, Voice, Why
from stories.selectors import evidence as at
from stories.selectors.byeditors import Mark, Marks, marks
from stories.selectors.comparison import unquoted
from stories.selectors.evidence import Evidence, Passage
from stories.selectors.foundations import Foundations, foundations
from stories.selectors.keeping import Keeping, keeping
from stories.selectors.passages import Piece

# Happenings, and reports of which nothing can be told, that are listed.
LISTED = 60
_WORST = (Keep.DROPPED, Keep.WEAKENED, Keep.KEPT, Keep.UNKNOWN, Keep.NONE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A voice of the count: who, since when, why it counts, and what shows it.

    `article` is its first report; None of an outlet whose own report is not at hand, that is `credited_by` others.
    """

    name: str
    article: Article | None
    why: str
    footing: str
    resting: int
    sources: Sequence[str]
    shown: Passage | None
    others: Sequence[Article] = ()
    credited_by: Article | None = None
    mark: Mark | None = None

    @property
    def claimed(self) -> bool:
        """Whether the time of its report is the outlet's own."""
        return self.article is not None and self.article.claimed_at == self.article.reported_at


@dataclass(frozen=True, slots=True)
class Untold:
    """A report of which it can't be told where it has the news from, and why."""

    article: Article
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the table of headlines says of a report: its role, and what its headline keeps of the attribution.

    `pieces` are the headline with the words that keep it marked; () where nothing is to be marked.
    """

    role: str
    word: str
    footing: str
    keep: str
    kept: str
    pieces: Sequence[Piece] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """ "A credits B", with what was kept; `other` is None of an outlet whose report is not at hand."""

    article: Article
    other: Article | None
    outlet: str
    kind: str
    main: bool
    certain: bool
    body: str
    headline: str
    shown: Passage | None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to the story, with its passage; `who` is whom it is about, where it is about somebody."""

    row: Happening
    who: str
    shown: Passage | None


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a story's news comes from. `reports` are those that were traced; `stale` says that more have come since."""

    traced: Provenance
    at_hand: Evidence
    least: int
    most: int
    reports: int
    stale: bool
    at: datetime
    proven: Sequence[Counted]
    perhaps: Sequence[Counted]
    untold: Sequence[Untold]
    untold_total: int
    rests_on: Foundations
    keeping: Keeping | None
    links: Sequence[Link]
    happened: Sequence[Happened]
    told: Mapping[int, Told]
    roles: Mapping[int, str]

    @property
    def alone(self) -> Standing | None:
        """What its one report is, where it has but one."""
        return self.traced.standings[0] if len(self.traced.standings) == 1 else None

    @property
    def sole(self) -> Counted | None:
        """The one origin, where there is exactly one."""
        return self.proven[0] if self.least == self.most == 1 and len(self.proven) == 1 else None


def whence(story: Story, past: Evidence | None = None, until: datetime | None = None) -> Whence | None:
    """Where the story's news comes from; None where it was not traced yet. Four queries, five if `provenance` is not
    at hand. Of a story at an earlier moment: with the articles of then, and what had happened until then.
    """
    row: StoryProvenance | None = getattr(story, "provenance", None)
    traced = row.told() if row else None
    if row is None or traced is None:
        return None
    told = Happening.objects.filter(story=story, **({"at__lte": until} if until else {}))
    happened = list(told.order_by("-at", "-pk")[:LISTED])
    at_hand = past or at.evidence(_named_in(traced, happened), story, row.at)
    said = marks(standing.article for standing in traced.standings)
    roles = {standing.article: _role(standing, traced, said) for standing in traced.standings}
    count = traced.independent
    untold = [Untold(at_hand.articles[pk], why.value) for pk, why in count.cannot_tell if pk in at_hand.articles]
    return Whence(
        traced=traced,
        at_hand=at_hand,
        least=row.least,
        most=row.most,
        reports=len(traced.standings),
        stale=row.revision != story.revision,
        at=row.at,
        proven=[_counted(voice, traced, at_hand, said) for voice in count.proven],
        perhaps=[_counted(voice, traced, at_hand, said) for voice in count.perhaps if voice.why is not Why.UNTOLD],
        untold=untold[:LISTED],
        untold_total=len(count.cannot_tell),
        rests_on=foundations(traced, at_hand),
        keeping=keeping(traced, at_hand),
        links=[link for edge in traced.edges if (link := _link(edge, at_hand, said))],
        happened=[_happened(one, at_hand) for one in happened],
        told=_told(traced, at_hand, roles, said),
        roles=roles,
    )


def _named_in(traced: Provenance, happened: Iterable[Happening]) -> set[int]:
    """The numbers of all articles that the page may speak of."""
    ids = {standing.article for standing in traced.standings}
    ids |= {edge.target for edge in traced.edges if edge.target is not None}
    ids |= {row.article_id for row in happened}
    return ids


def _counted(voice: Voice, traced: Provenance, at_hand: Evidence, said: Marks) -> Counted:
    """A voice with what is behind it, and the editor's word where it counts by that."""
    articles = [at_hand.articles[pk] for pk in voice.articles if pk in at_hand.articles]
    shown = at_hand.passage(voice.shown_in, voice.evidence, credit=not voice.articles)
    ends = [origin for origin in traced.origins if origin.voice == voice.name]
    standing = next((one for one in traced.standings if one.article in voice.articles[:1]), None)
    lead = next((article for article in articles if article.pk == voice.shown_in), articles[0] if articles else None)
    return Counted(
        name=lead.outlet.name if lead else (ends[0].outlet if ends else voice.name),
        article=lead,
        why=voice.why.value,
        footing=standing.footing.value if standing else Footing.CREDITED.value,
        resting=len({pk for origin in ends for pk in origin.resting} - set(voice.articles)),
        sources=voice.sources,
        shown=shown if shown and (shown.pieces or shown.missing) else None,
        others=[article for article in articles if article is not lead],
        credited_by=None if voice.articles else at_hand.articles.get(voice.shown_in or 0),
        mark=said.roles.get(voice.shown_in or 0) if voice.why is Why.DECIDED else None,
    )


def _link(edge: Edge, at_hand: Evidence, said: Marks) -> Link | None:
    article, other = at_hand.articles.get(edge.article), at_hand.articles.get(edge.target or 0)
    if article is None:
        return None
    return Link(
        article=article,
        other=other,
        outlet=other.outlet.name if other else edge.outlet,
        kind=edge.kind.value,
        main=edge.main,
        certain=edge.certain,
        body=edge.drift.body.value if edge.drift else "",
        headline=edge.drift.headline.value if edge.drift else "",
        shown=at_hand.passage(edge.article, edge.evidence, credit=edge.kind is EdgeKind.CREDITS)
        if edge.evidence
        else None,
        mark=said.credit(edge.article, edge.outlet) if edge.decided else None,
    )


def _role(standing: Standing, traced: Provenance, said: Marks) -> str:
    """A report's role in a word, a copy told apart from what is copied; an editor's word as it is."""
    if standing.article in said.roles:
        return standing.role.value
    copies = any(edge.article == standing.article and edge.kind is EdgeKind.COPIES for edge in traced.edges)
    if copies:
        return "wire copy" if standing.role is Role.WIRE else "copy"
    return standing.role.value


def _told(traced: Provenance, at_hand: Evidence, roles: Mapping[int, str], said: Marks) -> dict[int, Told]:
    """What is said of each report in the table of headlines."""
    along: dict[int, list[Edge]] = {}
    for edge in traced.edges:
        if edge.drift:
            along.setdefault(edge.article, []).append(edge)
    found = {}
    for standing in traced.standings:
        pk, word = standing.article, roles[standing.article]
        drifts = [edge.drift for edge in along.get(pk, ()) if edge.drift]
        worst = min(drifts, key=lambda drift: _WORST.index(drift.headline), default=None)
        spans: Spans = worst.headline_here if worst and worst.headline in (Keep.KEPT, Keep.WEAKENED) else ()
        pieces = _headline(at_hand.articles.get(pk), spans, at_hand)
        kept = unquoted(next((piece.words for piece in pieces if piece.mark), ""))
        keep = worst.headline.value if worst else ""
        mark = said.roles.get(pk)
        found[pk] = Told(word.replace(" ", "-"), word, standing.footing.value, keep, kept, pieces, mark)
    return found


def _headline(article: Article | None, spans: Spans, at_hand: Evidence) -> list[Piece]:
    """A headline in pieces, the words that keep the credit marked; [] where it was another headline, or none does."""
    if article is None or not at_hand.stands(article):
        return []
    title = article.title
    inside = [span for span in at_hand.whose(article.pk, spans) if span[0] < span[1] <= len(title)]
    edges = sorted({0, len(title), *(edge for span in inside for edge in span)})
    pieces = [
        Piece(title[a:b], "kept" if any(s <= a and b <= e for s, e in inside) else "") for a, b in pairwise(edges)
    ]
    return pieces if inside else []


def _happened(row: Happening, at_hand: Evidence) -> Happened:
    """A happening with its passage; an origin by the outlet's name, its owner's behind it."""
    shown = at_hand.passage(row.article_id, tuple((span[0], span[1]) for span in row.evidence))
    who = row.note
    if shown and row.kind in (HappeningKind.CONFIRMED, HappeningKind.NEW_ORIGIN):
        name = shown.article.outlet.name
        who = name if row.note in ("", name) else f"{name} ({row.note})"
    return Happened(row, who, shown)
