"""Reports that pass for origins, side by side: how each opens, its three times, what it stands on. Decides nothing.

Runs of words that an opening shares with another one are marked: two newsrooms that find the same words rarely did so
on their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

from stories.models import Article, Story, StoryProvenance
from stories.selectors import documents, evidence, excerpts
from stories.selectors.evidence import Evidence, Passage
from stories.selectors.passages import Piece

# Side by side; origins are asked of in pairs.
MOST = 4
WORDS = 90
# Shorter runs are phrases that anybody uses.
RUN = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """How a report opens, and what it stands on, with the passage that shows it.

    `after` is how long after the first of them it was reported. `missing` says why there is no text.
    """

    article: Article
    pieces: Sequence[Piece]
    missing: str
    role: str
    footing: str
    shown: Passage | None
    after: timedelta | None


@dataclass(frozen=True, slots=True)
class Openings:
    """The reports by their time. `shared`: of how many words the openings have runs in common."""

    rows: Sequence[Opening]
    shared: int


def openings(story: Story, articles: Iterable[int]) -> Openings:
    """The openings of these reports of a story. Three queries."""
    row = StoryProvenance.objects.filter(story=story).first()
    traced = row.told() if row else None
    at_hand = evidence.evidence(list(articles)[:MOST], story, row.at if row else story.last_at)
    standings = {one.article: one for one in traced.standings} if traced else {}
    reports = list(at_hand.articles.values())
    texts = [_opening(article).split() for article in reports]
    marks = [_shared(words, [other for other in texts if other is not words]) for words in texts]
    rows = []
    for article, words, same in zip(reports, texts, marks, strict=True):
        standing = standings.get(article.pk)
        rows.append(
            Opening(
                article=article,
                pieces=_pieces(words, same),
                missing="" if documents.has_text(article) else evidence.NO_TEXT,
                role=standing.role.value if standing else "",
                footing=standing.footing.value if standing else "",
                shown=_shown(at_hand, article.pk, standing.evidence) if standing else None,
                after=article.reported_at - reports[0].reported_at if article is not reports[0] else None,
            )
        )
    return Openings(rows, max((len(same) for same in marks), default=0))


def _shown(at_hand: Evidence, pk: int, spans: Sequence[tuple[int, int]]) -> Passage | None:
    passage = at_hand.passage(pk, tuple(spans)) if spans else None
    return passage if passage and (passage.pieces or passage.missing) else None


def _opening(article: Article) -> str:
    """The beginning of its text, else what the feed says of it."""
    text = article.version.text if article.version and documents.has_text(article) else article.summary
    return excerpts.shorten(text, WORDS)


def _shared(words: Sequence[str], others: Iterable[Sequence[str]]) -> set[int]:
    """The places of the words that stand in a run which another opening has as well."""
    plain, found = [_plain(word) for word in words], set[int]()
    for other in others:
        matcher = SequenceMatcher(None, plain, [_plain(word) for word in other], autojunk=False)
        for block in matcher.get_matching_blocks():
            if block.size >= RUN:
                found.update(range(block.a, block.a + block.size))
    return found


def _plain(word: str) -> str:
    return word.casefold().strip(".,;:!?()[]“”‘’\"'")


def _pieces(words: Sequence[str], same: set[int]) -> list[Piece]:
    """Words in pieces, those of shared runs marked."""
    pieces: list[Piece] = []
    for place, word in enumerate(words):
        mark = "same" if place in same else ""
        if pieces and pieces[-1].mark == mark:
            pieces[-1] = Piece(f"{pieces[-1].words} {word}", mark)
        else:
            if pieces:
                pieces.append(Piece(" "))
            pieces.append(Piece(word, mark))
    return pieces
