"""What must be true before anything starts; each check returns, or raises StartError with one line for a person.

It changes nothing and starts nothing, and no message holds a password.
"""

from __future__ import annotations

import errno
import shutil
import socket
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

import psutil
import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tracker.processes import StartError

PORT_TAKEN: Final = 2
LAST_PORT: Final = 65535
# A new cluster takes 40 MB, its write-ahead log may take 256 MB and usually takes 48.
DISK_BYTES_NEEDED: Final = 200 * 1024 * 1024
CONNECT_SECONDS: Final = 5
POSTGRES_SCHEMES: Final = ("postgres", "postgresql", "psql", "pgsql")
REDIS_SCHEMES: Final = ("redis", "rediss", "unix")


def disk(var: Path, needed: int = DISK_BYTES_NEEDED) -> None:
    """Refuses to start a database on a disk with fewer than `needed` bytes free."""
    free = shutil.disk_usage(var).free
    if free < needed:
        mega = 1024 * 1024
        raise StartError(
            f"the disk is nearly full: {free // mega} MB free at {var}, and {needed // mega} MB are needed; "
            "free some, or set VAR_DIR to another disk"
        )


def port(host: str, number: int) -> None:
    """Refuses a port that cannot be listened on, with the status PORT_TAKEN."""
    if not 0 < number <= LAST_PORT:
        raise StartError(f"{number} is no port: choose one from 1 to {LAST_PORT}", PORT_TAKEN)
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As the web server does: a connection that is only waiting to be forgotten is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        raise StartError(f"{host} is no address of this machine; choose another with --host", PORT_TAKEN) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            line = f"port {number} on {host} is in use{_by(number)}; choose another with --port"
        else:
            line = f"cannot listen on {host}:{number}: {error.strerror}; choose others with --host and --port"
        raise StartError(line, PORT_TAKEN) from None


def _by(number: int) -> str:
    """The program that listens, where the system lets us know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == number and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return ""


def _split(name: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    """The parts of an address; the message of a bad one names its form and never its content."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise StartError(f"{name} is no address of the form {schemes[0]}://user:password@host:port/name") from None
    if parts.scheme not in schemes:
        raise StartError(f"{name} must begin with {schemes[0]}://, not with {parts.scheme or 'nothing'!s}")
    return parts


def _place(parts: SplitResult, default_port: int) -> str:
    """Host and port, or the socket, as a person would say it."""
    folder = parse_qs(parts.query).get("host")
    if folder:
        return folder[0]
    if not parts.hostname:
        return parts.path or "localhost"
    return f"{parts.hostname}:{parts.port or default_port}"


def database(url: str) -> None:
    """Refuses a DATABASE_URL that is none, where nobody answers, or whose server lacks pgvector."""
    parts = _split("DATABASE_URL", url, POSTGRES_SCHEMES)
    place = _place(parts, 5432)
    try:
        address = parts._replace(scheme="postgresql").geturl()
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            found = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    except psycopg.Error as error:
        raise StartError(f"DATABASE_URL: no use of PostgreSQL at {place}: {_reason(error)}") from None
    if not found:
        raise StartError(f"DATABASE_URL: PostgreSQL at {place} does not have the extension pgvector; install it there")


def broker(url: str) -> None:
    """Refuses a REDIS_URL that is none or where nobody answers."""
    parts = _split("REDIS_URL", url, REDIS_SCHEMES)
    place = parts.path if parts.scheme == "unix" else _place(parts, 6379)
    try:
        redis.Redis.from_url(
            url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
        ).ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise StartError(f"REDIS_URL: no use of Redis at {place}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """The end of a library's message, which is where it says what happened; one line."""
    text = " ".join(str(error).split("\n")[0].split())
    for mark in ("failed: FATAL: ", "failed: ", "FATAL: "):
        text = text.rpartition(mark)[2]
    return text[:200]
