"""Whole stories traced: the twelve articles, forty headlines of one origin, a golden case, floods and odd input."""

from __future__ import annotations

import random
from dataclasses import replace
from graphlib import TopologicalSorter
from time import perf_counter

import pytest

from stories.nlp.findings import Role
from stories.nlp.happenings import happenings
from stories.nlp.lineage import Decided, EdgeKind, Footing, Keep, Provenance, Report, Why
from stories.nlp.provenance import trace
from tests.nlp.provenance_crowds import WASHINGTON, flood, golden, reference
from tests.nlp.provenance_worlds import POST, Cites, Say, harbour, report

KEPT, WEAKENED, DROPPED = Keep.KEPT, Keep.WEAKENED, Keep.DROPPED

# --- twelve articles


def test_twelve_articles_make_this_graph() -> None:
    found = {(e.article, e.target, e.outlet, e.kind, e.main, e.certain) for e in trace(harbour()).edges}
    credits = {(a, b, o, EdgeKind.CREDITS, True, True) for a, b, o in GRAPH}
    wires = {(article, None, "Coast Wire", EdgeKind.COPIES, False, True) for article in (8, 9)}
    assert found == credits | wires | {(7, 1, POST, EdgeKind.SHARES, True, False)}


GRAPH = [
    (2, 1, POST),
    (5, 1, POST),
    (6, 1, POST),
    (3, 2, "Daily Ledger"),
    (4, 2, "Daily Ledger"),
    (8, 1, POST),
    (9, 1, POST),
    (10, 1, POST),
    (11, 1, POST),
]


def test_twelve_articles_have_two_to_three_independent_origins() -> None:
    found = trace(harbour()).independent
    assert (found.least, found.most) == (2, 3)
    assert [(v.name, v.why) for v in found.proven] == [(POST, Why.FIRST), ("The Gazette", Why.OWN_SOURCE)]
    assert [(v.name, v.why) for v in found.perhaps] == [("The Standard Bearer", Why.UNNAMED)]
    assert found.cannot_tell == ()


def test_twelve_articles_end_at_these_origins() -> None:
    origins = trace(harbour()).origins
    assert [(one.article, one.footing) for one in origins] == [
        (1, Footing.UNNAMED),
        (10, Footing.UNNAMED),
        (11, Footing.NAMED),
        (12, Footing.DENIES),
    ]
    assert sorted(origins[0].resting) == list(range(1, 12))
    assert [one.resting for one in origins[1:]] == [(10,), (11,), (12,)]
    assert origins[2].sources == ("Ada Brandt",)


def test_twelve_articles_drift_like_this() -> None:
    found = {e.article: (e.drift.body, e.drift.headline) for e in trace(harbour()).edges if e.drift}
    assert found == {
        2: (KEPT, KEPT),  # names the Post and its unnamed sources
        3: (WEAKENED, DROPPED),  # names the one in between alone
        4: (WEAKENED, WEAKENED),  # the same, far down; "report says"
        5: (KEPT, WEAKENED),
        6: (WEAKENED, WEAKENED),  # the unnamed sources are not found; only quotation marks
        7: (DROPPED, DROPPED),  # tells it as a fact
        8: (KEPT, KEPT),
        9: (KEPT, DROPPED),
        10: (KEPT, KEPT),
        11: (KEPT, KEPT),
    }


def test_twelve_articles_dropped_by_three_outlets() -> None:
    found = trace(harbour())
    assert found.dropped == ("Evening Lamp", "Isles Business", "North Channel")
    assert found.in_body.dropped == ("North Channel",)
    assert found.in_headline.weakened == ("Harbour Mirror", "Radio Four Coasts", "Valley News")


def test_twelve_articles_have_these_roles() -> None:
    roles = {one.article: one.role for one in trace(harbour()).standings}
    assert roles == {
        **dict.fromkeys((1, 12), Role.ORIGINAL),
        **dict.fromkeys((2, 3, 4, 5, 6), Role.RE_REPORT),
        **dict.fromkeys((8, 9), Role.WIRE),
        **dict.fromkeys((10, 11), Role.MIXED),
        7: Role.UNKNOWN,
    }


