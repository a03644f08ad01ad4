"""How the feeds pages spell intervals, rhythms, languages and the signs of fetches."""

from __future__ import annotations

import pytest

from stories.models import PollResult
from stories.services.offering import Offer, Site, _name
from stories.templatetags.firsthand import language, moment
from stories.templatetags.polling import mark, often, spoken
from stories.views.adding import named


@pytest.mark.parametrize(
    ("every_s", "words"),
    [
        (None, ""),
        (60, "about 60 an hour"),
        (1200, "about 3 an hour"),
        (2400, "about 36 a day"),
        (43_200, "about 2 a day"),
        (86_400, "about 7 a week"),
        (5 * 86_400, "about 6 a month"),
        (40 * 86_400, "less than two a month"),
    ],
)
def test_a_rhythm_is_told_in_the_unit_that_suits_it(every_s, words):
    assert often(every_s) == words


def test_an_interval_never_breaks_between_its_number_and_its_unit():
    assert spoken(5400) == "1\u00a0h\u00a030\u00a0min"


def test_languages_by_name():
    assert (language("de"), language("xx"), language("")) == ("German", "xx", "")


def test_a_time_may_be_missing():
    assert moment("") is None
    assert moment("2026-03-04T09:00:00+00:00").hour == 9


def test_signs_differ_where_results_differ():
    signs = [mark(result) for result in PollResult.values if result not in ("new", "never")]
    assert len(set(signs)) == len(signs)
    assert ">12<" in mark("new", 12)
    assert ">99+<" in mark("new", 340)


@pytest.mark.parametrize(
    ("titles", "name"),
    [
        (["The Gazette – News", "The Gazette – Sport"], "The Gazette"),
        (["BBC News", "BBC Sport"], "BBC News"),
        (["Coast | World"], "Coast | World"),
        (["Coastal", "Coasting"], "Coastal"),
        (["Same", "Same"], "Same"),
    ],
)
def test_an_outlet_is_named_by_what_its_feeds_titles_have_in_common(titles, name):
    offers = tuple(Offer(f"https://x.example/{n}", title, "", 0, (), None) for n, title in enumerate(titles))
    assert _name(Site("https://x.example/", offers)) == name


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "No feed added."),
        (["A"], "1 feed added: A."),
        (["A", "B", "C"], "3 feeds added: A, B, C."),
        (["A", "B", "C", "D"], "4 feeds added: A, B, C and 1 more."),
    ],
)
def test_what_came_in_is_named(names, words):
    assert named(len(names), names, "added") == words
