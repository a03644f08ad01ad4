"""Stories whose reports were held against each other, by hand: invented news, with every state that a page can show.

Passages are given by their words and looked up in the reports, so that texts can be reworded freely.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from stories.models import Article, Story, StoryComparison, TextState
from stories.models.findings import COMPARISON
from stories.nlp.comparison import (
    Cell,
    Claim,
    Comparison,
    Conflict,
    Difference,
    HeadlineMarks,
    LoadedWord,
    Naming,
    Own,
    OwnKind,
    Place,
    Quote,
    Rendering,
    RenderingKind,
    Said,
    Saying,
    Side,
    State,
    Use,
    Wording,
)
from stories.nlp.findings import SourceKind, Span, Spans
from stories.nlp.lineage import Report
from stories.nlp.sentences import sentences
from tests.nlp.provenance_worlds import POST, Cites, Say, anonymous, report
from tests.stories_traced import traced

ROW = "Aides confronted harbour minister Jonas Vael over the dredging contract"
COST = "The contract cost 41 million crowns"
OTHER_COST = "The contract cost 14 million crowns"
TUESDAY = "The talk took place on Tuesday evening in the minister's office."
QUOTE = (
    "“There are working arguments: about the budget, about the second tender, about the calendar. "
    "This is part of normal work,” said Piet Aal, the ministry's spokesman."
)
SHORT = "“There are working arguments: about the budget, about the calendar,” Piet Aal admitted."
PUT = "Piet Aal, for the ministry, played down the dispute as everyday work."
SECOND = "A second official, who was in the room, told this newspaper that voices were raised."
FILL = "The channel has silted up for a decade. Ships of deep draught wait for the tide. Nobody denies that."


def texts() -> dict[str, tuple[float, str, str]]:
    """By outlet: minutes after nine, headline, text."""
    people = "people familiar with the matter"
    return {
        POST: (
            0,
            "Aides confronted harbour minister over dredging contract, people familiar say",
            f"{ROW}, {people} said.\n{FILL}\n{COST}, according to the signed papers. {TUESDAY}\n{QUOTE}",
        ),
        "Coast Wire": (
            31,
            "Harbour minister confronted by aides over contract: Meridian Post",
            f"{ROW}, {POST} reported.\n{TUESDAY} {QUOTE}\n{FILL}",
        ),
        "Daily Ledger": (
            58,
            "Minister blamed by own insiders for dredging fiasco",
            f"{ROW}.\n{FILL}\n{OTHER_COST}. It is a fiasco that the regime had coming.",
        ),
        "North Channel": (
            74,
            "Harbour minister confronted by aides over contract: Meridian Post",
            f"{ROW}, {POST} reported.\n{TUESDAY} {QUOTE}\n{FILL}",
        ),
        "Harbour Mirror": (96, "Insider turns on harbour minister, report says", ""),
        "Isles Business": (
            121,
            "Dredging: minister's inner circle rebels",
            f"Some of the minister's circle rebelled over dredging.\n{COST}, a table in this paper shows.\n{FILL}",
        ),
        "The Standard Bearer": (
            150,
            "Second official confirms row over dredging contract",
            f"{ROW}, {POST} reported.\n{SECOND}\n{OTHER_COST}, the official said. {PUT}",
        ),
        "Radio Four Coasts": (
            188,
            "Minister's spokesman admits “working arguments”, the Post reports",
            f"{ROW}, {POST} reported.\n{SHORT} {TUESDAY}",
        ),
        "The Open Page": (
            262,
            "Ministry denies split: “This is how work gets done”",
            f"{ROW}, it was reported. The government calls that an invention.\n{SHORT}\n{FILL}",
        ),
    }


def reports() -> list[Report]:
    """The reports as tracing reads them: who credits the Post, and one copy."""
    made = []
    for number, (name, (minutes, title, text)) in enumerate(texts().items(), start=1):
        says: list[Say] = []
        if name == POST:
            says = [anonymous(f"{ROW}, people familiar with the matter said")]
        credited = f"{POST} reported"
        cites = [Cites(POST, credited)] if credited in text else []
        more = {"copy_of": 2} if name == "North Channel" else {}
        made.append(report(number, name, minutes, title, text, says=says, cites=cites, **more))
    return made


def dredging(shift: timedelta = timedelta(0)) -> Story:
    """The story of nine outlets, traced and compared."""
    story = traced(reports(), shift)
    Article.objects.filter(story=story, outlet__name="Harbour Mirror").update(text_state=TextState.NONE)
    keep(story, compare(story))
    return story


def keep(story: Story, told: Comparison, at: datetime | None = None) -> StoryComparison:
    """A comparison kept as the trace step keeps it."""
    row, _ = StoryComparison.objects.update_or_create(
        story=story,
        defaults={
            "revision": story.revision,
            "compared": COMPARISON.dump_python(told, mode="json"),
            "at": at or story.last_at + timedelta(hours=1),
        },
    )
    return row


class Papers:
    """The reports of a story by their outlets' names, and where words stand in them."""

    def __init__(self, story: Story) -> None:
        rows = story.articles.select_related("outlet", "version").order_by("reported_at", "pk")
        self.articles = {row.outlet.name: row for row in rows}
        self.wholes = {name: f"{row.title}\n{row.version.text}" for name, row in self.articles.items()}

    def span(self, outlet: str, words: str) -> Span:
        """Where some words stand for the first time in a report."""
        at = self.wholes[outlet].find(words)
        assert at >= 0, f"{words!r} is not in {outlet}"
        return at, at + len(words)

    def sentence(self, outlet: str, words: str) -> Span:
        """The sentence of a report's text that some words stand in."""
        title = len(self.articles[outlet].title)
        at = self.wholes[outlet].find(words, title)
        assert at >= 0, f"{words!r} is not in {outlet}"
        return sentences(self.wholes[outlet]).around((at, at + 1))

    def pk(self, outlet: str) -> int:
        """A report's number."""
        return self.articles[outlet].pk

    def within(self, outlet: str, words: str, *parts: str) -> Spans:
        """Where parts of a passage stand."""
        start = self.sentence(outlet, words)[0]
        found = []
        for part in parts:
            at = self.wholes[outlet].find(part, start)
            assert at >= 0, f"{part!r} is not in {outlet}"
            found.append((at, at + len(part)))
        return tuple(found)

    def cell(
        self,
        outlet: str,
        words: str,
        state: State = State.SAME,
        place: Place = Place.OPENING,
        said: Said | None = None,
        **more: object,
    ) -> Cell:
        """What a report has of a claim, by some words of its sentence."""
        where = {Place.HEADLINE: 0.0, Place.OPENING: 0.1, Place.MIDDLE: 0.5, Place.END: 0.95}[place]
        return Cell(self.pk(outlet), state, self.sentence(outlet, words), place, where, 0.9, said, **more)

    def claim(self, cells: Sequence[Cell], weight: float = 1.0) -> Claim:
        """A claim whose first cell says it best."""
        core = cells[0]
        carry = {cell.article for cell in cells if cell.state in (State.SAME, State.PARTLY)}
        return Claim(
            (core.article, core.span[0]), core.article, core.span, tuple(cells), len(carry), len(carry), weight
        )

    def quote(self, renderings: Sequence[Rendering], speaker: str, **more: object) -> Quote:
        """A quote whose first rendering is the fullest."""
        full = renderings[0]
        return Quote(
            (full.article, full.sentence[0]), full.article, (full.span,), speaker, SourceKind.NAMED, "", full.article,
            tuple(renderings), len(renderings), **more,
        )  # fmt: skip


