"""What became of the attribution on its way, for the story page: who kept, weakened or dropped it, with both passages.

The tally is by outlet and was made by nlp.drift; here each outlet's reports are put behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stories.models import Article
from stories.nlp.lineage import Drift, Edge, EdgeKind, Keep, Provenance, Tally
from stories.nlp.shelf import named
from stories.selectors.evidence import Evidence, Passage

# Reports listed under one word of a tally.
LISTED = 60
# The widest part of a bar is so many of its narrowest; the stylesheet has a class for each.
WIDEST = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One report and whom it repeats; `other` is None where that report is not at hand, `there` where nothing in it had
    to be kept but whose news it is.
    """

    article: Article
    other: Article | None
    outlet: str
    kind: str
    here: Passage | None
    there: Passage | None


@dataclass(frozen=True, slots=True)
class Share:
    """The outlets that did one thing with the attribution: "kept by 4"; `weight` is its part of the bar."""

    keep: str
    outlets: Sequence[str]
    weight: int
    steps: Sequence[Step]
    more: int

    @property
    def name(self) -> str:
        """What it is called in an address."""
        return self.keep.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Place:
    """Bodies, or headlines, and what was found there."""

    name: str
    shares: Sequence[Share]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What was kept, in texts and in headlines; `of` is the outlet whose attribution it is, "" of several."""

    places: Sequence[Place]
    of: str


def keeping(traced: Provenance, at_hand: Evidence) -> Keeping | None:
    """What became of the attribution; None where nobody repeats anybody."""
    places = [
        _place("text", traced, traced.in_body, at_hand),
        _place("headline", traced, traced.in_headline, at_hand),
    ]
    places = [place for place in places if place.shares]
    if not places:
        return None
    ends = {
        traced.origins[end].outlet for one in traced.standings for end in one.origins if _repeats(traced, one.article)
    }
    return Keeping(places, ends.pop() if len(ends) == 1 else "")


def _repeats(traced: Provenance, article: int) -> bool:
    return any(edge.article == article and edge.drift for edge in traced.edges)


def _place(name: str, traced: Provenance, tally: Tally, at_hand: Evidence) -> Place:
    """One bar and what is behind each of its parts, worst first in the lists as in the eye."""
    parts = (
        (Keep.KEPT, tally.kept),
        (Keep.WEAKENED, tally.weakened),
        (Keep.DROPPED, tally.dropped),
        (Keep.UNKNOWN, tally.unknown),
    )
    most = max((len(outlets) for _, outlets in parts), default=0)
    shares = [
        _share(name, keep, outlets, max(1, round(WIDEST * len(outlets) / most)), traced, at_hand)
        for keep, outlets in parts
        if outlets
    ]
    return Place(name, shares)


def _share(place: str, keep: Keep, outlets: Sequence[str], weight: int, traced: Provenance, at_hand: Evidence) -> Share:
    """The outlets of one part, and the reports that put them there."""
    wanted = {named(outlet) for outlet in outlets}
    steps: list[Step] = []
    for edge in traced.edges:
        article = at_hand.articles.get(edge.article)
        if article is None or edge.drift is None or named(article.outlet.name) not in wanted:
            continue
        if keep_in(edge.drift, place) is keep:
            steps.append(_step(edge, edge.drift, article, at_hand, headline=place == "headline"))
    return Share(keep.value, outlets, weight, steps[:LISTED], max(0, len(steps) - LISTED))


def keep_in(drift: Drift, place: str) -> Keep:
    """What became of it in the "text" or in the "headline"."""
    return drift.headline if place == "headline" else drift.body


def _step(edge: Edge, drift: Drift, article: Article, at_hand: Evidence, *, headline: bool) -> Step:
    here, there = (drift.headline_here, drift.headline_there) if headline else (drift.body_here, drift.body_there)
    target = at_hand.articles.get(edge.target or 0)
    credit = edge.kind is EdgeKind.CREDITS and bool(edge.evidence) and here[:1] == edge.evidence[:1]
    return Step(
        article=article,
        other=target,
        outlet=edge.outlet or (target.outlet.name if target else ""),
        kind=edge.kind.value,
        here=at_hand.passage(edge.article, here, credit=credit),
        there=at_hand.passage(edge.target, there) if edge.target and there else None,
    )
