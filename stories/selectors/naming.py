"""A name that may be an outlet's: the sentences that it stands in, and the outlets of ours that are called like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stories.models import Article, Credit, Proposal
from stories.nlp.findings import Span
from stories.selectors import columns, documents, evidence, passages
from stories.selectors.evidence import Passage
from stories.selectors.outletnames import Outlets

# Sentences that are shown: who or what it is shows in the first, or in none.
SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Alike:
    """An outlet of ours with a name like it; `exact`: it goes by this very name."""

    pk: int
    name: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """A proposed name with its sentences. `credited` is how many reports credit it for something."""

    name: str
    times: int
    credited: int
    sentences: Sequence[Passage]
    alike: Sequence[Alike]


def naming(proposal: Proposal) -> Naming:
    """What a proposed name is judged by. Four queries."""
    credits = Credit.objects.filter(outlet_name=proposal.name, outlet=None)
    places = {proposal.article_id: proposal.evidence} if proposal.article_id else {}
    for article, span in credits.order_by("-article__reported_at", "article")[: SENTENCES * 2].values_list(
        "article", "evidence"
    ):
        places.setdefault(article, span)
    related = Article.objects.select_related("outlet", "version", "examined").filter(pk__in=list(places)[:SENTENCES])
    articles = related.defer(*columns.of_article(), "version__search", "examined__findings").in_bulk()
    found = [_sentence(articles[pk], places[pk], proposal.name) for pk in places if pk in articles]
    outlets = Outlets()
    exact = outlets.find(proposal.name)
    near = dict.fromkeys([*sorted(exact), *outlets.alike(proposal.name)])
    return Naming(
        name=proposal.name,
        times=proposal.articles,
        credited=credits.values("article").distinct().count(),
        sentences=found,
        alike=[Alike(pk, outlets.name(pk), pk in exact) for pk in near],
    )


def _sentence(article: Article, span: Sequence[int], name: str) -> Passage:
    """The sentence in which it was found, the name marked; none where the article reads otherwise by now."""
    whole = documents.document(article).whole
    examined = getattr(article, "examined", None)
    if examined and examined.wording != documents.wording(whole):
        return Passage(article, (), article.get_absolute_url(), evidence.CHANGED)
    place: Span = (span[0], span[1])
    named = whole.casefold().find(name.casefold(), *place) if len(whole) == len(whole.casefold()) else -1
    mark = (named, named + len(name)) if named >= 0 else place
    pieces = passages.passage(whole, [(mark, "source")], evidence.near(whole, (place,)))
    return Passage(article, pieces, article.get_absolute_url(), "" if pieces else evidence.NO_TEXT)
