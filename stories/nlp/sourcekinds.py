"""What kind of source a phrase names: the phrase's head noun, the names in it, and what is said about naming.

One phrase at a time; who "he" is, and by way of whom the words come, is decided in stories.nlp.sources.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from stories.nlp import sourcewords as words
from stories.nlp.findings import Entity, EntityKind, Mention, Relation, SourceKind, Span

_DETERMINER = re.compile(
    r"(?:(?:at least \w+|more than \w+|(?:an?|the) (?:number|group|pair|couple|handful|majority) of"
    r"|(?:one|some|many|most|several|two|three|both|all|each|none|dozens|hundreds|members) of"
    r"|the|an?|his|her|their|its|our|my|this|that|these|those|some|several|many|two|three|four|five|six|seven|eight"
    r"|nine|ten|both|one|another|other|all|most|each|any|various|multiple)\s)+",
    re.IGNORECASE,
)
# What follows the head and describes it.
_AFTER_HEAD = re.compile(
    r"\s(?:who|whom|whose|which|that|with|of|for|at|in|on|from|to|by|close|familiar|briefed|speaking|involved"
    r"|cited|quoted|near|inside"
    r"|within|against|about|aged|knowledgeable|privy|obtained|released|issued|published|seen|filed|posted|working"
    r"|under|around|outside|the|an?)\b|[,(;:—–]|\s-\s"
)
# "Secretary [of State] Ann Lee"
_OFFICE = re.compile(r"\sof\s[A-Z][\w ]{2,30}\s")
_TITLED = re.compile(
    r"\b(?:[Cc]hair(?:man|woman)|[Pp]resident|[Ss]poke\w+|[Dd]irector|[Mm]inister|[Ss]ecretary|[Gg]overnor"
    r"|[Mm]ayor|[Ss]enator|Sen\.|Rep\.|Gov\.|Mr\.?|Mrs\.?|Ms\.?|Dr\.?"
    r"|Sgt\.|Lt\.|Gen\.|Col\.|Capt\.|[Pp]rofessor|[Ll]awyer|[Aa]ttorney|[Cc]oach|[Aa]nalyst|[Rr]esident|[Ss]heriff"
    r"|[Jj]udge|[Oo]fficer|[Aa]mbassador|[Cc]hief)"
    r"\s((?!Of\b|For\b)[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+){0,3})$"
)
# "Ann Lee, 40," "Ann Lee, a resident"
_APPOSED = re.compile(
    r"([A-Z][\w’'-]+(?:\s[A-Z][\w.’'-]+){1,2}),\s(?:\d\d\b|(?:an?|the|who|whose|his|her|chief|director"
    r"|head)\b)(?!\s(?:company|firm|group|maker|bank|agency))"
)
# No word is longer; a run of letters that is, is no word.
LONGEST_WORD = 40
_WORD = re.compile(r"[\w’'&.@-]*\w")
_OUTLETS = frozenset(
    {
        "website",
        "newsreader",
        "magazine",
        "broadcaster",
        "newspapers",
        "tabloid",
        "newscaster",
        "newspaper",
        "media",
        "press",
    }
)
# A company's website is its own word, not an outlet's.
_OF_A_BODY = re.compile(r"['’]s?\s|\b(?:company|official|campaign|government|university)\s", re.IGNORECASE)
_SOURCES = re.compile(r"\b(?:sources?|insiders?)\b", re.IGNORECASE)
_PRESS = re.compile(r"\b(?:media|news|press|television|TV|newspaper|radio)\s", re.IGNORECASE)
# Nouns for persons by their form: "producers", "a newsreader"; most plurals that say something are persons.
_PERSONS = re.compile(r"(?:\w{3}[^s]s|\w{3}(?:er|or|ist|man|woman|ian|ant|person|eer))$")
_QUOTED = re.compile(r"^[\s\"“”'‘’]+|[\s\"“”'’]+$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A source's words: their span, and within it that from the first word behind determiners to the head noun."""

    span: Span
    core: Span
    head: str


