"""The source behind each attribution: kind, name, way, reason, stance."""

from __future__ import annotations

import pytest

from stories.nlp import credits, sources
from stories.nlp.findings import Document, Reading, Sourced, SourceKind, Stance
from stories.nlp.sentences import sentences
from tests.nlp.findings import said, seeded

GAZETTEER = seeded()


def found(document: Document, reading: Reading) -> tuple[Sourced, ...]:
    cut = sentences(document.whole)
    return sources.sourced(document, reading, credits.mentions(document, reading, GAZETTEER, cut), cut)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Mayor Ann Lee", SourceKind.NAMED),
        ("Ann Lee, 40, a baker", SourceKind.NAMED),
        ("two people familiar with the plans", SourceKind.ANONYMOUS),
        ("a source in the ministry", SourceKind.ANONYMOUS),
        ("a spokeswoman for the harbour", SourceKind.ROLE),
        ("police", SourceKind.ROLE),
        ("senior officials", SourceKind.ROLE),
        ("the ministry", SourceKind.ORGANISATION),
        ("an internal report", SourceKind.DOCUMENT),
        ("Reuters", SourceKind.OUTLET),
        ("a CNN poll", SourceKind.POLL),
        ("some on Twitter", SourceKind.SOCIAL),
    ],
)
def test_kinds(source: str, kind: SourceKind) -> None:
    document = Document("", f"On Monday {source} said that the dam was leaking.")
    persons = ("Ann Lee",) if "Ann Lee" in source else ()
    assert found(document, said(document, (source, "said", "the dam was leaking"), persons=persons))[0].kind is kind


def test_short_names_and_pronouns_go_to_the_full_name() -> None:
    document = Document("", "Ann Lee said it was late. Lee added that rain fell. She said no more.")
    one, two, three = found(
        document,
        said(
            document,
            ("Ann Lee", "said", "it was late"),
            ("Lee", "added", "rain"),
            ("She", "said", "no more"),
            persons=("Ann Lee",),
        ),
    )
    assert {one.name, two.name, three.name} == {"Ann Lee"}
    assert one.key == two.key == three.key


def test_the_reason_for_anonymity_may_stand_anywhere_in_the_sentence() -> None:
    text = "The dam leaks, said an engineer, who asked not to be named because he feared for his job."
    document = Document("", text)
    one = found(document, said(document, ("an engineer", "said", "The dam leaks")))[0]
    assert one.kind is SourceKind.ANONYMOUS
    assert one.reason and "feared for his job" in document.whole[slice(*one.reason)]


def test_via_the_outlet_that_was_told_and_on_to_what_the_source_says_next() -> None:
    text = "Ann Lee told Reuters that the dam leaks. Lee said that help was near."
    document = Document("", text)
    reading = said(document, ("Ann Lee", "told", "the dam leaks"), ("Lee", "said", "help"), persons=("Ann Lee",))
    assert [one.via for one in found(document, reading)] == ["Reuters", "Reuters"]


def test_who_is_cited_is_the_source_by_way_of_the_outlet() -> None:
    document = Document("", "The dam leaks, Reuters reported, citing people familiar with the repairs.")
    reading = said(
        document, ("Reuters", "reported", "The dam leaks"), ("Reuters", "citing", "people familiar with the repairs")
    )
    outlet, people = found(document, reading)
    assert (outlet.kind, outlet.name, outlet.via) == (SourceKind.OUTLET, "Reuters", "")
    assert (people.kind, people.name, people.via) == (
        SourceKind.ANONYMOUS,
        "people familiar with the repairs",
        "Reuters",
    )


@pytest.mark.parametrize(
    ("cue", "stance"),
    [
        ("denied", Stance.DENIES),
        ("confirmed", Stance.CONFIRMS),
        ("said", Stance.SAYS),
        ("declined to comment on", Stance.NO_ANSWER),
    ],
)
def test_stances(cue: str, stance: Stance) -> None:
    document = Document("", f"The ministry {cue} the leak.")
    assert found(document, said(document, ("The ministry", cue, "the leak")))[0].stance is stance


def test_hedges_denials_and_silence_have_their_spans() -> None:
    text = "The dam reportedly leaks. It is untrue, he said. The board did not respond to a request for comment."
    for spans, words in (
        (sources.hedges(text), "reportedly"),
        (sources.denials(text), "is untrue"),
        (sources.no_answers(text), "did not respond"),
    ):
        assert [text[slice(*span)] for span in spans] == [words]


def test_an_embedded_post_has_its_poster_for_a_source() -> None:
    document = Document("", "What a flood!! — Ann Lee (@annlee) January 2, 2026")
    one = found(document, Reading())[0]
    assert (one.kind, one.name) == (SourceKind.SOCIAL, "Ann Lee (@annlee)")


def test_nobody_is_nobody() -> None:
    document = Document("", "It was said that the dam leaks.")
    one = found(document, said(document, ("", "said", "the dam leaks")))[0]
    assert (one.kind, one.name, one.key) == (SourceKind.OTHER, "", "")


@pytest.mark.parametrize(
    ("cue", "stance"),
    [
        ("denied", Stance.DENIES),
        ("did not dispute", Stance.SAYS),
        ("confirmed", Stance.CONFIRMS),
        ("could not immediately verify", Stance.SAYS),
    ],
)
def test_what_is_not_denied_and_not_confirmed_is_neither(cue: str, stance: Stance) -> None:
    document = Document("", f"The ministry {cue} that the dam was leaking.")
    assert found(document, said(document, ("The ministry", cue, "the dam was leaking")))[0].stance is stance


def test_it_without_anything_before_is_nobody() -> None:
    document = Document("", "It said that the dam was leaking.")
    one = found(document, said(document, ("It", "said", "the dam was leaking")))[0]
    assert (one.kind, one.name, one.key) == (SourceKind.OTHER, "", "")


def test_a_dateline_is_no_part_of_a_source() -> None:
    document = Document("Dam leaks", "SKARV, Monday (HPB) – The ministry denied that the dam was leaking.")
    source = "SKARV, Monday (HPB) – The ministry"
    one = found(document, said(document, (source, "denied", "the dam was leaking")))[0]
    assert (one.kind, one.name) == (SourceKind.ORGANISATION, "The ministry")


def test_a_firm_that_reads_like_a_person_is_none() -> None:
    document = Document("", "Northern Rail said that the line was closed.")
    one = found(document, said(document, ("Northern Rail", "said", "the line was closed"), persons=("Northern Rail",)))
    assert one[0].kind is not SourceKind.NAMED
