"""What is odd about origins: each kind, what keeps it from being odd, and that it is the same in whatever order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stories.nlp import oddities
from stories.nlp.findings import Role
from stories.nlp.lineage import Decided
from stories.nlp.oddities import Oddity
from stories.nlp.provenance import trace
from tests.nlp.provenance_worlds import FILLER, Cites, Say, harbour, report

LEAD = "Harbour minister Jonas Vael has signed the dredging contract of the eastern channel alone, documents show."
TITLE = "Harbour minister signed dredging contract alone"


def own(article, outlet, minutes, person, lead=LEAD, title=TITLE, **more):
    """A report that names a source of its own."""
    said = f"“It was his pen,” {person} said."
    text = f"{lead} {said} {FILLER}"
    return report(article, outlet, minutes, title, text, says=[Say(said, person)], **more)


def odd(*reports, decided=None):
    found = oddities.found(reports, trace(reports, decided or Decided()))
    assert found == oddities.found(reports[::-1], trace(reports[::-1], decided or Decided()))
    return found


def test_two_origins_at_once_with_like_openings():
    (one,) = odd(own(1, "Daily Ledger", 0, "Ann Lee"), own(2, "Valley News", 1, "Piet Aal"))
    assert (one.kind, one.articles) == (Oddity.AT_ONCE, (1, 2))
    assert one.reason.startswith("Daily Ledger and Valley News count as two origins, but came a minute or two apart")
    (same,) = odd(own(1, "Daily Ledger", 0, "Ann Lee"), own(2, "Valley News", 0.5, "Piet Aal"))
    assert "in the same minute" in same.reason


@pytest.mark.parametrize(
    "second",
    [
        {"minutes": 3},
        {
            "lead": "Two tenders for the port were rigged, the auditors found on Tuesday after a year.",
            "title": "Rigged",
        },
        {"owner": "Isles Group"},
    ],
    ids=["later", "told otherwise", "one owner"],
)
def test_what_is_not_odd_about_two_origins(second):
    more = {"owner": second["owner"]} if "owner" in second else {}
    first = own(1, "Daily Ledger", 0, "Ann Lee", **more)
    assert odd(first, own(2, "Valley News", **{"minutes": 1, "person": "Piet Aal"} | second)) == ()


def test_what_an_editor_said_is_not_odd():
    both = own(1, "Daily Ledger", 0, "Ann Lee"), own(2, "Valley News", 1, "Piet Aal")
    for role in (Role.ORIGINAL, Role.RE_REPORT):
        assert odd(*both, decided=Decided(roles={2: role})) == ()


def test_an_aggregator_is_no_newsroom():
    reports = own(1, "Daily Ledger", 0, "Ann Lee"), own(2, "All The News", 30, "Piet Aal", aggregator=True)
    (one,) = odd(*reports)
    assert (one.kind, one.articles) == (Oddity.AGGREGATOR, (2,))
    assert "All The News" in one.reason
    assert odd(reports[0], replace(reports[1], aggregator=False)) == ()


def test_an_original_that_came_after_its_copy():
    original, copy = own(1, "Daily Ledger", 30, "Ann Lee"), own(2, "Valley News", 0, "Ann Lee", copy_of=1)
    (one,) = odd(original, copy)
    assert (one.kind, one.articles) == (Oddity.COPY_FIRST, (2, 1))
    assert "Valley News had 30 min before it" in one.reason
    agency = replace(original, agency=True, wire="Daily Ledger")
    assert odd(agency, replace(copy, wire="Daily Ledger")) == (), "an agency's own page may come that late"
    assert odd(replace(original, at=copy.at), replace(copy, at=original.at)) == ()


def test_a_credited_outlet_whose_own_report_came_later():
    crediting = report(
        1, "Valley News", 0, "Minister signed alone, Ledger says",
        f"Harbour minister Jonas Vael signed the contract alone, the Daily Ledger reported. {FILLER}",
        Role.RE_REPORT, cites=[Cites("Daily Ledger", "the Daily Ledger reported")],
    )  # fmt: skip
    (one,) = odd(crediting, own(2, "Daily Ledger", 200, "Ann Lee"))
    assert (one.kind, one.articles) == (Oddity.CREDITED_LATER, (1, 2))
    assert "whose own report came 3 h later" in one.reason
    assert odd(crediting, own(2, "The Daily Ledger", 1, "Ann Lee")) == ()
    assert odd(crediting, own(2, "Harbour Mirror", 200, "Ann Lee")) == ()


def test_a_world_that_was_traced_holds_nothing_odd():
    assert odd(*harbour()) == ()
    assert oddities.found([], trace([])) == ()


def test_at_most_so_many():
    crowd = [own(n, f"Paper {n}", n / 60, f"Person{n} Name{n}") for n in range(1, 9)]
    found = odd(*crowd)
    assert len(found) == oddities.MOST
    assert len({one.articles for one in found}) == oddities.MOST
