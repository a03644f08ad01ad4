"""A way that failed for good is switched off, what waited for it is dropped, and its person is told by another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Attempt, Channel, DeliveryState
from stories.services import delivering, sealing, ways
from tests import followed, told
from tests.told import NOW

pytestmark = pytest.mark.django_db


def deliver(now=NOW):
    return delivering.deliver(lambda: now)


def state(channel: Channel) -> tuple[bool, bool]:
    """Whether it is on, and whether its person need not be told (any more)."""
    channel.refresh_from_db()
    return channel.off_at is None, channel.off_seen


def test_a_webhook_that_is_gone_is_off_and_said_so_by_letter(server, mailbox):
    server.serve("/hook", 410)
    user = told.person()
    channel = told.hook(user, server.url("/hook"))
    followed.channel(user, "ada@isles.example")
    now_row = told.waits(channel)
    later = told.waits(channel, due_at=NOW + timedelta(hours=3))
    deliver()
    assert state(channel) == (False, False)
    assert "410" in channel.off_why
    later.refresh_from_db()
    now_row.refresh_from_db()
    assert now_row.state == DeliveryState.FAILED
    assert (later.state, later.reason) == (DeliveryState.DROPPED, ways.OFF)
    (letter,) = mailbox.letters
    content = letter.content.decode("utf-8", "replace")
    assert "was switched off" in content
    assert "410" in content
    assert deliver(NOW + timedelta(hours=4)).claimed == 0


def test_an_address_that_bounces_at_once_is_off_and_said_so_by_webhook(server, mailbox):
    server.serve("/hook", 200)
    mailbox.refuse["gone@isles.example"] = "550 5.1.1 no such user"
    user = told.person()
    channel = followed.channel(user, "gone@isles.example")
    told.hook(user, server.url("/hook"))
    told.waits(channel)
    deliver()
    assert state(channel) == (False, False)
    assert "no such user" in channel.off_why
    (seen,) = server.seen
    body = told.body_of(seen)
    assert body["type"] == "notice"
    assert "gone@isles.example" in body["data"]["text"]


def test_who_has_no_other_way_sees_it_on_the_pages(mailbox):
    mailbox.refuse["gone@isles.example"] = "550 5.1.1 no such user"
    channel = followed.channel(told.person(), "gone@isles.example")
    told.waits(channel)
    deliver()
    assert state(channel) == (False, False)
    assert not mailbox.letters


def test_a_browser_that_took_its_permission_back_is_off(server):
    server.serve("/push", 410)
    user = told.person()
    channel = ways.add_push(user, told.subscription(server.url("/push"))[0], "Firefox", NOW)
    told.waits(channel)
    deliver()
    assert state(channel) == (False, False)
    assert "permission" in channel.off_why


def test_a_wrong_key_is_said_and_three_times_is_enough(server):
    server.serve("/push", 403)
    channel = ways.add_push(told.person(), told.subscription(server.url("/push"))[0], "Firefox", NOW)
    for number in range(3):
        assert state(channel)[0], number
        told.waits(channel)
        deliver(NOW + timedelta(minutes=number))
    assert state(channel) == (False, False)
    assert "does not know this server's key" in channel.off_why


def test_refusals_with_successes_between_switch_nothing_off(server):
    channel = told.hook(told.person(), server.url("/hook"))
    for number in range(6):
        server.serve("/hook", 200 if number % 3 == 2 else 400)
        told.waits(channel)
        deliver(NOW + timedelta(minutes=number))
    assert state(channel) == (True, True)


def test_three_days_of_nothing_but_failures_are_enough(server):
    server.serve("/hook", 500)
    channel = told.hook(told.person(), server.url("/hook"), failing_since=NOW - timedelta(days=2, hours=23), failures=9)
    told.waits(channel)
    deliver()
    assert state(channel) == (True, True)
    told.waits(channel, due_at=NOW + timedelta(hours=1))
    deliver(NOW + timedelta(hours=1))
    assert state(channel) == (False, False)


def test_a_full_mailbox_is_no_end(mailbox):
    mailbox.refuse["full@isles.example"] = "552 5.2.2 over quota"
    channel = followed.channel(told.person(), "full@isles.example")
    row = told.waits(channel)
    deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.WAITING, 1)
    assert state(channel) == (True, True)


def test_a_secret_that_cannot_be_opened_any_more_is_said(server, settings):
    channel = told.hook(told.person(), server.url("/hook"))
    Channel.objects.filter(pk=channel.pk).update(sealed=sealing.seal("{}")[:-4] + "AAA=")
    row = told.waits(Channel.objects.get())
    deliver()
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED
    assert state(channel) == (False, False)
    assert "set it up again" in channel.off_why


def test_a_private_address_is_refused_at_sending_too(settings):
    settings.FETCH_ALLOW = ()
    row = told.waits(told.hook(told.person(), "http://127.0.0.1/hook"))
    deliver()
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED
    assert "not an address on the public internet" in row.reason


def test_switched_off_by_its_person_nobody_is_told_anything(mailbox):
    user = told.person()
    channel = followed.channel(user, "ada@isles.example")
    followed.channel(user, "other@isles.example")
    row = told.waits(channel)
    assert ways.switch_off(channel, "", NOW, by_person=True)
    assert not ways.switch_off(channel, "", NOW, by_person=True)
    assert state(channel) == (False, True)
    row.refresh_from_db()
    assert row.state == DeliveryState.DROPPED
    assert not mailbox.letters


def test_what_is_being_sent_at_the_moment_of_switching_off_is_left_to_its_sender(mailbox):
    channel = followed.channel(told.person(), "ada@isles.example")
    row = told.waits(channel, lease_until=NOW + timedelta(seconds=30))
    ways.switch_off(channel, "", NOW, by_person=True)
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING
    deliver(NOW + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == DeliveryState.DROPPED


def test_on_again_it_starts_afresh(mailbox):
    channel = followed.channel(told.person(), "ada@isles.example", failures=9, failing_since=NOW)
    ways.switch_off(channel, "it failed", NOW, by_person=False)
    ways.switch_on(channel, NOW)
    assert state(channel) == (True, True)
    assert (channel.failures, channel.failing_since, channel.off_why) == (0, None, "")
    told.waits(channel)
    assert deliver().sent == 1
    assert Attempt.objects.get().ok
