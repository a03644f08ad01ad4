"""The articles of a story with the sentences that its provenance rests on, each with its place on an article page.

A passage is shown only from the wording that was traced or compared: where a text has changed since, that is said.
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
NO_TEXT = "article text not available"
CHANGED = "its text has changed since; it is being read again"


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

    def __init__(self, articles: Iterable[Article], cited: Sequence[Cited], read_at: datetime) -> None:
        self.articles = {article.pk: article for article in articles}
        self.cited = cited
        self._read_at = read_at
        self._wholes: dict[int, str] = {}
        self._cited_in: dict[int, list[Cited]] = {}
        for one in cited:
            self._cited_in.setdefault(one.article, []).append(one)

    def stands(self, article: Article) -> bool:
        """Whether its wording is the one that was read."""
        return article.version is None or article.version.seen_at <= self._read_at

    def read_at(self, at: datetime) -> Evidence:
        """The same articles as they were read at another time, such as when they were compared."""
        return Evidence(self.articles.values(), self.cited, at)

    def passage(self, pk: int | None, spans: Spans, *, mark: str = "evidence", credit: bool = False) -> Passage | None:
        """The sentences around some spans of an article; None of one that is not at hand.

        With `credit` the link leads to the credit that begins there, else to the attribution.
        """
        article = self.articles.get(pk or 0)
        if article is None:
            return None
        url = article.get_absolute_url()
        if not self.stands(article):
            return Passage(article, (), url, CHANGED)
        whole = self.whole(article)
        pieces = passages.passage(whole, [(span, mark) for span in spans[:_SPANS]], near(whole, spans[:_SPANS]))
        missing = "" if pieces or documents.has_text(article) else NO_TEXT
        return Passage(article, pieces, self.address(article, spans, credit=credit), missing)

    def missing(self, article: Article) -> str:
        """Why nothing of its wording can be shown; "" where it can."""
        return "" if self.stands(article) else CHANGED

    def address(self, article: Article, spans: Spans, *, credit: bool = False) -> str:
        """The place of some spans on the article's page."""
        return article.get_absolute_url() + self._anchor(article.pk, spans, credit=credit)

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

    def whole(self, article: Article) -> str:
        """An article's wording: headline, line break, text."""
        if article.pk not in self._wholes:
            self._wholes[article.pk] = documents.document(article).whole
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


def near(whole: str, spans: Spans) -> Sentences:
    """The sentences of the paragraphs that some spans stand in. Cutting whole texts is what a long page would wait for;
    as a line break always ends a sentence, the paragraphs alone are cut just the same.
    """
    found: dict[Span, None] = {}
    for start, end in spans:
        first, last = whole.rfind("\n", 0, max(start, 0)) + 1, whole.find("\n", max(end, start))
        cut = sentences(whole[first : last if last >= 0 else len(whole)])
        found |= dict.fromkeys((first + begin, first + stop) for begin, stop in cut.spans)
    bounds = tuple(sorted(found))
    return Sentences(bounds, tuple(begin for begin, _ in bounds))


def evidence(ids: Iterable[int], story: Story, read_at: datetime) -> Evidence:
    """The articles with these numbers, by their time, and what is cited in those of the story. Two queries."""
    related = Article.objects.filter(pk__in=set(ids)).select_related("outlet", "version")
    heavy = [*columns.of_article(), "version__search"]
    articles = list(related.defer(*heavy).order_by("reported_at", "pk")[:MOST])
    return Evidence(articles, _cited([article for article in articles if article.story_id == story.pk]), read_at)


def evidence_at(articles: Sequence[Article], as_read: Sequence[Article], at: datetime) -> Evidence:
    """These articles, and what is cited in those of them that stand as they were read. One query."""
    return Evidence(articles, _cited(as_read), at)


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
