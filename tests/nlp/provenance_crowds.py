"""Invented stories of many reports: forty headlines with one origin, a golden case of the literature's shape, a flood.

Made by code from a seed; what is known of each stands in its docstring.
"""

from __future__ import annotations

import random

from stories.nlp.findings import Relation, Role, SourceKind, Stance
from stories.nlp.lineage import Report
from tests.nlp.provenance_worlds import FILLER, Cites, Say, anonymous, report

WASHINGTON = "The Washington Post"
DAILY = "Market Daily"
SYLLABLES = [
    "ban",
    "cor",
    "del",
    "fen",
    "gar",
    "hol",
    "jin",
    "kar",
    "lom",
    "mar",
    "nor",
    "pel",
    "quin",
    "ros",
    "sul",
    "tor",
    "ver",
    "wil",
    "yan",
    "zed",
]


def reference() -> list[Report]:
    """Forty reports of one origin that we don't poll: a daily repeats it (1), another the daily (2), 38 one of these.

    It rests on people familiar with the matter, two officials and a named denial. Nine of the 38 have a headline that
    shows nothing of whose news it is.
    """
    chance = random.Random(40)
    reports = [_daily(), _second()]
    for number in range(3, 41):
        before = reports[chance.randrange(2)].outlet
        title = f"Envoy number {number} sidelined" + ("" if number <= 11 else f", {before} says")
        text = f"An envoy close to the palace has been sidelined, {before} reported. {FILLER}"
        named = [] if number <= 11 else [(before, before)]
        cites = [Cites(before, f"{before} reported")]
        reports.append(report(number, f"Outlet {number}", number * 3, title, text, Role.RE_REPORT, (), cites, named))
    return reports


def _daily() -> Report:
    citing = "reported the Post, citing people familiar with the matter"
    told = "two officials told the Post that he had been shut out of the talks"
    denied = "Palace spokesman Ilmar Tosk denied that there was a split, according to the Post"
    return report(
        1,
        DAILY,
        0,
        "Palace insider sidelined over talks: Washington Post",
        f"An envoy close to the palace has been sidelined, {citing}. Meanwhile {told}. {denied}. {FILLER}",
        Role.RE_REPORT,
        [
            anonymous(citing, cue="citing", via=WASHINGTON),
            anonymous(told, "two officials", "told", via=WASHINGTON),
            Say(
                denied, "Palace spokesman Ilmar Tosk", "denied", name="Ilmar Tosk", stance=Stance.DENIES, via=WASHINGTON
            ),
        ],
        [Cites(WASHINGTON, "reported the Post"), Cites(WASHINGTON, "told the Post", Relation.TOLD)],
        [(WASHINGTON, "Washington Post")],
    )


def _second() -> Report:
    text = f"People familiar with the matter told of an envoy’s fall, {DAILY} reported. {FILLER}"
    return report(
        2,
        "Evening Echo",
        5,
        f"Palace insider out, {DAILY} reports",
        text,
        Role.RE_REPORT,
        [anonymous("People familiar with the matter told", "People familiar with the matter", "told", via=DAILY)],
        [Cites(DAILY, f"{DAILY} reported")],
        [(DAILY, DAILY)],
    )


def golden(seed: int = 2010) -> list[Report]:
    """121 distinct reports; 13 have some reporting of their own, 7 of them are independent (1 to 7).

    Of the other six two are by outlets of an owner counted already (8, 9), one is the copy of an agency's text (10),
    one heard the same spokesman as another (11), and two add voices that speak of something else (12, 13). Of the
    remaining 108, in hops of up to four, nine in ten say whom they repeat and the others open just like the origin.
    """
    chance = random.Random(seed)
    reports = [_origin(chance, number) for number in range(1, 8)]
    reports += [_sibling(chance, 8, reports[0]), _sibling(chance, 9, reports[1])]
    reports += [_wire_copy(reports[6]), _same_source(11, reports[2]), _colour(12, reports[3]), _colour(13, reports[4])]
    repeaters: list[Report] = []
    for number in range(14, 122):
        before = chance.choice([*reports[:7], *repeaters[-30:]])
        repeaters.append(_repeater(chance, number, before, reports))
    return reports + repeaters


