"""Headlines side by side: unusual words, hedges, who does what; on invented headlines."""

from __future__ import annotations

import time

import pytest

from stories.nlp.deeds import deed
from stories.nlp.findings import Credit, Findings, Mention, Relation, Role, SourceKind
from stories.nlp.headlines import headlines, stem
from tests.nlp.telling import says, shown, told


def among(*titles: str, **more) -> list:
    return [told(place, f"Outlet {place}", "", title=title, **more) for place, title in enumerate(titles, 1)]


def unusual(*titles: str) -> list[list[str]]:
    reports = among(*titles)
    return [shown(report, *marks.unusual) for report, marks in zip(reports, headlines(reports), strict=True)]


def hedges(title: str, *sayings: tuple, **more) -> list[str]:
    report = told(1, "The Tide", "", *sayings, title=title, **more)
    (marks,) = headlines([report])
    return shown(report, *marks.hedges)


def test_words_that_one_outlet_uses_are_marked() -> None:
    assert unusual(
        "Insider confronts Vael over harbour deal",
        "Vael confronted by insider over harbour deal",
        "Brave insider defies Vael over harbour deals",
    ) == [[], [], ["Brave", "defies"]]


def test_inflections_are_the_same_word() -> None:
    assert stem("confronts") == stem("confronted") == stem("confronting")
    assert stem("Vael’s") == stem("Vael")
    assert stem("retires") == stem("retirement")
    assert stem("12") != stem("120")


def test_with_two_outlets_nothing_is_unusual() -> None:
    assert unusual("Ferry sinks", "Harbour closes") == [[], []]


def test_a_quarter_of_many_outlets_is_few() -> None:
    titles = ["Ferry sinks off Holm"] * 6 + ["Ferry founders off Holm"] * 2
    assert unusual(*titles)[-1] == ["founders"]
    assert unusual(*titles, "Ferry founders off Holm")[-1] == []


def test_copies_count_once() -> None:
    reports = [*among("Ferry sinks", "Ferry sinks", "Ferry sinks"), told(9, "Wire", "", title="Ferry founders")]
    copies = [told(10 + each, f"Client {each}", "", title="Ferry founders", copy_of=9) for each in range(3)]
    marks = headlines([*reports, *copies])
    assert [shown(one, *mark.unusual) for one, mark in zip([*reports, *copies], marks, strict=True)][3:] == [
        ["founders"]
    ] * 4


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Ferry reportedly ran aground", ["reportedly"]),
        ("Ferry ran aground: report", [": report"]),
        ("Ferry ran aground, police say", ["police say"]),
        ("Rudder may have failed", ["may"]),
        ("Alleged smuggler held", ["Alleged"]),
        ("Vael ‘knew of the rudder’", ["‘knew of the rudder’"]),
        ("Rudder failed - sources", ["- sources"]),
        ("Ferry ran aground", []),
        ("Star sings “Long Night” at the quay", []),
    ],
)
def test_what_doubts_or_says_who_says_so(title: str, found: list[str]) -> None:
    assert hedges(title) == found


def test_an_outlet_before_a_colon_and_a_credit_are_hedges() -> None:
    post = Mention((0, 4), "The Meridian Post", Relation.REPORTED, (0, 4))
    credit = Credit("The Meridian Post", Relation.REPORTED, (0, 5), main=True)
    for findings in (Findings(Role.RE_REPORT, mentions=(post,)), Findings(Role.RE_REPORT, credits=(credit,))):
        assert hedges("Post: Vael knew of the rudder", findings=findings) == ["Post:"]


def test_who_says_so_is_a_hedge_and_what_somebody_announces_is_none() -> None:
    given = says("Holm", "says", "Rudder failed", kind=SourceKind.NAMED)
    assert hedges("Rudder failed, Holm says", given) == ["Holm says"]
    assert hedges("Holm announces inquiry", says("Holm", "announces", "inquiry")) == []


@pytest.mark.parametrize(
    ("title", "actor", "verb", "acted_on"),
    [
        ("Insider confronts Vael over harbour deal", "Insider", "confronts", "Vael"),
        ("Vael confronted by insider over harbour deal", "insider", "confronted", "Vael"),
        ("Vael was confronted by an insider", "insider", "confronted", "Vael"),
        ("Live: Police arrest harbour chief", "Police", "arrest", "harbour chief"),
        ("Harbour chief arrested after audit", None, "arrested", "Harbour chief"),
        ("Bomb attacks kill 20 in Holm", None, None, None),
        ("Holm court has jailed banker for nine years", "Holm court", "jailed", "banker"),
        ("Holm names Vael", "Holm", "names", "Vael"),
        ("Vael named minister by Holm", None, "named", "Vael"),
        ("Holm warns harbour may close", "Holm", "warns", None),
        ("Holm praises ‘brave crew’ of ferry", "Holm", "praises", "brave crew"),
        ("Coast guard fired on ferry", None, None, None),
        ("Sandmoor’s trade deficit grows", None, None, None),
        ("Why Holm sacked Vael", None, None, None),
        ("Did Holm sack Vael?", None, None, None),
        ("Ferry won’t be banned", None, None, None),
        ("Rain in Holm", None, None, None),
        ("", None, None, None),
        ("😀 😀", None, None, None),
        ("الوزير يغلق الميناء", None, None, None),
    ],
)
def test_who_does_what_to_whom(title: str, actor: str | None, verb: str | None, acted_on: str | None) -> None:
    found = deed(title)
    words = [title[slice(*span)] if span else None for span in (found.actor, found.verb, found.acted_on)]
    assert words == [actor, verb, acted_on]


def test_one_for_each_report_in_their_order() -> None:
    reports = among("Ferry sinks", "", "Vael confronted by insider")
    marks = headlines(reports)
    assert [one.article for one in marks] == [1, 2, 3]
    assert marks[2].acted_on is not None
    assert shown(reports[2], marks[2].acted_on) == ["Vael"]
    assert headlines([]) == ()
    assert headlines(among("Ferry sinks", findings=None))[0].hedges == ()


def test_two_hundred_headlines_and_one_endless_one() -> None:
    reports = among(*(f"Ferry {each} sinks off Holm as rudder fails in storm {each % 7}" for each in range(200)))
    began = time.process_time()
    headlines([*reports, told(999, "Noise", "", title="word " * 50_000)])
    assert time.process_time() - began < 1