def test_twelve_articles_rest_on_three_unnamed_sources() -> None:
    found = trace(harbour())
    assert [(one.described, one.outlet) for one in found.unnamed] == [
        ("people familiar with the matter", POST),
        ("Two officials briefed on the talks", POST),
        ("an official who was in the room", "The Standard Bearer"),
    ]
    assert [one.article for one in found.unnamed[0].carriers] == [1, 2, 5, 8, 9, 11]
    # 7 says nothing of its sources, 11 has a name, 12 denies.
    assert sorted(found.only_unnamed) == [1, 2, 3, 4, 5, 6, 8, 9, 10]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_order_of_arrival_the_end_is_the_same(seed: int) -> None:
    whole = harbour()
    end, told = trace(whole), happenings(whole, trace(whole))
    came = random.Random(seed).sample(whole, len(whole))
    there: list[Report] = []
    for one in came:
        there.append(one)
        so_far = trace(there)
        assert so_far == trace(sorted(there, key=lambda one: one.article))
        happenings(there, so_far)
    assert so_far == end
    assert happenings(there, so_far) == told


# --- forty headlines


def test_forty_headlines_have_one_origin() -> None:
    found = trace(reference())
    assert (found.independent.least, found.independent.most) == (1, 1)
    (origin,) = found.origins
    assert (origin.article, origin.outlet, len(origin.resting)) == (None, WASHINGTON, 40)
    assert found.independent.proven[0].articles == ()
    assert found.independent.proven[0].shown_in == 1


def test_forty_headlines_rest_on_two_unnamed_sources() -> None:
    found = trace(reference())
    assert sorted(one.described.lower() for one in found.unnamed) == [
        "people familiar with the matter",
        "two officials",
    ]
    assert {one.outlet for one in found.unnamed} == {WASHINGTON}
    assert len(found.only_unnamed) == 40


def test_nine_of_forty_outlets_dropped_it() -> None:
    found = trace(reference())
    assert len(found.dropped) == len(found.in_headline.dropped) == 9
    assert found.in_body.dropped == ()


# --- the golden case


@pytest.mark.parametrize("seed", [2010, 1, 2, 3])
def test_of_121_reports_with_13_that_report_7_are_independent(seed: int) -> None:
    reports = golden(seed)
    found = trace(reports).independent
    assert len(reports) == 121
    assert 6 <= found.least <= found.most <= 8
    assert {voice.name for voice in found.proven} == {
        "Group 1",
        "Group 2",
        *(f"Paper {n}" for n in range(3, 7)),
        "Wire 7",
    }


# --- any story


@pytest.mark.parametrize("seed", range(15))
def test_what_holds_for_any_story(seed: int) -> None:
    chance = random.Random(seed)
    reports = _any_story(chance)
    found = trace(chance.sample(reports, len(reports)))
    assert found == trace(reports)
    assert 0 <= found.independent.least <= found.independent.most
    assert found.independent.most == max(
        found.independent.least, len(found.independent.proven) + len(found.independent.perhaps)
    )
    _runs_one_way(found)
    lengths = {one.article: len(one.whole) for one in reports}
    for edge in found.edges:
        assert edge.target != edge.article
        assert all(0 <= start <= end <= lengths[edge.article] for start, end in edge.evidence)
    for standing in found.standings:
        rests = [edge for edge in found.edges if edge.article == standing.article and edge.main]
        assert standing.origins or not rests


@pytest.mark.parametrize("seed", range(8))
def test_one_more_that_only_repeats_changes_no_count(seed: int) -> None:
    reports = _any_story(random.Random(seed))
    before = trace(reports)
    text = f"It was so, {reports[0].outlet} reported."
    more = report(
        999,
        "Late Hour",
        9999,
        "So it was",
        text,
        Role.RE_REPORT,
        cites=[Cites(reports[0].outlet, f"{reports[0].outlet} reported")],
    )
    after = trace([*reports, more])
    assert max(before.independent.least, 1) == after.independent.least
    assert max(before.independent.most, 1) == after.independent.most


