"""What is said to hubs and what is believed of them: signatures, verification, leases, discovery."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

import pytest

from stories.ingest import websub
from stories.ingest.websub import Answer

SECRET, BODY = "three herons on the weir", b"<rss>what is new</rss>"
TOPIC = "https://courier.example.org/feed?section=world"
QUESTION = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "wader42", "hub.lease_seconds": "864000"}


def signed(method="sha256", secret=SECRET, body=BODY):
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_registered_method_is_accepted(method):
    assert websub.signature_ok(SECRET, BODY, signed(method))
    assert websub.signature_ok(SECRET, BODY, signed(method).upper())
    assert not websub.signature_ok(SECRET, BODY + b" ", signed(method))
    assert not websub.signature_ok("four herons", BODY, signed(method))


def test_a_known_answer():
    # RFC 4231, test case 2.
    header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert websub.signature_ok("Jefe", b"what do ya want for nothing?", header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "=",
        "sha256",
        "sha256=",
        signed()[7:],
        signed("md5"),
        signed("sha224"),
        signed("sha3_256"),
        f"none={hashlib.sha256(BODY).hexdigest()}",
        signed().replace("sha256", "sha1"),
        signed()[:-1],
        signed()[:-2],
        signed() + "00",
        signed() + ",sha1=00",
        signed().replace("=", "= "),
        signed()[:-2] + "zz",
        signed()[:-1] + "\u0661",
        "sha256=" + "a" * 100_000,
        "\x00",
    ],
)
def test_any_other_header_is_no_signature(header):
    assert not websub.signature_ok(SECRET, BODY, header)


def test_without_a_secret_nothing_is_signed():
    assert not websub.signature_ok("", BODY, signed(secret=""))


def test_signatures_are_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or False)
    assert not websub.signature_ok(SECRET, BODY, signed())
    assert [len(one) == len(other) for one, other in compared] == [True]


def test_the_challenge_is_echoed_where_topic_and_mode_are_ours():
    verdict = websub.verification(QUESTION, topic=TOPIC, mode="subscribe")
    assert verdict == websub.Verdict(Answer.CONFIRM, "wader42", 864_000)


@pytest.mark.parametrize(
    "spelling",
    [TOPIC, TOPIC.replace("courier", "COURIER"), TOPIC.replace("feed", "%66eed")],
)
def test_a_topic_may_be_spelt_otherwise(spelling):
    said = QUESTION | {"hub.topic": spelling}
    assert websub.verification(said, topic=TOPIC, mode="subscribe").answer == Answer.CONFIRM


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": ""},
        {"hub.topic": "https://courier.example.org/feed"},
        {"hub.topic": "http://courier.example.org/feed?section=world"},
        {"hub.topic": "http://[::"},
        {"hub.mode": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.challenge": ""},
        {"hub.challenge": "x" * 1001},
        {"hub.challenge": "a\r\nb"},
        {"hub.challenge": "a\x00b"},
    ],
)
def test_anything_else_is_refused(changed):
    assert websub.verification(QUESTION | changed, topic=TOPIC, mode="subscribe") == websub.Verdict(Answer.REFUSE)


def test_nothing_is_confirmed_that_we_did_not_ask_for():
    assert websub.verification(QUESTION, topic=TOPIC, mode="").answer == Answer.REFUSE
    assert websub.verification(QUESTION, topic=TOPIC, mode="unsubscribe").answer == Answer.REFUSE
    leaving = QUESTION | {"hub.mode": "unsubscribe"}
    assert websub.verification(leaving, topic=TOPIC, mode="unsubscribe").challenge == "wader42"


@pytest.mark.parametrize("value", ["", "-5", "1e9", "soon", "٣٠٠", "9" * 400])
def test_a_lease_that_is_no_number_counts_as_unsaid(value):
    assert websub.verification(QUESTION | {"hub.lease_seconds": value}, topic=TOPIC, mode="subscribe").lease_s is None


def test_a_denial_has_its_reason_as_one_line():
    said = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "not\x00 for\r\nyou " + "!" * 5000}
    verdict = websub.verification(said, topic=TOPIC, mode="subscribe")
    assert verdict.answer == Answer.DENIED
    assert verdict.reason.startswith("not for you !!!")
    assert len(verdict.reason) == websub.MAX_REASON
    assert websub.verification(said | {"hub.topic": "https://other.org/"}, topic=TOPIC, mode="subscribe").answer == (
        Answer.REFUSE
    )


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("granted", [3600, 86_400, 864_000])
def test_a_lease_is_renewed_well_before_it_ends(now, granted, jitter):
    lease = websub.lease(granted, now, jitter)
    assert lease.until == now + timedelta(seconds=granted)
    assert timedelta(seconds=granted * 0.25) < lease.until - lease.renew_at < timedelta(seconds=granted * 0.41)


def test_absurd_leases_are_bounded(now):
    assert websub.lease(10**11, now, 0).until == now + timedelta(days=15)
    assert websub.lease(None, now, 0) == websub.lease(0, now, 0) == websub.lease(86_400, now, 0)
    assert websub.lease(2, now, 0).until == now + timedelta(seconds=2)
    assert websub.lease(2, now, 0).renew_at == now + timedelta(minutes=5)


def test_back_off_doubles_from_ten_minutes_to_a_day(now):
    waits = [(websub.next_try(n, now, 0) - now).total_seconds() / 60 for n in (1, 2, 3, 7, 8, 9, 500)]
    assert waits == [10, 20, 40, 640, 1280, 1440, 1440]
    assert websub.next_try(1, now, 0, asked_s=7200) == now + timedelta(hours=2)
    assert websub.next_try(1, now, 0, asked_s=1e9) == now + timedelta(days=15)


def test_the_request_has_the_fields_of_the_recommendation():
    callback = "https://news.example.org/websub/t/"
    sent = parse_qs(urlencode(websub.subscribe_form("subscribe", callback=callback, topic=TOPIC, secret=SECRET)))
    assert sent == {
        "hub.callback": [callback],
        "hub.mode": ["subscribe"],
        "hub.topic": [TOPIC],
        "hub.lease_seconds": ["864000"],
        "hub.secret": [SECRET],
    }
    leaving = dict(websub.subscribe_form("unsubscribe", callback=callback, topic=TOPIC, secret=SECRET))
    assert "hub.secret" not in leaving
    assert leaving["hub.mode"] == "unsubscribe"


def test_a_hub_without_https_is_tried_with_https_first_and_in_turn():
    tried = [websub.address_to_ask("http://hub.example.org/", attempt) for attempt in (1, 2, 3)]
    assert tried == ["https://hub.example.org/", "http://hub.example.org/", "https://hub.example.org/"]
    for hub in ("https://hub.example.org/", "http://hub.example.org:8080/"):
        assert websub.address_to_ask(hub, 1) == hub


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://news.example.org", True),
        ("http://news.example.org:8080", True),
        ("https://93.184.215.14", True),
        ("https://[2606:4700::1111]", True),
        ("http://127.0.0.1:8000", False),
        ("http://127.1:8000", False),
        ("http://2130706433", False),
        ("http://localhost:8000", False),
        ("http://firsthand.localhost", False),
        ("http://newsroom", False),
        ("http://newsroom.local", False),
        ("http://newsroom.home.arpa.", False),
        ("http://192.168.1.20:8000", False),
        ("http://169.254.169.254", False),
        ("http://[::1]:8000", False),
        ("http://[fd00::1]", False),
        ("http://[::ffff:10.0.0.1]", False),
    ],
)
def test_which_addresses_a_hub_could_call(url, public):
    assert websub.public_address(url) is public


FEED = "https://courier.example.org/world.xml"
HUB = "https://hub.example.org/"


@pytest.mark.parametrize(
    ("link", "hub", "topic", "found"),
    [
        ("", HUB, TOPIC, (HUB, TOPIC)),
        ("", HUB, "", (HUB, FEED)),
        ("", "", TOPIC, ("", "")),
        ("", "//hub.example.org/", "/canonical.xml", (HUB, "https://courier.example.org/canonical.xml")),
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', "https://other.example.org/", FEED, (HUB, TOPIC)),
        (f"<{HUB}>; rel=hub", "", TOPIC, (HUB, TOPIC)),
        (f'<{TOPIC}>; type="a, b"; rel="alternate self",<{HUB}> ; title="x" ; rel="HUB"', "", "", (HUB, TOPIC)),
        ('<https://courier.example.org/wp-json/>; rel="https://api.w.org/"', HUB, TOPIC, (HUB, TOPIC)),
        (f'<{HUB}>; rel="hub", <https://second.example.org/>; rel="hub"', "", TOPIC, (HUB, TOPIC)),
        ("<>; rel=hub, <", "", TOPIC, ("", "")),
        ("", "javascript:alert(1)", TOPIC, ("", "")),
        ("", "ftp://hub.example.org/", TOPIC, ("", "")),
        ("", "http://[::", TOPIC, ("", "")),
        ("", HUB + "x" * 2000, TOPIC, ("", "")),
        ("", HUB, "https://courier.example.org/" + "x" * 2000, ("", "")),
        ("", HUB, "javascript:alert(1)", (HUB, FEED)),
    ],
)
def test_hub_and_topic_are_found_in_links_before_the_document(link, hub, topic, found):
    assert websub.discovered(link, hub=hub, topic=topic, url=FEED) == found


@pytest.mark.parametrize("link", ["<a>;" + " " * 3990, "<a>" + ";a= " * 1000, "<" * 4000, "<a>;a=" + '"' * 3990])
def test_a_hostile_link_header_costs_no_time(link):
    assert websub.discovered(link, hub="", topic="", url=FEED) == ("", "")


@pytest.mark.parametrize(
    ("token", "ok"),
    [("aB-_9" * 8, True), ("", False), ("x" * 65, False), ("a\x00", False), ("é", False), ("a\n", False)],
)
def test_what_can_be_a_token(token, ok):
    assert websub.token_ok(token) is ok