class Names:
    """An article's names by place, mended to whole words, and its persons' fullest names."""

    def __init__(self, text: str, entities: Sequence[Entity]) -> None:
        self.text = text
        self.entities = tuple(_entity(text, _whole_words(text, one.span), one.kind) for one in entities)
        self._starts = [one.span[0] for one in self.entities]
        self.persons = [one for one in self.entities if one.kind is EntityKind.PERSON]
        self._full: dict[str, list[str]] = {}
        for one in self.persons:
            name = plain(text[slice(*one.span)])
            if " " in name and "\n" not in name and not name.isupper():
                self._full.setdefault(name.split()[-1].casefold(), []).append(name)
        self.first_words = {names.split()[0].casefold(): names for full in self._full.values() for names in full[:1]}

    def within(self, span: Span) -> list[Entity]:
        """The names that lie in a span."""
        at = max(bisect_left(self._starts, span[0]) - 1, 0)
        found = []
        for one in self.entities[at:]:
            if one.span[0] >= span[1]:
                break
            if one.span[0] >= span[0] and one.span[1] <= span[1] + 2:
                found.append(one)
        return found

    def full(self, name: str) -> str:
        """A person's fullest name here: the one most often written out; the name itself where there is none."""
        name = plain(name)
        known = self._full.get(name.split()[-1].casefold() if name else "", [])
        if not known or (" " in name and name in known):
            return name
        agreeing = [one for one in known if " " not in name or one.split()[0] == name.split()[0]]
        return max(agreeing, key=agreeing.count) if agreeing else name

    def is_person(self, word: str) -> bool:
        """Whether a word is the last of some person's full name."""
        return plain(word).casefold() in self._full


def _entity(text: str, span: Span, kind: EntityKind) -> Entity:
    """A name, a firm among persons put right."""
    firm = kind is EntityKind.PERSON and not _FIRMS.isdisjoint(text[slice(*span)].casefold().split()[1:])
    return Entity(span, EntityKind.ORGANISATION if firm else kind)


def plain(name: str) -> str:
    """A name without its possessive, quotation marks, and the space around it."""
    return _QUOTED.sub("", re.sub(r"['’]s?$", "", name.strip().strip(",.;:")))


def phrase(text: str, span: Span, names: Names | None = None) -> Phrase:
    """Find a phrase's head: "[a senior] adviser [to the president]"; a name is never cut in two."""
    raw = text[slice(*span)]
    start = len(raw) - len(raw.lstrip(" \"“'‘,.\n"))
    if match := _DETERMINER.match(raw, start):
        start = match.end() if match.end() < len(raw) else start
    inside = [one.span for one in names.within(span)] if names else []
    ends = (match.start() for match in _AFTER_HEAD.finditer(raw, start + 1))
    end = next((at for at in ends if not any(begin < span[0] + at < stop for begin, stop in inside)), len(raw))
    core = raw[start:end].rstrip(" \"”'’")
    tokens = _WORD.findall(core)
    return Phrase(span, (span[0] + start, span[0] + start + len(core)), tokens[-1] if tokens else "")


def kind(text: str, found: Phrase, names: Names, mentions: Sequence[Mention], anonymous: bool) -> SourceKind:
    """The kind of source that a phrase names; `anonymous` where its sentence says that the source isn't named.

    OTHER for what nothing tells.
    """
    core, whole, head = text[slice(*found.core)], text[slice(*found.span)], found.head.casefold()
    inside = [one for one in mentions if found.span[0] <= one.span[0] < found.span[1]]
    person = person_in(text, found, names)
    unnamed = person is None and ((anonymous and head in words.ROLE) or words.UNNAMED.search(whole))
    reporting = any(one.relation is Relation.REPORTED for one in inside) and not _SOURCES.search(core)
    polled = any(one.relation is Relation.POLL for one in inside) or words.POLL.search(core)
    press = _PRESS.search(core) if head in ("report", "reports") else head in _OUTLETS and not _OF_A_BODY.search(core)
    checks = (
        (SourceKind.ANONYMOUS, unnamed and not reporting and head not in words.DOCUMENT),
        (SourceKind.POLL, polled and head not in words.ROLE),
        (SourceKind.OUTLET, _is_outlet(found, inside, person, head) or press),
        (SourceKind.SOCIAL, words.SOCIAL.search(whole)),
        (SourceKind.NAMED, person),
    )
    return next((sort for sort, holds in checks if holds), None) or _by_head(text, found, names, head)


def behind_comma(text: str, span: Span) -> Span | None:
    """What stands behind the first comma of a phrase that tells nothing before it ("its maker, the Acme Company")."""
    comma = text.find(", ", *span)
    return (comma + 2, span[1]) if comma > 0 and span[1] - comma > len(", x") else None


