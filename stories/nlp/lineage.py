"""The words that a story's provenance is told in: what `provenance.trace` takes and what it gives.

Plain values. Spans point into the whole (headline, line break, text) of the article that they are said of; nothing here
holds a copy of a text but a `Report`, which is what is traced. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from stories.nlp.findings import Findings, Relation, Role, SourceKind, Spans


class EdgeKind(StrEnum):
    """What a report does with another: names it as its source, carries its text, or tells the same unasked."""

    CREDITS = "credits"
    COPIES = "copies"
    SHARES = "shares text"


class Keep(StrEnum):
    """What became of an attribution on the way from one report to the next.

    DROPPED means that it was not found, no more; NONE that there was nothing to be kept.
    """

    KEPT = "kept"
    WEAKENED = "weakened"
    DROPPED = "dropped"
    NONE = "nothing to keep"
    UNKNOWN = "cannot tell"


class Footing(StrEnum):
    """What a report, or an outlet that we don't poll, shows of where it has the news from."""

    DECIDED = "an editor says that it reports on its own"
    NAMED = "own sources that can be told apart"
    UNNAMED = "own sources, none of them named"
    CREDITED = "credited by others; its own report is not at hand"
    PERHAPS = "repeats another, with own sources that may speak to the news"
    BARE = "names no source and credits nobody"
    NO_TEXT = "article text not available"
    NOT_READ = "in a language that is not read"
    NO_ROLE = "its role cannot be told"
    NO_AGENCY = "agency copy; which agency cannot be told"
    DENIES = "carries a denial on its own"
    REPEATS = "repeats another"
    ASIDE = "no report of the news"


# An origin beyond doubt or by its own showing, what may be one, and what can't be told for want of text or role.
KNOWN = (Footing.DECIDED, Footing.NAMED, Footing.UNNAMED, Footing.CREDITED)
POSSIBLE = (Footing.PERHAPS, Footing.BARE)
UNTOLD = (Footing.NO_TEXT, Footing.NOT_READ, Footing.NO_ROLE, Footing.NO_AGENCY)


class Why(StrEnum):
    """Why a voice counts towards the range of independent origins, or only towards its upper end."""

    DECIDED = "an editor says so"
    OWN_SOURCE = "a source of its own that no other counted one needs"
    FIRST = "the first known; there was nobody to repeat"
    SAME_SOURCE = "own reporting, yet its sources are those of others"
    UNNAMED = "own sources, all unnamed: may be those of others"
    UNSEEN = "credited, but its own report is not at hand"
    ADDS = "repeats another and adds sources of its own"
    BARE = "names no source and credits nobody"
    UNTOLD = "cannot tell"


class HappeningKind(StrEnum):
    """What can happen to a story."""

    CONFIRMED = "first independent confirmation"
    DENIED = "denial"
    CORRECTED = "correction"
    RETRACTED = "retraction"
    NEW_ORIGIN = "new origin"
    ON_RECORD = "first source on record"
    DROPPED = "attribution dropped"
    HEADLINE = "headline changed"


