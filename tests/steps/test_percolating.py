"""Searches held against new reports: the same as searching, however many of either, and whatever was typed."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from stories.models import Article, Attribution
from stories.selectors import percolating
from stories.selectors.queries import Unclear, parse
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports() -> list[Article]:
    courier = factories.outlet(name="The Courier", slug="courier")
    rows = [
        factories.article(outlet=courier, title="Harbour ministers meet", text="The dredging contract was discussed."),
        factories.article(title="Ferry runs aground", text="The harbour master called the minister's office."),
        factories.article(title="Herring prices", text="A cease-fire at http://x.example/a?b=c, AT&T said at 14:30."),
    ]
    Attribution.objects.create(
        article=rows[1], version=rows[1].version, start=0, cue=[0, 1], form="direct", kind="anonymous", stance="says"
    )
    return rows


def matched(reports: list[Article], *searches: str) -> dict[str, set[int]]:
    """By search, the places of the reports that it finds."""
    hits = percolating.matching([row.pk for row in reports], dict(enumerate(searches)))
    return {
        text: {place for place, row in enumerate(reports) if key in hits.get(row.pk, ())}
        for key, text in enumerate(searches)
    }


def test_each_report_with_the_searches_that_find_it(reports):
    searches = {
        "harbour": {0, 1},
        '"dredging contract"': {0},
        "ferry OR herring": {1, 2},
        "harbour -ferry": {0},
        "-harbour": {2},
        "outlet:courier": {0},
        "ministers source:anonymous": {1},
        "herring OR source:anonymous": {1, 2},
        "title:harbour": {0},
        "zebra": set(),
        "": set(),
        "the": set(),
        "the outlet:courier": {0},
        "cease-fire": {2},
        "14:30": {2},
        "minister's": {0, 1},
    }
    assert matched(reports, *searches) == searches


def test_searches_that_ask_the_same_are_all_answered(reports):
    hits = percolating.matching([reports[0].pk], {7: "harbour ministers", 8: "Ministers HARBOUR", 9: '"harbour"'})
    assert hits == {reports[0].pk: {7, 8, 9}}


def test_nothing_to_ask_costs_nothing(reports, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert percolating.matching([], {1: "harbour"}) == {}
        assert percolating.matching([reports[0].pk], {}) == {}


def test_an_unclear_search_finds_nothing_and_is_logged(reports, caplog):
    with caplog.at_level(logging.WARNING):
        hits = percolating.matching([reports[0].pk], {1: "outlet:gone", 2: "harbour"})
    assert hits == {reports[0].pk: {2}}
    assert "saved search 1 finds nothing" in caplog.text
    assert "There is no outlet “gone” here." in caplog.text


def test_only_those_reports_are_looked_at(reports):
    assert matched(reports[:1], "harbour", "ferry") == {"harbour": {0}, "ferry": set()}


def test_a_thousand_searches_cost_few_queries(reports, django_assert_max_num_queries):
    searches = {n: f"word{n} harbour" for n in range(900)} | {1000 + n: f"harbour OR word{n}" for n in range(100)}
    with django_assert_max_num_queries(4):
        hits = percolating.matching([row.pk for row in reports], searches)
    assert hits == {row.pk: set(range(1000, 1100)) for row in reports[:2]}


def test_a_report_without_a_version_is_found_by_its_fields_alone(reports):
    Article.objects.filter(pk=reports[0].pk).update(version=None)
    assert matched(reports[:1], "harbour", "outlet:courier", "-harbour") == {
        "harbour": set(), "outlet:courier": {0}, "-harbour": set(),
    }  # fmt: skip


PIECES = st.sampled_from(
    ["harbour", "ministers", "cease-fire", "AT&T", "14:30", "http://x.example/a?b=c", "minister's", "the", "zebra", " ", " ",
     "-", "(", ")", '"', " OR ", "title:", "source:anonymous", "outlet:courier", ":", "'", ".", "/", "x.example", "\\", "@",
     "a@b.example", "3.5", "-7", "é", "🐦", "_", "#", "%", "&"]
)  # fmt: skip


class WhateverIsSaved(TestCase):
    """The look at the words beforehand loses nothing that a search finds."""

    def setUp(self) -> None:
        text = "harbour ministers cease-fire AT&T 14:30 http://x.example/a?b=c minister's a@b.example 3.5 -7 é #harbour"
        self.report = factories.article(
            outlet=factories.outlet(slug="courier"), title=text, text=f"{text} at x.example/a. AT T"
        )

    @settings(max_examples=80, deadline=None)
    @given(st.lists(PIECES, max_size=12).map("".join))
    def test_it_is_matched_as_it_is_found(self, text):
        try:
            expected = Article.objects.filter(parse(text).condition()).exists()
        except Unclear:
            expected = False
        assert bool(percolating.matching([self.report.pk], {1: text})) is expected