def _person(chance: random.Random) -> str:
    first, last = ("".join(chance.sample(SYLLABLES, 2)).title() for _ in range(2))
    return f"{first} {last}"


def _origin(chance: random.Random, number: int, **more) -> Report:
    who = _person(chance)
    about = " ".join("".join(chance.sample(SYLLABLES, 3)) for _ in range(12))
    passage = f"{who} said that the breach of {about} came from abroad"
    text = f"{passage}. {FILLER}"
    agency = {"agency": True, "wire": "Wire 7"} if number == 7 else {}
    outlet = "Wire 7" if number == 7 else f"Paper {number}"
    owner = f"Group {number}" if number < 3 else ""
    given = {"owner": owner, **agency, **more}
    return report(
        number, outlet, number * 7, f"Breach of {about} traced abroad", text, says=[Say(passage, who)], **given
    )


def _sibling(chance: random.Random, number: int, of: Report) -> Report:
    made = _origin(chance, number, owner=of.owner)
    return made


def _wire_copy(of: Report) -> Report:
    who = of.findings.sourced[0].name
    said = of.whole.split("\n")[1].split(". ")[0]
    text = f"(Wire 7) — {said}. {FILLER}"
    return report(10, "Coast Herald", 90, of.title, text, Role.WIRE, [Say(said, who)], wire="Wire 7", copy_of=7)


def _same_source(number: int, of: Report) -> Report:
    last = of.findings.sourced[0].name.split(" ")[1]
    passage = f"Mr {last} said to reporters that it was grave"
    name = of.findings.sourced[0].name
    return report(
        number, "City Sheet", 95, "A grave breach", f"{passage}. {FILLER}", says=[Say(passage, f"Mr {last}", name=name)]
    )


def _colour(number: int, of: Report) -> Report:
    shop = f"Shopkeeper Ana Reld {number} said she would buy candles"
    text = f"A breach was traced abroad, {of.outlet} reported. {FILLER} {shop}."
    cites = [Cites(of.outlet, f"{of.outlet} reported")]
    title = "Systems breached from afar"
    return report(
        number, f"Town Crier {number}", 100, title, text, Role.MIXED, [Say(shop, f"Ana Reld {number}")], cites
    )


def _repeater(chance: random.Random, number: int, before: Report, origins: list[Report]) -> Report:
    minutes = 110 + number
    if chance.random() < 0.1:
        origin = chance.choice(origins[:7])
        lead = origin.whole.split("\n")[1].split(". ")[0].split(" said that ")[1]
        return report(number, f"Site {number}", minutes, origin.title, f"{lead.capitalize()}. {FILLER}")
    text = f"A breach has been traced abroad, {before.outlet} reported. {FILLER}"
    cites = [Cites(before.outlet, f"{before.outlet} reported")]
    return report(number, f"Site {number}", minutes, f"Breach: {number}", text, Role.RE_REPORT, (), cites)


def flood(count: int, seed: int = 1, words: int = 800) -> list[Report]:
    """Many reports of so many words: a third of their own, a third that credit, a third that name nobody."""
    chance = random.Random(seed)
    reports: list[Report] = []
    for number in range(1, count + 1):
        vocabulary = ["".join(chance.sample(SYLLABLES, 3)) for _ in range(60)]
        body = " ".join(chance.choice(vocabulary) for _ in range(words - 40))
        who, title = _person(chance), " ".join(vocabulary[:9])
        kind = number % 3
        before = chance.choice(reports).outlet if reports else "Elsewhere"
        lead = [
            f"{who} said that {title} came to pass",
            f"{title.capitalize()}, {before} reported",
            f"{title.capitalize()} and more of it",
        ][kind]
        says = [Say(lead, who), Say(lead, title.split()[0], "reported", SourceKind.ANONYMOUS)][: 1 if kind == 0 else 0]
        cites = [Cites(before, f"{before} reported")] if kind == 1 else []
        role = Role.RE_REPORT if cites else Role.ORIGINAL
        reports.append(report(number, f"House {number % 120}", number, title, f"{lead}. {body}", role, says, cites))
    return reports
