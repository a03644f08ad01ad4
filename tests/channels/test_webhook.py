"""Webhooks: what a receiver gets, whether it can check it, and what its answer means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from stories.channels import webhook
from stories.channels.message import Sent
from stories.channels.outcomes import Gone
from stories.ingest.errors import Permanent, Temporary
from tests import told

OLD = "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk"


def sent(server, *messages, now=None, secrets=None):
    secrets = secrets or [{"secret": told.SECRET, "until": None}]
    way = told.way("webhook", server.url("/hook"), secrets=secrets)
    now = now or datetime.now(UTC)
    return dict(webhook.send([(way, message) for message in messages or (told.message(),)], now))


def test_an_alert_can_be_checked_by_any_library_of_standard_webhooks(server):
    server.serve("/hook", 200)
    message = told.message()
    outcomes = sent(server, message)
    assert isinstance(outcomes[0], Sent)
    assert outcomes[0].status == 200
    (seen,) = server.seen
    headers = told.headers_of(seen)
    assert headers["webhook-id"] == str(message.number)
    data = Webhook(told.SECRET).verify(seen.body, headers)
    assert data["type"] == "alert"
    assert data["timestamp"] == "2026-03-04T09:15:00Z"
    assert data["data"]["alert"] == 12
    assert data["data"]["story"] == {
        "title": "Second bid for the Thistle Ness ferry",
        "link": "https://news.example/story/3/second-bid/",
        "lang": "en",
    }
    (part,) = data["data"]["parts"]
    assert part["wake"] == "denied"
    assert part["passage"] == "“No such bid was ever received,” the harbour office said."
    assert part["why"] == "You follow this story."
    assert part["at"] == "2026-03-04T09:12:00Z"
    assert set(part) == {"wake", "said", "passage", "headline", "outlet", "lang", "link", "at_outlet", "at", "why"}


def test_a_changed_body_or_another_secret_does_not_pass(server):
    server.serve("/hook", 200)
    sent(server)
    (seen,) = server.seen
    headers = told.headers_of(seen)
    with pytest.raises(WebhookVerificationError):
        Webhook(told.SECRET).verify(seen.body.replace(b"denied", b"confirmed"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(seen.body, headers)


def test_the_number_and_the_body_stay_when_it_is_sent_again(server):
    server.serve("/hook", 500)
    message, now = told.message(), datetime.now(UTC)
    sent(server, message, now=now)
    sent(server, message, now=now + timedelta(minutes=2))
    first, second = server.seen
    assert first.body == second.body
    assert first.header("webhook-id") == second.header("webhook-id")
    assert first.header("webhook-timestamp") != second.header("webhook-timestamp")
    assert first.header("webhook-signature") != second.header("webhook-signature")


def test_while_secrets_change_both_sign(server):
    server.serve("/hook", 200)
    now = datetime.now(UTC)
    secrets = [
        {"secret": told.SECRET, "until": None},
        {"secret": OLD, "until": (now + timedelta(hours=1)).isoformat()},
    ]
    sent(server, secrets=secrets, now=now)
    sent(server, secrets=secrets, now=now + timedelta(hours=2))
    during, after = server.seen
    headers = told.headers_of(during)
    assert Webhook(told.SECRET).verify(during.body, headers)
    assert Webhook(OLD).verify(during.body, headers)
    assert len(told.headers_of(after)["webhook-signature"].split()) == 1


def test_a_test_says_that_it_is_one(server):
    server.serve("/hook", 200)
    sent(server, told.test_letter())
    (seen,) = server.seen
    body = told.body_of(seen)
    assert body["type"] == "test"
    assert "This is a test." in body["data"]["text"]


@pytest.mark.parametrize(("status", "kind"), [(410, Gone), (404, Permanent), (302, Permanent), (500, Temporary)])
def test_what_the_answer_means(server, status, kind):
    server.serve("/hook", status, Location="http://127.0.0.1:9/")
    outcome = sent(server)[0]
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Gone) == (status == 410)


def test_each_new_secret_is_another_one():
    first, second = webhook.new_secret(), webhook.new_secret()
    assert first != second
    assert Webhook(first).sign("1", told.NOW, "x") != Webhook(second).sign("1", told.NOW, "x")
