"""Where a story's news comes from and what happened to it, as the API tells it: what was traced last, with excerpts.

Traces nothing itself; a story that was not traced has None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from stories.models import Happening, Story
from stories.nlp.findings import Relation, Role
from stories.nlp.lineage import Edge, EdgeKind, Footing, HappeningKind, Keep, Voice, Why
from stories.selectors.byeditors import marks
from stories.selectors.evidence import Evidence, evidence
from stories.selectors.extracts import ANY_TIME, Extract, extract, pairs


@dataclass(frozen=True, slots=True)
class VoiceRecord:
    """One unit of the count of origins: who, why it counts, the articles that speak for it, the sources behind it."""

    name: str
    why: Why
    articles: Sequence[int]
    sources: Sequence[str]
    passage: Extract | None


@dataclass(frozen=True, slots=True)
class UntoldRecord:
    """An article of which it can't be told whether it is an origin, and why."""

    article: int
    why: Footing


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """What an article is in its story, and what it rests on."""

    article: int
    role: Role
    footing: Footing
    voice: str
    role_by_editor: bool


@dataclass(frozen=True, slots=True)
class EdgeRecord:
    """`article` credits, copies or shares the text of `target`; of `outlet` where there is no target among ours.

    `in_body` and `in_headline` say what became of the attribution on the way; None where that was not asked.
    """

    article: int
    target: int | None
    outlet: str
    kind: EdgeKind
    relation: Relation | None
    main: bool
    certain: bool
    by_editor: bool
    in_body: Keep | None
    in_headline: Keep | None
    passage: Extract | None


@dataclass(frozen=True, slots=True)
class OriginRecord:
    """Where a chain of reports ends: an article, or an outlet of which we have none; and what goes back to it."""

    article: int | None
    outlet: str
    footing: Footing
    resting: Sequence[int]
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class FirstRecord:
    """The first report known, with its times; `perhaps` are articles that may have been out before it."""

    article: int
    at: datetime
    earliest: datetime | None
    claimed: datetime | None
    perhaps: Sequence[int]


@dataclass(frozen=True, slots=True)
class ProvenanceRecord:
    """How many independent origins a story's news has, as a range, and all that this rests on."""

    traced_at: datetime
    stale: bool
    at_least: int
    at_most: int
    proven: Sequence[VoiceRecord]
    perhaps: Sequence[VoiceRecord]
    cannot_tell: Sequence[UntoldRecord]
    first: FirstRecord | None
    origins: Sequence[OriginRecord]
    standings: Sequence[StandingRecord]
    edges: Sequence[EdgeRecord]


@dataclass(frozen=True, slots=True)
class HappeningRecord:
    """Something that happened to a story: `at` when it was reported, `noted_at` when we noted it."""

    id: int
    kind: HappeningKind
    at: datetime
    noted_at: datetime
    article: int
    other: int | None
    note: str
    passage: Extract


def provenance(story: Story) -> ProvenanceRecord | None:
    """What was traced last; None where nothing was. Three queries; needs `provenance`."""
    row = getattr(story, "provenance", None)
    traced = row.told() if row else None
    if row is None or traced is None:
        return None
    count = traced.independent
    shown = {voice.shown_in for voice in (*count.proven, *count.perhaps) if voice.shown_in}
    at_hand = evidence(shown | {edge.article for edge in traced.edges}, story, row.at)
    first, said = traced.first, marks(one.article for one in traced.standings)
    return ProvenanceRecord(
        traced_at=row.at,
        stale=row.revision != story.revision,
        at_least=row.least,
        at_most=row.most,
        proven=tuple(_voice(voice, at_hand) for voice in count.proven),
        perhaps=tuple(_voice(voice, at_hand) for voice in count.perhaps),
        cannot_tell=tuple(UntoldRecord(article, why) for article, why in count.cannot_tell),
        first=FirstRecord(first.article, first.at, first.earliest, first.claimed, first.perhaps) if first else None,
        origins=tuple(
            OriginRecord(one.article, one.outlet, one.footing, one.resting, one.sources) for one in traced.origins
        ),
        standings=tuple(
            StandingRecord(one.article, one.role, one.footing, one.voice, one.article in said.roles)
            for one in traced.standings
        ),
        edges=tuple(_edge(edge, at_hand) for edge in traced.edges),
    )


def happenings(story: Story, start: int = 0, most: int | None = None) -> list[HappeningRecord]:
    """What stands of what happened to the story, latest first. Three queries."""
    rows = list(standing(story)[start : None if most is None else start + most])
    traced = getattr(story, "provenance", None)
    at_hand = evidence({row.article_id for row in rows}, story, traced.at if traced else ANY_TIME)
    return [_happening(row, at_hand) for row in rows]


def standing(story: Story) -> QuerySet[Happening]:
    """What happened to the story and still stands, latest first."""
    return story.happenings.filter(stands=True).order_by("-at", "-pk")


def _voice(voice: Voice, at_hand: Evidence) -> VoiceRecord:
    shown = voice.shown_in and voice.evidence
    return VoiceRecord(
        voice.name,
        voice.why,
        voice.articles,
        voice.sources,
        extract(at_hand, voice.shown_in or 0, voice.evidence, credit=not voice.articles) if shown else None,
    )


def _edge(edge: Edge, at_hand: Evidence) -> EdgeRecord:
    return EdgeRecord(
        article=edge.article,
        target=edge.target,
        outlet=edge.outlet,
        kind=edge.kind,
        relation=edge.relation,
        main=edge.main,
        certain=edge.certain,
        by_editor=edge.decided,
        in_body=edge.drift.body if edge.drift else None,
        in_headline=edge.drift.headline if edge.drift else None,
        passage=extract(at_hand, edge.article, edge.evidence, credit=edge.kind is EdgeKind.CREDITS)
        if edge.evidence
        else None,
    )


def _happening(row: Happening, at_hand: Evidence) -> HappeningRecord:
    return HappeningRecord(
        id=row.pk,
        kind=HappeningKind(row.kind),
        at=row.at,
        noted_at=row.noted_at,
        article=row.article_id,
        other=row.other_id,
        note=row.note,
        passage=extract(at_hand, row.article_id, pairs(row.evidence)),
    )
