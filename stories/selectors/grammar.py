"""The grammar of a search: words, phrases, AND OR NOT, brackets and fields, read into a tree.

What people paste goes through: stray signs, brackets and operators without their other half are passed over, as they
always were. Only what is too much is refused. It knows no field, no outlet and no table; selectors.queries does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext
from lark import Lark, Token, Tree

# Nobody types as much; a search made of more asks too much of the database, once for every article when it is saved.
LONGEST = 500
MOST_TERMS = 40
DEEPEST = 20

_GRAMMAR = r"""
start: either?
?either: both (_OR both)*
?both: unit (_AND? unit)*
?unit: _NOT unit -> no
     | _LEFT either _RIGHT
     | WORD
     | PHRASE
     | FIELD

_NOT.9: /NOT(?=[\s"()]|$)/ | /-+(?=["(]|[^\s"()]*\w)/
_OR.8: /or(?=[\s"()]|$)/i
_AND.8: /AND(?=[\s"()]|$)/
PHRASE.7: /"[^"]*"?/
FIELD.6: /[A-Za-z]+:(?!\/\/)(?:"[^"]*"?|[\w.][^\s"()!&|]*|(?=[\s(]|$))/
STRAY.5: /[^\w\s"()]+(?=[\s"()]|$)/
_LEFT: "("
_RIGHT: ")"
WORD.1: /[^\s"()!&|]+/
SPACE: /[\s!&|]+/
%ignore SPACE
%ignore STRAY
"""
# Pairs of typographic quotation marks, which telephones write; a lone one is a stray sign.
_CURLY = re.compile(r"[“„”«‹]([^“”„«»‹›\"]*)[”“»›]|»([^«»\"]*)«")
_LONE = dict.fromkeys(map(ord, "“”„«»‹›"), " ")
_SPACES = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_OPERATORS = frozenset(["_AND", "_OR", "_NOT"])
_TERMS = frozenset(["WORD", "PHRASE", "FIELD"])


class Unclear(Exception):
    """A search that can't be understood: `reason` is a sentence for whoever typed it, `at` the place in their text."""

    def __init__(self, reason: str, at: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


@dataclass(frozen=True, slots=True)
class Term:
    """A word or, where `quoted`, a phrase; of a field its value. `field` is "" for none; `at` is its place."""

    text: str
    quoted: bool
    field: str
    at: int


@dataclass(frozen=True, slots=True)
class No:
    """What a search leaves out."""

    part: Node


@dataclass(frozen=True, slots=True)
class All:
    """Parts that must all be met."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Parts of which one must be met."""

    parts: tuple[Node, ...]


Node = Term | No | All | Either


def read(text: str) -> Node | None:
    """The tree of a search; None where it holds nothing but signs. Raises Unclear where it is too long or too deep."""
    if len(text) > LONGEST:
        said = gettext("A query may have %(most)d characters; this one has %(many)d.")
        raise Unclear(said % {"most": LONGEST, "many": len(text)}, LONGEST)
    return _read(text)


@lru_cache(maxsize=4096)
def _read(text: str) -> Node | None:
    """Saved searches are read again for every new article."""
    # As long as before, so that places stay; half characters, which no database takes, are signs like others.
    plain = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in _SPACES.sub(" ", text))
    straight = _CURLY.sub(lambda found: f'"{found[1] or found[2] or ""}"', plain).translate(_LONE)
    tree = _parser().parse(straight)
    return _node(tree.children[0]) if tree.children else None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="basic", postlex=_Tidy())


def _node(part: Tree[Token] | Token) -> Node:
    """Lark's tree in our words. Never deeper than the brackets, with a negation for each."""
    if isinstance(part, Token):
        return _term(part)
    parts = tuple(_node(one) for one in part.children)
    if part.data == "no":
        return No(parts[0])
    return Either(parts) if part.data == "either" else All(parts)


def _term(token: Token) -> Term:
    at = token.start_pos or 0
    field, text = "", str(token)
    if token.type == "FIELD":
        field, _, text = text.partition(":")
    quoted = text.startswith('"')
    if quoted:
        text = " ".join(text.strip('"').split())
    return Term(text, quoted, field.lower(), at)


class _Tidy:
    """Passes over operators and brackets that lack their other half, so that whatever is left can be read."""

    always_accept = ()

    def process(self, stream: Iterable[Token]) -> Iterator[Token]:
        """The tokens that make a search."""
        kept: list[Token] = []
        depth = terms = 0
        for token in stream:
            kind = token.type
            terms += kind in _TERMS
            if kind == "_LEFT":
                depth += 1
                kept.append(token)
            elif kind == "_RIGHT":
                # A bracket that nothing opened closes nothing.
                if depth:
                    depth -= 1
                    _close(kept, token)
            elif kind in ("_AND", "_OR"):
                _drop_operators(kept)
                if kept and kept[-1].type != "_LEFT":
                    kept.append(token)
            elif kind == "_NOT" and kept and kept[-1].type == "_NOT":
                kept.pop()
            else:
                kept.append(token)
            _check(token, depth, terms)
        while depth:
            depth -= 1
            _close(kept, Token("_RIGHT", ")"))
        _drop_operators(kept)
        yield from kept


def _close(kept: list[Token], right: Token) -> None:
    """End a bracket; one with nothing in it goes."""
    _drop_operators(kept)
    if kept and kept[-1].type == "_LEFT":
        kept.pop()
        # What would have been negated is nothing; it must not negate what comes next.
        while kept and kept[-1].type == "_NOT":
            kept.pop()
    else:
        kept.append(right)


def _drop_operators(kept: list[Token]) -> None:
    """Forget the operators at the end: nothing came behind them."""
    while kept and kept[-1].type in _OPERATORS:
        kept.pop()


def _check(token: Token, depth: int, terms: int) -> None:
    if depth > DEEPEST:
        said = gettext("Brackets may stand in one another up to %(most)d deep; these are deeper.")
        raise Unclear(said % {"most": DEEPEST}, token.start_pos or 0)
    if terms > MOST_TERMS:
        said = gettext("A search may have %(most)d words and fields; this one has more.")
        raise Unclear(said % {"most": MOST_TERMS}, token.start_pos or 0)
