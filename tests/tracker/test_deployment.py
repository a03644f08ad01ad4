"""The processes of docker-compose.yml, started by hand as it says, against servers reached over TCP with passwords.

PostgreSQL is the system's where that has pgvector, else the wheel's; the broker is the system's Redis. No container.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis
import yaml

from tracker import privileges
from tracker.embedded import PostgreSQL, database_account
from tracker.processes import Child, Service, stop

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90.0
PASSWORD = "of-this-test"

pytestmark = pytest.mark.endurance


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_programs(var: Path) -> Path:
    """The newest installed PostgreSQL that has pgvector, or the one that `make run` brings."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if Path(f"/usr/share/postgresql/{folder.parent.name}/extension/vector.control").exists():
            return folder
    return PostgreSQL(var, os.environ).programs


class Deployment:
    """The processes, each a child of this test, with the folder and the environment of a deployment."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.children: dict[str, Child] = {}
        self.port = free_port()
        self.environment: dict[str, str] = {}
        self.compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    def log(self, name: str) -> Path:
        return self.var / f"{name}.log"

    def begin(self, name: str, command: tuple[str, ...], **options: object) -> Child:
        environment = {**os.environ, **self.environment}
        service = Service(name, command, self.log(name), self.var / "run", environment, **options)  # type: ignore[arg-type]
        child = self.children[name] = Child(service)
        child.start()
        return child

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        self.children[name].wait_until(ready, SECONDS)

    def database(self) -> str:
        programs, port, data = postgres_programs(self.var), free_port(), self.var / "postgres"
        (self.var / "password").write_text(PASSWORD)
        data.mkdir(mode=0o700)
        account = database_account(data)
        if account != privileges.NO_ACCOUNT:
            shutil.chown(data, account)
            shutil.chown(self.var / "password", account)
        as_whom = {"account": account, "directory": data}
        init = [programs / "initdb", "-D", data, "-U", "firsthand", "--pwfile", self.var / "password", "-N"]
        made = self.begin("initdb", tuple(map(str, [*init, "-A", "scram-sha-256"])), **as_whom)
        assert made.process is not None
        assert made.process.wait(SECONDS) == 0, self.log("initdb").read_text()
        settings = [f"port={port}", f"unix_socket_directories={data}", "listen_addresses=127.0.0.1", "fsync=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        server = f"postgres://firsthand:{PASSWORD}@127.0.0.1:{port}"
        command = (str(programs / "postgres"), "-D", str(data), *options)
        self.begin("postgres", command, **as_whom)
        self.wait("postgres", lambda: _connects(f"{server}/postgres"))
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE firsthand")
        return f"{server}/firsthand"

    def broker(self, program: str) -> str:
        port = free_port()
        url = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
        asked = shlex.split(self.compose["valkey"]["command"])[1:]
        command = (program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.var), *asked)
        self.begin("redis", (*command, "--requirepass", PASSWORD))
        self.wait("redis", lambda: _pings(url))
        return url

    def command(self, name: str) -> tuple[str, ...]:
        """A service's command of docker-compose.yml, or the image's where it has none, on this machine's paths."""
        text = self.compose[name].get("command")
        words = shlex.split(text) if text else json.loads((ROOT / "Dockerfile").read_text().split("CMD ")[1])
        program = Path(sys.executable).absolute().with_name(words[0])
        here = {"0.0.0.0": "127.0.0.1", "8000": str(self.port)}
        rest = [here.get(word, word).replace("/srv/firsthand/var", str(self.var)) for word in words[1:]]
        return str(program), *(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", word) for word in rest)


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _pings(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.RedisError:
        return False


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no redis-server; .ci/run installs it")
        pytest.skip("no redis-server is installed here")
    (tmp_path / "run").mkdir()
    it = Deployment(tmp_path)
    try:
        it.environment = {
            "DATABASE_URL": it.database(),
            "REDIS_URL": it.broker(program),
            "VAR_DIR": str(tmp_path),
            "SECRET_KEY": "k" * 60,
            "PUBLIC_URL": "https://news.example",
            "BEHIND_PROXY": "1",
            "STATIC_MANIFEST": "0",
        }
        yield it
    finally:
        stop([child for name, child in it.children.items() if name not in ("postgres", "redis")], 10)
        stop([child for name, child in it.children.items() if name in ("postgres", "redis")], 10)


def ready(port: int) -> Mapping[str, object] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            found = json.load(answer)
            assert isinstance(found, dict)
            return found
    except OSError:
        return None


def test_the_processes_of_the_compose_file_serve_and_work(deployment: Deployment) -> None:
    environment = {**os.environ, **deployment.environment}
    migrated = subprocess.run(
        deployment.command("migrate"), env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert migrated.returncode == 0, migrated.stderr
    names = ("web", "worker-net", "worker-cpu", "worker-group", "beat")
    for name in names:
        deployment.begin(name, deployment.command(name), directory=ROOT)
    deployment.wait("web", lambda: ready(deployment.port) is not None)
    for name in ("worker-net", "worker-cpu", "worker-group"):
        deployment.wait(name, partial(_says_ready, deployment.log(name)))
    # The beat rings, the broker carries, the worker does it, in the database: one round trip.
    deployment.wait("beat", lambda: "sweep" in _done(deployment.log("worker-net")))


def _says_ready(log: Path) -> bool:
    return " ready." in log.read_text()


def _done(log: Path) -> set[str]:
    """The tasks that a worker says it finished."""
    return set(re.findall(r"Task stories\.tasks\.(\w+)\[[^]]*\] succeeded", log.read_text()))
