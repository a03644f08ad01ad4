"""A pytest plugin, loaded with `-p tests.services`: a PostgreSQL and a Valkey of this run's own, while it lasts.

They must answer before Django reads its settings, which is why this is no fixture. Servers named by DATABASE_URL or
REDIS_URL are used as they are, and so are those of the controller in the workers of pytest-xdist.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.embedded import PostgreSQL, Valkey, drop_socket_directories
from tracker.processes import Child, stop

READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 10.0


class Servers:
    """The servers that this run started, and what it put into the environment for them."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.names: list[str] = []
        self.var = Path(tempfile.mkdtemp(prefix="firsthand-test-"))
        # Where we are root PostgreSQL runs as another account, which must pass here; what is inside has its own modes.
        self.var.chmod(0o711)
        for name in ("run", "log", "static"):
            (self.var / name).mkdir()

    def start(self) -> None:
        if "DATABASE_URL" not in os.environ:
            database = PostgreSQL(self.var, os.environ, durable=False)
            database.prepare()
            self._run(database)
            database.create()
            self._set("DATABASE_URL", database.url)
        if "REDIS_URL" not in os.environ:
            broker = Valkey(self.var, os.environ, durable=False)
            broker.prepare()
            self._run(broker)
            self._set("REDIS_URL", broker.url)
        # A kept page would show one test what another one made.
        told = {"SECRET_KEY": "of the tests", "VAR_DIR": str(self.var), "STATIC_MANIFEST": "0", "PAGE_CACHE_S": "0"}
        # Anybody may sign up, although nothing is mailed; a test that is about the other ways says so.
        told["SIGN_UP"] = "open"
        for name, value in told.items():
            if name not in os.environ:
                self._set(name, value)

    def _run(self, server: PostgreSQL | Valkey) -> None:
        child = Child(server.service())
        self.children.append(child)
        child.start()
        child.wait_until(server.ready, READY_WITHIN_S)

    def _set(self, name: str, value: str) -> None:
        os.environ[name] = value
        self.names.append(name)

    def stop(self) -> None:
        stop(reversed(self.children), STOPPED_WITHIN_S)
        drop_socket_directories(self.var / "run")
        for name in self.names:
            del os.environ[name]
        shutil.rmtree(self.var, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Starts before every other plugin's own work here, pytest-django's among them, and stops however the run ends."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and "db=0" in os.environ.get("REDIS_URL", ""):
        # A cache of each worker's own: what one clears, another may be counting.
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace(
            "db=0", f"db={1 + int(worker.removeprefix('gw')) % 15}"
        )
    if not worker:
        servers = Servers()
        early_config.add_cleanup(servers.stop)
        servers.start()
    yield
