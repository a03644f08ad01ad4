"""The range of independent origins: who is counted once, who is proven, who is only not excluded."""

from __future__ import annotations

import pytest

from stories.nlp.findings import Relation, Role, SourceKind, Stance
from stories.nlp.lineage import Decided, Footing, Independent, Report, Why
from stories.nlp.origins import matched
from stories.nlp.provenance import trace
from tests.nlp.provenance_worlds import Cites, Say, anonymous, report


def says(article: int, outlet: str, *who: str, minutes: float = 0, title: str = "Rain", **more) -> Report:
    text = " ".join(f"{one} said that it rained in {outlet}." for one in who)
    return report(
        article, outlet, minutes or article, title, text, says=[Say(f"{one} said", one) for one in who], **more
    )


def unnamed(article: int, outlet: str, **more) -> Report:
    text = "People familiar with the matter said that it rained."
    said = anonymous("People familiar with the matter said", "People familiar with the matter")
    return report(article, outlet, article, "Rain", text, says=[said], **more)


def credits(article: int, outlet: str, credited: str, relation: Relation = Relation.REPORTED, **more) -> Report:
    text = f"It rained, {credited} reported."
    cites = [Cites(credited, f"{credited} reported", relation)]
    return report(article, outlet, article, "Wet", text, Role.RE_REPORT, cites=cites, **more)


def count(*reports: Report, decided: Decided = Decided()) -> Independent:  # noqa: B008
    return trace(reports, decided).independent


def span(*reports: Report, decided: Decided = Decided()) -> tuple[int, int]:  # noqa: B008
    found = count(*reports, decided=decided)
    return found.least, found.most


# --- named sources


def test_two_newsrooms_with_sources_of_their_own_are_two() -> None:
    assert span(says(1, "Post", "Ana Reld"), says(2, "Star", "Bo Lind")) == (2, 2)


def test_one_spokesman_before_many_newsrooms_proves_one() -> None:
    found = count(*[says(number, f"House {number}", "Ana Reld") for number in range(1, 6)])
    assert (found.least, found.most) == (1, 5)
    assert {voice.why for voice in found.perhaps} == {Why.SAME_SOURCE}
    assert found.proven[0].name == "House 1"


def test_a_second_source_proves_a_second_origin() -> None:
    assert span(says(1, "Post", "Ana Reld"), says(2, "Star", "Ana Reld", "Bo Lind")) == (2, 2)


def test_who_has_both_sources_gives_way_to_two_that_have_one_each() -> None:
    assert span(says(1, "Post", "Ana Reld", "Bo Lind"), says(2, "Star", "Bo Lind"), says(3, "Sun", "Ana Reld")) == (
        2,
        3,
    )


def test_a_spokesman_and_the_body_that_he_speaks_for_are_one_source() -> None:
    text = "Harbour Board spokesman Piet Aal said that it rained."
    one = report(
        1,
        "Post",
        1,
        "Rain",
        text,
        says=[Say("Harbour Board spokesman Piet Aal said", "Harbour Board spokesman Piet Aal", name="Piet Aal")],
    )
    body = Say("The Harbour Board said", "The Harbour Board", kind=SourceKind.ORGANISATION)
    two = report(2, "Star", 2, "Rain", "The Harbour Board said that it rained.", says=[body])
    assert span(one, two) == (1, 2)


@pytest.mark.parametrize("kind", [SourceKind.DOCUMENT, SourceKind.ORGANISATION, SourceKind.SOCIAL, SourceKind.POLL])
def test_what_can_be_told_apart_proves(kind: SourceKind) -> None:
    other = Say("The audit said", "The audit", kind=kind)
    assert span(says(1, "Post", "Ana Reld"), report(2, "Star", 2, "Rain", "The audit said so.", says=[other])) == (2, 2)


# --- owners, wires, copies


def test_outlets_of_one_owner_are_one() -> None:
    assert span(says(1, "Post", "Ana Reld", owner="Reld Media"), says(2, "Star", "Bo Lind", owner="Reld Media")) == (
        1,
        1,
    )


def test_an_owner_known_of_one_article_holds_for_the_outlet() -> None:
    story = says(1, "Post", "Ana Reld", owner="Reld Media"), says(2, "Star", "Bo Lind", owner="Reld Media")
    assert span(*story, says(3, "Star", "Cy Orn")) == (1, 1)


