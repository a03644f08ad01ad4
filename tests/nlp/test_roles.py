"""The role of an article, and what it says it rests on."""

from __future__ import annotations

import pytest

from stories.nlp.examine import examine
from stories.nlp.findings import Document, Findings, Reading, Role
from tests.nlp.findings import said, seeded

GAZETTEER = seeded()
REST = (
    " Water ran over the road. Crews filled bags with sand. The school stayed shut. The rain is to last until Friday."
)


def judged(
    text: str, *triples: tuple[str, str, str], title: str = "Dam leaks above town", outlet: str = "politico.com"
) -> Findings:
    document = Document(title, text, outlet)
    return examine(document, said(document, *triples) if triples else Reading(), GAZETTEER)


def test_a_credit_in_the_lead_makes_a_re_report_and_says_so() -> None:
    found = judged("The dam above town is leaking, Reuters reported on Monday." + REST)
    assert found.role is Role.RE_REPORT
    (words, span), *_ = found.why
    assert words == "Its first sentences credit the main news to Reuters."
    assert span == found.credits[0].evidence
    assert found.credits[0].main


def test_what_was_said_to_another_outlet_is_its_news() -> None:
    assert judged("The dam is leaking, the mayor told Reuters." + REST).role is Role.RE_REPORT


def test_a_side_fact_leaves_the_news_the_article_s_own() -> None:
    text = "The dam is leaking, the mayor said." + REST + " It last leaked in 1990, according to Reuters."
    found = judged(text, ("the mayor", "said", "The dam is leaking"))
    assert found.role is Role.ORIGINAL
    assert not found.credits[0].main


def test_who_had_it_first_is_credited_wherever_that_stands() -> None:
    assert judged("The dam is leaking." + REST + " The leak was first reported by Reuters.").role is Role.RE_REPORT


def test_an_answer_of_one_s_own_makes_it_mixed_and_silence_does_not() -> None:
    lead = "The dam above town is leaking, Reuters reported on Monday."
    answered = lead + " “It is,” the mayor told Politico." + REST
    assert judged(answered, ("the mayor", "told", "It is")).role is Role.MIXED
    silent = lead + " The mayor declined to comment when asked by Politico." + REST
    assert judged(silent, ("The mayor", "declined to comment", "asked by Politico")).role is Role.RE_REPORT


def test_agency_copy_is_wire_elsewhere_and_original_at_home() -> None:
    text = "RIVERTON (Reuters) - The dam above town is leaking." + REST
    assert (judged(text).role, judged(text).wire) == (Role.WIRE, "Reuters")
    assert judged(text, outlet="reuters.com").role is Role.ORIGINAL


@pytest.mark.parametrize(
    "title",
    ["Opinion: Mend the dam", "Five things to know about the dam", "Why the dam matters", "Dam leak: live updates"],
)
def test_no_news_is_other(title: str) -> None:
    assert judged("The dam above town is leaking." + REST, title=title).role is Role.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "OPINION.\nThe dam above town is leaking." + REST,
        "Read the latest updates below.\nThe dam above town is leaking." + REST,
        "The dam should never have been built. Perhaps nobody asked. It must go." + REST,
        "I know this dam. We all do." + " Should it go? Of course it must. I say so." * 3,
    ],
)
def test_an_author_s_own_voice_is_no_news(text: str) -> None:
    found = judged(text, title="The dam above town")
    assert found.role is Role.OTHER
    assert found.why[0][0]


def test_quoted_voices_and_transcripts_are_not_the_author_s() -> None:
    quoted = "The mayor spoke. “I must go. We should go. Perhaps I will. Should we? Of course.”" + REST
    assert judged(quoted).role is Role.ORIGINAL
    transcript = "".join(f"\n{name}: I must say we should go. Perhaps?" for name in ("LEE", "POE", "LEE", "POE"))
    assert judged("The mayor spoke." + transcript).role is Role.ORIGINAL


def test_a_side_fact_in_the_lead_is_not_the_main_news() -> None:
    said = "".join(f" It holds, engineer {name} said." for name in ("Ash", "Birch", "Cole", "Dorn", "Elm", "Gale"))
    start = "The dam is leaking, the mayor said. Crews came, the clerk said. "
    aside = "It was built by two brothers, Reuters reported."
    names = ("Ash", "Birch", "Cole", "Dorn", "Elm", "Gale")
    own = [("the mayor", "said", "The dam is leaking"), ("the clerk", "said", "Crews came")]
    own += [(f"engineer {name}", "said", "It holds") for name in names]
    found = judged(start + aside + said, *own, title="Town flees flood")
    assert found.role is Role.ORIGINAL
    assert found.why == (
        ("No other outlet is credited for its main news, only for side facts.", found.credits[0].evidence),
    )
    main = "Town flees flood, Reuters reported."
    assert judged(start + main + said, *own, title="Town flees flood").role is Role.RE_REPORT


def test_one_credit_behind_an_own_source_is_a_side_fact() -> None:
    text = "The dam is leaking, the mayor said. The clerk said it holds. Water is high, Reuters reported." + REST
    own = ("the mayor", "said", "The dam is leaking"), ("The clerk", "said", "it holds")
    assert judged(text, *own, title="Town flees flood").role is Role.ORIGINAL
    assert judged(text, *own, title="Water is high").role is Role.RE_REPORT


def test_an_own_answer_beside_a_report_makes_it_mixed() -> None:
    own = [(f"engineer {name}", "said", "It holds") for name in ("Ash", "Birch", "Cole")]
    text = "".join(f"It holds, engineer {name} said. " for name in ("Ash", "Birch", "Cole"))
    text += REST.strip() + " The mayor told Politico that it leaks. Reuters reported it on Monday."
    found = judged(text, *own, title="Town flees flood")
    assert found.role is Role.MIXED
    assert [words for words, _ in found.why] == [
        "It takes up what Reuters reported.",
        "The outlet adds an answer that it got itself.",
    ]


def test_an_archive_s_summary_is_no_lead() -> None:
    summary = "ABSTRACT.\nIt rained. It poured. Bags were filled. Crews came. The dam is old.\nFULL TEXT.\n"
    assert judged(summary + "The dam is leaking, Reuters reported." + REST).role is Role.RE_REPORT


def test_without_a_text_only_the_headline_tells() -> None:
    assert judged("").role is Role.UNKNOWN
    assert judged("", title="Dam leaks above town: report").role is Role.RE_REPORT
    assert judged("", title="Dam leaks above town, Reuters reports").role is Role.RE_REPORT


def test_a_headline_repeated_as_the_first_line_is_no_lead() -> None:
    text = (
        "Dam leaks above town.\nIt rained. Crews came. Bags were filled. The dam is leaking, Reuters reported." + REST
    )
    assert judged(text).role is Role.RE_REPORT


def test_a_poll_shared_with_another_outlet_is_one_s_own() -> None:
    found = judged("She leads, according to a Politico/CNN poll." + REST)
    assert found.role is Role.ORIGINAL
    assert not found.credits


def test_what_is_not_read_is_not_judged() -> None:
    found = examine(Document("Damm undicht", "Der Damm leckt.", lang="de"), Reading(read=False), GAZETTEER)
    assert (found.role, found.credits) == (Role.UNKNOWN, ())
