"""Nothing inside is ever reached: not by a name, a number, a redirect or a name server that changes its mind."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from stories.ingest import wire
from stories.ingest.errors import Failure, Permanent
from stories.ingest.fetch import Policy, Request, fetch_many_blocking, fetch_one

from .web import FakeWeb, running


def policy(web: FakeWeb, **changes: object) -> Policy:
    return Policy(**{"user_agent": "Firsthand/test", "allow": web.allow, "every_s": 0.0} | changes)  # type: ignore[arg-type]


def failure(url: str, rules: Policy) -> Failure:
    (answer,) = fetch_many_blocking([Request(url)], rules)
    assert isinstance(answer, Failure), answer
    return answer


INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/machine?comp=goalstate",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/opc/v2/instance/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://0.0.0.0/",
    "http://0/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fe80::1%25lo]/",
    "http://[::1%25lo]/",
    "http://[ff02::1]/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://127.0.0.1:{port}/secret",
    "http://[::1]:{port}/secret",
    "http://[::ffff:127.0.0.1]:{port}/secret",
    "http://localhost:{port}/secret",
    "http://LOCALHOST.:{port}/secret",
    "http://newsroom.localhost:{port}/secret",
    "http://news.example@127.0.0.1:{port}/secret",
    "http://news.example:80@127.0.0.1:{port}/secret",
    "http://news.example#@127.0.0.1:{port}/secret",
    "http://127.0.0.1:{port}\\@news.example/secret",
    "http://①②⑦.⓪.⓪.①:{port}/secret",
    "http://127。0。0。1:{port}/secret",
    "//127.0.0.1:{port}/secret",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "ftp://127.0.0.1/",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "unix:///var/run/docker.sock",
]  # fmt: skip


@pytest.fixture(scope="module")
def inside() -> Iterator[FakeWeb]:
    with running() as fake:
        fake.serve("/secret", body=b"secret")
        fake.serve("/", body=b"secret")
        yield fake


@pytest.mark.parametrize("how", ["asked for", "redirected to"])
@pytest.mark.parametrize("target", INSIDE)
def test_nothing_inside_is_reached(web: FakeWeb, inside: FakeWeb, target: str, how: str) -> None:
    url = target.format(port=inside.port)
    # The port is open elsewhere, so that only the address can be what is refused.
    rules = policy(web, allow=(*web.allow, f"127.0.0.9:{inside.port}"), connect_timeout_s=2.0)
    if how == "redirected to":
        web.serve("/hop", 302, Location=url)
        url = web.serve("/feed", 302, Location="/hop")
    answer = failure(url, rules)
    assert inside.seen == []
    words = ("not allowed", "Only addresses that begin with http", "not an address that can", "could not be found")
    assert any(word in answer.reason for word in words), answer.reason


class Names(AbstractResolver):
    """A name server that tells each asker the next of its answers."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                          proto=0, flags=0)
            for address in self.answers.pop(0)
        ]  # fmt: skip

    async def close(self) -> None:
        return


@pytest.fixture
def outside() -> Iterator[FakeWeb]:
    """A server that stands for one on the public internet."""
    with running("127.0.0.2") as fake:
        yield fake


def test_a_name_that_moves_inside_after_it_was_looked_up(outside: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.serve("/feed", body=b"news")
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    monkeypatch.setattr(wire, "make_resolver", lambda: names)
    url = f"http://rebinding.example:{outside.port}/feed"
    with running("127.0.0.1", outside.port) as inside:
        inside.serve("/feed", body=b"secret")
        assert fetch_one(Request(url), policy(outside)).body == b"news"
        answer = failure(url, policy(outside))
        assert inside.seen == []
    assert isinstance(answer, Permanent)
    assert (
        answer.reason
        == "The address of rebinding.example is not allowed: 127.0.0.1 is not an address on the public internet"
    )
    # One look-up per fetch: no second one between the judgement and the connection.
    assert names.asked == ["rebinding.example"] * 2


@pytest.mark.parametrize("second", ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1"])
def test_a_name_with_an_address_outside_and_one_inside(
    outside: FakeWeb, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    port = outside.port
    with running("127.0.0.1", port) as inside:
        inside.serve("/feed", body=b"secret")
        # The first address is allowed and dead, so that the client goes on to the next.
        monkeypatch.setattr(wire, "make_resolver", lambda: Names(["127.0.0.3", second]))
        rules = policy(outside, allow=(f"127.0.0.3:{port}",))
        assert isinstance(failure(f"http://two-faced.example:{port}/feed", rules), Failure)
        assert inside.seen == []


def test_a_redirect_to_a_name_that_lies_inside(outside: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.serve("/feed", 302, Location=f"http://inside.example:{outside.port}/feed")
    monkeypatch.setattr(wire, "make_resolver", lambda: Names(["127.0.0.2"], ["169.254.169.254"]))
    answer = failure(f"http://news.example:{outside.port}/feed", policy(outside))
    assert (
        answer.reason
        == "The address of inside.example is not allowed: 169.254.169.254 is not an address on the public internet"
    )


def test_what_the_operator_allows_is_reached_by_name_and_by_redirect(
    outside: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.serve("/feed", 302, Location=f"http://intranet.example:{outside.port}/real")
    outside.serve("/real", body=b"news")
    monkeypatch.setattr(wire, "make_resolver", lambda: Names(["127.0.0.2"], ["127.0.0.2"]))
    answer = fetch_one(Request(f"http://news.example:{outside.port}/feed"), policy(outside))
    assert answer.body == b"news"


@pytest.mark.parametrize("port", [0, 21, 22, 25, 53, 110, 3306, 5432, 6379, 8000, 8080, 11211, 65535])
def test_only_the_webs_own_ports_are_asked(port: int) -> None:
    for url in (f"http://93.184.215.14:{port}/", f"https://news.example:{port}/"):
        answer = failure(url, Policy("x", connect_timeout_s=1.0))
        assert isinstance(answer, Permanent)
        assert f"port {port} is not one of the web's ports" in answer.reason
