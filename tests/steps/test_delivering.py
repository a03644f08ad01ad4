"""Deliveries go out once: leased, sent, each outcome committed at once, tried again later, in fair turns."""

from __future__ import annotations

import time
from datetime import time as time_of_day
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from stories.channels import together
from stories.channels.message import Sent
from stories.channels.outcomes import Delayed
from stories.ingest.pace import NotAsked
from stories.models import Attempt, Channel, Delivery, DeliveryState, Mute
from stories.services import claiming, delivering, following, settling
from tests import factories, followed, told
from tests.ingest.web import FakeWeb, running
from tests.told import NOW

pytestmark = pytest.mark.django_db

State = DeliveryState


def deliver(now=NOW) -> delivering.Delivered:
    return delivering.deliver(lambda: now)


def hook(web: FakeWeb, path: str = "/hook", **kw: Any) -> Channel:
    return told.hook(told.person(), web.url(path), **kw)


def again(row: Delivery) -> Delivery:
    row.refresh_from_db()
    return row


def test_what_is_due_is_sent_and_said_so(server):
    server.serve("/hook", 200)
    row = told.waits(hook(server))
    done = deliver()
    assert (done.claimed, done.sent, done.failed, done.more) == (1, 1, 0, False)
    again(row)
    assert (row.state, row.sent_at, row.attempts, row.reason) == (State.SENT, NOW, 1, "")
    assert row.lease_token is None
    attempt = Attempt.objects.get()
    assert (attempt.ok, attempt.status, attempt.delivery) == (True, 200, row)
    channel = Channel.objects.get()
    assert (channel.last_ok_at, channel.failures) == (NOW, 0)
    assert server.seen[0].header("webhook-id") == str(row.number).encode()
    assert deliver().claimed == 0, "once"


def test_what_is_not_due_waits(server):
    row = told.waits(hook(server), due_at=NOW + timedelta(seconds=1))
    assert deliver().claimed == 0
    assert again(row).state == State.WAITING


def test_while_it_is_leased_nobody_else_takes_it_and_afterwards_it_goes_with_the_same_number(server):
    """A worker that was killed after it claimed, or between the answer and the commit."""
    server.serve("/hook", 200)
    row = told.waits(hook(server))
    dead = claiming.claim(NOW)
    assert [one.pk for one in dead.deliveries] == [row.pk]
    assert deliver(NOW + timedelta(seconds=59)).claimed == 0
    assert deliver(NOW + timedelta(seconds=61)).sent == 1
    assert server.seen[0].header("webhook-id") == str(row.number).encode()
    # The dead one comes back to life: what it has to say changes nothing any more.
    late = told.message()
    parcel = delivering.composing.Parcel(row.channel, [row], told.way("webhook", "x"), late)
    settling.settle(dead, parcel, Delayed("late"), NOW + timedelta(seconds=70))
    assert again(row).state == State.SENT


def test_killed_in_the_middle_of_a_batch_each_outcome_before_is_kept(server, monkeypatch):
    server.serve("/hook", 200)
    rows = [told.waits(hook(server, f"/hook?{number}")) for number in range(3)]
    for number in range(3):
        server.serve(f"/hook?{number}", 200)
    real, calls = settling.settle, []

    def dying(*args: Any) -> Any:
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(args)
        return real(*args)

    monkeypatch.setattr(settling, "settle", dying)
    with pytest.raises(KeyboardInterrupt):
        deliver()
    assert sum(again(row).state == State.SENT for row in rows) == 2
    monkeypatch.setattr(settling, "settle", real)
    assert deliver(NOW + timedelta(seconds=61)).sent == 1
    assert all(again(row).state == State.SENT for row in rows)
    ids = [seen.header("webhook-id") for seen in server.seen]
    assert len(set(ids)) == 3, "who was sent to twice can tell by the number"


def test_a_failure_that_may_pass_is_tried_again_later_and_later(server):
    server.serve("/hook", 500)
    row = told.waits(hook(server))
    now, waits = NOW, []
    for _ in range(settling.MOST_ATTEMPTS):
        assert deliver(now).failed == 1
        again(row)
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits[:-1] == list(settling.BACKOFF)
    assert (row.state, row.attempts) == (State.FAILED, 8)
    assert "internal error" in row.reason
    assert len(server.seen) == 8
    assert len({seen.header("webhook-id") for seen in server.seen}) == 1


def test_how_long_to_wait_is_heard(server):
    server.serve("/hook", 429, Retry_After="900")
    channel = hook(server)
    rows = [told.waits(channel), told.waits(channel, due_at=NOW + timedelta(seconds=1))]
    deliver()
    assert again(rows[0]).due_at == NOW + timedelta(seconds=900)
    rows[1].due_at = NOW
    rows[1].save()
    deliver()
    assert again(rows[1]).due_at == NOW + timedelta(seconds=900)


