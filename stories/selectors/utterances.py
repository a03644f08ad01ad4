"""Quotes by outlets: what somebody said, once, and how each report gives it: in full, trimmed, in its own words.

That a report has none of it is said as "not found in", with the reports whose text is not available apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from stories.models import Article
from stories.nlp.comparison import Key, Quote, Rendering, RenderingKind
from stories.nlp.findings import SourceKind, Span, Spans
from stories.nlp.shelf import named
from stories.selectors.comparison import OWN_VOICE, Column, Compared, Source, key_in, pieces, shortened, unquoted
from stories.selectors.passages import Piece

QUOTES = 5
# What was cut, and how it is put in other words, in characters.
_WORDS = 110


@dataclass(frozen=True, slots=True)
class Rendered:
    """How one report gives a quote. `without` are the words that were cut; `copies` carry the same text. On the quote's
    own page `pieces` are the passage with what it has otherwise marked, and `said` whose the report says it is.
    """

    article: Article
    key: str
    url: str
    kind: RenderingKind
    without: Sequence[str]
    words: str
    asked: bool = False
    copies: Sequence[Article] = ()
    said: Source = OWN_VOICE
    pieces: Sequence[Piece] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One quote and its renderings in order of time. `pieces` are its fullest words, with what others cut marked.

    `earliest` had any of it first; `via` is the outlet by way of which, "" where that is its own.
    """

    key: str
    url: str
    pieces: Sequence[Piece]
    lang: str
    speaker: str
    kind: SourceKind
    via: str
    fullest: Article
    earliest: Article
    rendered: Sequence[Rendered]
    not_found: Sequence[Column]
    no_text: Sequence[Column]

    def _of(self, kind: RenderingKind) -> list[Rendered]:
        """The renderings of a kind, the first of each outlet."""
        found: dict[int, Rendered] = {}
        for one in self.rendered:
            if one.kind is kind:
                found.setdefault(one.article.outlet_id, one)
        return list(found.values())

    @property
    def full(self) -> list[Rendered]:
        """The outlets that have all of it."""
        return self._of(RenderingKind.FULL)

    @property
    def trimmed(self) -> list[tuple[tuple[str, ...], list[Rendered]]]:
        """The outlets that leave words of it out, by which words these are."""
        found: dict[tuple[str, ...], list[Rendered]] = {}
        for one in self._of(RenderingKind.TRIMMED):
            found.setdefault(tuple(one.without), []).append(one)
        return list(found.items())

    @property
    def paraphrased(self) -> list[Rendered]:
        """The outlets that put it in their own words."""
        return self._of(RenderingKind.PARAPHRASED)


@dataclass(frozen=True, slots=True)
class Quotes:
    """The quotes that matter most, and how many there are."""

    shown: Sequence[Utterance]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)


def quotes(compared: Compared, *, everything: bool = False) -> Quotes | None:
    """The quotes of a story; None without any."""
    told = compared.told.quotes
    chosen = told if everything else told[:QUOTES]
    homes = _homes(told)
    shown = [utterance for quote in chosen if (utterance := _utterance(quote, compared, homes, None))]
    return Quotes(shown, len(told)) if shown else None


def quote_page(compared: Compared, key: Key) -> Utterance | None:
    """The quote that a passage is a rendering of now, that rendering first; None where it is of none."""
    homes = _homes(compared.told.quotes)
    quote = next((one for one in compared.told.quotes if one.key == homes.get(key)), None)
    return _utterance(quote, compared, homes, key) if quote else None


def _homes(quotes: Sequence[Quote]) -> dict[Key, Key]:
    """Which quote each place belongs to: its own, then those of the sentences, then those of the words themselves."""
    homes: dict[Key, Key] = {}
    for quote in quotes:
        homes.setdefault(quote.key, quote.key)
    for at in ("sentence", "span"):
        for quote in quotes:
            for one in quote.renderings:
                homes.setdefault((one.article, getattr(one, at)[0]), quote.key)
    return homes


def _keys(rendering: Rendering) -> tuple[Key, Key]:
    """The places by which a rendering is known: its sentence, and the words themselves."""
    return (rendering.article, rendering.sentence[0]), (rendering.article, rendering.span[0])


