"""What editors said of pairs of articles: closed under "together", inherited by all that is bound, cheap to ask."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from stories.models import Act, Bond, Constraint, Edit
from stories.services import bonds
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def articles():
    return [factories.article().pk for _ in range(9)]


@pytest.fixture
def say(now):
    edit = Edit.objects.create(act=Act.TOGETHER, by="x", story=factories.story(), at=now)

    def said(bond, *pairs):
        for pair in pairs:
            first, second = bonds.pair(*pair)
            Constraint.objects.create(first_id=first, second_id=second, bond=bond, edit=edit)

    return said


def test_together_is_followed_as_far_as_it_goes(articles, say):
    a, b, c, d, e, f, *_ = articles
    say(Bond.TOGETHER, (c, b), (a, c), (d, b), (e, f))
    loaded = bonds.load([a, e])
    assert loaded.component(a) == loaded.component(d) == {a, b, c, d}
    assert loaded.component(e) == {e, f}
    assert bonds.load([a]).component(articles[8]) == {articles[8]}


def test_apart_is_inherited_by_all_that_is_bound(articles, say):
    a, b, c, d, e, f, *_ = articles
    say(Bond.TOGETHER, (a, b), (c, d))
    say(Bond.APART, (d, b))
    loaded = bonds.load([a, c, e])
    assert loaded.apart([a], [c])
    assert loaded.apart([c], [e, a])
    assert not loaded.apart([a], [b])
    assert not loaded.apart([a, c], [e, f])


def test_apart_leads_no_further(articles, say):
    a, b, c, *_ = articles
    say(Bond.APART, (a, b), (b, c))
    loaded = bonds.load([a, c])
    assert not loaded.apart([a], [c])
    assert loaded.component(a) == {a}


def test_what_leaves_may_not_be_bound_to_what_stays(articles, say):
    a, b, c, d, *_ = articles
    say(Bond.TOGETHER, (a, b), (b, c))
    loaded = bonds.load([a, b, c, d])
    assert loaded.torn([a], [c, d])
    assert not loaded.torn([a, b, c], [d])
    assert not loaded.torn([d], [a, b, c])


@pytest.mark.parametrize("seed", range(5))
def test_components_are_the_same_in_whatever_order_pairs_come(seed):
    pairs = [(1, 2), (3, 4), (2, 3), (5, 6), (7, 8), (6, 8), (2, 1), (4, 1)]
    random.Random(seed).shuffle(pairs)
    loaded = bonds.Bonds.of(pairs, [(9, 1)])
    assert {loaded.component(n) for n in range(1, 10)} == {
        frozenset({1, 2, 3, 4}),
        frozenset({5, 6, 7, 8}),
        frozenset({9}),
    }
    assert loaded.apart([3], [9])


def test_one_query_whatever_there_is(articles, say, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert bonds.load(articles) == bonds.Bonds()
    say(Bond.TOGETHER, *pairwise(articles))
    with django_assert_num_queries(1):
        assert len(bonds.load(articles[:1]).component(articles[0])) == 9
    with django_assert_num_queries(1):
        assert bonds.load([]).component(articles[0]) == {articles[0]}
