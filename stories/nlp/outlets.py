"""Outlets named in a text: which ones, and where; by a gazetteer, by what an article has named before, and by pattern.

What an outlet is named for (a credit, a poll, a mere mention) is decided in stories.nlp.credits. The gazetteer is
handed in: production makes it from the database, the evaluation from the seed files. It invents no identity: a name
that several outlets share, or an unknown one, stays what the text calls it, or is left out.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from stories.nlp.findings import Document, Span
from stories.nlp.outletwords import COMMON, COUNTRIES, GENERIC, NATIONS, NO_NAME, PROGRAMMES, UNKNOWN, Generic

_WORD = re.compile(r"\w+")
_THE = ("the",)
# What may stand between the words of one name: "L.A. Times", "E! News", "Al-Ahram", "Radio Free Europe/Radio Liberty".
_GAP = re.compile(r"(?:[.!'’&\-–/]|\s(?:&\s)?|[.!]\s|’s\s)")
# An everyday word with a name before it, or joined to one behind it, is a part of that name: "NFL Insider".
_PART_OF_NAME = re.compile(
    r"(?<![.!?:]\s)\b(?!(?:As|But|And|When|While|If|In|On|At|For|By|To|From|Or|So|Yet|Since|After|Both|The)\b)[A-Z][\w’'-]*\s$"
)
# A programme is quoted, or somebody is on it; else its name is mostly just words ("the State of the Union").
_ON_PROGRAMME = re.compile(
    r"(?:[“\"'‘]|\bon\s(?:the\s)?|['’]s?\s|\bwith\s|\btold\s(?:the\s)?|\b(?:an?|CNN|NBC|ABC|CBS|BBC|Fox News|MSNBC)\s)$"
)
_QUOTES = ("“", '"', "‘", "'")
_TITLE = re.compile(r"\b(?:M(?:r|s|rs)\.?|Michael(?: R\.)?|Mayor|Sir|Dr\.?)\s$")
_GOES_ON = re.compile(r"-[A-Za-z]")
# A name's words are looked for this far; the longest known have seven.
_LONGEST = 8
# What an article has named in full is remembered for so many namings.
MEMORY = 200
# An acronym of up to so many letters counts only as written ("AP", "RT"); longer ones newsrooms also write "Nasa".
_ACRONYM = 5


@dataclass(frozen=True, slots=True)
class KnownOutlet:
    """An outlet as the gazetteer holds it: `aliases` are its own, `ambiguous` may be those of others too."""

    name: str
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    owner: str = ""
    kind: str = ""
    country: str = ""


class Certainty(IntEnum):
    """How sure it is that an outlet is named at all; what is below SURE counts only where the sentence bears it out."""

    GUESSED = 0
    COMMON_WORD = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class Naming:
    """A place where an outlet is named. `outlet` is its canonical name; `full` unless by a word such as "the paper"."""

    span: Span
    outlet: str
    certainty: Certainty
    full: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name: its words as written, and the outlets that go by it."""

    words: tuple[str, ...]
    outlets: tuple[str, ...]
    shared: bool
    programme: bool = False

    @property
    def common(self) -> bool:
        """Whether the name is an everyday word, with or without its article."""
        return _everyday(self.words[1:] if self.words[0].casefold() in _THE else self.words)


