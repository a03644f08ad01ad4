"""The sentences of a story's reports, each wording once: what claims are made of.

Copies and quotations repeat sentences word for word; one unit stands for all of them, so that forty copies cost as much
as one. Sentences that are too short to state anything are left out, and so is what follows the first 80 of a text. It
says where in its article each sentence stands and compares nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from stories.nlp.comparison import Place
from stories.nlp.findings import Span
from stories.nlp.lineage import Report
from stories.nlp.sentences import sentences
from stories.nlp.terms import is_english

# Of 409 articles (giveme5w1h) 95 in 100 have fewer sentences; what stands further down is hardly ever shared.
MOST_SENTENCES = 80
# Below this a sentence is a by-line, a label or an exclamation.
FEWEST_WORDS = 5
# A sentence beyond this is a list or a table that lost its line breaks.
MOST_CHARACTERS = 1_000
OPENING_SENTENCES = 2
END_FROM = 0.8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sentence stands: in which report (by its index), its span, and how far down, from 0 to 1."""

    report: int
    span: Span
    place: Place
    position: float


@dataclass(slots=True)
class Unit:
    """A wording and all places where it stands, in the order of the reports."""

    text: str
    before: str
    after: str
    spots: list[Spot] = field(default_factory=list)


def units(reports: Sequence[Report]) -> list[Unit]:
    """The units of reports that were read, in order of first use. Of a report without a text only the headline."""
    found: dict[str, Unit] = {}
    for index, report in enumerate(reports):
        if not compares(report):
            continue
        whole, spans = report.whole, _kept(report)
        for number, span in enumerate(spans):
            text = " ".join(whole[slice(*span)].split())
            unit = found.get(key := text.casefold())
            if unit is None:
                before = whole[slice(*spans[number - 1])] if number > 1 else ""
                after = whole[slice(*spans[number + 1])] if 0 < number < len(spans) - 1 else ""
                unit = found[key] = Unit(text, before, after)
            unit.spots.append(_spot(index, span, number, len(spans), titled=bool(report.title)))
    return list(found.values())


def compares(report: Report) -> bool:
    """Whether a report's sentences are held against others: it was read, and is in English."""
    return report.findings is not None and is_english(report.lang)


def _kept(report: Report) -> list[Span]:
    """The sentences of a report that are compared, the headline first."""
    headline = len(report.title)
    end = len(report.whole) if report.has_text else headline
    cut = sentences(report.whole[:end]).spans
    head: list[Span] = [(0, headline)] if report.title.strip() else []
    body = [span for span in cut if span[0] >= headline and _states(report.whole[slice(*span)])]
    return [*head, *body[:MOST_SENTENCES]]


def _states(text: str) -> bool:
    return len(text) <= MOST_CHARACTERS and sum(1 for _ in _WORD.finditer(text)) >= FEWEST_WORDS


def _spot(report: int, span: Span, number: int, sentences: int, *, titled: bool) -> Spot:
    """The headline counts as number 0; a report without one begins with its opening."""
    number = number if titled else number + 1
    position = min(number / max(sentences - 1, 1), 1.0)
    if number == 0:
        place = Place.HEADLINE
    elif number <= OPENING_SENTENCES:
        place = Place.OPENING
    else:
        place = Place.END if number >= END_FROM * sentences else Place.MIDDLE
    return Spot(report, span, place, round(position, 3))
