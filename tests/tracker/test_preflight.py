"""What stops a start, and the one line that is said about it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker import preflight
from tracker.processes import StartError


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def refusal(check: object, *arguments: object) -> StartError:
    with pytest.raises(StartError) as refused:
        check(*arguments)  # type: ignore[operator]
    assert "\n" not in str(refused.value)
    return refused.value


def test_a_port_in_use_is_named_with_its_owner_and_has_a_status_of_its_own(listening: int) -> None:
    error = refusal(preflight.port, "127.0.0.1", listening)
    assert f"port {listening} on 127.0.0.1 is in use" in str(error)
    assert f"process {os.getpid()}" in str(error)
    assert error.status == 2


def test_a_port_that_is_free_again_is_taken(listening: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    preflight.port("127.0.0.1", free)


@pytest.mark.parametrize(
    ("host", "number", "said"),
    [
        ("no.such.host.invalid", 8000, "is no address of this machine"),
        ("192.0.2.1", 8000, "cannot listen on 192.0.2.1:8000"),
        ("127.0.0.1", 123456, "is no port"),
    ],
)
def test_where_nobody_can_listen(host: str, number: int, said: str) -> None:
    assert said in str(refusal(preflight.port, host, number))


def test_a_disk_with_too_little_room(tmp_path: Path) -> None:
    preflight.disk(tmp_path, needed=1)
    error = refusal(preflight.disk, tmp_path, 1 << 62)
    assert "the disk is nearly full" in str(error)
    assert str(tmp_path) in str(error)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:secret@db.example/x", "must begin with postgres://, not with mysql"),
        ("db.example:5432/x", "must begin with postgres://"),
        ("postgres://u:secret@db.example:port/x", "is no address of the form"),
        ("postgres://u:secret@[::1/x", "is no address of the form"),
        ("postgres://u:secret@127.0.0.1:1/x", "127.0.0.1:1: Connection refused"),
        ("postgres://u:secret@no.such.host.invalid/x", "no.such.host.invalid:5432"),
        ("postgres://u:secret@/x?host=/nowhere/at-all", "/nowhere/at-all"),
    ],
)
def test_a_database_address_that_leads_nowhere(url: str, said: str) -> None:
    error = str(refusal(preflight.database, url))
    assert error.startswith("DATABASE_URL")
    assert said in error
    assert "secret" not in error


def test_a_database_that_does_not_exist_is_told_apart_from_a_server_that_does_not_answer() -> None:
    good = os.environ["DATABASE_URL"]
    preflight.database(good)
    bad = good.replace("@/firsthand?", "@/another?")
    assert bad != good, "the test's own server is reached over a socket"
    assert 'database "another" does not exist' in str(refusal(preflight.database, bad))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("amqp://u:secret@mq.example/", "must begin with redis://"),
        ("redis://:secret@127.0.0.1:1/0", "127.0.0.1:1: "),
        ("unix:///nowhere/at-all.sock?db=0", "/nowhere/at-all.sock: "),
        ("redis://127.0.0.1:port/0", "is no address of the form"),
    ],
)
def test_a_broker_address_that_leads_nowhere(url: str, said: str) -> None:
    error = str(refusal(preflight.broker, url))
    assert error.startswith("REDIS_URL")
    assert said in error
    assert "secret" not in error


def test_a_broker_that_answers() -> None:
    preflight.broker(os.environ["REDIS_URL"])
