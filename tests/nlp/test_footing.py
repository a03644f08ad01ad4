"""Leads, footing and names: the small parts that the count stands on."""

from __future__ import annotations

import pytest

from stories.nlp.findings import Role, SourceKind
from stories.nlp.leads import lead_end, lead_spans, overlap, telling
from stories.nlp.lineage import Footing
from stories.nlp.persons import Said, plain, same_sources
from stories.nlp.provenance import trace
from tests.nlp.provenance_worlds import Say, report

PERSON, BODY = SourceKind.NAMED, SourceKind.ORGANISATION


def test_a_lead_is_the_headline_and_the_first_two_sentences() -> None:
    one = report(
        1, "Post", 0, "Rain in town", "TOWN.\nIt rained hard on Monday. Streets were wet by noon. More fell later."
    )
    said = [one.whole[start:end] for start, end in lead_spans(one)]
    assert said == ["Rain in town", "It rained hard on Monday.", "Streets were wet by noon."]
    assert one.whole[: lead_end(one)].endswith("on Monday.")


def test_a_report_without_text_or_headline_has_no_lead() -> None:
    assert lead_spans(report(1, "Post", 0, "", "")) == ()
    assert lead_end(report(1, "Post", 0, "", "")) == 0


def test_telling_words_lose_their_endings() -> None:
    assert telling("Ministers, the minister’s 48 and 2.5!") == {"minist", "48", "2.5"}
    assert overlap(frozenset("ab"), frozenset("abc")) == 1.0
    assert overlap(frozenset(), frozenset("abc")) == 0.0


def test_an_unnamed_role_is_a_source_without_a_name() -> None:
    say = Say("Officials said", "Officials", kind=SourceKind.ROLE)
    found = trace([report(1, "Post", 0, "Rain", "Officials said so.", says=[say])])
    assert found.standings[0].footing is Footing.UNNAMED


def test_other_voices_are_no_ground() -> None:
    say = Say("The West said", "The West", kind=SourceKind.OTHER)
    found = trace([report(1, "Post", 0, "Rain", "The West said so.", says=[say])])
    assert found.standings[0].footing is Footing.BARE


@pytest.mark.parametrize("role", [Role.RE_REPORT, Role.OTHER])
def test_own_words_in_what_only_repeats_or_comments_are_no_ground(role: Role) -> None:
    found = trace([report(1, "Post", 0, "Rain", "Ana Reld said so.", role, [Say("Ana Reld said", "Ana Reld")])])
    assert found.standings[0].footing in (Footing.REPEATS, Footing.ASIDE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Piet Aal", "Aal", True),
        ("Mr Aal", "Piet Aal", True),
        ("P. Aal", "Piet Aal", True),
        ("Piet Aal", "Nora Aal", False),
        ("Piet Aal", "Piet Orn", False),
        ("Dr. Ana Reld’s", "Ana Reld", True),
    ],
)
def test_persons_by_name(one: str, other: str, same: bool) -> None:
    numbers = same_sources([Said(PERSON, one), Said(PERSON, other)])
    assert (len(set(numbers.values())) == 1) is same


def test_bodies_by_name() -> None:
    numbers = same_sources([Said(BODY, "The Harbour Board"), Said(BODY, "Harbour Board"), Said(BODY, "Harbour Police")])
    assert len(set(numbers.values())) == 2


def test_a_person_is_not_a_body_of_that_name() -> None:
    assert len(set(same_sources([Said(PERSON, "Orn"), Said(BODY, "Orn")]).values())) == 2


def test_a_name_without_words_is_still_a_source() -> None:
    assert plain("…") == ""
    assert len(same_sources([Said(PERSON, "…"), Said(PERSON, "Ana Reld")])) == 2
