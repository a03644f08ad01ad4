"""The words that the reading of one article is told in: plain values, passed from reader to sources to provenance.

A span is a pair of offsets (start, end) into the article's document, its headline and text joined by one line break
(see `Document.whole`). Findings hold spans, never copies of text, so that whatever is said points at its passage.
Nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]
Spans = tuple[Span, ...]


class Form(StrEnum):
    """How content is given: in the speaker's words, in the outlet's, or in both."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class EntityKind(StrEnum):
    """What a name names."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    GROUP = "group"


class SourceKind(StrEnum):
    """What sort of source a statement rests on."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    ROLE = "role"
    ORGANISATION = "organisation"
    DOCUMENT = "document"
    OUTLET = "outlet"
    POLL = "poll"
    SOCIAL = "social"
    OTHER = "other"


class Stance(StrEnum):
    """What the source does: it says something, denies it, or gives no answer."""

    SAYS = "says"
    DENIES = "denies"
    CONFIRMS = "confirms"
    NO_ANSWER = "no answer"


class Relation(StrEnum):
    """In which way an outlet is named; only the first three are credits (see CREDITING)."""

    REPORTED = "reported"
    TOLD = "told"
    POLL = "poll"
    PHOTO = "photo"
    SELF = "self"
    MENTION = "mention"


CREDITING = (Relation.REPORTED, Relation.TOLD, Relation.POLL)


class Role(StrEnum):
    """What an article is to its main news; UNKNOWN where it can't be told, as without a text."""

    ORIGINAL = "original"
    RE_REPORT = "re-report"
    WIRE = "wire"
    MIXED = "mixed"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it is read. `outlet` is the canonical name of the outlet that published it.

    `text` is "" where the article's text is not available; then nothing but the headline is read.
    """

    title: str
    text: str
    outlet: str = ""
    lang: str = "en"
    byline: str = ""
    source_name: str = ""

    @property
    def whole(self) -> str:
        """Headline, line break, text: what all spans point into."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Entity:
    """A name and what it names."""

    span: Span
    kind: EntityKind


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue ("said"), whom it leads to, and what is attributed. `source` is empty where nobody is named (a passive)."""

    cue: Span
    source: Spans
    content: Spans
    form: Form


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader finds in one text; `attributions` and `entities` in the order in which they stand.

    `read` is False where the text is in a language that the reader does not know: then there is nothing in it.
    """

    attributions: tuple[Attribution, ...] = ()
    entities: tuple[Entity, ...] = ()
    read: bool = True
    loaded: Spans = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where an outlet is named, by whatever name. `known` is False of one that no gazetteer holds."""

    span: Span
    outlet: str
    relation: Relation
    evidence: Span
    known: bool = True


@dataclass(frozen=True, slots=True)
class Sourced:
    """An attribution and what is known of its source.

    `name` is the source's fullest name in the article ("Dmitry Peskov" where the sentence says "he"), the outlet's
    canonical name where the source is an outlet, else the words of the span; `key` is the same for every attribution to
    one source. `via` is the outlet that it was said to, or by way of which it reached this article; "" for its own
    reporting. `reason` is where it is said why the source is not named; `hedge` where the outlet doubts.
    """

    attribution: Attribution
    kind: SourceKind
    name: str
    key: str
    stance: Stance = Stance.SAYS
    via: str = ""
    reason: Span | None = None
    hedge: Span | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """Another outlet credited for information, once for each outlet and relation, with its best evidence.

    `main` says that it is credited for the article's main news, not for a side fact.
    """

    outlet: str
    relation: Relation
    evidence: Span
    main: bool
    known: bool = True


@dataclass(frozen=True, slots=True)
class Findings:
    """What one article says of where its news comes from; `why` names what its role rests on, in words and spans.

    `loaded` are words that readers mark as biased wording, quoted or not. `wire` is the agency whose copy it is, or "".
    `own` are the sources that it has of its own (not by way of another outlet) for its main news: indexes into
    `sourced`. `mentions` holds every naming of an outlet, credits among them.
    """

    role: Role
    why: tuple[tuple[str, Span | None], ...] = ()
    sourced: tuple[Sourced, ...] = ()
    credits: tuple[Credit, ...] = ()
    mentions: tuple[Mention, ...] = ()
    own: tuple[int, ...] = ()
    wire: str = ""
    hedges: Spans = ()
    denials: Spans = ()
    no_answers: Spans = ()
    loaded: Spans = ()