@pytest.mark.parametrize("seed", range(8))
def test_one_more_of_which_nothing_is_known_may_be_one_more_origin(seed: int) -> None:
    reports = _any_story(random.Random(seed))
    before = trace(reports).independent
    after = trace([*reports, report(999, "Silent Sheet", 50, "A headline", findings=None)]).independent
    assert (after.least, after.most) == (before.least, before.most + 1)
    assert (999, Footing.NO_TEXT) in after.cannot_tell


def _any_story(chance: random.Random) -> list[Report]:
    """Up to 40 reports that credit anybody, also later ones, in any role."""
    count = chance.randrange(1, 40)
    made = []
    for number in range(1, count + 1):
        outlets = [f"House {chance.randrange(12)}" for _ in range(chance.randrange(3))]
        credited = ", ".join(f"{outlet} wrote" for outlet in outlets)
        text = f"Ana Reld {chance.randrange(9)} said that it rained. {credited}."
        says = (
            [Say(text.split(". ", maxsplit=1)[0], text.split(" said", maxsplit=1)[0])] if chance.random() < 0.6 else []
        )
        cites = [Cites(outlet, f"{outlet} wrote", main=chance.random() < 0.8) for outlet in set(outlets)]
        minute = chance.randrange(60)
        made.append(
            report(
                number, f"House {chance.randrange(12)}", minute, "Rain", text, chance.choice(list(Role)), says, cites
            )
        )
        if chance.random() < 0.3:
            made[-1] = replace(made[-1], earliest=made[0].at, copy_of=chance.randrange(1, count + 5))
    return made


def _runs_one_way(found: Provenance) -> None:
    leads: dict[int, set[int]] = {}
    for edge in found.edges:
        if edge.target is not None:
            leads.setdefault(edge.article, set()).add(edge.target)
    TopologicalSorter(leads).prepare()


# --- size and bad input


def test_a_story_without_reports_has_no_provenance() -> None:
    assert trace([]) == Provenance()
    assert happenings([], Provenance()) == ()


def test_bad_texts_break_nothing() -> None:
    texts = ["", "\n\n", "“" * 501, "word " * 5000, "نص عربي " * 40, "🙂" * 300, "<p>&nbsp;</p>" * 50]
    reports = [report(number, f"House {number}", 0, text[:40], text) for number, text in enumerate(texts, 1)]
    reports.append(report(99, "", 0, "", "", findings=None))
    found = trace(reports)
    assert len(found.standings) == len(reports)
    happenings(reports, found)


def test_two_hundred_reports_take_less_than_a_second() -> None:
    reports = flood(200)
    started = perf_counter()
    happenings(reports, trace(reports))
    assert perf_counter() - started < 1.0  # .15 s on one core of the build machine


@pytest.mark.slow
def test_a_thousand_reports_are_held() -> None:
    reports = flood(1000, words=400)
    found = trace(reports)
    assert len(found.standings) == 1000
    assert 0 < found.independent.least <= found.independent.most


def test_a_chain_of_a_thousand_is_followed_to_its_end() -> None:
    reports = [report(1, "House 1", 0, "It rained", "Ana Reld said it.", says=[Say("Ana Reld said it", "Ana Reld")])]
    for number in range(2, 1001):
        cites = [Cites(f"House {number - 1}", f"House {number - 1} wrote")]
        text = f"So House {number - 1} wrote."
        reports.append(report(number, f"House {number}", number, "Rain", text, Role.RE_REPORT, cites=cites))
    found = trace(reports)
    assert len(found.origins) == 1
    assert len(found.origins[0].resting) == 1000


def test_first_report_says_what_may_have_been_before_it() -> None:
    one = report(1, "A", 30, "Rain", "x")
    seen_late = report(2, "B", 40, "Rain", "x", earliest=report(3, "C", 20, "", "").at)
    later = report(4, "D", 50, "Rain", "x")
    first = trace([one, seen_late, later]).first
    assert first is not None
    assert (first.article, first.perhaps) == (1, (2,))


def test_nothing_decided_changes_nothing() -> None:
    assert trace(harbour(), Decided()) == trace(harbour())
