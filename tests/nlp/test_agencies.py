"""Agencies: the places where a credit counts, and mere mentions that don't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stories.nlp import agencies

LABELLED = Path(__file__).resolve().parents[3] / "shared" / "data" / "provenance" / "visible.jsonl"
BODY = "Judges struck down the toll that Veldhaven charges on fishing boats. The board must repay it."
HPB = agencies.Agency("Halvern Press Bureau", ("the Press Bureau",), ("HPB",))


def carried(
    text: str = BODY,
    byline: str = "",
    title: str = "Court strikes down toll",
    source: str = "",
    outlet: str = "The Skarv Herald",
) -> str:
    return agencies.carried(title, text, byline, source, outlet, others=[HPB])


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("(Reuters) - ", "Reuters"),
        ("WASHINGTON (AP) — ", "AP"),
        ("MANAMA, Bahrain (AP) —", "AP"),
        ("(AP)—", "AP"),
        ("PHILADELPHIA, July 25 (UPI) — ", "UPI"),
        ("By Ali Brand\nSKARV, West Bank, Jan 1 (Reuters) - ", "Reuters"),
        ("LONDON, Dec 29 (Thomson Reuters Foundation) - ", "Thomson Reuters Foundation"),
        ("Berlin (dpa/AFP) - ", "dpa"),
        ("Moskau (AFP) – ", "AFP"),
        ("Karachi, Sept. 9 (ANI): ", "ANI"),
        ("SEOUL, Dec. 12 (Yonhap) -- ", "Yonhap"),
        ("Madrid, 5 nov (EFE).- ", "EFE"),
        ("MOSCOW, November 5. /TASS/. ", "TASS"),
        ("AFP - ", "AFP"),
        ("ALDENMOOR (HPB) – ", "Halvern Press Bureau"),
        ("Skip to content\nA boat in the harbour.\n\nROME (AFP) - ", "AFP"),
        ("新华社北京11月5日电 ", "Xinhua"),
        ("【ロンドン共同】", "Kyodo News"),
        ("(서울=연합뉴스) 홍길동 기자 = ", "Yonhap"),
    ],
)
def test_datelines(dateline: str, agency: str) -> None:
    assert carried(dateline + BODY) == agency


@pytest.mark.parametrize(
    ("byline", "agency"),
    [
        ("AP", "AP"),
        ("By The Associated Press", "AP"),
        ("Matthew Lee, Associated Press", "AP"),
        ("MATTHEW LEE Associated Press", "AP"),
        ("By Edda Quill, HPB", "Halvern Press Bureau"),
        ("HPB staff", "Halvern Press Bureau"),
        ("Reuters Staff", "Reuters"),
        ("Agence France-Presse", "AFP"),
        ("dpa", "dpa"),
        ("PA Media", "PA Media"),
        ("Von dpa", "dpa"),
        ("AFP / Jo Brand", "AFP"),
        ("Sentinel staff and HPB", ""),
        ("Nadia Orlova with AP", ""),
        ("Guardian staff and agencies", ""),
        ("Pa Salt", ""),
        ("Ap Harper", ""),
        ("", ""),
    ],
)
def test_bylines(byline: str, agency: str) -> None:
    assert carried(byline=byline) == agency


@pytest.mark.parametrize(
    ("ending", "agency"),
    [
        (
            "\nCopyright 2017 The Associated Press. All rights reserved. This material may not be published.\nShare this: x",
            "AP",
        ),
        ("\n© 2026 AFP", "AFP"),
        ("\n(c) Copyright Thomson Reuters 2026.", "Reuters"),
        (" (HPB)", "Halvern Press Bureau"),
        ("\n(HPB)", "Halvern Press Bureau"),
        (" – AP", "AP"),
        (" /ritzau/", "Ritzau"),
        ("\nPA", "PA Media"),
        ("\n(Reporting by Ali Brand; Writing by Jo Vale; Editing by Peter Lind)", "Reuters"),
        ("\nThe Associated Press contributed to this report.", ""),
        ("\nWith files from The Associated Press", ""),
        ("\nAssociated Press writer Jo Vale in Skarv contributed to this report.", ""),
        ("\nAdditional reporting by AFP", ""),
        ("\n© REUTERS / Jo Vale The quay in the morning.", ""),
        ("\nThe quay in the morning ©jo (AFP)", ""),
        ("\nThe quay in the morning. Photograph: Jo Vale/AFP/Getty Images", ""),
    ],
)
def test_endings(ending: str, agency: str) -> None:
    assert carried(BODY + ending) == agency


@pytest.mark.parametrize(
    "text",
    [
        "The minister told Reuters that he would go. " + BODY,
        "The toll is gone, according to AP. " + BODY,
        "The Associated Press (AP) reported on Tuesday that the toll is gone. " + BODY,
        "Two journalists of the Associated Press news agency were hurt in Skarv. " + BODY,
        "Enlarge this image Jo Vale /AFP/Getty Images\nThe quay.\n" + BODY,
        "Reuters\nThe quay in the morning.\n" + BODY,
        "Pittsburgh (PA) - The toll is gone. " + BODY,
        BODY + " So said AFP.",
    ],
)
def test_a_mention_is_no_credit(text: str) -> None:
    assert carried(text) == ""


def test_what_agencies_publish_themselves_and_what_aggregators_take_from_them() -> None:
    assert carried(outlet="Agence France-Presse") == "AFP"
    assert carried(outlet="The Associated Press") == "AP"
    assert carried(outlet="Halvern Press Bureau") == "Halvern Press Bureau"
    assert carried(outlet="The Headline Basket", source="Reuters") == "Reuters"
    assert carried(title="UPDATE 2-Court strikes down toll") == "Reuters"
    assert carried(title="Court strikes down toll - Reuters") == "", "as likely a report that credits the agency"


def test_one_name_for_each_agency() -> None:
    assert {agencies.canonical(name) for name in ("AP", "Associated Press", "the associated press", "AP News")} == {
        "AP"
    }
    assert agencies.canonical("HPB") == ""
    assert agencies.canonical("HPB", [HPB]) == "Halvern Press Bureau"
    assert agencies.canonical("The Skarv Herald") == ""


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled sets lie in ../shared/data, which is not here")
def test_on_labelled_articles() -> None:
    """By the text alone; what agencies publish themselves is labelled otherwise and left out."""
    rows = [json.loads(line) for line in LABELLED.open(encoding="utf-8")]
    pairs = [
        (row["wire_agency"] or "", agencies.carried(row["title"], row["text"], "", "", ""))
        for row in rows
        if not row["outlet"].endswith("reuters.com")
    ]
    right = sum(1 for labelled, found in pairs if labelled and found == labelled)
    assert right / sum(1 for _, found in pairs if found) >= 0.99
    assert right / sum(1 for labelled, _ in pairs if labelled) >= 0.95
