"""A long story, compared by hand: for the size of a page, and what it folds."""

from __future__ import annotations

from datetime import timedelta

from stories.models import Story
from stories.nlp.comparison import (
    Cell,
    Claim,
    Comparison,
    Conflict,
    Difference,
    HeadlineMarks,
    LoadedWord,
    Place,
    Quote,
    Rendering,
    RenderingKind,
    Side,
    State,
    Wording,
)
from stories.nlp.findings import SourceKind
from tests.nlp.provenance_worlds import report
from tests.stories_compared import FILL, keep, texts
from tests.stories_traced import traced


def crowd(outlets: int = 40, reports_: int = 60, shift: timedelta = timedelta(0)) -> Story:
    """A long story: so many reports of so many outlets, twenty claims, eight quotes; for the size of a page."""
    base = list(texts().values())
    made = []
    for number in range(1, reports_ + 1):
        name = f"The Gazette of Isle {(number - 1) % outlets + 1}"
        minutes, title, text = 3 * number, *base[0 if number % 3 else 5][1:]
        facts = " ".join(
            f"Fact number {fact} is told by somebody at the harbour." for fact in range(20) if (fact + number) % 3
        )
        more = {"copy_of": 2} if number in (50, 51, 52) else {}
        body = f"{text}\n{facts}\n{FILL * 14}"
        made.append(report(number, name, minutes, f"{title} ({number})", body, **more))
    story = traced(made, shift)
    keep(story, _crowd(story))
    return story


def _crowd(story: Story) -> Comparison:
    rows = list(story.articles.select_related("version").order_by("reported_at", "pk"))
    wholes = {row.pk: f"{row.title}\n{row.version.text}" for row in rows}
    claims, quotes = [], []
    for fact in range(20):
        words = f"Fact number {fact} is told by somebody at the harbour."
        cells = []
        for row in rows:
            at = wholes[row.pk].find(words)
            if at < 0:
                continue
            state = State.CONFLICTING if row.pk % 17 == 3 else State.PARTLY if row.pk % 5 == 2 else State.SAME
            place = list(Place)[row.pk % 4]
            cells.append(Cell(row.pk, state, (at, at + len(words)), place, 0.5, 0.8, here=((at, at + 4),)))
        claims.append(
            Claim((cells[0].article, cells[0].span[0]), cells[0].article, cells[0].span, tuple(cells), 30, 28, 1.0)
        )
    for _ in range(8):
        renderings = []
        for row in rows:
            at = wholes[row.pk].find("“There are working")
            if at >= 0:
                span = (at, wholes[row.pk].find("”", at) + 1)
                renderings.append(Rendering(row.pk, RenderingKind.FULL, span, span))
        first = renderings[0]
        quotes.append(
            Quote((first.article, first.sentence[0]), first.article, (first.span,), "Piet Aal", SourceKind.NAMED, "",
                  first.article, tuple(renderings))
        )  # fmt: skip
    conflicts = tuple(
        Conflict(
            one.key,
            Difference.NUMBER,
            (
                Side("41", tuple(cell for cell in one.cells if cell.state is State.SAME)),
                Side("14", tuple(cell for cell in one.cells if cell.state is State.CONFLICTING)),
            ),
        )
        for one in claims[:6]
        if one.conflicting
    )
    loaded = tuple(
        LoadedWord(row.pk, (at, at + 6), "silted", number % 2 == 0, "a word")
        for number, row in enumerate(rows)
        if (at := wholes[row.pk].find("silted")) >= 0
    )
    headlines = tuple(HeadlineMarks(row.pk, unusual=((0, 5),)) for row in rows)
    return Comparison(
        tuple(claims), conflicts, tuple(quotes), (), Wording(loaded=loaded), headlines,
        tuple(row.pk for row in rows), (),
    )  # fmt: skip
