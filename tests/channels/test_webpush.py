"""Push: only the browser can read it, the push service can check whose it is, and each answer means what it should."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from py_vapid import Vapid02

from stories.channels import vapid, webpush
from stories.channels.message import Sent
from stories.channels.outcomes import Declined, Gone
from stories.ingest.errors import Permanent, Temporary
from tests import told


def sent(server, message, *, path="/push", keys=None):
    given, key, auth = told.subscription(server.url(path))
    if keys is not None:
        given["keys"] = keys
    outcomes = dict(webpush.send([(told.way("push", "push.example", **given), message)], datetime.now(UTC)))
    return outcomes[0], key, auth


def opened(seen, key, auth):
    return json.loads(http_ece.decrypt(seen.body, private_key=key, auth_secret=auth))


def test_the_browser_reads_what_was_sent(server):
    server.serve("/push", 201)
    message = told.message()
    outcome, key, auth = sent(server, message)
    assert isinstance(outcome, Sent)
    assert outcome.status == 201
    (seen,) = server.seen
    shown = opened(seen, key, auth)
    assert shown["title"] == "Denial: Second bid for the Thistle Ness ferry"
    assert "the harbour office" in shown["body"]
    assert shown["url"] == "https://news.example/alerts/12/"
    assert shown["keep"] == ["https://news.example/story/3/second-bid/"]
    assert shown["tag"] == str(message.number)
    assert shown["lang"] == "en-gb"


def test_the_headers_are_those_of_the_standard(server):
    server.serve("/push", 201)
    message = told.message()
    sent(server, message)
    headers = told.headers_of(server.seen[0])
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["ttl"] == "86400"
    assert headers["urgency"] == "normal"
    assert len(headers["topic"]) <= 32
    assert base64.urlsafe_b64decode(headers["topic"] + "==") == message.number.bytes
    assert Vapid02.verify(headers["authorization"])
    token = headers["authorization"].split("t=")[1].split(",")[0].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(token + "=="))
    assert claims["aud"] == server.url("")
    assert claims["sub"].startswith(("mailto:", "https://"))
    assert headers["authorization"].endswith(f"k={vapid.public_key()}")


def test_a_message_sent_again_replaces_itself(server):
    server.serve("/push", 201)
    message = told.message()
    sent(server, message)
    sent(server, message)
    first, second = map(told.headers_of, server.seen)
    assert first["topic"] == second["topic"]


def test_a_long_alert_is_cut_to_what_push_services_take():
    parts = [told.part(said="Ein Gerücht – „nein“. " * 40, words="語" * 600) for _ in range(9)]
    message = told.message(told.told(*parts, story="語" * 200))
    body = webpush.payload(message)
    assert len(body) <= webpush.MAX_BYTES
    assert json.loads(body)["title"]


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (404, Gone, "taken back its permission"),
        (410, Gone, "taken back its permission"),
        (401, Declined, "does not know this server"),
        (403, Declined, "does not know this server"),
        (413, Declined, "too large"),
        (302, Permanent, "redirects are not followed"),
        (429, Temporary, "less often"),
        (500, Temporary, "internal error"),
    ],
)
def test_what_the_push_service_s_answer_means(server, status, kind, words):
    server.serve("/push", status)
    outcome, _, _ = sent(server, told.message())
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Gone) == (kind is Gone)
    assert words in outcome.reason


def test_an_endpoint_inside_our_network_is_refused(server, settings):
    settings.FETCH_ALLOW = ()
    outcome, _, _ = sent(server, told.message())
    assert isinstance(outcome, Permanent)
    assert "not an address on the public internet" in outcome.reason or "not one of the web" in outcome.reason
    assert not server.seen


@pytest.mark.parametrize("keys", [{}, {"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": "ü", "auth": None}])
def test_broken_keys_end_the_way_and_nothing_else(server, keys):
    server.serve("/push", 201)
    outcome, _, _ = sent(server, told.message(), keys=keys)
    assert isinstance(outcome, Gone)
    assert not server.seen


def test_the_key_stays_while_the_secret_does_and_may_be_given(settings):
    settings.VAPID_PRIVATE_KEY = ""
    settings.SECRET_KEY = "one secret"
    first = vapid.public_key()
    assert vapid.public_key() == first
    assert len(base64.urlsafe_b64decode(first + "=")) == 65
    settings.SECRET_KEY = "another secret"
    assert vapid.public_key() != first
    key = ec.generate_private_key(ec.SECP256R1())
    raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    settings.VAPID_PRIVATE_KEY = base64.urlsafe_b64encode(raw).decode()
    given = vapid.public_key()
    number = key.private_numbers().private_value.to_bytes(32)
    settings.VAPID_PRIVATE_KEY = base64.urlsafe_b64encode(number).decode().rstrip("=")
    assert vapid.public_key() == given
    settings.SECRET_KEY = "one secret"
    assert vapid.public_key() == given
