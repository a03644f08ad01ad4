"""One article examined: from its document and its reading to its findings, each step needing the last.

Whose copy it is, which outlets it names and for what, who its sources are, what it credits, and so its role. It decides
nothing itself, and knows nothing of other articles.
"""

from __future__ import annotations

from stories.nlp import agencies, roles, sources
from stories.nlp import credits as crediting
from stories.nlp.findings import Document, Findings, Reading, Role
from stories.nlp.outlets import Gazetteer
from stories.nlp.sentences import sentences

# What is longer is a page full of something else; the reader reads no more either.
MOST_CHARACTERS = 120_000


def examine(document: Document, reading: Reading, gazetteer: Gazetteer) -> Findings:
    """Everything that one article says of where its news comes from.

    A text in a language that isn't read yields its agency, if it names one, and the role UNKNOWN. Time grows linearly
    with the text; beyond MOST_CHARACTERS it is not looked at.
    """
    outlet = gazetteer.outlet(document.outlet)
    wire = agencies.carried(document.title, document.text, document.byline, document.source_name, outlet)
    own_house = bool(wire) and gazetteer.outlet(wire) == outlet
    if not reading.read:
        return _not_read(wire, own_house)
    short = _cut(document)
    cut = sentences(short.whole)
    mentions = crediting.mentions(short, reading, gazetteer, cut, wire)
    sourced = sources.sourced(short, reading, mentions, cut)
    judged = roles.judge(short, cut, mentions, sourced, wire, own_house)
    return Findings(
        role=judged.role,
        why=judged.why,
        sourced=sourced,
        credits=crediting.credits(mentions, roles.main_passages(short, cut)),
        mentions=mentions,
        own=judged.own,
        wire=wire,
        hedges=sources.hedges(short.whole),
        denials=sources.denials(short.whole),
        no_answers=sources.no_answers(short.whole),
        loaded=reading.loaded,
    )


def _not_read(wire: str, own_house: bool) -> Findings:
    if wire and not own_house:
        return Findings(
            Role.WIRE, ((f"It carries {wire} copy, by its byline, dateline or closing credit.", None),), wire=wire
        )
    return Findings(Role.UNKNOWN, (("It is in a language that is not read.", None),), wire=wire)


def _cut(document: Document) -> Document:
    if len(document.whole) <= MOST_CHARACTERS:
        return document
    room = max(MOST_CHARACTERS - len(document.title) - 1, 0)
    return Document(
        document.title[:MOST_CHARACTERS],
        document.text[:room],
        document.outlet,
        document.lang,
        document.byline,
        document.source_name,
    )