def test_what_is_refused_has_failed_for_good(server):
    server.serve("/hook", 400)
    row = told.waits(hook(server))
    deliver()
    again(row)
    assert row.state == State.FAILED
    assert "HTTP 400" in row.reason
    assert Attempt.objects.get().status == 400


def test_a_success_ends_a_row_of_failures(server):
    server.serve("/hook", 500)
    channel = hook(server)
    row = told.waits(channel)
    deliver()
    channel.refresh_from_db()
    assert (channel.failures, channel.failing_since) == (1, NOW)
    server.serve("/hook", 200)
    deliver(again(row).due_at)
    channel.refresh_from_db()
    assert (channel.failures, channel.failing_since) == (0, None)


def test_one_endpoint_that_hangs_holds_up_no_other(server, settings, monkeypatch):
    settings.FETCH_ALLOW = ("127.0.0.0/8",)
    order: list[int] = []
    real = settling.settle

    def noting(claim: Any, parcel: Any, *rest: Any) -> Any:
        order.append(parcel.deliveries[0].pk)
        return real(claim, parcel, *rest)

    monkeypatch.setattr(settling, "settle", noting)

    def slowly(exchange: Any) -> None:
        time.sleep(1)
        exchange.answer(200)

    server.routes["/hook"] = slowly
    with running("127.0.0.2") as other:
        other.serve("/hook", 200)
        slow = hook(server)
        rows = [told.waits(slow) for _ in range(2)]
        quick = [told.waits(hook(other, "/hook")) for _ in range(3)]
        deliver()
    assert set(order[:3]) == {row.pk for row in quick}
    assert all(again(row).state == State.SENT for row in [*rows, *quick])


def test_a_crowd_holds_nobody_up():
    user = told.person()
    story = factories.story()
    crowd = [followed.channel(told.person(), f"c{number}", kind="push") for number in range(160)]
    alert = told.told_of(user, story)
    Delivery.objects.bulk_create(
        Delivery(alert=alert, channel=one, lane=1, queued_at=NOW, due_at=NOW - timedelta(hours=1)) for one in crowd
    )
    few = [told.waits(followed.channel(told.person(), f"f{number}", kind="push"), lane=0) for number in range(70)]
    claim = claiming.claim(NOW)
    lanes = [one.lane for one in claim.deliveries]
    assert len(lanes) == claiming.BATCH
    assert lanes.count(0) == 50
    assert claim.more
    second = claiming.claim(NOW)
    assert [one.lane for one in second.deliveries].count(0) == 20
    assert len(second.deliveries) == 100
    assert {one.pk for one in few} <= {one.pk for one in (*claim.deliveries, *second.deliveries)}
    third = claiming.claim(NOW)
    assert (len(third.deliveries), third.more) == (30, False)


def test_one_channel_gets_a_few_places_and_a_failing_one_fewer():
    story = factories.story()
    many = followed.channel(told.person(), "many", kind="webhook")
    sick = followed.channel(told.person(), "sick", kind="webhook", failures=3)
    for channel in (many, sick):
        for number in range(30):
            followed.delivery(
                followed.alert(channel.user, story, at=NOW, key=f"{channel.pk}-{number}"),
                channel,
                due_at=NOW - timedelta(hours=1),
            )
    late = told.waits(followed.channel(told.person(), "late", kind="webhook"))
    taken = [one.channel_id for one in claiming.claim(NOW).deliveries]
    assert taken.count(many.pk) == claiming.PER_CHANNEL
    assert taken.count(sick.pk) == claiming.PER_FAILING
    assert late.channel_id in taken


def test_what_fails_makes_what_else_waits_for_it_wait(server):
    server.serve("/hook", 500)
    channel = hook(server, failures=3)
    rows = [told.waits(channel) for _ in range(5)]
    deliver()
    tried = [row for row in rows if again(row).attempts]
    assert len(tried) == claiming.PER_FAILING
    assert all(row.due_at > NOW + timedelta(minutes=1) for row in rows if not row.attempts)
    assert deliver().claimed == 0


def test_by_letter_all_that_is_due_is_one_letter(mailbox):
    user = told.person(email="ada@isles.example")
    channel = followed.channel(user, "ada@isles.example")
    rows = [told.waits(channel, story=factories.story(title=f"Story {number}")) for number in range(4)]
    assert deliver().sent == 4
    (letter,) = mailbox.letters
    text = letter.content.decode("utf-8", "replace")
    assert all(f"Story {number}" in text for number in range(4))
    assert all(again(row).state == State.SENT for row in rows)
    assert Attempt.objects.count() == 1


def test_two_workers_write_no_two_letters_to_one_person(mailbox):
    channel = followed.channel(told.person(), "ada@isles.example")
    first = told.waits(channel)
    claim = claiming.claim(NOW)
    second = told.waits(channel)
    assert claiming.claim(NOW).deliveries == []
    assert {one.pk for one in claim.deliveries} == {first.pk}
    assert {one.pk for one in claiming.claim(NOW + timedelta(seconds=61)).deliveries} == {first.pk, second.pk}


