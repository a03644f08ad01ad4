"""The articles of a story with the sentences that its provenance rests on, each with its place on an article page.

A passage is shown only from the wording that was traced: where a text has changed since, that is said instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.models import Article, Attribution, Story
from stories.nlp.findings import SourceKind, Span, Spans, Stance
from stories.nlp.sentences import Sentences, sentences
from stories.selectors import columns, documents, passages

# Texts are the dear part of the page: of a longer story the first so many reports are shown with their sentences.
MOST = 400
# Of what shows one thing, the first so many passages: more is on the article's page.
_SPANS = 3
_NO_TEXT = "article text not available"
_CHANGED = "its text has changed since; it is being read again"


@dataclass(frozen=True, slots=True)
class Cited:
    """An attribution as the story page needs it: whose it is, in which article, and where it stands there."""

    article: int
    start: int
    hull: Span
    source: Spans
    kind: SourceKind
    name: str
    via: str
    own: bool
    affirms: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of an article, in pieces; () where there are none to show, and `missing` may say why.

    `url` is their place on the article's page.
    """

    article: Article
    pieces: tuple[passages.Piece, ...]
    url: str
    missing: str = ""


class Evidence:
    """A story's articles by their number, and what is cited in them."""

    def __init__(self, articles: Iterable[Article], cited: Sequence[Cited], traced_at: datetime) -> None:
        self.articles = {article.pk: article for article in articles}
        self.cited = cited
        self._traced_at = traced_at
        self._wholes: dict[int, tuple[str, Sentences]] = {}
        self._cited_in: dict[int, list[Cited]] = {}
        for one in cited:
            self._cited_in.setdefault(one.article, []).append(one)

    def stands(self, article: Article) -> bool:
        """Whether its wording is the one that was traced."""
        return article.version is None or article.version.seen_at <= self._traced_at

    def passage(self, pk: int | None, spans: Spans, *, mark: str = "evidence", credit: bool = False) -> Passage | None:
        """The sentences around some spans of an article; None of one that is not at hand.

        With `credit` the link leads to the credit that begins there, else to the attribution.
        """
        article = self.articles.get(pk or 0)
        if article is None:
            return None
        url = article.get_absolute_url()
        if not self.stands(article):
            return Passage(article, (), url, _CHANGED)
        whole, cut = self._whole(article)
        pieces = passages.passage(whole, [(span, mark) for span in spans[:_SPANS]], cut)
        missing = "" if pieces or documents.has_text(article) else _NO_TEXT
        return Passage(article, pieces, url + self._anchor(article.pk, spans, credit=credit), missing)

    def whose(self, pk: int, spans: Spans) -> Spans:
        """Of spans that are attributions only the words that say whose, else the span itself; overlaps are joined."""
        cited = {one.hull: one.source for one in self._cited_in.get(pk, ())}
        joined: list[Span] = []
        for start, end in sorted(words for span in spans for words in cited.get(span, (span,))):
            if joined and start <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(end, joined[-1][1])
            else:
                joined.append((start, end))
        return tuple(joined)

    def _whole(self, article: Article) -> tuple[str, Sentences]:
        """An article's wording and its sentences, cut once."""
        if article.pk not in self._wholes:
            whole = documents.document(article).whole
            self._wholes[article.pk] = whole, sentences(whole)
        return self._wholes[article.pk]

    def _anchor(self, pk: int, spans: Spans, *, credit: bool) -> str:
        """The place on the article's page: of the credit, or of the first attribution that a span touches."""
        if credit and spans:
            return f"#c{spans[0][0]}"
        touched = (
            one.start
            for start, end in spans
            for one in self._cited_in.get(pk, ())
            if one.hull[0] < end and start < one.hull[1]
        )
        start = next(touched, None)
        return "" if start is None else f"#s{start}"


def evidence(ids: Iterable[int], story: Story, traced_at: datetime) -> Evidence:
    """The articles with these numbers, by their time, and what is cited in those of the story. Two queries."""
    related = Article.objects.filter(pk__in=set(ids)).select_related("outlet", "version")
    heavy = [*columns.of_article(), "version__search"]
    articles = list(related.defer(*heavy).order_by("reported_at", "pk")[:MOST])
    return Evidence(articles, _cited([article for article in articles if article.story_id == story.pk]), traced_at)


def _cited(articles: Sequence[Article]) -> list[Cited]:
    """What is cited in these articles, in the order in which it stands."""
    rows = Attribution.objects.filter(article__in=articles).order_by("article__reported_at", "article", "start")
    told = rows.values_list("article_id", "start", "cue", "source", "content", "kind", "name", "via", "own", "stance")
    made = []
    for article, start, cue, source, content, kind, name, via, own, stance in told:
        spans = [cue, *source, *content]
        hull = min(span[0] for span in spans), max(span[1] for span in spans)
        places = tuple((span[0], span[1]) for span in source) or ((cue[0], cue[1]),)
        affirms = stance in (Stance.SAYS, Stance.CONFIRMS)
        made.append(Cited(article, start, hull, places, SourceKind(kind), name, via, own, affirms))
    return made
