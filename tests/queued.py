"""Questions of every kind for the review queue, as its pages are looked at and worked through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from stories.models import Ask, Doubt, Story
from stories.nlp.findings import Findings, Role
from stories.services import examining
from tests import factories

PLACES = ("Skarv", "Port Anson", "Lady Imrie", "Thistle Ness", "Ostrey", "Roake", "Orvane", "Holm")
LEAD = (
    "The harbour authority of {place} said on Tuesday that the dredging contract would not be tendered again, "
    "although the price had nearly tripled since the second bid was turned down by a committee that never met."
)
ALONE = (
    "Fishermen in {place} have waited for the channel to be dug since the winter, and most of them have given up on "
    "the season; a ferry ran aground there twice in March, according to the coastguard’s log."
)


def report(name: str, title: str, at: datetime, text: str = "", **kw: object):
    return factories.article(
        outlet=factories.outlet(name=name), title=title, first_seen_at=at, text=text or LEAD.format(place=name), **kw
    )


def story(number: int, now: datetime, reports: int = 4) -> Story:
    """A story of some outlets' reports, the first of which leads."""
    place = PLACES[number % len(PLACES)]
    rows = [
        report(
            f"Gazette {number}.{n}",
            f"{('Authority in', 'Town hears:', 'No new tender in', 'What the contract means for')[n % 4]} {place}, {n}",
            now - timedelta(hours=5, minutes=-17 * n),
            (LEAD, ALONE)[n % 2].format(place=place) + " More is expected on Thursday.",
        )
        for n in range(reports)
    ]
    return factories.story(rows, title=f"Dredging contract of {place} stands, number {number}")


def merge(number: int, now: datetime) -> dict:
    return {
        "story": story(number, now),
        "other": story(number + 100, now, 2),
        "reasons": ["5 shared names", "11 h apart"],
    }


def split(number: int, now: datetime) -> dict:
    one = story(number, now)
    return {"story": one, "articles": _some(one, 2), "reasons": ["no names in common with the rest"]}


def move(number: int, now: datetime) -> dict:
    one = story(number, now)
    return {"story": one, "other": story(number + 100, now, 2), "articles": _some(one, 1)}


def member(number: int, now: datetime) -> dict:
    one = story(number, now)
    return {"story": one, "articles": _some(one, 1), "reasons": ["58 % sure that it belongs", "one shared name"]}


def reader(number: int, now: datetime) -> dict:
    one = story(number, now)
    return {"story": one, "articles": _some(one, 1), "probability": 0.5, "reasons": [], "objections": 3}


def origins(number: int, now: datetime) -> dict:
    one = story(number, now)
    pks = list(one.articles.order_by("reported_at").values_list("pk", flat=True))
    reasons = ["two origins 34 minutes apart, and their openings are alike"]
    return {"story": one, "articles": [pks[0], pks[2]], "probability": 0.5, "reasons": reasons}


def outlet(number: int, now: datetime) -> dict:
    name = f"The Washport Courant {number}"
    title, text = (
        f"Aide pressed for contract in secret, number {number}",
        f"The aide left, {name} reported. He is gone.",
    )
    row = report(f"Coast Wire {number}", title, now, text)
    examining.keep(row, Findings(Role.RE_REPORT), now)
    start = len(title) + 1
    factories.outlet(name=f"Washport Courant {number}", aliases=["the Courant"])
    proposal = factories.proposal(name=name, article=row, evidence=[start, start + len(text)], articles=6 + number)
    reasons = [f"“{name}” is credited like an outlet in {6 + number} articles, and no list of outlets knows it."]
    return {"proposal": proposal, "story": None, "probability": 0.5, "reasons": reasons}


KINDS: dict[Ask, Callable[[int, datetime], dict]] = {
    Ask.MERGE: merge,
    Ask.SPLIT: split,
    Ask.MOVE: move,
    Ask.MEMBER: member,
    Ask.READER: reader,
    Ask.ORIGINS: origins,
    Ask.OUTLET: outlet,
}


def doubts(count: int, now: datetime) -> list[Doubt]:
    """So many questions, of each kind in turn, the first the most urgent."""
    return [doubt(list(KINDS)[n % len(KINDS)], n, now, priority=float(count - n)) for n in range(count)]


def doubt(kind: Ask, number: int, now: datetime, **kw: object) -> Doubt:
    """One question of a kind, with what it is about."""
    about = KINDS[kind](number, now) | kw
    objections = about.pop("objections", 0)
    row = factories.doubt(about.pop("story"), kind, reach=7, found_at=now - timedelta(minutes=20), **about)
    for n in range(objections):
        factories.objection(row, sender=f"{number}-{n}")
    return row


def _some(one: Story, count: int) -> list[int]:
    return sorted(one.articles.order_by("-reported_at").values_list("pk", flat=True)[:count])
