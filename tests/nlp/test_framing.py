"""The whole comparison of a story: every part in it, the same whatever the order, and plain enough to be kept."""

from __future__ import annotations

import random
from dataclasses import replace

from pydantic import TypeAdapter

from stories.nlp.comparison import Comparison
from stories.nlp.framing import compare
from stories.nlp.lineage import Provenance
from stories.nlp.provenance import trace
from tests.nlp.comparing import reports


def test_every_part_is_there():
    rows = reports()
    found = compare(rows, trace(rows))
    assert found.claims
    assert found.conflicts
    assert found.own
    assert [one.article for one in found.headlines] == [report.article for report in rows]
    assert (found.compared, found.without_text) == ((1, 2, 3), (4,))


def test_the_order_of_the_reports_makes_no_difference():
    rows = reports()
    expected = compare(rows, trace(rows))
    for seed in range(5):
        mixed = rows[:]
        random.Random(seed).shuffle(mixed)
        assert compare(mixed, trace(mixed)) == expected


def test_what_is_kept_as_json_comes_back_as_it_was():
    rows = reports()
    found, kept = compare(rows, trace(rows)), TypeAdapter(Comparison)
    assert kept.validate_json(kept.dump_json(found)) == found


def test_outlets_of_one_owner_are_one_voice():
    rows = reports()
    alone = compare(rows, trace(rows))
    owned = [replace(row, owner="House") for row in rows]
    together = compare(owned, trace(owned))
    assert max(claim.voices for claim in alone.claims) > 1
    assert max(claim.outlets for claim in together.claims) > 1
    assert {claim.voices for claim in together.claims} == {1}


def test_nothing_is_compared_with_nothing():
    assert compare([], Provenance()) == Comparison()