class Gazetteer:
    """The outlets that are known, found in a text in time linear in its length."""

    def __init__(self, known: Iterable[KnownOutlet]) -> None:
        self.outlets = {one.name: one for one in known}
        names: dict[tuple[str, ...], list[tuple[str, str, bool]]] = defaultdict(list)
        for one in self.outlets.values():
            for alias, shared in (
                (one.name, False),
                *((x, False) for x in one.aliases),
                *((x, True) for x in one.ambiguous),
            ):
                for words in _forms(alias):
                    names[_key(words)].append((one.name, " ".join(words), shared))
        self._first: dict[str, list[_Entry]] = defaultdict(list)
        for key, holders in names.items():
            outlets = tuple(dict.fromkeys(name for name, _, _ in holders))
            shared = len(outlets) > 1 or all(ambiguous for _, _, ambiguous in holders)
            self._first[key[0]].append(_Entry(tuple(holders[0][1].split()), outlets, shared))
        for programme, name in PROGRAMMES.items():
            words = tuple(_WORD.findall(programme))
            if _key(words) not in names:
                self._first[words[0].casefold()].append(_Entry(words, (name,), shared=False, programme=True))
        for entries in self._first.values():
            entries.sort(key=lambda entry: -len(entry.words))

    @classmethod
    def from_toml(cls, paths: Sequence[Path]) -> Self:
        """The outlets of seed files. OSError or ValueError for a file that can't be read as one."""
        rows = [row for path in paths for row in tomllib.loads(path.read_text(encoding="utf-8"))["outlet"]]
        return cls(known_outlet(row) for row in rows)

    def outlet(self, handle: str) -> str:
        """The canonical name of whatever an article's publisher is called: a name, an alias, a domain, a short handle.

        A handle may cut words short ("west-journal"); one that fits no outlet, or more than one, comes back as it is.
        """
        bare = handle.strip().casefold()
        if found := self._handles.get(_squeezed(bare)):
            return found
        host = bare.split("//")[-1].split("/")[0]
        for start in (match.end() for match in re.finditer(r"^|\.", host)):
            if found := self._domains.get(host[start:]):
                return found
        pieces = re.findall(r"\w+", bare)
        fitting = {name for words, name in self._named_words if len(pieces) > 1 and _cut_short(pieces, words)}
        return fitting.pop() if len(fitting) == 1 else handle

    @cached_property
    def _handles(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in self.outlets.values():
            for name in (one.name, *one.aliases):
                found.setdefault(_squeezed(name), one.name)
        return found

    @cached_property
    def _domains(self) -> dict[str, str]:
        return {domain: one.name for one in self.outlets.values() for domain in one.domains}

    @cached_property
    def _named_words(self) -> list[tuple[list[str], str]]:
        return [
            ([word for word in _WORD.findall(name.casefold()) if word != "the"], one.name)
            for one in self.outlets.values()
            for name in (one.name, *one.aliases)
        ]

    def _entries(self, text: str) -> Iterator[tuple[Span, _Entry]]:
        """Every name of the gazetteer in a text, the longest at each place, in order."""
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            entry = next(
                (one for one in self._first.get(words[at][0].casefold(), ()) if _matches(one, text, words, at)), None
            )
            if entry is None:
                at += 1
                continue
            last = at + len(entry.words) - 1
            span = words[at].start(), words[last].end()
            if not _inside_name(entry, text, span):
                yield span, entry
            at = last + 1

    def namings(self, document: Document) -> list[Naming]:
        """Every place of a document's whole text where an outlet is named, in order, none overlapping another."""
        text = document.whole
        guessed = _unknown(text)
        longer = [naming.span for naming in guessed if naming.certainty is Certainty.SURE]
        found = [(span, entry) for span, entry in self._entries(text) if not _meets(span, longer)]
        taken = [span for span, _ in found]
        unknown = [naming for naming in guessed if not _meets(naming.span, taken)]
        own = self.outlet(document.outlet)
        resolver = _Resolver(self, text, own)
        full = [(span, entry.outlets[0]) for span, entry in found if not entry.shared and not entry.programme]
        full += [(naming.span, naming.outlet) for naming in unknown]
        resolver.named = sorted(full)
        aired = [(span, entry) for span, entry in found if resolver.aired(span, entry)]
        known = [naming for span, entry in aired if (naming := resolver.resolve(span, entry))]
        taken += [naming.span for naming in unknown]
        generic = [naming for naming in resolver.generic() if not _meets(naming.span, taken)]
        return sorted([*known, *unknown, *generic], key=lambda naming: naming.span)


class _Resolver:
    """Which outlet a shared name or a word such as "the newspaper" stands for, by what this article names."""

    def __init__(self, gazetteer: Gazetteer, text: str, own: str) -> None:
        self.gazetteer, self.text, self.own = gazetteer, text, own
        self.named: list[tuple[Span, str]] = []

    def resolve(self, span: Span, entry: _Entry) -> Naming | None:
        """The outlet that a name of the gazetteer means here."""
        certainty = Certainty.COMMON_WORD if entry.common or entry.programme else Certainty.SURE
        if not entry.shared:
            return Naming(span, entry.outlets[0], certainty)
        if unknown := self._unknown_before(span, entry):
            return Naming(span, unknown, Certainty.COMMON_WORD, full=False, known=False)
        if outlet := self._before(span, entry.outlets) or self._after(entry.outlets):
            return Naming(span, outlet, Certainty.COMMON_WORD if entry.common else Certainty.SURE, full=False)
        if self.own in entry.outlets:
            return Naming(span, self.own, certainty, full=False)
        if len(entry.outlets) == 1:
            return Naming(span, entry.outlets[0], Certainty.COMMON_WORD, full=False)
        outlet = self._by_country(entry.outlets)
        return Naming(span, outlet, Certainty.COMMON_WORD, full=False) if outlet else None

    def aired(self, span: Span, entry: _Entry) -> bool:
        """Whether a programme of one word is meant as such: it is quoted, or the article names its network."""
        if not entry.programme or len(entry.words) > 1:
            return True
        quoted = self.text[max(span[0] - 1, 0) : span[0]] in _QUOTES
        return quoted or self.own == entry.outlets[0] or any(name == entry.outlets[0] for _, name in self.named)

    def generic(self) -> Iterator[Naming]:
        """Words such as "the newspaper", where an outlet of that sort was named before."""
        for match in GENERIC.finditer(self.text):
            kinds = Generic[match[1].lower().replace(" ", "_")].value
            before = reversed(self._until(match.start()))
            outlet = next((name for _, name in before if self._kind(name) in kinds), "")
            if outlet:
                yield Naming(
                    match.span(), outlet, Certainty.GUESSED, full=False, known=outlet in self.gazetteer.outlets
                )

    def _kind(self, name: str) -> str:
        known = self.gazetteer.outlets.get(name)
        return known.kind if known else ""

    def _before(self, span: Span, outlets: Sequence[str]) -> str:
        return next((name for _, name in reversed(self._until(span[0])) if name in outlets), "")

    def _unknown_before(self, span: Span, entry: _Entry) -> str:
        """An outlet that nobody knows, named in full before with the same last word, and none of these since then."""
        for _, name in reversed(self._until(span[0])):
            if name in entry.outlets:
                return ""
            if name not in self.gazetteer.outlets and name.split()[-1].casefold() == entry.words[-1].casefold():
                return name
        return ""

    def _until(self, position: int) -> list[tuple[Span, str]]:
        """What is named in full before a place, the last MEMORY of it."""
        at = bisect_left(self.named, ((position, 0), ""))
        return self.named[max(at - MEMORY, 0) : at]

    def _after(self, outlets: Sequence[str]) -> str:
        return next((name for _, name in self.named[:MEMORY] if name in outlets), "")

    def _by_country(self, outlets: Sequence[str]) -> str:
        """The one of some outlets whose country this article is about, or is from."""
        fitting = [name for name in outlets if self._names_country(self.gazetteer.outlets[name].country)]
        if len(fitting) != 1 and (own := self.gazetteer.outlets.get(self.own)):
            fitting = [name for name in outlets if self.gazetteer.outlets[name].country == own.country]
        return fitting[0] if len(fitting) == 1 else ""

    def _names_country(self, country: str) -> bool:
        pattern = COUNTRIES.get(country)
        return bool(pattern and pattern.search(self.text))


def known_outlet(row: Mapping[str, Any]) -> KnownOutlet:
    """The outlet of a row of a seed file. KeyError without a name."""
    return KnownOutlet(
        row["name"],
        tuple(row.get("aliases", ())),
        tuple(row.get("ambiguous_aliases", ())),
        tuple(row.get("domains", ())),
        row.get("owner_group", ""),
        row.get("kind", ""),
        row.get("country", ""),
    )


def _forms(alias: str) -> Iterator[tuple[str, ...]]:
    """The words of a name; without its article, where what is left is no everyday word; an acronym also with stops."""
    words = tuple(_WORD.findall(alias))
    if not words or len(words) > _LONGEST:
        return
    bare = words[1:] if words[0].casefold() in _THE else words
    yield words if _everyday(bare) or not bare else bare
    if len(bare) == 1 and 1 < len(bare[0]) <= _ACRONYM - 1 and bare[0].isalpha() and bare[0].isupper():
        yield tuple(bare[0])


def _everyday(words: Sequence[str]) -> bool:
    return len(words) == 1 and words[0].casefold() in COMMON


def _key(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


def _inside_name(entry: _Entry, text: str, span: Span) -> bool:
    """Whether a name is a person's ("Mr. Bloomberg"), or an everyday word that is a part of a longer name."""
    before = max(span[0] - 30, 0), span[0]
    if entry.programme and not _ON_PROGRAMME.search(text, *before):
        return True
    if len(entry.words) == 1 and _TITLE.search(text, *before):
        return True
    return entry.common and bool(_PART_OF_NAME.search(text, *before) or _GOES_ON.match(text, span[1]))


def _matches(entry: _Entry, text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    """Whether a name stands at this word: every word, with capitals where the name has them, and nothing between."""
    last = at + len(entry.words)
    if last > len(words):
        return False
    spelled = len(entry.words) > 1 and all(len(word) == 1 for word in entry.words)
    for number, (word, match) in enumerate(zip(entry.words, words[at:last], strict=True)):
        if not _written_alike(word, match[0]):
            return False
        if number:
            gap = text[words[at + number - 1].end() : match.start()]
            if gap != "." if spelled else not _GAP.fullmatch(gap):
                return False
    return True


def _written_alike(word: str, found: str) -> bool:
    if word.casefold() != found.casefold():
        return False
    if word.isupper() and len(word) < _ACRONYM:
        return found == word
    if word.islower():
        return word != "dpa" or found in ("dpa", "DPA")
    return not word[0].isupper() or found[0].isupper()


def _unknown(text: str) -> list[Naming]:
    """Outlets that no gazetteer holds, by the form of their names or by what they are called."""
    found: list[Naming] = []
    for pattern, certainty in UNKNOWN:
        for match in pattern.finditer(text):
            name = re.sub(r"\s+", " ", match["name"])
            name = _with_nation(name, text)
            if not NO_NAME.fullmatch(name) and not _meets(match.span("name"), [naming.span for naming in found]):
                found.append(Naming(match.span("name"), name, Certainty(certainty), known=False))
    # "Skerry Gazette" in a headline is "The Skerry Gazette" of the text.
    full = {one.outlet.removeprefix("The "): one.outlet for one in found if one.outlet.startswith("The ")}
    return [replace(one, outlet=full.get(one.outlet, one.outlet)) for one in found]


def _with_nation(name: str, text: str) -> str:
    """State media by their nation's adjective: that of the nation that the article names most, where they have none."""
    first = name.split("'s ", maxsplit=1)[0].split("’s ", maxsplit=1)[0]
    if first in NATIONS:
        return f"{NATIONS[first]}{name[len(first) + 2 :]}"
    if not name.casefold().startswith("state "):
        return name
    named = {adjective: text.count(nation) + text.count(adjective) for nation, adjective in NATIONS.items()}
    most = max(named, key=lambda adjective: named[adjective])
    return f"{most} {name.casefold().replace(' tv', ' TV')}" if named[most] else name


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < other[1] and other[0] < span[1] for other in others)


def _squeezed(name: str) -> str:
    words = [word for word in _WORD.findall(name.casefold()) if word != "the"]
    return "".join(words)


def _cut_short(pieces: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each piece is the beginning of the word in its place, or the pieces are the name run together."""
    return len(pieces) == len(words) and all(word.startswith(piece) for piece, word in zip(pieces, words, strict=True))
