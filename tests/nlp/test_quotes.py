"""Quotes across reports: each utterance once, full, trimmed or paraphrased, on invented texts."""

from __future__ import annotations

import random
import time

import pytest

from stories.nlp.comparison import RenderingKind
from stories.nlp.findings import Form, SourceKind
from stories.nlp.quotes import quotes
from tests.nlp.telling import says, shown, told

FULL, TRIMMED, PARAPHRASED = RenderingKind.FULL, RenderingKind.TRIMMED, RenderingKind.PARAPHRASED
WORDS = "There are working arguments about the budget, about the second tender and about the calendar"
SHORT = "There are working arguments about the budget and about the calendar"
HOLM = "Ida Holm"


def whole(article: int = 1, outlet: str = "The Tide", quote: str = WORDS, **more):
    return told(article, outlet, f"“{quote},” {HOLM} said.", says(HOLM, "said", f"“{quote},”"), **more)


def test_one_utterance_is_listed_once_with_what_was_cut() -> None:
    first, second = whole(1), whole(2, "Coast Wire", SHORT)
    (found,) = quotes([first, second])
    assert (found.article, found.first, found.speaker, found.outlets) == (1, 1, HOLM, 2)
    assert shown(first, *found.spans) == [f"“{WORDS},”"]
    assert found.key == (1, found.spans[0][0])
    full, trimmed = found.renderings
    assert (full.kind, trimmed.kind) == (FULL, TRIMMED)
    assert shown(first, *trimmed.cut) == ["about the second tender"]
    assert not trimmed.altered
    assert shown(second, trimmed.sentence) == [f"“{SHORT},” {HOLM} said."]
    assert trimmed.said is not None
    assert trimmed.said.name == HOLM


def test_words_that_were_put_in_are_shown() -> None:
    changed = WORDS.replace("the second tender", "a third bidder")
    first, second = whole(1), whole(2, "Coast Wire", changed)
    (found,) = quotes([first, second])
    other = found.renderings[1]
    assert other.kind is TRIMMED
    assert shown(second, *other.altered) == ["a third bidder"]
    assert shown(first, *other.cut) == ["the second tender"]


@pytest.mark.parametrize(
    "given",
    [
        WORDS.upper(),
        WORDS.replace("There are", "[There] are"),
        WORDS.replace("budget,", "budget ..."),
        f"And {WORDS[0].lower()}{WORDS[1:]}",
        WORDS.replace("There are ", ""),
        WORDS.replace("calendar", "calender"),
    ],
    ids=["case", "brackets", "ellipsis", "and", "fitted in", "spelling"],
)
def test_tiny_differences_are_none(given: str) -> None:
    (found,) = quotes([whole(1), whole(2, "Coast Wire", given)])
    assert [one.kind for one in found.renderings] == [FULL, FULL]


def test_a_dropped_not_is_no_tiny_difference() -> None:
    (found,) = quotes(
        [whole(1, quote="We will not close the harbour in May"), whole(2, "Wire", "We will close the harbour in May")]
    )
    assert [one.kind for one in found.renderings] == [FULL, TRIMMED]


def test_abbreviations_and_straight_marks_are_the_same_words() -> None:
    one = whole(1, quote="The U.S. e-mail wasn’t ours to read")
    text = f'"The US email wasn\'t ours to read," {HOLM} said.'
    other = told(2, "Wire", text, says(HOLM, "said", '"The US email wasn\'t ours to read,"'))
    (found,) = quotes([one, other])
    assert [each.kind for each in found.renderings] == [FULL, FULL]


def test_a_quotation_that_its_cue_interrupts_is_one() -> None:
    text = f"“There are working arguments,” {HOLM} said. “They are part of normal work.”"
    parts = "“There are working arguments,”", "“They are part of normal work.”"
    first = told(1, "The Tide", text, says(HOLM, "said", *parts))
    second = whole(2, "Wire", "They are part of normal work")
    (found,) = quotes([first, second])
    assert shown(first, *found.spans) == list(parts)
    assert [one.kind for one in found.renderings] == [FULL, TRIMMED]
    # What was cut does not run over the words between.
    assert shown(first, *found.renderings[1].cut) == ["There are working arguments"]


def test_two_speeches_of_one_speaker_stay_two() -> None:
    other = "We have not yet found out why the rudder failed that night"
    text = f"“{WORDS},” {HOLM} said.\nThe rain fell.\n“{other},” she added."
    one = told(1, "The Tide", text, says(HOLM, "said", f"“{WORDS},”"), says("she", "added", f"“{other},”", name=HOLM))
    found = quotes([one, whole(2, "Wire", other)])
    assert [(each.outlets, len(each.renderings)) for each in found] == [(2, 2), (1, 1)]


def test_the_same_short_words_of_two_persons_stay_two() -> None:
    one = whole(1, quote="we are ready to talk")
    other = told(
        2, "Wire", "“We are ready to talk,” Jonas Vael said.", says("Jonas Vael", "said", "“We are ready to talk,”")
    )
    assert [each.speaker for each in quotes([one, other])] == [HOLM, "Jonas Vael"]
    assert len(quotes([one, whole(2, "Wire", "We are ready to talk")])) == 1


def test_scare_quotes_and_titles_are_no_utterances() -> None:
    text = "The “so-called audit” was read. She sang “The Long Night Before Morning” at the quay."
    assert quotes([told(1, "The Tide", text)]) == ()


def test_a_passage_without_a_speaker_gets_one_from_another_report() -> None:
    bare = told(1, "The Tide", f"A slip of paper read: “{WORDS}”")
    (found,) = quotes([bare, whole(2, "Wire")])
    assert (found.speaker, found.first) == (HOLM, 1)
    assert found.renderings[0].said is None


