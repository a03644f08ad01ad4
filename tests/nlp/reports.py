"""Invented reports for the tests of this room: events, some of them look-alikes, each told by several outlets.

Besides, marks and a forest made by hand, for the tests that need to know what comes out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from stories.nlp import events, likeness, terms
from stories.nlp.forest import LEAF, Forest
from stories.nlp.likeness import Marks
from stories.nlp.traits import traits

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

DREDGING = (
    (
        "Orlova quits Veldhaven harbour board over dredging tender",
        "The chair of the Veldhaven harbour board, Nadia Orlova, resigned on Tuesday after auditors found that the"
        " dredging tender had been changed after bids were opened. She denied wrongdoing.",
    ),
    (
        "Harbour chair resigns as auditors question dredging contract",
        "Nadia Orlova stepped down as head of the harbour board in Veldhaven. An audit says that the terms of the"
        " dredging tender were altered once the bids were known.",
    ),
    (
        "Veldhaven: resignation at the top of the port after audit of tender",
        "Orlova, who chaired the port's board for six years, left her post on Tuesday. The audit into the dredging"
        " contract will go to prosecutors, the city said.",
    ),
)
QUAKE_SOUTH = (
    (
        "Magnitude 6.1 earthquake shakes Talmara, 14 dead",
        "At least 14 people died when an earthquake of magnitude 6.1 struck the southern province of Talmara before"
        " dawn on Monday, bringing down houses in the hill villages. Governor Asel Murat said that 230 people were hurt"
        " and asked for tents and blankets before the night.",
    ),
    (
        "Talmara earthquake: rescuers dig through the night",
        "Rescue teams in Talmara province searched collapsed homes for survivors of Monday's magnitude 6.1 earthquake,"
        " which killed at least 14. Soldiers brought tents and blankets to the hill villages, where 230 people were hurt,"
        " governor Asel Murat said.",
    ),
)
QUAKE_NORTH = (
    (
        "Strong tremor off the Kessin coast, no tsunami warning",
        "A quake of 5.8 was felt across the northern Kessin islands on Friday evening. Ferries stayed in port for an hour."
        " No damage was reported and no tsunami warning was given, the coast guard at Holm Sound said; dishes fell from"
        " the shelves of a school.",
    ),
    (
        "Kessin islands rattled by offshore quake",
        "Residents of the Kessin islands ran into the streets on Friday evening when a 5.8 quake struck offshore and"
        " dishes fell from shelves. Authorities reported no injuries. The coast guard at Holm Sound held the ferries for"
        " an hour and gave no tsunami warning.",
    ),
)
EVENTS = (DREDGING, QUAKE_SOUTH, QUAKE_NORTH)

# Two strikes over shifts on one day: look-alikes, and two events.
STRIKE = (
    (
        "Tram drivers in Orvik walk out over night shifts",
        "Tram drivers in Orvik stopped work at four on Monday morning. The union of transport workers wants 12 instead of"
        " eight hours between two shifts; the city's tram company called the walkout irresponsible. No tram left the"
        " Sandmoor depot.",
    ),
    (
        "Orvik without trams as drivers strike",
        "No trams ran in Orvik on Monday. Drivers are striking for longer rests between shifts, the union of transport"
        " workers said at the gates of the Sandmoor depot. The company said that it would not talk under pressure.",
    ),
    (
        "Commuters walk as strike halts every tram in Orvik",
        "Some 90,000 commuters in Orvik looked for other ways to work on Monday after tram drivers walked out over night"
        " shifts. Pickets stood at the Sandmoor depot from four in the morning.",
    ),
)
NURSES = (
    (
        "Nurses at Hallin hospitals strike over night shifts",
        "Nurses at the three hospitals of the Hallin district stopped work on Monday. Their guild wants one nurse for every"
        " six beds at night; health director Tomas Arnesen said that emergencies would be seen to.",
    ),
    (
        "Hallin hospitals put off operations as nurses walk out",
        "Some 140 operations were put off in the Hallin district on Monday because nurses are on strike for more staff at"
        " night. Emergencies are treated, health director Tomas Arnesen said.",
    ),
)
VERDICT = (
    (
        "Banker Halvard Moen jailed for nine years over Lindal fund",
        "A court in Brevik sentenced Halvard Moen to nine years in prison on Friday for taking 41 million crowns from the"
        " Lindal pension fund. Judge Sara Tveit spoke of a betrayal of 6,200 pensioners.",
    ),
    (
        "Nine years for Moen in Lindal pension fraud",
        "Former banker Halvard Moen, who emptied the Lindal pension fund of 41 million crowns, must go to prison for nine"
        " years, the court in Brevik ruled. His lawyer said that he would appeal.",
    ),
    (
        "Pensioners cheer as judge sends Lindal fund's banker to prison",
        "There was applause in a Brevik courtroom when judge Sara Tveit read out the sentence: nine years for Halvard"
        " Moen, who ran the Lindal pension fund and helped himself to 41 million crowns of it.",
    ),
)
TELESCOPE = (
    (
        "Telescope on Mount Arle sees water vapour on a distant planet",
        "Astronomers at the Mount Arle observatory have found water vapour in the air of a planet 97 light years away, they"
        " report in a study led by Imke Roth. It is the smallest planet yet on which it was seen.",
    ),
    (
        "Water found in the air of a small planet, 97 light years from here",
        "A small planet 97 light years away has water vapour in its atmosphere, a team around Imke Roth writes. They had"
        " watched its star with the telescope on Mount Arle for eleven nights.",
    ),
)
WORLD = (*EVENTS, STRIKE, NURSES, VERDICT, TELESCOPE)


def read(title: str, text: str, at: datetime | None = NOON, lang: str = "en") -> Marks:
    """A report's marks as production makes them, with the shipped background alone."""
    vector = events.load().encode([events.event_text(title, text)])[0] if terms.is_english(lang) else None
    frequencies = terms.Frequencies.with_live(lang, {}, 0)
    return likeness.marks(vector, terms.counts(title, text), traits(title, text), frequencies, at)


