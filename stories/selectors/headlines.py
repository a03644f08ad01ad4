"""Headlines beside each other: the words that few others use, what says whose word it is, who does what to whom.

Shows what nlp marked, and only in the wording that it was marked in.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stories.models import Article
from stories.nlp.comparison import HeadlineMarks
from stories.nlp.findings import Span, Spans
from stories.selectors.comparison import Compared, pieces
from stories.selectors.passages import Piece


@dataclass(frozen=True, slots=True)
class Way:
    """One way of saying who does what to whom, and the reports whose headlines say it so, oldest first."""

    actor: str
    verb: str
    acted_on: str
    articles: Sequence[Article]


def marked(compared: Compared, kept: Mapping[int, Sequence[Piece]]) -> dict[int, tuple[Piece, ...]]:
    """Headlines by article, in pieces: "kept" are words that keep a credit or a doubt, "unusual" those few others use.

    `kept` are the pieces that tracing marked already, whose marks stay.
    """
    found: dict[int, tuple[Piece, ...]] = {}
    for one in compared.told.headlines:
        article = compared.article(one.article)
        if article is None or not compared.at_hand.stands(article):
            continue
        spans = (*one.hedges, *_kept_spans(kept.get(one.article, ())))
        made = _headline(article, one.unusual, spans)
        if any(piece.mark for piece in made):
            found[one.article] = made
    return found


def ways(compared: Compared) -> list[Way]:
    """Who does what to whom, each way of putting it once; [] unless at least two headlines put it differently."""
    found: dict[tuple[str, str, str], list[Article]] = {}
    shown: dict[tuple[str, str, str], tuple[str, str, str]] = {}
    marks = {one.article: one for one in compared.told.headlines}
    for pk, article in compared.at_hand.articles.items():
        one = marks.get(pk)
        if one is None or one.actor is None or one.verb is None or not compared.at_hand.stands(article):
            continue
        said = _words(article, one)
        key = said[0].casefold(), said[1].casefold(), said[2].casefold()
        found.setdefault(key, []).append(article)
        shown.setdefault(key, said)
    return [Way(*shown[key], articles) for key, articles in found.items()] if len(found) > 1 else []


def changed(old: str, new: str) -> tuple[Piece, ...]:
    """The words of two headlines in reading order: kept (no mark), "removed" and "added"."""
    before, after = old.split(), new.split()
    made: list[Piece] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            made.append(Piece(" ".join(before[i1:i2])))
            continue
        made += [Piece(" ".join(before[i1:i2]), "removed")] if i2 > i1 else []
        made += [Piece(" ".join(after[j1:j2]), "added")] if j2 > j1 else []
    return tuple(made)


def _headline(article: Article, unusual: Spans, kept: Spans) -> tuple[Piece, ...]:
    """A headline in pieces; where a word is marked for both, the credit shows."""
    end = len(article.title)
    inside = [tuple(span for span in spans if span[0] < span[1] <= end) for spans in (unusual, kept)]
    return pieces(article.title, (0, end), {"unusual": inside[0], "kept": inside[1]})


def _kept_spans(held: Sequence[Piece]) -> Spans:
    """Where the marked ones of some pieces stand."""
    at, found = 0, []
    for piece in held:
        if piece.mark:
            found.append((at, at + len(piece.words)))
        at += len(piece.words)
    return tuple(found)


def _words(article: Article, marks: HeadlineMarks) -> tuple[str, str, str]:
    """Actor, verb and acted on in a headline's words."""
    return _at(article, marks.actor), _at(article, marks.verb), _at(article, marks.acted_on)


def _at(article: Article, span: Span | None) -> str:
    return " ".join(article.title[slice(*span)].split()) if span else ""
