"""How fast a server is asked, and who waits for whom."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from stories.ingest import relay
from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.fetch import (
    HttpTemporary,
    NotAsked,
    Pace,
    Policy,
    Request,
    Response,
    fetch_as_done,
    fetch_many,
    fetch_many_blocking,
)
from stories.ingest.pace import MARGIN_S, STRIKES, Doors, Turns

from .web import Exchange, FakeWeb, running


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def rules(*webs: FakeWeb, **changes: object) -> Policy:
    allow = tuple(endpoint for web in webs for endpoint in web.allow)
    return Policy(**{"user_agent": "Firsthand/test", "allow": allow, "every_s": 0.0} | changes)  # type: ignore[arg-type]


@pytest.fixture
def other() -> Iterator[FakeWeb]:
    with running("127.0.0.2") as fake:
        yield fake


def test_a_host_is_asked_again_only_after_its_gap() -> None:
    clock = Clock()
    turns = Turns(1.0, {}, clock)
    assert turns.wait_s("news.example") == 0
    turns.asked("news.example")
    assert turns.wait_s("news.example") == pytest.approx(1.0 + MARGIN_S)
    assert turns.wait_s("other.example") == 0
    clock.now += 0.75
    assert turns.wait_s("news.example") == pytest.approx(0.25 + MARGIN_S)
    clock.now += 9
    assert turns.wait_s("news.example") == 0


def test_the_gap_is_the_longer_of_the_policys_and_the_hosts_own() -> None:
    turns = Turns(1.0, {"slow.example": Pace(every_s=10), "fast.example": Pace(every_s=0.1)}, Clock())
    for host in ("slow.example", "fast.example"):
        assert turns.wait_s(host) == 0
        turns.asked(host)
    assert turns.wait_s("slow.example") == pytest.approx(10 + MARGIN_S)
    assert turns.wait_s("fast.example") == pytest.approx(1 + MARGIN_S)


def test_what_an_earlier_batch_asked_counts() -> None:
    clock = Clock()
    turns = Turns(1.0, {"news.example": Pace(wait_s=5)}, clock)
    assert turns.wait_s("news.example") == 5
    clock.now += 5
    assert turns.wait_s("news.example") == 0


def test_the_gap_counts_from_the_moment_a_request_went_out_not_from_its_turn() -> None:
    async def scenario() -> tuple[float, float]:
        doors = Doors(Turns(0.2, {}), at_once=2)
        times: dict[str, float] = {}

        async def slow_to_connect() -> None:
            async with doors.turn("h") as out:
                await asyncio.sleep(0.4)
                times["out"] = time.monotonic()
                out()
                await asyncio.sleep(0.5)

        async def next_one() -> None:
            await asyncio.sleep(0.05)
            async with doors.turn("h"):
                times["next"] = time.monotonic()

        await asyncio.gather(slow_to_connect(), next_one())
        return times["out"], times["next"]

    went_out, came_next = asyncio.run(scenario())
    assert came_next - went_out >= 0.2


def test_requests_to_one_host_keep_their_distance_as_its_server_sees_it(web: FakeWeb, other: FakeWeb) -> None:
    for server in (web, other):
        server.serve("/feed", body=b"x")
    requests = [Request(server.url("/feed")) for _ in range(5) for server in (web, other)]
    answers = fetch_many_blocking(requests, rules(web, other, every_s=0.2))
    assert all(isinstance(answer, Response) for answer in answers)
    assert len(web.gaps()) == len(other.gaps()) == 4
    assert min(*web.gaps(), *other.gaps()) >= 0.2


def test_the_distance_holds_when_all_slots_are_taken(web: FakeWeb, other: FakeWeb) -> None:
    def slow(exchange: Exchange) -> None:
        time.sleep(0.3)
        exchange.answer(200, b"x")

    web.routes["/slow"] = slow
    other.serve("/feed", body=b"x")
    requests = [Request(web.url("/slow"))] * 2 + [Request(other.url("/feed"))] * 4
    answers = fetch_many_blocking(requests, rules(web, other, every_s=0.1, concurrency=1, total_timeout_s=5))
    assert all(isinstance(answer, Response) for answer in answers)
    assert min(other.gaps()) >= 0.1


def test_redirects_wait_for_the_turn_of_the_host_that_they_lead_to(web: FakeWeb) -> None:
    web.serve("/a", 302, Location="/b")
    web.serve("/b", 302, Location="/c")
    web.serve("/c", body=b"x")
    (answer,) = fetch_many_blocking([Request(web.url("/a"))], rules(web, every_s=0.3, total_timeout_s=0.5))
    assert isinstance(answer, Response)
    assert min(web.gaps()) >= 0.3
    # Waiting for a turn is no part of how long the server took.
    assert answer.elapsed_s < 0.5


def test_a_known_wait_and_a_longer_gap_of_a_host_are_kept(web: FakeWeb) -> None:
    web.serve("/feed", body=b"x")
    begun = time.monotonic()
    paces = {"127.0.0.1": Pace(wait_s=0.3, every_s=0.4)}
    fetch_many_blocking([Request(web.url("/feed"))] * 2, rules(web, every_s=0.1), paces)
    assert web.seen[0].at - begun >= 0.3
    assert web.gaps()[0] >= 0.4


def test_this_servers_own_pages_need_no_turn(web: FakeWeb) -> None:
    web.serve("/feed", body=b"x")
    begun = time.monotonic()
    paces = {"127.0.0.1": Pace(wait_s=60, every_s=60)}
    answers = fetch_many_blocking([Request(web.url("/feed"), own=True)] * 6, rules(web, every_s=60), paces)
    assert all(isinstance(answer, Response) for answer in answers)
    assert time.monotonic() - begun < 30


def test_names_that_differ_by_case_or_a_last_dot_are_one_host(web: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    real = Turns.wait_s
    monkeypatch.setattr(Turns, "wait_s", lambda self, host: waited.append(host) or real(self, host))
    names = ("http://no-such.invalid/a", "http://NO-SUCH.invalid./b")
    fetch_many_blocking([Request(name) for name in names], rules(web))
    assert set(waited) == {"no-such.invalid"}


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_rest_gets_it_at_once(web: FakeWeb, other: FakeWeb, status: int) -> None:
    web.serve("/feed", status, Retry_After="120")
    other.serve("/feed", body=b"x")
    requests = [Request(web.url("/feed"))] * 5 + [Request(other.url("/feed"))] * 2
    answers = fetch_many_blocking(requests, rules(web, other, per_host=1))
    assert len(web.seen) == 1
    assert isinstance(answers[0], HttpTemporary) and not isinstance(answers[0], NotAsked)
    for answer in answers[1:5]:
        assert isinstance(answer, NotAsked)
        assert answer.retry_after_s == 120
        assert answer.reason == f"Not asked: a moment ago 127.0.0.1 sent another request away (HTTP {status})"
    assert all(isinstance(answer, Response) for answer in answers[5:])


def test_a_server_that_never_answers_is_given_up_for_the_batch(web: FakeWeb) -> None:
    web.routes["/dead"] = lambda exchange: None
    answers = fetch_many_blocking([Request(web.url("/dead"))] * 9, rules(web, per_host=1))
    assert len(web.seen) == STRIKES
    assert all(isinstance(answer, Temporary) for answer in answers)
    assert [isinstance(answer, NotAsked) for answer in answers] == [False] * STRIKES + [True] * (9 - STRIKES)


def test_an_answer_of_any_kind_keeps_a_server_in_the_batch(web: FakeWeb) -> None:
    web.routes["/dead"] = lambda exchange: None
    web.serve("/gone", 404)
    paths = ["/dead", "/dead", "/gone"] * 3
    answers = fetch_many_blocking([Request(web.url(path)) for path in paths], rules(web, per_host=1))
    assert len(web.seen) == 9
    assert not any(isinstance(answer, NotAsked) for answer in answers)


def test_each_answer_comes_as_soon_as_it_is_there(web: FakeWeb, other: FakeWeb) -> None:
    release = threading.Event()

    def slow(exchange: Exchange) -> None:
        release.wait(10)
        exchange.answer(200, b"slow")

    web.routes["/slow"] = slow
    other.serve("/fast", body=b"fast")
    requests = [Request(web.url("/slow")), Request(other.url("/fast")), Request("ftp://x.example/")]
    order = []
    for index, answer in fetch_as_done(requests, rules(web, other)):
        order.append(index)
        if len(order) == 2:
            release.set()
        assert isinstance(answer, Permanent if index == 2 else Response)
    assert order[2] == 0
    assert sorted(order) == [0, 1, 2]


def test_a_tick_comes_while_nothing_else_does(web: FakeWeb) -> None:
    def slow(exchange: Exchange) -> None:
        time.sleep(0.5)
        exchange.answer(200, b"x")

    web.routes["/slow"] = slow
    seen = list(fetch_as_done([Request(web.url("/slow"))], rules(web), tick_s=0.05))
    assert seen[0] == (None, None)
    assert [index for index, _ in seen if index is not None] == [0]


def relays() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ingest-relay"]


@pytest.mark.filterwarnings("error")
def test_closing_early_leaves_nothing_behind(web: FakeWeb, caplog: pytest.LogCaptureFixture) -> None:
    gone = threading.Event()

    def endless(exchange: Exchange) -> None:
        try:
            exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                exchange.send(b"x")
                time.sleep(0.02)
        except OSError:
            gone.set()
            raise

    web.routes["/endless"] = endless
    web.serve("/feed", body=b"x")
    requests = [Request(web.url("/endless"), own=True), *[Request(web.url("/feed"))] * 50]
    answers = fetch_as_done(requests, rules(web, every_s=0.01, per_host=3))
    assert next(answers)[0] > 0
    answers.close()
    assert relays() == []
    assert gone.wait(10)
    assert caplog.records == []


def test_a_generator_that_nobody_starts_starts_nothing(web: FakeWeb) -> None:
    fetch_as_done([Request(web.url("/feed"))], rules(web)).close()
    assert relays() == []
    assert web.seen == []


def test_an_empty_batch_ends_at_once() -> None:
    assert list(fetch_as_done([], Policy("x"))) == []


def test_a_wrong_exception_in_the_policy_fails_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="intranet"):
        fetch_as_done([Request("http://a.example/")], Policy("x", allow=("intranet",)))


def test_a_fault_of_the_loop_reaches_the_caller(web: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(policy: Policy) -> None:
        raise RuntimeError("no loop today")

    monkeypatch.setattr("stories.ingest.fetch.session", broken)
    with pytest.raises(RuntimeError, match="no loop today"):
        list(fetch_as_done([Request(web.url("/feed"))], rules(web)))
    assert relays() == []


def test_nothing_new_begins_while_too_much_lies_untaken(web: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay.Outbox.__init__, "__defaults__", (2500,))
    web.serve("/feed", body=b"x" * 1000)
    answers = fetch_as_done([Request(web.url("/feed"))] * 12, rules(web, per_host=1))
    next(answers)
    time.sleep(0.5)
    # One was taken, three lie untaken and are more than the limit.
    assert len(web.seen) == 4
    assert len(list(answers)) == 11
    assert len(web.seen) == 12


def test_the_same_core_serves_a_caller_with_a_loop(web: FakeWeb) -> None:
    url = web.serve("/feed", body=b"x")
    answers = asyncio.run(fetch_many([Request(url), Request("ftp://x.example/"), Request(url)], rules(web)))
    assert [isinstance(answer, Failure) for answer in answers] == [False, True, False]
