"""One article from text to findings, by the shipped reader: the reference text of the design, and bad input."""

from __future__ import annotations

import time

import pytest

from stories.nlp.examine import examine
from stories.nlp.findings import Document, Findings, Reading, Relation, Role, Sourced, SourceKind, Stance
from stories.nlp.reader import read_documents
from tests.nlp.findings import seeded

GAZETTEER = seeded()
REFERENCE = Document(
    "Kremlin insider shared war plans with Western officials: report",
    """A senior Kremlin aide passed details of Moscow's spring campaign to Western governments for months, The Washington Post reported on Tuesday, citing people familiar with the matter.

The aide, who oversaw troop supplies, met his contacts in Vienna at least four times last year, the Post said.

Two officials told the Post that the meetings ended in March, after security services began to question his staff. "He knew that his time was running out," one of the officials said.

Kremlin spokesman Anton Zhavoronkov denied the account, calling it "a fairy tale for tired readers", according to the Post. Zhavoronkov said no member of the president's staff had travelled to Austria.

The newspaper said it had seen travel records that support the account. They could not be independently verified.

The Austrian foreign ministry did not immediately respond to a request for comment by the newspaper.""",
    "Morning Ledger Business Daily",
)
POST = "The Washington Post"


@pytest.fixture(scope="module")
def reference() -> Findings:
    """A business daily repeats the Post."""
    return examine(REFERENCE, read_documents([REFERENCE])[0], GAZETTEER)


def by(reference: Findings, name: str) -> list[Sourced]:
    return [one for one in reference.sourced if one.name == name]


def test_reference_role_and_credit(reference: Findings) -> None:
    assert reference.role is Role.RE_REPORT
    assert reference.why[0][0] == f"Its first sentences credit the main news to {POST}."
    credit = next(one for one in reference.credits if one.relation is Relation.REPORTED)
    assert (credit.outlet, credit.main, credit.known) == (POST, True, True)
    assert {one.outlet for one in reference.credits} == {POST}
    assert reference.own == ()


def test_reference_unnamed_people_cited_by_the_post(reference: Findings) -> None:
    people = by(reference, "people familiar with the matter")
    assert [(one.kind, one.via) for one in people] == [(SourceKind.ANONYMOUS, POST)]


def test_reference_two_officials_told_the_post(reference: Findings) -> None:
    officials = by(reference, "Two officials")
    assert len(officials) == 2
    assert {(one.kind, one.via) for one in officials} == {(SourceKind.ROLE, POST)}


def test_reference_the_spokesman_s_words_come_by_way_of_the_post(reference: Findings) -> None:
    spokesman = by(reference, "Anton Zhavoronkov")
    assert {(one.kind, one.via) for one in spokesman} == {(SourceKind.NAMED, POST)}
    assert spokesman[0].stance is Stance.DENIES


def test_reference_later_names_silence_and_doubt(reference: Findings) -> None:
    words = [REFERENCE.whole[slice(*one.span)] for one in reference.mentions if one.outlet == POST]
    assert {"the Post", "The newspaper"} <= {word if word != "Post" else "the Post" for word in words}
    assert [REFERENCE.whole[slice(*span)] for span in reference.hedges] == ["could not be independently verified"]
    assert [REFERENCE.whole[slice(*span)] for span in reference.no_answers] == ["did not immediately respond"]
    assert any(one.stance is Stance.NO_ANSWER for one in reference.sourced)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n \n",
        '"“”» he said " « ‘ \'' * 50,
        "<p>Dam <b>leaks</b> &amp; <script>x = 1</script>" * 300,
        "قال المتحدث باسم الوزارة لرويترز " * 400,
        "🚨🚨 BREAKING 🚨 (@a) — b (@c) " * 200,
        "(" * 20_000,
        "A" * 50_000,
        "the Post said that he told Reuters and " * 600,
        (REFERENCE.text + " ") * 300,
    ],
    ids=["empty", "space", "quotes", "html", "rtl", "emoji", "brackets", "one word", "one sentence", "50,000 words"],
)
def test_bad_input_ends_in_bounded_time(text: str) -> None:
    begun = time.perf_counter()
    document = Document("A title", text, "x")
    found = examine(document, Reading(), GAZETTEER)
    assert time.perf_counter() - begun < 15
    assert all(0 <= one.span[0] < one.span[1] <= len(document.whole) for one in found.mentions)
