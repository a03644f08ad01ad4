"""What happens to a story: each kind, its key, and that late articles double nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from stories.nlp.findings import Role, SourceKind, Stance
from stories.nlp.happenings import happenings
from stories.nlp.lineage import Happening, HappeningKind, Headline, Report
from stories.nlp.provenance import trace
from tests.nlp.provenance_crowds import reference
from tests.nlp.provenance_worlds import NINE, Say, anonymous, harbour, report

Kind = HappeningKind


def told(*reports: Report) -> list[Happening]:
    return list(happenings(reports, trace(reports)))


def of(kind: HappeningKind, *reports: Report) -> list[Happening]:
    return [one for one in told(*reports) if one.kind is kind]


def says(article: int, outlet: str, who: str, minutes: float = 0, **more) -> Report:
    text = f"{who} said that it rained."
    return report(article, outlet, minutes or article, "Rain", text, says=[Say(f"{who} said", who)], **more)


def test_what_happened_to_the_twelve_articles() -> None:
    found = [(one.kind, one.key, one.article, one.other) for one in told(*harbour())]
    assert found == [
        (Kind.DROPPED, "3", 9, 1),
        (Kind.NEW_ORIGIN, "standard bearer", 10, 1),
        (Kind.CONFIRMED, "first", 11, 1),
        (Kind.ON_RECORD, "first", 11, 1),
        (Kind.NEW_ORIGIN, "gazette", 11, 1),
        (Kind.DENIED, "aal", 12, 1),
    ]


def test_every_happening_of_the_twelve_shows_its_passage() -> None:
    whole = {one.article: one.whole for one in harbour()}
    shown = {one.key: [whole[one.article][start:end] for start, end in one.evidence] for one in told(*harbour())}
    assert shown["gazette"][0].startswith("Ada Brandt")
    assert "denied" in shown["aal"][0]
    assert shown["3"] == ["Revolt"]


def test_keys_do_not_change_as_articles_arrive() -> None:
    for last in range(1, 13):
        so_far = harbour()[:last]
        found = [(one.kind, one.key) for one in told(*so_far)]
        assert len(found) == len(set(found))
        assert set(found) <= {(one.kind, one.key) for one in told(*harbour())}


# --- confirmation, origins


def test_the_first_confirmation_keeps_its_key_when_an_earlier_one_arrives() -> None:
    story = says(1, "Post", "Ana Reld"), says(3, "Sun", "Cy Orn")
    earlier = says(2, "Star", "Bo Lind")
    assert [(one.key, one.article) for one in of(Kind.CONFIRMED, *story)] == [("first", 3)]
    assert [(one.key, one.article) for one in of(Kind.CONFIRMED, *story, earlier)] == [("first", 2)]


def test_one_source_twice_confirms_nothing() -> None:
    story = says(1, "Post", "Ana Reld"), says(2, "Star", "Ana Reld")
    assert of(Kind.CONFIRMED, *story) == []
    assert [one.key for one in of(Kind.NEW_ORIGIN, *story)] == ["star"]


def test_repeating_is_no_happening() -> None:
    assert of(Kind.NEW_ORIGIN, *reference()) == of(Kind.CONFIRMED, *reference()) == []


# --- denial, on record


def test_a_denial_by_one_person_is_told_once() -> None:
    first = harbour()[11]
    assert len(of(Kind.DENIED, first, replace(first, article=13, outlet="Late Edition"))) == 1


def denial(article: int, outlet: str, title: str, text: str, *who: str) -> Report:
    deny = {"cue": "denied", "kind": SourceKind.ORGANISATION, "stance": Stance.DENIES}
    return report(article, outlet, article, title, text, says=[Say(f"{name} denied", name, **deny) for name in who])


def test_the_headlines_name_for_a_denier_is_none_of_its_own() -> None:
    one = denial(1, "Post", "Ministry denied it", "The Board of Works denied it.", "Ministry", "The Board of Works")
    assert [happening.key for happening in of(Kind.DENIED, one)] == ["board of works"]
    alone = denial(1, "Post", "Ministry denied it", "It rained.", "Ministry")
    assert [happening.key for happening in of(Kind.DENIED, alone)] == ["ministry"]


def test_a_shorter_name_for_a_denier_is_the_same_one() -> None:
    full = denial(1, "Post", "Rain", "The harbour ministry denied it.", "The harbour ministry")
    short = denial(2, "Star", "Rain", "The ministry denied it at once, in a letter.", "The ministry")
    other = denial(3, "Echo", "Rain", "The council denied it at once, in a letter.", "The council")
    assert [happening.key for happening in of(Kind.DENIED, full, short, other)] == ["harbour ministry", "council"]


def test_a_denial_far_down_is_none_of_the_storys() -> None:
    text = "Ana Reld said that it rained. Nobody else was there. Piet Aal denied it."
    one = says(1, "Post", "Ana Reld")
    sayings = [Say("Ana Reld said", "Ana Reld"), Say("Piet Aal denied", "Piet Aal", "denied", stance=Stance.DENIES)]
    assert of(Kind.DENIED, one, report(2, "Star", 5, "Rain", text, says=sayings)) == []


def test_on_record_needs_unnamed_ones_before() -> None:
    unnamed = report(1, "Post", 0, "Rain", "A source said so.", says=[anonymous("A source said", "A source")])
    assert [one.note for one in of(Kind.ON_RECORD, unnamed, says(2, "Star", "Bo Lind"))] == ["Bo Lind"]
    assert of(Kind.ON_RECORD, says(2, "Star", "Bo Lind")) == []
    assert of(Kind.ON_RECORD, replace(unnamed, at=NINE + timedelta(hours=1)), says(2, "Star", "Bo Lind")) == []


# --- dropped attributions


def test_dropped_attributions_are_told_at_steps() -> None:
    assert [(one.key, one.note) for one in of(Kind.DROPPED, *reference())] == [("3", "3 outlets"), ("5", "5 outlets")]


# --- corrections and retractions

CORRECTIONS = [
    "It rained.\nCorrection: it snowed.",
    "It rained.\nCORRECTION (Nov. 22): it snowed.",
    "It rained. An earlier version of this article said that it snowed.",
    "This story has been corrected to say that it rained.",
    "Clarification: it rained only in town.\nMore text.",
]
RETRACTIONS = [
    "It rained.\nRetraction: it did not.",
    "This article has been retracted.",
    "We have withdrawn this report, as its source could not be found.",
    "The story published on Monday has been withdrawn.",
]
NEITHER = [
    "The senator made a correction to his tax return.",
    "He corrected himself: it rained.",
    "The bank has withdrawn from the market.",
    "Troops have been withdrawn. She retracted her plea.",
    "House of correction officers walked out.",
]


@pytest.mark.parametrize("text", CORRECTIONS)
def test_corrections(text: str) -> None:
    (one,) = of(Kind.CORRECTED, report(7, "Post", 0, "Rain", text))
    assert (one.key, one.article) == ("7", 7)
    assert of(Kind.RETRACTED, report(7, "Post", 0, "Rain", text)) == []


@pytest.mark.parametrize("text", RETRACTIONS)
def test_retractions(text: str) -> None:
    (one,) = of(Kind.RETRACTED, report(7, "Post", 0, "Rain", text))
    assert one.key == "7"
    assert of(Kind.CORRECTED, report(7, "Post", 0, "Rain", text)) == []


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither(text: str) -> None:
    found = told(report(7, "Post", 0, "Rain", text))
    assert [one for one in found if one.kind in (Kind.CORRECTED, Kind.RETRACTED)] == []


def test_a_note_is_shown_to_the_end_of_its_sentence() -> None:
    one = report(7, "Post", 0, "Rain", CORRECTIONS[0] + " More follows.")
    (found,) = of(Kind.CORRECTED, one)
    assert [one.whole[start:end] for start, end in found.evidence] == ["Correction: it snowed."]


def test_a_correction_is_as_old_as_the_text_that_has_it() -> None:
    later = NINE + timedelta(hours=3)
    (found,) = of(Kind.CORRECTED, report(7, "Post", 0, "Rain", CORRECTIONS[0], changed=later))
    assert found.at == later


def test_a_corrected_headline_is_a_correction() -> None:
    assert len(of(Kind.CORRECTED, report(7, "Post", 0, "CORRECTED-Rain in town", "It rained."))) == 1


def test_what_somebody_says_of_anothers_report_is_none() -> None:
    text = "The minister said that the report has been retracted."
    one = report(7, "Post", 0, "Rain", text, says=[Say(text[:-1], "The minister")])
    assert of(Kind.RETRACTED, one) == []


# --- headlines


def test_each_change_of_a_headline_is_told_with_what_it_was() -> None:
    titles = ["Rain", "Rain ", "Hail", "Rain"]
    changes = tuple(Headline(title, NINE + timedelta(hours=hour)) for hour, title in enumerate(titles))
    found = of(Kind.HEADLINE, report(7, "Post", 0, "Rain", "It rained.", headlines=changes[::-1]))
    assert [(one.note, one.at.hour) for one in found] == [("Rain ", 11), ("Hail", 12)]
    assert len({one.key for one in found}) == 2


def test_a_role_alone_is_no_happening() -> None:
    assert told(report(1, "Post", 0, "Rain", "It rained.", Role.OTHER)) == []