def test_agency_copy_is_one_however_many_carry_it() -> None:
    story = [says(number, f"House {number}", "Ana Reld", "Bo Lind", wire="AP") for number in range(1, 6)]
    found = count(*story)
    assert (found.least, found.most) == (1, 1)
    assert found.proven[0].name == "AP"


def test_agency_and_its_copies_are_one() -> None:
    agency = says(1, "AP", "Ana Reld", agency=True, wire="AP")
    assert span(agency, says(2, "Daily", "Ana Reld", "Bo Lind", wire="AP")) == (1, 1)


def test_a_set_of_copies_is_one() -> None:
    assert span(*[says(n, f"House {n}", "Ana Reld", "Bo Lind", copy_of=1 if n > 1 else None) for n in range(1, 5)]) == (
        1,
        1,
    )


def test_copies_of_what_is_not_in_the_story_are_one() -> None:
    assert span(*[says(n, f"House {n}", "Ana Reld", "Bo Lind", copy_of=77) for n in range(1, 5)]) == (1, 1)


def test_agency_copy_of_no_known_agency_cannot_be_told() -> None:
    found = count(says(1, "Post", "Ana Reld"), says(2, "Daily", "Bo Lind", role=Role.WIRE))
    assert (found.least, found.most, found.cannot_tell) == (1, 2, ((2, Footing.NO_AGENCY),))


# --- unnamed sources


def test_two_papers_unnamed_sources_may_be_one() -> None:
    found = count(unnamed(1, "Post"), unnamed(2, "Star"))
    assert (found.least, found.most) == (1, 2)
    assert (found.proven[0].why, found.perhaps[0].why) == (Why.FIRST, Why.UNNAMED)


def test_a_scoop_on_unnamed_sources_and_a_name_are_two() -> None:
    assert span(unnamed(1, "Post"), says(2, "Star", "Bo Lind")) == (2, 2)


def test_unnamed_sources_after_a_name_may_be_that_one() -> None:
    assert span(says(1, "Star", "Bo Lind"), unnamed(2, "Post")) == (1, 2)


# --- outlets that we don't poll


def test_who_is_credited_by_all_is_the_one_origin() -> None:
    assert span(credits(1, "Daily", "Post"), credits(2, "Sun", "Post")) == (1, 1)


def test_of_two_that_we_cannot_see_one_may_repeat_the_other() -> None:
    found = count(credits(1, "Daily", "Post"), credits(2, "Sun", "Star"))
    assert (found.least, found.most, found.perhaps[0].why) == (1, 2, Why.UNSEEN)


def test_a_name_that_told_an_unseen_outlet_proves_it() -> None:
    text = "Bo Lind told the Star that it rained."
    told = report(
        2,
        "Sun",
        2,
        "Wet",
        text,
        Role.RE_REPORT,
        [Say("Bo Lind told the Star", "Bo Lind", "told", via="Star")],
        [Cites("Star", "told the Star", Relation.TOLD)],
    )
    assert span(says(1, "Post", "Ana Reld"), told) == (2, 2)


def test_who_only_repeats_is_never_counted() -> None:
    assert span(says(1, "Post", "Ana Reld"), *[credits(n, f"House {n}", "Post") for n in range(2, 40)]) == (1, 1)


def test_who_repeats_nobody_knows_whom_adds_nothing() -> None:
    assert span(report(1, "Daily", 1, "Wet", "It rained, reports said.", Role.RE_REPORT)) == (0, 0)


# --- mixed reports


def mixed(text: str, say: Say, title: str = "Vael confronted over dredging contract") -> Report:
    whole = f"The Post reported a row. {text}"
    return report(2, "Star", 9, title, whole, Role.MIXED, [say], [Cites("Post", "The Post reported")])


def test_own_confirmation_proves() -> None:
    confirmed = mixed("Bo Lind confirmed it.", Say("Bo Lind confirmed", "Bo Lind", "confirmed", stance=Stance.CONFIRMS))
    assert span(unnamed(1, "Post"), confirmed) == (2, 2)


def test_own_words_on_the_news_may_be_a_confirmation() -> None:
    text = "Bo Lind said that the dredging contract was a mistake."
    found = count(unnamed(1, "Post"), mixed(text, Say(text, "Bo Lind")))
    assert (found.least, found.most, found.perhaps[0].why) == (1, 2, Why.ADDS)


def test_own_words_on_something_else_are_colour() -> None:
    text = "Bo Lind said that candles would sell."
    assert span(unnamed(1, "Post"), mixed(text, Say(text, "Bo Lind"))) == (1, 1)


