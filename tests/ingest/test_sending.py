"""Sending to addresses of people's own, with servers that mean harm: each ends soon, and costs next to nothing."""

from __future__ import annotations

import time

import pytest

from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.exchange import Policy
from stories.ingest.pace import NotAsked
from stories.ingest.replies import HttpPermanent, HttpTemporary
from stories.ingest.sending import ANSWER_BYTES, PER_HOST, Post, Taken, post_as_done

from .web import Exchange, FakeWeb, running


def policy(web: FakeWeb, **changes: object) -> Policy:
    return Policy(**{"user_agent": "Firsthand/test", "allow": web.allow, "total_timeout_s": 10.0} | changes)  # type: ignore[arg-type]


def sent(web: FakeWeb, *urls: str, begin_within_s: float = 10.0, **changes: object) -> list[Taken | Failure]:
    posts = [Post(url, b'{"a": 1}', {"Content-Type": "application/json", "webhook-id": "7"}) for url in urls]
    outcomes = dict(post_as_done(posts, policy(web, **changes), begin_within_s=begin_within_s))
    return [outcomes[index] for index in range(len(posts))]


def test_the_bytes_arrive_as_they_were_given(web):
    (taken,) = sent(web, web.serve("/hook", 204))
    assert isinstance(taken, Taken)
    assert taken.status == 204
    (seen,) = web.seen
    assert (seen.method, seen.body) == ("POST", b'{"a": 1}')
    assert (seen.header("webhook-id"), seen.header("content-type")) == (b"7", b"application/json")
    assert seen.header("cookie") is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, HttpTemporary),
        (503, HttpTemporary),
        (408, HttpTemporary),
        (425, HttpTemporary),
        (429, HttpTemporary),
        (400, HttpPermanent),
        (401, HttpPermanent),
        (404, HttpPermanent),
        (410, HttpPermanent),
        (413, HttpPermanent),
    ],
)
def test_what_a_status_means(web, status, kind):
    (failure,) = sent(web, web.serve("/hook", status, b"no"))
    assert type(failure) is kind
    assert failure.status == status
    assert str(status) in failure.reason


def test_how_long_to_wait_is_heard(web):
    (failure,) = sent(web, web.serve("/hook", 429, Retry_After="120"))
    assert isinstance(failure, Temporary)
    assert failure.retry_after_s == 120


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(web, status):
    web.serve("/inside", 200)
    (failure,) = sent(web, web.serve("/hook", status, Location="/inside"))
    assert isinstance(failure, Permanent)
    assert "redirects are not followed" in failure.reason
    assert [seen.path for seen in web.seen] == ["/hook"]


def test_a_private_address_is_never_connected_to(web):
    with running() as secret:
        url = secret.serve("/hook")
        (by_number, by_name) = sent(web, url, url.replace("127.0.0.1", "localhost"))
        assert not secret.seen
    assert isinstance(by_number, Permanent)
    assert isinstance(by_name, Permanent)
    assert "is not allowed" in by_number.reason


@pytest.mark.parametrize("url", ["ftp://a.example/x", "https://", "nonsense", "https://a.example:25/"])
def test_what_is_no_address_of_the_web_is_refused(web, url):
    rules = Policy(user_agent="Firsthand/test")
    ((_, failure),) = post_as_done([Post(url, b"x", {})], rules, begin_within_s=5)
    assert isinstance(failure, Permanent)


def test_an_answer_of_5_mb_costs_nothing(web):
    def pour(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5242880\r\n\r\n")
        exchange.send(bytes(65536))
        # The rest comes when nobody waits for it any more.
        time.sleep(20)

    web.routes["/hook"] = pour
    (taken,) = sent(web, web.url("/hook"))
    assert isinstance(taken, Taken)
    assert ANSWER_BYTES <= 4096


def test_an_answer_without_end_counts_by_its_status(web):
    def drip(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(600):
            exchange.send(b".")
            time.sleep(0.05)

    web.routes["/hook"] = drip
    started = time.monotonic()
    (taken,) = sent(web, web.url("/hook"), total_timeout_s=1.0)
    assert isinstance(taken, Taken | Temporary)
    assert time.monotonic() - started < 15


def test_a_server_that_never_answers_is_left_after_its_time(web):
    web.routes["/hook"] = lambda _: time.sleep(30)
    (failure,) = sent(web, web.url("/hook"), total_timeout_s=1.0)
    assert isinstance(failure, Temporary)
    assert 0.9 < failure.elapsed_s < 15


def test_a_connection_that_breaks_off_is_temporary_and_tried_once(web):
    web.routes["/hook"] = lambda _: None
    (failure,) = sent(web, web.url("/hook"))
    assert isinstance(failure, Temporary)
    assert len(web.seen) == 1


def test_one_slow_host_holds_up_no_other(web):
    with running(host="127.0.0.2") as other:
        web.routes["/slow"] = lambda _: time.sleep(30)
        rules = policy(web, allow=(*web.allow, *other.allow), total_timeout_s=3.0)
        posts = [Post(web.url("/slow"), b"x", {})] * 8 + [Post(other.serve("/hook"), b"x", {})] * 8
        came = [index for index, _ in post_as_done(posts, rules, begin_within_s=10)]
    assert set(came[:8]) == set(range(8, 16)), "all of them before the first of the others is given up"


def test_a_host_gets_a_few_at_once(web):
    web.routes["/hook"] = lambda exchange: (time.sleep(0.05), exchange.answer(200))
    outcomes = sent(web, *[web.url("/hook")] * 20)
    assert all(isinstance(one, Taken) for one in outcomes)
    assert web.most_at_once <= PER_HOST


def test_a_host_that_answers_nobody_is_soon_left_alone(web):
    web.routes["/hook"] = lambda _: time.sleep(30)
    outcomes = sent(web, *[web.url("/hook")] * 12, total_timeout_s=1.0)
    # Four at once, and at most one more for each of the first two that came back without an answer.
    assert 6 <= sum(isinstance(one, NotAsked) for one in outcomes) <= 8
    assert all(one.retry_after_s for one in outcomes if isinstance(one, NotAsked))
    assert len(web.seen) <= 6


def test_what_could_not_be_begun_in_time_is_not_tried(web):
    web.routes["/hook"] = lambda exchange: (time.sleep(2.5), exchange.answer(200))
    outcomes = sent(web, *[web.url("/hook")] * 10, begin_within_s=2)
    tried, untried = outcomes[:4], outcomes[4:]
    assert all(isinstance(one, Taken) for one in tried)
    assert all(isinstance(one, NotAsked) and not one.retry_after_s for one in untried)
    assert len(web.seen) == 4
