"""What a search means: the articles that it finds, the words that rank and mark them, and its one canonical text.

It reads the tree of selectors.grammar, with the fields of selectors.queryfields. Words that stand together are one
question to the index of texts. It decides nothing about pages, and writes no SQL itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from functools import lru_cache, reduce
from operator import and_, or_

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery
from django.db.models import Func, IntegerField, Q
from django.db.models.lookups import Exact
from django.utils import timezone

from stories.models import Article
from stories.selectors import queryfields
from stories.selectors.grammar import LONGEST, All, No, Node, Term, Unclear, read
from stories.selectors.outletnames import Outlets
from stories.selectors.queryfields import Fact

__all__ = ["LONGEST", "Outlets", "Query", "Unclear", "parse"]

Sought = SearchQuery | CombinedSearchQuery
CONFIG = "english"
# What reads as an operator or as a field once the signs before it are gone.
_OPERATOR = re.compile(r"or$|[a-z]+:")
_EDGES = re.compile(r"^\W+|\W+$")


class How(StrEnum):
    """How PostgreSQL is to read a text. A word may be several to it ("cease-fire"), which both ways take alike."""

    WORD = "websearch"
    PHRASE = "phrase"
    # Words of the headline: these have weight A in the index.
    TITLE = "raw"


@dataclass(frozen=True, slots=True)
class Text:
    """A word or a phrase, in any form that it takes in English; `said` are the words alone."""

    how: How
    said: str
    normal: str

    @property
    def asked(self) -> str:
        """What PostgreSQL is given to read. As one operand in quotation marks a headline's words are nothing else."""
        if self.how is not How.TITLE:
            return self.said
        quoted = self.said.replace("\\", "\\\\").replace("'", "''")
        return f"'{quoted}':A"

    @property
    def sought(self) -> SearchQuery:
        """The question to the index."""
        return SearchQuery(self.asked, search_type=self.how.value, config=CONFIG)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text or a fact of an article, wanted or unwanted."""

    what: Text | Fact
    unwanted: bool

    @property
    def normal(self) -> str:
        """As it is typed at its shortest."""
        return f"-{self.what.normal}" if self.unwanted else self.what.normal


@dataclass(frozen=True, slots=True)
class Join:
    """Several parts: all of them are to be met, or one; no part is a join of the same sort."""

    every: bool
    parts: tuple[Leaf | Join, ...]

    @property
    def normal(self) -> str:
        """The parts in the order of the alphabet, each once."""
        told = {f"({one.normal})" if self.every and isinstance(one, Join) else one.normal for one in self.parts}
        return (" " if self.every else " OR ").join(sorted(told))


Meaning = Leaf | Join


@dataclass(frozen=True, slots=True)
class Query:
    """A search that was understood; `meaning` is None of one that holds nothing but signs, and finds nothing."""

    meaning: Meaning | None

    @property
    def normal(self) -> str:
        """Its canonical text: the same for searches that ask the same in another order or writing."""
        return self.meaning.normal if self.meaning else ""

    @property
    def words(self) -> Sought | None:
        """The text that is wanted, to rank by and to mark; None where only fields or what is unwanted was named."""
        return _wanted(self.meaning) if self.meaning else None

    @property
    def said(self) -> str:
        """All words and phrases of the search, without operators; "" where it has only fields."""
        return " ".join(one.said for one in self.texts)

    @property
    def texts(self) -> list[Text]:
        """Its words and phrases, wanted and unwanted."""
        return [leaf.what for leaf in _leaves(self.meaning) if isinstance(leaf.what, Text)]

    @property
    def has_fields(self) -> bool:
        """Whether it asks for more than text."""
        return any(isinstance(leaf.what, Fact) for leaf in _leaves(self.meaning))

    def condition(self, *, few: bool = False) -> Q:
        """The articles that it finds. `few`: for articles that are named already, each of which is looked at."""
        return _condition(self.meaning, few) if self.meaning else Q(pk__in=())


def parse(text: str, *, outlets: Outlets | None = None, zone: tzinfo | None = None) -> Query:
    """The meaning of a search; raises Unclear and nothing else. One query where it names an outlet, else none.

    Days are days in `zone`, the active one by default. `outlets` saves many searches from reading them each.
    """
    zone = zone or timezone.get_current_timezone()
    tree = read(text)
    if tree is None:
        return Query(None)
    if not _names_outlets(tree):
        return _lasting(text, zone)
    return Query(_meaning(tree, outlets or Outlets(), zone, unwanted=False))


@lru_cache(maxsize=4096)
def _lasting(text: str, zone: tzinfo) -> Query:
    """The meaning of a search that means the same tomorrow. Saved ones are held against every new report."""
    tree = read(text)
    return Query(_meaning(tree, Outlets(), zone, unwanted=False) if tree else None)


def _names_outlets(node: Node) -> bool:
    """Whether it asks for outlets by names, which may change."""
    if isinstance(node, Term):
        return node.field in ("outlet", "credits")
    if isinstance(node, No):
        return _names_outlets(node.part)
    return any(map(_names_outlets, node.parts))


def _meaning(node: Node, outlets: Outlets, zone: tzinfo, *, unwanted: bool) -> Meaning | None:
    """The tree with its fields read. Negations move down to what they are about; None for a part of signs alone."""
    if isinstance(node, No):
        return _meaning(node.part, outlets, zone, unwanted=not unwanted)
    if isinstance(node, Term):
        what = _term(node, outlets, zone)
        return Leaf(what, unwanted) if what else None
    # Not both: without the one, or without the other.
    every = isinstance(node, All) is not unwanted
    parts: list[Meaning] = []
    for one in node.parts:
        part = _meaning(one, outlets, zone, unwanted=unwanted)
        if isinstance(part, Join) and part.every == every:
            parts += part.parts
        elif part is not None:
            parts.append(part)
    if len(parts) < 2:
        return parts[0] if parts else None
    return Join(every, tuple(parts))


def _term(term: Term, outlets: Outlets, zone: tzinfo) -> Text | Fact | None:
    if term.field and term.field not in queryfields.EXAMPLES:
        if term.text:
            raise queryfields.unknown(term)
        # "Note: harbour" is a word with a colon.
        return _text(Term(term.field, False, "", term.at))
    if not term.field:
        return _text(term)
    if term.field == "title" and term.text:
        return _title(term)
    return queryfields.fact(term, outlets, zone)


def _text(term: Term) -> Text | None:
    normal = _normal(term)
    if not normal:
        return None
    return Text(How.PHRASE if term.quoted else How.WORD, term.text, normal)


def _title(term: Term) -> Text:
    normal = _EDGES.sub("", term.text.lower())
    if not normal:
        raise queryfields.no_value(term)
    return Text(How.TITLE, term.text, queryfields.written("title", normal))


def _normal(term: Term) -> str:
    """Small letters, without the signs around; "" where nothing else is left. Quoted where it reads as an operator."""
    word = _EDGES.sub("", term.text.lower())
    return f'"{word}"' if word and (term.quoted or _OPERATOR.match(word)) else word


def _leaves(meaning: Meaning | None) -> Iterator[Leaf]:
    if isinstance(meaning, Leaf):
        yield meaning
    elif meaning is not None:
        for part in meaning.parts:
            yield from _leaves(part)


def _wanted(meaning: Meaning) -> Sought | None:
    if isinstance(meaning, Leaf):
        return meaning.what.sought if isinstance(meaning.what, Text) and not meaning.unwanted else None
    return _joined([one for one in map(_wanted, meaning.parts) if one is not None], every=meaning.every)


def _sought(meaning: Meaning) -> Sought | None:
    """The question to the index of a part that is text alone; None of another."""
    if isinstance(meaning, Leaf):
        if not isinstance(meaning.what, Text):
            return None
        return ~meaning.what.sought if meaning.unwanted else meaning.what.sought
    found = [_sought(one) for one in meaning.parts]
    whole = [one for one in found if one is not None]
    return _joined(whole, every=meaning.every) if len(whole) == len(found) else None


def _joined(parts: Iterable[Sought], *, every: bool) -> Sought | None:
    found = list(parts)
    return reduce(and_ if every else or_, found) if found else None


def _condition(meaning: Meaning, few: bool) -> Q:
    if (sought := _sought(meaning)) is not None:
        return Q(version__search=sought)
    if isinstance(meaning, Leaf):
        return _fact(meaning)
    texts = [_sought(one) for one in meaning.parts]
    rest = [_condition(one, few) for one, text in zip(meaning.parts, texts, strict=True) if text is None]
    sought = _joined((text for text in texts if text is not None), every=meaning.every)
    if sought is not None:
        rest.insert(0, _every(sought) if meaning.every else _either(sought, few))
    return reduce(and_ if meaning.every else or_, rest)


def _fact(leaf: Leaf) -> Q:
    if not isinstance(leaf.what, Fact):
        raise TypeError("a text is no fact")
    return ~leaf.what.condition if leaf.unwanted else leaf.what.condition


def _every(sought: Sought) -> Q:
    """Text beside fields; words like "the", of which PostgreSQL keeps nothing, ask for nothing."""
    nothing_left = Exact(Func(sought, function="numnode", output_field=IntegerField()), 0)
    return Q(nothing_left) | Q(version__search=sought)


def _either(sought: Sought, few: bool) -> Q:
    """Text or fields. The index answers for the text, or every text would be read; not where few are looked at."""
    return Q(version__search=sought) if few else Q(pk__in=Article.objects.filter(version__search=sought).values("pk"))