def compare(story: Story) -> Comparison:
    """What there is to be found in the nine reports."""
    at = Papers(story)
    row, cost, talk = _row(at), _cost(at), _talk(at)
    sides = (
        [cell for cell in cost.cells if cell.state is State.SAME],
        [cell for cell in cost.cells if cell.state is State.CONFLICTING],
    )
    conflict = Conflict(cost.key, Difference.NUMBER, (Side("41", tuple(sides[0])), Side("14", tuple(sides[1]))), 1.0)
    second = at.sentence("The Standard Bearer", SECOND)
    return Comparison(
        claims=(row, cost, talk),
        conflicts=(conflict,),
        quotes=(_quote(at),),
        own=(
            Own(
                (at.pk("The Standard Bearer"), second[0]), at.pk("The Standard Bearer"), OwnKind.SOURCE, second,
                at.within("The Standard Bearer", SECOND, "A second official, who was in the room"),
                "a second official, who was in the room", 1.0,
            ),
        ),
        wording=_wording(at),
        headlines=_headlines(at),
        compared=tuple(row.pk for row in at.articles.values()),
        without_text=(at.pk("Harbour Mirror"),),
    )  # fmt: skip


def _row(at: Papers) -> Claim:
    people = at.within(POST, ROW, "people familiar with the matter said")
    first = at.cell(POST, ROW, said=Said(people, SourceKind.ANONYMOUS, "people familiar with the matter"))
    cells = [first]
    for name in ("Coast Wire", "North Channel", "The Standard Bearer", "Radio Four Coasts"):
        words = at.within(name, ROW, f"{POST} reported")
        cells.append(at.cell(name, ROW, said=Said(words, SourceKind.OUTLET, POST, via=POST)))
    cells += [at.cell("Daily Ledger", ROW), at.cell("The Open Page", ROW)]
    cells.append(at.cell("Isles Business", "Some of the minister's circle", State.PARTLY))
    return at.claim(cells, 3.0)


