"""Invented reports of one event, told by four outlets that agree, trim, add and contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stories.nlp.claims import Aligned, Speakers, aligned, claims, stars
from stories.nlp.comparison import Claim, Conflict
from stories.nlp.conflicts import conflicts
from stories.nlp.findings import Findings, Role
from stories.nlp.lineage import Report
from stories.nlp.terms import Frequencies, background
from stories.nlp.units import units

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FREQUENCIES = Frequencies(background("en"))

LANDSLIDE = (
    (
        "Courant",
        "Landslide buries Talvern quarry camp, 14 workers dead",
        "Fourteen workers were killed when a hillside above the Talvern quarry came down on their camp on Tuesday night.",
        "Rescuers pulled nine men alive from the mud before dawn, fire chief Ilse Brandt said.",
        "The quarry had been ordered to close its upper terrace in March, according to the mining office.",
        "The owner, Brack Stone, makes kerbs for half of the country's towns and employs 212 people in Talvern.",
        "The search was to go on after dark.",
    ),
    (
        "Ledger",
        "Hillside falls on quarry camp at Talvern, killing 14",
        "A hillside above the Talvern quarry came down on a workers' camp on Tuesday night, killing 14 workers.",
        "Nine men were pulled alive from the mud before dawn by rescuers, said Ilse Brandt, the fire chief.",
        "Dogs were brought over the mountain road from Osk to search through the night.",
        "The search was to go on in the dark.",
    ),
    (
        "Mirror",
        "Quarry horror: 41 feared dead",
        "Forty-one workers were killed when a hillside above the Talvern quarry came down on their camp on Tuesday night.",
        "The mining office ordered the quarry to close its upper terrace in March, officials said.",
    ),
    ("Wire", "Talvern quarry landslide: what we know", ""),
)


def reports(rows: Sequence[tuple[str, ...]] = LANDSLIDE) -> list[Report]:
    """Reports half an hour apart; a text of "" is one that is not available."""
    made = []
    for number, (outlet, title, *sentences) in enumerate(rows, 1):
        text = " ".join(sentences)
        made.append(
            Report(
                article=number,
                outlet=outlet,
                at=NINE + timedelta(minutes=30 * number),
                title=title,
                whole=f"{title}\n{text}",
                findings=Findings(Role.ORIGINAL),
                has_text=bool(text),
            )
        )
    return made


def compared(rows: Sequence[Report]) -> tuple[Aligned, list[Claim], list[Conflict]]:
    """The alignments, claims and conflicts of some reports; each outlet is a voice."""
    outlets = [report.outlet for report in rows]
    speakers = Speakers(outlets, outlets)
    found = aligned(units(rows), FREQUENCIES)
    made = stars(found, speakers)
    shared = claims(rows, found, made, speakers)
    return found, shared, conflicts(rows, found, made, shared)


def words(rows: Sequence[Report], article: int, span: tuple[int, int]) -> str:
    """What stands at a span."""
    return next(report.whole for report in rows if report.article == article)[slice(*span)]
