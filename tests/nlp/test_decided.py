"""What editors decided is honoured wherever a story is told: edges, footing, origins, drift, sources, happenings."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stories.nlp import framing
from stories.nlp.comparison import OwnKind
from stories.nlp.findings import Relation, Role, SourceKind, Stance
from stories.nlp.happenings import happenings
from stories.nlp.lineage import Added, Decided, EdgeKind, Footing, HappeningKind, Keep, Report, Why
from stories.nlp.provenance import as_decided, trace
from tests.nlp.provenance_worlds import POST, Say, harbour, report
from tests.nlp.test_repeats import CLAIM, edges, own, repeat, ways

LATE = "The Gazette"


def told(reports: list[Report], decided: Decided) -> dict[tuple[str, str], int]:
    """What happened, with the article that shows it."""
    found = happenings(as_decided(reports, decided), trace(reports, decided))
    return {(one.kind.value, one.key): one.article for one in found}


# --- credits


def test_a_target_in_another_story_is_no_edge_here_until_it_comes_back() -> None:
    story = own(1, "Post", 0), own(2, "Star", 1, "Bo Lind"), repeat(3, "Daily", 9, "Post")
    for said in (Decided(retargeted={(3, "Post"): 2}), Decided(added=(Added(3, "Star", target=2),))):
        assert (3, 2) in ways(*story, decided=said)
        left = trace([story[0], story[2]], said)
        assert all(2 not in (edge.target, edge.article) for edge in left.edges)
        assert all(origin.article != 2 for origin in left.origins)
        assert (3, 2) in ways(*story, decided=said)


def test_a_credit_gone_with_its_target_makes_nobody_an_origin() -> None:
    story = own(1, "Post", 0), repeat(3, "Daily", 9, "Post")
    found = trace(story, Decided(retargeted={(3, "Post"): 2}))
    assert [voice.name for voice in (*found.independent.proven, *found.independent.perhaps)] == ["Post"]


def test_an_editor_says_in_what_way_an_outlet_is_credited() -> None:
    story = own(1, "Post", 0), repeat(2, "Daily", 9, "Post")
    (found,) = edges(*story)
    (told_so,) = edges(*story, decided=Decided(added=(Added(2, "the Post", Relation.TOLD),)))
    assert (told_so.relation, told_so.target, told_so.decided) == (Relation.TOLD, 1, True)
    assert told_so.evidence == found.evidence
    pointed = Decided(retargeted={(2, "Post"): None}, relations={(2, "Post"): Relation.POLL})
    assert [(edge.relation, edge.target) for edge in edges(*story, decided=pointed)] == [(Relation.POLL, None)]


def test_the_passage_of_an_added_credit_is_found_again_in_another_wording() -> None:
    words = "as its rival had it first"
    reports = own(1, "Post", 0), report(2, "Daily", 9, "Wet", f"It rained, {words}.", Role.RE_REPORT)
    start = reports[1].whole.index(words)
    said = Decided(added=(Added(2, "Post", evidence=((start, start + len(words)),), words=(words,)),))
    for text in (f"It rained, {words}.", f"A new first sentence. It rained, {words}."):
        later = report(2, "Daily", 9, "Wet", text, Role.RE_REPORT)
        (edge,) = edges(reports[0], later, decided=said)
        assert [later.whole[slice(*span)] for span in edge.evidence] == [words]
    (edge,) = edges(reports[0], report(2, "Daily", 9, "Wet", "Short.", Role.RE_REPORT), decided=said)
    assert (edge.target, edge.evidence) == (1, ())


def test_a_text_that_an_editor_calls_no_copy_credits_for_itself() -> None:
    story = own(1, "Star", 0), own(2, "Post", 1, "Bo Lind"), repeat(3, "Daily", 9, "Post", copy_of=1)
    assert [(edge.target, edge.kind) for edge in edges(*story) if edge.main] == [(1, EdgeKind.COPIES)]
    found = trace(story, Decided(removed=frozenset({(3, "Star")})))
    assert [(edge.target, edge.kind) for edge in found.edges if edge.main] == [(2, EdgeKind.CREDITS)]
    assert found.standings[-1].voice == "Daily"


def test_a_removed_tie_of_alike_openings_does_not_come_back() -> None:
    said = Say(f"{CLAIM}, Bo Lind said", "Bo Lind")
    first = report(1, "Post", 0, "Vael signed alone", f"{CLAIM}, Bo Lind said.", says=[said])
    alike = report(2, "Daily", 5, "Vael signed alone", f"{CLAIM}.")
    assert ways(first, alike) == [(2, 1)]
    assert ways(first, alike, decided=Decided(removed=frozenset({(2, "post")}))) == []


def test_an_outlets_drop_is_not_held_against_it_once_its_credit_is_none() -> None:
    before = trace(harbour())
    after = trace(harbour(), Decided(removed=frozenset({(7, POST)})))
    assert "North Channel" in before.dropped
    assert set(before.dropped) - set(after.dropped) == {"North Channel"}


# --- roles


def test_an_editors_role_decides_footing_count_and_edges() -> None:
    found = trace(harbour(), Decided(roles={2: Role.ORIGINAL, 11: Role.RE_REPORT, 12: Role.OTHER}))
    standing = {one.article: one for one in found.standings}
    assert [standing[pk].footing for pk in (2, 11, 12)] == [Footing.DECIDED, Footing.REPEATS, Footing.ASIDE]
    assert all(not edge.main for edge in found.edges if edge.article == 2)
    whys = {voice.name: voice.why for voice in found.independent.proven}
    assert whys == {POST: Why.FIRST, "Daily Ledger": Why.DECIDED}
    # Who came by way of 2 ends there now.
    assert {origin.article for origin in found.origins if 4 in origin.resting} == {2}


def test_a_source_that_does_not_occur_does_no_harm() -> None:
    said = Decided(kinds={(1, "nobody at all"): SourceKind.NAMED, (99, "x"): SourceKind.POLL}, roles={99: Role.WIRE})
    assert trace(harbour(), said) == trace(harbour())


@pytest.mark.parametrize("role", [Role.ORIGINAL, Role.MIXED])
@pytest.mark.parametrize("more", [{"copy_of": 1}, {"wire": "Coast Wire"}, {"copy_of": 77}])
def test_a_copy_that_an_editor_calls_a_report_of_its_own_speaks_for_itself(role: Role, more: dict) -> None:
    story = own(1, "Post", 0), own(2, "Star", 1, "Bo Lind", **more)
    assert "Star" not in {voice.name for voice in trace(story).independent.proven}
    found = trace(story, Decided(roles={2: role}))
    assert [(voice.name, voice.why) for voice in found.independent.proven] == [
        ("Post", Why.OWN_SOURCE),
        ("Star", Why.DECIDED),
    ]
    assert 2 in {origin.article for origin in found.origins}


# --- kinds of sources


def test_a_kind_counts_in_footing_in_unnamed_sources_and_in_the_range() -> None:
    reports = own(1, "Post", 0), own(2, "Star", 5, "Bo Lind")
    assert trace(reports).independent.least == 2
    found = trace(reports, Decided(kinds={(2, "bo lind"): SourceKind.ANONYMOUS}))
    assert (found.independent.least, found.independent.most) == (1, 2)
    assert [one.article for one in found.unnamed] == [2]
    assert found.standings[1].footing is Footing.UNNAMED


def test_a_kind_counts_in_what_only_one_outlet_has() -> None:
    quoted = '"The weir will hold until the spring tide comes", Bo Lind said. '
    text = f"{quoted} It rained all night over Ostrey and the water rose by the hour."
    reports = [own(1, "Post", 0), report(2, "Star", 5, "Weir holds", text, says=[Say("Bo Lind said", "Bo Lind")])]

    def names(decided: Decided) -> set[str]:
        settled = as_decided(reports, decided)
        compared = framing.compare(settled, trace(settled, decided))
        return {one.name for one in compared.own if one.kind is OwnKind.SOURCE}

    assert "Bo Lind" in names(Decided())
    assert "Bo Lind" not in names(Decided(kinds={(2, "bo lind"): SourceKind.OTHER}))


def test_a_kind_makes_no_second_denial_of_one() -> None:
    rows = harbour()
    denier = next(one for one in rows[-1].findings.sourced if one.stance is Stance.DENIES)
    before = {key for kind, key in told(rows, Decided()) if kind == HappeningKind.DENIED}
    said = Decided(kinds={(12, denier.key): SourceKind.ORGANISATION})
    after = {key for kind, key in told(rows, said) if kind == HappeningKind.DENIED}
    assert len(before) == len(after) == 1


# --- happenings


def test_a_confirmation_that_an_editor_takes_away_has_not_happened() -> None:
    confirmed = (HappeningKind.CONFIRMED, "first")
    assert told(harbour(), Decided())[confirmed] == 11
    assert confirmed not in told(harbour(), Decided(roles={11: Role.RE_REPORT}))
    assert told(harbour(), Decided(roles={11: Role.RE_REPORT, 3: Role.ORIGINAL}))[confirmed] == 3


# --- the same, whatever the order


@st.composite
def words(draw: st.DrawFn) -> Decided:
    """Anything that editors may have said of the twelve."""
    article, outlet = (
        st.integers(1, 13),
        st.sampled_from([POST, "the meridian post", "Daily Ledger", "Coast Wire", "No"]),
    )
    keys = sorted({one.key for row in harbour() if row.findings for one in row.findings.sourced})
    about = st.tuples(article, outlet)
    target = st.none() | article
    return Decided(
        roles=draw(st.dictionaries(article, st.sampled_from(list(Role)), max_size=3)),
        kinds=draw(st.dictionaries(st.tuples(article, st.sampled_from(keys)), st.sampled_from(list(SourceKind)))),
        added=tuple(
            Added(one, name, draw(st.sampled_from(list(Relation)[:3])), to)
            for (one, name), to in draw(st.dictionaries(about, target, max_size=3)).items()
        ),
        removed=draw(st.frozensets(about, max_size=3)),
        retargeted=draw(st.dictionaries(about, target, max_size=3)),
        relations=draw(st.dictionaries(about, st.sampled_from(list(Relation)[:3]), max_size=2)),
    )


@settings(max_examples=60, deadline=None)
@given(decided=words(), seed=st.integers(0, 2**16))
def test_whatever_was_decided_the_order_makes_no_difference(decided: Decided, seed: int) -> None:
    rows, dice = harbour(), random.Random(seed)
    mixed = dice.sample(rows, len(rows))
    again = replace(
        decided,
        roles=_shuffled(decided.roles, dice),
        kinds=_shuffled(decided.kinds, dice),
        added=tuple(dice.sample(decided.added, len(decided.added))),
        retargeted=_shuffled(decided.retargeted, dice),
        relations=_shuffled(decided.relations, dice),
    )
    found = trace(rows, decided)
    assert trace(mixed, again) == found
    assert trace(rows, decided) == found
    assert told(mixed, again) == told(rows, decided)
    _sound(found, decided)


def _sound(found, decided: Decided) -> None:
    """What must hold whatever editors said."""
    inside = {one.article for one in found.standings}
    roles = {one.article: one.role for one in found.standings}
    assert all(roles[pk] is role for pk, role in decided.roles.items() if pk in inside)
    assert all(edge.target is None or edge.target in inside for edge in found.edges)
    assert found.independent.least <= found.independent.most
    assert all(edge.drift is None or edge.drift.body in Keep for edge in found.edges)


def _shuffled(some, dice: random.Random):
    return {key: some[key] for key in dice.sample(sorted(some), len(some))}


@pytest.mark.parametrize("decided", [Decided(), Decided(roles={1: Role.ORIGINAL})])
def test_nothing_decided_of_nothing(decided: Decided) -> None:
    assert trace([], decided).standings == ()
