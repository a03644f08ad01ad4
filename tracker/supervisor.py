"""The children of `manage.py up` in their order: PostgreSQL, Valkey, migrations and static files, web, worker, beat.

Each step waits until the one before it answers; a child that dies later is started again.
It refuses to leave a process behind, and leaves what must be true beforehand to preflight.py.
"""

from __future__ import annotations

import http.client
import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis

from tracker import running
from tracker.console import Step, Tail, say
from tracker.embedded import PostgreSQL, Valkey, drop_socket_directories
from tracker.processes import TICK, Child, Service, StartError, stop

# The workers: their queues, and processes for two cores. Fetching mostly waits for servers and must not keep reading
# and grouping waiting, which in turn hold the models, once per process. Alerts wait for neither.
WORKERS: Final = {"Net": ("net", 2), "Worker": ("cpu,group", 1), "Mail": ("mail", 1)}
QUIET: Final = ("--without-gossip", "--without-mingle")
# One process: its threads mostly wait for the database.
WEB_PROCESSES: Final = 1
WEB_THREADS: Final = 4
READY_WITHIN_S: Final = 60.0
# Five seconds in all, killing included. What the programs leave of it is for PostgreSQL to write its last checkpoint.
STOP_PROGRAMS_S: Final = 2.5
STOP_ALL_S: Final = 4.7
# A child that dies is tried again after 1 s, and where it does not live for twenty after 2, 4, 8 ... 30 s.
SHORTEST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
SETTLED_AFTER_S: Final = 20.0


