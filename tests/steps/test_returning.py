"""What counts as a visit, and when the one before it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import User, Visit
from stories.services import returning
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return User.objects.create_user("reader", email="reader@example.org")


def test_the_first_visit_has_none_before_it(reader, now):
    assert returning.note(reader, factories.story(), now) is None


def test_who_comes_back_is_told_when_they_were_here_last(reader, now):
    story = factories.story()
    returning.note(reader, story, now)
    returning.note(reader, story, now + timedelta(minutes=20))
    later = now + timedelta(hours=5)
    assert returning.note(reader, story, later) == now + timedelta(minutes=20)
    assert Visit.objects.count() == 1


def test_a_page_that_is_loaded_again_keeps_what_was_new(reader, now):
    story = factories.story()
    returning.note(reader, story, now)
    later = now + timedelta(hours=5)
    for minutes in (0, 10, 35):
        before = returning.note(reader, story, later + timedelta(minutes=minutes))
        assert before == now, minutes


def test_each_reader_and_each_story_by_itself(reader, now):
    other = User.objects.create_user("other", email="other@example.org")
    one, two = factories.story(), factories.story()
    returning.note(reader, one, now)
    later = now + timedelta(days=1)
    assert returning.note(other, one, later) is None
    assert returning.note(reader, two, later) is None
    assert returning.note(reader, one, later) == now
