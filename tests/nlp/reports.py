"""Invented reports for the tests of this room: three events, two of them look-alikes, each told by several outlets."""

from __future__ import annotations

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
        " dawn on Monday, bringing down houses in the hill villages.",
    ),
    (
        "Talmara earthquake: rescuers dig through the night",
        "Rescue teams in Talmara province searched collapsed homes for survivors of Monday's magnitude 6.1 earthquake,"
        " which killed at least 14.",
    ),
)
QUAKE_NORTH = (
    (
        "Strong earthquake off the Kessin coast, no tsunami warning",
        "An earthquake of magnitude 5.8 was felt across the northern Kessin islands on Friday. No damage was reported"
        " and no tsunami warning was given.",
    ),
    (
        "Kessin islands rattled by offshore quake",
        "Residents of the Kessin islands ran into the streets on Friday when a magnitude 5.8 quake struck offshore."
        " Authorities reported no injuries.",
    ),
)
EVENTS = (DREDGING, QUAKE_SOUTH, QUAKE_NORTH)
