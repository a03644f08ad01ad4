"""A story's reports held against each other, as its pages tell it: which outlets stand in it, and their own words.

Reads what the comparison found and decides nothing. What all its parts share is here: columns, sources, passages; the
matrix, the claims, the quotes and the wording each have a file of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stories.models import Article, Outlet, Story, StoryComparison
from stories.nlp.comparison import Comparison, Key, Said
from stories.nlp.findings import SourceKind, Span, Spans, Stance
from stories.selectors import evidence
from stories.selectors.evidence import Evidence
from stories.selectors.passages import LONGEST, Piece

_QUOTES = "\"'“”‘’„«»‚‹› "


@dataclass(frozen=True, slots=True)
class Source:
    """To whom a report attributes a passage; without a `kind` it is its own voice, `words` are the report's for it."""

    kind: SourceKind | None = None
    name: str = ""
    words: str = ""
    via: str = ""
    denies: bool = False
    hedged: bool = False


OWN_VOICE = Source()


@dataclass(frozen=True, slots=True)
class Column:
    """An outlet and its reports in the story, by time. `copies` are outlets that carry its text and have nothing else.

    `has_text` is False where none of its reports is read beyond the headline.
    """

    outlet: Outlet
    articles: Sequence[Article]
    has_text: bool
    copies: Sequence[Column] = ()

    @property
    def name(self) -> str:
        """The outlet's name."""
        return self.outlet.name


