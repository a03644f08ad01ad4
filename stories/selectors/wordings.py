"""How the reports are worded, and what only one outlet has: counts with their passages, and no score of anything.

The outlet's own voice is kept apart from the words of those it quotes; a count says what was found, not what it means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from stories.models import Article
from stories.nlp.comparison import LoadedWord, Own, OwnKind, Use
from stories.nlp.findings import Span
from stories.selectors import evidence
from stories.selectors.comparison import Compared
from stories.selectors.passages import Piece

# Examples of one word; more are on the articles' pages.
EXAMPLES = 4
# Outlets whose loaded words stand there before the others are folded.
OUTLETS = 8
# What one outlet alone has, people who are quoted, and actors, before the rest is folded.
PIECES = 3
SPEAKERS = 6
ACTORS = 6
_WORDS = 180


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with a word marked; `url` is its place on the article's page."""

    article: Article
    pieces: Sequence[Piece]
    url: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, how often it stands there, and where."""

    word: str
    count: int
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The loaded words of one outlet: in its own voice, and in the words of those it quotes."""

    name: str
    own: Sequence[Word]
    quoted: Sequence[Word]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A verb or a name, the outlets that use it, and where."""

    word: str
    outlets: Sequence[tuple[str, int]]
    count: int
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Choices:
    """By which verbs somebody's words are given, or by which names somebody is called: the most used first."""

    of: str
    chosen: Sequence[Chosen]


@dataclass(frozen=True, slots=True)
class Wording:
    """How the reports are worded."""

    loaded: Sequence[Loaded]
    sayings: Sequence[Choices]
    namings: Sequence[Choices]
    more_sayings: Sequence[Choices]
    more_namings: Sequence[Choices]

    @property
    def first(self) -> Sequence[Loaded]:
        """The outlets whose loaded words stand there at once."""
        return self.loaded[:OUTLETS]

    @property
    def rest(self) -> Sequence[Loaded]:
        """Those whose are folded."""
        return self.loaded[OUTLETS:]


@dataclass(frozen=True, slots=True)
class Piecework:
    """Something that only one outlet has, with its passage."""

    kind: OwnKind
    name: str
    words: str
    pieces: Sequence[Piece]
    article: Article
    url: str
    key: str
    missing: str


@dataclass(frozen=True, slots=True)
class Only:
    """What only one outlet has, what matters most first."""

    name: str
    outlet_url: str
    held: Sequence[Piecework]
    more: Sequence[Piecework]


def wording(compared: Compared, doors: Collection[str] = ("loaded", "verb", "name")) -> Wording | None:
    """How the reports are worded; None where nothing was found to tell.

    What is folded and not among `doors` has no examples: cutting them out is most of the work.
    """
    told = compared.told.wording
    sayings = _all(((one.speaker, one.verbs) for one in told.sayings), SPEAKERS, compared, whole="verb" in doors)
    namings = _all(((one.actor, one.names) for one in told.namings), ACTORS, compared, whole="name" in doors)
    loaded = _loaded(told.loaded, compared, whole="loaded" in doors)
    if not (loaded or sayings or namings):
        return None
    return Wording(loaded, sayings[:SPEAKERS], namings[:ACTORS], sayings[SPEAKERS:], namings[ACTORS:])


def only_in(compared: Compared) -> list[Only]:
    """What each outlet alone has, the outlet with what matters most first."""
    found: dict[int, list[Piecework]] = {}
    for one in sorted(compared.told.own, key=lambda own: -own.weight):
        if article := compared.article(one.article):
            found.setdefault(article.outlet_id, []).append(_piece(one, article, compared))
    return [
        Only(held[0].article.outlet.name, held[0].article.outlet.get_absolute_url(), held[:PIECES], held[PIECES:])
        for held in found.values()
    ]


def _piece(own: Own, article: Article, compared: Compared) -> Piecework:
    words = " … ".join(filter(None, (compared.words(own.article, span, _WORDS) for span in own.words)))
    return Piecework(
        kind=own.kind,
        name=own.name,
        words=words,
        pieces=compared.pieces(own.article, own.span, {"evidence": own.words}),
        article=article,
        url=compared.at_hand.address(article, (own.span,)),
        key=f"{own.key[0]}-{own.key[1]}",
        missing=compared.at_hand.missing(article),
    )


def _all(
    told: Iterable[tuple[str, Iterable[tuple[str, Sequence[Use]]]]], first: int, compared: Compared, *, whole: bool
) -> list[Choices]:
    """Those of whom anything stands; of all, or of the first ones, with examples."""
    made: list[Choices] = []
    for of, chosen in told:
        one = _choices(of, chosen, compared, EXAMPLES if whole or len(made) < first else 0)
        if one.chosen:
            made.append(one)
    return made


def _loaded(words: Iterable[LoadedWord], compared: Compared, *, whole: bool) -> list[Loaded]:
    """Loaded words by outlet, in the order of the columns; the same word of one outlet once."""
    found: dict[int, list[LoadedWord]] = {}
    for one in words:
        article = compared.article(one.article)
        if article and compared.at_hand.stands(article):
            found.setdefault(article.outlet_id, []).append(one)
    made: list[Loaded] = []
    for column in compared.columns:
        for held in (column, *column.copies):
            if mine := found.get(held.outlet.pk):
                most = EXAMPLES if whole or len(made) < OUTLETS else 0
                own = _words([one for one in mine if not one.quoted], compared, most)
                made.append(Loaded(held.name, own, _words([one for one in mine if one.quoted], compared, most)))
    return made


def _words(words: Iterable[LoadedWord], compared: Compared, most: int) -> list[Word]:
    """Words with their places, the most frequent first."""
    found: dict[str, list[LoadedWord]] = {}
    for one in words:
        found.setdefault(one.word.casefold(), []).append(one)
    made = [
        Word(held[0].word, len(held), [_example(one, compared, one.why) for one in held[:most]])
        for held in found.values()
    ]
    return sorted(made, key=lambda word: (-word.count, word.word.casefold()))


def _choices(of: str, chosen: Iterable[tuple[str, Sequence[Use]]], compared: Compared, most: int) -> Choices:
    """The verbs or names of one person with the outlets that use them."""
    made = []
    for word, uses in chosen:
        held = [one for one in uses if (article := compared.article(one.article)) and compared.at_hand.stands(article)]
        if not held:
            continue
        outlets: dict[str, int] = {}
        first: dict[str, Use] = {}
        for one in held:
            name = compared.at_hand.articles[one.article].outlet.name
            outlets[name] = outlets.get(name, 0) + 1
            first.setdefault(name, one)
        ordered = sorted(outlets.items(), key=lambda pair: -pair[1])
        examples = [_example(one, compared) for one in list(first.values())[:most]]
        made.append(Chosen(word, ordered, len(held), examples))
    return Choices(of, made)


def _example(use: Use | LoadedWord, compared: Compared, why: str = "") -> Example:
    """The sentence that a word stands in, with the word marked."""
    article = compared.at_hand.articles[use.article]
    whole = compared.at_hand.whole(article)
    return Example(
        article=article,
        pieces=compared.pieces(use.article, _sentence(whole, use.span), {"evidence": (use.span,)}),
        url=compared.at_hand.address(article, (use.span,)),
        why=why,
    )


def _sentence(whole: str, span: Span) -> Span:
    """The sentence around a word, without that of its neighbours."""
    return evidence.near(whole, (span,)).around(span)
