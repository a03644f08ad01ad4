"""An invented story that was compared and traced by hand, for the tests of what is taken along: files, feeds, the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from stories.models import Article, Story, StoryComparison
from stories.models.findings import COMPARISON
from stories.nlp.comparison import (
    Cell,
    Claim,
    Comparison,
    Conflict,
    Difference,
    Place,
    Quote,
    Rendering,
    RenderingKind,
    Said,
    Side,
    State,
)
from stories.nlp.findings import (
    Attribution,
    Credit,
    Findings,
    Form,
    Relation,
    Role,
    Sourced,
    SourceKind,
    Span,
)
from stories.nlp.lineage import (
    Edge,
    EdgeKind,
    First,
    Footing,
    Happening,
    HappeningKind,
    Independent,
    Origin,
    Provenance,
    Standing,
    Voice,
    Why,
)
from stories.selectors import documents
from stories.services.provenance import Traced
from tests import factories
from tests.factories import MORNING

GAZETTE = (
    "Nine gulls lost in lock at Veldhaven",
    "Nine gulls were lost when the lock gate broke on Monday, harbour master Ada Quill said.\n"
    "“The gate was old, and we knew it,” Quill told the Gazette.\n"
    "The council meets on Friday.\n",
)
HERALD = (
    "=Eleven gulls lost, says Tern Gazette",
    "Eleven gulls were lost when the lock gate broke on Monday, The Tern Gazette reported.\n"
    "“The gate was old,” Quill said.\n",
)


@dataclass(frozen=True)
class World:
    """The story, its three articles (the last without a text), and one that was merged into it."""

    story: Story
    gazette: Article
    herald: Article
    wire: Article
    merged: Story


def at(article: Article, words: str) -> Span:
    """Where some words stand in an article, the first time."""
    start = documents.document(article).whole.index(words)
    return start, start + len(words)


def world() -> World:
    """Three reports of nine gulls, or of eleven."""
    gazette = factories.article(
        outlet=factories.outlet(name="The Tern Gazette", slug="tern-gazette", kind="newspaper", country="NL"),
        title=GAZETTE[0],
        text=GAZETTE[1],
        byline="By Piet Aal & Orla Venn",
    )
    later = {"first_seen_at": MORNING + timedelta(minutes=30), "claimed_at": None}
    herald = factories.article(
        outlet=factories.outlet(name="Valley_Herald 100%", slug="valley-herald", kind="broadcaster"),
        title=HERALD[0],
        text=HERALD[1],
        url="https://outlet.example/a_b%20c?d=1&e={2}",
        **later,
    )
    wire = factories.article(
        outlet=factories.outlet(name="Coast Wire", slug="coast-wire", kind="agency"),
        title="Gulls lost in lock",
        first_seen_at=MORNING + timedelta(hours=1),
    )
    _examined(gazette, herald)
    story = factories.story([gazette, herald, wire], title="Gulls lost in lock at Veldhaven")
    factories.traced(story, _traced(gazette, herald))
    _compared(story, gazette, herald, wire)
    merged = factories.story(title="Gulls, once more", merged_into=story, article_count=0)
    merged.articles.update(story=None)
    return World(story, gazette, herald, wire, merged)


def _examined(gazette: Article, herald: Article) -> None:
    quill = Sourced(
        Attribution(
            at(gazette, "said"), (at(gazette, "harbour master Ada Quill"),), (at(gazette, "Nine gulls were lost"),),
            Form.INDIRECT,
        ),
        SourceKind.NAMED, "Ada Quill", "named:ada quill",
    )  # fmt: skip
    factories.examined(gazette, Findings(role=Role.ORIGINAL, sourced=(quill,), own=(0,)))
    paper = Sourced(
        Attribution(at(herald, "reported"), (at(herald, "The Tern Gazette"),), (), Form.INDIRECT),
        SourceKind.OUTLET, "The Tern Gazette", "outlet:the tern gazette", via="The Tern Gazette",
    )  # fmt: skip
    credit = Credit("The Tern Gazette", Relation.REPORTED, at(herald, "The Tern Gazette reported"), main=True)
    factories.examined(herald, Findings(role=Role.RE_REPORT, sourced=(paper,), credits=(credit,)))


def _traced(gazette: Article, herald: Article) -> Traced:
    says = at(herald, "The Tern Gazette reported")
    first = First(gazette.pk, gazette.reported_at, gazette.reported_at, gazette.claimed_at)
    voice = Voice("The Tern Gazette", (gazette.pk,), Why.FIRST, ("Ada Quill",), gazette.pk, (at(gazette, "Ada Quill"),))
    provenance = Provenance(
        standings=(
            Standing(gazette.pk, Role.ORIGINAL, Footing.NAMED, (at(gazette, "Ada Quill"),), "The Tern Gazette", (0,)),
            Standing(herald.pk, Role.RE_REPORT, Footing.REPEATS, (says,), "Valley_Herald 100%", (0,)),
        ),
        edges=(Edge(herald.pk, gazette.pk, "The Tern Gazette", EdgeKind.CREDITS, Relation.REPORTED, (says,)),),
        origins=(Origin(gazette.pk, "The Tern Gazette", "The Tern Gazette", Footing.NAMED, (gazette.pk, herald.pk)),),
        independent=Independent(1, 1, (voice,)),
        first=first,
    )
    happened = Happening(
        HappeningKind.DENIED, "quill", herald.pk, herald.reported_at, evidence=(at(herald, "Quill said"),),
        note="Ada \x0bQuill",
    )  # fmt: skip
    return Traced(provenance, (happened,))


def _compared(story: Story, gazette: Article, herald: Article, wire: Article) -> None:
    lead, other = at(gazette, GAZETTE[1].splitlines()[0]), at(herald, HERALD[1].splitlines()[0])
    said = Said((at(gazette, "harbour master Ada Quill said"),), SourceKind.NAMED, "Ada Quill", "named:ada quill")
    via = Said(
        (at(herald, "The Tern Gazette reported"),), SourceKind.OUTLET, "The Tern Gazette", via="The Tern Gazette"
    )
    own = Cell(gazette.pk, State.SAME, lead, Place.OPENING, 0.2, 1.0, said)
    here, there = (at(herald, "Eleven gulls were"),), (at(gazette, "Nine gulls were"),)
    contrary = Cell(
        herald.pk, State.CONFLICTING, other, Place.OPENING, 0.2, 0.9, via, Difference.NUMBER, here, there
    )  # fmt: skip
    key = (gazette.pk, lead[0])
    claim = Claim(key, gazette.pk, lead, (own, contrary), 1, 1, 1.0)
    conflict = Conflict(key, Difference.NUMBER, (Side("nine", (own,)), Side("eleven", (contrary,))), 1.0)
    full, cut = at(gazette, "“The gate was old, and we knew it,”"), at(herald, "“The gate was old,”")
    quote = Quote(
        (gazette.pk, full[0]), gazette.pk, (full,), "Ada Quill", SourceKind.NAMED, "", gazette.pk,
        (
            Rendering(gazette.pk, RenderingKind.FULL, full, full),
            Rendering(herald.pk, RenderingKind.TRIMMED, cut, cut, (at(gazette, "and we knew it"),)),
        ),
        2,
    )  # fmt: skip
    told = Comparison(
        claims=(claim,),
        conflicts=(conflict,),
        quotes=(quote,),
        compared=(gazette.pk, herald.pk, wire.pk),
        without_text=(wire.pk,),
    )
    StoryComparison.objects.create(
        story=story,
        revision=story.revision,
        compared=COMPARISON.dump_python(told, mode="json"),
        at=story.last_at + timedelta(hours=1),
    )