class Compared:
    """A story's comparison with the articles that it speaks of."""

    def __init__(self, story: Story, told: Comparison, at_hand: Evidence, row: StoryComparison) -> None:
        self.story = story
        self.told = told
        self.at = row.at
        self.stale = row.revision != story.revision
        self.base = story.get_absolute_url()
        self.at_hand = at_hand
        self.columns = _columns(told, at_hand)
        self._column = {
            held.outlet.pk: column for column in self.columns for held in (column, *column.copies)
        }  # fmt: skip

    def article(self, pk: int) -> Article | None:
        """An article by its number; None of one that is not at hand."""
        return self.at_hand.articles.get(pk)

    def column(self, article: Article) -> Column | None:
        """The column that a report stands in: its outlet's, or that of the text that it carries."""
        return self._column.get(article.outlet_id)

    def words(self, pk: int, span: Span, most: int = LONGEST) -> str:
        """The words of a span on one line; "" where the wording is not the one that was compared."""
        article = self.article(pk)
        if article is None or not self.at_hand.stands(article):
            return ""
        return shortened(self.at_hand.whole(article)[slice(*span)], most)

    def said(self, pk: int, said: Said | None) -> Source:
        """To whom an article attributes a passage."""
        if said is None:
            return OWN_VOICE
        words = " … ".join(found for span in said.words if (found := self.words(pk, span)))
        return Source(said.kind, said.name, words, said.via, said.stance is Stance.DENIES, said.hedged)

    def pieces(self, pk: int, bounds: Span, marks: Mapping[str, Spans] | None = None) -> tuple[Piece, ...]:
        """The words of a passage with some of them marked; () where there are none to show."""
        article = self.article(pk)
        if article is None or not self.at_hand.stands(article):
            return ()
        return pieces(self.at_hand.whole(article), bounds, marks or {})

    def sentences(self, pk: int, *spans: Span) -> Span:
        """From where the first of some spans begins to the end of the sentence that the last of them ends in."""
        article = self.article(pk)
        start, end = min(span[0] for span in spans), max(span[1] for span in spans)
        if article is None or not self.at_hand.stands(article):
            return start, end
        return start, max(end, evidence.near(self.at_hand.whole(article), ((end - 1, end),)).around((end - 1, end))[1])

    def around(self, pk: int, bounds: Span) -> tuple[str, str]:
        """The sentences before and behind a passage; "" where there is none in its paragraph."""
        article = self.article(pk)
        if article is None or not self.at_hand.stands(article):
            return "", ""
        whole = self.at_hand.whole(article)
        lines = evidence.near(whole, (_widened(whole, bounds),)).spans
        before = [span for span in lines if span[1] <= bounds[0] and span[0] > len(article.title)]
        behind = [span for span in lines if span[0] >= bounds[1] and bounds[0] > len(article.title)]
        return (
            shortened(whole[slice(*before[-1])], LONGEST // 2) if before else "",
            shortened(whole[slice(*behind[0])], LONGEST // 2) if behind else "",
        )

    def others(self, outlets: Iterable[int]) -> tuple[list[Column], list[Column]]:
        """The columns of all other outlets: those with a text, in which something is not found, and those without."""
        found = set(outlets)
        rest = [
            column
            for column in self.columns
            if not any(held.outlet.pk in found for held in (column, *column.copies))
        ]  # fmt: skip
        return [column for column in rest if column.has_text], [column for column in rest if not column.has_text]


def compared(story: Story, at_hand: Evidence | None = None) -> Compared | None:
    """The story's comparison; None where there is none yet. Two queries if no evidence is at hand, one if `comparison`
    is not selected with the story, else none.
    """
    row: StoryComparison | None = getattr(story, "comparison", None)
    told = row.told() if row else None
    if row is None or told is None:
        return None
    ids = {*told.compared, *told.without_text}
    if at_hand is None or not ids <= at_hand.articles.keys():
        at_hand = evidence.evidence(ids, story, row.at)
    return Compared(story, told, at_hand.read_at(row.at), row)


def key_in(address: Key) -> str:
    """A passage as its address names it: "12-340"."""
    return f"{address[0]}-{address[1]}"


def shortened(text: str, most: int) -> str:
    """A text on one line and no longer than so many characters, cut where a word ends."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    head = line[: most + 1]
    cut = head.rsplit(" ", 1)[0] if " " in head else head[:-1]
    return cut.rstrip(" ,;:.…–-") + " …"


def unquoted(text: str) -> str:
    """A text without the quotation marks around it."""
    return text.strip(_QUOTES)


def pieces(whole: str, bounds: Span, marks: Mapping[str, Spans], most: int = LONGEST) -> tuple[Piece, ...]:
    """The words between two places in pieces of one mark each; of two marks on one word the later named shows."""
    start, end = max(bounds[0], 0), min(bounds[1], len(whole))
    stop = min(end, start + most)
    edges = sorted(
        {start, stop, *(min(max(edge, start), stop) for spans in marks.values() for span in spans for edge in span)}
    )
    made = []
    for here, there in pairwise(edges):
        names = [name for name, spans in marks.items() if any(a <= here and there <= b for a, b in spans)]
        made.append(Piece(whole[here:there].replace("\n", " "), names[-1] if names else ""))
    return (*made, Piece(" …")) if stop < end and made else tuple(made)


def _widened(whole: str, bounds: Span) -> Span:
    """A passage with the paragraphs before and behind it."""
    before = whole.rfind("\n", 0, max(whole.rfind("\n", 0, bounds[0]), 0))
    behind = whole.find("\n", bounds[1])
    end = whole.find("\n", behind + 1) if behind >= 0 else -1
    return before + 1, end if end >= 0 else len(whole)


def _columns(told: Comparison, at_hand: Evidence) -> list[Column]:
    """The outlets in the order of their first reports; those that only carry another's text stand behind it."""
    known = {*told.compared, *told.without_text}
    blank = set(told.without_text)
    by_outlet: dict[int, list[Article]] = {}
    for article in at_hand.articles.values():
        if article.pk in known:
            by_outlet.setdefault(article.outlet_id, []).append(article)
    behind = _behind(by_outlet)
    made = {
        pk: Column(articles[0].outlet, articles, has_text=any(one.pk not in blank for one in articles))
        for pk, articles in by_outlet.items()
    }
    under: dict[int, list[Column]] = {}
    for pk, lead in behind.items():
        under.setdefault(lead, []).append(made[pk])
    return [
        Column(column.outlet, column.articles, column.has_text, tuple(under.get(pk, ())))
        for pk, column in made.items()
        if pk not in behind
    ]


def _behind(by_outlet: Mapping[int, Sequence[Article]]) -> dict[int, int]:
    """Which outlets have nothing but copies of another outlet's text, and whose that is."""
    owner = {article.pk: pk for pk, articles in by_outlet.items() for article in articles}
    found: dict[int, int] = {}
    for pk, articles in by_outlet.items():
        roots = [article.copy_of_id for article in articles]
        root = roots[0]
        if root is None or None in roots:
            continue
        # Where the original is in no report of the story, the first to carry the text stands for it.
        lead = owner.setdefault(root, pk)
        if lead != pk:
            found[pk] = lead
    return {pk: lead for pk, lead in found.items() if lead not in found}
