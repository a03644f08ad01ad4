"""What an outlet is named for."""

from __future__ import annotations

import pytest

from stories.nlp import credits
from stories.nlp.findings import Document, Reading, Relation
from stories.nlp.sentences import sentences
from tests.nlp.findings import seeded

GAZETTEER = seeded()


def relations(text: str, outlet: str = "Millbrook Gazette") -> dict[str, Relation]:
    document = Document("", text, outlet)
    found = credits.mentions(document, Reading(), GAZETTEER, sentences(document.whole))
    return {one.outlet: one.relation for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "The dam is leaking, Politico reported on Monday.",
        "According to a report in Politico, the dam is leaking.",
        "The dam is leaking, as first reported by Politico.",
        "Politico, which had seen the plans, wrote that the dam was leaking.",
        "Politico's Ann Lee reported that the dam was leaking.",
        "A Politico investigation found cracks.",
        "Citing Politico, he spoke of cracks.",
    ],
)
def test_reported(text: str) -> None:
    assert relations(text) == {"Politico": Relation.REPORTED}


@pytest.mark.parametrize(
    "text",
    [
        "The mayor told Politico that the dam was safe.",
        "In an interview with Politico, the mayor called the dam safe.",
        "“It is safe,” the mayor said in a statement to Politico.",
        "Reached by Politico, the mayor hung up.",
    ],
)
def test_told(text: str) -> None:
    assert relations(text) == {"Politico": Relation.TOLD}


def test_a_programme_is_its_outlet_s() -> None:
    assert relations("“It is safe,” the mayor said on CNN's “State of the Union.”") == {"CNN": Relation.TOLD}
    assert relations("He praised the State of the Union address.") == {}


@pytest.mark.parametrize(
    "text",
    [
        "Sunday on CNN’s “Harbour Hour,” when asked about the dam, the mayor smiled.",
        "The engineer was a guest on CNN on Monday.",
        "He called the dam safe during a CNN panel.",
        "The mayor praised the crews on Friday’s “CNN Newsroom.”",
        "CNN host Ann Lee said Tuesday night that the dam was leaking.",
    ],
)
def test_on_air(text: str) -> None:
    assert relations(text) == {"CNN": Relation.TOLD}


def test_what_no_one_says_on_air() -> None:
    assert relations("The two met at the CNN debate.") == {"CNN": Relation.MENTION}
    assert relations("CNN Moderators Ignore Dam") == {"CNN": Relation.MENTION}


def test_a_line_that_says_from_whom_the_rest_is() -> None:
    assert relations("The dam is leaking.\nFrom Politico:\nWater ran.") == {"Politico": Relation.REPORTED}


def test_everyday_words_that_begin_a_sentence_have_no_stories() -> None:
    assert relations("People click on stories.") == {}


@pytest.mark.parametrize(
    "text", ["A CNN poll puts her ahead.", "She leads in a survey by CNN.", "A CNN/ORC poll has her ahead."]
)
def test_poll(text: str) -> None:
    assert relations(text) == {"CNN": Relation.POLL}


def test_photo_self_and_mention() -> None:
    assert relations("Photo by Ann Lee/AP") == {"Associated Press": Relation.PHOTO}
    assert relations("The mayor told Politico that it was safe.", "politico.com") == {"Politico": Relation.SELF}
    assert relations("The senator sued CNN last year.") == {"CNN": Relation.MENTION}
    assert relations("CNN host Ann Lee was at the dinner.") == {"CNN": Relation.MENTION}


def test_outlets_in_a_list_are_named_for_the_same() -> None:
    assert relations("CNN and The New York Times reported the find.") == {
        "CNN": Relation.REPORTED,
        "The New York Times": Relation.REPORTED,
    }


def test_everyday_words_are_no_outlets() -> None:
    assert relations("People say that the time has come. Time will tell, and the sun is out.") == {}
    assert relations("He told Time that it was over.") == {"Time": Relation.TOLD}


def test_one_credit_for_each_outlet_and_relation_with_its_first_evidence() -> None:
    document = Document(
        "Dam leaks", "The mayor told CNN so. Rain fell. Politico reported cracks. Politico reported more."
    )
    cut = sentences(document.whole)
    found = credits.mentions(document, Reading(), GAZETTEER, cut)
    given = credits.credits(found, main=(cut.spans[1],))
    assert [(one.outlet, one.relation, one.main) for one in given] == [
        ("CNN", Relation.TOLD, True),
        ("Politico", Relation.REPORTED, False),
    ]
    assert document.whole[slice(*given[1].evidence)] == "Politico reported"
