"""The words in which a story's reports are compared: claims, quotes, what only one has, and how it is worded.

Plain values, as in lineage.py. A span points into the whole (headline, line break, text) of the article that it is
said of; nothing here holds a copy of a text. A claim, a quote or a finding is known by the place where it is read, its
`key`: (article, start of the passage). Nothing is decided here, and nothing is scored but how alike two sentences are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stories.nlp.findings import SourceKind, Span, Spans, Stance

# The article and the offset at which a passage begins.
Key = tuple[int, int]


class State(StrEnum):
    """What an outlet's report has of a claim. NOT_FOUND says no more than that: nothing is said of why."""

    SAME = "same"
    PARTLY = "partly"
    CONFLICTING = "conflicting"
    NOT_FOUND = "not found"
    NO_TEXT = "text not available"


class Difference(StrEnum):
    """In what two passages on one thing contradict each other."""

    NUMBER = "number"
    TIME = "time"
    NEGATION = "negation"
    OUTCOME = "outcome"


class Place(StrEnum):
    """Where in an article a passage stands. The opening is its first two sentences, the end its last fifth."""

    HEADLINE = "headline"
    OPENING = "opening"
    MIDDLE = "middle"
    END = "end"


class RenderingKind(StrEnum):
    """How a report gives somebody's words; that it gives none of them is said by leaving it out."""

    FULL = "full"
    TRIMMED = "trimmed"
    PARAPHRASED = "paraphrased"


class OwnKind(StrEnum):
    """What only one outlet has."""

    SOURCE = "source"
    QUOTE = "quote"
    DOCUMENT = "document"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Said:
    """To whom a report attributes a passage: the words that do so (cue and source), and what is known of the source.

    `name` is "" where nobody is named (a passive); `via` is the outlet that it came by, "" for the report's own.
    """

    words: Spans
    kind: SourceKind
    name: str
    key: str = ""
    via: str = ""
    stance: Stance = Stance.SAYS
    hedged: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What one article has of a claim. `span` is its sentence, `position` from 0 (headline) to 1 (last sentence).

    `here` and `there` are the words that differ, in this sentence and in the claim's; () where none do. `said` is None
    where the report says it in its own voice. `score` says how sure the state is, from 0 to 1.
    """

    article: int
    state: State
    span: Span
    place: Place
    position: float
    score: float
    said: Said | None = None
    difference: Difference | None = None
    here: Spans = ()
    there: Spans = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that reports share: the sentence that says it best, and what each article has of it.

    `article`, `span` are that sentence; its own cell is among `cells`, which are in order of time. An article with a
    text and without a cell does not have it. `outlets` carry it (same or partly), `voices` are they without copies.
    """

    key: Key
    article: int
    span: Span
    cells: tuple[Cell, ...]
    outlets: int
    voices: int
    weight: float

    @property
    def conflicting(self) -> bool:
        """Whether any report contradicts it."""
        return any(cell.state is State.CONFLICTING for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: what it says in a word or a number ("41", "denied"), and the cells that say it."""

    value: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Reports that contradict each other over a claim, the side with most outlets first; at least two sides."""

    claim: Key
    difference: Difference
    sides: tuple[Side, ...]
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Rendering:
    """How one article gives a quote. `span` is the quoted passage, or the sentence that paraphrases it.

    `sentence` holds it. `cut` are the words of the fullest rendering that are not here (spans in that one's article),
    `altered` those here that are not there.
    """

    article: int
    kind: RenderingKind
    span: Span
    sentence: Span
    cut: Spans = ()
    altered: Spans = ()
    said: Said | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Quote:
    """One utterance. `article`, `span` are its fullest rendering, `first` the article that had any of it first.

    `spans` are the quoted passages of the fullest rendering that belong to one utterance (a quotation that the cue
    interrupts is one). `speaker` is "" where the text does not tell; `via` by way of which outlet the first carrier had
    it. `renderings` are in order of time, one for each article.
    """

    key: Key
    article: int
    spans: Spans
    speaker: str
    kind: SourceKind
    via: str
    first: int
    renderings: tuple[Rendering, ...]
    outlets: int = 0
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Own:
    """What only one outlet has, as a credit to it: the passage, and the source, where that is what it alone has."""

    key: Key
    article: int
    kind: OwnKind
    span: Span
    words: Spans = ()
    name: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadedWord:
    """A word that readers mark as loaded, and where; `quoted`: it stands in somebody's words, not the outlet's."""

    article: int
    span: Span
    word: str
    quoted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a verb or a name."""

    article: int
    span: Span


@dataclass(frozen=True, slots=True)
class Saying:
    """The verbs by which reports give one speaker's words: ("claim", its uses) for each, the most used first."""

    speaker: str
    key: str
    verbs: tuple[tuple[str, tuple[Use, ...]], ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """How reports call one actor: ("regime", its uses) for each name, the most used first."""

    actor: str
    names: tuple[tuple[str, tuple[Use, ...]], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """How the reports are worded. Counts with their places; no score."""

    loaded: tuple[LoadedWord, ...] = ()
    sayings: tuple[Saying, ...] = ()
    namings: tuple[Naming, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadlineMarks:
    """What stands out in an article's headline; all spans are in the headline.

    `unusual` are words that few others use, `hedges` words that doubt or say who says so ("reportedly", "Post:"),
    `actor`, `verb` and `acted_on` who does what to whom, as far as it can be told.
    """

    article: int
    unusual: Spans = ()
    hedges: Spans = ()
    actor: Span | None = None
    verb: Span | None = None
    acted_on: Span | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A story's reports held against each other. `without_text` are the articles of which only the headline is read.

    `claims` are in the order in which they matter, those of one outlet left out; `quotes` likewise.
    """

    claims: tuple[Claim, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    quotes: tuple[Quote, ...] = ()
    own: tuple[Own, ...] = ()
    wording: Wording = Wording()
    headlines: tuple[HeadlineMarks, ...] = ()
    compared: tuple[int, ...] = ()
    without_text: tuple[int, ...] = ()
