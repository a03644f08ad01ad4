"""The fetcher against a server that behaves, and one that does not."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from urllib.parse import parse_qsl

import pytest

from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.fetch import (
    HttpPermanent,
    HttpTemporary,
    Policy,
    Request,
    Response,
    fetch_many_blocking,
    fetch_one,
)

from .web import Exchange, FakeWeb

AGENT = "Firsthand/test (+https://firsthand.example)"


def policy(web: FakeWeb, **changes: object) -> Policy:
    return Policy(**{"user_agent": AGENT, "allow": web.allow, "every_s": 0.0} | changes)  # type: ignore[arg-type]


def failure(url: str, rules: Policy) -> Failure:
    answer = fetch_many_blocking([Request(url)], rules)[0]
    assert isinstance(answer, Failure), answer
    return answer


def test_a_plain_answer(web: FakeWeb) -> None:
    url = web.serve("/feed", body=b"<rss/>", ETag='W/"a-1"', Last_Modified="Tue, 17 Feb 2026 10:00:00 GMT",
                    Content_Type="text/xml", Cache_Control="max-age=300", Set_Cookie="id=1", Server="x")  # fmt: skip
    answer = fetch_one(Request(url + "#part"), policy(web))
    assert (answer.status, answer.body, answer.not_modified) == (200, b"<rss/>", False)
    assert (answer.etag, answer.last_modified) == ('W/"a-1"', "Tue, 17 Feb 2026 10:00:00 GMT")
    assert (answer.final_url, answer.permanent_url) == (url, "")
    assert answer.headers["cache-control"] == "max-age=300"
    assert not {"set-cookie", "server"} & set(answer.headers)
    assert 0 < answer.elapsed_s < 20


def test_what_is_sent(web: FakeWeb) -> None:
    url = web.serve("/feed", body=b"x", Set_Cookie="id=1; Path=/")
    fetch_many_blocking([Request(url), Request(url, accept="text/html")], policy(web, per_host=1))
    first, second = web.seen
    assert first.header("user-agent") == AGENT.encode()
    assert first.header("accept") == b"*/*"
    assert second.header("accept") == b"text/html"
    assert first.header("if-none-match") is first.header("if-modified-since") is None
    assert second.header("cookie") is second.header("referer") is None


@pytest.mark.parametrize(
    "etag",
    [b'"plain"', b'W/"weak"', b"no-quotes", b'"a,b;c \\"d\\""', b'"67ab-gzip"', '"é–ü"'.encode(), b'"\'<>&%41"'],
)
def test_validators_go_back_byte_for_byte(web: FakeWeb, etag: bytes) -> None:
    modified = b"tuesday, half past ten"

    def conditional(exchange: Exchange) -> None:
        if exchange.header("if-none-match") == etag and exchange.header("if-modified-since") == modified:
            exchange.answer(304, ETag='"next"')
        else:
            exchange.answer(200, b"x", ETag=etag, Last_Modified=modified)

    web.routes["/feed"] = conditional
    first = fetch_one(Request(web.url("/feed")), policy(web))
    again = fetch_one(Request(web.url("/feed"), first.etag, first.last_modified), policy(web))
    assert again.not_modified
    assert (again.body, again.etag) == (b"", '"next"')


def test_a_validator_that_cannot_be_given_back_is_not_kept(web: FakeWeb) -> None:
    url = web.serve("/feed", body=b"x", ETag=b'"caf\xe9"', Last_Modified=b"x" * 2000)
    answer = fetch_one(Request(url), policy(web))
    assert (answer.etag, answer.last_modified) == ("", "")


def test_a_forged_validator_forges_no_header(web: FakeWeb) -> None:
    url = web.serve("/feed", body=b"x")
    fetch_one(Request(url, etag='"a"\r\nX-Forged: 1'), policy(web))
    assert web.seen[0].header("x-forged") is None


def test_not_modified_without_a_question_is_a_failure(web: FakeWeb) -> None:
    answer = failure(web.serve("/feed", 304), policy(web))
    assert isinstance(answer, HttpPermanent | HttpTemporary)
    assert answer.status == 304


def test_order_and_independence(web: FakeWeb) -> None:
    good = web.serve("/good", body=b"good")
    requests = [
        Request(good),
        Request("ftp://files.example/x"),
        Request("http://[not-an-address/"),
        Request(web.url("/gone")),
        Request(""),
        Request("http://" + "a" * 300 + ".example/"),
        Request(good),
    ]
    answers = fetch_many_blocking(requests, policy(web))
    assert [isinstance(a, Response) for a in answers] == [True, False, False, False, False, False, True]
    assert all(a.reason and "\n" not in a.reason for a in answers if isinstance(a, Failure))


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 410, 418, 451, 499, 300])
def test_permanent_statuses(web: FakeWeb, status: int) -> None:
    answer = failure(web.serve("/x", status, b"no"), policy(web))
    assert isinstance(answer, HttpPermanent)
    assert answer.status == status
    assert f"HTTP {status}" in answer.reason


@pytest.mark.parametrize("status", [408, 421, 425, 429, 500, 502, 503, 504, 520, 599])
def test_temporary_statuses(web: FakeWeb, status: int) -> None:
    answer = failure(web.serve("/x", status, b"no"), policy(web))
    assert isinstance(answer, HttpTemporary)
    assert answer.status == status
    assert answer.retry_after_s is None


def test_retry_after_in_seconds_and_as_a_date(web: FakeWeb) -> None:
    seconds = failure(web.serve("/a", 429, Retry_After="3600"), policy(web))
    date = failure(web.serve("/b", 503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"), policy(web))
    nonsense = failure(web.serve("/c", 503, Retry_After="soon"), policy(web))
    assert isinstance(seconds, Temporary) and isinstance(date, Temporary) and isinstance(nonsense, Temporary)
    assert seconds.retry_after_s == 3600
    assert date.retry_after_s is not None and date.retry_after_s > 86400
    assert nonsense.retry_after_s is None


def test_redirects_are_followed_and_permanence_is_known(web: FakeWeb) -> None:
    end = web.serve("/end", body=b"here")
    web.serve("/moved", 301, Location="/end?from=1#x")
    web.serve("/end?from=1", body=b"here")
    web.serve("/twice", 308, Location=web.url("/moved"))
    web.serve("/mixed", 301, Location="/for-now")
    web.serve("/for-now", 302, Location=end)
    moved, twice, mixed = (fetch_one(Request(web.url(path)), policy(web)) for path in ("/moved", "/twice", "/mixed"))
    assert moved.permanent_url == moved.final_url == web.url("/end?from=1")
    assert twice.permanent_url == web.url("/end?from=1")
    assert (mixed.permanent_url, mixed.final_url) == ("", end)
    assert moved.url == web.url("/moved")


def test_a_redirect_without_an_end(web: FakeWeb) -> None:
    answer = failure(web.serve("/loop", 302, Location="/loop"), policy(web))
    assert isinstance(answer, Permanent)
    assert "more than 5 times" in answer.reason
    assert len(web.seen) == 6


def test_the_loopback_is_refused_unless_allowed(web: FakeWeb) -> None:
    url = web.serve("/feed", body=b"x")
    closed = Policy(user_agent=AGENT)
    refused = failure(url, closed)
    assert isinstance(refused, Permanent)
    assert "not allowed" in refused.reason
    assert "public internet" in failure("http://127.0.0.1/", closed).reason
    assert web.seen == []
    assert fetch_one(Request(url), Policy(user_agent=AGENT, allow=("127.0.0.0/8",))).body == b"x"


def test_ports_beside_the_webs_own_are_refused() -> None:
    for port in (22, 25, 6379, 8080):
        answer = failure(f"http://news.example:{port}/", Policy(user_agent=AGENT))
        assert isinstance(answer, Permanent)
        assert f"port {port}" in answer.reason


def test_passwords_stay_out_of_reasons(web: FakeWeb) -> None:
    for url in (f"http://me:secret@127.0.0.1:{web.port}/gone", "http://me:secret@127.0.0.1:22/"):
        assert "secret" not in failure(url, policy(web)).reason


def test_a_name_that_does_not_exist() -> None:
    answer = failure("http://no-such-newsroom.invalid/feed", Policy(user_agent=AGENT))
    assert isinstance(answer, Temporary)
    assert answer.reason == "The server's name could not be found: no-such-newsroom.invalid"


def test_a_closed_port(web: FakeWeb) -> None:
    rules = Policy(user_agent=AGENT, allow=("127.0.0.0/8",))
    answer = failure("http://127.0.0.1:1/", rules)
    assert isinstance(answer, Temporary)
    assert answer.reason == "127.0.0.1 refused the connection"


def test_no_tls_where_tls_was_expected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk_plainly() -> None:
            with server.accept()[0] as peer:
                peer.recv(10)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=talk_plainly, daemon=True)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        answer = failure(f"https://{address}/", Policy(user_agent=AGENT, allow=(address,)))
        thread.join()
    assert isinstance(answer, Temporary)
    assert answer.reason == "No secure connection to 127.0.0.1 could be made"


def test_redirects_share_one_time_budget(web: FakeWeb) -> None:
    def slow(exchange: Exchange) -> None:
        time.sleep(0.3)
        exchange.answer(302, Location="/slow")

    web.routes["/slow"] = slow
    answer = failure(web.url("/slow"), policy(web, total_timeout_s=0.5, max_redirects=50))
    assert isinstance(answer, Temporary)
    assert "0.5 s" in answer.reason


def test_an_error_page_that_never_ends_is_still_an_error(web: FakeWeb) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\n")
        for _ in range(100):
            exchange.send(b"X")
            time.sleep(0.1)

    web.routes["/x"] = drip
    answer = failure(web.url("/x"), policy(web, total_timeout_s=1.0))
    assert isinstance(answer, HttpPermanent)
    assert answer.status == 410
    assert 0.5 < answer.elapsed_s < 10


def test_a_large_error_page_is_still_an_error(web: FakeWeb) -> None:
    answer = failure(web.serve("/x", 404, b"no" * 10**6), policy(web, max_bytes=1000))
    assert isinstance(answer, HttpPermanent)


def test_packed_answers_are_unpacked(web: FakeWeb) -> None:
    url = web.serve("/x", body=gzip.compress(b"<rss/>" * 100), Content_Encoding="gzip")
    assert fetch_one(Request(url), policy(web)).body == b"<rss/>" * 100
    assert web.seen[0].header("accept-encoding") == b"gzip, deflate, br, zstd"


def test_a_form_is_posted(web: FakeWeb) -> None:
    url = web.serve("/hub", 202)
    form = (("hub.mode", "subscribe"), ("hub.topic", "https://news.example/feed?a=1&b=é"))
    answer = fetch_one(Request(url, form=form), policy(web))
    assert (answer.status, answer.body) == (202, b"")
    sent = web.seen[0]
    assert sent.method == "POST"
    assert sent.header("content-type") == b"application/x-www-form-urlencoded"
    assert tuple(parse_qsl(sent.body.decode())) == form


@pytest.mark.parametrize("status", [307, 308])
def test_a_form_follows_redirects_that_keep_it(web: FakeWeb, status: int) -> None:
    web.serve("/new", 204)
    url = web.serve("/hub", status, Location="/new")
    assert fetch_one(Request(url, form=(("a", "b"),)), policy(web)).status == 204
    assert [(sent.method, sent.body) for sent in web.seen] == [("POST", b"a=b")] * 2


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_form_does_not_follow_redirects_that_lose_it(web: FakeWeb, status: int) -> None:
    web.serve("/new", 204)
    url = web.serve("/hub", status, Location="/new")
    (answer,) = fetch_many_blocking([Request(url, form=(("a", "b"),))], policy(web))
    assert isinstance(answer, Permanent)
    assert answer.reason == "127.0.0.1 redirects what we send to another address, where it would get lost"
    assert len(web.seen) == 1


def test_one_host_is_not_asked_more_than_its_share_at_once(web: FakeWeb) -> None:
    def slow(exchange: Exchange) -> None:
        time.sleep(0.05)
        exchange.answer(200, b"x")

    web.routes["/slow"] = slow
    answers = fetch_many_blocking([Request(web.url("/slow"))] * 12, policy(web, per_host=2, total_timeout_s=2))
    assert all(isinstance(answer, Response) for answer in answers)
    assert web.most_at_once == 2


def test_waiting_for_a_turn_does_not_count_against_the_timeout(web: FakeWeb) -> None:
    def slow(exchange: Exchange) -> None:
        time.sleep(0.2)
        exchange.answer(200, b"x")

    web.routes["/slow"] = slow
    rules = policy(web, per_host=1, total_timeout_s=0.9, connect_timeout_s=0.9)
    answers = fetch_many_blocking([Request(web.url("/slow"))] * 8, rules)
    assert all(isinstance(answer, Response) for answer in answers)


def test_a_wrong_exception_in_the_policy_fails_loudly() -> None:
    with pytest.raises(ValueError, match="intranet"):
        fetch_many_blocking([Request("http://a.example/")], Policy(user_agent=AGENT, allow=("intranet",)))