def test_no_answer_is_no_source() -> None:
    text = "Bo Lind declined to comment on the dredging contract."
    asked = Say(text, "Bo Lind", "declined", stance=Stance.NO_ANSWER)
    assert span(unnamed(1, "Post"), mixed(text, asked)) == (1, 1)


# --- denials


def denial(article: int, outlet: str) -> Report:
    said = Say("Piet Aal denied", "Piet Aal", "denied", stance=Stance.DENIES)
    return report(article, outlet, article, "Board denies", "Piet Aal denied that it rained.", says=[said])


def test_a_denial_is_no_origin_of_what_it_denies() -> None:
    found = trace([says(1, "Post", "Ana Reld"), denial(2, "Open Page")])
    assert (found.independent.least, found.independent.most) == (1, 1)
    assert [one.footing for one in found.origins] == [Footing.NAMED, Footing.DENIES]


def test_where_the_denial_is_all_the_news_it_counts() -> None:
    assert span(denial(1, "Post"), denial(2, "Star")) == (1, 2)


def test_a_denial_deep_in_a_report_of_its_own_takes_nothing_away() -> None:
    text = "Ana Reld said that it rained. Piet Aal denied it."
    sayings = [Say("Ana Reld said", "Ana Reld"), Say("Piet Aal denied", "Piet Aal", "denied", stance=Stance.DENIES)]
    found = count(report(1, "Post", 1, "Rain", text, says=sayings))
    assert (found.least, found.proven[0].sources) == (1, ("Ana Reld",))


# --- what can't be told


def test_what_cannot_be_told_is_not_excluded_and_is_listed() -> None:
    found = count(
        says(1, "Post", "Ana Reld"),
        report(2, "Star", 2, "Rain", findings=None),
        report(3, "Sun", 3, "Regen", "Es regnet.", findings=None),
        report(4, "Sky", 4, "Rain", "It rained.", Role.UNKNOWN),
    )
    assert (found.least, found.most) == (1, 4)
    assert found.cannot_tell == ((2, Footing.NO_TEXT), (3, Footing.NOT_READ), (4, Footing.NO_ROLE))


def test_missing_texts_of_one_owner_are_one() -> None:
    story = [report(n, f"House {n}", n, "Rain", findings=None, owner="Reld Media") for n in range(2, 6)]
    assert span(says(1, "Post", "Ana Reld"), *story) == (1, 2)


def test_a_headline_may_say_enough() -> None:
    headline = report(2, "Star", 2, "Post: it rained", cites=[Cites("Post", "Post:")])
    assert span(says(1, "Post", "Ana Reld"), headline) == (1, 1)
    assert trace([says(1, "Post", "Ana Reld"), headline]).standings[1].role is Role.RE_REPORT


def test_one_headline_alone_proves_nothing() -> None:
    assert span(report(1, "Star", 2, "Rain", findings=None)) == (0, 1)


def test_who_names_nobody_at_all_is_not_excluded() -> None:
    found = count(says(1, "Post", "Ana Reld"), report(2, "Star", 2, "Storm", "Streets stood under water by noon."))
    assert (found.least, found.most, found.perhaps[0].why) == (1, 2, Why.BARE)


def test_opinion_is_no_origin() -> None:
    assert span(says(1, "Post", "Ana Reld"), says(2, "Star", "Bo Lind", role=Role.OTHER)) == (1, 1)


# --- editors


def test_an_editors_word_counts() -> None:
    story = says(1, "Post", "Ana Reld"), says(2, "Star", "Ana Reld"), credits(3, "Sun", "Post")
    assert span(*story, decided=Decided(roles={2: Role.MIXED})) == (2, 2)
    assert span(*story, decided=Decided(roles={2: Role.RE_REPORT})) == (1, 1)
    assert span(*story, decided=Decided(roles={2: Role.UNKNOWN})) == (1, 2)
    assert span(*story, decided=Decided(roles={2: Role.OTHER})) == (1, 1)


def test_an_editors_kind_of_source_counts() -> None:
    key = "people familiar with the matter"
    story = says(1, "Post", "Ana Reld"), unnamed(2, "Star")
    assert span(*story, decided=Decided(kinds={(2, key): SourceKind.DOCUMENT})) == (2, 2)


# --- matching


def test_a_matching_is_as_large_as_it_can_be() -> None:
    assert matched([]) == set()
    assert matched([[1], [1]]) == {0}
    assert matched([[1, 2], [1], [2], [2]]) == {0, 1}
    assert matched([[1, 2], [2, 3], [1], [3, 4]]) == {0, 1, 2, 3}