def _is_outlet(found: Phrase, inside: Sequence[Mention], person: Entity | None, head: str) -> bool:
    """The outlet itself, or its reporter whose report it is; not its spokeswoman, and nobody who is a guest there."""
    reporting = [one for one in inside if one.relation is Relation.REPORTED]
    heads = [one for one in inside if one.span[0] <= found.core[1] <= one.span[1] + len(" newspaper")]
    if person is not None:
        return bool(reporting)
    if head in words.ROLE and head not in ("reporter", "correspondent", "journalist", "photographer"):
        return False
    return bool(reporting or [one for one in heads if one.relation is not Relation.MENTION])


def person_in(text: str, found: Phrase, names: Names) -> Entity | None:
    """The person that a phrase names: at the end of its core, or in apposition to a role ("the mayor, Ann Lee,")."""
    inside = [one for one in names.within(found.core) if one.kind is EntityKind.PERSON]
    if inside and _could_be_person(text[slice(*inside[-1].span)]):
        rest = text[inside[-1].span[1] : found.core[1]].strip()
        if (
            not rest
            or rest in ("Jr", "Jr.", "Sr.", "III", "II")
            or not (
                rest.startswith(("'", "’")) or found.head.casefold() in words.ROLE | words.ORGANISATION | words.DOCUMENT
            )
        ):
            return inside[-1]
    role = found.head.casefold() in words.ROLE
    for one in names.within((found.core[1], found.span[1])) if role else ():
        before = text[found.core[1] : one.span[0]]
        if one.kind is EntityKind.PERSON and (
            before.endswith((", ", "- ")) or (_OFFICE.fullmatch(before) and found.head[:1].isupper())
        ):
            return one
    if found.head[:1].isupper() and names.is_person(found.head):
        return Entity(found.core, EntityKind.PERSON)
    if match := _APPOSED.match(text, *found.span):
        return Entity(match.span(1), EntityKind.PERSON)
    if match := _TITLED.search(text, *found.core):
        return Entity(match.span(1), EntityKind.PERSON)
    return None


_BODIES = words.ORGANISATION - {
    "church",
    "bank",
    "bell",
    "hall",
    "state",
    "brand",
    "house",
    "service",
    "force",
    "guard",
    "band",
}


# A firm by the last word of its name, as a reader of names takes "Northern Rail" for somebody.
_FIRMS = frozenset(
    {"rail", "railway", "railways", "ferries", "airways", "airlines", "lines", "works", "savings", "motors"}
)


def _could_be_person(name: str) -> bool:
    """Whether what the reader took for a person is no possessive, and no body by its words ("Investigation Branch")."""
    others = {word.casefold() for word in name.split()[1:]}
    return not name.endswith(("'s", "’s")) and not others & (_BODIES | words.DOCUMENT)


def _by_head(text: str, found: Phrase, names: Names, head: str) -> SourceKind:
    """By the head noun; else by the name that the phrase ends in; else by how it is written."""
    lower = found.head[:1].islower()
    body = head in words.ORGANISATION or head.startswith("government")
    at_end = [one.kind for one in names.within(found.core) if one.span[1] >= found.core[1] - 2]
    ends = at_end[-1] if at_end else None
    tokens = _WORD.findall(text[slice(*found.core)])
    written = tokens and all(token[:1].isupper() for token in tokens) and head not in words.RELATIVES
    checks = (
        (SourceKind.DOCUMENT, head in words.DOCUMENT),
        (SourceKind.ROLE, head in words.ROLE),
        (SourceKind.ORGANISATION, body),
        (SourceKind.OTHER, head in words.OTHER and lower),
        (SourceKind.ORGANISATION, ends in (EntityKind.ORGANISATION, EntityKind.PLACE)),
        (SourceKind.ROLE, ends is EntityKind.GROUP),
        (SourceKind.ORGANISATION, found.head.isupper() and len(found.head) > 1),
        (SourceKind.NAMED, written or (found.head[:1].isupper() and len(tokens) > 1)),
        (SourceKind.ROLE, lower and _PERSONS.search(head)),
    )
    return next((sort for sort, holds in checks if holds), SourceKind.OTHER)


def _whole_words(text: str, span: Span) -> Span:
    begin, end = span
    while begin > max(span[0] - LONGEST_WORD, 0) and text[begin - 1].isalnum() and text[begin].isalnum():
        begin -= 1
    while end < min(span[1] + LONGEST_WORD, len(text)) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return begin, end