def _cost(at: Papers) -> Claim:
    papers = Said(at.within(POST, COST, "according to the signed papers"), SourceKind.DOCUMENT, "the signed papers")
    cells = [
        at.cell(POST, COST, place=Place.MIDDLE, said=papers),
        at.cell("Isles Business", COST, place=Place.MIDDLE),
    ]
    there = at.within(POST, COST, "41 million")
    for name in ("Daily Ledger", "The Standard Bearer"):
        here = at.within(name, OTHER_COST, "14 million")
        more = {"difference": Difference.NUMBER, "here": here, "there": there}
        cells.append(at.cell(name, OTHER_COST, State.CONFLICTING, Place.END, **more))
    return at.claim(cells, 2.0)


def _talk(at: Papers) -> Claim:
    names = (POST, "Coast Wire", "North Channel", "Radio Four Coasts")
    return at.claim([at.cell(name, TUESDAY, place=Place.END) for name in names])


def _quote(at: Papers) -> Quote:
    inner = QUOTE[: QUOTE.index("” said") + 1] if "” said" in QUOTE else QUOTE.partition(" said")[0]
    spoken = "Piet Aal, the ministry's spokesman"

    def said(name: str, words: str, cue: str) -> Said:
        return Said(at.within(name, words, cue), SourceKind.NAMED, "Piet Aal")

    full = [
        Rendering(
            at.pk(name), RenderingKind.FULL, at.span(name, inner), at.sentence(name, "“There are working"),
            said=said(name, QUOTE, spoken),
        )
        for name in (POST, "Coast Wire", "North Channel")
    ]  # fmt: skip
    cut = at.within(POST, QUOTE, "about the second tender,", "This is part of normal work,")
    trimmed = [
        Rendering(
            at.pk(name), RenderingKind.TRIMMED, at.span(name, SHORT.partition(" Piet")[0]),
            at.sentence(name, "“There are working"), cut, said=said(name, SHORT, "Piet Aal admitted"),
        )
        for name in ("Radio Four Coasts", "The Open Page")
    ]  # fmt: skip
    name = "The Standard Bearer"
    put = Rendering(at.pk(name), RenderingKind.PARAPHRASED, at.sentence(name, PUT), at.sentence(name, PUT))
    return at.quote(sorted([*full, *trimmed, put], key=lambda one: one.article), spoken)


def _wording(at: Papers) -> Wording:
    ledger, page = at.pk("Daily Ledger"), at.pk("The Open Page")

    def use(name: str, word: str) -> Use:
        return Use(at.pk(name), at.span(name, word))

    return Wording(
        loaded=(
            LoadedWord(ledger, at.span("Daily Ledger", "fiasco"), "fiasco", False, "judges by the word itself"),
            LoadedWord(page, at.span("The Open Page", "invention"), "invention", True, "judges by the word itself"),
        ),
        sayings=(
            Saying(
                "Piet Aal",
                "piet aal",
                (
                    ("say", (use(POST, "said Piet Aal"), use("Coast Wire", "said Piet Aal"))),
                    ("admit", (use("Radio Four Coasts", "Piet Aal admitted"),)),
                ),
            ),
        ),
        namings=(
            Naming(
                "the government",
                (("government", (use("The Open Page", "government"),)), ("regime", (use("Daily Ledger", "regime"),))),
            ),
        ),
    )


def _headlines(at: Papers) -> tuple[HeadlineMarks, ...]:
    def marks(name: str, **words: str | tuple[str, ...]) -> HeadlineMarks:
        found: dict[str, object] = {}
        for key, value in words.items():
            found[key] = (
                tuple(at.span(name, one) for one in value) if isinstance(value, tuple) else at.span(name, value)
            )
        return HeadlineMarks(at.pk(name), **found)

    return (
        marks(POST, hedges=("people familiar say",), actor="Aides", verb="confronted", acted_on="harbour minister"),
        marks("Coast Wire", hedges=("Meridian Post",), actor="aides", verb="confronted", acted_on="Harbour minister"),
        marks(
            "Daily Ledger", unusual=("blamed", "fiasco"), actor="own insiders", verb="blamed", acted_on="Minister"
        ),
        marks(
            "Harbour Mirror", unusual=("turns on",), hedges=("report says",), actor="Insider", verb="turns on",
            acted_on="harbour minister",
        ),
        marks("Isles Business", unusual=("rebels",), actor="minister's inner circle", verb="rebels"),
    )  # fmt: skip