@dataclass(frozen=True, slots=True)
class Headline:
    """An article's headline, and when it was first seen so."""

    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story, as its provenance is traced.

    `outlet` and `wire` are canonical names; `owner` is "" where unknown. The three times: `claimed` by the outlet,
    `at` as it is reckoned with, `earliest` our poll before we first saw it. `whole` is what all spans point into.
    `findings` is None where the article was not read. `copy_of` is an article of this story or of another;
    `agency`: the outlet is itself an agency, so that `wire` is its own name; `aggregator`: it passes on what others
    report. `headlines` are all it had; `changed` is when its present text was first seen, if that is not its first.
    """

    article: int
    outlet: str
    at: datetime
    title: str
    whole: str
    findings: Findings | None
    owner: str = ""
    earliest: datetime | None = None
    claimed: datetime | None = None
    has_text: bool = True
    copy_of: int | None = None
    copy_share: float | None = None
    wire: str = ""
    agency: bool = False
    aggregator: bool = False
    headlines: tuple[Headline, ...] = ()
    changed: datetime | None = None
    lang: str = "en"

    @property
    def since(self) -> datetime:
        """The earliest moment at which it may have been out."""
        return min(self.at, self.earliest or self.at)


@dataclass(frozen=True, slots=True)
class Added:
    """A credit that an editor says there is; without a target it is resolved as any other.

    `words` are those of `evidence`, so that they are found again where the article was reworded; where they are not,
    the credit has no passage. One that was found as well keeps what was found where an editor gives no passage.
    """

    article: int
    outlet: str
    relation: Relation = Relation.REPORTED
    target: int | None = None
    evidence: Spans = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What editors decided; it outranks what was found.

    `removed`, `retargeted` and `relations` go by (article, outlet credited or copied); `kinds` by (article, key of the
    source). What names a target that is not in the story says nothing of the story while it is elsewhere.
    """

    roles: Mapping[int, Role] = field(default_factory=dict)
    kinds: Mapping[tuple[int, str], SourceKind] = field(default_factory=dict)
    added: tuple[Added, ...] = ()
    removed: frozenset[tuple[int, str]] = frozenset()
    retargeted: Mapping[tuple[int, str], int | None] = field(default_factory=dict)
    relations: Mapping[tuple[int, str], Relation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drift:
    """What became of the attribution along an edge, in body and headline apart, with the passages that it is seen in.

    `*_here` are in the repeating article: what was kept, or, where nothing was found, the passage that goes without.
    `*_there` are in the repeated one: what there was to keep; () where that is not at hand.
    """

    body: Keep
    headline: Keep
    body_here: Spans = ()
    body_there: Spans = ()
    headline_here: Spans = ()
    headline_there: Spans = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """`article` credits, copies or shares the text of `target`; of `outlet` where `target` is None.

    Without a target the outlet is one that we don't poll, or no article of it was out by then (shown as such). The
    target of a copy may lie in another story; its `outlet` is then "". `main`: for the main news, so that the report
    rests on it. `certain` is False of what is only inferred. `drift` is None where an edge is not for the main news.
    """

    article: int
    target: int | None
    outlet: str
    kind: EdgeKind
    relation: Relation | None = None
    evidence: Spans = ()
    main: bool = True
    certain: bool = True
    decided: bool = False
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What an article is in its story: its role, its footing with the passages that show it, and where its news ends.

    `origins` are indexes into `Provenance.origins`; () where it can't be told. `voice` is who speaks through it for
    the count: its owner's outlets, the agency, or the one it copies.
    """

    article: int
    role: Role
    footing: Footing
    evidence: Spans
    voice: str
    origins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a chain ends: an article, or an outlet of which we have none.

    `resting` are the articles that go back to it, itself among them; `sources` the names of what it rests on, as far as
    is known.
    """

    article: int | None
    outlet: str
    voice: str
    footing: Footing
    resting: tuple[int, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """One unit of the count: its name, the articles that speak for it, why it counts, and the sources behind it.

    `articles` is () of an outlet that we don't poll; `shown_in` is then the article that credits it, as it is else the
    article in which `evidence` stands.
    """

    name: str
    articles: tuple[int, ...]
    why: Why
    sources: tuple[str, ...] = ()
    shown_in: int | None = None
    evidence: Spans = ()


@dataclass(frozen=True, slots=True)
class Independent:
    """How many independent origins the news has, as a range with its reasons (the rule: `origins.py`)."""

    least: int
    most: int
    proven: tuple[Voice, ...] = ()
    perhaps: tuple[Voice, ...] = ()
    cannot_tell: tuple[tuple[int, Footing], ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """A report that carries an unnamed source: the passages, and by way of which outlet; "" for its own."""

    article: int
    spans: Spans
    by_way_of: str


@dataclass(frozen=True, slots=True)
class UnnamedSource:
    """An unnamed source of the story: how it is described and by which article, whose it is, who carries it.

    `only` are the reports that rest on this and other unnamed sources alone.
    """

    described: str
    article: int
    spans: Spans
    outlet: str
    carriers: tuple[Carrier, ...]
    only: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """The outlets, each once by its worst report, that kept, weakened or dropped an attribution, or can't be judged."""

    kept: tuple[str, ...] = ()
    weakened: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class First:
    """The first report with its three times; `perhaps` are those that may have been out before it."""

    article: int
    at: datetime
    earliest: datetime | None
    claimed: datetime | None
    perhaps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a story's news comes from. Tuples of articles go by time."""

    standings: tuple[Standing, ...] = ()
    edges: tuple[Edge, ...] = ()
    origins: tuple[Origin, ...] = ()
    independent: Independent = Independent(0, 0)
    unnamed: tuple[UnnamedSource, ...] = ()
    only_unnamed: tuple[int, ...] = ()
    in_body: Tally = Tally()
    in_headline: Tally = Tally()
    dropped: tuple[str, ...] = ()
    first: First | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a story, in an article, perhaps with regard to another one.

    `key` tells it apart from others of its kind in the story, and stays the same when articles are added.
    `note` says what the spans can't: a headline as it was before, a number of outlets, who denied.
    """

    kind: HappeningKind
    key: str
    article: int
    at: datetime
    other: int | None = None
    evidence: Spans = ()
    note: str = ""