def test_a_headline_carries_words_too() -> None:
    title = f"“{SHORT}”: Holm"
    (found,) = quotes([told(1, "The Tide", "It rained.", title=title), whole(2, "Wire")])
    assert [one.kind for one in found.renderings] == [TRIMMED, FULL]
    assert found.article == 2


def test_a_paraphrase_is_the_same_speakers_in_other_words() -> None:
    content = "the ministry had arguments about the budget and the calendar, and about a tender"
    told_so = told(2, "Wire", f"Holm said {content}.", says("Holm", "said", content, form=Form.INDIRECT))
    (found,) = quotes([whole(1), told_so])
    other = found.renderings[1]
    assert other.kind is PARAPHRASED
    assert shown(told_so, other.span) == [f"Holm said {content}."]
    assert found.outlets == 2


@pytest.mark.parametrize(
    ("who", "content"),
    [
        ("Vael", "the ministry had arguments about the budget and the calendar, and about a tender"),
        ("Holm", "the ferry would sail again in the spring with a new rudder and a new crew"),
    ],
    ids=["another speaker", "other words"],
)
def test_what_is_no_paraphrase(who: str, content: str) -> None:
    other = told(2, "Wire", f"{who} said {content}.", says(who, "said", content, form=Form.INDIRECT))
    (found,) = quotes([whole(1), other])
    assert [one.article for one in found.renderings] == [1]


def test_a_name_that_two_bear_gives_no_paraphrase() -> None:
    content = "the ministry had arguments about the budget and the calendar, and about a tender"
    other = told(2, "Wire", f"Holm said {content}.", says("Holm", "said", content, form=Form.INDIRECT))
    third = told(
        3,
        "Sand",
        "“No ship will sail from here in May,” Per Holm said.",
        says("Per Holm", "said", "“No ship will sail from here in May,”"),
    )
    found = quotes([whole(1), other, third])
    assert all(one.kind is not PARAPHRASED for each in found for one in each.renderings)


def test_copies_carry_it_and_do_not_weigh() -> None:
    alone, copied = quotes([whole(1)]), quotes([whole(1), whole(2, "Wire", copy_of=1)])
    assert len(copied[0].renderings) == 2
    assert copied[0].weight == alone[0].weight


def test_by_way_of_whom_the_first_carrier_had_it() -> None:
    first = told(
        1, "The Tide", f"“{WORDS},” {HOLM} told the Post.", says(HOLM, "told", f"“{WORDS},”", via="The Meridian Post")
    )
    assert quotes([first])[0].via == "The Meridian Post"


def test_a_paragraph_that_goes_on_has_the_speaker_of_the_one_before() -> None:
    text = f"“{WORDS},” {HOLM} said.\n“Nobody was asked, and nobody will be.”"
    found = quotes([told(1, "The Tide", text, says(HOLM, "said", f"“{WORDS},”"))])
    assert [one.speaker for one in found] == [HOLM, HOLM]


def test_the_most_carried_come_first_and_those_of_one_outlet_last() -> None:
    lone = "Nobody on board had been told that the rudder might fail, and nobody had asked about the rudder before"
    found = quotes([whole(1, "Sand", lone), whole(2), whole(3, "Wire")])
    assert [one.outlets for one in found] == [2, 1]


def test_role_speakers_have_no_name_of_a_person() -> None:
    text = "“We are looking into the matter now,” police said."
    one = told(
        1, "The Tide", text, says("police", "said", "“We are looking into the matter now,”", kind=SourceKind.ROLE)
    )
    assert (quotes([one])[0].speaker, quotes([one])[0].kind) == ("police", SourceKind.ROLE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "“ ” \" ' “unclosed and never ended, as newsrooms do now and then",
        "قال الوزير: “لن نغلق الميناء قبل نهاية العام الحالي”",
        "“😀😀 we 😀 are 😀 all 😀 here 😀 now”",
        "“" * 300,
    ],
    ids=["empty", "odd marks", "right to left", "emoji", "marks only"],
)
def test_bad_texts_do_no_harm(text: str) -> None:
    for reports in ([told(1, "A", text)], [told(1, "A", text), told(2, "B", text)]):
        for found in quotes(reports):
            assert {one.article for one in found.renderings} <= {1, 2}
    assert quotes([told(1, "A", text, findings=None)]) == quotes([told(1, "A", text)])


def test_no_reports_no_quotes() -> None:
    assert quotes([]) == ()


def test_fifty_thousand_words_take_bounded_time() -> None:
    text = "“The harbour and the quay and the ferry are closed, and no ship will sail until the spring.” " * 3_000
    began = time.process_time()
    quotes([told(1, "A", text), told(2, "B", "“" + "word " * 50_000)])
    assert time.process_time() - began < 10


def test_two_hundred_reports_of_ten_quotes_take_under_two_seconds() -> None:
    chance = random.Random(7)
    vocabulary = [f"{first}{last}" for first in ("qua", "pi", "stor", "rud", "hol", "ve") for last in "abcdefghijkl"]
    lines = [f"“We {' '.join(chance.choice(vocabulary) for _ in range(25))},”" for _ in range(400)]
    reports = [
        told(one, f"Outlet {one % 60}", "\n".join(f"{lines[(one * 3 + each) % 400]} Holm said." for each in range(10)))
        for one in range(1, 201)
    ]
    began = time.process_time()
    found = quotes(reports)
    # About .6 s on an idle core; the tests run beside others.
    assert time.process_time() - began < 2
    assert len(found) == 400
    assert sum(len(each.renderings) for each in found) == 2_000
