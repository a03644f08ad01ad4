"""Attribution drift along one edge: body and headline, kept, weakened, dropped, or nothing to keep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stories.nlp.drift import _namings
from stories.nlp.findings import Findings, Role, Stance
from stories.nlp.lineage import Added, Decided, Edge, EdgeKind, Keep, Report
from stories.nlp.provenance import trace
from tests.nlp.provenance_worlds import CLAIM, FILLER, NINE, PEOPLE, POST, Cites, Say, anonymous, place, report

CITES = [Cites(POST, "The Meridian Post reported")]
CITING = f"The Meridian Post reported, citing {PEOPLE}"


def scoop(title: str = "Minister confronted") -> Report:
    return report(1, POST, 0, title, f"{CLAIM}, {PEOPLE} said. {FILLER}", says=[anonymous(f"{CLAIM}, {PEOPLE} said")])


def named_scoop() -> Report:
    return report(
        1, POST, 0, "Minister confronted", f"{CLAIM}, Bo Lind said.", says=[Say(f"{CLAIM}, Bo Lind said", "Bo Lind")]
    )


def repeat(
    title: str = "Minister confronted",
    text: str = f"There was a row, {CITING}.",
    says: tuple[Say, ...] | None = None,
    **more,
) -> Report:
    says = (anonymous(CITING, cue="citing", via=POST),) if says is None else says
    return report(2, "Daily", 9, title, text, Role.RE_REPORT, says, more.pop("cites", CITES), **more)


def edge(*reports: Report) -> Edge:
    (found,) = [one for one in trace(reports).edges if one.drift and one.article == 2]
    return found


def body(*reports: Report) -> Keep:
    return edge(*reports).drift.body


def headline(title: str, *others: Report, **more) -> Keep:
    return edge(*(others or (scoop(),)), repeat(title, **more)).drift.headline


# --- body


def test_kept_where_outlet_and_unnamed_sources_are_told() -> None:
    found = edge(scoop(), repeat())
    whole = repeat().whole
    assert found.drift.body is Keep.KEPT
    assert any(whole[start:end].startswith("The Meridian Post reported") for start, end in found.drift.body_here)
    assert any(PEOPLE in scoop().whole[start:end] for start, end in found.drift.body_there)


def test_weakened_where_unnamed_sources_are_not_found() -> None:
    assert body(scoop(), repeat(text="There was a row, The Meridian Post reported.", says=())) is Keep.WEAKENED


def test_kept_where_the_outlet_had_a_name() -> None:
    assert body(named_scoop(), repeat(text="There was a row, The Meridian Post reported.", says=())) is Keep.KEPT


def test_kept_where_a_doubt_stands_for_the_unnamed_sources() -> None:
    text = "There was reportedly a row, The Meridian Post reported."
    assert body(scoop(), repeat(text=text, says=())) is Keep.KEPT


def test_weakened_where_the_outlet_comes_late() -> None:
    assert body(scoop(), repeat(text=f"There was a row. {FILLER} {CITING}.")) is Keep.WEAKENED


def test_kept_by_an_outlet_that_we_cannot_compare_with() -> None:
    assert body(repeat()) is Keep.KEPT


def test_only_in_the_headline_is_dropped_in_the_body() -> None:
    fact = "There was a loud row over the contract."
    told = repeat("Row, The Meridian Post reported", text=f"{fact} {FILLER}", says=())
    found = edge(scoop(), told)
    assert (found.drift.body, found.drift.headline) == (Keep.DROPPED, Keep.KEPT)
    assert [told.whole[start:end] for start, end in found.drift.body_here] == [fact]


def test_without_a_text_the_body_cannot_be_told() -> None:
    assert body(scoop(), report(2, "Daily", 9, "Post: a row", cites=[Cites(POST, "Post:")])) is Keep.UNKNOWN


def test_an_editors_credit_without_a_passage_cannot_be_told() -> None:
    story = scoop(), report(2, "Daily", 9, "A row", "There was a row.")
    (found,) = trace(story, Decided(added=(Added(2, POST),))).edges
    assert found.drift.body is Keep.UNKNOWN


def test_side_facts_do_not_drift() -> None:
    side = [Cites(POST, "The Meridian Post reported", main=False)]
    assert all(one.drift is None for one in trace([scoop(), repeat(cites=side)]).edges)


# --- telling the same without a credit


def retold(text: str, **more) -> Report:
    return report(2, "Daily", 9, "Minister confronted", text, **more)


def test_told_as_a_fact_is_dropped() -> None:
    found = edge(scoop(), retold(f"{CLAIM}."))
    assert found.kind is EdgeKind.SHARES
    assert found.drift.body is Keep.DROPPED
    assert [retold(f"{CLAIM}.").whole[a:b] for a, b in found.drift.body_here] == [f"{CLAIM}."]
    assert found.drift.body_there


def test_what_was_said_openly_needs_no_attribution() -> None:
    assert body(named_scoop(), retold(f"{CLAIM}.")) is Keep.NONE


def test_attributed_to_somebody_else_nothing_can_be_told() -> None:
    text = f"{CLAIM}, Piet Aal claimed."
    other = Say(text, "Piet Aal", "claimed", own=False)
    assert body(scoop(), retold(text, says=[other])) is Keep.UNKNOWN


# --- headline


@pytest.mark.parametrize(
    ("title", "keep"),
    [
        ("Row over contract: The Meridian Post", Keep.KEPT),
        ("Aides turned on minister, sources say", Keep.KEPT),
        ("Officials close to minister say aides turned on him", Keep.KEPT),
        ("Row over contract, according to two officials", Keep.KEPT),
        ("Row over contract, report says", Keep.WEAKENED),
        ("Minister reportedly confronted", Keep.WEAKENED),
        ("Minister confronted - report", Keep.WEAKENED),
        ("Aides “confronted” minister", Keep.WEAKENED),
        ("Aides ‘confronted’ minister", Keep.WEAKENED),
        ('Aides "confronted" minister', Keep.WEAKENED),
        ("Minister's aides' revolt", Keep.DROPPED),
        ("Insider turns on minister", Keep.DROPPED),
        ("Officials in revolt", Keep.DROPPED),
        ("Annual report shows a row", Keep.DROPPED),
    ],
)
def test_headlines(title: str, keep: Keep) -> None:
    assert headline(title) is keep


def test_a_named_speaker_in_the_headline_keeps() -> None:
    title = "Lind says minister was confronted"
    say = Say(title, "Lind", "says")
    assert headline(title, says=(say,)) is Keep.KEPT


def test_an_unread_article_cannot_be_told() -> None:
    unread = replace(repeat(), findings=None)
    (found,) = trace([scoop(), unread], Decided(added=(Added(2, POST),))).edges
    assert found.drift.headline is Keep.UNKNOWN


def test_a_copys_headline_keeps_what_there_was() -> None:
    same = "Minister confronted, people familiar say"
    assert edge(scoop(same), copy(same)).drift.headline is Keep.KEPT
    assert edge(scoop(same), copy("Minister confronted")).drift.headline is Keep.DROPPED
    assert edge(scoop("A row"), copy("Minister confronted")).drift.headline is Keep.NONE
    assert edge(scoop("A row"), copy("Minister confronted")).drift.body is Keep.KEPT


def test_a_copys_vague_headline_is_as_good_as_the_vague_one_before() -> None:
    assert edge(scoop("A “row”"), copy("Loud “row”")).drift.headline is Keep.KEPT


def copy(title: str) -> Report:
    return report(2, "Daily", 9, title, f"{CLAIM}, {PEOPLE} said.", copy_of=1)


# --- tallies


def test_an_outlet_is_listed_once_by_its_worst() -> None:
    good = replace(repeat("Row: The Meridian Post"), article=3)
    found = trace([scoop(), repeat("A row"), good]).in_headline
    assert (found.kept, found.dropped) == ((), ("Daily",))


def test_hedges_and_denials_of_the_reader_are_used() -> None:
    one = repeat("Minister faces talk of a row", says=())
    findings = one.findings or Findings(Role.RE_REPORT)
    hedged = replace(one, findings=replace(findings, hedges=(place(one.whole, "talk of"),)))
    assert edge(scoop(), hedged).drift.headline is Keep.WEAKENED
    denied = Say(CITING, PEOPLE, "citing", stance=Stance.DENIES, via=POST)
    assert body(scoop(), repeat(says=(denied,))) is Keep.WEAKENED


def test_behind_a_dash_the_last_word_of_the_outlets_name_keeps_the_credit():
    def spans(title: str):
        report = Report(1, "Wire", NINE, title, f"{title}\nText.", Findings(Role.RE_REPORT))
        return [title[slice(*span)] for span in _namings(report, frozenset({"the meridian post"}), 0, len(title))]

    assert spans("Ministry was warned of brake faults – Post") == ["Post"]
    assert spans("Ministry was warned: the Post") == ["the Post"]
    assert spans("Ministry opens a post – in the hills") == []
    assert spans("A new post – Courier") == []