def vector(cosine: float) -> likeness.Vector:
    """A unit vector with this cosine to vector(1)."""
    unit = np.zeros(events.DIMENSIONS, np.float32)
    unit[:2] = cosine, math.sqrt(1 - cosine**2)
    return unit


def by_hand(
    cosine: float | None = 1.0,
    *,
    at: datetime | None = NOON,
    words: Mapping[str, float] | None = None,
    names: Mapping[str, float] | None = None,
    numbers: Mapping[str, float] | None = None,
    quotes: Sequence[str] = (),
    length: int = 300,
) -> Marks:
    """Marks with this cosine to `by_hand(1)` (None: without an encoder) and nothing else but what is given."""
    return Marks(
        vector=None if cosine is None else vector(cosine),
        terms=words or {},
        names=names or {},
        numbers=numbers or {},
        dates=frozenset(),
        years=frozenset(),
        quotes=frozenset(quotes),
        words=length,
        at=at,
    )


def stairs(*steps: tuple[float, float], start: float, feature: str = "meaning") -> Forest:
    """A forest that looks at one feature: `start`, and for each step (limit, height) more where it is over the limit.

    What is not known stays at `start`.
    """
    trees = len(steps)
    asked = likeness.FEATURES.index(feature)
    return Forest(
        features=likeness.FEATURES,
        start=start,
        feature=np.array([[asked, LEAF, LEAF]] * trees, np.int16),
        threshold=np.array([[limit, 0, 0] for limit, _ in steps], np.float32),
        left=np.array([[1, 0, 0]] * trees, np.int16),
        right=np.array([[2, 0, 0]] * trees, np.int16),
        missing_left=np.ones((trees, 3), np.bool_),
        value=np.array([[0, 0, height] for _, height in steps], np.float32),
        depth=1,
    )
