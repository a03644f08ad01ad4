"""Outlets named in a text: by the gazetteer, by what was named before, by pattern."""

from __future__ import annotations

import time

import pytest

from stories.nlp.findings import Document
from stories.nlp.outlets import Gazetteer, KnownOutlet
from tests.nlp.findings import SEED, seeded

POST = KnownOutlet("The Harbour Post", ("Harbour Post",), ("the Post",), ("harbourpost.example",), kind="newspaper")
OTHER = KnownOutlet("Upland Post", (), ("the Post",), kind="newspaper")
TELE = KnownOutlet("Tele Nord", ("TN",), (), ("telenord.example",), kind="broadcaster")
SMALL = Gazetteer([POST, OTHER, TELE])


def named(text: str, outlet: str = "", gazetteer: Gazetteer = SMALL) -> list[tuple[str, str]]:
    document = Document("", text, outlet)
    return [(document.whole[slice(*one.span)], one.outlet) for one in gazetteer.namings(document)]


def test_names_and_aliases_are_found_and_capitals_count() -> None:
    assert named("Harbour Post and TN said so; tn and harbour post did not.") == [
        ("Harbour Post", "The Harbour Post"),
        ("TN", "Tele Nord"),
    ]


def test_a_shared_name_means_the_outlet_last_named_in_full() -> None:
    assert ("the Post", "Upland Post") in named(
        "The Harbour Post asked. Upland Post answered, and the Post printed it."
    )


def test_a_shared_name_alone_means_the_article_s_own_outlet_or_nothing() -> None:
    assert named("He told the Post so.", "harbourpost.example") == [("the Post", "The Harbour Post")]
    assert named("He told the Post so.") == []


def test_the_network_means_a_broadcaster_and_the_newspaper_does_not() -> None:
    found = named("Tele Nord showed it. The Harbour Post printed it. The network and the newspaper agree.")
    assert found[2:] == [("The network", "Tele Nord"), ("the newspaper", "The Harbour Post")]


def test_without_an_outlet_named_before_a_generic_word_is_nobody() -> None:
    assert named("The agency said that the network was slow.") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It was the Millbrook Gazette that asked.", "Millbrook Gazette"),
        ("She spoke on Radio Tansy yesterday.", "Radio Tansy"),
        ("The Norwegian newspaper Fjordbladet wrote it.", "Fjordbladet"),
    ],
)
def test_unknown_outlets_are_known_by_their_form(text: str, name: str) -> None:
    naming = next(one for one in SMALL.namings(Document("", text)) if one.outlet == name)
    assert not naming.known


def test_state_media_take_the_nation_that_the_article_is_about() -> None:
    assert named("Belarus shut the border, state television said.") == [
        ("state television", "Belarusian state television")
    ]


def test_a_person_of_an_outlet_s_name_is_none() -> None:
    assert named("Mr. Bloomberg spoke.", gazetteer=seeded()) == []


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        ("www.harbourpost.example", "The Harbour Post"),
        ("TN", "Tele Nord"),
        ("harb-post", "The Harbour Post"),
        ("nobody.example", "nobody.example"),
        ("", ""),
    ],
)
def test_whatever_a_publisher_is_called_its_outlet_is_found(handle: str, name: str) -> None:
    assert SMALL.outlet(handle) == name


def test_no_outlet_stands_in_both_seed_files() -> None:
    files = [set(Gazetteer.from_toml([path]).outlets) for path in sorted(SEED.glob("*.toml"))]
    assert len(files) == 2
    assert not files[0] & files[1]


def test_the_whole_gazetteer_takes_milliseconds_for_an_article() -> None:
    gazetteer = seeded()
    document = Document("A title", "The Washington Post reported that Ann Lee of the Harbour Board told Reuters. " * 60)
    gazetteer.namings(document)
    begun = time.perf_counter()
    gazetteer.namings(document)
    assert time.perf_counter() - begun < 0.25


def test_a_programme_of_one_word_is_one_only_where_its_network_is_named_or_it_is_quoted() -> None:
    trains = "She was told about brakes on Nightline trains. He told Nightline staff so."
    assert seeded_names(trains) == []
    assert seeded_names("He said so on Hannity, Fox News announced.") == ["Fox News", "Fox News"]
    assert seeded_names("He said so on “Nightline” that evening.") == ["ABC News (US)"]


def seeded_names(text: str) -> list[str]:
    return [outlet for _, outlet in named(text, gazetteer=seeded())]


def test_an_unknown_outlet_goes_by_its_short_name_and_with_or_without_its_article() -> None:
    text = "Skerry Gazette reported it. The Skerry Gazette said so, officials told the Gazette."
    gazetteer = Gazetteer([KnownOutlet("Northern Gazette", (), ("the Gazette",))])
    assert {outlet for _, outlet in named(text, gazetteer=gazetteer)} == {"The Skerry Gazette"}
    later = text + " The Northern Gazette denied it, and officials told the Gazette so."
    assert named(later, gazetteer=gazetteer)[-1][1] == "Northern Gazette"
