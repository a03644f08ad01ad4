"""Letters are stopped by the link in them, without signing in: one way, or one follow."""

from __future__ import annotations

import pytest

from stories.models import DeliveryState, Mute
from stories.services import unsubscribing, ways
from tests import factories, followed, told
from tests.told import NOW

pytestmark = pytest.mark.django_db


def test_a_click_stops_the_way_and_what_waits_for_it():
    channel = followed.channel(told.person(), "ada@isles.example")
    row = told.waits(channel)
    token = unsubscribing.token(channel)
    assert unsubscribing.read(token) == (channel, None)
    channel.refresh_from_db()
    assert channel.off_at is None, "a look changes nothing"
    for _ in range(2):
        stopped, follow = unsubscribing.stop(token, NOW)
        assert (stopped, follow) == (channel, None)
    channel.refresh_from_db()
    assert (channel.off_at, channel.off_why, channel.off_seen) == (NOW, unsubscribing.BY_LETTER, True)
    row.refresh_from_db()
    assert row.state == DeliveryState.DROPPED


def test_a_click_stops_one_follow_and_leaves_the_way():
    user = told.person()
    channel, other = followed.channel(user, "ada@isles.example"), factories.story()
    follow, kept = followed.follow(user, factories.story()), followed.follow(user, other)
    token = unsubscribing.token_for(channel, follow)
    for _ in range(2):
        unsubscribing.stop(token, NOW)
    follow.refresh_from_db()
    kept.refresh_from_db()
    channel.refresh_from_db()
    assert (follow.ended_at, kept.ended_at, channel.off_at) == (NOW, None, None)


def test_of_a_team_s_follow_the_others_go_on_hearing():
    ada, ben = told.person(), told.person()
    follow = followed.follow(ada, factories.story(), team=followed.team("Desk", ada, ben))
    unsubscribing.stop(unsubscribing.token_for(followed.channel(ben, "ben@isles.example"), follow), NOW)
    follow.refresh_from_db()
    assert follow.ended_at is None
    assert Mute.objects.get().user == ben


def test_a_token_fits_an_address_and_a_mail_header():
    channel = followed.channel(told.person(), "ada@isles.example")
    token = unsubscribing.token_for(channel, 123456)
    assert token.isascii()
    assert "/" not in token
    assert len(token) < 80


@pytest.mark.parametrize("token", ["", "c1", "c1.forged", "c1f2.forged", "\x00.", "c" * 500])
def test_a_forged_link_stops_nothing(token):
    channel = followed.channel(told.person(), "ada@isles.example")
    with pytest.raises(ways.Refused, match="not whole"):
        unsubscribing.stop(token, NOW)
    channel.refresh_from_db()
    assert channel.off_at is None


def test_another_channel_cannot_be_meant_by_a_changed_number():
    first, second = (followed.channel(told.person(), name) for name in ("a@isles.example", "b@isles.example"))
    token = unsubscribing.token(first).replace(f"c{first.pk}", f"c{second.pk}", 1)
    with pytest.raises(ways.Refused):
        unsubscribing.stop(token, NOW)


def test_what_was_removed_is_said_to_be():
    channel = followed.channel(told.person(), "ada@isles.example")
    token = unsubscribing.token(channel)
    ways.remove(channel)
    with pytest.raises(ways.Refused, match="removed"):
        unsubscribing.stop(token, NOW)
