"""Subscriptions to hubs: wanted, asked for, confirmed, renewed, relied on, and given up when they fail."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction

from stories.ingest import feeds
from stories.ingest.errors import Permanent, Temporary
from stories.ingest.websub import Answer
from stories.models import Subscription
from stories.services import websub
from stories.services.pushes import Receipt
from tests import factories
from tests.fakes import rss
from tests.steps.hub import HUB, ITEM, OTHER, TOPIC, State, active, ask, confirm, keep, push, told, want

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settled(settings, monkeypatch):
    settings.PUBLIC_URL = "https://news.example.org"
    monkeypatch.setattr(random, "uniform", lambda a, b: 0.0)
    monkeypatch.setattr("stories.ingest.isolated.feed", feeds.parse)


@pytest.fixture
def feed(now):
    return factories.feed(url="https://courier.example.org/rss", last_good_at=now - timedelta(hours=1))


# --- Wanting ---------------------------------------------------------------------------------------------------------


def test_a_feed_with_a_hub_wants_a_subscription_with_secrets_of_its_own(feed, now):
    other = factories.feed()
    one, two = want(feed, now), want(other, now)
    assert (one.state, one.next_try_at, one.hub, one.topic) == (State.WANTED, now, HUB, TOPIC)
    assert (feed.hub, feed.topic) == (HUB, TOPIC)
    assert len({one.token, one.secret, two.token, two.secret}) == 4
    assert min(map(len, (one.token, one.secret))) >= 40
    assert len(one.secret.encode()) < 200
    assert "about to be asked" in told(one, now)


def test_without_a_public_address_the_hub_is_noted_and_nobody_asked(feed, now, settings, web):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert want(feed, now) is None
    assert feed.hub == HUB
    settings.PUBLIC_URL = "https://news.example.org"
    assert want(feed, now) is not None
    settings.PUBLIC_URL = "http://192.168.1.4:8000"
    assert ask(now) == 0
    assert web.asked == []


def test_naming_the_same_hub_again_changes_nothing(feed, now):
    row = want(feed, now)
    assert want(feed, now + timedelta(days=1)) == row
    assert want(feed, now, topic=TOPIC.replace("courier", "COURIER")).token == row.token


def test_another_hub_or_topic_starts_afresh_and_the_old_callback_ends(feed, now, web):
    old = active(feed, now, web)
    later = now + timedelta(days=1)
    new = want(feed, later, hub="https://hub2.example.net/")
    assert new.state == State.WANTED
    assert new.token != old.token
    assert new.secret != old.secret
    assert push(old, rss(ITEM), later) == Receipt.UNKNOWN
    assert confirm(old, later) == Answer.REFUSE


def test_a_feed_that_names_no_hub_any_more_loses_its_subscription(feed, now, web):
    active(feed, now, web)
    assert want(feed, now + timedelta(days=1), hub="", topic="") is None
    assert (feed.hub, feed.topic) == ("", "")


def test_a_feed_that_names_another_hub_at_every_poll_is_not_followed_at_every_poll(feed, now, web):
    row = active(feed, now, web)
    soon = now + timedelta(minutes=10)
    assert want(feed, soon, hub="https://hub2.example.net/") == row
    assert want(feed, soon, hub="", topic="") == row
    assert feed.hub == HUB
    assert want(feed, now + timedelta(hours=7), hub="https://hub2.example.net/").hub == "https://hub2.example.net/"


# --- Asking ----------------------------------------------------------------------------------------------------------


def test_the_hub_is_asked_with_our_callback_topic_and_secret(feed, now, web):
    row = want(feed, now)
    web.put(HUB, "")
    assert ask(now) == 1
    (request,) = web.asked
    assert request.url == HUB
    assert dict(request.form) == {
        "hub.callback": f"https://news.example.org/websub/{row.token}/",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "864000",
        "hub.secret": row.secret,
    }
    row.refresh_from_db()
    assert (row.state, row.asked_at, row.error) == (State.ASKED, now, "")
    assert "has not confirmed" in told(row, now)
    assert ask(now) == 0


def test_a_confirmed_subscription_is_active_until_its_lease_ends(feed, now, web):
    row = active(feed, now, web)
    assert (row.state, row.confirmed_at, row.attempts, row.error) == (State.ACTIVE, now, 0, "")
    assert row.expires_at == now + timedelta(days=10)
    assert now + timedelta(days=6) < row.next_try_at < now + timedelta(days=8)
    assert told(row, now + timedelta(hours=2)) == (
        "its hub hub.example.net announces what is new; confirmed 2 h ago, renewed in 7 days; no push yet"
    )


def test_a_hub_may_confirm_before_it_answers_the_request(feed, now, web, monkeypatch):
    row = want(feed, now)

    def at_once(requests, policy):
        assert confirm(row, now + timedelta(seconds=1)) == Answer.CONFIRM
        return [Temporary("hub.example.net did not answer in full within 20 s")]

    monkeypatch.setattr("stories.ingest.fetch.fetch_many_blocking", at_once)
    ask(now)
    row.refresh_from_db()
    assert (row.state, row.error) == (State.ACTIVE, "")


def test_an_unanswered_request_is_made_again_and_confirmed_late(feed, now, web):
    row = want(feed, now)
    web.put(HUB, "")
    ask(now)
    assert ask(now + timedelta(minutes=59)) == 0
    assert ask(now + timedelta(minutes=61)) == 1
    assert "was asked 2 times" in told(row, now + timedelta(minutes=61))
    assert confirm(row, now + timedelta(hours=3)) == Answer.CONFIRM


def test_a_hub_that_fails_is_asked_ever_less_often_and_never_given_up(feed, now, web):
    row = want(feed, now)
    web.put(HUB, Permanent("hub.example.net says that this address is gone for good (HTTP 410)"))
    at, waits = now, []
    for _ in range(12):
        assert ask(at) == 1
        row.refresh_from_db()
        assert row.state == State.FAILED
        waits.append((row.next_try_at - at) / timedelta(minutes=1))
        at = row.next_try_at
    assert waits[:4] == [10, 20, 40, 80]
    assert waits[-1] == 24 * 60
    assert told(row, at - timedelta(hours=3)) == (
        "its hub could not be asked to announce what is new: "
        "hub.example.net says that this address is gone for good (HTTP 410); asked again in 3 h"
    )
    web.put(HUB, "")
    ask(at)
    assert confirm(row, at) == Answer.CONFIRM


def test_a_hubs_retry_after_is_obeyed(feed, now, web):
    row = want(feed, now)
    web.put(HUB, Temporary("hub.example.net asks us to come less often (HTTP 429)", retry_after_s=7200))
    ask(now)
    row.refresh_from_db()
    assert row.next_try_at == now + timedelta(hours=2)


def test_a_lease_is_renewed_without_a_gap_and_with_the_same_secret(feed, now, web):
    row = active(feed, now, web)
    due = row.next_try_at
    assert ask(due - timedelta(minutes=1)) == 0
    assert ask(due) == 1
    assert dict(web.asked[-1].form)["hub.secret"] == row.secret
    assert Subscription.objects.get().state == State.ACTIVE
    assert push(row, rss(ITEM), due) == Receipt.TAKEN
    assert "being renewed" in told(row, due)
    assert confirm(row, due) == Answer.CONFIRM
    assert Subscription.objects.get().expires_at == due + timedelta(days=10)


def test_a_renewal_that_fails_leaves_the_subscription_until_its_lease_ends(feed, now, web):
    row = active(feed, now, web)
    web.put(HUB, Temporary("hub.example.net could not be reached"))
    ask(row.next_try_at)
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    assert "hub.example.net could not be reached" in told(row, row.asked_at)
    over = row.expires_at + timedelta(minutes=1)
    assert "ran out before it could be renewed" in told(row, over)
    Subscription.objects.update(next_try_at=over)
    ask(over)
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert not websub.pushed(feed, over)


def test_two_workers_ask_each_hub_once(feed, now, web):
    for _ in range(3):
        want(factories.feed(), now)
    first = websub._claim(now)
    assert len(first) == 3
    assert websub._claim(now) == []


def test_one_hub_does_not_take_the_whole_batch(now, web):
    for _ in range(websub.PER_HUB + 5):
        want(factories.feed(), now)
    want(factories.feed(), now, hub="https://hub2.example.net/")
    assert ask(now) == websub.PER_HUB + 1
    assert ask(now) == 5


# --- What hubs say ---------------------------------------------------------------------------------------------------


def test_nothing_is_confirmed_that_was_not_asked_for(feed, now, web):
    row = want(feed, now)
    assert confirm(row, now) == Answer.REFUSE
    web.put(HUB, "")
    ask(now)
    assert confirm(row, now, mode="unsubscribe") == Answer.REFUSE
    assert confirm(row, now, topic="https://courier.example.org/sport.xml") == Answer.REFUSE
    row.token = "x" * 43
    assert confirm(row, now) == Answer.REFUSE
    row.token = "a\x00b"
    assert confirm(row, now) == Answer.REFUSE
    assert Subscription.objects.get().state == State.ASKED


def test_a_denial_is_told_with_its_reason_and_asked_about_again_after_a_month(feed, now, web):
    row = active(feed, now, web)
    said = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "for <b>members</b> only"}
    assert websub.answer_hub(row.token, said, now).answer == Answer.DENIED
    assert told(row, now) == (
        "hub.example.net denied it: for <b>members</b> only; polled as if it had no hub; asked again in 30 days"
    )
    assert not websub.pushed(feed, now)
    assert push(row, rss(ITEM), now) == Receipt.ENDED
    assert confirm(row, now) == Answer.REFUSE
    assert ask(now + timedelta(days=29)) == 0
    assert ask(now + timedelta(days=31)) == 1


def test_a_paused_feed_is_unsubscribed_once_and_subscribed_again_when_it_resumes(feed, now, web):
    row = active(feed, now, web)
    feed.active = False
    feed.save()
    assert push(row, rss(ITEM), now) == Receipt.ENDED
    assert confirm(row, now, mode="unsubscribe") == Answer.REFUSE
    assert ask(now) == 1
    form = dict(web.asked[-1].form)
    assert form["hub.mode"] == "unsubscribe"
    assert "hub.secret" not in form
    assert confirm(row, now) == Answer.REFUSE
    assert confirm(row, now, mode="unsubscribe") == Answer.CONFIRM
    assert "paused" in told(row, now)
    assert ask(now + timedelta(days=2)) == 0
    assert confirm(row, now + timedelta(days=2), mode="unsubscribe") == Answer.REFUSE
    feed.active = True
    feed.save()
    assert confirm(row, now, mode="unsubscribe") == Answer.REFUSE
    assert ask(now + timedelta(days=2)) == 1
    assert dict(web.asked[-1].form)["hub.mode"] == "subscribe"


# --- Whether to rely on a hub ----------------------------------------------------------------------------------------


def poll(feed, now, *, claimed=None, new=True):
    """What a good poll does: a new article, claimed then, is kept; the hub is judged; the poll is noted."""
    with transaction.atomic():
        if new:
            factories.article(feed=feed, outlet=feed.outlet, first_seen_at=now, claimed_at=claimed)
        websub.noticed(feed, int(new), now)
    feed.last_good_at = now
    feed.save()


def test_polling_relies_on_a_hub_only_once_it_has_pushed(feed, now, web):
    assert not websub.pushed(feed, now)
    row = active(feed, now, web)
    assert not websub.pushed(feed, now)
    push(row, rss(ITEM), now)
    keep(now)
    assert websub.pushed(feed, now + timedelta(days=1))
    assert not websub.pushed(feed, row.expires_at)
    assert not websub.pushed(factories.feed(), now)
    Subscription.objects.update(expires_at=now + timedelta(days=90))
    assert not websub.pushed(feed, now + timedelta(days=31))


def test_a_hub_that_keeps_missing_articles_is_given_up_for_a_week(feed, now, web):
    row = active(feed, now, web)
    push(row, rss(ITEM), now)
    keep(now)
    for n in range(1, 4):
        assert Subscription.objects.get().state == State.ACTIVE
        at = now + timedelta(hours=6 * n)
        poll(feed, at, claimed=at - timedelta(hours=2))
        assert not websub.pushed(feed, at)
    row.refresh_from_db()
    assert row.state == State.UNRELIABLE
    assert told(row, at) == (
        "hub.example.net did not announce articles that 3 polls found; polled as if it had no hub; asked again in 7 days"
    )
    # What it still pushes is welcome.
    assert push(row, rss(OTHER), at) == Receipt.TAKEN
    assert ask(at + timedelta(days=6)) == 0
    assert ask(at + timedelta(days=8)) == 1
    assert confirm(row, at + timedelta(days=8)) == Answer.CONFIRM
    row.refresh_from_db()
    assert (row.state, row.missed) == (State.ACTIVE, 0)


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        timedelta(minutes=10),  # on its way
        timedelta(hours=7),  # before the poll before: listed late
        timedelta(days=400),  # an old one come back
        timedelta(hours=-1),  # dated ahead
    ],
)
def test_only_articles_that_the_hub_had_time_to_push_count(feed, now, web, claimed):
    active(feed, now, web)
    for n in range(1, 6):
        at = now + timedelta(hours=6 * n)
        poll(feed, at, claimed=at - claimed if claimed is not None else None)
    assert (Subscription.objects.get().state, Subscription.objects.get().missed) == (State.ACTIVE, 0)


def test_polls_without_news_prove_nothing_and_a_push_does(feed, now, web):
    row = active(feed, now, web)
    hours = iter(range(1, 100))

    def at():
        return now + timedelta(hours=next(hours))

    for _ in range(2):
        when = at()
        poll(feed, when, claimed=when - timedelta(minutes=45))
        poll(feed, at(), new=False)
    assert Subscription.objects.get().missed == 2
    when = at()
    push(row, rss(ITEM), when)
    keep(when)
    poll(feed, at(), new=False)
    assert Subscription.objects.get().missed == 0


def test_a_feed_without_a_hub_costs_no_query(feed, now, django_assert_num_queries):
    with django_assert_num_queries(0):
        websub.want(feed, "", "", now)
        websub.noticed(feed, 3, now)
        assert not websub.pushed(feed, now)