def _utterance(quote: Quote, compared: Compared, homes: Mapping[Key, Key], asked: Key | None) -> Utterance | None:
    """A quote as it is shown; None where the reports that have it are not at hand."""
    fullest, earliest = compared.article(quote.article), compared.article(quote.first)
    held = [one for one in quote.renderings if compared.article(one.article)]
    if fullest is None or not held:
        return None
    cut = tuple(span for one in held for span in one.cut)
    not_found, no_text = compared.others({compared.at_hand.articles[one.article].outlet_id for one in held})
    base = f"{compared.base}quote/"
    rendered = _rendered(held, quote, compared, homes, asked)
    return Utterance(
        key=key_in(quote.key),
        url=f"{base}{key_in(quote.key)}/",
        pieces=_fullest(compared, quote, fullest, cut),
        lang=fullest.lang,
        speaker=quote.speaker,
        kind=quote.kind,
        # Its own words by way of itself need no saying.
        via="" if named(quote.via) == named((earliest or fullest).outlet.name) else quote.via,
        fullest=fullest,
        earliest=earliest or fullest,
        rendered=sorted(rendered, key=lambda one: not one.asked),
        not_found=not_found,
        no_text=no_text,
    )


def _fullest(compared: Compared, quote: Quote, article: Article, cut: Spans) -> tuple[Piece, ...]:
    """The quoted words without their quotation marks; where the cue interrupted them stands an ellipsis."""
    if not compared.at_hand.stands(article):
        return ()
    whole = compared.at_hand.whole(article)
    made: list[Piece] = []
    for number, span in enumerate(quote.spans):
        made += [Piece(" … ")] if number else []
        made += pieces(whole, bare(whole, span), {"cut": cut})
    return tuple(made)


def bare(whole: str, span: Span) -> Span:
    """A quotation without the marks around it, and without the comma that leads on to its cue."""
    words = whole[slice(*span)]
    inner = unquoted(words).rstrip(" ,")
    start = span[0] + words.find(inner) if inner else span[0]
    return start, start + len(inner)


def _rendered(
    held: Sequence[Rendering], quote: Quote, compared: Compared, homes: Mapping[Key, Key], asked: Key | None
) -> Iterable[Rendered]:
    """The renderings, copies that give the same words folded into that of the text that they carry."""
    leading: dict[int, Rendering] = {}
    copies: dict[int, list[Article]] = {}
    wanted: set[int] = set()
    for one in held:
        article = compared.at_hand.articles[one.article]
        under = _carried(one, article, leading, compared)
        if under is None:
            leading[one.article] = one
        else:
            copies.setdefault(under, []).append(article)
        if asked in _keys(one):
            wanted.add(one.article if under is None else under)
    for pk, one in leading.items():
        key = next((place for place in _keys(one) if homes.get(place) == quote.key), quote.key)
        made = _rendering(one, quote, key_in(key), compared, copies.get(pk, ()), asked=pk in wanted)
        yield made if asked is None else _with_passage(made, one, compared)


def _carried(one: Rendering, article: Article, leading: Mapping[int, Rendering], compared: Compared) -> int | None:
    """The report among those before whose text this one carries, where it gives the quote in the same way."""
    root = article.copy_of_id
    if root is None:
        return None
    for pk, other in leading.items():
        same_text = pk == root or compared.at_hand.articles[pk].copy_of_id == root
        if (
            same_text
            and other.kind is one.kind
            and compared.words(pk, other.span) == compared.words(one.article, one.span)
        ):
            return pk
    return None


def _rendering(
    one: Rendering, quote: Quote, key: str, compared: Compared, copies: Sequence[Article], *, asked: bool
) -> Rendered:
    cut = (unquoted(compared.words(quote.article, span, _WORDS)).strip(" ,;") for span in one.cut)
    return Rendered(
        article=compared.at_hand.articles[one.article],
        key=key,
        url=f"{compared.base}quote/{key}/",
        kind=one.kind,
        without=[words for words in cut if words],
        words=shortened(unquoted(compared.words(one.article, one.span)), _WORDS),
        asked=asked,
        copies=copies,
    )


def _with_passage(made: Rendered, one: Rendering, compared: Compared) -> Rendered:
    """A rendering with the sentences that it stands in."""
    said = one.said.words if one.said else ()
    marks = {"source": said, "quoted": (one.span,), "differs": one.altered}
    return replace(
        made,
        said=compared.said(one.article, one.said),
        pieces=compared.pieces(one.article, compared.sentences(one.article, one.sentence, one.span), marks),
        missing=compared.at_hand.missing(made.article),
    )
