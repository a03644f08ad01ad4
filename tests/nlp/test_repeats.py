"""Credits and copies resolved to articles, editors' decisions, and circles cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from stories.nlp.findings import Relation, Role
from stories.nlp.lineage import Added, Decided, Edge, EdgeKind, Report
from stories.nlp.provenance import trace
from tests.nlp.provenance_worlds import NINE, Cites, Say, report


def own(article: int, outlet: str, minutes: float, who: str = "Ana Reld", **more) -> Report:
    return report(
        article, outlet, minutes, "Rain", f"{who} said that it rained.", says=[Say(f"{who} said", who)], **more
    )


def repeat(article: int, outlet: str, minutes: float, *credited: str, role: Role = Role.RE_REPORT, **more) -> Report:
    text = " ".join(f"It rained, {name} reported." for name in credited)
    return report(
        article,
        outlet,
        minutes,
        "Wet",
        text,
        role,
        cites=[Cites(name, f"{name} reported") for name in credited],
        **more,
    )


def edges(*reports: Report, decided: Decided = Decided()) -> list[Edge]:  # noqa: B008
    return list(trace(reports, decided).edges)


def ways(*reports: Report, decided: Decided = Decided()) -> list[tuple[int, int | None]]:  # noqa: B008
    return [(edge.article, edge.target) for edge in edges(*reports, decided=decided)]


# --- credits


def test_a_credit_goes_to_the_outlets_earliest_article() -> None:
    assert ways(own(1, "Post", 0), own(2, "Post", 5), repeat(3, "Daily", 9, "the Post")) == [(3, 1)]


def test_a_credit_does_not_go_to_what_came_later() -> None:
    (edge,) = edges(repeat(1, "Daily", 0, "Post"), own(2, "Post", 5))
    assert (edge.target, edge.outlet) == (None, "Post")


def test_a_later_article_counts_if_it_may_have_been_out_before() -> None:
    late = own(2, "Post", 5, earliest=NINE - timedelta(minutes=10))
    assert ways(repeat(1, "Daily", 0, "Post"), late) == [(1, 2)]


def test_what_an_outlet_carries_of_others_is_not_what_is_credited() -> None:
    carried = own(1, "Post", 0, wire="AP")
    found = ways(carried, own(2, "Post", 5, "Bo Lind"), repeat(3, "Daily", 9, "Post"))
    assert (3, 2) in found
    assert (3, 1) not in found


def test_nobody_credits_themselves() -> None:
    assert ways(own(1, "Post", 0), repeat(2, "Post", 5, "The Post")) == []


def test_only_credits_make_edges() -> None:
    text = "Photo: Lens Pool. The Star is a newspaper."
    cites = [Cites("Lens Pool", "Photo: Lens Pool", Relation.PHOTO), Cites("The Star", "The Star", Relation.MENTION)]
    assert edges(report(1, "Daily", 0, "Wet", text, cites=cites)) == []


def test_one_edge_for_an_outlet_with_all_its_passages() -> None:
    text = "It rained, the Post reported. Lind told the Post so."
    cites = [Cites("Post", "told the Post", Relation.TOLD, main=False), Cites("Post", "the Post reported")]
    (edge,) = edges(report(1, "Daily", 0, "Wet", text, Role.RE_REPORT, cites=cites))
    assert (edge.relation, edge.main, len(edge.evidence)) == (Relation.REPORTED, True, 2)


# --- copies


def test_copy_of_an_agency_that_we_poll_points_at_its_article() -> None:
    copy = own(1, "Daily", 0, wire="AP")
    agency = own(2, "AP", 30, agency=True, wire="AP")
    (edge,) = edges(copy, agency)
    assert (edge.article, edge.target, edge.kind) == (1, 2, EdgeKind.COPIES)


def test_copy_of_an_agency_that_we_dont_poll_points_at_its_name() -> None:
    (edge,) = edges(own(1, "Daily", 0, wire="AP"))
    assert (edge.target, edge.outlet, edge.main) == (None, "AP", True)


def test_a_client_that_names_the_agency_speaks_for_all_copies() -> None:
    found = edges(own(1, "Daily", 0), own(2, "Evening", 5, wire="AP", copy_of=1))
    assert {(edge.article, edge.outlet) for edge in found} == {(1, "AP"), (2, "AP")}


def test_the_agencys_page_is_no_copy_of_its_earlier_client() -> None:
    found = ways(own(1, "Daily", 0, wire="AP"), own(2, "AP", 30, agency=True, wire="AP", copy_of=1))
    assert found == [(1, 2)]


def test_a_copy_of_another_storys_article_keeps_its_number() -> None:
    found = trace([own(1, "Daily", 0, copy_of=77)])
    assert [(edge.target, edge.kind) for edge in found.edges] == [(77, EdgeKind.COPIES)]
    assert found.origins[0].article == 77


def test_a_copys_credits_are_those_of_what_it_copies() -> None:
    first = repeat(1, "Daily", 0, "Post")
    copy = repeat(2, "Evening", 5, "Post", copy_of=1)
    main = [(edge.article, edge.outlet) for edge in edges(first, copy) if edge.main]
    assert main == [(1, "Post"), (2, "Daily")]


# --- the same claim, unasked

CLAIM = "Minister Jonas Vael signed the Veldhaven dredging contract alone in March against advice of auditors"


def test_who_names_nobody_and_opens_alike_is_tied_to_the_earlier_report() -> None:
    first = report(
        1, "Post", 0, "Vael signed alone", f"{CLAIM}, Bo Lind said.", says=[Say(f"{CLAIM}, Bo Lind said", "Bo Lind")]
    )
    (edge,) = edges(first, report(2, "Daily", 5, "Vael signed alone", f"{CLAIM}."))
    assert (edge.target, edge.kind, edge.certain) == (1, EdgeKind.SHARES, False)


def test_whose_role_was_read_keeps_it_though_it_opens_alike() -> None:
    first = report(
        1, "Post", 0, "Vael signed alone", f"{CLAIM}, Bo Lind said.", says=[Say(f"{CLAIM}, Bo Lind said", "Bo Lind")]
    )
    roles = [
        trace([first, report(2, "Daily", 5, "Vael signed alone", f"{CLAIM}.", role)]).standings[1].role
        for role in (Role.RE_REPORT, Role.ORIGINAL)
    ]
    assert roles == [Role.RE_REPORT, Role.UNKNOWN]


def test_who_may_have_been_out_before_is_not_tied() -> None:
    first = report(
        1, "Post", 0, "Vael signed alone", f"{CLAIM}, Bo Lind said.", says=[Say(f"{CLAIM}, Bo Lind said", "Bo Lind")]
    )
    early = report(2, "Daily", 5, "Vael signed alone", f"{CLAIM}.", earliest=NINE - timedelta(minutes=9))
    assert edges(first, early) == []


def test_the_same_event_in_other_words_is_not_tied() -> None:
    first = own(1, "Post", 0)
    assert edges(first, report(2, "Daily", 5, "Rain in town", "Streets stood under water by noon on Monday.")) == []


# --- editors


def test_an_editor_adds_removes_and_points_elsewhere() -> None:
    story = own(1, "Post", 0), own(2, "Star", 1, "Bo Lind"), repeat(3, "Daily", 9, "Post")
    assert ways(*story, decided=Decided(removed=frozenset({(3, "the post")}))) == []
    assert ways(*story, decided=Decided(retargeted={(3, "Post"): 2})) == [(3, 2)]
    assert ways(*story, decided=Decided(retargeted={(3, "Post"): None})) == [(3, None)]
    added = edges(*story, decided=Decided(added=(Added(2, "Post"),)))
    assert [(edge.article, edge.target, edge.decided) for edge in added] == [(2, 1, True), (3, 1, False)]


def test_an_editors_edge_replaces_the_one_that_was_found() -> None:
    story = own(1, "Post", 0), own(2, "Post", 1), repeat(3, "Daily", 9, "Post")
    assert ways(*story, decided=Decided(added=(Added(3, "Post", target=2),))) == [(3, 2)]


def test_what_an_editor_calls_original_rests_on_nobody() -> None:
    found = trace([own(1, "Post", 0), repeat(2, "Daily", 9, "Post")], Decided(roles={2: Role.ORIGINAL}))
    assert [edge.main for edge in found.edges] == [False]
    assert (found.independent.least, found.independent.most) == (2, 2)


# --- circles


def test_a_circle_is_cut_where_it_points_to_the_later_report() -> None:
    first = repeat(1, "Daily", 0, "Star")
    second = repeat(2, "Star", 5, "Daily", earliest=NINE - timedelta(hours=1))
    cut, kept = edges(first, second)
    assert (cut.article, cut.target, cut.outlet, cut.main, cut.certain) == (1, None, "Star", False, False)
    assert (kept.article, kept.target, kept.main) == (2, 1, True)


def test_an_editors_edge_outlasts_the_circle() -> None:
    first = repeat(1, "Daily", 0, "Star")
    second = repeat(2, "Star", 5, "Daily")
    found = ways(first, second, decided=Decided(retargeted={(1, "Star"): 2}))
    assert found == [(1, 2), (2, None)]


def test_three_in_a_circle_keep_two_edges() -> None:
    early = NINE - timedelta(hours=1)
    story = [repeat(n, f"House {n}", n, f"House {n % 3 + 1}", earliest=early) for n in (1, 2, 3)]
    found = ways(*[replace(one, at=NINE) for one in story])
    assert sum(target is not None for _, target in found) == 2