def test_the_mail_server_s_own_trouble_costs_no_attempt(mailbox, settings):
    settings.EMAIL_PORT = 9
    channel = followed.channel(told.person(), "ada@isles.example")
    row = told.waits(channel)
    deliver()
    again(row)
    assert (row.state, row.attempts, row.due_at) == (State.WAITING, 0, NOW + timedelta(seconds=60))
    assert "mail server" in row.reason
    channel.refresh_from_db()
    assert (channel.failures, channel.failing_since) == (0, None)
    settings.EMAIL_PORT = mailbox.port
    assert deliver(row.due_at).sent == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda row: Channel.objects.update(off_at=NOW), "switched off"),
        (lambda row: Channel.objects.update(verified_at=None), "not confirmed"),
        (lambda row: type(row.channel.user).objects.update(is_active=False), "closed"),
        (lambda row: Mute.objects.create(user=row.channel.user, story=row.alert.story, made_at=NOW), "muted"),
        (lambda row: following.end(row.alert.parts.get().follow, row.channel.user, NOW), "stopped following"),
    ],
)
def test_what_nobody_wants_any_more_is_not_sent(server, change, why):
    server.serve("/hook", 200)
    row = told.waits(hook(server))
    change(row)
    deliver()
    again(row)
    assert row.state == State.DROPPED
    assert why in row.reason
    assert not server.seen


def test_what_a_closed_story_ended_is_still_told(server):
    server.serve("/hook", 200)
    row = told.waits(hook(server))
    follow = row.alert.parts.get().follow
    follow.until_closed = True
    follow.save()
    following.end_closed([row.alert.story_id], NOW)
    assert deliver().sent == 1


def test_in_quiet_hours_nothing_goes_out_late_or_again(mailbox):
    user = told.person(time_zone="Europe/Berlin", quiet_from=time_of_day(10), quiet_to=time_of_day(12))
    row = told.waits(followed.channel(user, "ada@isles.example"))
    assert deliver().sent == 0
    again(row)
    assert (row.state, row.attempts, row.lease_until) == (State.WAITING, 0, None)
    assert row.due_at.isoformat() == "2026-03-04T11:00:00+00:00"
    assert not mailbox.letters
    assert deliver(row.due_at).sent == 1


def test_an_alert_that_cannot_be_put_into_words_takes_no_other_along(server, monkeypatch):
    server.serve("/hook", 200)
    good, bad = told.waits(hook(server)), told.waits(hook(server))
    real = delivering.composing.selector.records

    def records(alerts: Any) -> Any:
        if any(alert.pk == bad.alert_id for alert in alerts):
            raise LookupError("no words")
        return real(alerts)

    monkeypatch.setattr(delivering.composing.selector, "records", records)
    deliver()
    assert again(good).state == State.SENT
    assert again(bad).state == State.WAITING
    assert "LookupError" in bad.reason


def test_while_it_lasts_the_claim_is_renewed(server, monkeypatch):
    server.serve("/hook", 200)
    row = told.waits(hook(server))
    seen = []

    def slowly(messages: Any, now: Any) -> Any:
        yield None
        seen.append(Delivery.objects.get().lease_until)
        yield 0, Sent(200)

    monkeypatch.setattr(together, "send", slowly)
    times = iter([NOW, NOW, NOW, NOW, *[NOW + timedelta(seconds=20)] * 9])
    delivering.deliver(lambda: next(times))
    assert seen == [NOW + timedelta(seconds=80)]
    assert again(row).state == State.SENT


def test_what_was_not_tried_comes_back_at_once(server, monkeypatch):
    row = told.waits(hook(server))
    monkeypatch.setattr(together, "send", lambda *_: iter([(0, NotAsked("Not sent yet: others were slow"))]))
    deliver()
    again(row)
    assert (row.attempts, row.due_at, row.state) == (0, NOW, State.WAITING)
    assert not Attempt.objects.exists()


def test_a_claim_takes_few_queries(django_assert_max_num_queries):
    channel = followed.channel(told.person(), "ada@isles.example")
    for _ in range(5):
        told.waits(channel)
    with django_assert_max_num_queries(14):
        claim = claiming.claim(NOW)
        assert len(claiming.wanted(claim, NOW)) == 5
    assert connection.vendor == "postgresql"


def test_old_lines_of_the_log_are_forgotten():
    channel = followed.channel(told.person(), "ada@isles.example")
    other = followed.channel(told.person(), "ben@isles.example")
    Attempt.objects.bulk_create(
        Attempt(channel=channel, at=NOW - timedelta(minutes=number), ok=True) for number in range(230)
    )
    Attempt.objects.create(channel=other, at=NOW - timedelta(days=31), ok=True)
    Attempt.objects.create(channel=other, at=NOW - timedelta(days=29), ok=True)
    assert delivering.prune(NOW) == 31
    assert channel.tries.count() == 200
    assert channel.tries.order_by("at").first().at == NOW - timedelta(minutes=199)
    assert other.tries.count() == 1
