"""To whom a passage is attributed: invented passages with hand-made findings."""

from __future__ import annotations

import pytest

from stories.nlp.findings import Findings, Relation, Role, SourceKind, Stance
from stories.nlp.saying import around, said
from tests.nlp.provenance_worlds import POST, Cites, Say, place, report

CRASH = "The ferry ran aground because its rudder failed"


def given(text: str, *says: Say, cites: tuple[Cites, ...] = (), title: str = "Ferry aground") -> tuple[Findings, str]:
    one = report(1, "The Tide", 0, title, text, says=says, cites=cites)
    assert one.findings is not None
    return one.findings, one.whole


def test_a_passage_is_its_speakers() -> None:
    findings, whole = given(
        f"{CRASH}, captain Ida Holm said.", Say(f"{CRASH}, captain Ida Holm said", "captain Ida Holm")
    )
    found = said(findings, place(whole, CRASH), whole)
    assert found is not None
    assert (found.name, found.kind) == ("captain Ida Holm", SourceKind.NAMED)
    assert [whole[slice(*one)] for one in found.words] == ["captain Ida Holm", "said"]
    # The whole sentence, with the words that attribute it, is hers too.
    assert said(findings, place(whole, f"{CRASH}, captain Ida Holm said."), whole) == found


def test_what_is_not_attributed_is_the_outlets_own_voice() -> None:
    findings, whole = given(
        f"Nobody was hurt. {CRASH}, Ida Holm said.", Say(f"{CRASH}, Ida Holm said", "Ida Holm"), title="Ferry aground"
    )
    assert said(findings, place(whole, "Nobody was hurt."), whole) is None
    assert said(findings, (0, len("Ferry aground")), whole) is None


def test_a_remark_in_passing_does_not_make_the_passage_its_speakers() -> None:
    passage = "Twelve people were taken to the hospital after the ferry had run aground, which Holm called a mishap"
    findings, whole = given(f"{passage}.", Say("Holm called a mishap", "Holm", "called"))
    assert said(findings, place(whole, passage), whole) is None


def test_the_innermost_speaker_with_the_outlet_that_it_came_by() -> None:
    passage = f"{CRASH}, Ida Holm said, according to the Post"
    findings, whole = given(
        f"{passage}.",
        Say(f"{CRASH}, Ida Holm said", "Ida Holm", via=POST),
        Say(passage, "the Post", "according to", SourceKind.OUTLET, POST),
    )
    found = said(findings, place(whole, CRASH), whole)
    assert found is not None
    assert (found.name, found.via) == ("Ida Holm", POST)


def test_a_credit_in_the_same_sentence() -> None:
    findings, whole = given(
        f"As the Post was first to learn, {CRASH.lower()}. It rained.",
        cites=(Cites(POST, "As the Post was first to learn"),),
    )
    found = said(findings, place(whole, CRASH.lower()), whole)
    assert found is not None
    assert (found.name, found.kind) == (POST, SourceKind.OUTLET)
    assert said(findings, place(whole, "It rained."), whole) is None


def test_a_mention_is_no_credit() -> None:
    findings, whole = given(f"{CRASH}, a mile from the Post.", cites=(Cites(POST, "the Post", Relation.MENTION),))
    assert said(findings, place(whole, CRASH), whole) is None


def test_reportedly_is_somebodys_word() -> None:
    findings, whole = given("The ferry reportedly ran aground at dawn.")
    found = said(findings, place(whole, "The ferry reportedly ran aground"), whole)
    assert found is not None
    assert (found.name, found.hedged) == ("", True)


def test_no_answer_and_plans_attribute_nothing() -> None:
    findings, whole = given(
        "Holm declined to say why the ferry ran aground. The owners plan to raise the ferry in May.",
        Say("Holm declined to say why the ferry ran aground", "Holm", "declined to say", stance=Stance.NO_ANSWER),
        Say("The owners plan to raise the ferry in May", "The owners", "plan"),
    )
    assert said(findings, place(whole, "why the ferry ran aground"), whole) is None
    assert said(findings, place(whole, "to raise the ferry in May"), whole) is None


@pytest.mark.parametrize("span", [(0, 0), (5, 2), (900, 950)])
def test_no_passage_is_nobodys(span: tuple[int, int]) -> None:
    findings, whole = given(f"{CRASH}, Ida Holm said.", Say(f"{CRASH}, Ida Holm said", "Ida Holm"))
    assert said(findings, span, whole) is None


def test_without_findings() -> None:
    assert said(None, (0, 5), "Ferry aground") is None
    assert said(Findings(Role.UNKNOWN), (0, 5), "عبارة") is None
    assert around("", (0, 3)) == (0, 3)
