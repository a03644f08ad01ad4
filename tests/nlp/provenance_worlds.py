"""Invented stories for the tests of provenance: a builder of reports with hand-made findings, and worlds of them.

A statement is given by the passage that it stands in; offsets are looked up, so a story can be reworded freely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stories.nlp.findings import (
    Attribution,
    Credit,
    Findings,
    Form,
    Mention,
    Relation,
    Role,
    Sourced,
    SourceKind,
    Span,
    Stance,
)
from stories.nlp.lineage import Report

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
POST = "The Meridian Post"


@dataclass(frozen=True)
class Say:
    """Who says something: the passage, and in it the source and the cue; what is left of it is what is said."""

    passage: str
    source: str
    cue: str = "said"
    kind: SourceKind = SourceKind.NAMED
    name: str = ""
    stance: Stance = Stance.SAYS
    via: str = ""
    own: bool = True


@dataclass(frozen=True)
class Cites:
    """Which outlet is credited, and the words that do so."""

    outlet: str
    words: str
    relation: Relation = Relation.REPORTED
    main: bool = True


def place(whole: str, words: str, start: int = 0) -> Span:
    """Where words stand."""
    at = whole.find(words, start)
    assert at >= 0, f"{words!r} is not in {whole!r}"
    return at, at + len(words)


def _sourced(whole: str, say: Say) -> Sourced:
    start, end = place(whole, say.passage)
    source, cue = place(whole, say.source, start), place(whole, say.cue, start)
    parts = sorted([source, cue])
    gaps = [(start, parts[0][0]), (parts[0][1], parts[1][0]), (parts[1][1], end)]
    content = tuple(gap for gap in gaps if whole[slice(*gap)].strip(" ,.“”"))
    name = say.name or say.source
    return Sourced(
        Attribution(cue, (source,), content, Form.INDIRECT), say.kind, name, name.lower(), say.stance, say.via
    )


def report(  # noqa: PLR0917
    article: int,
    outlet: str,
    minutes: float,
    title: str,
    text: str = "",
    role: Role = Role.ORIGINAL,
    says: Sequence[Say] = (),
    cites: Sequence[Cites] = (),
    named: Sequence[tuple[str, str]] = (),
    **more,
) -> Report:
    """A report so many minutes after nine; `named` are outlets with the words that name them, wherever they stand."""
    whole = f"{title}\n{text}"
    sourced = tuple(_sourced(whole, say) for say in says)
    findings = Findings(
        role,
        sourced=sourced,
        credits=tuple(Credit(one.outlet, one.relation, place(whole, one.words), one.main) for one in cites),
        mentions=tuple(Mention(place(whole, w), o, Relation.REPORTED, place(whole, w)) for o, w in named),
        own=tuple(index for index, say in enumerate(says) if say.own and not say.via),
        wire=more.get("wire", ""),
    )
    given = {"findings": findings, "has_text": bool(text), **more}
    return Report(article, outlet, NINE + timedelta(minutes=minutes), title, whole, **given)


PEOPLE = "people familiar with the matter"
CLAIM = "Senior aides confronted harbour minister Jonas Vael on Monday over a dredging contract worth 48 million crowns"
FILLER = " ".join(
    [
        "The Veldhaven channel has silted up for a decade and ships of deep draught must wait for the tide.",
        "Two earlier tenders were called off, one of them after a court had found that a bidder was left out.",
        "The port employs four thousand people and takes a third of the country's grain.",
    ]
    * 3
)


def anonymous(passage: str, source: str = PEOPLE, cue: str = "said", **more) -> Say:
    return Say(passage, source, cue, SourceKind.ANONYMOUS, **more)


def harbour() -> list[Report]:
    """Twelve articles: a scoop, six that repeat it (3 and 4 by way of 2, 7 without a word), two copies of a wire (8, 9),
    two with sources of their own (10 unnamed, 11 named), one denial (12). In order of article; 5 came before 3.
    """
    return [_scoop(), *_repeats(), *_wires(), *_confirmations(), _denial()]


def _scoop() -> Report:
    text = (
        f"{CLAIM}, {PEOPLE} said. Two officials briefed on the talks said that Vael had signed it alone. A ministry"
        f" spokesman, Piet Aal, declined to comment. {FILLER}"
    )
    return report(
        1,
        POST,
        0,
        "Aides confronted harbour minister over dredging contract, people familiar say",
        text,
        says=[
            anonymous(f"{CLAIM}, {PEOPLE} said"),
            anonymous(
                "Two officials briefed on the talks said that Vael had signed it alone",
                "Two officials briefed on the talks",
            ),
            Say("spokesman, Piet Aal, declined to comment", "Piet Aal", "declined", stance=Stance.NO_ANSWER),
        ],
    )


def _repeats() -> list[Report]:
    citing = f"The Meridian Post reported, citing {PEOPLE}"
    ledger = report(
        2,
        "Daily Ledger",
        20,
        "Harbour minister confronted by aides over contract: Meridian Post",
        f"Harbour minister Jonas Vael was taken to task by his own aides, {citing}. {FILLER}",
        Role.RE_REPORT,
        [anonymous(citing, cue="citing", via=POST)],
        [Cites(POST, "The Meridian Post reported")],
        [(POST, "Meridian Post")],
    )
    isles = report(
        3,
        "Isles Business",
        50,
        "Dredging: minister's inner circle rebels",
        f"The minister's inner circle has turned on him over a contract, the Daily Ledger reported. {FILLER}",
        Role.RE_REPORT,
        cites=[Cites("Daily Ledger", "the Daily Ledger reported")],
    )
    valley = report(
        4,
        "Valley News",
        95,
        "Mutiny at the harbour ministry, report says",
        f"A mutiny has broken out at the harbour ministry. {FILLER} The row was first told of by the Daily Ledger.",
        Role.RE_REPORT,
        cites=[Cites("Daily Ledger", "first told of by the Daily Ledger")],
    )
    mirror = report(
        5,
        "Harbour Mirror",
        30,
        "Insider turns on harbour minister, report says",
        f"Aides have turned on the minister, the Post reported. Insiders told the paper of a row. {FILLER}",
        Role.RE_REPORT,
        [anonymous("Insiders told the paper of a row", "Insiders", "told", via=POST)],
        [Cites(POST, "the Post reported")],
    )
    radio = report(
        6,
        "Radio Four Coasts",
        60,
        "Aides “confronted” minister over port",
        f"The harbour minister was confronted over a contract, according to The Meridian Post. {FILLER}",
        Role.RE_REPORT,
        cites=[Cites(POST, "according to The Meridian Post")],
    )
    north = report(
        7,
        "North Channel",
        70,
        "Aides confronted harbour minister over dredging contract",
        f"{CLAIM}. Vael had signed it alone. {FILLER}",
    )
    return [ledger, isles, valley, mirror, radio, north]


def _wires() -> list[Report]:
    lead = f"Vael faces a revolt of aides, The Meridian Post reported, citing {PEOPLE}"
    text = f"VELDHAVEN (Coast Wire) — {lead}. {FILLER}"
    says = [anonymous(f"The Meridian Post reported, citing {PEOPLE}", cue="citing", via=POST)]
    cites, wire = [Cites(POST, "The Meridian Post reported")], "Coast Wire"
    return [
        report(
            8,
            "Southern Star",
            80,
            "Minister faces revolt - Post",
            text,
            Role.WIRE,
            says,
            cites,
            [(POST, "Post")],
            wire=wire,
        ),
        report(9, "Evening Lamp", 85, "Revolt", text, Role.WIRE, says, cites, wire=wire, copy_of=8, copy_share=1.0),
    ]


def _confirmations() -> list[Report]:
    room = "an official who was in the room confirmed the row to this newspaper"
    brandt = "Ada Brandt, the ministry's budget director, confirmed that aides had confronted the minister"
    bearer = report(
        10,
        "The Standard Bearer",
        105,
        "Second official confirms row over dredging contract",
        f"The row at the harbour ministry, which The Meridian Post reported, was loud. Later {room}. {FILLER}",
        Role.MIXED,
        [anonymous(room, "an official who was in the room", "confirmed", stance=Stance.CONFIRMS)],
        [Cites(POST, "The Meridian Post reported")],
        [(POST, "The Meridian Post")],
    )
    gazette = report(
        11,
        "The Gazette",
        120,
        "Budget director confirms the Post's report of a row",
        f"{brandt}. The Meridian Post first reported it, citing {PEOPLE}. {FILLER}",
        Role.MIXED,
        [
            Say(brandt, "Ada Brandt", "confirmed", stance=Stance.CONFIRMS),
            anonymous(f"The Meridian Post first reported it, citing {PEOPLE}", cue="citing", via=POST),
        ],
        [Cites(POST, "The Meridian Post first reported it")],
        [(POST, "the Post's")],
    )
    return [bearer, gazette]


def _denial() -> Report:
    denied = "Ministry spokesman Piet Aal denied on Monday that there had been a row"
    return report(
        12,
        "The Open Page",
        180,
        "Ministry denies split: “This is how work gets done”",
        f"{denied}. {FILLER}",
        says=[Say(denied, "Ministry spokesman Piet Aal", "denied", name="Piet Aal", stance=Stance.DENIES)],
    )