@dataclass(slots=True)
class Kept:
    """A child that is to live as long as the supervisor: its log, and when it may be tried again after a death."""

    child: Child
    tail: Tail
    pause: float = 0.0
    again_at: float | None = None

    @property
    def name(self) -> str:
        """The service's name."""
        return self.child.service.name

    def settle(self, ready: Callable[[], bool]) -> None:
        """Waits for it at the start. What its log says until then is not repeated: it would have failed."""
        self.child.wait_until(ready, READY_WITHIN_S)
        self.tail.skip()

    def speak(self) -> None:
        """Says what its log newly holds."""
        for line in self.tail.news():
            say(f"{self.name}: {line}")
        self.tail.bound()

    def revive(self, now: float) -> None:
        """Starts the child again where it died and its pause is over. `now` is a reading of the monotonic clock."""
        if self.child.running():
            return
        if self.again_at is None:
            earlier = 0.0 if now - self.child.started_at > SETTLED_AFTER_S else self.pause
            self.pause = min(max(earlier * 2, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
            self.again_at = now + self.pause
            say(f"{self.name} stopped ({self.child.ending()}); starting it again in {self.pause:.0f} s")
            self.child.end_orphans()
        elif now >= self.again_at:
            self.again_at = None
            try:
                self.child.start()
            except OSError as error:
                say(f"{self.name} could not be started: {error.strerror}")


class Supervisor:
    """The children of one run. `environment` is theirs and learns where the servers are as these start."""

    def __init__(self, var: Path, environment: dict[str, str]) -> None:
        self.var = var
        self.environment = environment
        self.servers: list[Kept] = []
        self.programs: list[Kept] = []
        self.errands: list[Kept] = []

    def start_servers(self, *, quiet: bool = False) -> None:
        """A database and a broker of our own, where the environment names no other."""
        if not self.environment.get("DATABASE_URL"):
            step = Step("PostgreSQL", quiet)
            database = PostgreSQL(self.var, self.environment)
            database.prepare()
            self._begin(self.servers, database.service()).settle(database.ready)
            database.create()
            self.environment["DATABASE_URL"] = database.url
            step.done()
        if not self.environment.get("REDIS_URL"):
            step = Step("Valkey", quiet)
            broker = Valkey(self.var, self.environment)
            broker.prepare()
            self._begin(self.servers, broker.service()).settle(broker.ready)
            self.environment["REDIS_URL"] = broker.url
            step.done()

    def prepare(self) -> bool:
        """Migrations and static files; returns whether anyone has an account."""
        step = Step("Migrations, static files")
        errand = self._begin(self.errands, self._service("Prepare", ["-m", "tracker.prepare"]))
        while errand.child.running():
            time.sleep(TICK)
        self._done(errand)
        if not errand.child.succeeded():
            raise StartError(f"the database could not be prepared: {errand.child.last_words()}")
        step.done()
        return bool(json.loads(errand.tail.path.read_text().splitlines()[-1])["accounts"])

    def start_web(self, host: str, port: int) -> None:
        """The web server, until it says that it is ready."""
        command = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"]
        command += ["--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS)]
        allowed = self.environment["ALLOWED_HOSTS"].split(",")[0].lstrip(".*")
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        step = Step("Web")
        web = self._begin(self.programs, self._service("Web", [*command, "tracker.wsgi:application"]))
        web.settle(lambda: _answers(near, port, allowed or near))
        step.done()

    def start_workers(self) -> None:
        """Workers for every queue, and the beat that rings for them."""
        step, begun = Step("Workers and beat"), time.time()
        schedule = self.var / "run" / "beat-schedule"
        celery = ["-m", "celery", "--app", "tracker"]
        workers = [self._service(name, [*celery, "worker", *_listening(name)]) for name in WORKERS]
        beat = self._service("Beat", [*celery, "beat", "--schedule", str(schedule), "--loglevel", "INFO"])
        # Together: each spends its first seconds loading Django on a core of its own.
        begun_all = [self._begin(self.programs, service) for service in (*workers, beat)]
        begun_all[0].settle(self._workers_listen)
        begun_all[-1].settle(lambda: _written_since(schedule, begun))
        step.done()

    def start_demo(self) -> None:
        """The demo world, loaded beside the running system; what the command says goes to the console."""
        self._begin(self.errands, self._service("Demo", ["manage.py", "demo"])).tail.everything = True

    def watch(self) -> None:
        """Says what is serious and starts again what died, until the caller is interrupted."""
        while True:
            for kept in [*self.servers, *self.programs]:
                kept.speak()
                kept.revive(time.monotonic())
            for errand in [*self.errands]:
                ended = not errand.child.running()
                errand.speak()
                if ended:
                    self._done(errand)
                    if not errand.child.succeeded():
                        say(f"{errand.name} failed ({errand.child.ending()}); see {errand.tail.path}")
            time.sleep(TICK * 4)

    def stop(self) -> None:
        """Ends everything, first what uses the servers, then the servers."""
        deadline = time.monotonic() + STOP_ALL_S
        killed = stop([kept.child for kept in [*self.errands, *self.programs]], STOP_PROGRAMS_S)
        killed += stop([kept.child for kept in self.servers], deadline - time.monotonic())
        drop_socket_directories(self.var / "run")
        if killed:
            say(f"Had to kill {', '.join(killed)}; unfinished work is taken up at the next start.")

    def _begin(self, kept: list[Kept], service: Service) -> Kept:
        tail = Tail(service.name, service.log)
        tail.bound()
        one = Kept(Child(service), tail)
        kept.append(one)
        one.child.start()
        return one

    def _done(self, errand: Kept) -> None:
        self.errands.remove(errand)
        stop([errand.child], 0)

    def _service(self, name: str, arguments: list[str]) -> Service:
        """A Python program of ours. The interpreter's own path, unresolved: that is how it finds its packages."""
        return Service(
            name=name,
            command=(str(Path(sys.executable).absolute()), *arguments),
            log=self.var / "log" / f"{name.lower()}.log",
            records=self.var / "run",
            environment=self.environment,
            stop_signal=signal.SIGTERM,
            directory=running.ROOT,
        )

    def _workers_listen(self) -> bool:
        """A worker subscribes to its remote control just before it takes its first task."""
        client = redis.Redis.from_url(self.environment["REDIS_URL"])
        # By connection: the server counts one pattern once, however many workers listen for it.
        listening = [c for c in client.client_list() if int(c["psub"]) or int(c["sub"])]
        return len(listening) >= len(WORKERS)


def _listening(name: str) -> list[str]:
    """What a worker is told: its queues, its processes, and not to chat with the other."""
    queues, processes = WORKERS[name]
    node = ["--hostname", f"{name.lower()}@%h"]
    return [*node, "--queues", queues, "--concurrency", str(processes), *QUIET, "--loglevel", "INFO"]


def _answers(host: str, port: int, named: str) -> bool:
    """Whether the web server says that it is ready, asked under a name that it is allowed to go by."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": named})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _written_since(path: Path, moment: float) -> bool:
    """Whether a file of that name, with any suffix that its format adds, was written since `moment`, in Unix time."""
    return any(found.stat().st_mtime >= int(moment) for found in path.parent.glob(path.name + "*"))
