"""Unnamed sources: one however often it is carried, two where nobody can tell, and who rests on nothing else."""

from __future__ import annotations

from stories.nlp.findings import Role, SourceKind, Stance
from stories.nlp.lineage import Decided, Report, UnnamedSource
from stories.nlp.provenance import trace
from tests.nlp.provenance_worlds import Cites, Say, anonymous, report


def scoop(*described: str, article: int = 1, outlet: str = "Post", minutes: float = 0, **more) -> Report:
    text = " ".join(f"{one} said that it rained in {index}." for index, one in enumerate(described))
    says = [anonymous(f"{one} said that it rained in {index}", one) for index, one in enumerate(described)]
    return report(article, outlet, minutes, "Rain", text, says=says, **more)


def repeat(article: int, of: str, *described: str, via: str | None = None, **more) -> Report:
    text = f"It rained, {of} reported. " + " ".join(f"{one} told it of rain." for one in described)
    says = [anonymous(f"{one} told it", one, "told", via=of if via is None else via, own=False) for one in described]
    cites = [Cites(of, f"{of} reported")]
    return report(article, f"House {article}", article, "Wet", text, Role.RE_REPORT, says, cites, **more)


def sources(*reports: Report) -> list[UnnamedSource]:
    return list(trace(reports).unnamed)


def carried(*reports: Report) -> list[tuple[str, list[int]]]:
    return [(one.described, [carrier.article for carrier in one.carriers]) for one in sources(*reports)]


FAMILIAR = "People familiar with the matter"


def test_an_unnamed_source_is_told_of_in_its_own_words() -> None:
    (one,) = sources(scoop(FAMILIAR))
    assert (one.described, one.article, one.outlet) == (FAMILIAR, 1, "Post")
    assert [scoop(FAMILIAR).whole[start:end] for start, end in one.spans] == [FAMILIAR]
    assert one.carriers[0].by_way_of == ""
    assert one.only == (1,)


def test_carried_along_it_stays_one_in_whatever_words() -> None:
    story = (
        scoop(FAMILIAR),
        repeat(2, "Post", "people familiar"),
        repeat(3, "Post", "Insiders"),
        repeat(4, "House 2", "A source"),
    )
    assert carried(*story) == [(FAMILIAR, [1, 2, 3, 4])]
    assert [one.by_way_of for one in sources(*story)[0].carriers] == ["", "Post", "Post", "House 2"]


def test_two_of_one_report_stay_two_and_each_finds_its_own() -> None:
    story = scoop(FAMILIAR, "Insiders at the port"), repeat(2, "Post", "Insiders", "two people familiar with it")
    assert carried(*story) == [(FAMILIAR, [1, 2]), ("Insiders at the port", [1, 2])]


def test_one_more_than_there_were_is_one_more() -> None:
    assert [len(one) for _, one in carried(scoop(FAMILIAR), repeat(2, "Post", FAMILIAR, "An aide"))] == [2, 1]


def test_two_newsrooms_have_two() -> None:
    assert len(sources(scoop(FAMILIAR), scoop(FAMILIAR, article=2, outlet="Star", minutes=9))) == 2


def test_a_newsrooms_next_report_has_the_same() -> None:
    assert carried(scoop(FAMILIAR), scoop("people familiar with the plan", article=2, minutes=9)) == [
        (FAMILIAR, [1, 2])
    ]


def test_through_an_outlet_that_we_dont_poll_it_is_one() -> None:
    found = sources(repeat(1, "The Post", FAMILIAR), repeat(2, "Post", "a person familiar with the matter"))
    assert [(one.outlet, len(one.carriers)) for one in found] == [("The Post", 2)]


def test_without_a_word_of_whose_it_is_it_came_with_the_credit() -> None:
    assert carried(scoop(FAMILIAR), repeat(2, "Post", "Insiders", via="")) == [(FAMILIAR, [1, 2])]


def test_copies_carry_what_they_copy() -> None:
    story = scoop(FAMILIAR), scoop(FAMILIAR, article=2, outlet="Star", minutes=5, copy_of=1)
    assert carried(*story) == [(FAMILIAR, [1, 2])]


def test_copies_of_an_unseen_agency_share_its_sources() -> None:
    story = [scoop(FAMILIAR, article=n, outlet=f"House {n}", minutes=n, wire="AP") for n in (1, 2, 3)]
    assert [(one.outlet, len(one.carriers)) for one in sources(*story)] == [("AP", 3)]


def test_who_repeats_without_a_word_of_sources_rests_on_the_same() -> None:
    found = trace([scoop(FAMILIAR), repeat(2, "Post"), repeat(3, "House 2")])
    assert found.only_unnamed == (1, 2, 3)
    assert found.unnamed[0].only == (1, 2, 3)
    assert [one.article for one in found.unnamed[0].carriers] == [1]


def test_a_name_beside_it_is_not_resting_on_unnamed_alone() -> None:
    text = f"{FAMILIAR} said that it rained. Ana Reld said so too."
    one = report(
        1, "Post", 0, "Rain", text, says=[anonymous(f"{FAMILIAR} said", FAMILIAR), Say("Ana Reld said", "Ana Reld")]
    )
    found = trace([one, repeat(2, "Post")])
    assert found.only_unnamed == ()
    assert len(found.unnamed) == 1


def test_officials_by_their_role_are_not_listed_and_lend_no_name() -> None:
    text = f"{FAMILIAR} said that it rained. Officials said so too."
    role = Say("Officials said", "Officials", kind=SourceKind.ROLE)
    found = trace([report(1, "Post", 0, "Rain", text, says=[anonymous(f"{FAMILIAR} said", FAMILIAR), role])])
    assert [one.described for one in found.unnamed] == [FAMILIAR]
    assert found.only_unnamed == (1,)


def test_a_denial_by_name_does_not_lend_a_name() -> None:
    text = f"{FAMILIAR} said that it rained. Piet Aal denied it."
    denied = Say("Piet Aal denied", "Piet Aal", "denied", stance=Stance.DENIES)
    one = report(1, "Post", 0, "Rain", text, says=[anonymous(f"{FAMILIAR} said", FAMILIAR), denied])
    assert trace([one]).only_unnamed == (1,)


def test_who_gives_no_answer_is_no_source() -> None:
    asked = anonymous("A source declined", "A source", "declined", stance=Stance.NO_ANSWER)
    assert sources(report(1, "Post", 0, "Rain", "A source declined to comment.", says=[asked])) == []


def test_an_editor_may_say_that_it_is_none() -> None:
    decided = Decided(kinds={(1, FAMILIAR.lower()): SourceKind.ROLE})
    assert trace([scoop(FAMILIAR)], decided).unnamed == ()


def test_some_of_the_people_are_no_further_source() -> None:
    parts = (FAMILIAR, "Two of the people familiar with the matter", "one of them")
    assert carried(scoop(*parts)) == [(FAMILIAR, [1])]
    others = (FAMILIAR, "one of the diplomats who asked for anonymity")
    assert len(carried(scoop(*others))) == 2
