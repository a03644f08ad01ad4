"""`manage.py up` as a person meets it: started, asked, killed, started again, stopped."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tracker import up

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120.0
MANAGE = [str(Path(sys.executable).absolute()), str(ROOT / "manage.py")]
CHILDREN = {"PostgreSQL", "Valkey", "Web", "Net", "Worker", "Mail", "Beat"}


def environment(var: Path) -> dict[str, str]:
    """Empty, not absent: a developer's .env must not lend its servers to this test."""
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "STATIC_MANIFEST", "PUBLIC_URL", "ALLOWED_HOSTS")
    return {**os.environ, **dict.fromkeys(names, ""), "VAR_DIR": str(var), "STATIC_MANIFEST": "0"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Started:
    """A running `up`, with what it has said so far."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.port = port
        self.said = var.with_suffix(".said")
        with self.said.open("w") as out:
            line = [*MANAGE, "up", "--port", str(port)]
            self.process = subprocess.Popen(line, stdout=out, stderr=out, env=environment(var), cwd=ROOT)

    def wait_for(self, words: str) -> str:
        """All that was said, once these words are in it."""
        deadline = time.monotonic() + SECONDS
        while words not in self.said.read_text():
            assert self.process.poll() is None, self.said.read_text() + _logs(self.var)
            assert time.monotonic() < deadline, self.said.read_text() + _logs(self.var)
            time.sleep(0.1)
        return self.said.read_text()

    def leaders(self) -> dict[str, psutil.Process]:
        """The children, by the name in their records."""
        records = {path.stem: json.loads(path.read_text()) for path in (self.var / "run").glob("*.json")}
        return {name: psutil.Process(record["process"]) for name, record in records.items()}

    def family(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def _logs(var: Path) -> str:
    """The ends of the children's logs, for whoever reads a failure."""
    return "\n".join(path.read_text()[-2000:] for path in (var / "log").glob("*.log"))


def status(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        return int(answer.status)


def ended(processes: list[psutil.Process]) -> bool:
    """All gone; a zombie that waits for its own parent's notice counts as gone."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def start(var: Path) -> Iterator[Callable[[int], Started]]:
    """Starts the system; ends it where the test did not."""
    started: list[Started] = []

    def begin(port: int) -> Started:
        started.append(Started(var, port))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


@pytest.mark.endurance
def test_from_the_first_start_over_two_kills_to_the_stop(var: Path, start: Callable[[int], Started]) -> None:
    port = free_port()
    first = start(port)
    said = first.wait_for("Make the first at")
    assert re.search(rf"http://127\.0\.0\.1:{port}/setup/\?token=\S{{20,}}", said)
    assert status(port) == 200
    assert stat.S_IMODE((var / "secret-key").stat().st_mode) == 0o600
    assert set(first.leaders()) == {name.lower() for name in CHILDREN}

    _a_second_start_says_where_the_first_is(var, port)
    _another_command_finds_the_same_database(var)

    first.leaders()["worker"].kill()
    first.wait_for("Worker stopped (ended by signal 9")
    assert status(port) == 200

    family = first.family()
    first.process.kill()
    first.process.wait()
    second = start(port)
    second.wait_for("Ready after")
    assert status(port) == 200
    assert ended(family), "what the killed supervisor left is gone"

    family = second.family()
    assert len(family) > len(CHILDREN)
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(30) == 0
    assert ended(family)
    assert "Stopped in" in second.said.read_text()
    assert not list((var / "run").glob("*.json"))


def _a_second_start_says_where_the_first_is(var: Path, port: int) -> None:
    line = [*MANAGE, "up", "--port", str(free_port())]
    second = subprocess.run(line, env=environment(var), capture_output=True, text=True, check=False, timeout=SECONDS)
    assert second.returncode == 0
    assert re.fullmatch(
        rf"Firsthand is running already at http://127\.0\.0\.1:{port} \(process \d+\)\.\n", second.stdout
    )


def _another_command_finds_the_same_database(var: Path) -> None:
    line = [*MANAGE, "migrate", "--check"]
    migrated = subprocess.run(line, env=environment(var), capture_output=True, text=True, check=False, timeout=SECONDS)
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr


@pytest.mark.slow
def test_a_command_without_a_running_system_brings_its_own_servers_and_ends_them(var: Path) -> None:
    line = [*MANAGE, "shell", "-c", "from django.db import connection as c; c.ensure_connection(); print('reached')"]
    done = subprocess.run(line, env=environment(var), capture_output=True, text=True, check=False, timeout=SECONDS)
    assert "reached" in done.stdout, done.stderr
    assert not (var / "postgres" / "postmaster.pid").exists()
    assert (var / "secret-key").exists()


def test_a_port_in_use_stops_the_start_before_anything_is_made(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = [*MANAGE, "up", "--port", str(taken.getsockname()[1])]
        refused = subprocess.run(line, env=environment(var), capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "is in use" in refused.stderr
    assert not (var / "postgres").exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "postgres://u:secret@127.0.0.1:1/x", "PostgreSQL at 127.0.0.1:1"),
        ("DATABASE_URL", "sqlite:///x", "must begin with postgres://"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "Redis at 127.0.0.1:1"),
    ],
)
def test_a_wrong_address_is_one_line(var: Path, name: str, value: str, said: str) -> None:
    line = [*MANAGE, "up", "--port", str(free_port())]
    given = {**environment(var), name: value}
    refused = subprocess.run(line, env=given, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert said in refused.stderr
    assert "secret" not in refused.stderr


def test_what_was_given_outranks_what_suits_one_machine(tmp_path: Path) -> None:
    chosen = up.options(["--host", "0.0.0.0", "--port", "81"])
    made = up.environment(
        chosen, tmp_path, {"PUBLIC_URL": "https://news.example", "SECRET_KEY": "k", "FETCH_ALLOW": ""}
    )
    assert made["PUBLIC_URL"] == "https://news.example"
    assert made["SECRET_KEY"] == "k"
    assert made["FETCH_ALLOW"] == "127.0.0.1:81"
    assert made["ALLOWED_HOSTS"].split(",")[:3] == ["news.example", "0.0.0.0", "127.0.0.1"]
    # Whoever listens to the whole network does not show strangers an invented world.
    assert made["DEMO_WORLD"] == "0"
    assert up.environment(up.options([]), tmp_path, {})["DEMO_WORLD"] == "1"
